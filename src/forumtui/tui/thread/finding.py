"""`ThreadFinding`: searching a thread, labelling its links, choosing lines of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from rich.style import Style
from textual.strip import Strip

from forumtui.reader.rows import PostKey
from forumtui.text.blocks import Target
from forumtui.text.fold import fold
from forumtui.tui.render.labels import labelled
from forumtui.tui.render.strips import highlighted, strip_of
from forumtui.tui.thread.blocks import Position
from forumtui.tui.thread.walking import ThreadMotion

_LETTERS = "asdfghjklweruiovbnm"


class ThreadFinding(ThreadMotion):
    """A thread that can be searched, and whose links and lines can be picked."""

    _matches: list[PostKey]
    _match: int
    _labels: dict[tuple[int, int], str]
    _labelled: tuple[list[Position], list[tuple[Position, Strip]]] | None = None
    """What the screen shows with labels, for the view that it was made of."""
    _choice: tuple[Position, Position] | None

    # -- search

    async def search(self, text: str) -> int:
        """Highlight ``text`` and go to its first post from here on; how many posts hold it.  "" ends the search."""
        self._sought = fold(text.strip())
        self._matches, self._match = [], -1
        blocks = self._blocks
        if blocks is None:
            return 0
        if self._sought:
            found = set(await self.source.find_in_topic(blocks.model.outline.topic.key, text.strip()))
            if blocks is not self._blocks:
                return 0
            self._matches = [key for key in blocks.model.outline.keys if key in found]
        self._relist()
        self.refresh()
        if self._matches:
            here = blocks.model.index.get(self._current, 0) if self._current is not None else 0
            later = (n for n, key in enumerate(self._matches) if blocks.model.index[key] >= here)
            await self._go_to_match(next(later, 0))
        return len(self._matches)

    async def next_match(self, step: int = 1) -> bool:
        """To the next (-1: previous) post that holds what is sought; goes round."""
        if not self._matches:
            return False
        return await self._go_to_match((self._match + step) % len(self._matches))

    @property
    def match_position(self) -> tuple[int, int]:
        """Which match this is, and of how many; (0, 0) without a search."""
        return (self._match + 1, len(self._matches)) if self._matches else (0, 0)

    async def _go_to_match(self, number: int) -> bool:
        self._match = number
        key = self._matches[number]
        if not await self.go_to_key(key) or self._blocks is None:
            return False
        spot = self._blocks.model.spot(key)
        if spot is not None:
            lines = self._blocks.block(spot).content.lines
            line = next((n for n, each in enumerate(lines) if self._sought in fold(each.text)), 0)
            if Position(spot, line) not in self._view[: max(1, self._rows - 2)]:
                self._set_top(Position(spot, max(0, line - self._rows // 3)), key)
        return True

    # -- links

    def links_on_screen(self) -> list[tuple[str, Target]]:
        """Label and target of every link on screen, in reading order."""
        targets: list[tuple[str, Target]] = []
        for (spot, link), label in self._label_links().items():
            target = self._target(Position(spot, 0), link)
            if target is not None:
                targets.append((label, target))
        return targets

    def show_link_hints(self, on: bool) -> None:
        """Write the labels beside the links, or take them away."""
        self._labels, self._labelled = self._label_links() if on else {}, None
        self.refresh()

    def _label_links(self) -> dict[tuple[int, int], str]:
        if self._blocks is None:
            return {}
        found: dict[tuple[int, int], None] = {}
        for spot, line in self._view:
            for run in self._blocks.block(spot).content.lines[line].runs:
                if run.link is not None:
                    found[spot, run.link] = None
        labels = _LETTERS if len(found) <= len(_LETTERS) else [a + b for a, b in product(_LETTERS, repeat=2)]
        return dict(zip(found, labels, strict=False))

    # -- choosing lines

    @property
    def choosing(self) -> bool:
        """Whether lines are being chosen; `line` then moves the end of the choice."""
        return self._choice is not None

    def choose_lines(self, on: bool) -> bool:
        """Start at the current post's first line of text on screen, or stop.  Whether it is on now."""
        start = self._first_text_line() if on else None
        self._choice = (start, start) if start is not None else None
        self.refresh()
        return self.choosing

    def leave_choice(self) -> Callable[[], None]:
        """Stop; calling what this returns goes on with it, as long as the thread is the same."""
        choice, blocks = self._choice, self._blocks
        self.choose_lines(False)

        def go_on() -> None:
            if self._blocks is blocks:
                self._choice = choice
                self.refresh()

        return go_on

    def chosen_text(self) -> tuple[PostKey, str] | None:
        """The chosen lines as text, and the post they start in."""
        if self._blocks is None or self._choice is None:
            return None
        first, last = sorted(self._choice)
        lines: list[str] = []
        for spot in range(first.spot, last.spot + 1):
            content = self._blocks.block(spot).content
            start = max(content.body, first.line if spot == first.spot else 0)
            end = min(content.last, last.line if spot == last.spot else content.last)
            lines += [line.text.strip() for line in content.lines[start : end + 1]]
        return self._blocks.model.key(first.spot), "\n".join(lines).strip()

    def line(self, n: int) -> bool:
        """Down by ``n`` lines; while lines are chosen, the end of the choice goes there."""
        if self._choice is None or self._blocks is None:
            return super().line(n)
        start, end = self._choice
        moved = self._blocks.walk(end, n)
        self._choice = (start, moved)
        top = self._top
        if moved < top:
            top = moved
        elif moved not in self._view:
            top = max(top, self._blocks.walk(moved, 1 - self._rows))
        self._set_top(top, self._blocks.model.key(start.spot))
        self.refresh()
        return moved != end

    def _first_text_line(self) -> Position | None:
        here = self._current_spot()
        for position in self._view:
            if self._blocks is not None and position.spot == here:
                content = self._blocks.block(here).content
                if content.body <= position.line <= content.last:
                    return position
        return None

    def _decorated(self, position: Position, strip: Strip) -> Strip:
        if self._choice is not None:
            first, last = sorted(self._choice)
            if first <= position <= last and self._blocks is not None:
                return strip.apply_style(self._blocks.frame.looks.style("chosen", Style.null()))
        return strip

    def _painted(self, y: int) -> tuple[Position, Strip] | None:
        if not self._labels:
            return super()._painted(y)
        if self._labelled is None or self._labelled[0] is not self._view:
            self._labelled = self._view, list(self._with_labels())
        lines = self._labelled[1]
        return lines[y] if y < len(lines) else None

    def _with_labels(self) -> Iterator[tuple[Position, Strip]]:
        """The lines on screen with each link's label before it; where that takes more lines, the last ones give way."""
        if self._blocks is None:
            return
        frame, left = self._blocks.frame, dict(self._labels)
        for position in self._view:
            block = self._on_screen[position.spot]
            line = block.content.lines[position.line]
            links = dict.fromkeys(run.link for run in line.runs if run.link is not None)
            labels = {link: left.pop((position.spot, link)) for link in links if (position.spot, link) in left}
            if not labels:
                yield position, block.strip(position.line)
                continue
            for each in labelled(highlighted(line, frame.sought), labels, frame.post.width):
                yield position, strip_of(each, frame.post.width, frame.looks, frame.base)
