"""`ThreadFinding`: searching a thread."""

from __future__ import annotations

from textual.strip import Strip

from forumtui.reader.rows import PostKey
from forumtui.text.blocks import Target
from forumtui.text.fold import fold
from forumtui.tui.thread.choosing import Choosing
from forumtui.tui.thread.layout import Position
from forumtui.tui.thread.linking import Linking
from forumtui.tui.thread.walking import ThreadMotion


class ThreadFinding(ThreadMotion):
    """A thread that can be searched."""

    _matches: list[PostKey]
    _match: int
    linking: Linking
    choosing: Choosing

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

    # -- links and lines

    def line(self, n: int) -> bool:
        """Down by ``n`` lines; while lines are chosen, the end of the choice goes there.  Whether anything moved."""
        return self.choosing.line(n) if self.choosing.active else super().line(n)

    def _decorated(self, position: Position, strip: Strip) -> Strip:
        return self.choosing.decorated(position, strip)

    def _painted(self, y: int) -> tuple[Position, Strip] | None:
        return self.linking.painted(y)

    def _target(self, y: int, link: int) -> Target | None:
        return self.linking.target_at(y, link)
