"""Forum files that another program, or a bad disk, has changed: everything is read, or said in a sentence."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import apsw
import pytest
from tests.hostile.attack import WORD, build

from forumtui.cli.call import DONE
from forumtui.cli.main import main
from forumtui.sqlite.connection import connect

Ask = Callable[..., tuple[int, str, str]]
COMMANDS = (
    ("topics", "--json"),
    ("boards",),
    ("read", "1", "--json"),
    ("read", "2"),
    ("search", WORD),
    ("export", "--format", "text"),
    ("export", "--format", "jsonl"),
    ("export", "--format", "markdown"),
    ("reply", "1", "--to", "2", "--text", "mine"),
    ("open", "--plain"),
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sound") / "forum.db"
    asyncio.run(build(file, "Good words", "A text"))
    return file


@pytest.fixture
def forum(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "forum.db"))


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Ask]:
    """Run a command on a file, with a library of its own; what nobody foresaw is a failure."""

    def ask(file: Path, command: str, *words: str) -> tuple[int, str, str]:
        home = tmp_path / f"home-{file.stem}"
        monkeypatch.setenv("FORUMTUI_HOME", str(home))
        capsys.readouterr()
        code = main([command, str(file), *words])
        said = capsys.readouterr()
        log = home / "forumtui.log"
        assert not log.exists() or "Traceback" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")
        assert "should not" not in said.err, said.err
        assert bool(code) == said.err.startswith("forumtui: ") or command == "search", said.err
        return code, said.out, said.err

    yield ask
    for handler in list(logging.getLogger("forumtui").handlers):
        logging.getLogger("forumtui").removeHandler(handler)
        handler.close()


def tamper(file: Path, statement: str) -> None:
    connection = connect(file)
    try:
        connection.execute("PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON")
        connection.execute(
            "UPDATE forum SET feed = feed + 1, boards_n = feed + 1; UPDATE topic SET n = (SELECT feed FROM forum);"
            "UPDATE post SET n = (SELECT feed FROM forum)"
        )
        connection.execute(statement)
    finally:
        connection.close()


def test_the_untampered_forum_is_read(forum: Path, ask: Ask) -> None:
    for command, *words in COMMANDS:
        assert ask(forum, command, *words)[0] == DONE, command


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE topic SET tags = '5', title = ''""",
        """UPDATE topic SET tags = '[1, null, {"a": []}, "\\ud800 good"]'""",
        """UPDATE board SET links = '{"a": 1}'""",
        """UPDATE board SET links = '[1, [], ["a"], ["a", 2], ["\\ud800", "http://e.example/\\udfff"]]'""",
        """UPDATE post SET mentions = '"all"', format = ''""",
        """UPDATE post SET mentions = '[[], 7]', marks = -1, likes_elsewhere = -5, likes_here = 9000000000000000000""",
        "UPDATE post SET likes_elsewhere = 9000000000000000000, likes_here = 9000000000000000000",
        "UPDATE post SET author_id = NULL",
        "UPDATE post SET author_id = 999, topic_id = topic_id + 900 WHERE id = 7",
        "UPDATE post SET parent_id = id",
        "UPDATE post SET parent_id = CASE WHEN id % 5 = 1 THEN id + 4 ELSE id - 1 END",
        "UPDATE post SET parent_id = (id + 10) % 20 + 1",
        "UPDATE post SET parent_id = 12345",
        "UPDATE post SET number = number + 9000000000000000000 WHERE id > 10",
        "UPDATE post SET deleted = 1",
        "UPDATE post SET source = NULL",
        "UPDATE post SET created = -62135596800000, edited = 253402300800000",
        "UPDATE post SET created = 9223372036854775807, edited = -9223372036854775808",
        "UPDATE topic SET created = 9223372036854775807, last_post = -9223372036854775808",
        "UPDATE topic SET board_id = 77",
        "UPDATE topic SET posts = -3, last_number = 8",
        "UPDATE topic SET posts = 9223372036854775806",
        "UPDATE board SET parent_id = 3 - id",
        "UPDATE board SET parent_id = id",
        "UPDATE board SET parent_id = 44",
        "UPDATE board SET leader_id = 44",
        "UPDATE member SET role = '', name = ' ' || id, joined = 9223372036854775807",
        "UPDATE forum SET epoch = 'a:b:c', title = ''",
        "UPDATE forum SET feed = 5000000000000000000",
        "DELETE FROM member",
        "DELETE FROM board",
    ],
)
def test_what_another_program_wrote_is_read(forum: Path, ask: Ask, statement: str) -> None:
    ask(forum, "topics")
    tamper(forum, statement)
    for command, *words in COMMANDS:
        code, _, complaint = ask(forum, command, *words)
        assert code == DONE, complaint


def test_topics_of_a_board_that_is_gone_are_still_found(forum: Path, ask: Ask) -> None:
    assert ask(forum, "topics")[1].count("\n") == 4
    tamper(forum, "UPDATE topic SET board_id = 77")
    assert "[77]" in ask(forum, "boards")[1]
    assert ask(forum, "topics")[1].count("\n") == 4
    assert ask(forum, "export", "--format", "jsonl")[1].count('"board":"77"') == 4


def test_a_circle_of_boards_is_opened(forum: Path, ask: Ask) -> None:
    tamper(forum, "UPDATE board SET parent_id = 3 - id")
    first, second = ask(forum, "boards")[1].splitlines()
    assert first.startswith("Good words1 ")
    assert second.startswith("  Good words2 ")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE post SET number = -number * 1000000000000",
        "UPDATE post SET number = -9223372036854775808 + id",
        "UPDATE topic SET last_number = 0",
        "UPDATE topic SET last_number = 9223372036854775807",
        "UPDATE forum SET uuid = '', epoch = '', title = ''",
        "UPDATE forum SET feed = 9223372036854775807",
        "UPDATE topic SET tags = '" + "[" * 990 + "]" * 990 + "'",
        "UPDATE topic SET tags = '[" + "1" * 5000 + "]'",
        "UPDATE topic SET id = -id",
        "UPDATE post SET id = -id",
        "UPDATE post SET id = id + 9223372036854770000",
        "DELETE FROM forum",
        "DELETE FROM topic",
        "DELETE FROM post",
        "DROP TABLE post_fts",
        "DROP TABLE post_fts_config",
        "DROP TABLE liked",
        "ALTER TABLE post DROP COLUMN edited",
        "CREATE TRIGGER no BEFORE INSERT ON post BEGIN SELECT RAISE(ABORT, 'no' || char(27) || '[2J'); END",
        "DROP TRIGGER post_changed; UPDATE post SET source = CAST(x'eda080' AS TEXT)",
        "UPDATE topic SET title = CAST(x'41001b5b324a' AS TEXT)",
        "UPDATE member SET name = CAST(x'ff' || id AS TEXT)",
    ],
)
def test_what_another_program_broke_is_read_or_refused_in_a_sentence(forum: Path, ask: Ask, statement: str) -> None:
    ask(forum, "topics")
    tamper(forum, statement)
    for command, *words in COMMANDS:
        ask(forum, command, *words)


@pytest.mark.parametrize("table", ["forum", "page", "member", "board", "topic", "post", "liked"])
def test_values_of_another_kind_are_read_or_refused_in_a_sentence(
    forum: Path, ask: Ask, tmp_path: Path, table: str
) -> None:
    """SQLite keeps them out where it writes, but takes them from a file as they are."""
    connection = connect(forum)
    columns = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]
    connection.close()
    refused = []
    for column in columns:
        file = Path(shutil.copy(forum, tmp_path / f"{column}.db"))
        smuggle(file, table, column)
        refused += [column for command, *words in COMMANDS[::2] if ask(file, command, *words)[0] != DONE]
    assert refused or table == "liked"


def smuggle(file: Path, table: str, column: str) -> None:
    """Put into every row of a column what its table does not allow."""
    connection = connect(file)
    strict = str(connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).get)
    loose = re.sub(r"STRICT(, )?|(?<!IS) NOT NULL", "", strict)
    connection.execute("PRAGMA foreign_keys=OFF; PRAGMA writable_schema=ON")
    connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (loose, table))
    connection.execute("PRAGMA writable_schema=RESET; PRAGMA ignore_check_constraints=ON")
    with suppress(apsw.MismatchError):  # a row's number can be nothing else
        value = None if column == "digest" else b"\0\xff"
        connection.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", (value,))
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (strict, table))
    connection.close()


@pytest.mark.parametrize("seed", range(16))
def test_no_flipped_byte_brings_a_traceback(sound: Path, tmp_path: Path, ask: Ask, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(sound.read_bytes())
    for _ in range(chance.choice((1, 5, 30))):
        at = chance.randrange(100, len(content) - 64)
        size = chance.choice((1, 4, 64))
        content[at : at + size] = chance.randbytes(size)
    file = tmp_path / "flipped.db"
    file.write_bytes(content)
    for command, *words in COMMANDS:
        ask(file, command, *words)
