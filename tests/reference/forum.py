"""A whole forum in memory: small and slow, and therefore what every other store is compared with."""

from __future__ import annotations

import re
import time
import unicodedata
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, assert_never

from tests.reference import importing
from tests.reference.carrying import carry_out
from tests.reference.feed import feed
from tests.reference.housekeeping import ReferenceHouse
from tests.reference.moderating import hold, must_wait
from tests.reference.records import RANKS, ActRecord, PostRecord, Records, TopicRecord
from tests.reference.showing import board_of, show_board, show_member, show_post, show_topic, show_waiting

from forumtui.errors import Conflict, Missing, Refused, Unsupported
from forumtui.forum.bounds import check_action
from forumtui.forum.house import RULES_PAGE
from forumtui.forum.orders import ORDERS, PERIODS, TOP, UNANSWERED
from forumtui.forum.permissions import MEMBERS_ONLY, NAMELESS, Operation, check
from forumtui.forum.store import (
    KEEPER,
    GivenRole,
    Imported,
    ImportedBoard,
    ImportedForum,
    ImportedMember,
    ImportedTopic,
)
from forumtui.model import (
    LATEST,
    Ability,
    Act,
    Action,
    Board,
    BoardId,
    Can,
    Changes,
    Cursor,
    Edit,
    ForumInfo,
    Hit,
    InfoPage,
    Listing,
    LogEntry,
    Member,
    Millis,
    Page,
    Place,
    Post,
    PostId,
    QueueItem,
    Receipt,
    Topic,
    TopicId,
    Window,
    settled,
)
from forumtui.text.fold import fold


def wall_clock() -> Millis:
    """The time, in ms UTC."""
    return Millis(time.time_ns() // 1_000_000)


class ReferenceForum:
    """A `ForumStore` in memory.  Every call is one step of the event loop, so nothing can come between."""

    def __init__(self, title: str = "Reference", now: Callable[[], Millis] = wall_clock) -> None:
        self.records = Records(title, now)
        self.house = ReferenceHouse(self.records, self)

    def new_epoch(self) -> None:
        """As if a copy or backup had taken the forum's place."""
        self.records.epoch = uuid.uuid4().hex

    # -- reading

    async def info(self, me: str | None) -> ForumInfo:
        """The forum's own fields; little of them for who may not look."""
        records, fields = self.records, self.records.fields
        pages = tuple(InfoPage(slug, title, body) for slug, (title, body) in records.pages.items())
        can = records.rights(me).on_forum()
        if not me and records.policy.members_only:
            fields = dict.fromkeys(fields, "") | {"title": fields["title"]}
            pages = tuple(page for page in pages if page.slug == RULES_PAGE)
            can = Can({Ability.SEARCH: MEMBERS_ONLY}).over(can)
        return ForumInfo(
            title=fields["title"],
            tagline=fields["tagline"],
            notice=fields["notice"],
            version=fields["version"],
            updated=fields["updated"],
            uuid=records.uuid,
            epoch=records.epoch,
            pages=pages,
            me=show_member(records, me) if me and me != KEEPER else None,
            can=can,
            registration=records.policy.registration,
            orders=ORDERS,
        )

    async def boards(self, me: str | None) -> Sequence[Board]:
        """Every board right before its children."""
        self.records.admit(me)
        rows = sorted(self.records.boards.values(), key=lambda board: (board.position, board.id))

        def below(parent: int | None) -> list[Board]:
            found: list[Board] = []
            for board in rows:
                if board.parent == parent and self.records.sees(me, board.id):
                    found += [show_board(self.records, me, board), *below(board.id)]
            return found

        return below(None)

    async def topics(self, me: str | None, listing: Listing, after: Cursor | None, limit: int) -> Page[Topic]:
        """In one of the orders that are offered; the cursor is the last topic's rank, and when a period began."""
        wanted = settled(listing, ORDERS)
        if wanted is None:
            raise Unsupported("This forum does not list its topics in that order.")
        self.records.admit(me)
        board = None if listing.board is None else self.records.find_board(listing.board).id
        if board is not None and not self.records.sees(me, board):
            raise Missing("There is no such board.")
        boards = {board} if wanted.name == LATEST else self.records.below(board)
        rows = [topic for topic in self.records.topics.values() if board is None or topic.board in boards]
        rows = [topic for topic in rows if self.records.shows(me, topic)]
        since, rank = 0, RANKS[wanted.name]
        if (days := PERIODS.get(wanted.period)) is not None:
            since = self.records.now() - days * 86_400_000
        last: list[int] = []
        if after is not None:
            since, *last = _numbers(after, 3)
        if wanted.name == TOP:
            until = self.records.now()
            rows = [t for t in rows if t.likes() > 0 and (days is None or since <= (t.created or 0) <= until)]
        if wanted.name == UNANSWERED:
            rows = [topic for topic in rows if len(topic.posts) == 1 and not topic.closed]
        rows.sort(key=rank, reverse=True)
        rows = [topic for topic in rows if after is None or rank(topic) < tuple(last)]
        shown, more = rows[: max(1, limit)], len(rows) > max(1, limit)
        return Page(
            tuple(show_topic(self.records, me, topic) for topic in shown),
            after=Cursor(":".join(map(str, (since, *rank(shown[-1]))))) if more else None,
        )

    async def topic(self, me: str | None, topic: TopicId) -> Topic:
        """One header."""
        return show_topic(self.records, me, _topic(self.records, me, topic))

    async def posts(self, me: str | None, topic: TopicId, window: Window) -> Page[Post]:
        """A window; its cursors are the numbers of its first and last post."""
        rows = _topic(self.records, me, topic).posts
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
                    raise Missing("This topic has no such post.")
                first = _around(rows.index(post), len(rows), limit)
            case Place.NUMBER:
                first = _around(_count_below(rows, _numbers(window.at, 1)[0]), len(rows), limit)
            case _:
                assert_never(window.place)
        shown = rows[first : first + limit]
        if not shown:
            return Page(())
        return Page(
            tuple(show_post(self.records, me, post) for post in shown),
            before=Cursor(str(shown[0].number)) if first else None,
            after=Cursor(str(shown[-1].number)) if first + limit < len(rows) else None,
        )

    async def post(self, me: str | None, post: PostId) -> Post:
        """One post."""
        self.records.admit(me)
        found = self.records.find_post(post)
        if not self.records.shows(me, self.records.topics[found.topic]):
            raise Missing("There is no such post.")
        return show_post(self.records, me, found)

    async def search(self, me: str | None, query: str, after: Cursor | None, limit: int) -> Page[Hit]:
        """All words, in any order, the last one perhaps unfinished."""
        self.records.admit(me)
        words = _words(query)
        bound = None if after is None else _numbers(after, 1)[0]
        found = [
            post
            for post in sorted(self.records.posts.values(), key=lambda post: -post.id)
            if words
            and not (post.deleted or post.hidden)
            and (bound is None or post.id < bound)
            and _holds(post, words)
        ]
        found = [post for post in found if self.records.shows(me, self.records.topics[post.topic])]
        shown, more = found[: max(1, limit)], len(found) > max(1, limit)
        hits = tuple(
            Hit(show_topic(self.records, me, self.records.topics[post.topic]), show_post(self.records, me, post))
            for post in shown
        )
        return Page(hits, after=Cursor(str(shown[-1].id)) if more else None)

    async def changes(self, me: str | None, after: Cursor | None, limit: int) -> Changes:
        """First every header, then what changed, in the order of the changes."""
        self.records.admit(me)
        return feed(self.records, me, after, limit)

    async def version(self) -> int:
        """The number of changes so far."""
        return self.records.feed

    async def view_class(self, me: str | None) -> str:
        """The role, and the boards that ``me`` leads."""
        rights = self.records.rights(me)
        return f"{rights.role} {[board for board in self.records.boards if self.records.leads(me, board)]} {rights.blocked}"

    async def members(self, me: str | None) -> Sequence[Member]:
        """By name."""
        self.records.admit(me)
        return [show_member(self.records, name) for name in sorted(self.records.members)]

    async def member(self, me: str | None, name: str) -> Member:
        """One of them."""
        self.records.admit(me)
        if name not in self.records.members:
            raise Missing("There is no such member.")
        return show_member(self.records, name)

    async def given(self) -> Sequence[GivenRole]:
        """Rights that not every member has."""
        found = []
        for name, member in sorted(self.records.members.items()):
            leads = tuple(
                BoardId(str(board.id))
                for board in self.records.boards.values()
                if board.leader == name and board.leader_given
            )
            role = member.role if member.role_given and member.role != "Member" else ""
            found += [GivenRole(name, role, leads)] if role or leads else []
        return found

    async def queue(self, me: str | None, after: Cursor | None, limit: int) -> Page[QueueItem]:
        """What ``me`` may settle, oldest first."""
        records = self.records
        rights = records.rights(me)
        check(rights.lack(Operation.SETTLE, leads=any(records.leads(me, board) for board in records.boards)))
        bound = 0 if after is None else _numbers(after, 1)[0]
        found = [
            show_waiting(records, item)
            for item in records.waiting.values()
            if not item.settled
            and item.id > bound
            and rights.holds(Operation.SETTLE, leads=records.leads(me, board_of(records, item)))
        ]
        return Page(tuple(found[:limit]), after=Cursor(found[limit - 1].id) if len(found) > limit else None)

    async def log(self, me: str | None, after: Cursor | None, limit: int) -> Page[LogEntry]:
        """The newest lines first."""
        check(self.records.rights(me).lack(Operation.SEE_LOG))
        found = [line for line in self.records.lines[::-1] if after is None or int(line.id) < _numbers(after, 1)[0]]
        return Page(tuple(found[:limit]), after=Cursor(found[limit - 1].id) if len(found) > limit else None)

    async def origins(self, kind: Literal["board", "topic", "post"], ids: Sequence[str]) -> Mapping[str, str]:
        """Where these came from."""
        return importing.origins(self.records, kind, ids)

    # -- writing by a member

    async def perform(self, me: str, action: Action) -> Receipt:
        """Once per key."""
        earlier = await self.find(me, action)
        if earlier is not None:
            return earlier
        check_action(action)
        records = self.records
        check(records.rights(me).blocked if me and me != KEEPER else NAMELESS)
        newcomer = me not in records.members
        member = records.member(me)
        try:
            if must_wait(action.act, records, me):
                receipt = hold(records, me, action.key, action.act)
            else:
                receipt = carry_out(records, me, action.act)
        except Refused:
            if newcomer:
                del records.members[me]
            raise
        member.joined = records.now() if newcomer else member.joined
        records.acts[me, action.key] = ActRecord(action.act, receipt)
        return receipt

    async def find(self, me: str, action: Action) -> Receipt | None:
        """What was carried out under this key."""
        known = self.records.acts.get((me, action.key))
        if known is None:
            return None
        if _without_base(known.act) != _without_base(action.act):
            raise Conflict("This key was used before, for another text.")
        if known.rejected is not None:
            raise Refused(f"The moderators did not take this: {known.rejected}")
        return known.receipt

    # -- importing

    async def import_forum(self, forum: ImportedForum, *, source: str = "") -> None:
        """Take over what is set."""
        if source:
            self.records.note("", "import", source)
        fields = {name: getattr(forum, name) for name in self.records.fields}
        self.records.pages.update({slug: (title, body) for slug, title, body in forum.pages})
        await self.house.set_info({name: value for name, value in fields.items() if value})

    async def import_boards(self, boards: Sequence[ImportedBoard]) -> Imported:
        """Merge by origin."""
        return sum((importing.import_board(self.records, board) for board in boards), Imported())

    async def import_topics(self, topics: Sequence[ImportedTopic]) -> Imported:
        """Merge by origin."""
        return sum((importing.import_topic(self.records, topic) for topic in topics), Imported())

    async def import_members(self, members: Sequence[ImportedMember], *, roles: bool = False) -> Sequence[str]:
        """Make them; give what they were given elsewhere."""
        return [line for member in members for line in importing.import_member(self.records, member, roles=roles)]

    async def close(self) -> None:
        """Nothing to let go."""


def _topic(records: Records, me: str | None, topic: str) -> TopicRecord:
    """A topic that is there for ``me``."""
    records.admit(me)
    found = records.find_topic(topic)
    if not records.shows(me, found):
        raise Missing("There is no such topic.")
    return found


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


def _without_base(act: Act) -> Act:
    """What is done, without the condition under which."""
    return replace(act, base=None) if isinstance(act, Edit) else act
