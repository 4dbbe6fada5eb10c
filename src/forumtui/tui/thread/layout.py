"""`ThreadLayout`: posts laid out into lines, only where they are looked at, and walking over those lines.

A position is (spot, line in the post), never a line of the whole thread: nothing is estimated, so nothing jumps.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import field
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from forumtui.model import Millis
from forumtui.reader.rows import PostKey, PostRow
from forumtui.tui.render.cells import UNICODE
from forumtui.tui.render.post import PostFrame, PostLines, PostPlace, post_lines
from forumtui.tui.render.shelf import Shelf, Wanted, takes_long
from forumtui.tui.render.strips import highlighted, strip_of
from forumtui.tui.render.styles import Looks
from forumtui.tui.thread.model import ThreadModel
from forumtui.values import quick_dataclass

_MOST_BLOCKS = 256
_MOST_LINES = 30_000


class Position(NamedTuple):
    """A line of a post."""

    spot: int
    line: int


@quick_dataclass(frozen=True, slots=True)
class BlockFrame:
    """Everything that the looks of all posts depend on."""

    post: PostFrame
    looks: Looks
    base: Style
    sought: str = ""


UNSEEN = BlockFrame(PostFrame(1, Millis(0)), Looks("", defaultdict(Style.null), UNICODE), Style.null())
"""The frame before anything is shown; every other one differs from it."""


@quick_dataclass(slots=True)
class Block:
    """A post laid out; strips are made when they are looked at."""

    row: PostRow | None
    place: PostPlace
    parent: PostRow | None
    frame: BlockFrame
    content: PostLines
    _strips: dict[int, Strip] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """Its lines, the blank one after it included."""
        return len(self.content.lines)

    def strip(self, line: int) -> Strip:
        """A line of it, without the cursor's cell."""
        strip = self._strips.get(line)
        if strip is None:
            frame = self.frame
            shown = highlighted(self.content.lines[line], frame.sought)
            strip = self._strips[line] = strip_of(shown, frame.post.width, frame.looks, frame.base)
        return strip


class ThreadLayout:
    """Lays out the posts of a model and walks over their lines."""

    def __init__(self, model: ThreadModel, frame: BlockFrame, shelf: Shelf) -> None:
        self.model = model
        self.frame = frame
        self._shelf = shelf
        self._cache: OrderedDict[PostKey, Block] = OrderedDict()
        self._lines = 0

    def block(self, spot: int) -> Block:
        """The post at a spot, laid out for the frame of now."""
        model = self.model
        key = model.key(spot)
        row, place, parent = model.rows.get(key), model.place(spot), model.parent_shown(spot)
        block = self._cache.get(key)
        if (
            block is None
            or block.row is not row
            or block.parent is not parent
            or block.frame is not self.frame
            or block.place != place
            or any(self._shelf.at_hand(wanted) is not None for wanted in block.content.owed)
        ):
            content = post_lines(row, place, self.frame.post, parent, self._shelf.at_hand)
            block = self._keep(key, Block(row, place, parent, self.frame, content))
        self._cache.move_to_end(key)
        return block

    def _keep(self, key: PostKey, block: Block) -> Block:
        old = self._cache.pop(key, None)
        self._lines += block.height - (old.height if old is not None else 0)
        self._cache[key] = block
        while len(self._cache) > 1 and (self._lines > _MOST_LINES or len(self._cache) > _MOST_BLOCKS):
            _, gone = self._cache.popitem(last=False)
            self._lines -= gone.height
        return block

    def is_laid_out(self, spot: int) -> bool:
        """Whether all lines of the post at a spot are there; until then a few stand for them."""
        return not self.block(spot).content.owed

    def owed(self, spots: Iterable[int]) -> Wanted | None:
        """The first body at these spots that must be fetched; what takes little is laid out when it is looked at."""
        for spot in spots:
            row = self.model.row(spot) if 0 <= spot < len(self.model) else None
            if row is not None and row.body is not None and takes_long(row.body) and not self.is_laid_out(spot):
                return self.block(spot).content.owed[0]
        return None

    def owed_on_screen(self, top: Position, rows: int) -> Wanted | None:
        """The first body that a screen from there on needs and that must be fetched."""
        top = self.clamp(top, rows)
        shown = self.view(top, rows)
        spots = list(dict.fromkeys(position.spot for position in shown))
        if len(shown) < rows and top.spot and self.model.is_at_hand(top.spot - 1):
            spots.append(top.spot - 1)
        return next((wanted for spot in spots for wanted in self.block(spot).content.owed), None)

    def height(self, spot: int) -> int:
        """Lines of the post at a spot."""
        return self.block(spot).height

    def walk(self, position: Position, lines: int) -> Position:
        """``lines`` down (up if negative), as far as there are posts at hand."""
        return self._down(position, lines) if lines > 0 else self._up(position, -lines)

    def page_down(self, top: Position, lines: int, rows: int) -> Position:
        """``lines`` down, but no further than posts at hand fill the screen, and past no post that has yet to unfold."""
        target = self._down(top, lines)
        folded_up = (spot for spot in range(top.spot, target.spot) if not self.is_laid_out(spot))
        if (spot := next(folded_up, None)) is not None:
            return max(top, Position(spot, 0))
        end = self._down(target, rows - 1)
        at_edge = end.line == self.height(end.spot) - 1 and end.spot + 1 < len(self.model)
        if at_edge and not self.model.is_at_hand(end.spot + 1):
            return max(top, self._up(end, rows - 1))
        return target

    def _down(self, position: Position, lines: int) -> Position:
        spot, line = position
        while lines >= (left := self.height(spot) - line):
            if spot + 1 >= len(self.model) or not self.model.is_at_hand(spot + 1):
                return Position(spot, self.height(spot) - 1)
            spot, line, lines = spot + 1, 0, lines - left
        return Position(spot, line + lines)

    def _up(self, position: Position, lines: int) -> Position:
        spot, line = position
        while lines > line:
            if spot == 0 or not self.model.is_at_hand(spot - 1) or not self.is_laid_out(spot - 1):
                return Position(spot, 0)
            spot, line, lines = spot - 1, self.height(spot - 1), lines - line
        return Position(spot, line - lines)

    def clamp(self, position: Position, rows: int) -> Position:
        """The position, or one higher up so that the thread's end is not above the screen's."""
        count = len(self.model)
        if not count:
            return Position(0, 0)
        spot = max(0, min(position.spot, count - 1))
        line = max(0, min(position.line, self.height(spot) - 1))
        if spot + rows < count:
            return Position(spot, line)
        return min(Position(spot, line), self.bottom(rows))

    def bottom(self, rows: int) -> Position:
        """The top of the last screen; the blank line after the last post stays below it."""
        last = len(self.model) - 1
        end = Position(last, self.block(last).content.last)
        return self.walk(end, 1 - rows) if rows > 1 else end

    def view(self, top: Position, rows: int) -> list[Position]:
        """What the screen's lines show."""
        shown: list[Position] = []
        spot, line = top
        while len(shown) < rows and spot < len(self.model):
            end = min(self.height(spot), line + rows - len(shown))
            shown += [Position(spot, each) for each in range(line, end)]
            spot, line = spot + 1, 0
        return shown
