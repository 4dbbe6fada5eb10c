"""Texts that are queued before anybody has seen where they go: forums and posts that are only called by a name yet."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from forumtui.errors import UsageError
from forumtui.model import ForumInfo, Millis
from forumtui.reader.library.mirror import Mirrors
from forumtui.reader.library.threads import Threads
from forumtui.reader.rows import AccountKey, AccountRow, Changed, OutRow, What
from forumtui.reader.sql import accounts, outbox
from forumtui.reader.sql import named as store
from forumtui.reader.target import Target


class Named:
    """What is known by a name only, and what it turns out to be."""

    def __init__(self, threads: Threads, mirrors: Mirrors) -> None:
        self._threads = threads
        self._mirrors = mirrors

    async def place(self, names: Sequence[str], *, driver: str, location: str, joined: Millis) -> AccountRow:
        """The account for a place where nobody was yet, under the first of these names that is free."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> AccountRow:
            free = next((name for name in names if accounts.by_name(connection, name) is None), None)
            known = store.unmet(connection, location)
            if known is None and free is None:
                raise UsageError(
                    f"Give the forum at {location} a name of its own: all that are like its place are taken."
                )
            name = free if known is None else accounts.get(connection, known).name
            now = self._threads.now()
            key = store.begin(connection, name=name or "", driver=driver, location=location, joined=joined, now=now)
            changes.add(Changed(What.ACCOUNTS, key))
            return accounts.get(connection, key)

        row = await self._threads.write(work, urgent=True, durable=True)
        await self._threads.with_writer(lambda connection: self._mirrors.write_accounts(connection, row.key))
        return row

    async def met(self, account: AccountKey, info: ForumInfo) -> None:
        """Somebody was there: from now on the account is known as the forum itself is, if it says so."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> list[str]:
            row = accounts.get(connection, account)
            if not (row.is_unmet and info.uuid and store.become(connection, account, info.uuid)):
                return []
            changes.add(Changed(What.ACCOUNTS, account))
            return [row.identity]

        former = await self._threads.write(work, durable=True)
        await self.keep(account, former)

    async def keep(self, account: AccountKey, former: Sequence[str]) -> None:
        """Bring the small files of an account up to date that was known by other identities before."""
        if former:

            def write(connection: apsw.Connection) -> None:
                self._mirrors.write_accounts(connection, account)
                self._mirrors.write_rows(connection, store.texts_of(connection, account))
                for identity in former:
                    self._mirrors.remove_account(identity)

            await self._threads.with_writer(write)

    async def never(self, uid: str) -> None:
        """What a text was for can not be, and nothing was tried: it is as if it had not been queued."""

        def work(connection: apsw.Connection, changes: set[Changed]) -> None:
            news = outbox.news(connection, uid)
            if store.take_out(connection, uid):
                changes.update(news)

        await self._threads.write(
            work, urgent=True, durable=True, then=lambda connection: self._mirrors.write_rows(connection, [uid])
        )

    async def aim(self, uid: str, target: Target, *, subject: str, own: str | None = None) -> OutRow | None:
        """Say what a queued text is about, now that the forum was seen; None: it is under way, or gone, already.

        ``own``: the uid that it would have had, had the forum been known.
        """
        touched = [uid]

        def work(connection: apsw.Connection, changes: set[Changed]) -> OutRow | None:
            now_is = own if own is not None and own != uid and store.rename(connection, uid, own) else uid
            touched.append(now_is)
            row = outbox.aim(connection, now_is, target, subject)
            if row is not None:
                changes.update(outbox.news(connection, now_is))
            return row

        return await self._threads.write(
            work, urgent=True, durable=True, then=lambda connection: self._mirrors.write_rows(connection, touched)
        )
