"""What readers ask for: the forum, its boards, topics and posts, searches, and what changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from forumtui.errors import AuthRequired
from forumtui.forum import bounds
from forumtui.forum.permissions import MEMBERS_ONLY
from forumtui.model import BoardId, Cursor, Listing, Place, PostId, TopicId, Window
from forumtui.server.answers import Items
from forumtui.server.callers import Reader, identify, reading_as, who_counts
from forumtui.server.documents import contents as documents
from forumtui.server.events import EventStream
from forumtui.server.problems import documented
from forumtui.server.ready import answer
from forumtui.server.routes import GatedRoute, HourlyRoute, ReadyRoute, SharedRoute, operations
from forumtui.server.segments import MEMBER
from forumtui.server.served import TheForum, served_by

MOST = 1000
"""Rows of a page."""
READ_BY_ANYBODY: dict[str, Any] = {"security": [{}, {"token": ["read"]}]}
_UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "What you have is still right: its `ETag` was in `If-None-Match`."}
}
_ALWAYS = documented(400, 401, 403, 422, 429, 500, 503)

_CONDITION = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The `ETag` of an answer that you have.",
    "example": 'W/"5f2b1c0d9e8a7b6c5d4e3f2a"',
}
_TAGGED = {"ETag": {"description": "Changes when the answer does.", "schema": {"type": "string"}}}

router = operations("Reading", ReadyRoute, {**_UNCHANGED, **_ALWAYS})
shared = operations("Reading", SharedRoute, {**_UNCHANGED, **_ALWAYS})
hourly = operations("Reading", HourlyRoute, {**_UNCHANGED, **_ALWAYS})
Limit = Annotated[int, Query(ge=1, le=MOST, description="At most so many rows.")]
After = Annotated[
    str | None,
    Query(description="The `after` of the page before; without it: from the start.", max_length=bounds.CURSOR),
]
TopicPath = Annotated[str, Path(description="The topic's id.", max_length=bounds.ID, examples=["17"])]
PostPath = Annotated[str, Path(description="The post's id.", max_length=bounds.ID, examples=["51"])]
Name = Annotated[str, Path(description="The member's name.", max_length=bounds.NAME, examples=["anna"])]


def _shows(model: type, description: str, *, missing: bool = False) -> dict[str, Any]:
    """What the decorators of these operations have in common."""
    return {
        "response_model": model,
        "response_description": description,
        "responses": {200: {"headers": _TAGGED}, **(documented(404) if missing else {})},
        "openapi_extra": {**READ_BY_ANYBODY, "parameters": [_CONDITION]},
    }


@hourly.get("/topics", summary="List topics", **_shows(documents.TopicPage, "A page of topics.", missing=True))
async def topics(
    forum: TheForum,
    me: Reader,
    board: Annotated[str | None, Query(description="Only this board's.", max_length=bounds.ID, examples=["2"])] = None,
    listing: Annotated[
        str,
        Query(description="The order's name; `latest`: pinned first, then newest activity.", max_length=bounds.SLUG),
    ] = "latest",
    period: Annotated[
        str, Query(description="For an order with periods: one of them; without it, the first.", max_length=bounds.SLUG)
    ] = "",
    after: After = None,
    limit: Limit = 50,
) -> Response:
    """Topics of one board or of all, in an order that the board, or else the forum, offers in `orders`."""
    wanted = Listing(listing, None if board is None else BoardId(board), period)
    return answer(await forum.topics(me, wanted, _cursor(after), limit))


@router.get("/topics/{topic}/posts", summary="Read a topic", **_shows(documents.PostPage, "Some posts.", missing=True))
async def posts(
    forum: TheForum,
    me: Reader,
    topic: TopicPath,
    place: Annotated[
        Place,
        Query(
            description="Where to begin: at the `start` or the `end`; around a `post` or a `number`; at the first that "
            "is known to be `unread` (else at the start); `before` or `after` a page's cursor."
        ),
    ] = Place.START,
    at: Annotated[
        str,
        Query(
            description="Which post (its id), number or cursor; for the other places nothing.",
            max_length=bounds.CURSOR,
            examples=["51"],
        ),
    ] = "",
    limit: Limit = 100,
) -> Response:
    """A window of a topic's posts, in their order."""
    return answer(await forum.posts(me, TopicId(topic), Window(place, at, limit)))


@router.get("/changes", summary="Ask what changed", **_shows(documents.Changes, "A stretch of the change feed."))
async def changes(
    forum: TheForum,
    me: Reader,
    after: Annotated[
        str | None,
        Query(
            description="The `after` of the last answer; without it, all topics are listed, without posts.",
            max_length=bounds.CURSOR,
            examples=["4f1c9a2e77b0:812:"],
        ),
    ] = None,
    limit: Limit = 200,
) -> Response:
    """Which topics and posts are new or different, in the order of their last change.

    With nothing new the answer is small, and with `If-None-Match` it is 304.  `reset` says that the feed began
    anew, because a copy took the forum's place: what is not told again is gone then.
    """
    return answer(await forum.changes(me, _cursor(after), limit))


@shared.get("/topics/{topic}", summary="Read a topic's header", **_shows(documents.Topic, "The header.", missing=True))
async def topic(forum: TheForum, me: Reader, topic: TopicPath) -> Response:
    """One topic, without its posts."""
    return answer(await forum.topic(me, TopicId(topic)))


@router.get("/posts/{post}", summary="Read a post", **_shows(documents.Post, "The post.", missing=True))
async def post(forum: TheForum, me: Reader, post: PostPath) -> Response:
    """One post, with its text.  Of a deleted or hidden one, what is left to see."""
    return answer(await forum.post(me, PostId(post)))


@router.get("/forum", summary="Read about the forum", **_shows(documents.ForumInfo, "The forum as a whole."))
async def info(forum: TheForum, me: Reader) -> Response:
    """The forum's own fields and pages, how one becomes a member, who you are here, and what you may do."""
    return answer(await forum.info(me))


@router.get("/boards", summary="List boards", **_shows(documents.Boards, "All boards."))
async def boards(forum: TheForum, me: Reader) -> Response:
    """All boards, each before those below it, with the newest of their marked posts."""
    return answer(Items(tuple(await forum.boards(me))))


@router.get("/search", summary="Search posts", **_shows(documents.HitPage, "Posts that match."))
async def search(
    request: Request,
    forum: TheForum,
    me: Reader,
    q: Annotated[
        str,
        Query(
            description='Words that must all be there; "several words" stand together.',
            max_length=500,
            examples=['winter "let it breathe"'],
        ),
    ],
    after: After = None,
    limit: Limit = 50,
) -> Response:
    """Posts with all the words, the newest first."""
    served = served_by(request)
    served.rates.draw(("searches", who_counts(request)), served.limits.searches)
    return answer(await forum.search(me, q, _cursor(after), limit))


@router.get("/members", summary="List members", **_shows(documents.Members, "All members."))
async def members(forum: TheForum, me: Reader) -> Response:
    """All members, by name."""
    return answer(Items(tuple(await forum.members(me))))


@router.get(MEMBER, summary="Read about a member", **_shows(documents.Member, "The member.", missing=True))
async def member(forum: TheForum, me: Reader, name: Name) -> Response:
    """What the forum tells about one member."""
    return answer(await forum.member(me, name))


_EVENT_EXAMPLE = 'event: change\ndata: {"version": 42}\n\n: still here\n\n'
streams = operations("Reading", GatedRoute, _ALWAYS)


@streams.get(
    "/events",
    summary="Hear of changes at once",
    response_class=Response,
    response_description="Server-sent events, until you close the connection.",
    responses={200: {"content": {EventStream.media_type: {"schema": {"type": "string"}, "example": _EVENT_EXAMPLE}}}},
    openapi_extra=READ_BY_ANYBODY,
)
async def events(request: Request, forum: TheForum, me: Reader) -> Response:
    """An event `change` with the data `{"version": 42}` at once, and whenever something may have changed.

    The number counts the changes that the server noticed; guests hear only of those that they can see.

    Ask `/changes` then.  A comment comes every 15 seconds; when none has come for half a minute, connect again.
    The stream ends when you may no longer read, and when the server does.
    """
    served = served_by(request)

    async def admitted() -> None:
        if reading_as(await identify(request, served)) is None and served.guests.version is None:
            raise AuthRequired(MEMBERS_ONLY)

    await forum.topics(me, Listing(), None, 1)  # guests may not, where the forum is for members only
    return EventStream(served.guests if me is None else served.watcher, who_counts(request), admitted)


def _cursor(text: str | None) -> Cursor | None:
    return None if text is None else Cursor(text)
