"""`ThreadModel`: a thread's skeleton, the posts at hand, and what is folded; knows no screen.

A post's *index* counts the outline; its *spot* counts what folding leaves visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from forumtui.model import BoardId, Place, TopicId, Window
from forumtui.reader.rows import AccountKey, BoardKey, Outline, PostKey, PostRow, ThreadOrder, TopicKey, TopicRow
from forumtui.tui.render.post import PostPlace

_MOST_ROWS = 1200
"""Posts kept at hand; beyond them the ones farthest away go."""
_NO_TOPIC = TopicRow(
    TopicId(""),
    BoardId(""),
    title="",
    key=TopicKey(0),
    account=AccountKey(0),
    board_key=BoardKey(0),
    board_title="",
)
"""Stands where no thread is open."""


class ThreadSource(Protocol):
    """Where a thread comes from; `forumtui.reader.library.reading.Reading` is one."""

    async def outline(self, topic: TopicKey, order: ThreadOrder = ThreadOrder.FLAT) -> Outline:
        """The skeleton in display order."""

    async def posts(self, topic: TopicKey, keys: Sequence[PostKey]) -> dict[PostKey, PostRow]:
        """Posts with their bodies."""

    async def find_in_topic(self, topic: TopicKey, text: str) -> Sequence[PostKey]:
        """Posts that hold the text."""


@dataclass(slots=True)
class ThreadModel:
    """Where posts stand to each other, and which are at hand."""

    outline: Outline
    new_key: PostKey | None = None
    """The first post since the last visit; stays while the thread is open."""
    rows: dict[PostKey, PostRow] = field(default_factory=dict)
    absent: set[PostKey] = field(default_factory=set)
    """Posts that were asked for and did not come."""
    folded: set[PostKey] = field(default_factory=set)
    opened_parents: set[PostKey] = field(default_factory=set)
    """Posts that show in place the post they answer."""
    uncovered: set[PostKey] = field(default_factory=set)
    """Posts that show what their author hid."""
    seen: set[PostKey] = field(default_factory=set)
    """Posts that were read here since the outline was made."""
    unreported: set[PostKey] = field(default_factory=set)
    """Those of them that nobody asked for yet; `take_seen` hands them out."""
    index: dict[PostKey, int] = field(default_factory=dict)
    visible: Sequence[int] = ()
    _hidden: dict[int, int] = field(default_factory=dict)
    _subjects: dict[int, tuple[str, int]] = field(default_factory=dict)
    _asked_gaps: set[PostKey] = field(default_factory=set)

    @classmethod
    def empty(cls) -> ThreadModel:
        """No thread at all: what is there before one is opened, and after it is closed."""
        return cls(Outline(_NO_TOPIC, ThreadOrder.FLAT, (), (), (), ()))

    def __post_init__(self) -> None:
        if self.outline.new_from is not None:
            self.new_key = self.outline.keys[self.outline.new_from]
        self.renew(self.outline)

    def renew(self, outline: Outline) -> None:
        """Take a newer skeleton of the same thread; folds stay."""
        self.outline = outline
        self.index = {key: index for index, key in enumerate(outline.keys)}
        starts = [*(index for index, _ in outline.subjects), len(outline.keys)]
        self._subjects = {
            index: (subject, starts[number + 1] - index) for number, (index, subject) in enumerate(outline.subjects)
        }
        self.rows = {key: row for key, row in self.rows.items() if key in self.index}
        self.absent = set()
        self.seen = set(self.unreported)
        if outline.keys:
            self._asked_gaps = set()
        self.refold()

    def refold(self) -> None:
        """Work out what is visible; in a tree a folded post hides all below it."""
        count = len(self.outline.keys)
        self._hidden = {}
        if not self.folded or self.outline.order is ThreadOrder.FLAT:
            self.visible = range(count)
            return
        visible: list[int] = []
        index = 0
        while index < count:
            visible.append(index)
            end = self.subtree_end(index) if self.outline.keys[index] in self.folded else index + 1
            if end > index + 1:
                self._hidden[index] = end - index - 1
            index = end
        self.visible = visible

    def subtree_end(self, index: int) -> int:
        """The index after the last post below this one."""
        depths = self.outline.depths
        end = index + 1
        while end < len(depths) and depths[end] > depths[index]:
            end += 1
        return end

    @property
    def topic_key(self) -> TopicKey | None:
        """The topic; None where no thread is open."""
        key = self.outline.topic.key
        return key if key != _NO_TOPIC.key else None

    # -- by spot

    def __len__(self) -> int:
        return len(self.visible)

    def key(self, spot: int) -> PostKey:
        """The key of the post at a spot."""
        return self.outline.keys[self.visible[spot]]

    def row(self, spot: int) -> PostRow | None:
        """The post at a spot, if it is at hand."""
        return self.rows.get(self.key(spot))

    def place(self, spot: int) -> PostPlace:
        """What the spot adds to the post's own lines."""
        index = self.visible[spot]
        outline = self.outline
        key = outline.keys[index]
        subject, posts = self._subjects.get(index, ("", 0))
        parent = outline.parents[index]
        in_tree = outline.order is ThreadOrder.TREE
        return PostPlace(
            depth=outline.depths[index] if in_tree else 0,
            new_here=key == self.new_key and index > 0,
            gap_before=index in outline.gaps,
            gap_after=index == len(outline.keys) - 1 and len(outline.keys) in outline.gaps,
            subject=subject if index > 0 or subject != outline.topic.title else "",
            subject_posts=posts,
            folded=key in self.folded,
            hidden_answers=self._hidden.get(index, 0),
            names_parent=not (in_tree and index > 0 and outline.keys[index - 1] == parent),
            uncovered=key in self.uncovered,
        )

    def parent_shown(self, spot: int) -> PostRow | None:
        """The answered post, where it is shown in place and at hand."""
        key = self.key(spot)
        parent = self.outline.parents[self.visible[spot]]
        return self.rows.get(parent) if parent is not None and key in self.opened_parents else None

    def spot(self, key: PostKey | None) -> int | None:
        """Where a post is visible: its own spot, or that of the folded post above it."""
        index = self.index.get(key) if key is not None else None
        if index is None:
            return None
        if isinstance(self.visible, range):
            return index
        from bisect import bisect_right

        return bisect_right(self.visible, index) - 1

    def open_to(self, key: PostKey) -> None:
        """Open whatever hides the post."""
        index = self.index.get(key)
        if index is not None and self.outline.order is ThreadOrder.TREE and self.folded:
            above = self._ancestors(index)
            if self.folded & above:
                self.folded -= above
                self.refold()

    def _ancestors(self, index: int) -> set[PostKey]:
        above: set[PostKey] = set()
        depth = self.outline.depths[index]
        while index > 0 and depth > 0:
            index -= 1
            if self.outline.depths[index] < depth:
                depth = self.outline.depths[index]
                above.add(self.outline.keys[index])
        return above

    # -- what is at hand

    def missing(self, first: int, last: int) -> list[PostKey]:
        """Keys of the posts at spots ``first`` up to ``last`` that are not at hand."""
        stretch = range(max(0, first), min(len(self), last))
        return [key for key in map(self.key, stretch) if key not in self.rows and key not in self.absent]

    def is_at_hand(self, spot: int) -> bool:
        """Whether there is nothing to wait for at a spot."""
        key = self.key(spot)
        return key in self.rows or key in self.absent

    def add(self, asked: Iterable[PostKey], rows: Mapping[PostKey, PostRow], near: int) -> None:
        """Take in what came of the posts asked for; an equal one keeps its place in caches.

        Those far from the spot ``near`` may go.
        """
        for key in asked:
            row = rows.get(key)
            if row is None:
                self.absent.add(key)
            elif self.rows.get(key) != row:
                self.rows[key] = row
        if len(self.rows) > _MOST_ROWS and len(self):
            middle = self.visible[min(near, len(self) - 1)]
            by_distance = sorted(self.rows, key=lambda key: abs(self.index.get(key, 0) - middle))
            for key in by_distance[_MOST_ROWS // 2 :]:
                del self.rows[key]

    def unasked_gaps(self, first: int, last: int, reach: int) -> Iterator[Window]:
        """What is to be fetched where posts are missing within ``reach`` of these spots; each gap comes once."""
        keys, gaps = self.outline.keys, self.outline.gaps
        if not keys:
            if gaps and not self._asked_gaps:
                self._asked_gaps.add(PostKey(0))
                yield Window(Place.START)
            return
        low, high = self.visible[first] - reach, self.visible[last] + reach
        for gap in gaps:
            key = keys[min(gap, len(keys) - 1)]
            row = self.rows.get(key)
            if low <= gap <= high and row is not None and key not in self._asked_gaps:
                self._asked_gaps.add(key)
                yield Window(Place.POST, row.id)

    # -- what was read

    def see(self, keys: set[PostKey]) -> None:
        """These posts were read."""
        self.unreported |= keys - self.seen
        self.seen |= keys

    def take_seen(self) -> frozenset[PostKey]:
        """Unread posts that were read since last asked."""
        keys, self.unreported = self.unreported, set()
        return frozenset(key for key in keys if key in self.index and self.outline.unread[self.index[key]])

    # -- finding neighbours, as keys

    def unread_after(self, key: PostKey | None, step: int) -> PostKey | None:
        """The next unread post in display order (the one before with ``step`` -1)."""
        start = self.index[key] + step if key in self.index else (0 if step > 0 else len(self.outline.keys) - 1)
        stop = len(self.outline.keys) if step > 0 else -1
        for index in range(start, stop, step):
            if self.outline.unread[index] and self.outline.keys[index] not in self.seen:
                return self.outline.keys[index]
        return None

    def first_unread(self) -> PostKey | None:
        """The first unread post."""
        return self.unread_after(None, 1)

    def parent(self, key: PostKey | None) -> PostKey | None:
        """The answered post, if it is in the thread."""
        parent = self.outline.parents[self.index[key]] if key in self.index else None
        return parent if parent in self.index else None

    def sibling(self, key: PostKey | None, step: int) -> PostKey | None:
        """The next (1) or previous (-1) post that answers the same post."""
        if key not in self.index:
            return None
        parents, keys = self.outline.parents, self.outline.keys
        here = self.index[key]
        stretch = range(here + 1, len(keys)) if step > 0 else range(here - 1, -1, -1)
        return next((keys[index] for index in stretch if parents[index] == parents[here]), None)
