"""A forum file that somebody sent: what is not built as ours is refused by name, and nothing in it runs."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hostile.attack import build
from tests.waiting import turns

from forumtui.cli.main import main
from forumtui.errors import Damaged, FileProblem, NotAForum
from forumtui.forum.file import SqliteForumStore, structure, threads
from forumtui.sqlite import connection as connections
from forumtui.sqlite.thread import ConnectionThread

ENDLESS = "WITH RECURSIVE f(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM f) SELECT"
FOREIGN = {
    'the view "member"': f"""
        ALTER TABLE member RENAME TO hidden_member;
        CREATE VIEW member AS {ENDLESS} x AS id, 'n' AS name FROM f""",
    'the view "extra"': f"CREATE VIEW extra AS {ENDLESS} x FROM f",
    'the trigger "no"': "CREATE TRIGGER no BEFORE INSERT ON post BEGIN SELECT RAISE(ABORT, 'no'); END",
    'the trigger "post_changed"': """
        DROP TRIGGER post_changed;
        CREATE TRIGGER post_changed AFTER UPDATE ON post BEGIN DELETE FROM post; END""",
    'the table "board"': "ALTER TABLE board ADD COLUMN slow TEXT AS (hex(zeroblob(1000000))) VIRTUAL",
    'the table "loot"': "CREATE TABLE loot (a, b AS (hex(zeroblob(9999))) STORED)",
    'the index "slow"': "CREATE INDEX slow ON post (hex(source))",
    'the table "more"': "CREATE VIRTUAL TABLE more USING fts5 (x)",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sound") / "forum.db"
    asyncio.run(build(file, "Good words", "A text"))
    return file


def change(file: Path, *statements: str) -> None:
    connection = connections.connect(file)
    try:
        connection.execute("PRAGMA foreign_keys=OFF")
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


async def opened(file: Path) -> str:
    store = await SqliteForumStore.open(file)
    try:
        return (await store.info(None)).title
    finally:
        await store.close()


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("command", [("topics",), ("host", "check"), ("open", "--plain"), ("export",)])
def test_what_is_foreign_is_refused_by_name(
    sound: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    command: tuple[str, ...],
) -> None:
    monkeypatch.setenv("FORUMTUI_HOME", str(tmp_path / "home"))
    file = Path(shutil.copy(sound, tmp_path / "sent.db"))
    change(file, FOREIGN[name])
    words = [*command[:1], str(file)] if command[0] != "host" else [*command, str(file)]
    assert main([*words, *(command[1:] if command[0] == "open" else ())]) == 1
    said = capsys.readouterr().err
    assert said.startswith("forumtui: ")
    assert name in said
    assert "so it was not opened" in said


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(FOREIGN)), min_size=1, max_size=3, unique=True))
async def test_any_of_them_together_are_refused(sound: Path, tmp_path: Path, names: list[str]) -> None:
    file = Path(shutil.copy(sound, tmp_path / "sent.db"))
    for name in names:
        change(file, FOREIGN[name])
    with pytest.raises(NotAForum, match="not built as a forum file"):
        await opened(file)


@pytest.mark.parametrize("name", ['view "post_fold"', 'table "liked"', 'trigger "post_changed"', 'index "post_feed"'])
async def test_what_is_missing_is_named(sound: Path, tmp_path: Path, name: str) -> None:
    file = Path(shutil.copy(sound, tmp_path / "lost.db"))
    change(file, f"DROP {name}")
    with pytest.raises(Damaged, match=f"it lacks the {name}"):
        await opened(file)


@pytest.mark.parametrize("statement", ["ANALYZE", "VACUUM", "REINDEX", "PRAGMA optimize=0xfffe", "DELETE FROM liked"])
async def test_what_sqlite_itself_does_to_a_file_is_not_foreign(sound: Path, tmp_path: Path, statement: str) -> None:
    file = Path(shutil.copy(sound, tmp_path / "kept.db"))
    change(file, statement)
    assert await opened(file)


def test_the_known_digests_are_those_of_our_schema() -> None:
    built = {version: structure.digest(structure._built(version)) for version in range(1, len(structure.STEPS) + 1)}
    assert built == structure.SOUND


async def test_a_text_beyond_all_bounds_is_refused(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(shutil.copy(sound, tmp_path / "sent.db"))
    connection = apsw.Connection(str(file))
    connection.execute("PRAGMA ignore_check_constraints=ON; UPDATE forum SET title = printf('%.70000000c', 'x')")
    connection.close()
    with pytest.raises(Damaged, match="over 64 MiB"):
        await opened(file)


# -- what does not end


async def test_a_question_without_end_is_ended(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "READING_SECONDS", 0.1)
    store = await SqliteForumStore.open(sound)
    try:
        with pytest.raises(FileProblem, match="took too long"):
            await store._threads.look(lambda c: c.execute(f"{ENDLESS} count(*) FROM f").get)
        assert (await store.info(None)).title  # and the next is answered
    finally:
        await store.close()


async def test_closing_does_not_wait_for_what_does_not_end(tmp_path: Path) -> None:
    work: Callable[[apsw.Connection], object] = lambda c: c.execute(f"{ENDLESS} count(*) FROM f").get  # noqa: E731
    thread = ConnectionThread(lambda: apsw.Connection(str(tmp_path / "x.db")), "test", patience=0.1)
    waiting = [asyncio.ensure_future(thread.run(work)) for _ in range(3)]
    await turns()
    begun = time.monotonic()
    await thread.close()
    assert time.monotonic() < begun + 20
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, apsw.InterruptError) for result in results)
