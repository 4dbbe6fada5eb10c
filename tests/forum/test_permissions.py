"""The table of who may do what."""

from __future__ import annotations

import itertools

import pytest

from forumtui.forum.permissions import Operation, Rights, Role, role_of
from forumtui.model import Ability


@pytest.mark.parametrize(
    ("word", "role"),
    [("Admin", Role.ADMIN), ("editor", Role.EDITOR), (" MODERATOR ", Role.MODERATOR), ("Member", Role.MEMBER),
     ("Premium Author", Role.MEMBER), ("Leader", Role.MEMBER), ("", Role.MEMBER), (None, Role.MEMBER)],
)  # fmt: skip
def test_words_become_roles(word: str | None, role: Role) -> None:
    assert role_of(word) is role


def test_each_role_may_do_what_the_one_below_may() -> None:
    order = [Role.MEMBER, Role.EDITOR, Role.MODERATOR, Role.ADMIN]
    assert all(low.rights <= high.rights for low, high in itertools.pairwise(order))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("operation", list(Operation))
def test_every_refusal_has_a_reason(role: Role, operation: Operation) -> None:
    assert bool(Rights(role).refusal(operation)) is (operation not in role.rights)


def test_nothing_but_searching_where_nothing_can_be_written() -> None:
    can = Rights(Role.ADMIN, "the disk is read-only").on_forum()
    assert can.refusal(Ability.SEARCH) is None
    writing = set(Ability) - {Ability.SEARCH, Ability.DRAFT}  # nothing here is sent in a browser
    assert {can.refusal(ability) for ability in writing} == {"the disk is read-only"}


def test_a_leader_marks_only_on_the_own_board() -> None:
    rights = Rights(Role.MEMBER)
    assert rights.refusal(Operation.MARK)
    assert not rights.refusal(Operation.MARK, leads=True)
    assert rights.refusal(Operation.DELETE_ANY, leads=True)
    assert rights.on_board(leads=True).rules == {Ability.MARK: "", Ability.MODERATE: ""}
    assert rights.on_board(leads=False).rules == {}
