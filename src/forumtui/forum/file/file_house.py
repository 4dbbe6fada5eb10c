"""Keeping house in a forum file: every change and its line in the audit log are one transaction."""

from __future__ import annotations

import asyncio
import pwd
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import apsw

from forumtui.errors import Forbidden, Refused
from forumtui.forum.file import boards, copying, feed, invitations, keeping, log, names, pages, queue, tokens, unix
from forumtui.forum.file.forum_file import ForumFile
from forumtui.forum.file.log import Hand, write_line
from forumtui.forum.file.moderating import SEEN_NOW
from forumtui.forum.file.threads import ForumThreads
from forumtui.forum.file.viewer import KEEPER, private_boards, rows, snapshot, viewer
from forumtui.forum.house import BoardDraft, Policy, Stats, TokenInfo
from forumtui.model import Board, BoardId, Cursor, LogEntry, Member, Millis, Page, QueueItem
from forumtui.sqlite.connection import readable_errors
from forumtui.sqlite.thread import in_thread
from forumtui.text.sanitise import clean_line

ACTIVE_MS = 30 * 24 * 3600 * 1000
_SUMS = """
SELECT (SELECT count(*) FROM board), (SELECT count(*) FROM topic), (SELECT count(*) FROM post WHERE NOT deleted),
  (SELECT count(*) FROM member), (SELECT count(DISTINCT author_id) FROM post WHERE created > ?),
  (SELECT count(*) FROM queue WHERE decided IS NULL),
  (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)
"""


def stats(file: ForumFile, now: Millis) -> Stats:
    """Count everything, over a connection of its own.  Blocks.  Raises a `FileProblem`."""
    with readable_errors(file.path):
        connection = file.reader()
        try:
            with snapshot(connection):
                (sums,) = rows(connection, (int, int, int, int, int, int, int), _SUMS, (now - ACTIVE_MS,))
                return Stats(*sums)
        finally:
            connection.close()


PAGE_SIZE = 200


class SqliteHouse:
    """The `House` of a forum file.  ``forget``: called when somebody's way in was closed."""

    def __init__(self, threads: ForumThreads, now: Callable[[], Millis], forget: Callable[[], None]) -> None:
        self._threads = threads
        self._now = now
        self._forget = forget

    def _hand(self, by: str) -> Hand:
        return Hand(clean_line(by), self._now())

    # -- boards and the forum itself

    async def boards(self) -> Sequence[Board]:
        """Every board, parents first."""
        return await self._threads.look(lambda c: boards.boards(c, KEEPER))

    async def add_board(self, board: BoardDraft, *, by: str = "") -> BoardId:
        """Raises `Refused` when the title is missing, `Missing` when the parent is unknown."""

        def work(connection: apsw.Connection) -> BoardId:
            number = keeping.add_board(connection, board)
            write_line(connection, self._hand(by), "add board", clean_line(board.title or ""), board=int(number))
            return number

        return await self._threads.write(work)

    async def edit_board(self, board: BoardId, change: BoardDraft, *, by: str = "") -> None:
        """Change the fields that are not None."""

        def work(connection: apsw.Connection) -> None:
            before = private_boards(connection)
            keeping.edit_board(connection, board, change)
            changed: list[str] = [name for name in change.__match_args__ if getattr(change, name) is not None]
            if changed and before - private_boards(connection):
                changed[-1] += f" ({SEEN_NOW})"
            if changed:
                write_line(connection, self._hand(by), "edit board", ", ".join(changed), board=int(board))

        await self._threads.write(work)

    async def set_info(self, fields: Mapping[str, str], *, by: str = "") -> None:
        """Set title, tagline, notice, version, updated, or "rules" (the text of the rules page)."""

        def work(connection: apsw.Connection) -> None:
            keeping.set_info(connection, fields)
            if fields:
                write_line(connection, self._hand(by), "edit forum", ", ".join(fields))

        await self._threads.write(work)

    async def policy(self) -> Policy:
        """The rules in force, none of them None."""
        return await self._threads.look(keeping.policy)

    async def set_policy(self, change: Policy, *, by: str = "") -> None:
        """Change the rules that are not None."""

        def work(connection: apsw.Connection) -> None:
            changed = keeping.set_policy(connection, change)
            if changed:
                write_line(connection, self._hand(by), "set rules", changed)

        await self._threads.write(work)

    # -- members and their ways in

    async def members(self) -> Sequence[Member]:
        """Every member, by name."""
        return await self._threads.look(pages.members)

    async def add_member(self, name: str, role: str = "Member", *, by: str = "") -> None:
        """Raises `Conflict` when there is one whose name looks the same, `Refused` for a name that will not do."""
        cleaned = names.new_name(name)

        def work(connection: apsw.Connection) -> None:
            names.check_free(connection, cleaned)
            hand = self._hand(by)
            keeping.set_role(connection, cleaned, role, hand.now)
            write_line(connection, hand, "add member", f"{cleaned}: {keeping.role_word(role)}")

        await self._threads.write(work)

    async def set_role(self, member: str, role: str, *, by: str = "") -> None:
        """Give a role, which imports then leave alone; the member is made if unknown."""

        def work(connection: apsw.Connection) -> None:
            hand = self._hand(by)
            keeping.set_role(connection, member, role, hand.now)
            write_line(connection, hand, "set role", f"{clean_line(member)}: {keeping.role_word(role)}")

        await self._threads.write(work)

    async def set_suspended(self, member: str, suspended: bool, *, by: str = "") -> None:
        """Let a member neither log in nor write, or again; their tokens are revoked for good.  Raises `Missing`."""

        def work(connection: apsw.Connection) -> None:
            number = names.member_row(connection, member)
            connection.execute("UPDATE member SET suspended = ? WHERE id = ?", (int(suspended), number))
            if suspended:
                tokens.revoke_all(connection, clean_line(member))
            feed.boards_changed(connection)
            write_line(connection, self._hand(by), "suspend" if suspended else "restore", clean_line(member))

        await self._threads.write(work)
        self._forget()

    async def set_unix_user(self, member: str, user: str, *, by: str = "") -> None:
        """Say which user of this machine a member is; "" for none.  Raises `Refused` for an unknown user, `Missing`."""
        uid = _uid_of(user) if user else None
        await self._threads.write(lambda c: unix.link(c, self._hand(by), member, uid))
        self._forget()

    async def issue_token(
        self, member: str, *, label: str = "", scopes: Sequence[str] = (), expires: Millis | None = None, by: str = ""
    ) -> str:
        """A new token, told this once.  Without scopes it is for all that the member's role allows now.

        Without ``expires`` it is good until it is revoked.  Raises `Missing` for an unknown member, `Forbidden` for a
        suspended one, `Refused` for an unknown scope or a time that is past.
        """
        named = tokens.scopes_named(scopes)

        def work(connection: apsw.Connection) -> str:
            hand = self._hand(by)
            tokens.check_future(expires, hand.now)
            names.member_row(connection, member)
            who = viewer(connection, member, "")
            if who.rights.blocked:
                raise Forbidden(f"{who.name} is suspended.")
            token, granted = tokens.issue(connection, who, label, named, expires, hand.now)
            write_line(connection, hand, "issue token", f"{who.name}: {', '.join(granted)}")
            return token

        return await self._threads.write(work)

    async def tokens(self, member: str | None = None) -> Sequence[TokenInfo]:
        """Those in force, oldest first.  Raises `Missing` for an unknown member."""
        return await self._threads.look(lambda c: tokens.listed(c, member, self._now()))

    async def revoke_token(self, token: str, *, by: str = "") -> None:
        """By its id.  Raises `Missing`."""

        def work(connection: apsw.Connection) -> None:
            write_line(connection, self._hand(by), "revoke token", tokens.revoke(connection, token))

        await self._threads.write(work)
        self._forget()

    async def invite(self, *, uses: int = 1, expires: Millis | None = None, role: str = "Member", by: str = "") -> str:
        """A new invitation's code, told this once.  Raises `Refused`."""

        def work(connection: apsw.Connection) -> str:
            hand = self._hand(by)
            code = invitations.invite(connection, uses=uses, expires=expires, role=role, host=hand.name, now=hand.now)
            write_line(connection, hand, "invite", f"{uses} as {keeping.role_word(role)}")
            return code

        return await self._threads.write(work)

    # -- looking after it

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        """What waits for moderators, oldest first."""
        return await self._threads.look(lambda c: queue.queue(c, KEEPER, after, PAGE_SIZE))

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        """The audit log, newest first."""
        return await self._threads.look(lambda c: log.log(c, KEEPER, after, PAGE_SIZE))

    async def stats(self) -> Stats:
        """How much there is.  Counts everything: seconds for a million posts, but nobody waits for it."""
        return await asyncio.to_thread(stats, self._threads.file, self._now())

    async def backup(self, target: Path) -> None:
        """Write a verified copy (mode 0600, one file) while the forum is in use.  A copy is a new epoch.

        Raises `FileProblem` if the target exists or can not be written, `Damaged` if the copy is not sound.
        """
        await in_thread(partial(copying.backup, self._threads.file, target))

    async def check(self) -> Sequence[str]:
        """What is wrong with the stored forum, a sentence each; nothing: it is sound.

        It looks at a copy, in the folder for temporary files, so that nobody waits for it.
        """
        return await in_thread(partial(copying.check, self._threads.file))


def _uid_of(user: str) -> int:
    try:
        return pwd.getpwnam(user).pw_uid
    except (KeyError, ValueError) as error:  # ValueError: a NUL in it
        raise Refused(f"This machine has no user {clean_line(user, 40)}.") from error
