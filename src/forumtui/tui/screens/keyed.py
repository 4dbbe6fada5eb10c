"""`KeyedScreen`: which widget has the keys, and questions that take them for a while.

It rests on `SteadyScreen`, which comes to rest however its terminal is pulled about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import events
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.widgets.prompt import PromptLine


class SteadyScreen(Screen[None]):
    """Takes no size but the terminal's own.

    The framework repeats to a screen each size that it takes; two different ones under way would follow each other
    for ever.
    """

    async def on_event(self, event: events.Event) -> None:
        """Pass over a size that the terminal has no more."""
        if not isinstance(event, events.Resize) or event.size == self.app.size:
            await super().on_event(event)


if TYPE_CHECKING:
    from forumtui.tui.app import ForumApp


class KeyedScreen(SteadyScreen):
    """Keys go to one widget, its `holder`, and the focus is there too."""

    def __init__(self, keymap: Keymap, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.keymap = keymap
        self.prompt_line: PromptLine | None = None

    @property
    def place(self) -> Where:
        """What keys mean here."""
        return Where.PAGE

    @property
    def field(self) -> Input | Widget | None:
        """The text field that printable keys go to."""
        return None

    @property
    def rows(self) -> Widget | None:
        """The list or page that cursor keys move in."""
        return None

    def where(self) -> tuple[Where, Widget | None]:
        """What keys go to now; a question comes first."""
        line = self.prompt_line
        if line is not None and line.open:
            return Where.PROMPT, line.field if line.choices is None else None
        return self.place, self.field

    @property
    def holder(self) -> Widget | None:
        """The widget that has the keys, as far as one can see."""
        line = self.prompt_line
        if line is not None and line.open:
            return line.field if line.choices is None else line
        return self.field or self.rows

    @property
    def is_typing(self) -> bool:
        """Whether something is being written or answered here, so that nothing may come in between."""
        return self.where()[0] in {Where.COMPOSE, Where.FORM, Where.PROMPT}

    def focus_holder(self) -> None:
        """Let the focus be where the keys go."""
        holder = self.holder
        if holder is not None and not holder.has_focus:
            self.set_focus(holder)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click, or a widget that went, moved the focus to where the keys do not go: it comes back."""
        if event.widget is not self.holder:
            self.focus_holder()

    # -- questions

    async def ask(self, line: PromptLine) -> str | None:
        """Put a question over the footer and wait for the answer."""
        self.end_question()
        try:
            await self.mount(line)
            self.prompt_line = line
            self.focus_holder()
            if line.choices is None:
                line.field.select_all()  # typing replaces what was suggested
            cast("ForumApp", self.app).runner.asking(line.answer)
            return await line.answer
        finally:
            if self.prompt_line is line:
                self.prompt_line = None
            await line.remove()
            if self.is_attached:
                self.focus_holder()

    def leave_question(self) -> None:
        """The user leaves: the question goes at once, the act that asked hears of it when no debris can follow."""
        line = self.prompt_line
        if line is None or not line.open:
            return

        async def again() -> None:
            line.rest(False)
            self.focus_holder()

        async def end() -> None:
            line.reply(None)

        line.rest(True)
        self.focus_holder()
        cast("ForumApp", self.app).runner.escape.hold(again, end)

    def end_question(self) -> None:
        """Nobody answers any more: the act that asked goes on as if the user had left."""
        if self.prompt_line is not None:
            self.prompt_line.reply(None)

    def on_unmount(self) -> None:
        """A page that goes takes its question with it."""
        self.end_question()

    def answer(self, stroke: str) -> bool:
        """Give a stroke to a question with choices; what quits or redraws everywhere is not for it."""
        line = self.prompt_line
        if line is None or not line.open or line.choices is None:
            return False
        if stroke.startswith("ctrl+") and (stroke,) in self.keymap.bindings[Where.PROMPT]:
            return False
        if stroke == "escape":
            self.leave_question()
        else:
            line.take(stroke)
        return True
