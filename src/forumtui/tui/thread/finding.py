"""`Finding`: a search in the open thread, from post to post that holds what is sought."""

from __future__ import annotations

from forumtui.reader.rows import PostKey
from forumtui.text.fold import fold
from forumtui.tui.thread.layout import Position
from forumtui.tui.thread.model import ThreadSource
from forumtui.tui.thread.stage import Stage
from forumtui.tui.thread.walking import Walking


class Finding:
    """The posts that hold a text; the stage highlights it."""

    def __init__(self, stage: Stage, source: ThreadSource, walking: Walking) -> None:
        self._stage = stage
        self._source = source
        self._walking = walking
        self._matches: list[PostKey] = []
        self._match = -1

    def reset(self) -> None:
        """Another thread is shown: nothing is sought in it."""
        self._matches, self._match = [], -1

    async def search(self, text: str) -> int:
        """Highlight ``text`` and go to its first post from here on; how many posts hold it.  "" ends the search."""
        self.reset()
        stage, model, thread = self._stage, self._stage.model, self._stage.threads.join()
        stage.sought = fold(text.strip())
        if stage.sought:
            found = set(await self._source.find_in_topic(model.outline.topic.key, text.strip()))
            if thread.stale:
                return 0
            self._matches = [key for key in model.outline.keys if key in found]
        stage.reshow()
        if self._matches:
            later = (n for n, key in enumerate(self._matches) if model.index[key] >= stage.current_index)
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
        """To a match; where its first line with the text is not well in view, the view moves so that it is."""
        self._match = number
        key = self._matches[number]
        if not await self._walking.go_to_key(key):
            return False
        stage = self._stage
        spot = stage.model.spot(key)
        if spot is not None:
            lines = stage.layout.block(spot).content.lines
            line = next((n for n, each in enumerate(lines) if stage.sought in fold(each.text)), 0)
            if Position(spot, line) not in stage.view[: max(1, stage.rows - 2)]:
                stage.set_top(Position(spot, max(0, line - stage.rows // 3)), key)
        return True
