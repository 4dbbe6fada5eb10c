"""What members do, and what waits for those who moderate."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Response

from forumtui import wire
from forumtui.forum.bounds import check_action
from forumtui.forum.identities import Identity, Scope
from forumtui.model import Action, Cursor, Moderation
from forumtui.server.answers import Found
from forumtui.server.callers import Known, Moderator, need
from forumtui.server.documents import acts as documents
from forumtui.server.documents import admin as lists
from forumtui.server.documents.examples import ACTIONS
from forumtui.server.problems import documented
from forumtui.server.questions import After, Limit
from forumtui.server.ready import answer
from forumtui.server.routes import GatedRoute, operations
from forumtui.server.served import TheForum

router = operations("Writing", GatedRoute, documented(400, 401, 403, 422, 429, 500, 503))
_WRITING: dict[str, Any] = {"security": [{"token": ["write"]}]}
_MODERATING: dict[str, Any] = {"security": [{"token": ["moderate"]}]}
_STATUS = {"created": 201, "held": 202, "done": 200}
_BODY_PROBLEMS = documented(404, 408, 409, 413, 415)
_Asked = Annotated[documents.Action, Body(openapi_examples=ACTIONS)]


@router.post(
    "/actions",
    summary="Do something",
    response_model=documents.Receipt,
    response_description="It is done.",
    responses={
        201: {"model": documents.Receipt, "description": "Something was made; here are its ids."},
        202: {"model": documents.Receipt, "description": "It is shown when a moderator has approved it."},
        **_BODY_PROBLEMS,
    },
    openapi_extra=_WRITING,
)
async def perform(forum: TheForum, who: Known, action: _Asked) -> Response:
    """Carry out an act, once.

    The forum keeps the key for ever with the member.  When an answer is lost, send the same again: it is answered as
    the first time.  The same key with another act is a conflict.  Acts that moderate need the scope `moderate`,
    others `write`; whether the member may is decided besides, and `can` tells beforehand.  A log-in
    without `moderate` does what every member may, even if its member became a moderator since.
    """
    asked = _action(action)
    need(who, Scope.MODERATE if isinstance(asked.act, Moderation) else Scope.WRITE)
    receipt = await forum.perform(who.member, asked, plainly=who.plain)
    return answer(receipt, _STATUS[receipt.outcome])


@router.post(
    "/actions/find",
    summary="Ask whether something was done",
    response_model=documents.Found,
    response_description="What became of it.",
    responses=_BODY_PROBLEMS,
    openapi_extra=_WRITING,
)
async def find(forum: TheForum, who: Known, action: _Asked) -> Response:
    """The receipt of an act that was sent before under this key, without doing anything."""
    _need_either(who)
    asked = _action(action)
    receipt = await forum.find(who.member, asked)
    if receipt is None:
        check_action(asked)  # what would be refused was never done, nor will be
    return answer(Found(receipt))


@router.get(
    "/queue",
    summary="List what waits",
    response_model=lists.QueuePage,
    response_description="A page of the queue.",
    openapi_extra=_MODERATING,
)
async def queue(forum: TheForum, me: Moderator, after: After = None, limit: Limit = 100) -> Response:
    """Reports, held posts and volunteers, the oldest first; a board's leader sees those of the board."""
    return answer(await forum.queue(me, None if after is None else Cursor(after), limit))


@router.get(
    "/log",
    summary="Read the audit log",
    response_model=lists.LogPage,
    response_description="A page of the log.",
    openapi_extra=_MODERATING,
)
async def log(forum: TheForum, me: Moderator, after: After = None, limit: Limit = 100) -> Response:
    """Who did what to keep order, the newest first; for moderators."""
    return answer(await forum.log(me, None if after is None else Cursor(after), limit))


def _action(asked: documents.Action) -> Action:
    return Action(asked.key, wire.decode_act(asked.act.model_dump()))


def _need_either(who: Identity) -> None:
    """Whoever may do something may ask for it."""
    if Scope.MODERATE not in who.scopes:
        need(who, Scope.WRITE)
