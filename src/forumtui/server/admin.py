"""Keeping house, for admins."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import Path, Query, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from forumtui import wire
from forumtui.errors import Refused
from forumtui.forum import bounds
from forumtui.forum.house import BoardDraft, Policy
from forumtui.model import BoardId, Link, Millis
from forumtui.server.answers import Created, Invitation, Items, Token
from forumtui.server.callers import Keeper
from forumtui.server.documents import admin as documents
from forumtui.server.documents.contents import Member
from forumtui.server.problems import documented
from forumtui.server.questions import Name
from forumtui.server.ready import answer
from forumtui.server.routes import GatedRoute, operations
from forumtui.server.segments import MEMBER
from forumtui.server.served import TheForum

_KEEPING: dict[str, Any] = {"security": [{"token": ["admin"]}]}
_BODY_PROBLEMS = documented(404, 408, 413, 415)
_COPY = "application/vnd.sqlite3"
_CHUNK = 1 << 16

router = operations("House", GatedRoute, documented(400, 401, 403, 422, 429, 500, 503))
_BoardPath = Annotated[str, Path(description="The board's id.", max_length=bounds.ID, examples=["2"])]


def _changes(summary: str, description: str) -> dict[str, Any]:
    """What the decorators of operations without an answer have in common."""
    return {
        "status_code": 204,
        "summary": summary,
        "response_description": description,
        "responses": _BODY_PROBLEMS,
        "openapi_extra": _KEEPING,
    }


def _done() -> Response:
    return Response(status_code=204)


# -- boards, and the forum itself


@router.post(
    "/boards",
    status_code=201,
    summary="Add a board",
    response_model=documents.Created,
    response_description="The new board's id.",
    responses=_BODY_PROBLEMS,
    openapi_extra=_KEEPING,
)
async def add_board(forum: TheForum, me: Keeper, asked: documents.NewBoard) -> Response:
    """Add a board, below another one if `parent` names it."""
    return answer(Created(await forum.house.add_board(_draft(asked), by=me)), 201)


@router.patch("/boards/{board}", **_changes("Change a board", "The board is changed."))
async def edit_board(forum: TheForum, me: Keeper, board: _BoardPath, asked: documents.BoardChange) -> Response:
    """Change some fields of a board."""
    await forum.house.edit_board(BoardId(board), _draft(asked), by=me)
    return _done()


@router.patch("/forum", **_changes("Change the forum's fields", "The fields are changed."))
async def set_info(forum: TheForum, me: Keeper, asked: documents.ForumChange) -> Response:
    """Change the forum's title, tagline, notice, version, date or rules."""
    await forum.house.set_info(asked.model_dump(exclude_none=True), by=me)
    return _done()


def _draft(asked: documents.BoardChange) -> BoardDraft:
    fields = asked.model_dump()
    if fields["links"] is not None:
        links = wire.decode(Items[Link], {"items": fields["links"]}, strict=True).items
        fields["links"] = [(link.title, link.url, link.mark) for link in links]
    return BoardDraft(**fields)


# -- the rules in force


@router.get(
    "/policy",
    summary="Read the standing rules",
    response_model=documents.Policy,
    response_description="The rules in force.",
    openapi_extra=_KEEPING,
)
async def policy(forum: TheForum, _: Keeper) -> Response:
    """Who may register, read, and post at once."""
    return answer(await forum.house.policy())


@router.patch("/policy", **_changes("Change the standing rules", "The rules are changed."))
async def set_policy(forum: TheForum, me: Keeper, asked: documents.PolicyChange) -> Response:
    """Change some of the rules."""
    await forum.house.set_policy(wire.decode(Policy, asked.model_dump(), strict=True), by=me)
    return _done()


# -- members and their ways in


@router.post(
    "/members",
    status_code=201,
    summary="Add a member",
    response_model=Member,
    response_description="The new member.",
    responses=_BODY_PROBLEMS | documented(409),
    openapi_extra=_KEEPING,
)
async def add_member(forum: TheForum, me: Keeper, asked: documents.NewMember) -> Response:
    """Make a member, who logs in with a token of yours or sets a password with it."""
    await forum.house.add_member(asked.name, asked.role, by=me)
    return answer(await forum.member(me, asked.name), 201)


@router.patch(MEMBER, **_changes("Change a member", "The member is changed."))
async def change_member(forum: TheForum, me: Keeper, name: Name, asked: documents.MemberChange) -> Response:
    """Give another role, suspend or restore, or say which user of the server's machine a member is; one at a time."""
    if len(asked.model_fields_set) != 1:
        raise Refused("Change one thing about a member at a time.")
    await forum.member(me, name)  # over a file, unknown ones would be made
    if asked.role is not None:
        await forum.house.set_role(name, asked.role, by=me)
    elif asked.suspended is not None:
        await forum.house.set_suspended(name, asked.suspended, by=me)
    elif asked.unix_user is not None:
        await forum.house.set_unix_user(name, asked.unix_user, by=me)
    return _done()


@router.get(
    "/tokens",
    summary="List tokens",
    response_model=documents.Tokens,
    response_description="The tokens in force.",
    responses=documented(404),
    openapi_extra=_KEEPING,
)
async def tokens(
    forum: TheForum,
    _: Keeper,
    member: Annotated[
        str | None, Query(description="Only this member's.", max_length=bounds.NAME, examples=["anna"])
    ] = None,
) -> Response:
    """The tokens in force, without their secrets."""
    return answer(Items(tuple(await forum.house.tokens(member))))


@router.post(
    f"{MEMBER}/tokens",
    status_code=201,
    summary="Make a token",
    response_model=documents.Token,
    response_description="The token; it is told this once.",
    responses=_BODY_PROBLEMS,
    openapi_extra=_KEEPING,
)
async def issue_token(forum: TheForum, me: Keeper, name: Name, asked: documents.NewToken) -> Response:
    """Make a token for a member, such as for a program."""
    expires = None if asked.expires is None else Millis(asked.expires)
    token = await forum.house.issue_token(name, label=asked.label, scopes=asked.scopes, expires=expires, by=me)
    return answer(Token(token), 201)


@router.delete(
    "/tokens/{token}",
    status_code=204,
    summary="Revoke a token",
    response_description="The token is good no longer.",
    responses=documented(404),
    openapi_extra=_KEEPING,
)
async def revoke_token(
    forum: TheForum,
    me: Keeper,
    token: Annotated[str, Path(description="The token's id, which the list of tokens tells.", max_length=bounds.ID)],
) -> Response:
    """Put an end to a token."""
    await forum.house.revoke_token(token, by=me)
    return _done()


@router.post(
    "/invitations",
    status_code=201,
    summary="Invite",
    response_model=documents.Invitation,
    response_description="The invitation; its code is told this once.",
    responses=_BODY_PROBLEMS,
    openapi_extra=_KEEPING,
)
async def invite(forum: TheForum, me: Keeper, asked: documents.NewInvitation) -> Response:
    """Make an invitation with which somebody can register."""
    expires = None if asked.expires is None else Millis(asked.expires)
    return answer(Invitation(await forum.house.invite(uses=asked.uses, expires=expires, role=asked.role, by=me)), 201)


# -- looking after it


@router.get(
    "/stats",
    summary="Count what there is",
    response_model=documents.Stats,
    response_description="The counts.",
    openapi_extra=_KEEPING,
)
async def stats(forum: TheForum, _: Keeper) -> Response:
    """How much there is of everything."""
    return answer(await forum.house.stats())


@router.get(
    "/check",
    summary="Look for damage",
    response_model=documents.Findings,
    response_description="What is wrong.",
    openapi_extra=_KEEPING,
)
async def check(forum: TheForum, _: Keeper) -> Response:
    """Look whether the stored forum is sound; takes seconds for a large one."""
    return answer(Items(tuple(await forum.house.check())))


@router.get(
    "/backup",
    summary="Take a copy",
    response_class=Response,
    response_description="A verified copy, which is a forum file with an epoch of its own.",
    responses={200: {"content": {_COPY: {"schema": {"type": "string", "format": "binary"}}}}},
    openapi_extra=_KEEPING,
)
async def backup(forum: TheForum, _: Keeper) -> Response:
    """A copy of the whole forum, secrets' digests included, while it is in use."""
    with tempfile.TemporaryDirectory(prefix="forumtui-") as folder:
        copy = File(folder) / "forum.db"
        await forum.house.backup(copy)
        file = await run_in_threadpool(copy.open, "rb")  # what is open can be read after its name is gone
    size = file.seek(0, 2)
    file.seek(0)

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(_CHUNK):
                yield piece

    headers = {"Content-Length": str(size), "Content-Disposition": 'attachment; filename="forum.db"'}
    return StreamingResponse(pieces(), headers=headers, media_type=_COPY)
