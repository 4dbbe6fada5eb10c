"""What headless commands work with: the library, its engines, and names resolved to rows."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from forumtui.cli.call import Call, complain, tell
from forumtui.cli.commands import COMMANDS
from forumtui.errors import AuthRequired, NotFound, Offline, RateLimited, Refused, Unanswered, UsageError
from forumtui.model import Millis, Place, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountRow, BoardRow, PostKey, PostRow, TopicRow, Want, WantPosts
from forumtui.settings import nearest
from forumtui.text.ages import iso

if TYPE_CHECKING:
    from forumtui.reader.sync.engine import Engines

CHUNK = 200
SAMPLE = "sample"
"""The name of the sample forum's account."""


def now() -> Millis:
    """The time, in ms UTC."""
    return Millis(time.time_ns() // 1_000_000)


def run(call: Call, work: Callable[[Session, Call], Coroutine[None, None, int]]) -> int:
    """Open a session, do the work in it, close it; returns the exit code."""

    async def whole() -> int:
        async with open_session(call) as session:
            return await work(session, call)

    return asyncio.run(whole())


@asynccontextmanager
async def open_session(call: Call) -> AsyncIterator[Session]:
    """The library and its engines, for as long as the context lasts."""
    call.paths.make()
    tell(f"The library is {call.paths.library_file}.")
    library = await Library.open(call.paths.data)
    try:
        tell_of(library)
        async with engines_of(library, call) as engines:
            yield Session(library, engines, call.paths.data, offline=bool(getattr(call.args, "offline", False)))
    finally:
        await library.close()


def tell_of(library: Library) -> None:
    """Say on standard error what befell the library itself: damage that this start healed, a full disk."""
    lines = library.notice.splitlines() if library.healed else []
    for line in (*lines, library.warning):
        if line:
            complain(line)


def engines_of(library: Library, call: Call) -> Engines:
    """The network side as the user configured it; nothing runs before it is entered."""
    from forumtui.reader.secrets import Secrets
    from forumtui.reader.sync.engine import Engines

    settings = call.settings
    defaults = {"name": settings.name} if settings.name else {}
    return Engines(library, defaults=defaults, join_days=settings.join_days, secrets=Secrets(call.paths.data))


class Session:
    """A library with its engines, and the ways from what the user typed to rows."""

    def __init__(self, library: Library, engines: Engines, data: Path, *, offline: bool) -> None:
        self.library = library
        self.engines = engines
        self.data = data
        self.offline = offline

    # -- forums

    async def accounts(self, forum: str | None, *, first_word: bool = False) -> list[AccountRow]:
        """The forum named, or every listed one; see `account`."""
        if forum is not None:
            return [await self.account(forum, first_word=first_word)]
        return list(await self.library.accounts.all())

    async def account(self, forum: str, *, first_word: bool = False) -> AccountRow:
        """The account of this name, or the forum at this path or URL, which becomes a visited account.

        ``first_word``: whether a command may have been meant.  Raises `NotFound`.
        """
        location = absolute(forum)
        known = await known_account(self.library, forum)
        if known is not None:
            return known
        if forum == SAMPLE:
            return await self.sample()
        if not is_path(forum) and not is_address(forum):
            raise NotFound(await unknown(self.library, forum, first_word=first_word))
        return await self.engines.add(location, listed=False)

    async def followed(self, name: str) -> AccountRow:
        """The account of this name, or at this place, that there is already.  Raises `NotFound`."""
        row = await known_account(self.library, name)
        if row is None:
            names = [each.name for each in await self.library.accounts.all()]
            raise NotFound(f'There is no account "{name}"{nearest(name, names)}')
        return row

    async def place(self, forum: str) -> AccountRow:
        """The same for a text to it: a forum that nobody visited is not asked who it is."""
        if await known_account(self.library, forum) is not None or not is_address(forum):
            return await self.account(forum)
        return await self.engines.place(forum)

    async def met(self, account: AccountRow) -> AccountRow:
        """The account, after a first look at its forum if nobody was there yet."""
        return await self.engines.add(account.location, listed=False) if account.is_unmet else account

    async def sample(self) -> AccountRow:
        """The sample forum, which everybody starts with; built if there is none yet."""
        from forumtui.sample.build import ensure_sample

        path = await asyncio.to_thread(ensure_sample, self.data, now())
        return await add_sample(self.engines, path)

    async def fetch(self, account: AccountRow, *wants: Want, mirror: bool = True) -> AccountRow:
        """Bring in what is new and what is wanted, unless offline; without a line, the copy here must do.

        Without ``mirror`` only what is wanted.
        """
        if self.offline and account.synced_at is not None:
            return account
        tell(f"Asking {account.title or account.name} ({account.location}) for what is new.")
        try:
            await self.engines.run_once(account.key, wants=wants, push=False, mirror=mirror)
        except (Offline, Unanswered, RateLimited, AuthRequired) as error:
            if account.synced_at is None:
                raise
            complain(f"{error}  This is the copy of {iso(account.synced_at)}.")
        return await self.library.accounts.get(account.key)

    # -- boards, topics and posts

    async def board(self, account: AccountRow, name: str) -> BoardRow:
        """The board with this id or title.  Raises `NotFound`, or `UsageError` when a title stands for several."""
        boards = await self.library.reading.boards(account.key)
        found = [row for row in boards if row.id == name] or [
            row for row in boards if row.title.casefold() == name.casefold()
        ]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(row.id for row in found)
            raise UsageError(f'{account.title} has several boards "{name}"; say which by its id: {ids}.')
        titles = {row.title for row in boards}
        raise NotFound(f'{account.title} has no board "{name}"{nearest(name, titles)}')

    async def topic(self, account: AccountRow, topic: str, window: Window | None = None) -> TopicRow:
        """The topic with this id, after fetching a window of its posts.  Raises `NotFound`."""
        asked = TopicId(topic)
        missing = f'{account.title} has no topic "{topic}"; forumtui topics lists them.'
        try:
            await self.fetch(account, WantPosts(account.key, asked, window or Window()))
        except Refused as error:
            raise NotFound(missing) from error
        row = await self.library.reading.topic_by_id(account.key, asked)
        if row is None:
            raise NotFound(missing)
        return row

    async def post(self, account: AccountRow, topic: TopicRow, number: str) -> PostRow:
        """The post with this number (or id, where posts have no number).  Raises `NotFound`."""
        if not self.offline and number.isdigit():
            window = Window(Place.NUMBER, number)
            await self.fetch(account, WantPosts(account.key, topic.id, window))
        found = await self.post_here(topic, number)
        if found is None:
            raise NotFound(f'"{topic.title}" has no post number {number}.')
        return found

    async def post_here(self, topic: TopicRow, number: str) -> PostRow | None:
        """The same as the library has it, without a look at the forum."""
        return await self.library.reading.post_called(topic.key, number)

    async def outline(self, account: AccountRow, topic: TopicRow, wanted: int | None) -> Sequence[PostKey]:
        """The keys of the first ``wanted`` posts (None: all) in flat order, fetched where need be."""
        while True:
            outline = await self.library.reading.outline(topic.key)
            enough = wanted is not None and len(outline.keys) >= wanted and all(gap >= wanted for gap in outline.gaps)
            window = None if enough or self.offline else await self.library.intake.missing(account.key, topic.id)
            if window is None:
                return outline.keys if wanted is None else outline.keys[:wanted]
            want = WantPosts(account.key, topic.id, window)
            await self.engines.run_once(account.key, wants=[want], push=False, mirror=False)
            if await self.library.intake.missing(account.key, topic.id) == window:
                raise NotFound(f'"{topic.title}" could not be fetched as a whole; try again.')


async def known_account(library: Library, forum: str) -> AccountRow | None:
    """The account of this name, else the newest one at this place."""
    rows = await library.accounts.all(visited=True)
    named = [row for row in rows if row.name == forum and not is_path(forum)]
    location = absolute(forum)
    there = [row for row in rows if row.location == location]
    return named[0] if named else max(there, key=lambda row: row.key, default=None)


async def unknown(library: Library, forum: str, *, first_word: bool) -> str:
    """The sentence for a word that names nothing; a command is meant by a first word alone."""
    names = {row.name for row in await library.accounts.all(visited=True)}
    if not first_word or forum in COMMANDS:  # "forumtui open topics" asks for a forum of that name
        return f'There is no forum file or account "{forum}"{nearest(forum, names)}'
    return f'There is no forum file, account or command "{forum}"{nearest(forum, names | COMMANDS.keys())}'


async def add_sample(engines: Engines, path: Path) -> AccountRow:
    """Follow the sample forum."""
    return await engines.add(str(path), name=SAMPLE, listed=True, options={"sample": "yes"})


def is_address(forum: str) -> bool:
    """Whether this is a URL."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", forum) is not None


def is_path(forum: str) -> bool:
    """Whether this is meant as a file: there is such a file, or it looks like a path."""
    return not is_address(forum) and ("/" in forum or forum.endswith((".db", ".forum")) or Path(forum).is_file())


def absolute(location: str) -> str:
    """A path as it is wherever one stands; an address stays as it is."""
    return location if is_address(location) else str(Path(location).expanduser().absolute())
