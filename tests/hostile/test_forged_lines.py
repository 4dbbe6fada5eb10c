"""A line of plain output is one record: nothing that a stranger named can pass for another."""

from __future__ import annotations

import contextlib
import io
import json
import sqlite3
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hostile.test_hostile_commands import Run, evil, home, made, run

from forumtui import wire
from forumtui.cli.call import say
from forumtui.cli.output import Printer
from forumtui.errors import Unreadable
from forumtui.forum.export_text import MarkdownWriter, TextWriter
from forumtui.model import Author, Board, BoardId, Changes, Page, Post, Receipt, Topic, TopicId
from forumtui.model.ids import MOST_ID, is_id
from forumtui.reader.sql.columns import sound_id

__all__ = ["evil", "home", "made", "run"]

REFUSED = {"Cc", "Zl", "Zp", "Cs"}
FORGED = "1\n2: Forged (mallory)"


@given(st.text(st.characters()) | st.text(st.sampled_from("a\n\r\0\x7f\x85\x9b\u2028\u2029\u200d\u00a0\ud800\u202e")))
def test_ids_are_refused_for_controls_and_ends_of_lines_alone(text: str) -> None:
    allowed = len(text) <= MOST_ID and not any(unicodedata.category(sign) in REFUSED for sign in text)
    assert is_id(text) == allowed
    if is_id(text):
        assert len(text.splitlines()) <= 1
        assert sound_id(text) == text
    else:
        with pytest.raises(Unreadable, match="id"):
            sound_id(text)


def test_an_id_has_a_length() -> None:
    assert is_id("x" * MOST_ID)
    assert not is_id("x" * (MOST_ID + 1))


TOPIC: dict[str, Any] = {"id": "1", "board": "1", "title": "T", "author": {"id": "ann", "name": "Ann"}}
POST: dict[str, Any] = {"id": "1", "topic": "1", "sort": 1, "author": {"id": "ann", "name": "Ann"}}


@pytest.mark.parametrize(
    ("kind", "value", "place"),
    [
        (Topic, TOPIC, ("id",)),
        (Topic, TOPIC, ("board",)),
        (Topic, TOPIC, ("author", "id")),
        (Post, POST, ("id",)),
        (Post, POST, ("topic",)),
        (Post, POST | {"parent": "1"}, ("parent",)),
        (Board, {"id": "1", "title": "B"}, ("id",)),
        (Board, {"id": "1", "title": "B", "parent": "0"}, ("parent",)),
        (Author, {"id": "ann", "name": "Ann"}, ("id",)),
        (Page[Post], {"items": [], "after": "1"}, ("after",)),
        (Changes, {"items": [], "after": "1"}, ("after",)),
        (Receipt, {"outcome": "done", "topic": "1", "post": "1"}, ("post",)),
    ],
)
@pytest.mark.parametrize(
    "bad", [FORGED, "1\r", "1\u2028", "\x1b[2J", "1" * (MOST_ID + 1)], ids=lambda bad: ascii(bad[:9])
)
def test_no_such_id_comes_in_over_the_line(kind: type, value: dict[str, Any], place: tuple[str, ...], bad: str) -> None:
    with contextlib.suppress(Unreadable):
        wire.decode(kind, value)
    spoilt = json.loads(json.dumps(value))
    inner = spoilt
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = bad
    with pytest.raises(Unreadable, match=rf'"{".".join(place)}" is no id'):
        wire.decode(kind, spoilt)


@given(st.lists(st.lists(st.text(st.characters() | st.sampled_from("\n\r\x85\u2028")), min_size=1, max_size=3)))
def test_records_take_the_lines_that_they_were_given(records: list[list[str]]) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), Printer("plain") as printer:
        for lines in records:
            printer.add({}, *lines)
    assert len(out.getvalue().splitlines()) == sum(map(len, records))


@given(st.text(st.characters() | st.sampled_from("\n\r\x85\u2028")))
def test_what_is_said_is_one_line(sentence: str) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        say(f"Said {sentence}")
    assert len(out.getvalue().splitlines()) == 1


@pytest.mark.parametrize("writer", [TextWriter, MarkdownWriter])
def test_no_name_makes_a_line_of_its_own_in_an_export(writer: Callable[[io.StringIO], Any]) -> None:
    board = Board(BoardId("1"), "B" + FORGED, leader="L" + FORGED)
    topic = Topic(TopicId("1"), BoardId("1"), title="T" + FORGED)
    out = io.StringIO()
    made = writer(out)
    made.board(board, {})
    made.topic(topic, board, "", "")
    assert not [line for line in out.getvalue().splitlines() if line.startswith("2: Forged")]


LISTS = (
    ("boards", "FORUM", 1),
    ("topics", "FORUM", 1),
    ("search", "a", 2),
    ("accounts list", "", 1),
    ("host members", "FORUM", 1),
    ("host log", "FORUM", 1),
)


@pytest.mark.parametrize(("command", "rest", "each"), LISTS, ids=[command for command, *_ in LISTS])
def test_a_list_has_a_line_for_each_record(run: Run, evil: Path, command: str, rest: str, each: int) -> None:
    with contextlib.closing(sqlite3.connect(evil)) as connection, connection:
        connection.execute("UPDATE topic SET title = title || ?", ("x\n9: Forged\r\u2028" + FORGED,))
        connection.execute("UPDATE board SET title = title || ?, leader_wanted = 0", (FORGED,))
        connection.execute("UPDATE member SET name = name || ?, role = ?", (FORGED, FORGED))
        connection.execute("UPDATE forum SET title = ?", (FORGED,))
    run("accounts", "add", evil, "--name", "evil")
    words = [*command.split(), *(evil if word == "FORUM" else word for word in rest.split())]
    _, records, _ = run(*words, "--jsonl")
    _, plain, _ = run(*words, "--plain")
    assert len(plain.splitlines()) == each * len(records.splitlines())
    assert not [line for line in plain.splitlines() if line.startswith(("2: Forged", "9: Forged"))]
