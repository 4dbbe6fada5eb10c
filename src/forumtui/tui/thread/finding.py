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
from forumtui.tui.thread.layout import Position
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
        self.stage.sought = fold(text.strip())
        self._matches, self._match = [], -1
        model, thread = self.stage.model, self.stage.threads.join()
        if self.stage.sought:
            found = set(await self.source.find_in_topic(model.outline.topic.key, text.strip()))
            if thread.stale:
                return 0
            self._matches = [key for key in model.outline.keys if key in found]
        self.stage.reshow()
        if self._matches:
            here = self.stage.current_index
            later = (n for n, key in enumerate(self._matches) if model.index[key] >= here)
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
        if not await self.go_to_key(key):
            return False
        spot = self.stage.model.spot(key)
        if spot is not None:
            lines = self.stage.layout.block(spot).content.lines
            line = next((n for n, each in enumerate(lines) if self.stage.sought in fold(each.text)), 0)
            if Position(spot, line) not in self.stage.view[: max(1, self.stage.rows - 2)]:
                self.stage.set_top(Position(spot, max(0, line - self.stage.rows // 3)), key)
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
        found: dict[tuple[int, int], None] = {}
        for spot, line in self.stage.view:
            for run in self.stage.layout.block(spot).content.lines[line].runs:
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
        choice, thread = self._choice, self.stage.threads.join()
        self.choose_lines(False)

        def go_on() -> None:
            if not thread.stale:
                self._choice = choice
                self.refresh()

        return go_on

    def chosen_text(self) -> tuple[PostKey, str] | None:
        """The chosen lines as text, and the post they start in."""
        if self._choice is None:
            return None
        first, last = sorted(self._choice)
        lines: list[str] = []
        for spot in range(first.spot, last.spot + 1):
            content = self.stage.layout.block(spot).content
            start = max(content.body, first.line if spot == first.spot else 0)
            end = min(content.last, last.line if spot == last.spot else content.last)
            lines += [line.text.strip() for line in content.lines[start : end + 1]]
        return self.stage.model.key(first.spot), "\n".join(lines).strip()

    def line(self, n: int) -> bool:
        """Down by ``n`` lines; while lines are chosen, the end of the choice goes there."""
        if self._choice is None:
            return super().line(n)
        start, end = self._choice
        moved = self.stage.layout.walk(end, n)
        self._choice = (start, moved)
        top = self.stage.top
        if moved < top:
            top = moved
        elif moved not in self.stage.view:
            top = max(top, self.stage.layout.walk(moved, 1 - self.stage.rows))
        self.stage.set_top(top, self.stage.model.key(start.spot))
        self.refresh()
        return moved != end

    def _first_text_line(self) -> Position | None:
        here = self.stage.current_spot
        for position in self.stage.view:
            if position.spot == here:
                content = self.stage.layout.block(here).content
                if content.body <= position.line <= content.last:
                    return position
        return None

    def _decorated(self, position: Position, strip: Strip) -> Strip:
        if self._choice is not None:
            first, last = sorted(self._choice)
            if first <= position <= last:
                return strip.apply_style(self.stage.layout.frame.looks.style("chosen", Style.null()))
        return strip

    def _painted(self, y: int) -> tuple[Position, Strip] | None:
        if not self._labels:
            return super()._painted(y)
        if self._labelled is None or self._labelled[0] is not self.stage.view:
            self._labelled = self.stage.view, list(self._with_labels())
        lines = self._labelled[1]
        return lines[y] if y < len(lines) else None

    def _with_labels(self) -> Iterator[tuple[Position, Strip]]:
        """The lines on screen with each link's label before it; where that takes more lines, the last ones give way."""
        frame, left = self.stage.layout.frame, dict(self._labels)
        for position in self.stage.view:
            block = self.stage.on_screen[position.spot]
            line = block.content.lines[position.line]
            links = dict.fromkeys(run.link for run in line.runs if run.link is not None)
            labels = {link: left.pop((position.spot, link)) for link in links if (position.spot, link) in left}
            if not labels:
                yield position, block.strip(position.line)
                continue
            for each in labelled(highlighted(line, frame.sought), labels, frame.post.width):
                yield position, strip_of(each, frame.post.width, frame.looks, frame.base)
