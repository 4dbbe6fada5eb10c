"""Damage anywhere in the library's file: it opens, nothing that was written is lost, and what is lost is said."""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reader.library.damaging import (
    PAGE,
    State,
    after,
    copy,
    damage,
    model,
    opened,
    roots,
    silent_losses,
    state,
    write_over,
)
from tests.waiting import until

from forumtui.errors import Damaged
from forumtui.reader.library import soundness
from forumtui.reader.library.healing import in_use
from forumtui.reader.rows import OutState

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, State]:
    """A library with something of everything, and what is in it."""
    folder = tmp_path_factory.mktemp("sound")
    return folder, model(folder)


def test_any_table_or_index_may_lose_its_first_page(sound: tuple[Path, State], tmp_path: Path) -> None:
    folder, before = sound
    for name, page in roots(folder).items():
        here = copy(folder, tmp_path / "here")
        write_over(here, (page - 1) * PAGE, bytes(PAGE))
        now, notice = after(here)
        assert silent_losses(before, now, notice) == [], name
        assert now.texts == before.texts, name
        assert "damaged" in notice, name
        assert list(here.glob("library.db.broken-*")), name
        if name != "unread":  # that table alone knows which
            assert (now.posts, now.topics) == (before.posts, before.topics), name


def test_which_posts_are_unread_is_guessed_by_their_number(sound: tuple[Path, State], tmp_path: Path) -> None:
    folder, before = sound
    here = copy(folder, tmp_path / "here")
    write_over(here, (roots(folder)["unread"] - 1) * PAGE, bytes(PAGE))
    now, notice = after(here)
    assert now.topics == before.topics
    assert now.posts == before.posts  # the newest, which is right where one reads from the start
    assert "it is not sure which posts you had read" in notice


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["page", "zeroes", "truncated", "several"]), st.integers(0, 2**32))
def test_whatever_page_is_damaged_what_is_lost_is_said(
    sound: tuple[Path, State], tmp_path: Path, kind: str, seed: int
) -> None:
    folder, before = sound
    here = copy(folder, tmp_path / "here")
    damage(here, kind, random.Random(seed))
    now, notice = after(here)
    assert silent_losses(before, now, notice) == []
    again, _ = after(here)
    assert again == now


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_whatever_bytes_are_damaged_the_library_opens_with_every_text(
    sound: tuple[Path, State], tmp_path: Path, seed: int
) -> None:
    folder, before = sound
    here = copy(folder, tmp_path / "here")
    damage(here, "bytes", random.Random(seed))
    try:
        now, _ = after(here)
    except Damaged:  # met while reading
        now, _ = after(here)
    assert now.texts == before.texts


def test_without_small_files_every_readable_row_comes_back(sound: tuple[Path, State], tmp_path: Path) -> None:
    folder, before = sound
    for name in ("sqlite_schema", "account", "topic", "post", "unread", "member", "outgoing_state", "outgoing_topic"):
        page = roots(folder)[name]
        here = copy(folder, tmp_path / "here")
        shutil.rmtree(here / "outgoing")
        shutil.rmtree(here / "accounts")
        write_over(here, (page - 1) * PAGE, bytes(PAGE))
        now, _ = after(here)
        assert now.texts == before.texts, name


async def test_small_files_of_texts_are_enough_by_themselves(sound: tuple[Path, State], tmp_path: Path) -> None:
    folder, before = sound
    here = copy(folder, tmp_path / "here")
    shutil.rmtree(here / "accounts")
    (here / "library.db").unlink()
    names: list[str] = []
    async with opened(here) as library:
        assert (await state(library)).texts == before.texts
        names.extend(row.name for row in await library.accounts.all())
        assert "was not there" in library.notice
        assert library.healed
    assert names == ["one", "two"]


def test_a_text_that_is_no_text_any_more_comes_back_from_its_file(sound: tuple[Path, State], tmp_path: Path) -> None:
    folder, before = sound
    here = copy(folder, tmp_path / "here")
    connection = apsw.Connection(str(here / "library.db"))
    connection.execute("UPDATE outgoing SET text = CAST(x'fffe41' AS TEXT), revision = 999 WHERE uid = 'draft'")
    connection.close()
    now, notice = after(here)
    assert now.texts == before.texts
    assert "damaged" in notice


@pytest.mark.parametrize("name", [b"draft\xff", b"drafs"])
def test_a_text_whose_name_was_written_over_is_there_once(
    sound: tuple[Path, State], tmp_path: Path, name: bytes
) -> None:
    folder, before = sound
    here = copy(folder, tmp_path / "here")
    connection = apsw.Connection(str(here / "library.db"))
    connection.execute("UPDATE outgoing SET uid = CAST(? AS TEXT) WHERE uid = 'draft'", (name,))
    connection.execute("UPDATE outgoing SET text = CAST(x'fffe41' AS TEXT) WHERE uid != CAST(? AS TEXT)", (name,))
    connection.close()
    now, notice = after(here)
    assert now.texts == before.texts
    assert "damaged" in notice


def test_a_text_without_a_file_is_kept_as_far_as_it_can_be_read(sound: tuple[Path, State], tmp_path: Path) -> None:
    folder, _ = sound
    here = copy(folder, tmp_path / "here")
    connection = apsw.Connection(str(here / "library.db"))
    connection.execute("UPDATE outgoing SET text = CAST(x'416e6e61ff' AS TEXT) WHERE uid = 'draft'")
    connection.close()
    (here / "outgoing" / "draft.json").unlink()
    now, _ = after(here)
    assert now.texts["draft"] == (OutState.DRAFT, "Anna\N{REPLACEMENT CHARACTER}")


def test_damage_met_while_reading_is_said_and_healed_by_the_next_start(
    sound: tuple[Path, State], tmp_path: Path
) -> None:
    folder, before = sound
    here = copy(folder, tmp_path / "here")
    connection = apsw.Connection(str(here / "library.db"))
    connection.execute("UPDATE body SET source = CAST(x'ff' AS TEXT) WHERE post = (SELECT max(post) FROM body)")
    connection.close()
    with pytest.raises(Damaged, match="the next start rebuilds it") as caught:
        after(here)
    assert len(str(caught.value)) < 79
    now, notice = after(here)
    assert (now.posts, now.texts) == (before.posts, before.texts)
    assert "1 text of a post" in notice


def test_the_notice_stays_until_it_was_seen(sound: tuple[Path, State], tmp_path: Path) -> None:
    folder, _ = sound
    here = copy(folder, tmp_path / "here")
    write_over(here, 0, bytes(PAGE))
    assert "Nothing is missing" in after(here)[1]

    async def look() -> None:
        async with opened(here) as library:
            assert not library.healed
            assert "kept: " in library.notice
            library.notice_seen()

    asyncio.run(look())
    assert after(here)[1] == ""


def test_a_file_that_another_process_has_open_is_not_put_aside(sound: tuple[Path, State], tmp_path: Path) -> None:
    folder, _ = sound
    here = copy(folder, tmp_path / "here")
    code = (
        "import sys, apsw; c = apsw.Connection(sys.argv[1]); c.execute('SELECT count(*) FROM topic').fetchall();"
        " print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(here / "library.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert in_use(here / "library.db")
        (here / "library.damaged").touch()
        assert after(here)[1] == ""  # postponed
        write_over(here, (roots(folder)["account"] - 1) * PAGE, bytes(PAGE))
        with pytest.raises(Damaged, match="another forumtui has it open"):
            after(here)
    assert not in_use(here / "library.db")
    assert "rebuilt" in after(here)[1]


def test_two_that_start_at_once_heal_once(sound: tuple[Path, State], tmp_path: Path) -> None:
    folder, before = sound
    here = copy(folder, tmp_path / "here")
    write_over(here, (roots(folder)["outgoing"] - 1) * PAGE, bytes(PAGE))
    code = (
        "import asyncio, sys; from pathlib import Path; from forumtui.reader.library import Library\n"
        "async def main():\n"
        "    library = await Library.open(Path(sys.argv[1])); print(len(await library.outbox.rows()))\n"
        "    await library.close()\n"
        "asyncio.run(main())"
    )
    several = [
        subprocess.Popen([sys.executable, "-c", code, str(here)], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0].strip() for process in several]
    assert said == [str(len(before.texts))] * 3
    assert len([path for path in here.glob("library.db.broken-*") if not path.name.endswith(("-wal", "-shm"))]) == 1


def test_a_file_that_is_as_it_was_left_is_not_looked_at(
    sound: tuple[Path, State], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = sound
    here = copy(folder, tmp_path / "here")
    after(here)
    looked: list[int] = []
    monkeypatch.setattr(soundness, "examine", lambda _: looked.append(1))
    after(here)
    assert looked == []
    (here / "library.db").touch()
    after(here)
    assert looked == [1]


def test_a_look_that_takes_too_long_goes_on_beside(
    sound: tuple[Path, State], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    folder, _ = sound
    here = copy(folder, tmp_path / "here")
    write_over(here, (roots(folder)["topic_account"] - 1) * PAGE, bytes(PAGE))
    monkeypatch.setattr(soundness, "check", lambda _connection, *, whole: not whole)

    async def look() -> None:
        async with opened(here) as library:
            await until(lambda: library.warning, 20)
            assert "the next start rebuilds it" in library.warning

    asyncio.run(look())
    monkeypatch.undo()
    assert "rebuilt" in after(here)[1]
