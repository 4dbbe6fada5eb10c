"""A mark, a format and a state of the outbox are spelled once; whoever adds one is told here what it lacks yet."""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import apsw
import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.tui.samples import NOW, post

from forumtui.cli.host.arguments import add
from forumtui.cli.host.housekeeping import policy_lines
from forumtui.cli.output import post_heading
from forumtui.errors import Forbidden
from forumtui.forum.file.keeping import spelled
from forumtui.forum.file.queue import waiting
from forumtui.forum.file.structure import STEPS
from forumtui.forum.file.viewer import marks_bits, marks_of
from forumtui.forum.house import Approval, Policy
from forumtui.forum.identities import Identity, Scope
from forumtui.forum.importing.record import Record, post_of
from forumtui.forum.permissions import NAMES_OF_ROLES, Operation, Role, role_of
from forumtui.model import Body, Format, Mark, QueueId, QueueKind, Registration, Section
from forumtui.reader.rows import AccountKey, OutRow, OutState
from forumtui.reader.sql import states
from forumtui.reader.sql.columns import dump_marks, dump_sections, load_marks, load_sections
from forumtui.reader.target import OutKind, Remote, Target, Turn
from forumtui.sample import notation
from forumtui.server.callers import need
from forumtui.sqlite.columns import add as insert
from forumtui.sqlite.connection import register_functions
from forumtui.text.parse import parse
from forumtui.tui.compose.texts import remove, written
from forumtui.tui.keys.commands import COMMANDS
from forumtui.tui.render.cells import Frame
from forumtui.tui.render.post import PostFrame, PostPlace, post_lines
from forumtui.tui.screens.outbox import OutEntry, OutRows
from forumtui.wire import decode, encode

each_mark = pytest.mark.parametrize("mark", Mark)
each_state = pytest.mark.parametrize("state", OutState)
each_format = pytest.mark.parametrize("form", Format)


def shown(row: Any) -> str:
    return "\n".join(line.text for line in post_lines(row, PostPlace(), PostFrame(100, NOW)).lines)


@each_mark
def test_a_mark_is_drawn_and_read_out(mark: Mark) -> None:
    row = post(1, marks=frozenset({mark}))
    assert mark.label in shown(row)
    assert mark.words in post_heading(row, NOW)


@each_mark
def test_a_mark_is_stored_and_comes_back(mark: Mark) -> None:
    assert load_marks(dump_marks({mark})) == {mark}
    section = Section(mark, mark.heading, 1)
    assert load_sections(dump_sections([section])) == (section,)
    assert marks_of(marks_bits({mark})) == {mark}
    assert decode(Section, json.loads(json.dumps(encode(section)))) == section


def test_marks_are_stored_together_under_bits_of_their_own() -> None:
    assert marks_of(marks_bits(Mark)) == frozenset(Mark)
    assert sorted(mark.bit for mark in Mark) == [1 << place for place in range(len(Mark))]
    assert {mark: marks_bits({mark}) for mark in Mark} == {mark: mark.bit for mark in Mark}


@each_mark
def test_a_mark_can_be_given_and_written(mark: Mark) -> None:
    parser = ArgumentParser()
    add(parser)
    assert parser.parse_args(["mark", "a.db", "1", mark.value]).mark == mark
    assert f"mark-{mark}" in COMMANDS
    assert post_of(Record({"origin": "1", "text": "", "marks": [mark.value]})).marks == {mark}
    text = f"# T\nboard: b\nstarted: 1h ago\n\n@@ Ann, {mark.words}\nText.\n"
    assert notation.Topics(NOW, {"Ann": "Member"}).read("t", text).posts[0].marks == {mark}


@each_state
def test_a_state_of_the_outbox_is_told_on_the_post_and_in_the_outbox(state: OutState) -> None:
    target = Target(AccountKey(1), OutKind.REPLY, topic=Remote("1"))
    row = OutRow("u", "s", target, state, "", None, "", "x", 0, 1, 0, None, "", (), NOW, NOW)
    assert state.label in shown(post(-1, pending=row))
    assert state.label in OutRows().lines(OutEntry(row.uid, row), Frame(100, NOW))[0].text


@each_state
def test_a_state_is_in_the_lists_of_whoevers_turn_it_is(state: OutState) -> None:
    assert (f"'{state}'" in states.GOING) is state.is_waiting
    assert (f"'{state}'" in states.TO_BE_DONE) is (state.is_waiting or state.is_asking)
    assert (f"'{state}'" in states.OVER) is (state.turn is Turn.NOBODYS)
    assert (f"'{state}'" in states.ON_ITS_WAY) is (state.turn not in {Turn.WRITERS, Turn.NOBODYS})


@pytest.mark.parametrize(("column", "words"), [("state", {*OutState, states.DISCARDED}), ("kind", {*OutKind})])
def test_the_library_can_keep_every_state_and_kind(column: str, words: set[str]) -> None:
    """The schema's first step names them; a new one needs another step."""
    steps = files("forumtui.reader.sql") / "schema"
    [named] = re.findall(rf"CHECK \({column} IN \((.*?)\)\)", (steps / "0001_library.sql").read_text(encoding="utf-8"))
    assert set(re.findall(r"'(\w+)'", named)) == words


def test_no_statement_spells_a_state_or_kind() -> None:
    spelled = re.compile(rf"(?:state|kind)\W[^\n]*'(?:{'|'.join([*OutState, *OutKind, states.DISCARDED])})'")
    modules = [path for path in Path(str(files("forumtui.reader.sql"))).glob("*.py") if path.name != "states.py"]
    assert len(modules) > 20
    assert {path.name: found[0] for path in modules if (found := spelled.search(path.read_text("utf-8")))} == {}


def test_a_state_either_waits_or_asks_or_needs_nothing() -> None:
    assert {state for state in OutState if state.is_waiting} == {OutState.QUEUED, OutState.SENDING}
    assert {state for state in OutState if state.is_asking} == {OutState.REFUSED, OutState.ATTENTION}


@pytest.mark.parametrize("kind", [Format, Mark, Operation, OutState, QueueKind, Registration, Role, Approval, Scope])
def test_a_member_without_its_facts_can_not_be_made(kind: Any) -> None:
    with pytest.raises(TypeError, match="outdated lacks"):
        kind.__new_member__(kind, "outdated")


@pytest.mark.parametrize("kind", [Mark, OutState, QueueKind])
def test_members_are_their_words_and_tell_their_labels_apart(kind: type[Mark | OutState | QueueKind]) -> None:
    assert [kind(member.value) for member in kind] == list(kind)
    assert [str(member) for member in kind] == [member.value for member in kind]
    assert len({member.label for member in kind}) == len(kind)


@each_format
def test_a_format_is_read_edited_and_imported(form: Format) -> None:
    assert parse(Body("some words", form)).blocks
    file = written("some words", form)
    remove(file)
    assert file.suffix == form.suffix
    assert (Format.of(form.value), Format.of("outdated")) == (form, Format.PLAIN)
    assert post_of(Record({"origin": "1", "text": "some words", "format": form.value})).body == Body("some words", form)


@pytest.mark.parametrize("kind", [QueueKind, Registration, Approval, Scope])
def test_words_are_looked_up_and_each_means_something_else(kind: Any) -> None:
    assert [kind(member.value) for member in kind] == list(kind)
    assert [str(member) for member in kind] == [member.value for member in kind]
    assert len({member.meaning for member in kind}) == len(kind)


@pytest.mark.parametrize("way", Registration)
@pytest.mark.parametrize("whose", Approval)
def test_a_rule_can_be_asked_for_and_is_explained(way: Registration, whose: Approval) -> None:
    parser = ArgumentParser()
    add(parser)
    asked = parser.parse_args(["policy", "a.db", "--registration", way.value, "--approval", whose.value])
    assert (asked.registration, asked.approval) == (way, whose)
    said = "\n".join(policy_lines(Policy(way, members_only=False, approval=whose)))
    assert f"{way}.  {way.meaning}" in said
    assert f"{whose}.  {whose.meaning}" in said


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_can_be_given_and_its_lack_is_told(scope: Scope) -> None:
    parser = ArgumentParser()
    add(parser)
    assert parser.parse_args(["token", "a.db", "ann", "--scope", scope.value]).scopes == [scope]
    with pytest.raises(Forbidden, match=f"may not be used to {scope.meaning}"):
        need(Identity("ann", frozenset(Scope) - {scope}), scope)


@pytest.mark.parametrize("role", Role)
def test_a_role_has_rights_and_is_given_by_its_name_or_with_a_board(role: Role) -> None:
    assert role.rights >= Role.MEMBER.rights
    assert (role.value in NAMES_OF_ROLES) is role.is_given
    assert role_of(role.value.lower()) is (role if role.is_given else Role.MEMBER)
    assert spelled(role.value.lower()) == (role.value if role.is_given else role.value.lower())


@pytest.mark.parametrize("kind", QueueKind)
def test_what_waits_can_be_stored(kind: QueueKind) -> None:
    """A kind that the schema does not know fails here, not when the first member reports something."""
    with closing(apsw.Connection(":memory:")) as connection:
        register_functions(connection)
        for step in STEPS:
            connection.execute(step.read_text(encoding="utf-8"))
        held: dict[str, Any] = {"origin": "o", "act": "{}"} if kind is QueueKind.HELD else {}
        member = insert(connection, "member", name="ann")
        board = insert(connection, "board", title="b")
        number = insert(
            connection, "queue", kind=kind.value, member_id=member, created=1, board_id=board, text="t", **held
        )
        assert waiting(connection, QueueId(str(number))).kind is kind
