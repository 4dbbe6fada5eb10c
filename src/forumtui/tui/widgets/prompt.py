"""`PromptLine`: one line at the bottom that asks for text, or for one of some keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from forumtui.text.sanitise import clean_line


class PromptLine(Horizontal):
    """Stands over the footer while something is asked; `answer` is the user's, or None."""

    DEFAULT_CSS = """
    PromptLine { height: 1; dock: bottom; layer: over; background: $panel; }
    PromptLine Static { width: auto; max-width: 75%; padding: 0 1; text-style: bold; }
    PromptLine .alone { max-width: 100%; }
    PromptLine Input { border: none; padding: 0; height: 1; width: 1fr; background: $panel; }
    PromptLine Input:focus { border: none; }
    """

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        choices: Mapping[str, str] | None = None,
        watch: Callable[[str], None] | None = None,
        completions: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        keys = ", ".join(f"{key}: {meaning}" if meaning else key for key, meaning in (choices or {}).items())
        self._label = clean_line(f"{label} ({keys})" if keys else label)
        self.choices = choices
        self._typed = ""
        self._watch = watch
        self._completions = completions
        self._answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.field = Input(value, select_on_focus=False)
        self.field.cursor_blink = False

    def compose(self) -> ComposeResult:
        """The question, and a field where text is asked for."""
        yield Static(Content(self._label), classes="alone" if self.choices is not None else "")
        if self.choices is None:
            yield self.field

    @property
    def open(self) -> bool:
        """Whether the question still waits."""
        return not self._answer.done()

    async def wait(self) -> str | None:
        """The answer."""
        return await self._answer

    def reply(self, answer: str | None) -> None:
        """Close the question."""
        if not self._answer.done():
            self._answer.set_result(answer)

    def take(self, stroke: str) -> None:
        """A key pressed for a question with choices; Esc leaves, and what is no choice is ignored."""
        if stroke == "escape":
            self.reply(None)
            return
        typed = self._typed + stroke
        choices = self.choices or {}
        if typed in choices:
            self.reply(typed)
        self._typed = typed if any(choice.startswith(typed) for choice in choices) else ""

    def complete(self) -> None:
        """Fill in what the text begins."""
        if self._completions is not None:
            self.field.value = self._completions(self.field.value)
            self.field.cursor_position = len(self.field.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell whoever watches, for a list that narrows while one types."""
        event.stop()
        if self._watch is not None and self.open:
            self._watch(event.value)
