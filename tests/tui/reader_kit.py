"""A stocked library, an engine that does nothing, and a pilot that waits until every key is handled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from tests.waiting import LOOK
from textual.pilot import Pilot

from forumtui.errors import Missing
from forumtui.model import (
    Ability,
    Act,
    Author,
    Board,
    BoardId,
    Body,
    Can,
    Cursor,
    Errand,
    ForumInfo,
    InfoPage,
    Link,
    LogEntry,
    Mark,
    Member,
    MemberId,
    Millis,
    Option,
    OwnToken,
    Page,
    Post,
    PostId,
    QueueItem,
    Receipt,
    Recognised,
    Section,
    SectionItem,
    Topic,
    TopicId,
    Window,
)
from forumtui.reader.library import Library
from forumtui.reader.library.door import Forms, Reached, Show
from forumtui.reader.rows import AccountKey, AccountRow, Health, Ready
from forumtui.settings import Settings
from forumtui.tui.app import ForumApp
from forumtui.tui.widgets.footer import FooterLine
from forumtui.tui.widgets.header import HeaderLine

NOW = Millis(1_750_000_000_000)
ALL = Can({ability: "" for ability in Ability if ability not in {Ability.MODERATE, Ability.DRAFT}})
ANNA, BEN, JAAP = (Author(MemberId(name.lower()), name, "Member") for name in ("Anna", "Ben", "Jaap de Jonge"))


class IdlePacker:
    """Has what is told it beforehand, in steps."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.steps: list[tuple[int, str]] = [(0, "")]

    async def pack(self, account: AccountKey, tell: Callable[[Ready], None]) -> Ready:
        row = await self._library.accounts.get(account)
        *before, last = [Ready(row, 1, posts, 10 * posts, note) for posts, note in self.steps]
        for ready in before:
            tell(ready)
        return last


class IdleAccess:
    """Stands for what a forum knows one by; remembers what it was asked."""

    def __init__(
        self,
        answer: Callable[[], Awaitable[None]],
        log_out: Callable[[AccountKey], Awaitable[AccountRow]],
        log_in_elsewhere: Callable[[AccountKey, Show], Awaitable[AccountRow]],
    ) -> None:
        self._answer = answer
        self._log_out = log_out
        self._log_in_elsewhere = log_in_elsewhere
        self.own: list[OwnToken] = []
        self.passwords: list[tuple[str, str]] = []

    async def log_in_elsewhere(self, account: AccountKey, show: Show) -> AccountRow:
        return await self._log_in_elsewhere(account, show)

    async def set_password(self, account: AccountKey, old: str, new: str) -> None:
        self.passwords.append((old, new))
        await self._answer()

    async def tokens(self, account: AccountKey) -> list[OwnToken]:
        await self._answer()
        return list(self.own)

    async def end(self, account: AccountKey, token: OwnToken) -> AccountRow | None:
        await self._answer()
        self.own.remove(token)
        return await self._log_out(account) if token.current else None

    async def end_others(self, account: AccountKey) -> None:
        await self._answer()
        self.own = [token for token in self.own if token.current]

    async def end_all(self, account: AccountKey) -> AccountRow:
        await self._answer()
        self.own.clear()
        return await self._log_out(account)


class IdleWays:
    """Where addresses lead: what ``leads`` says, else to a forum that is added."""

    def __init__(self, add: Callable[..., Awaitable[AccountRow]]) -> None:
        self._add = add
        self.leads: dict[str, Reached | Exception] = {}
        self.resembling: set[str] = set()
        """Addresses that only look like a forum's."""
        self.asked: list[str] = []

    async def known(self, address: str) -> Recognised | None:
        lead = self.leads.get(address)
        return lead.found if isinstance(lead, Reached) and address not in self.resembling else None

    async def looks_like(self, address: str) -> bool:
        return address in self.resembling

    async def reach(self, address: str, *, listed: bool = False) -> Reached:
        self.asked.append(address)
        lead = self.leads.get(address)
        if isinstance(lead, Exception):
            raise lead
        return lead or Reached(await self._add(address, listed=listed), Recognised("local", address))


class IdleEngine:
    """Stands for the network side; remembers what it was asked."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.woken: list[AccountKey | None] = []
        self.added: list[str] = []
        self.acts: list[Act] = []
        self.filled_in: list[dict[str, str]] = []
        self.form = Forms((Option("name", "your name", required=True),))
        self.outcome: Literal["created", "held", "done"] = "done"
        self.problems: list[Exception] = []
        self.queue_pages: list[Page[QueueItem]] = [Page(())]
        self.log_pages: list[Page[LogEntry]] = [Page(())]
        self.people: dict[str, Member] = {}
        self.ways = IdleWays(self.add)
        self.packer = IdlePacker(library)
        self.access = IdleAccess(self._answer, self.log_out, self._log_in_elsewhere)
        self.errand = Errand("https://talk.example/user-api-key/activate/abc", "WXYZ-2345")
        self.answers = asyncio.Event()
        self.answers.set()

    def wake(self, account: AccountKey | None = None) -> None:
        self.woken.append(account)

    async def add(self, location: str, *, name: str | None = None, listed: bool = True) -> AccountRow:
        self.added.append(location)
        row = await put_account(self.library, name or "added", listed=listed)
        await self.library.accounts.set_health(row.key, Health.OK)  # it was looked at, and has nothing
        return await self.library.accounts.get(row.key)

    async def forms(self, account: AccountKey) -> Forms:
        return self.form

    async def log_in(self, account: AccountKey, credentials: dict[str, str]) -> AccountRow:
        self.filled_in.append(credentials)
        await self._answer()
        return await self._become(account, Member(MemberId("x"), credentials["name"], "Member"))

    async def _log_in_elsewhere(self, account: AccountKey, show: Show) -> AccountRow:
        self.filled_in.append({"payload": await show(self.errand)})
        await self._answer()
        return await self._become(account, Member(MemberId("x"), "anna", "Member"))

    async def register(self, account: AccountKey, form: dict[str, str]) -> AccountRow:
        return await self.log_in(account, form)

    async def log_out(self, account: AccountKey) -> AccountRow:
        await self._answer()
        return await self._become(account, None)

    async def _become(self, account: AccountKey, me: Member | None) -> AccountRow:
        row = await self.library.accounts.get(account)
        info = ForumInfo(row.title, row.identity, me=me, can=ALL, registration=row.registration)
        await self.library.accounts.update_info(account, info)
        return await self.library.accounts.get(account)

    async def act(self, account: AccountKey, act: Act) -> Receipt:
        self.acts.append(act)
        await self._answer()
        return Receipt(self.outcome)

    async def queue(self, account: AccountKey, after: Cursor | None = None) -> Page[QueueItem]:
        await self._answer()
        return self.queue_pages[int(after or 0)]

    async def log(self, account: AccountKey, after: Cursor | None = None) -> Page[LogEntry]:
        await self._answer()
        return self.log_pages[int(after or 0)]

    async def member(self, account: AccountKey, name: str) -> Member:
        await self._answer()
        if name not in self.people:
            raise Missing("There is no such member.")
        return self.people[name]

    async def _answer(self) -> None:
        await self.answers.wait()
        if self.problems:
            raise self.problems.pop(0)

    async def remove(self, account: AccountKey) -> None:
        await self.library.accounts.remove(account)

    async def set_plugged(self, account: AccountKey | None, plugged: bool) -> None:
        await self.library.accounts.set_plugged(account, plugged)


async def put_account(library: Library, name: str, *, listed: bool = True) -> AccountRow:
    info = ForumInfo(
        name.title(),
        f"uuid-{name}",
        tagline="A place to talk.",
        notice="Be kind.",
        version="1.2",
        updated="2025-06-01",
        pages=(InfoPage("rules", "Rules", Body("Quote *fairly*.")),),
        me=Member(MemberId("anna"), "Anna", "Member"),
        can=ALL,
    )
    return await library.accounts.put(
        name=name, driver="local", location=f"/srv/{name}.db", identity=f"uuid-{name}", options={}, info=info,
        listed=listed, joined=None,
    )  # fmt: skip


async def stock(library: Library, name: str = "sample", *, topics: int = 4, posts: int = 5) -> AccountRow:
    """An account with two boards, and topics t1.. on the first: t1 has long posts, quotes and links."""
    row = await put_account(library, name)
    section = Section(
        Mark.BEST_PRACTICE, "Best practices", 1, (SectionItem(TopicId("t1"), PostId("t1-2"), "Ask first", "Ben"),)
    )
    boards = [
        Board(
            BoardId("lead"), "Leadership", description="Leading and following.", leader_wanted=True,
            links=(Link("A book", "https://example.org/book"),), sections=(section,), further_study="Read on.",
        ),
        Board(BoardId("off"), "Off topic", leader="Ben"),
    ]  # fmt: skip
    await library.accounts.put_boards(row.key, boards)
    await library.intake.topics(row.key, [topic(number, posts) for number in range(1, topics + 1)])
    for number in range(1, topics + 1):
        page = Page(tuple(post(number, each) for each in range(1, posts + 1)))
        await library.intake.posts(row.key, TopicId(f"t{number}"), Window(), page)
    return row


def topic(number: int, posts: int) -> Topic:
    return Topic(
        TopicId(f"t{number}"), BoardId("lead"), f"Topic number {number}", ANNA, Millis(NOW - number * 3_600_000),
        Millis(NOW - number * 1_800_000), posts, url=f"https://example.org/t{number}",
    )  # fmt: skip


def post(topic_number: int, number: int) -> Post:
    author = (BEN, JAAP)[number % 2]
    text = f"Post {number} of topic {topic_number}.\n\nSee [the page](https://example.org/{topic_number}/{number})."
    if topic_number == 1 and number == 2:
        text = "\n\n".join(f"Paragraph {each} of a long post." for each in range(30))
    return Post(
        PostId(f"t{topic_number}-{number}"), TopicId(f"t{topic_number}"), number, number, f"Topic number {topic_number}",
        PostId(f"t{topic_number}-{number - 1}") if number > 1 else None, author,
        Millis(NOW - 1_000_000 + number), body=Body(text), url=f"https://example.org/p{number}",
        can=Can({Ability.EDIT: "only its author may edit it", Ability.DELETE: "only its author may delete it"}),
    )  # fmt: skip


class Driver:
    """Presses keys and looks at the screen."""

    def __init__(self, app: ForumApp, pilot: Pilot[None], engine: IdleEngine) -> None:
        self.app = app
        self.pilot = pilot
        self.engine = engine

    async def press(self, *keys: str) -> None:
        """Press keys one by one and wait until each is handled."""
        for key in keys:
            await self.pilot.press(key)
            await self.until(lambda: self.app.runner.idle)
        await self.settle()

    async def type(self, text: str) -> None:
        await self.press(*("space" if character == " " else character for character in text))

    async def settle(self) -> None:
        await self.until(lambda: self.app.runner.idle and not self.app._changes)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"waited in vain; footer: {self.said!r}"
            await self.pilot.pause(LOOK)

    @property
    def said(self) -> str:
        return self.app.desk.screen.query_one(FooterLine).said

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.app.desk.screen.query_one(HeaderLine)._path)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in lines)


@asynccontextmanager
async def reading(
    folder: Path,
    *,
    size: tuple[int, int] = (120, 36),
    prepare: Callable[[Library], Awaitable[object]] = stock,
    settings: Settings | None = None,
    location: str = "",
) -> AsyncIterator[Driver]:
    """The reader over a library that ``prepare`` stocked."""
    library = await Library.open(folder)
    try:
        if prepare is not None:
            await prepare(library)
        engine = IdleEngine(library)

        @asynccontextmanager
        async def engines(_library: Library) -> AsyncIterator[IdleEngine]:
            yield engine

        app = ForumApp(library, engines, settings, location=location)
        async with app.run_test(size=size) as pilot:
            driver = Driver(app, pilot, engine)
            await driver.until(lambda: app.services._engine is not None)
            await driver.settle()
            yield driver
            await library.accounts.all()
    finally:
        await library.close()


async def nothing(_library: Library) -> None:
    """No forums at all."""
