"""From an address to what it names: the forum becomes an account, and topic and post come into the library."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Protocol

from forumtui.backends.api import Backend, Driver
from forumtui.backends.shapes import web_address
from forumtui.errors import ForumtuiError, Missing, NotFound, Offline, Refused
from forumtui.model import Certainty, Place, PostId, Recognised, TopicId, What, Window
from forumtui.reader.library import Library
from forumtui.reader.library.door import Reached
from forumtui.reader.rows import AccountRow
from forumtui.reader.sync.direct import Direct
from forumtui.text.sanitise import clean_line

MOST_TITLE = 300
Recognise = Callable[[str], Awaitable[Recognised]]
"""Says what an address names, by asking if need be.  Raises `NotFound` or `BackendError`."""


async def recognise(location: str) -> Recognised:
    """By the network; what asks there is loaded when it is needed."""
    from forumtui.backends import asking

    return await asking.recognise(location)


class OpenBackend(Protocol):
    """Opens a session with a forum of a kind.  Raises `FileProblem` or `BackendError` on entering."""

    def __call__(self, driver: str, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """A session, for as long as the context lasts."""


class Add(Protocol):
    """Makes a forum that was found an account."""

    async def __call__(self, location: str, *, listed: bool, found: Recognised) -> AccountRow:
        """Raises `FileProblem`, `UsageError` or `BackendError`."""


async def known(library: Library, address: str) -> Recognised | None:
    """What an address names in a forum that is an account, the innermost first; None if in none of them."""
    rows = [row for row in await library.accounts.all(visited=True) if not row.is_unmet]
    drivers = {name: _driver(name) for name in {row.driver for row in rows}}
    for row in sorted(rows, key=lambda row: len(row.location), reverse=True):
        driver = drivers[row.driver]
        if driver is not None and driver.recognises(address) is not Certainty.NO:
            found = driver.names(address, row.location)
            if found is not None:
                return found
    return None


def _driver(name: str) -> Driver | None:
    from forumtui.backends.registry import driver_named

    try:
        return driver_named(name)
    except ForumtuiError:  # uninstalled since, or broken: its forums are not known for now
        return None


class Ways:
    """Implements `forumtui.reader.library.door.Ways`."""

    def __init__(
        self, library: Library, add: Add, direct: Direct, *, open_backend: OpenBackend, asked: Recognise
    ) -> None:
        self._library = library
        self._add = add
        self._direct = direct
        self._open = open_backend
        self._asked = asked

    async def known(self, address: str) -> Recognised | None:
        """What an address names in a forum that is known, or by its text alone; None for another.  Asks nobody."""
        from forumtui.backends.recognition import by_text, is_read

        try:
            found = await known(self._library, address) or by_text(address, within=True)
        except Refused:
            return None
        return found if found is not None and is_read(found.software) else None

    async def looks_like(self, address: str) -> bool:
        """Whether it has the shape of a topic or post, so that whoever answers there is worth asking.  Asks nobody."""
        from forumtui.backends.recognition import looks_like

        try:
            return looks_like(address)
        except Refused:
            return False

    async def find(self, address: str, *, ask: bool = True) -> Recognised:
        """What an address names, by asking where nothing is known.  Raises as `reach` does, but for what is not read.

        Without ``ask``, `NotFound` for what neither its text nor the library tells.
        """
        from forumtui.backends.recognition import by_text

        found = await known(self._library, address) or by_text(address)
        if found is None and not ask and web_address(address) is not None:
            raise NotFound(f"Who answers at {address} is not told by its text alone; without --offline it is asked.")
        return found or await self._asked(address)

    async def titled(self, found: Recognised) -> Recognised:
        """The same with its title, if the forum tells one; nothing is kept of it."""
        if found.title or found.what not in {What.FORUM, What.TOPIC, What.POST}:
            return found
        account = await self._library.accounts.by_name(found.base)
        try:
            if account is not None and not account.is_unmet:
                async with self._direct.session(account.key) as backend:
                    title = await _title(found, backend)
            else:
                async with self._open(found.software, found.base, {}) as backend:
                    title = await _title(found, backend)
        except ForumtuiError:
            return found
        return replace(found, title=clean_line(title, MOST_TITLE))

    async def reach(self, address: str, *, listed: bool = False) -> Reached:
        """Find what an address names and bring it here."""
        found = await self.find(address)
        account = await self._account(found, listed=listed and found.what is What.FORUM)
        if found.what not in {What.TOPIC, What.POST}:
            return Reached(account, found)
        try:
            async with self._direct.session(account.key) as backend:
                return await self._brought(account, found, backend)
        except Offline as error:
            return await self._here(account, found, str(error))

    async def _account(self, found: Recognised, *, listed: bool) -> AccountRow:
        """The forum's account as it is, so that what is here can be read without a line; else a new one."""
        row = await self._library.accounts.by_name(found.base)
        if row is not None and row.location == found.base and not row.is_unmet and (row.listed or not listed):
            return row
        return await self._add(found.base, listed=listed, found=found)

    async def _brought(self, account: AccountRow, found: Recognised, backend: Backend) -> Reached:
        """With the topic's header, and the posts about the one that is meant."""
        post = PostId(found.post) if found.post and not found.numbered else None
        try:
            if found.what is What.POST:
                named = await backend.post(PostId(found.id))  # which may call itself something else
                post, topic = named.id, named.topic
            else:
                topic = TopicId(found.id)
            header = await backend.topic(topic)
        except Missing:
            return Reached(account, found, lacks=f"{account.title} has no such {found.what}, or not for you.")
        if header.id != topic:  # some sites call a post as they call a topic
            post = post or PostId(found.id)
        await self._library.intake.topics(account.key, [header])
        if post is None and found.what is What.TOPIC and header.id != found.id:
            post = PostId(found.id)  # the address names a post as it names topics
        window = _window(found, post)
        if window is None:
            return Reached(account, found, header.id)
        try:
            page = await backend.posts(header.id, window)
        except Refused:
            lacks = "That post is not there; this is its topic." if found.post or found.what is What.POST else ""
            return Reached(account, found, header.id, lacks=lacks)
        await self._library.intake.posts(account.key, header.id, window, page)
        meant = (
            each.id for each in page.items if (str(each.number) == found.post if found.numbered else each.id == post)
        )
        post = next(meant, None)
        lacks = "" if post is not None else "That post is not there; this is its topic."
        return Reached(account, found, header.id, post, lacks)

    async def _here(self, account: AccountRow, found: Recognised, why: str) -> Reached:
        """What the library has of it.  Raises `Offline` where it has nothing."""
        reading = self._library.reading
        if found.what is What.POST:
            post = await reading.post_by_id(account.key, PostId(found.id))
            topic = None if post is None else await reading.topic(post.topic_key)
        else:
            topic = await reading.topic_by_id(account.key, TopicId(found.id))
            post = None if topic is None or not found.post else await reading.post_called(topic.key, found.post)
        if topic is None:
            raise Offline(why)
        meant = found.what is What.POST or bool(found.post)
        lacks = f"{why}  That post is not here yet." if meant and post is None else ""
        return Reached(account, found, topic.id, post.id if post is not None else None, lacks)


async def _title(found: Recognised, backend: Backend) -> str:
    if found.what is What.FORUM:
        return (await backend.info()).title
    topic = TopicId(found.id) if found.what is What.TOPIC else (await backend.post(PostId(found.id))).topic
    return (await backend.topic(topic)).title


def _window(found: Recognised, post: PostId | None) -> Window | None:
    if found.numbered:
        return Window(Place.NUMBER, found.post)
    return None if post is None else Window(Place.POST, post)
