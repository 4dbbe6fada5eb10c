"""A whole forum in memory: small and slow, and therefore what every other store is compared with."""

from __future__ import annotations

import re
import time
import unicodedata
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, assert_never

from forumtui.errors import Conflict, Refused, Unsupported
from forumtui.host.store import BoardDraft, Imported, ImportedBoard, ImportedForum, ImportedTopic
from forumtui.model import (
    Action,
    Board,
    BoardId,
    ChangedTopic,
    Changes,
    Cursor,
    ForumInfo,
    Hit,
    InfoPage,
    Listing,
    Member,
    Millis,
    Page,
    Place,
    Post,
    PostId,
    Receipt,
    Topic,
    TopicId,
    Window,
)
from forumtui.testing import importing
from forumtui.testing.acting import carry_out
from forumtui.testing.records import BoardRecord, PostRecord, Records, TopicRecord
from forumtui.text.fold import fold
from forumtui.text.sanitise import clean_line


def wall_clock() -> Millis:
    """The time, in ms UTC."""
    return Millis(time.time_ns() // 1_000_000)


class ReferenceForum:
    """A `ForumStore` in memory.  Every call is one step of the event loop, so nothing can come between."""

    def __init__(self, title: str = "Reference", now: Callable[[], Millis] = wall_clock) -> None:
        self.records = Records(title, now)

    def new_epoch(self) -> None:
        """As if a copy or backup had taken the forum's place."""
        self.records.epoch = uuid.uuid4().hex

    # -- reading

    async def info(self, me: str | None) -> ForumInfo:
        """The forum's own fields."""
        records = self.records
        pages = tuple(InfoPage(slug, title, body) for slug, (title, body) in records.pages.items())
        return ForumInfo(
            **records.fields,
            uuid=records.uuid,
            epoch=records.epoch,
            pages=pages,
            me=records.show_member(me) if me else None,
            can=records.rights(me).on_forum(),
        )

    async def boards(self, me: str | None) -> Sequence[Board]:
        """Every board right before its children."""
        rows = sorted(self.records.boards.values(), key=lambda board: (board.position, board.id))

        def below(parent: int | None) -> list[Board]:
            found: list[Board] = []
            for board in rows:
                if board.parent == parent:
                    found += [self.records.show_board(me, board), *below(board.id)]
            return found

        return below(None)

    async def topics(self, me: str | None, listing: Listing, after: Cursor | None, limit: int) -> Page[Topic]:
        """Pinned first, then newest activity."""
        if listing.name != "latest":
            raise Unsupported("This forum lists its topics by latest activity only.")
        board = None if listing.board is None else self.records.find_board(listing.board).id
        rows = [topic for topic in self.records.topics.values() if board in {None, topic.board}]
        rows.sort(key=TopicRecord.rank, reverse=True)
        if after is not None:
            pinned, activity, number = _numbers(after, 3)
            rows = [topic for topic in rows if topic.rank() < (bool(pinned), activity, number)]
        shown, more = rows[: max(1, limit)], len(rows) > max(1, limit)
        return Page(
            tuple(self.records.show_topic(me, topic) for topic in shown),
            after=Cursor(":".join(str(int(part)) for part in shown[-1].rank())) if more else None,
        )

    async def topic(self, me: str | None, topic: TopicId) -> Topic:
        """One header."""
        return self.records.show_topic(me, self.records.find_topic(topic))

    async def posts(self, me: str | None, topic: TopicId, window: Window) -> Page[Post]:
        """A window; its cursors are the numbers of its first and last post."""
        rows = self.records.find_topic(topic).posts
        limit = max(1, window.limit)
        match window.place:
            case Place.START | Place.UNREAD:
                first = 0
            case Place.END:
                first = max(0, len(rows) - limit)
            case Place.AFTER:
                first = _count_below(rows, _numbers(window.at, 1)[0] + 1)
            case Place.BEFORE:
                end = _count_below(rows, _numbers(window.at, 1)[0])
                first = max(0, end - limit)
                limit = min(limit, end)
            case Place.POST:
                post = self.records.find_post(window.at)
                if post not in rows:
                    raise Refused("This topic has no such post.")
                first = _around(rows.index(post), len(rows), limit)
            case Place.NUMBER:
                first = _around(_count_below(rows, _numbers(window.at, 1)[0]), len(rows), limit)
            case _:
                assert_never(window.place)
        shown = rows[first : first + limit]
        if not shown:
            return Page(())
        return Page(
            tuple(self.records.show_post(me, post) for post in shown),
            before=Cursor(str(shown[0].number)) if first else None,
            after=Cursor(str(shown[-1].number)) if first + limit < len(rows) else None,
        )

    async def post(self, me: str | None, post: PostId) -> Post:
        """One post."""
        return self.records.show_post(me, self.records.find_post(post))

    async def search(self, me: str | None, query: str, after: Cursor | None, limit: int) -> Page[Hit]:
        """All words, in any order, the last one perhaps unfinished."""
        words = _words(query)
        bound = None if after is None else _numbers(after, 1)[0]
        found = [
            post
            for post in sorted(self.records.posts.values(), key=lambda post: -post.id)
            if words and not post.deleted and (bound is None or post.id < bound) and _holds(post, words)
        ]
        shown, more = found[: max(1, limit)], len(found) > max(1, limit)
        hits = tuple(
            Hit(self.records.show_topic(me, self.records.topics[post.topic]), self.records.show_post(me, post))
            for post in shown
        )
        return Page(hits, after=Cursor(str(shown[-1].id)) if more else None)

    async def changes(self, me: str | None, after: Cursor | None, limit: int) -> Changes:
        """First every header, then what changed, in the order of the changes."""
        records = self.records
        epoch, since, last = (after or "").rsplit(":", 2) if (after or "").count(":") == 2 else ("", "", "")
        fresh = epoch != records.epoch or not since.isdecimal()
        if fresh or last:
            start = records.feed if fresh else int(since)
            rows = [t for t in sorted(records.topics.values(), key=lambda t: t.id) if fresh or t.id > int(last)]
            more = len(rows) > limit
            items = tuple(ChangedTopic(TopicId(str(t.id)), records.show_topic(me, t)) for t in rows[:limit])
            place = rows[limit - 1].id if more else ""
            next_place = Cursor(f"{records.epoch}:{start}:{place}")
            return Changes(items, next_place, more=more, boards=fresh, reset=fresh and after is not None)
        return self._changes_since(me, int(since), limit)

    def _changes_since(self, me: str | None, since: int, limit: int) -> Changes:
        records = self.records
        stamps = {topic.n for topic in records.topics.values()} | {post.n for post in records.posts.values()}
        numbers = sorted(n for n in stamps if n > since)
        more = len(numbers) > limit
        upto = numbers[limit - 1] if more else records.feed
        changed: dict[int, list[PostRecord]] = {t.id: [] for t in records.topics.values() if since < t.n <= upto}
        for post in records.posts.values():
            if since < post.n <= upto:
                changed.setdefault(post.topic, []).append(post)
        items = tuple(
            ChangedTopic(
                TopicId(str(topic)),
                records.show_topic(me, records.topics[topic]),
                tuple(records.show_post(me, post) for post in sorted(posts, key=lambda post: post.number)),
            )
            for topic, posts in changed.items()
        )
        boards = since < records.boards_n <= upto
        return Changes(items, Cursor(f"{records.epoch}:{upto}:"), more=more, boards=boards)

    async def version(self) -> int:
        """The number of changes so far."""
        return self.records.feed

    async def members(self) -> Sequence[Member]:
        """By name."""
        return [self.records.show_member(name) for name in sorted(self.records.members)]

    async def origins(self, kind: Literal["board", "topic", "post"], ids: Sequence[str]) -> Mapping[str, str]:
        """Where these came from."""
        return importing.origins(self.records, kind, ids)

    # -- writing by a member

    async def perform(self, me: str, action: Action) -> Receipt:
        """Once per key."""
        earlier = await self.find(me, action)
        if earlier is not None:
            return earlier
        if not me:
            raise Refused("The forum does not know who you are.")
        receipt = carry_out(self.records, me, action.act)
        self.records.member(me)
        self.records.acts[me, action.key] = (action.act, receipt)
        return receipt

    async def find(self, me: str, action: Action) -> Receipt | None:
        """What was carried out under this key."""
        act, receipt = self.records.acts.get((me, action.key), (action.act, None))
        if act != action.act:
            raise Conflict("This key was used before, for another text.")
        return receipt

    # -- keeping house

    async def add_board(self, board: BoardDraft) -> BoardId:
        """A title is needed."""
        if not clean_line(board.title or ""):
            raise Refused("A board needs a title.")
        record = BoardRecord(len(self.records.boards) + 1, "")
        self.records.boards[record.id] = record
        try:
            importing.apply_draft(self.records, record, board)
        except Refused:
            del self.records.boards[record.id]
            raise
        self.records.changed(boards=True)
        return BoardId(str(record.id))

    async def edit_board(self, board: BoardId, change: BoardDraft) -> None:
        """Change what is not None."""
        importing.apply_draft(self.records, self.records.find_board(board), change)
        self.records.changed(boards=True)

    async def set_role(self, member: str, role: str) -> None:
        """Make the member if need be."""
        record = self.records.member(member)
        record.role, record.role_given = role, True
        self.records.changed(boards=True)

    async def set_info(self, fields: Mapping[str, str]) -> None:
        """Title, tagline, notice, version, updated."""
        self.records.fields.update({name: fields[name] for name in self.records.fields if name in fields})
        self.records.changed(boards=True)

    # -- importing

    async def import_forum(self, forum: ImportedForum) -> None:
        """Take over what is set."""
        fields = {name: getattr(forum, name) for name in self.records.fields}
        self.records.pages.update({slug: (title, body) for slug, title, body in forum.pages})
        await self.set_info({name: value for name, value in fields.items() if value})

    async def import_boards(self, boards: Sequence[ImportedBoard]) -> Imported:
        """Merge by origin."""
        return sum((importing.import_board(self.records, board) for board in boards), Imported())

    async def import_topics(self, topics: Sequence[ImportedTopic]) -> Imported:
        """Merge by origin."""
        return sum((importing.import_topic(self.records, topic) for topic in topics), Imported())

    async def close(self) -> None:
        """Nothing to let go."""


def _numbers(cursor: str, count: int) -> list[int]:
    """The numbers in a cursor.  Raises `Refused` for what was never one."""
    parts = cursor.split(":")
    if len(parts) != count or not all(re.fullmatch(r"-?[0-9]{1,20}", part) for part in parts):
        raise Refused("This place in the list does not belong to this forum.")
    return [int(part) for part in parts]


def _count_below(rows: Sequence[PostRecord], number: int) -> int:
    return sum(1 for post in rows if post.number < number)


def _around(index: int, count: int, limit: int) -> int:
    """Where a window of ``limit`` starts that has ``index`` about its middle and wastes no room at the ends."""
    return max(0, min(index - limit // 2, count - limit))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", fold(text))
    return re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))


def _holds(post: PostRecord, words: Sequence[str]) -> bool:
    have = _words(post.subject or "") + _words(post.body.source if post.body else "")
    *whole, last = words
    return all(word in have for word in whole) and any(word.startswith(last) for word in have)
