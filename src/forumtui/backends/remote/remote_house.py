"""Housekeeping in a served forum, for its admins; who that is, the token or the Unix socket says."""
# ruff: noqa: ARG002 - ``by`` belongs to a House, but a server knows who asks

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import partial
from io import BufferedWriter
from pathlib import Path
from typing import Any

from forumtui import wire
from forumtui.backends.remote.connection import LIMITS, Connection, address, connect
from forumtui.errors import FileProblem
from forumtui.forum.file.copying import beginning, discard, keep
from forumtui.forum.house import BoardDraft, House, Policy, Stats, TokenInfo
from forumtui.model import Board, BoardId, Cursor, LogEntry, Mark, Member, Millis, Page, QueueItem
from forumtui.sqlite.thread import in_thread
from forumtui.values import quick_dataclass

_PATIENT = replace(LIMITS, size=64_000_000, values=2_000_000, read=600.0, total=600.0)
"""To look through a large forum, or to copy it, takes its time; lists of its members and tokens come whole, with a dozen
values for each of them.  Commands ask, which no key waits for, and they ask a server of one's own."""


@asynccontextmanager
async def open_house(location: str, options: Mapping[str, str]) -> AsyncIterator[House]:
    """The housekeeping of the server at a location; ``options`` are those of the driver ``remote``."""
    async with connect(location, options, limits=_PATIENT) as connection:
        yield RemoteHouse(connection)


class RemoteHouse:
    """A `House` over the HTTP API.  ``by`` is not sent: the server knows who asks.  Raises `BackendError`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def boards(self) -> Sequence[Board]:
        """Every board, parents first."""
        with self._connection.at_a_forum():
            return (await self._connection.get(Page[Board], "boards")).items

    async def add_board(self, board: BoardDraft, *, by: str = "") -> BoardId:
        """Raises `Refused` when the title is missing, `Missing` when the parent is unknown."""
        answer = await self._connection.send("boards", body=_draft(board))
        return self._connection.value(_Created, answer).id

    async def edit_board(self, board: BoardId, change: BoardDraft, *, by: str = "") -> None:
        """Change the fields that are not None."""
        await self._change("boards", board, body=_draft(change))

    async def set_info(self, fields: Mapping[str, str], *, by: str = "") -> None:
        """Set title, tagline, notice, version, updated, or "rules"."""
        await self._change("forum", body=fields)

    async def policy(self) -> Policy:
        """The rules in force."""
        return await self._connection.get(Policy, "policy")

    async def set_policy(self, change: Policy, *, by: str = "") -> None:
        """Change the rules that are not None."""
        await self._change("policy", body=_given(change))

    async def members(self) -> Sequence[Member]:
        """Every member, by name."""
        return (await self._connection.get(Page[Member], "members")).items

    async def add_member(self, name: str, role: str = "Member", *, by: str = "") -> None:
        """Raises `Conflict` when there is one whose name looks the same."""
        await self._connection.send("members", body={"name": name, "role": role})

    async def set_role(self, member: str, role: str, *, by: str = "") -> None:
        """Raises `Missing` for an unknown member."""
        await self._change("members", member, body={"role": role})

    async def set_suspended(self, member: str, suspended: bool, *, by: str = "") -> None:
        """Let a member neither log in nor write, or again."""
        await self._change("members", member, body={"suspended": suspended})

    async def set_unix_user(self, member: str, user: str, *, by: str = "") -> None:
        """Say which user of the server's machine this member is; "" for none."""
        await self._change("members", member, body={"unix_user": user})

    async def issue_token(
        self,
        member: str,
        *,
        label: str = "",
        scopes: Sequence[str] = (),
        expires: Millis | None = None,
        by: str = "",
    ) -> str:
        """A new token, told this once."""
        body = {"label": label, "scopes": list(scopes), "expires": expires}
        answer = await self._connection.send("members", member, "tokens", body=body)
        return self._connection.value(_Token, answer).token

    async def tokens(self, member: str | None = None) -> Sequence[TokenInfo]:
        """Those in force."""
        return (await self._connection.get(Page[TokenInfo], "tokens", params={"member": member})).items

    async def revoke_token(self, token: str, *, by: str = "") -> None:
        """By its id.  Raises `Missing`."""
        await self._connection.delete("tokens", token)

    async def invite(
        self,
        *,
        uses: int = 1,
        expires: Millis | None = None,
        role: str = "Member",
        by: str = "",
    ) -> str:
        """A new invitation's code, told this once."""
        answer = await self._connection.send("invitations", body={"uses": uses, "expires": expires, "role": role})
        return self._connection.value(_Invitation, answer).code

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        """What waits for moderators, oldest first."""
        return await self._connection.get(Page[QueueItem], "queue", params={"after": after})

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        """The audit log, newest first."""
        return await self._connection.get(Page[LogEntry], "log", params={"after": after})

    async def stats(self) -> Stats:
        """How much there is."""
        return await self._connection.get(Stats, "stats")

    async def backup(self, target: Path) -> None:
        """Fetch a copy that the server verified, and verify that it arrived.

        Raises `FileProblem` if the target exists or can not be written, `NotAForum` or `Damaged` if it is not sound.
        """
        unfinished = await asyncio.to_thread(beginning, target)
        try:
            with await asyncio.to_thread(_new_file, unfinished) as file:
                async with aclosing(self._connection.web.pieces(address("backup"))) as pieces:
                    async for piece in pieces:
                        await asyncio.to_thread(file.write, piece)
            await in_thread(partial(keep, unfinished, target))
        except OSError as error:
            raise FileProblem(f"{target} can not be written: {error.strerror}.") from error
        finally:
            await asyncio.to_thread(discard, unfinished)

    async def check(self) -> Sequence[str]:
        """What is wrong with the stored forum, a sentence each."""
        return (await self._connection.get(Page[str], "check")).items

    async def _change(self, *path: str, body: Mapping[str, Any]) -> None:
        """To make the same change twice is to make it once, so a lost answer does no harm."""
        await self._connection.send(*path, body=body, method="PATCH", safe=True)


def _new_file(path: Path) -> BufferedWriter:
    """A file for its owner only, because a forum holds more than its guests may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _link(title: str, url: str, mark: Mark | None = None) -> dict[str, str]:
    return {"title": title, "url": url} | ({"mark": mark.value} if mark is not None else {})


def _given(value: object) -> dict[str, Any]:
    """The fields that are not None."""
    return {name: field for name, field in wire.encode(value).items() if field is not None}


def _draft(board: BoardDraft) -> dict[str, Any]:
    links = {} if board.links is None else {"links": [_link(*link) for link in board.links]}
    return _given(board) | links


@quick_dataclass(frozen=True, slots=True)
class _Created:
    """What a new board is answered with."""

    id: BoardId


@quick_dataclass(frozen=True, slots=True)
class _Token:
    """What a new token is answered with."""

    token: str


@quick_dataclass(frozen=True, slots=True)
class _Invitation:
    """What a new invitation is answered with."""

    code: str
