"""`Choosing`: lines of a thread, picked to be quoted or copied."""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style
from textual.strip import Strip

from forumtui.reader.rows import PostKey
from forumtui.tui.thread.layout import Position
from forumtui.tui.thread.stage import Stage


class Choosing:
    """From a line to a line, in one post or over several."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._choice: tuple[Position, Position] | None = None
        """Where it starts, and the end that moves."""

    @property
    def active(self) -> bool:
        """Whether lines are being chosen; going by lines then moves the end of the choice."""
        return self._choice is not None

    def reset(self) -> None:
        """Another thread is shown: nothing is chosen in it."""
        self._choice = None

    def choose_lines(self, on: bool) -> bool:
        """Start at the current post's first line of text on screen, or stop.  Whether it is on now."""
        start = self._first_text_line() if on else None
        self._choice = (start, start) if start is not None else None
        self._stage.surface.refresh()
        return self.active

    def leave_choice(self) -> Callable[[], None]:
        """Stop; calling what this returns goes on with it, as long as the thread is the same."""
        choice, thread = self._choice, self._stage.threads.join()
        self.choose_lines(False)

        def go_on() -> None:
            if not thread.stale:
                self._choice = choice
                self._stage.surface.refresh()

        return go_on

    def chosen_text(self) -> tuple[PostKey, str] | None:
        """The chosen lines as text, and the post they start in."""
        if self._choice is None:
            return None
        first, last = sorted(self._choice)
        lines: list[str] = []
        for spot in range(first.spot, last.spot + 1):
            content = self._stage.layout.block(spot).content
            start = max(content.body, first.line if spot == first.spot else 0)
            end = min(content.last, last.line if spot == last.spot else content.last)
            lines += [line.text.strip() for line in content.lines[start : end + 1]]
        return self._stage.model.key(first.spot), "\n".join(lines).strip()

    def line(self, n: int) -> bool:
        """Move the end of the choice down by ``n`` lines, and keep it in view.  Whether it moved."""
        if self._choice is None:
            return False
        stage, (start, end) = self._stage, self._choice
        moved = stage.layout.walk(end, n)
        self._choice = (start, moved)
        top = stage.top
        if moved < top:
            top = moved
        elif moved not in stage.view:
            top = max(top, stage.layout.walk(moved, 1 - stage.rows))
        stage.set_top(top, stage.model.key(start.spot))
        stage.surface.refresh()
        return moved != end

    def decorated(self, position: Position, strip: Strip) -> Strip:
        """A line as it is, or as a chosen one."""
        if self._choice is not None:
            first, last = sorted(self._choice)
            if first <= position <= last:
                return strip.apply_style(self._stage.layout.frame.looks.style("chosen", Style.null()))
        return strip

    def _first_text_line(self) -> Position | None:
        here = self._stage.current_spot
        for position in self._stage.view:
            if position.spot == here:
                content = self._stage.layout.block(here).content
                if content.body <= position.line <= content.last:
                    return position
        return None
