"""`Linking`: the links on screen, and their labels while one is chosen by letters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from textual.strip import Strip

from forumtui.text.blocks import Target
from forumtui.tui.render.labels import labelled
from forumtui.tui.render.strips import highlighted, strip_of
from forumtui.tui.thread.layout import Position
from forumtui.tui.thread.stage import Stage

_LETTERS = "asdfghjklweruiovbnm"


class Linking:
    """Where links lead; a label takes room, so with labels on the lines of the screen are others."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._labels: dict[tuple[int, int], str] = {}
        """By the spot of the post and the number of the link in it."""
        self._labelled: tuple[list[Position], list[tuple[Position, Strip]]] | None = None
        """What the screen shows with labels, for the view that it was made of."""

    def reset(self) -> None:
        """Another thread is shown: without labels."""
        self._labels = {}

    def links_on_screen(self) -> list[tuple[str, Target]]:
        """Label and target of every link on screen, in reading order."""
        found = ((label, self._target(spot, link)) for (spot, link), label in self._label_links().items())
        return [(label, target) for label, target in found if target is not None]

    def show_link_hints(self, on: bool) -> None:
        """Write the labels beside the links, or take them away."""
        self._labels, self._labelled = self._label_links() if on else {}, None
        self._stage.surface.refresh()

    def target_at(self, y: int, link: int) -> Target | None:
        """Where a link of the post on a screen line leads."""
        painted = self.painted(y)
        return self._target(painted[0].spot, link) if painted is not None else None

    def painted(self, y: int) -> tuple[Position, Strip] | None:
        """The line of a post that a screen line shows; None below the last one."""
        view = self._stage.view
        if not self._labels:
            return self._stage.painted(y)
        if self._labelled is None or self._labelled[0] is not view:
            self._labelled = view, list(self._with_labels())
        lines = self._labelled[1]
        return lines[y] if y < len(lines) else None

    def _target(self, spot: int, link: int) -> Target | None:
        links = self._stage.layout.block(spot).content.links
        return links[link] if 0 <= link < len(links) else None

    def _label_links(self) -> dict[tuple[int, int], str]:
        found: dict[tuple[int, int], None] = {}
        for spot, line in self._stage.view:
            for run in self._stage.layout.block(spot).content.lines[line].runs:
                if run.link is not None:
                    found[spot, run.link] = None
        labels = _LETTERS if len(found) <= len(_LETTERS) else [a + b for a, b in product(_LETTERS, repeat=2)]
        return dict(zip(found, labels, strict=False))

    def _with_labels(self) -> Iterator[tuple[Position, Strip]]:
        """The lines on screen with each link's label before it; where that takes more lines, the last ones give way."""
        stage, left = self._stage, dict(self._labels)
        frame = stage.layout.frame
        for position in stage.view:
            block = stage.on_screen[position.spot]
            line = block.content.lines[position.line]
            links = dict.fromkeys(run.link for run in line.runs if run.link is not None)
            labels = {link: left.pop((position.spot, link)) for link in links if (position.spot, link) in left}
            if not labels:
                yield position, block.strip(position.line)
                continue
            for each in labelled(highlighted(line, frame.sought), labels, frame.post.width):
                yield position, strip_of(each, frame.post.width, frame.looks, frame.base)
