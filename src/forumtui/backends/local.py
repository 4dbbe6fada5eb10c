"""A forum of one's own as a backend: a thin adapter over any `ForumStore`, and the driver for forum files."""

from __future__ import annotations

import asyncio
import getpass
import os
import pwd
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from forumtui.backends.api import Backend
from forumtui.errors import (
    BackendError,
    Damaged,
    FileProblem,
    ForumtuiError,
    Offline,
    Refused,
    Unreadable,
    Unsupported,
    UsageError,
)
from forumtui.forum.store import ForumStore
from forumtui.model import (
    Action,
    Board,
    Certainty,
    Changes,
    Cursor,
    Delivery,
    ForumInfo,
    Hit,
    Listing,
    LogEntry,
    Member,
    Option,
    Page,
    Post,
    PostId,
    QueueItem,
    Receipt,
    Recognised,
    Topic,
    TopicId,
    Window,
)
from forumtui.text.sanitise import clean_line

PAGE_SIZE = 200
POLL_SECONDS = 0.5
_SUFFIXES = (".db", ".forum")


class ForumBackend:
    """Reads and writes a `ForumStore` in one member's name."""

    delivery = Delivery("key", ttl=None)

    def __init__(self, store: ForumStore, me: str, *, poll: float = POLL_SECONDS) -> None:
        self._store = store
        self._me = me
        self._poll = poll
        self._seen: int | None = None

    async def info(self) -> ForumInfo:
        """The forum, who we are there, and what that allows; to write is all it takes to become a member."""
        with _backend_errors():
            return replace(await self._store.info(self._me), registration=None)

    async def boards(self) -> Sequence[Board]:
        """Every board, parents first."""
        with _backend_errors():
            return await self._store.boards(self._me)

    async def topics(self, listing: Listing, after: Cursor | None = None) -> Page[Topic]:
        """A page of a listing."""
        with _backend_errors():
            return await self._store.topics(self._me, listing, after, PAGE_SIZE)

    async def topic(self, topic: TopicId) -> Topic:
        """One topic's header."""
        with _backend_errors():
            return await self._store.topic(self._me, topic)

    async def posts(self, topic: TopicId, window: Window) -> Page[Post]:
        """A window of a topic's posts."""
        with _backend_errors():
            return await self._store.posts(self._me, topic, window)

    async def post(self, post: PostId) -> Post:
        """One post."""
        with _backend_errors():
            return await self._store.post(self._me, post)

    async def search(self, query: str, after: Cursor | None = None) -> Page[Hit]:
        """Posts that match, newest first."""
        with _backend_errors():
            return await self._store.search(self._me, query, after, PAGE_SIZE)

    async def changes(self, after: Cursor | None) -> Changes:
        """A stretch of the change feed."""
        with _backend_errors():
            self._seen = await self._store.version()
            return await self._store.changes(self._me, after, PAGE_SIZE)

    async def watch(self) -> AsyncIterator[None]:
        """Yield after every write by anybody since the last call of `changes`."""
        with _backend_errors():
            seen = await self._store.version() if self._seen is None else self._seen
        while True:
            with _backend_errors():
                version = await self._store.version()
            if version != seen:
                seen = version
                yield
            else:
                await asyncio.sleep(self._poll)

    async def perform(self, action: Action) -> Receipt:
        """Carry out an action, under its key."""
        with _backend_errors():
            return await self._store.perform(self._me, action)

    async def find(self, action: Action) -> Receipt | None:
        """The receipt of this action, if it arrived.  Raises `Refused` if moderators rejected it."""
        with _backend_errors():
            return await self._store.find(self._me, action)

    async def member(self, name: str) -> Member:
        """A member's profile."""
        with _backend_errors():
            return await self._store.member(self._me, name)

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        """What waits for moderators, oldest first."""
        with _backend_errors():
            return await self._store.queue(self._me, after, PAGE_SIZE)

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        """The audit log, newest first."""
        with _backend_errors():
            return await self._store.log(self._me, after, PAGE_SIZE)


@contextmanager
def _backend_errors() -> Iterator[None]:
    """A store may speak of its file; a backend speaks of what became of the request."""
    try:
        yield
    except BackendError:
        raise
    except Damaged as error:
        raise Unreadable(str(error)) from error
    except FileProblem as error:  # full, read-only or gone: nothing was done, and it may do later
        raise Offline(str(error)) from error
    except ForumtuiError as error:
        raise Refused(str(error)) from error


def unix_user() -> str:
    """The name this process's user logs in with, or "user-ID" where the system knows none."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        pass
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user-{os.getuid()}"


def path_of(location: str) -> Path:
    """The file that a path or a file: URL names."""
    if location.lower().startswith("file:"):
        return Path(unquote(urlsplit(location).path))
    return Path(location).expanduser()


class LocalDriver:
    """Opens forum files."""

    name = "local"
    options: Sequence[Option] = (Option("name", "the name under which you write; without it, your Unix user name"),)
    log_in_form: Sequence[Option] = (Option("name", "the name under which you write", required=True),)
    registration_form: Sequence[Option] = ()

    def recognises(self, location: str) -> Certainty:
        """Certainly any file that exists, a name that ends like a forum file, and file: URLs."""
        return Certainty.CERTAINLY if _is_file(location) else Certainty.NO

    def names(self, location: str, base: str = "") -> Recognised | None:
        """The forum: a file has no addresses for what is in it."""
        ours = location == base if base else _is_file(location)
        return Recognised(self.name, location) if ours else None

    def open(self, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """A session with an existing forum file.  Raises a kind of `FileProblem` on entering."""
        return _session(path_of(location), clean_line(options.get("name", "")) or unix_user())

    async def log_in(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """The name given: who may write to the file may write under any.  Raises `UsageError` without one."""
        name = clean_line(form.get("name", ""))
        if not name:
            raise UsageError("Say under which name you write there.")
        return {"name": name}

    async def register(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """Raises `Unsupported`."""
        raise Unsupported("In a forum file, to write is all it takes to become a member.")

    async def log_out(self, location: str, options: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """Back to the Unix user's name."""
        return {name: value for name, value in options.items() if name != "name"}


def _is_file(location: str) -> bool:
    if location.lower().startswith("file:"):
        return True
    if "://" in location:
        return False
    if location.lower().endswith(_SUFFIXES):
        return True
    try:
        return bool(location) and path_of(location).exists()
    except (OSError, RuntimeError, ValueError):
        return False


@asynccontextmanager
async def _session(path: Path, me: str) -> AsyncIterator[Backend]:
    from forumtui.forum.file import SqliteForumStore  # recognising a file must not wait for the database

    store = await SqliteForumStore.open(path)
    try:
        yield ForumBackend(store, me)
    finally:
        await store.close()


driver = LocalDriver()
