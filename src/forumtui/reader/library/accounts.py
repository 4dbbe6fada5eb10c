"""Which forums there are, and where the reader was."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import apsw

from forumtui.errors import UsageError
from forumtui.model import Board, ForumInfo, Millis
from forumtui.reader.library import mirror
from forumtui.reader.library.intake import drop_topics
from forumtui.reader.library.named import Named
from forumtui.reader.library.threads import Threads
from forumtui.reader.resume import Resume
from forumtui.reader.rows import AccountKey, AccountRow, BoardKey, Changed, Health, What
from forumtui.reader.sql import accounts as store
from forumtui.reader.sql import boards as tree
from forumtui.reader.sql import named
from forumtui.reader.sql import topics as headers

_PAUSE = "pause"
VISIT_KEPT_MS = 30 * 24 * 3600 * 1000


class Accounts:
    """Accounts, their state, their saved cursors, and the place to resume at."""

    def __init__(self, threads: Threads, mirrors: mirror.Mirrors) -> None:
        self._threads = threads
        self._mirrors = mirrors
        self._named = Named(threads, mirrors)

    async def all(self, *, visited: bool = False) -> Sequence[AccountRow]:
        """Listed accounts in order; with ``visited`` also those that were only opened once."""
        return await self._threads.read(lambda connection: store.all_accounts(connection, visited=visited))

    async def to_be_told(self) -> set[AccountKey]:
        """Accounts, listed or not, whose forums should hear of something: texts, likes, a question after held ones."""
        return await self._threads.read(store.to_be_told)

    async def concerned(self) -> Sequence[AccountRow]:
        """Listed accounts, and those only visited in which something waits, for the forum or for an answer."""
        owed = await self.to_be_told()
        return [row for row in await self.all(visited=True) if row.listed or row.waiting or row.key in owed]

    async def get(self, account: AccountKey) -> AccountRow:
        """Raises `NotFound`."""
        return await self._threads.read(lambda connection: store.get(connection, account))

    async def by_name(self, name: str) -> AccountRow | None:
        """By name, identity or location, listed or not."""
        return await self._threads.read(lambda connection: store.by_name(connection, name))

    async def put(
        self,
        *,
        name: str,
        driver: str,
        location: str,
        identity: str,
        options: Mapping[str, str],
        info: ForumInfo,
        listed: bool,
        joined: Millis | None,
    ) -> AccountRow:
        """Add an account, or bring the one with this identity up to date (a moved file keeps its reading state).

        Posts older than ``joined`` arrive read; None: everything arrives unread (the sample forum).
        Raises `UsageError` when the name is taken by another forum.
        """

        def work(connection: apsw.Connection, changes: set[Changed]) -> tuple[AccountRow, bool]:
            unmet = named.unmet(connection, location)
            key = store.put(
                connection,
                name=name,
                driver=driver,
                location=location,
                identity=identity,
                options=options,
                info=info,
                listed=listed,
                joined=joined,
                now=self._threads.now(),
            )
            changes.add(Changed(What.ACCOUNTS, key))
            return store.get(connection, key), unmet is not None

        row, was_unmet = await self._threads.write(work, urgent=True, durable=True)
        await self._mirror(row.key)
        if was_unmet and row.identity != location:  # known by its place until now
            await self._named.keep(row.key, [location])
        return row

    async def update_info(self, account: AccountKey, info: ForumInfo) -> None:
        """Store the forum's own fields and who we are there."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            if store.update_info(connection, account, info):
                changes.add(Changed(What.ACCOUNTS, account))

        await self._threads.write(work)

    async def set_options(self, account: AccountKey, options: Mapping[str, str]) -> None:
        """Replace the settings (never secrets)."""
        await self._set(account, options=json.dumps(dict(options)))

    async def set_listed(self, account: AccountKey, listed: bool) -> None:
        """Keep a visited forum, or let a listed one go from the lists."""
        await self._set(account, listed=int(listed), opened=self._threads.now())

    async def set_plugged(self, account: AccountKey | None, plugged: bool) -> None:
        """Remember whether the network may be used; None: for all."""
        await self._set(account, plugged=int(plugged))

    async def set_health(self, account: AccountKey, health: Health, note: str = "") -> None:
        """Store how the engine fares; OK also stamps ``synced_at``."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            if store.set_health(connection, account, health, note, self._threads.now()):
                changes.add(Changed(What.ACCOUNTS, account))

        await self._threads.write(work)

    async def set_delivery(self, account: AccountKey, kind: Literal["key", "message_id", "reconcile"]) -> None:
        """Store how the backend keeps an act from arriving twice: `Outbox.claim` needs to know."""
        await self._set(account, delivery=kind)

    async def remove(self, account: AccountKey) -> None:
        """Forget an account.  Raises `UsageError` while drafts or outbox rows hang on it."""

        def hide(connection: apsw.Connection, changes: set[Changed]) -> None:
            row = store.get(connection, account)
            if store.hangs(connection, account):
                raise UsageError(f'Drafts or unsent texts hang on "{row.name}"; send or discard them first.')
            store.set_columns(connection, account, listed=0)
            changes.add(Changed(What.ACCOUNTS, account))

        await self._threads.write(hide, urgent=True, durable=True)
        await self._forget(account)

    async def evict_visited(self) -> Sequence[str]:
        """Drop forums only visited, 30 days ago or more, without drafts or outbox rows; returns their identities."""
        limit = Millis(self._threads.now() - VISIT_KEPT_MS)
        gone = await self._threads.read(lambda connection: store.visited_before(connection, limit))
        return [await self._forget(account) for account in gone]

    async def _forget(self, account: AccountKey) -> str:
        await drop_topics(self._threads, account, lambda connection: headers.of_account(connection, account))

        def work(connection: apsw.Connection, changes: set[Changed]) -> str:
            identity = store.get(connection, account).identity
            store.forget(connection, account)
            changes.add(Changed(What.ACCOUNTS))
            return identity

        identity = await self._threads.write(work, durable=True)
        await self._threads.with_writer(lambda _: self._mirrors.remove_account(identity))
        return identity

    async def _set(self, account: AccountKey | None, **columns: Any) -> None:
        def work(connection: apsw.Connection, changes: set[Changed]) -> bool:
            changed = store.set_columns(connection, account, **columns)
            if changed:
                changes.add(Changed(What.ACCOUNTS, account))
            return changed

        if await self._threads.write(work, urgent=True, durable=True):
            await self._mirror(account)

    async def _mirror(self, account: AccountKey | None) -> None:
        await self._threads.with_writer(lambda connection: self._mirrors.write_accounts(connection, account))

    async def cursor(self, account: AccountKey, scope: str) -> str | None:
        """A saved cursor, such as the change feed's."""
        return await self._threads.read(lambda connection: store.cursor(connection, account, scope))

    async def pause_until(self, account: AccountKey) -> Millis | None:
        """Until when the forum itself asked to be left alone."""
        saved = await self.cursor(account, _PAUSE)
        return Millis(int(saved)) if saved is not None and saved.isdecimal() else None

    async def set_pause(self, account: AccountKey, until: Millis) -> None:
        """The forum asked to be left alone until then."""
        await self.set_cursor(account, _PAUSE, str(until))

    async def set_cursor(self, account: AccountKey, scope: str, value: str | None) -> None:
        """Save a cursor; None forgets it."""
        await self._threads.write(lambda connection, _: store.set_cursor(connection, account, scope, value))

    async def resume(self) -> Resume:
        """Where the reader was."""
        return await self._threads.read(store.resume)

    async def set_resume(self, place: Resume) -> None:
        """Remember where the reader is."""
        await self._threads.write(lambda connection, _: store.set_resume(connection, place), urgent=True)

    async def put_boards(self, account: AccountKey, boards: Sequence[Board]) -> None:
        """Take over the whole list of boards; those that are absent are gone."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> list[BoardKey]:
            changed, gone = tree.put(connection, account, boards)
            if changed:
                changes.add(Changed(What.BOARDS, account))
            return gone

        gone = await self._threads.write(work)
        if gone:
            await drop_topics(self._threads, account, lambda connection: headers.on_boards(connection, gone))
            await self._threads.write(lambda connection, _: tree.drop(connection, gone))
