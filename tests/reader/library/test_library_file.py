"""Opening, healing, two programs at once, a full disk."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.waiting import turns, until

from forumtui.errors import Damaged, NewerSchema, NotFound, StorageFull, UsageError
from forumtui.model import (
    INHERITED,
    Ability,
    Board,
    BoardId,
    Body,
    Can,
    Format,
    ForumInfo,
    InfoPage,
    Link,
    Mark,
    Member,
    MemberId,
    Millis,
    PostId,
    Section,
    SectionItem,
    Topic,
    TopicId,
)
from forumtui.reader.library import Library, door
from forumtui.reader.library.outbox import Typed
from forumtui.reader.resume import Resume
from forumtui.reader.rows import (
    AccountKey,
    AccountRow,
    BoardKey,
    Changed,
    Health,
    OutState,
    PostKey,
    TopicKey,
    TopicQuery,
    Want,
    WantPosts,
    WantSearch,
    WantTopics,
    What,
)
from forumtui.reader.target import OutKind, Remote, Target

DAY = 86_400_000


async def put(library: Library, **fields: Any) -> AccountRow:
    """The first forum again, but for these fields."""
    given: dict[str, Any] = {
        "name": "one",
        "driver": "local",
        "location": "/one.db",
        "identity": "id-one",
        "options": {},
        "info": ForumInfo("x"),
        "listed": True,
        "joined": None,
    }
    return await library.accounts.put(**{**given, **fields})


async def add(library: Library, name: str = "one", *, listed: bool = True) -> AccountRow:
    return await put(
        library,
        name=name,
        location=f"/{name}.db",
        identity=f"id-{name}",
        options={"name": "Anna"},
        info=ForumInfo(f"Forum {name}"),
        listed=listed,
    )


@asynccontextmanager
async def opened(folder: Path, now: int = 100 * DAY) -> AsyncIterator[Library]:
    library = await Library.open(folder, now=lambda: Millis(now))
    try:
        yield library
    finally:
        await library.close()


async def test_everything_about_an_account_comes_back(tmp_path: Path) -> None:
    info = ForumInfo(
        "Title",
        tagline="line",
        notice="Note\nwell",
        version="2",
        updated="today",
        pages=(InfoPage("about", "About", Body("text", Format.PLAIN)),),
        me=Member(MemberId("m1"), "Anna", "Editor", Millis(5), "about me"),
        can=Can({Ability.REPLY: "", Ability.EDIT: "Closed."}),
    )
    board = Board(
        BoardId("b"),
        "Board",
        description="d",
        leader="Jaap",
        leader_wanted=True,
        links=(Link("more", "https://example.org/"),),
        sections=(Section(Mark.EXPERT_TIP, "Tips", 3, (SectionItem(TopicId("t"), PostId("p"), "A tip", "Jaap"),)),),
        notice="n",
        further_study="f",
        topics=7,
        can=Can({Ability.REPLY: "Not here."}),
    )
    async with opened(tmp_path) as library:
        row = await library.accounts.put(
            name="one",
            driver="local",
            location="/one.db",
            identity="id",
            options={},
            info=info,
            listed=False,
            joined=None,
        )
        assert (row.title, row.tagline, row.notice, row.version, row.updated, row.pages, row.me) == (
            info.title,
            info.tagline,
            info.notice,
            info.version,
            info.updated,
            info.pages,
            info.me,
        )
        assert row.can.refusal(Ability.REPLY) is None
        await library.accounts.put_boards(row.key, [board, Board(BoardId("child"), "Child", parent=BoardId("b"))])
        shown, child = await library.reading.boards(row.key)
        assert (shown.links, shown.sections, shown.leader, shown.leader_wanted, shown.topics) == (
            board.links,
            board.sections,
            "Jaap",
            True,
            7,
        )
        assert (child.can.refusal(Ability.REPLY), child.can.refusal(Ability.EDIT)) == ("Not here.", "Closed.")
        assert await library.accounts.all() == []
        assert [account.key for account in await library.accounts.all(visited=True)] == [row.key]
        for name in ("one", "/one.db", "id"):
            assert await library.accounts.by_name(name) == await library.accounts.get(row.key)
        assert await library.accounts.by_name("two") is None
        await library.accounts.update_info(row.key, ForumInfo("Other"))
        assert (await library.accounts.get(row.key)).me is None


async def test_accounts_change_and_go(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        accounts = library.accounts
        one, two = await add(library), await add(library, "two")
        moved = await put(library, name="uno", location="/moved.db", listed=False)
        assert (moved.key, moved.name, moved.location, moved.listed) == (one.key, "uno", "/moved.db", True)
        with pytest.raises(UsageError, match="taken"):
            await put(library, name="two", location="/3", identity="id-3")
        with pytest.raises(UsageError, match="needs a name"):
            await put(library, name=" ", location="/3", identity="id-3")
        await accounts.set_options(one.key, {"name": "Bill"})
        await accounts.set_plugged(None, False)
        await accounts.set_plugged(two.key, True)
        await accounts.set_health(one.key, Health.OK, "fine")
        await accounts.set_health(one.key, Health.OFFLINE, "no\x1b line")
        row = await accounts.get(one.key)
        assert (row.options, row.plugged, row.health, row.note, row.synced_at) == (
            {"name": "Bill"},
            False,
            Health.OFFLINE,
            "no line",
            100 * DAY,
        )
        assert (await accounts.get(two.key)).plugged
        await accounts.set_cursor(one.key, "feed", "c1")
        assert await accounts.cursor(one.key, "feed") == "c1"
        await accounts.set_cursor(one.key, "feed", None)
        assert await accounts.cursor(one.key, "feed") is None
        assert await accounts.resume() == Resume()
        place = Resume(one.key, BoardKey(1), TopicKey(2), PostKey(3), 4, "uid")
        await accounts.set_resume(place)
        assert await accounts.resume() == place
        await library.intake.topics(one.key, [Topic(TopicId(f"t{n}"), BoardId("b"), "T") for n in range(45)])
        draft = await library.outbox.start(Target(one.key, OutKind.REPLY, topic=Remote("t1")))
        with pytest.raises(UsageError, match="hang"):
            await accounts.remove(one.key)
        await library.outbox.discard(draft.uid)
        await accounts.remove(one.key)
        with pytest.raises(NotFound):
            await accounts.get(one.key)
        assert len(list((tmp_path / "accounts").iterdir())) == 1
        await accounts.set_listed(two.key, False)
        assert await accounts.all() == []


async def test_visited_forums_go_after_a_month(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        await add(library, "visited", listed=False)
        kept = await add(library, "with a draft", listed=False)
        await library.outbox.start(Target(kept.key, OutKind.TOPIC, board=Remote("b")), Typed(text="x"))
        await add(library, "listed")
        assert await library.accounts.evict_visited() == []
    async with opened(tmp_path, now=131 * DAY) as library:
        assert len(await library.accounts.evict_visited()) == 1
        assert {row.name for row in await library.accounts.all(visited=True)} == {"with a draft", "listed"}


async def test_wants_are_kept_newest_first(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        heard: list[object] = []
        away = library.on_want(heard.append)
        one, two = AccountKey(1), AccountKey(2)
        wants: list[Want] = [
            WantTopics(one),
            WantPosts(one, TopicId("t")),
            WantTopics(two),
            WantSearch(None, "x"),
            WantTopics(one),
        ]
        for want in wants:
            library.want(want)
        assert heard == wants
        assert library.take_wants(one) == [WantTopics(one), WantSearch(None, "x"), WantPosts(one, TopicId("t"))]
        assert library.take_wants(one) == []
        assert library.take_wants(two) == [WantSearch(None, "x"), WantTopics(two)]
        away()
        for number in range(door.MOST_WANTS + 5):
            library.want(WantPosts(one, TopicId(str(number))))
        assert len(library.take_wants(one)) == door.MOST_WANTS
        assert len(heard) == len(wants)


async def test_listeners_hear_of_a_burst_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        one = await add(library)
        heard: list[Changed] = []
        away = library.subscribe(heard.append)
        await asyncio.gather(
            *(library.intake.topics(one.key, [Topic(TopicId(str(n)), BoardId("b"), "T")]) for n in range(30))
        )
        await until(lambda: Changed(What.TOPICS, one.key) in heard)
        assert len(heard) <= 60
        away()
        heard.clear()
        others: list[Changed] = []
        library.subscribe(others.append)
        await library.intake.topics(one.key, [Topic(TopicId("x"), BoardId("b"), "T")])
        await until(lambda: Changed(What.TOPICS, one.key) in others)
        assert heard == []


async def told_of_a_draft(library: Library, account: AccountRow, uid: str) -> list[Changed]:
    """What is told until a draft that is written now is told of, and after it."""
    heard: list[Changed] = []
    library.subscribe(heard.append)
    await library.outbox.start(Target(account.key, OutKind.TOPIC, board=Remote("b")), Typed(text="A draft."), uid=uid)
    await until(lambda: any(change.what is What.OUTBOX for change in heard))
    return heard


async def test_nothing_is_told_where_nothing_changed(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        one = await add(library)
        header = [Topic(TopicId("x"), BoardId("b"), "T", tags=("a",), can=INHERITED)]
        boards = [Board(BoardId("b"), "B")]
        await library.accounts.put_boards(one.key, boards)
        await library.intake.topics(one.key, header)
        heard = await told_of_a_draft(library, one, "before")
        heard.clear()
        await library.accounts.put_boards(one.key, boards)
        await library.intake.topics(one.key, header)
        await library.accounts.update_info(one.key, ForumInfo("Forum one"))
        await library.accounts.set_plugged(one.key, True)
        await told_of_a_draft(library, one, "after")
        assert {change.what for change in heard} == {What.OUTBOX}


async def test_two_programs_on_one_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "WATCH_S", 0.02)
    async with opened(tmp_path) as first:
        one = await add(first)
        second = await Library.open(tmp_path, now=lambda: Millis(100 * DAY))
        heard: list[Changed] = []
        first.subscribe(heard.append)
        await second.outbox.start(
            Target(one.key, OutKind.TOPIC, board=Remote("b")), Typed(subject="S", text="text"), uid="u"
        )
        await second.outbox.submit("u")
        await until(lambda: Changed(What.OUTBOX) in heard)
        claims = await asyncio.gather(
            first.outbox.claim(one.key, "host-a:1:1", Millis(100 * DAY)),
            second.outbox.claim(one.key, "host-b:2:2", Millis(100 * DAY)),
        )
        assert sum(claim is not None for claim in claims) == 1
        assert [row.uid for row in await first.outbox.rows()] == ["u"]
        await second.close()


async def test_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    async def scene(library: Library) -> None:
        await add(library)

    async with opened(tmp_path) as library:
        await scene(library)
    connection = sqlite3.connect(tmp_path / "library.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(NewerSchema):
        async with opened(tmp_path) as library:
            await scene(library)
    assert not list(tmp_path.glob("*.broken*"))
    assert list((tmp_path / "running").iterdir()) == []


@pytest.mark.parametrize("damage", ["garbage", "header gone", "middle gone"])
async def test_a_damaged_library_is_rebuilt_with_what_the_user_wrote(tmp_path: Path, damage: str) -> None:
    async with opened(tmp_path) as library:
        one = await add(library)
        await library.intake.topics(
            one.key, [Topic(TopicId(f"t{n}"), BoardId("b"), f"T {n} " + "x" * 200) for n in range(400)]
        )
        await library.outbox.start(
            Target(one.key, OutKind.TOPIC, board=Remote("b")), Typed(subject="S", text="precious"), uid="u"
        )
    path = tmp_path / "library.db"
    content = bytearray(path.read_bytes())
    if damage == "garbage":
        content = bytearray(b"this is no database at all" * 500)
    elif damage == "header gone":
        content[:2000] = bytes(2000)
    else:
        for page in range(4096 * 3, len(content), 4096):
            content[page : page + 64] = b"\xff" * 64
        (tmp_path / "library.damaged").touch()
    path.write_bytes(content)
    async with opened(tmp_path) as library:
        assert "damaged" in library.notice
        [row] = await library.outbox.rows()
        assert (row.body, row.state, row.account_name) == (Body("precious"), OutState.DRAFT, "one")
        topics = (await library.reading.topics(TopicQuery(row.account), after=500)).rows
        assert len(topics) == (400 if damage == "header gone" else 0)
        assert ("Lost" in library.notice or "lost" in library.notice) == (damage != "header gone")
        library.notice_seen()
    assert len(list(tmp_path.glob("library.db.broken-*[0-9]"))) == 1
    async with opened(tmp_path) as library:
        assert library.notice == ""


async def test_salvage_reads_what_the_small_files_lost(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        one = await add(library)
        await library.outbox.start(
            Target(one.key, OutKind.TOPIC, board=Remote("b")), Typed(subject="S", text="precious"), uid="u"
        )
    for path in [*(tmp_path / "outgoing").iterdir(), *(tmp_path / "accounts").iterdir()]:
        path.unlink()
    (tmp_path / "library.damaged").touch()
    async with opened(tmp_path) as library:
        assert [row.body for row in await library.outbox.rows()] == [Body("precious")]


async def test_spoilt_small_files_are_passed_over(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        one = await add(library)
        await library.outbox.start(Target(one.key, OutKind.TOPIC, board=Remote("b")), Typed(text="good"), uid="good")
    folder = tmp_path / "outgoing"
    good = json.loads((folder / "good.json").read_text())
    for name, content in {
        "a": "{",
        "b": "[]",
        "c": json.dumps({"uid": "c"}),
        "d": json.dumps(good | {"uid": "d", "kind": "nonsense"}),
        "e": json.dumps(good | {"uid": "e", "identity": "nobody"}),
        "f": json.dumps(good | {"uid": "f", "text": {"no": "text"}}),
        "g": json.dumps(good | {"revision": 99, "kind": "nonsense"}),
    }.items():
        (folder / f"{name}.json").write_text(content)
    (tmp_path / "accounts" / "x.json").write_text(json.dumps({"identity": "x", "name": "x", "key": 1}))
    async with opened(tmp_path) as library:
        assert {row.uid for row in await library.outbox.rows()} == {"good", "e"}
        assert (await library.outbox.get("e")).account_name.startswith("lost-")


async def test_a_file_of_a_sent_text_that_outlived_a_crash_goes(tmp_path: Path) -> None:
    kept: list[str] = []
    async with opened(tmp_path) as library:
        one = await add(library)
        await library.outbox.start(
            Target(one.key, OutKind.TOPIC, board=Remote("b")), Typed(subject="S", text="x"), uid="u"
        )
        await library.outbox.submit("u")
        kept.append((tmp_path / "outgoing" / "u.json").read_text())
        await library.outbox.claim(one.key, "l", Millis(1))
        await library.outbox.begin_send("u", "l", Millis(1))
        await library.outbox.finish("u", topic=TopicId("t"))
    (tmp_path / "outgoing" / "u.json").write_text(kept[0])
    async with opened(tmp_path) as library:
        assert await library.outbox.rows() == []
        assert not (tmp_path / "outgoing" / "u.json").exists()


def test_after_a_crash_the_file_is_checked(tmp_path: Path) -> None:
    async def before() -> None:
        async with opened(tmp_path) as library:
            one = await add(library)
            await library.intake.topics(
                one.key, [Topic(TopicId(f"t{n}"), BoardId("b"), f"T {n} " + "x" * 200) for n in range(400)]
            )

    async def after() -> None:
        async with opened(tmp_path) as library:
            assert "400 topics" in library.notice
            assert len((await library.reading.topics(TopicQuery(None), after=500)).rows) == 400

    asyncio.run(before())
    path = tmp_path / "library.db"
    content = bytearray(path.read_bytes())
    rooted = (
        apsw.Connection(str(path)).execute("SELECT rootpage FROM sqlite_master WHERE name = 'topic_account'").fetchone()
    )
    assert rooted is not None
    content[(rooted[0] - 1) * 4096 : (rooted[0] - 1) * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)
    dead = subprocess.Popen(["true"])
    dead.wait()
    (tmp_path / "running" / f"{socket.gethostname()}-{dead.pid}-abc").touch()
    (tmp_path / "running" / f"{socket.gethostname()}-1-abc").touch()
    (tmp_path / "running" / "strange").touch()
    asyncio.run(after())
    assert not (tmp_path / "library.damaged").exists()


async def test_after_a_crash_a_sound_file_is_no_news(tmp_path: Path) -> None:
    async def scene(library: Library) -> None:
        await asyncio.gather(*library._tasks[1:])
        assert library.notice == ""

    async with opened(tmp_path) as library:
        await scene(library)
    (tmp_path / "running" / f"{socket.gethostname()}-999999999-abc").touch()
    async with opened(tmp_path) as library:
        await scene(library)


async def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    async def scene(library: Library) -> None:
        raise AssertionError

    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFull, match="FORUMTUI_HOME"):
        async with opened(tmp_path / "file" / "below") as library:
            await scene(library)
    (tmp_path / "running").write_text("in the way")
    with pytest.raises(StorageFull):
        async with opened(tmp_path) as library:
            await scene(library)


async def test_full_disk_says_so_and_reading_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as library:
        one = await add(library)
        await library.outbox.start(
            Target(one.key, OutKind.TOPIC, board=Remote("b")), Typed(subject="S", text="old"), uid="u"
        )
        await library._threads.with_writer(lambda connection: connection.pragma("max_page_count", 1))
        with pytest.raises(StorageFull):
            await library.outbox.save("u", subject="S", text="long " * 100_000, cursor=0)
        assert (await library.outbox.get("u")).body == Body("old")
        await library._threads.with_writer(lambda connection: connection.pragma("max_page_count", 2**30))
        await library.outbox.save("u", subject="S", text="long " * 100_000, cursor=0)

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageFull, match="second copy"):
            await library.outbox.save("u", subject="S", text="short", cursor=0)
        monkeypatch.undo()
        assert (await library.outbox.get("u")).body == Body("short")
        assert not list((tmp_path / "outgoing").glob(".*"))


async def test_a_search_that_nobody_waits_for_stops(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        begun = threading.Event()

        def search(connection: apsw.Connection) -> object:
            begun.set()
            return connection.execute(endless).fetchall()

        slow = asyncio.create_task(library._threads.search(search))
        await until(begun.is_set)
        waiting = asyncio.create_task(library.reading.search("first"))
        await turns()
        waiting.cancel()
        slow.cancel()
        async with asyncio.timeout(10):
            assert (await library.reading.search("x")).hits == ()


async def test_an_interruption_that_comes_late_harms_nobody(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        tries: list[int] = []

        def interrupted_once(connection: apsw.Connection) -> int:
            tries.append(1)
            if len(tries) == 1:
                raise apsw.InterruptError
            return 7

        assert await library._threads.search(interrupted_once) == 7


async def test_damage_met_while_reading_is_healed_at_the_next_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:

        def broken(connection: apsw.Connection) -> None:
            raise apsw.CorruptError

        with pytest.raises(Damaged):
            await library._threads.read(broken)
    async with opened(tmp_path) as library:
        assert "damaged" in library.notice


async def test_undo_of_what_went_with_its_account_does_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        one = await add(library)
        draft = await library.outbox.start(Target(one.key, OutKind.TOPIC, board=Remote("b")), Typed(subject="S"))
        await library.outbox.discard(draft.uid)
        await library.accounts.remove(one.key)
        assert await library.marks.undo() == 'discarding "S"'
        assert await library.marks.undo() is None
