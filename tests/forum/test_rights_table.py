"""Every operation, every role, own posts and those of others: over a forum file it is as the one table says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.forum.forum_files import act, forum, post_id, sql, topic_id

from forumtui.errors import AuthRequired, Forbidden
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.permissions import Operation, Role
from forumtui.model import (
    Ability,
    Act,
    Board,
    BoardId,
    Body,
    Close,
    Decide,
    Delete,
    Edit,
    Hide,
    Like,
    Mark,
    Move,
    NewTopic,
    Pin,
    PostId,
    QueueId,
    Remove,
    Reply,
    Report,
    SetMark,
    SetProfile,
    SetTags,
    TopicId,
    Volunteer,
)
from forumtui.values import quick_dataclass

O = Operation  # noqa: E741 - read as "operation" below
WHO: dict[str, tuple[Role | None, bool]] = {
    "guest": (None, False),
    "member": (Role.MEMBER, False),
    "editor": (Role.EDITOR, False),
    "leader here": (Role.MEMBER, True),
    "leader elsewhere": (Role.MEMBER, False),
    "moderator": (Role.MODERATOR, False),
    "admin": (Role.ADMIN, False),
}
"""The role, and whether it leads the board where everything happens."""


@quick_dataclass(frozen=True, slots=True)
class Place:
    """Where an act happens: a topic and a post of its own, so that no act meets another."""

    board: BoardId
    elsewhere: BoardId
    topic: TopicId
    post: PostId
    item: QueueId


ACTS: dict[Operation, Callable[[Place], Act]] = {
    O.REPLY: lambda at: Reply(at.topic, Body("x")),
    O.REPLY_CLOSED: lambda at: Reply(at.topic, Body("x")),
    O.NEW_TOPIC: lambda at: NewTopic(at.board, "x", Body("x")),
    O.LIKE: lambda at: Like(at.topic, at.post),
    O.EDIT_OWN: lambda at: Edit(at.topic, at.post, Body("x")),
    O.EDIT_ANY: lambda at: Edit(at.topic, at.post, Body("x")),
    O.DELETE_OWN: lambda at: Delete(at.topic, at.post),
    O.DELETE_ANY: lambda at: Delete(at.topic, at.post),
    O.REPORT: lambda at: Report(at.topic, at.post, "x"),
    O.VOLUNTEER: lambda at: Volunteer(at.board, "x"),
    O.PROFILE: lambda at: SetProfile("x"),
    O.MARK: lambda at: SetMark(at.topic, at.post, Mark.ACCEPTED),
    O.PIN: lambda at: Pin(at.topic),
    O.CLOSE: lambda at: Close(at.topic),
    O.MOVE: lambda at: Move(at.topic, at.elsewhere),
    O.HIDE: lambda at: Hide(at.topic, at.post),
    O.TAG: lambda at: SetTags(at.topic, ("t",)),
    O.REMOVE: lambda at: Remove(at.topic),
    O.SETTLE: lambda at: Decide(at.item, approve=True),
}
ONLY_OWN = {O.EDIT_OWN, O.DELETE_OWN}
NOT_OWN = {O.EDIT_ANY, O.DELETE_ANY, O.NEW_TOPIC, O.VOLUNTEER, O.PROFILE}
"""The last three are about no post."""


def test_the_table_is_covered() -> None:
    assert set(ACTS) | {O.SEE_LOG, O.KEEP} == set(Operation)


@pytest.mark.parametrize("who", WHO)
async def test_acts_are_allowed_where_the_table_says(tmp_path: Path, who: str) -> None:
    role, leads = WHO[who]
    may = role.rights | (Role.LEADER.rights if leads else frozenset()) if role else frozenset()
    me = "" if role is None else "mina"
    async with forum(tmp_path) as (store, board):
        elsewhere = await cast(store, board, who)
        wrong: list[str] = []
        for operation, make in ACTS.items():
            for mine in (True, False):
                if operation in (NOT_OWN if mine else ONLY_OWN) or (mine and not me):
                    continue
                at = await place(store, board, elsewhere, me if mine else "otto", operation)
                if await allowed(store, me, make(at)) is not (operation in may):
                    wrong.append(f"{operation.value}, {'own' if mine else 'of others'}")
        assert wrong == []
        assert (await reads(store, me, "log")) is (O.SEE_LOG in may)
        assert (await reads(store, me, "queue")) is (O.SETTLE in may or who == "leader elsewhere")
        assert ((await store.info(me)).can.refusal(Ability.KEEP) is None) is (O.KEEP in may)


async def cast(store: SqliteForumStore, board: BoardId, who: str) -> BoardId:
    """Give mina her part; another board."""
    role, leads = WHO[who]
    elsewhere = await store.house.add_board(
        BoardDraft("Elsewhere", leader="mina" if who == "leader elsewhere" else "lea")
    )
    await store.house.edit_board(board, BoardDraft(leader="mina" if leads else "", leader_wanted=True))
    if role:
        await store.house.set_role("mina", role.value)
    return elsewhere


async def place(
    store: SqliteForumStore, board: BoardId, elsewhere: BoardId, author: str, operation: Operation
) -> Place:
    opened = await store.perform(author, act(NewTopic(board, "Topic", Body("text"))))
    topic, post = topic_id(opened), post_id(opened)
    await store.house.set_role("mo", "Moderator")
    if operation is O.REPLY_CLOSED:
        await store.perform("mo", act(Close(topic)))
    if operation is O.SETTLE:
        await store.perform("rea", act(Report(topic, post, "rude")))
    items = (await store.queue("mo", None, 1000)).items
    return Place(board, elsewhere, topic, post, items[-1].id if items else QueueId(""))


async def allowed(store: SqliteForumStore, me: str, what: Act) -> bool:
    """Whether it is done; if not, it must have changed nothing and say so in a sentence."""
    before = content(store)
    refused: Forbidden | AuthRequired | None = None
    try:
        await store.perform(me, act(what))
    except (Forbidden, AuthRequired) as error:
        refused = error
    if refused is None:
        assert content(store) != before
        return True
    assert isinstance(refused, AuthRequired) is (me == "")
    assert str(refused)[0].isupper()
    assert str(refused).endswith(".")
    assert content(store) == before, f"{what} was refused and changed something"
    return False


def content(store: SqliteForumStore) -> dict[str, object]:
    """Everything in the file."""
    tables = [str(name) for (name,) in sql(store.path, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: sql(store.path, f"SELECT * FROM {table}") for table in tables if "fts" not in table}


async def reads(store: SqliteForumStore, me: str, what: str) -> bool:
    try:
        await (store.log if what == "log" else store.queue)(me, None, 10)
    except (Forbidden, AuthRequired):
        return False
    return True


@pytest.mark.parametrize("who", WHO)
async def test_what_is_offered_is_what_the_table_says(tmp_path: Path, who: str) -> None:
    role, leads = WHO[who]
    may = role.rights | (Role.LEADER.rights if leads else frozenset()) if role else frozenset()
    me = "" if role is None else "mina"
    offers = {
        Ability.REPLY: O.REPLY,
        Ability.NEW_TOPIC: O.NEW_TOPIC,
        Ability.LIKE: O.LIKE,
        Ability.REPORT: O.REPORT,
        Ability.MARK: O.MARK,
        Ability.MODERATE: O.HIDE,
        Ability.EDIT: O.EDIT_ANY,
        Ability.DELETE: O.DELETE_ANY,
    }
    async with forum(tmp_path) as (store, board):
        elsewhere = await cast(store, board, who)
        at = await place(store, board, elsewhere, "otto", O.REPLY)
        here: Board = next(each for each in await store.boards(me) if each.id == board)
        can = (
            (await store.post(me, at.post))
            .can.over((await store.topic(me, at.topic)).can)
            .over(here.can)
            .over((await store.info(me)).can)
        )
        assert {ability: can.refusal(ability) is None for ability in offers} == {
            ability: operation in may for ability, operation in offers.items()
        }
        closed = await place(store, board, elsewhere, "otto", O.REPLY_CLOSED)
        rules = (await store.topic(me, closed.topic)).can
        assert (rules.refusal(Ability.REPLY) is None) is (O.REPLY_CLOSED in may)
