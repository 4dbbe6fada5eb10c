"""Taking a topic, a board or a whole forum out: as jsonl that comes back equal, as Markdown, or as text."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TextIO

from forumtui.course import Course
from forumtui.errors import NotFound
from forumtui.forum.export_format import FORMAT, VERSION, ExportFormat, Scope, iso
from forumtui.forum.export_text import MarkdownWriter, TextWriter
from forumtui.forum.permissions import cover
from forumtui.forum.store import KEEPER, GivenRole
from forumtui.model import (
    Board,
    BoardId,
    Cursor,
    ForumInfo,
    Link,
    Listing,
    Member,
    Page,
    Place,
    Post,
    Topic,
    TopicId,
    Window,
)
from forumtui.values import quick_dataclass

_MOST_PAGES = 100_000
"""Of one list, since an export is asked for as a whole and can be stopped."""
_WINDOW = 500
_LIVE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What could steer a terminal or a text editor, or can not be written; JSON can spell it as an escape."""


class Source(Protocol):
    """What an export reads: a `ForumStore`, or what a member sees of a forum elsewhere."""

    async def info(self, me: str | None) -> ForumInfo:
        """The forum's own fields."""

    async def boards(self, me: str | None) -> Sequence[Board]:
        """Every board, parents first."""

    async def topics(self, me: str | None, listing: Listing, after: Cursor | None, limit: int) -> Page[Topic]:
        """A page of a listing."""

    async def topic(self, me: str | None, topic: TopicId) -> Topic:
        """A topic's header."""

    async def posts(self, me: str | None, topic: TopicId, window: Window) -> Page[Post]:
        """A window of a topic's posts."""

    async def origins(self, kind: Literal["board", "topic", "post"], ids: Sequence[str]) -> Mapping[str, str]:
        """Where these came from, by id."""

    async def members(self, me: str | None) -> Sequence[Member]:
        """Every member, as far as that is told."""

    async def given(self) -> Sequence[GivenRole]:
        """The members with rights that not every member has, as far as that is told."""


class Writer(Protocol):
    """Writes what it is told, in the order of an export."""

    def start(self, scope: Scope) -> None:
        """Before everything else."""

    def forum(self, info: ForumInfo) -> None:
        """The forum's own fields, only if all of it is exported."""

    def board(self, board: Board, origins: Mapping[str, str]) -> None:
        """A board, with the origins of all boards."""

    def topic(self, topic: Topic, board: Board, origin: str, board_origin: str) -> None:
        """A topic, before its posts."""

    def post(self, post: Post, topic: Topic, origins: Mapping[str, str]) -> None:
        """A post, with the origins of it and of the one it answers."""

    def member(self, member: Member, given: GivenRole | None, boards: Mapping[str, str]) -> None:
        """A member and what was given here (``boards`` by origin), only if all of the forum is exported."""

    def end(self, topics: int, posts: int) -> None:
        """After everything else."""


@quick_dataclass(frozen=True, slots=True)
class _Part:
    """What is to be exported."""

    scope: Scope
    boards: Sequence[Board]
    topics: Sequence[TopicId]
    posts: int | None


async def export(
    store: Source,
    out: TextIO,
    *,
    format: ExportFormat,  # noqa: A002 - the word of the command line
    board: BoardId | None = None,
    topic: TopicId | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> None:
    """Write a topic, a board with the boards below it, or all of the forum.  ``out`` must take UTF-8.

    ``progress`` is told posts done and posts in all.  Raises `NotFound` for a board that there is not, and what
    the store raises.
    """
    writers: Mapping[str, type[Writer]] = {
        ExportFormat.JSONL: JsonlWriter,
        ExportFormat.MARKDOWN: MarkdownWriter,
        ExportFormat.TEXT: TextWriter,
    }
    writer = writers[format](out)  # type: ignore[call-arg]  # a Protocol says nothing of how it is made
    part = await _part(store, board, topic)
    boards = {each.id: each for each in part.boards}
    # a board of which only its topics know has no origin but its id
    board_origins = {id_: str(id_) for id_ in boards} | dict(await store.origins("board", list(boards)))
    writer.start(part.scope)
    if part.scope == "forum":
        writer.forum(await store.info(KEEPER))
    for each in part.boards:
        writer.board(each, board_origins)
    posts = 0
    for id_ in part.topics:
        header = await store.topic(KEEPER, id_)
        if header.removed and format != ExportFormat.JSONL:
            continue
        origin = (await store.origins("topic", [id_]))[id_]
        writer.topic(header, boards[header.board], origin, board_origins[header.board])
        async for window in _windows(store, id_):
            named = [post.id for post in window] + [post.parent for post in window if post.parent is not None]
            origins = await store.origins("post", named)
            for post in window:
                # what people will read elsewhere must not tell what was hidden here
                covered = (post.hidden or post.whisper) and format != ExportFormat.JSONL
                writer.post(cover(post) if covered else post, header, origins)
            posts += len(window)
            if progress is not None:
                progress(posts, part.posts)
            await asyncio.sleep(0)
    if part.scope == "forum":
        given = {each.name: each for each in await store.given()}
        for member in await store.members(KEEPER):
            writer.member(member, given.get(member.name), board_origins)
    writer.end(len(part.topics), posts)


async def _part(store: Source, board: BoardId | None, topic: TopicId | None) -> _Part:
    boards = await store.boards(KEEPER)
    if topic is not None:
        header = await store.topic(KEEPER, topic)
        return _Part("topic", _with_outer(boards, {header.board}), [topic], header.posts)
    if board is not None:
        if board not in {each.id for each in boards}:
            raise NotFound(f"There is no board {board}.")
        inner = _with_inner(boards, board)
        topics, posts = await _topics(store, [each.id for each in boards if each.id in inner])
        return _Part("board", _with_outer(boards, inner), topics, posts)
    topics, posts = await _topics(store, [None])
    return _Part("forum", boards, topics, posts)


def _with_outer(boards: Sequence[Board], wanted: set[BoardId]) -> list[Board]:
    """These boards and all that they are in, in the forum's order."""
    parents = {board.id: board.parent for board in boards}
    needed: set[BoardId] = set()
    for board in wanted:
        at: BoardId | None = board
        while at is not None and at not in needed:
            needed.add(at)
            at = parents[at]
    return [board for board in boards if board.id in needed]


def _with_inner(boards: Sequence[Board], board: BoardId) -> set[BoardId]:
    """This board and all below it; parents come before their children."""
    inner = {board}
    for each in boards:
        if each.parent in inner:
            inner.add(each.id)
    return inner


async def _topics(store: Source, boards: Sequence[BoardId | None]) -> tuple[list[TopicId], int | None]:
    """Topics in the order in which an import makes the same listing again, and the number of their posts.

    That is: those with a time from the oldest to the newest, then those without in their order.
    """
    timed: list[TopicId] = []
    timeless: list[TopicId] = []
    posts: int | None = 0
    for board in boards:
        after = None
        course = Course("A list of topics", _MOST_PAGES)
        while True:
            page = await store.topics(KEEPER, Listing(board=board), after, _WINDOW)
            for topic in page.items:
                (timeless if topic.last_post is None and topic.created is None else timed).append(topic.id)
                posts = None if posts is None or topic.posts is None else posts + topic.posts
            after = page.after
            if after is None:
                break
            course.go(after)
    return timed[::-1] + timeless, posts


async def _windows(store: Source, topic: TopicId) -> AsyncIterator[Sequence[Post]]:
    window = Window(Place.START, limit=_WINDOW)
    course = Course("A topic", _MOST_PAGES)
    while True:
        page = await store.posts(KEEPER, topic, window)
        if page.items:
            yield page.items
        if page.after is None:
            return
        course.go(page.after)
        window = Window(Place.AFTER, page.after, _WINDOW)


class JsonlWriter:
    """Our own format; see `forumtui.forum.export_format`."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def start(self, scope: Scope) -> None:
        """The header."""
        self._write({"format": FORMAT, "version": VERSION, "scope": scope})

    def forum(self, info: ForumInfo) -> None:
        """The forum's own fields."""
        pages = [
            {"slug": page.slug, "title": page.title, "format": page.body.format, "text": page.body.source}
            for page in info.pages
        ]
        fields = {"title": info.title, "tagline": info.tagline, "notice": info.notice, "version": info.version}
        self._write({"type": "forum"} | _given(fields | {"updated": info.updated, "pages": pages}))

    def board(self, board: Board, origins: Mapping[str, str]) -> None:
        """A board."""
        known = {
            "parent": origins[board.parent] if board.parent is not None else None,
            "description": board.description,
            "leader": board.leader,
            "leader_wanted": board.leader_wanted,
            "links": [_link(link) for link in board.links],
            "further_study": board.further_study,
            "notice": board.notice,
            "members_only": board.members_only,
        }
        fields = {"type": "board", "origin": origins[board.id], "title": board.title, "position": board.position}
        self._write(fields | _given(known))

    def topic(self, topic: Topic, board: Board, origin: str, board_origin: str) -> None:  # noqa: ARG002 - a Writer
        """A topic."""
        fields = {
            "type": "topic",
            "origin": origin,
            "board": board_origin,
            "title": topic.title,
            "author": topic.author.name if topic.author else None,
            "created": iso(topic.created),
        }
        self._write(
            fields
            | _given({"pinned": topic.pinned, "closed": topic.closed, "tags": topic.tags, "removed": topic.removed})
        )

    def post(self, post: Post, topic: Topic, origins: Mapping[str, str]) -> None:  # noqa: ARG002 - a Writer
        """A post; likes of nobody and likes unknown differ."""
        fields: dict[str, Any] = {
            "type": "post",
            "origin": origins[post.id],
            "number": post.number,
            "author": post.author.name if post.author else None,
            "role": post.author.role if post.author else None,
            "subject": post.subject,
            "created": iso(post.created),
        }
        known = {
            "edited": iso(post.edited),
            "parent": origins.get(post.parent) if post.parent is not None else None,  # it may have been removed
            "deleted": post.deleted,
            "deleted_by": post.deleted_by,
            "hidden": post.hidden or post.whisper,
            "event": post.event,
            "marks": sorted(post.marks),
            "mentions": post.mentions,
        }
        fields |= _given(known)
        if post.likes is not None:
            fields["likes"] = post.likes
        if post.body is not None:
            fields |= {"format": post.body.format, "text": post.body.source}
        self._write(fields)

    def member(self, member: Member, given: GivenRole | None, boards: Mapping[str, str]) -> None:
        """A member."""
        fields = {"type": "member", "name": member.name, "role": member.role or "Member"}
        leads = [boards[board] for board in given.leads if board in boards] if given is not None else []
        self._write(fields | _given({"given": given is not None and bool(given.role), "leads": leads}))

    def end(self, topics: int, posts: int) -> None:
        """The line that says that nothing is missing."""
        self._write({"type": "end", "topics": topics, "posts": posts})

    def _write(self, fields: Mapping[str, Any]) -> None:
        line = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        self._out.write(_LIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Only what says something."""
    return {name: value for name, value in fields.items() if value}


def _link(link: Link) -> dict[str, str]:
    return {"title": link.title, "address": link.url} | ({"mark": link.mark.value} if link.mark is not None else {})
