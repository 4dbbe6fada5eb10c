"""`Questions`: what is asked in a line over the footer, and takes the keys until it is answered."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen
from textual.widget import Widget

from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.keys.runner import KeyRunner
from forumtui.tui.widgets.prompt import PromptLine


class Questions:
    """A screen's, one at a time; ``refocus`` lets the focus be where the keys go."""

    def __init__(
        self, screen: Screen[None], keymap: Keymap, runner: Callable[[], KeyRunner], refocus: Callable[[], None]
    ) -> None:
        self.line: PromptLine | None = None
        self._screen = screen
        self._keymap = keymap
        self._runner = runner
        self._refocus = refocus

    @property
    def open(self) -> PromptLine | None:
        """The one that has the keys."""
        return self.line if self.line is not None and self.line.open else None

    async def ask(self, line: PromptLine) -> str | None:
        """Put a question over the footer and wait for the answer; None: the user left."""
        self.end()
        try:
            await self._screen.mount(line)
            self.line = line
            self._refocus()
            if line.choices is None:
                line.field.select_all()  # typing replaces what was suggested
            self._runner().asking(line.answer)
            return await line.answer
        finally:
            if self.line is line:
                self.line = None
            await line.remove()
            if self._screen.is_attached:
                self._refocus()

    async def confirm(self, question: str, *, seen: Callable[[bool], None] | None = None) -> bool:
        """Ask yes or no; anything but y is no.  ``seen``: as `Desk.choose` has it."""
        return await self.ask(PromptLine(question, choices={"y": "yes", "n": "no"}, seen=seen)) == "y"

    def leave(self) -> None:
        """The user leaves: the question goes at once, the act that asked hears of it when no debris can follow."""
        line = self.open
        if line is None:
            return

        async def again() -> None:
            line.rest(False)
            self._refocus()

        async def end() -> None:
            line.reply(None)

        line.rest(True)
        self._refocus()
        self._runner().escape.hold(again, end)

    def end(self) -> None:
        """Nobody answers any more: the act that asked goes on as if the user had left."""
        if self.line is not None:
            self.line.reply(None)

    def answer(self, stroke: str) -> bool:
        """Give a stroke to a question with choices; what quits or redraws everywhere is not for it."""
        line = self.open
        if line is None or line.choices is None:
            return False
        if stroke.startswith("ctrl+") and (stroke,) in self._keymap.bindings[Where.PROMPT]:
            return False
        if stroke == "escape":
            self.leave()
        else:
            line.take(stroke)
        return True


def holder_of(line: PromptLine) -> Widget:
    """The widget that has the keys while this is asked."""
    return line.field if line.choices is None else line
