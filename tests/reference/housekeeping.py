"""Keeping house in the reference forum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.reference.importing import apply_draft
from tests.reference.records import BoardRecord, Records

from forumtui.errors import Conflict, Missing, Refused
from forumtui.forum.house import RULES_PAGE, BoardDraft, Policy
from forumtui.forum.store import KEEPER, ForumStore
from forumtui.model import Board, BoardId, Body, Cursor, LogEntry, Member, Page, QueueItem
from forumtui.text.sanitise import clean_line

PAGE_SIZE = 200


class ReferenceHouse:
    """The `Keeping` of the forum in memory."""

    def __init__(self, records: Records, forum: ForumStore) -> None:
        self._records = records
        self._forum = forum

    async def boards(self) -> Sequence[Board]:
        """Every board."""
        return await self._forum.boards(KEEPER)

    async def add_board(self, board: BoardDraft, *, by: str = "") -> BoardId:
        """A title is needed."""
        records = self._records
        if not clean_line(board.title or ""):
            raise Refused("A board needs a title.")
        record = BoardRecord(len(records.boards) + 1, "")
        records.boards[record.id] = record
        try:
            apply_draft(records, record, board)
        except Refused:
            del records.boards[record.id]
            raise
        records.note(by, "add board", record.title, board=record.id)
        return BoardId(str(record.id))

    async def edit_board(self, board: BoardId, change: BoardDraft, *, by: str = "") -> None:
        """Change what is not None."""
        record = self._records.find_board(board)
        apply_draft(self._records, record, change)
        self._records.note(by, "edit board", record.title, board=record.id)

    async def set_info(self, fields: Mapping[str, str], *, by: str = "") -> None:
        """Title, tagline, notice, version, updated, rules."""
        records = self._records
        records.fields.update({name: fields[name] for name in records.fields if name in fields})
        if RULES_PAGE in fields:
            records.pages[RULES_PAGE] = ("Rules", Body(fields[RULES_PAGE]))
        records.changed(boards=True)
        records.note(by, "edit forum", ", ".join(fields))

    async def policy(self) -> Policy:
        """The rules in force."""
        return self._records.policy

    async def set_policy(self, change: Policy, *, by: str = "") -> None:
        """Change what is not None."""
        given = {name: value for name in change.__match_args__ if (value := getattr(change, name)) is not None}
        self._records.policy = replace(self._records.policy, **given)
        self._records.changed(boards=True)
        self._records.note(by, "set rules", ", ".join(given))

    async def members(self) -> Sequence[Member]:
        """By name."""
        return await self._forum.members(KEEPER)

    async def add_member(self, name: str, role: str = "Member", *, by: str = "") -> None:
        """Once."""
        if name in self._records.members:
            raise Conflict("There is a member of this name already.")
        await self.set_role(name, role, by=by)

    async def set_role(self, member: str, role: str, *, by: str = "") -> None:
        """Make the member if need be."""
        record = self._records.member(member)
        record.role, record.role_given = role, True
        self._records.changed(boards=True)
        self._records.note(by, "set role", f"{member}: {role}")

    async def set_suspended(self, member: str, suspended: bool, *, by: str = "") -> None:
        """Let a member write no more, or again."""
        if member not in self._records.members:
            raise Missing("There is no such member.")
        self._records.members[member].suspended = suspended
        self._records.changed(boards=True)
        self._records.note(by, "suspend" if suspended else "restore", member)

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        """What waits for moderators."""
        return await self._forum.queue(KEEPER, after, PAGE_SIZE)

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        """The audit log."""
        return await self._forum.log(KEEPER, after, PAGE_SIZE)
