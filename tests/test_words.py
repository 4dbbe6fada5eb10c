"""A mark, a format and a state of the outbox are spelled once; whoever adds one is told here what it lacks yet."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

import pytest
from tests.tui.samples import NOW, post

from forumtui.cli.host.arguments import add
from forumtui.cli.output import post_heading
from forumtui.forum.file.viewer import marks_bits, marks_of
from forumtui.forum.importing.record import Record, post_of
from forumtui.model import FORMATS, Body, Format, Mark, Section
from forumtui.reader.rows import AccountKey, OutRow, OutState
from forumtui.reader.sql.columns import dump_marks, dump_sections, load_marks, load_sections
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.sample import notation
from forumtui.text.parse import parse
from forumtui.tui.compose.texts import remove, written
from forumtui.tui.keys.commands import COMMANDS
from forumtui.tui.render.cells import Frame
from forumtui.tui.render.post import PostFrame, PostPlace, post_lines
from forumtui.tui.screens.outbox import OutEntry, OutRows
from forumtui.wire import decode, encode

each_mark = pytest.mark.parametrize("mark", Mark)
each_state = pytest.mark.parametrize("state", OutState)
each_format = pytest.mark.parametrize("form", FORMATS)


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
    assert mark.words in (notation.__doc__ or "")


@each_state
def test_a_state_of_the_outbox_is_told_on_the_post_and_in_the_outbox(state: OutState) -> None:
    target = Target(AccountKey(1), OutKind.REPLY, topic=Remote("1"))
    row = OutRow("u", "s", target, state, "", None, "", "x", 0, 1, 0, None, "", (), NOW, NOW)
    assert state.label in shown(post(-1, pending=row))
    assert state.label in OutRows().lines(OutEntry(row.uid, row), Frame(100, NOW))[0].text


def test_a_state_either_waits_or_asks_or_needs_nothing() -> None:
    assert {state for state in OutState if state.is_waiting} == {OutState.QUEUED, OutState.SENDING}
    assert {state for state in OutState if state.is_asking} == {OutState.REFUSED, OutState.ATTENTION}


@pytest.mark.parametrize("kind", [Mark, OutState])
def test_a_member_without_its_facts_can_not_be_made(kind: Any) -> None:
    with pytest.raises(TypeError, match="outdated lacks"):
        kind.__new_member__(kind, "outdated")


@pytest.mark.parametrize("kind", [Mark, OutState])
def test_members_are_their_words_and_tell_their_labels_apart(kind: type[Mark | OutState]) -> None:
    assert [kind(member.value) for member in kind] == list(kind)
    assert [str(member) for member in kind] == [member.value for member in kind]
    assert len({member.label for member in kind}) == len(kind)


@each_format
def test_a_format_is_read_edited_and_imported(form: Format) -> None:
    assert parse(Body("some words", form)).blocks
    file = written("some words", form)
    remove(file)
    assert file.suffix
    assert post_of(Record({"origin": "1", "text": "some words", "format": form})).body == Body("some words", form)
