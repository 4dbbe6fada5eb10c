"""What a text is for, as it stands in libraries and small files that earlier versions wrote: read and written alike for ever."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forumtui.model import Board, BoardId, Format, ForumInfo, Millis
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import OutRow
from forumtui.reader.sql.mirrored import OUTGOING
from forumtui.reader.target import AccountKey, Called, OutKind, Ref, Remote, Target, Unsent, id_of, ref_of

ONE = AccountKey(1)
TARGETS = {
    "opening": Target(ONE, OutKind.TOPIC, board=Remote("b1")),
    "on-it": Target(ONE, OutKind.REPLY, topic=Unsent("opening"), parent=Unsent("opening"), format=Format.PLAIN),
    "by-name": Target(ONE, OutKind.TOPIC, board=Called("Leaders: all of them")),
    "by-number": Target(ONE, OutKind.REPLY, topic=Remote("t1"), parent=Called("7")),
    "edit": Target(ONE, OutKind.EDIT, topic=Remote("t1"), post=Remote("p2"), format=Format.HTML, base="abc"),
    "deletion": Target(ONE, OutKind.DELETE, topic=Remote("t1"), post=Called("12")),
    "odd-ids": Target(ONE, OutKind.REPLY, topic=Remote("http://f.example/?t=1"), parent=Remote("<a:b@c>")),
}
STORED = {
    "opening": ("topic", "b1", None, None, None, "markdown", None),
    "on-it": ("reply", None, "outbox:opening", "outbox:opening", None, "plain", None),
    "by-name": ("topic", "named:Leaders: all of them", None, None, None, "markdown", None),
    "by-number": ("reply", None, "t1", "named:7", None, "markdown", None),
    "edit": ("edit", None, "t1", None, "p2", "html", "abc"),
    "deletion": ("delete", None, "t1", None, "named:12", "markdown", None),
    "odd-ids": ("reply", None, "http://f.example/?t=1", "<a:b@c>", None, "markdown", None),
}
"""kind, board_ref, topic_ref, parent_ref, post_ref, format and base, as they were stored from the first version on."""
NAMES = ("kind", "board_ref", "topic_ref", "parent_ref", "post_ref", "format", "base")


def played(folder: Path, scene: Callable[[Library], Awaitable[None]]) -> None:
    async def main() -> None:
        library = await Library.open(folder, now=lambda: Millis(1_000_000))
        try:
            await scene(library)
        finally:
            await library.close()

    asyncio.run(main())


async def put_one(library: Library) -> None:
    row = await library.accounts.put(
        name="one", driver="local", location="/one.db", identity="uuid-one", options={}, info=ForumInfo("One"),
        listed=True, joined=None,
    )  # fmt: skip
    assert row.key == ONE
    await library.accounts.put_boards(ONE, [Board(BoardId("b1"), "Leadership")])


async def rows(library: Library) -> dict[str, OutRow]:
    return {row.uid: row for row in await library.outbox.rows()}


def write_as_before(folder: Path) -> None:
    """Rows that were written with the words above by hand, not through the outbox."""
    connection = apsw.Connection(str(folder / "library.db"))
    for uid, stored in STORED.items():
        connection.execute(
            f"INSERT INTO outgoing (uid, account, {', '.join(NAMES)}, state, text, baseline, created, updated)"
            " VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, '123456', 5, 6)",
            (uid, *stored, f"words of {uid}"),
        )
    connection.close()


def test_rows_of_earlier_versions_mean_what_they_meant(tmp_path: Path) -> None:
    played(tmp_path, put_one)
    write_as_before(tmp_path)

    async def scene(library: Library) -> None:
        found = await rows(library)
        assert {uid: row.target for uid, row in found.items()} == TARGETS
        assert all((row.text, row.baseline) == (f"words of {uid}", 123456) for uid, row in found.items())

    played(tmp_path, scene)


def test_rows_are_stored_as_earlier_versions_read_them(tmp_path: Path) -> None:
    async def scene(library: Library) -> None:
        await put_one(library)
        for uid, target in TARGETS.items():
            await library.outbox.start(target, Typed("S", "words"), uid=uid)

    played(tmp_path, scene)
    connection = apsw.Connection(str(tmp_path / "library.db"))
    stored = connection.execute(f"SELECT uid, {', '.join(NAMES)} FROM outgoing").fetchall()
    connection.close()
    assert {row[0]: row[1:] for row in stored} == STORED
    files = [json.loads(file.read_text()) for file in (tmp_path / "outgoing").glob("*.json")]
    assert {file["uid"]: tuple(file[name] for name in NAMES) for file in files} == STORED


def test_the_small_files_alone_are_enough(tmp_path: Path) -> None:
    async def write(library: Library) -> None:
        await put_one(library)
        for uid, target in TARGETS.items():
            await library.outbox.start(target, Typed("S", f"words of {uid}"), uid=uid)

    async def look(library: Library) -> None:
        found = await rows(library)
        assert {uid: (row.target, row.text) for uid, row in found.items()} == {
            uid: (target, f"words of {uid}") for uid, target in TARGETS.items()
        }

    played(tmp_path, write)
    for file in tmp_path.glob("library.db*"):
        file.unlink()
    played(tmp_path, look)


def test_the_small_file_holds_all_that_a_row_says(tmp_path: Path) -> None:
    """All columns, but for those that mean something in this library or for this moment only."""
    played(tmp_path, put_one)
    connection = apsw.Connection(str(tmp_path / "library.db"))
    columns = {str(name) for _, name, *_ in connection.execute("PRAGMA table_info(outgoing)")}
    connection.close()
    assert columns - set(OUTGOING) == {"id", "account", "lease", "lease_until", "tried"}
    assert set(OUTGOING) <= columns


@pytest.mark.parametrize("baseline", ["", "what the forum had", "-5", "1.5", "9" * 5000, None])
def test_a_time_that_is_none_is_none(tmp_path: Path, baseline: str | None) -> None:
    async def queue(library: Library) -> None:
        await put_one(library)
        await library.outbox.start(TARGETS["opening"], Typed("S", "words"), uid="u")

    async def look(library: Library) -> None:
        row = await library.outbox.get("u")
        assert (row.text, row.baseline) == ("words", None)

    played(tmp_path, queue)
    connection = apsw.Connection(str(tmp_path / "library.db"))
    connection.execute("UPDATE outgoing SET baseline = ?", (baseline,))
    connection.close()
    played(tmp_path, look)


words = st.text(max_size=12) | st.sampled_from(["outbox:x", "named:y", "named:", "a:b"])
refs: st.SearchStrategy[Ref] = st.one_of(
    words.filter(lambda text: not text.startswith(("outbox:", "named:"))).map(Remote),
    words.map(Unsent),
    words.map(Called),
)
maybe_refs = st.none() | refs
targets = st.builds(
    Target,
    st.sampled_from([ONE, AccountKey(2)]),
    st.sampled_from(OutKind),
    maybe_refs,
    maybe_refs,
    maybe_refs,
    maybe_refs,
    st.sampled_from(["markdown", "html", "plain"]),
    st.sampled_from([None, "base"]),
)


@given(refs)
def test_a_ref_is_read_as_it_was_written(ref: Ref) -> None:
    assert ref_of(str(ref)) == ref
    assert id_of(ref) == str(ref)


@given(targets, targets)
def test_the_same_is_the_same_from_both_sides(one: Target, other: Target) -> None:
    assert one.is_same(one)
    assert one.is_same(other) == other.is_same(one)
    assert one.is_same(replace(one, format=Format.HTML, base="x"))


@given(targets, maybe_refs, st.sampled_from(["board", "topic", "parent", "post"]))
def test_another_thing_is_another_target(target: Target, ref: Ref | None, name: str) -> None:
    """But for the board, which only a new topic is about."""
    assume(getattr(target, name) != ref)
    changed: dict[str, Any] = {name: ref}
    other = replace(target, **changed)
    assert target.is_same(other) == (name == "board" and target.kind is not OutKind.TOPIC)
    assert not target.is_same(replace(target, account=AccountKey(3)))


@given(targets, targets)
def test_only_what_had_no_id_yet_may_have_come_to_one(asked: Target, other: Target) -> None:
    settled: dict[str, Any] = {
        name: Remote("its id") if isinstance(getattr(asked, name), Unsent | Called) else getattr(asked, name)
        for name in ("board", "topic", "parent", "post")
    }
    assert asked.came_of(asked)
    assert replace(asked, **settled).came_of(asked)
    assert not replace(asked, account=AccountKey(3)).came_of(asked)
    if other.came_of(asked):
        for name in ("board", "topic", "parent", "post"):
            was, now = getattr(asked, name), getattr(other, name)
            assert was == now or (isinstance(was, Unsent | Called) and now is not None)


@given(targets)
def test_what_a_text_must_name_before_it_can_go(target: Target) -> None:
    needed = {
        OutKind.TOPIC: (target.board,),
        OutKind.REPLY: (target.topic,),
        OutKind.EDIT: (target.topic, target.post),
        OutKind.DELETE: (target.topic, target.post),
    }[target.kind]
    assert target.is_known == (None not in needed)
