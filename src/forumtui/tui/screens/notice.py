"""`NoticeScreen`: what befell the library: what was lost, what came back, where the old file is."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.tui.keys import Keymap
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.page import PageScreen
from forumtui.tui.widgets.page_list import PageRow, text_lines


class NoticeScreen(PageScreen):
    """Shows at each start until it was left: then it was seen."""

    follows_library = False
    title_path = ("Your library",)

    def __init__(self, keymap: Keymap, notice: str) -> None:
        super().__init__(keymap)
        self._notice = notice

    async def lines(self, width: int) -> Sequence[PageRow]:
        """A paragraph for each sentence, then how to leave."""
        lines = []
        for number, paragraph in enumerate(self._notice.splitlines()):
            lines += [*await text_lines(paragraph, width, "warning" if number == 0 else ""), line_of("")]
        lines += [line_of(("Esc closes this; it is not shown again.", "dim"))]
        return [PageRow(number, line) for number, line in enumerate(lines)]

    async def leave(self) -> None:
        """It was seen."""
        self.desk.library.notice_seen()
        await super().leave()
