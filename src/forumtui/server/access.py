"""Becoming somebody: registering, logging in and out, passwords."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from forumtui.errors import AuthRequired, Refused
from forumtui.forum import bounds
from forumtui.forum.identities import Scope
from forumtui.server.answers import Items, Me
from forumtui.server.callers import Known, admit_stranger, need
from forumtui.server.documents import access as documents
from forumtui.server.problems import documented
from forumtui.server.ready import answer
from forumtui.server.routes import GatedRoute, StrangerRoute, operations
from forumtui.server.served import TheForum

_ALWAYS = documented(400, 422, 429, 500, 503)
_WITH_BODY = documented(408, 413, 415)
_BY_ANYBODY: dict[str, Any] = {"security": []}
_BY_MEMBERS: dict[str, Any] = {"security": [{"token": []}]}

strangers = operations("Identity", StrangerRoute, _ALWAYS | _WITH_BODY)


@strangers.post(
    "/register",
    status_code=201,
    summary="Become a member",
    response_model=documents.Credentials,
    response_description="You are a member; the token is told this once.",
    responses=documented(403, 409),
    openapi_extra=_BY_ANYBODY,
)
async def register(forum: TheForum, asked: documents.Registering) -> Response:
    """Make a member with a password, and a token to go on with.

    The forum's field `registration` says whether an invitation is needed.
    """
    credentials = await forum.identities.register(
        asked.name,
        asked.password,
        invitation=asked.invitation,
        accepts_rules=asked.accepts_rules,
        label=asked.label,
    )
    return answer(credentials, 201)


@strangers.post(
    "/login",
    summary="Log in",
    response_model=documents.Credentials,
    response_description="A new token; it is told this once.",
    responses=documented(401),
    openapi_extra=_BY_ANYBODY,
)
async def log_in(forum: TheForum, asked: documents.LoggingIn) -> Response:
    """A token for a name and its password.  The answer to a wrong name is that to a wrong password."""
    return answer(await forum.identities.log_in(asked.name, asked.password, label=asked.label))


members = operations("Identity", GatedRoute, _ALWAYS | documented(401, 403))


@members.delete(
    "/login",
    status_code=204,
    summary="Log out",
    response_description="The token that was used is good no longer.",
    openapi_extra=_BY_MEMBERS,
)
async def log_out(forum: TheForum, who: Known) -> Response:
    """Revoke the token that this request is made with."""
    if not who.token:
        raise Refused("You are known by your Unix user; there is no token to revoke.")
    await forum.identities.log_out(who)
    return Response(status_code=204)


@members.post(
    "/password",
    status_code=204,
    summary="Change your password",
    response_description="The new password holds.",
    responses=_WITH_BODY,
    openapi_extra={"security": [{"token": ["write"]}]},
)
async def set_password(request: Request, forum: TheForum, who: Known, asked: documents.NewPassword) -> Response:
    """Set another password, or the first one of a member who came in by a token of the keeper or a Unix socket.

    All other tokens of the member are good no longer: whoever else was logged in is logged out.
    """
    need(who, Scope.WRITE)
    admit_stranger(request)  # a stolen token must not help to guess
    try:
        await forum.identities.set_password(who.member, asked.old, asked.new, keep=who.token)
    except AuthRequired as error:
        raise Refused(str(error)) from error  # 401 would say that the token is not good
    return Response(status_code=204)


@members.get(
    "/me",
    summary="Ask who you are",
    response_model=documents.Me,
    response_description="Who you are.",
    openapi_extra={"security": [{}, {"token": []}]},
)
async def me(request: Request, forum: TheForum) -> Response:
    """The member behind the token or the Unix user, and what the token may be used for."""
    identity = request.state.identity
    if identity is None:
        return answer(Me(None, ()))
    info = await forum.info(identity.member)
    return answer(Me(info.me, tuple(sorted(identity.scopes))))


# -- where one is logged in

_ENDING: dict[str, Any] = {"status_code": 204, "openapi_extra": {"security": [{"token": ["write"]}]}}


@members.get(
    "/me/tokens",
    summary="List your tokens",
    response_model=documents.OwnTokens,
    response_description="Your tokens in force.",
    openapi_extra={"security": [{"token": ["read"]}]},
)
async def own_tokens(forum: TheForum, who: Known) -> Response:
    """The tokens by which the forum knows you, log-ins and others, the newest first, without their secrets."""
    need(who, Scope.READ)
    return answer(Items(tuple(await forum.identities.tokens(who))))


@members.delete(
    "/me/tokens/{token}",
    summary="Revoke one of your tokens",
    response_description="The token is good no longer; event streams that it opened end.",
    responses=documented(404),
    **_ENDING,
)
async def revoke_own_token(
    forum: TheForum,
    who: Known,
    token: Annotated[
        str, Path(description="The token's id, which the list of your tokens tells.", max_length=bounds.ID)
    ],
) -> Response:
    """Put an end to one of your tokens, such as that of a device which you lost."""
    need(who, Scope.WRITE)
    await forum.identities.revoke(who, token)
    return Response(status_code=204)


@members.delete(
    "/me/tokens",
    summary="Log out everywhere",
    response_description="The tokens are good no longer; event streams that they opened end.",
    **_ENDING,
)
async def revoke_own_tokens(
    forum: TheForum,
    who: Known,
    others: Annotated[bool, Query(description="Only the others: the one used stays good.")] = False,
) -> Response:
    """Put an end to all your tokens, log-ins and others."""
    need(who, Scope.WRITE)
    await forum.identities.revoke_all(who, others=others)
    return Response(status_code=204)
