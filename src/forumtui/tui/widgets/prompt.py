"""`PromptLine`: one line at the bottom that asks for text, or for one of some keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Offset
from textual.widgets import Input, Static

from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.keymap import shown
from forumtui.tui.render.cells import cell_len


class PromptLine(Horizontal):
    """Stands over the footer while something is asked; `answer` is the user's, or None."""

    DEFAULT_CSS = """
    PromptLine { height: 1; dock: bottom; layer: over; background: $panel; }
    PromptLine Static { width: auto; max-width: 75%; padding: 0 1; text-style: bold; }
    PromptLine.choosing { height: auto; max-height: 4; }
    PromptLine.choosing Static { width: 100%; max-width: 100%; }
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
        seen: Callable[[bool], None] | None = None,
    ) -> None:
        super().__init__()
        self.can_focus = choices is not None
        self.set_class(choices is not None, "choosing")
        keys = ", ".join(f"{key}: {meaning}" for key, meaning in (choices or {}).items() if meaning)
        self._label = clean_line(f"{label} ({keys})" if keys else label)
        self._note = ""
        self.choices = choices
        self._typed = ""
        self._first = value
        self._resting = False
        self._watch = watch
        self._completions = completions
        self._seen = seen
        self._answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.field = Input(value, select_on_focus=False)
        self.field.cursor_blink = False

    def compose(self) -> ComposeResult:
        """The question, and a field where text is asked for."""
        yield Static(Content(self._label))
        if self.choices is None:
            yield self.field

    @property
    def open(self) -> bool:
        """Whether the question still waits, and shows."""
        return not self._answer.done() and not self._resting

    @property
    def answer(self) -> asyncio.Future[str | None]:
        """Done once there is an answer."""
        return self._answer

    def reply(self, answer: str | None) -> None:
        """Close the question."""
        if not self._answer.done():
            self._answer.set_result(answer)

    def rest(self, resting: bool) -> None:
        """Be out of sight, with the text as it is, until it is certain that the user left; or be back."""
        if not self._answer.done():
            self._resting = resting
            self.display = not resting
            if self._watch is not None:
                self._watch(self._first if resting else self.field.value)
            if self._seen is not None:
                self._seen(not resting)

    def take(self, stroke: str) -> None:
        """A key pressed for a question with choices; what is no choice is said to be none."""
        choices = self.choices or {}
        typed = self._typed[:-1] if stroke == "backspace" else self._typed + stroke
        begins = not typed or any(choice.startswith(typed) for choice in choices)
        self._typed = typed if begins else ""
        self._note = "" if begins else f'"{shown(stroke)}" is no answer; Esc leaves'
        self.query_one(Static).update(Content(self.said))
        if typed in choices:
            self.reply(typed)

    @property
    def said(self) -> str:
        """The question, what was typed of an answer, and that a key was none."""
        return "  ".join(part for part in (self._label, self._typed, self._note) if part)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor stands while one of some keys is asked for: behind the question, if that is short."""
        region, behind = self.region, cell_len(self.said) + 2
        return Offset(region.x + (behind if behind < region.width else 1), region.y)

    def complete(self) -> None:
        """Fill in what the text begins."""
        if self._completions is not None:
            self.field.value = self._completions(self.field.value)
            self.field.cursor_position = len(self.field.value)

    def on_unmount(self) -> None:
        """Nobody answers any more: the act that asked goes on as if the user had left."""
        self.reply(None)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell whoever watches, for a list that narrows while one types."""
        event.stop()
        if self._watch is not None and self.open:
            self._watch(event.value)
