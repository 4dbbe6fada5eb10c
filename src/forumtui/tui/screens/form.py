"""`FormScreen`: the fields that a forum asks for, above what one should know before filling them in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from forumtui.model import Option
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.keys.runner import sentence
from forumtui.tui.lists.page_list import PageList, PageRow
from forumtui.tui.render.cells import preferred_glyphs
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.services.shared import Tone
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Form:
    """``intro`` makes the lines below the fields for a width; ``send`` answers with what is to be said, or raises.

    ``check`` says what is wrong before anything is sent, or "".  ``question`` must be answered with yes then, else
    ``unless`` is said.
    """

    title_path: tuple[str, ...]
    heading: str
    fields: Sequence[Option]
    intro: Callable[[int], Awaitable[Sequence[PageRow]]]
    send: Callable[[dict[str, str]], Awaitable[str]]
    values: Mapping[str, str]
    check: Callable[[Mapping[str, str]], str] = lambda _values: ""
    question: str = ""
    unless: str = ""


class FormField(Horizontal):
    """A name and what is typed beside it; secrets show as dots."""

    DEFAULT_CSS = """
    FormField { height: 1; }
    FormField Static { width: 18; padding: 0 1 0 0; }
    FormField Input, FormField Input:focus { border: none; padding: 0; height: 1; width: 1fr; background: $surface; }
    """

    def __init__(self, option: Option, value: str) -> None:
        super().__init__()
        self.option = option
        self.label = clean_line(option.name.replace("_", " ").capitalize(), 15)
        help_line = clean_line(option.help)
        self.input = Input(
            value,
            placeholder=help_line if option.required else f"{help_line} (may be left empty)",
            password=option.secret,
            select_on_focus=False,
        )
        self.input.cursor_blink = False

    def compose(self) -> ComposeResult:
        """The name, then the field."""
        yield Static(Content(f"  {self.label}"))
        yield self.input

    def show_here(self, here: bool) -> None:
        """Whether it has the keys."""
        sign = preferred_glyphs().cursor if here else " "
        label = Content(f"{sign} {self.label}")
        self.query_one(Static).update(label.stylize("bold") if here else label)


class FormScreen(AppScreen):
    """Enter and Tab go from field to field; an error stands below them, and what was typed stays."""

    CSS = """
    FormScreen PageList { padding: 0 1; margin: 1 0 0 0; }
    #form-heading { height: auto; padding: 0 1 0 3; text-style: bold; }
    #form { height: auto; padding: 0 1; }
    #form-state { height: auto; max-height: 4; padding: 0 1 0 3; text-style: bold; }
    #form-state.problem { color: $text-error; }
    """

    def __init__(self, keymap: Keymap, form: Form) -> None:
        super().__init__(keymap)
        self.form = form
        self.title_path = form.title_path
        self.page = PageList()
        self.page.can_focus = False
        self.form_fields = [FormField(option, form.values.get(option.name, "")) for option in form.fields]
        self._here: Input | None = None
        self._sending = False

    def body(self) -> ComposeResult:
        """The fields, what is wrong with them, and what one should know: that may be long, and scrolls."""
        yield Static(Content(clean_line(self.form.heading)), id="form-heading")
        with Vertical(id="form"):
            yield from self.form_fields
        yield Static(id="form-state")
        yield self.page

    @property
    def place(self) -> Where:
        """The form's own keys."""
        return Where.FORM

    @property
    def field(self) -> Input | None:
        """The field that has the keys, and has them again after a question."""
        return self._here

    @property
    def rows(self) -> Widget:
        """What stands below the fields scrolls."""
        return self.page

    async def load(self) -> None:
        """The first field that is empty gets the keys."""
        await self._show_intro()
        empty = (each for each in self.form_fields if not each.input.value)
        self._go_to(next(empty, self.form_fields[0]))

    async def _show_intro(self) -> None:
        await self.page.show(await self.form.intro(min(100, self.app.size.width - 4)))

    def on_resize(self, event: events.Resize) -> None:
        """Lines follow the width."""
        del event
        self.services.background(self._show_intro, "page")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The field with the keys is marked."""
        del event
        for each in self.form_fields:
            each.show_here(each.input is self.focused)
            if each.input is self.focused:
                self._here = each.input

    def _go_to(self, field: FormField) -> None:
        """The very next key is for this field, though the focus is told of only later."""
        self._here = field.input
        self.set_focus(field.input)

    def step(self, by: int) -> bool:
        """To another field, round the ends; whether there was one that way without going round."""
        here = next((n for n, each in enumerate(self.form_fields) if each.input is self._here), 0)
        self._go_to(self.form_fields[(here + by) % len(self.form_fields)])
        return 0 <= here + by < len(self.form_fields)

    @property
    def at_last(self) -> bool:
        """Whether the last field has the keys."""
        return self.form_fields[-1].input is self._here

    async def submit(self) -> None:
        """Send what is filled in, beside the keys, once what is needed is there."""
        if self._sending:
            return
        for each in self.form_fields:
            if each.option.required and not each.input.value.strip():
                self._go_to(each)
                self.tell(f"{each.label} is needed.")
                return
        values = {each.option.name: each.input.value for each in self.form_fields if each.input.value}
        if problem := self.form.check(values):
            self.tell(problem)
            return
        if self.form.question and not await self.questions.confirm(self.form.question, seen=self._tell_of_question):
            self.tell(self.form.unless)
            return
        self._sending = True
        self.tell("Asking the forum …", problem=False)
        self.services.background(partial(self._send, values), "form")

    def _tell_of_question(self, seen: bool) -> None:
        self.tell("" if seen else self.form.unless)

    async def _send(self, values: dict[str, str]) -> None:
        try:
            done = await self.form.send(values)
        except Exception as error:  # noqa: BLE001 - it ends in a sentence, where the fields are
            self._sending = False
            if self in self.app.screen_stack:
                self.tell(sentence(error))
            else:
                self._tell_who_reads(sentence(error), "error")
            return
        await self.leave()
        self._tell_who_reads(done, "success")

    def _tell_who_reads(self, text: str, tone: Tone) -> None:
        """Say something on the screen that is there instead of this one."""
        if isinstance(self.app.screen, AppScreen):
            self.app.screen.say(text, tone)

    def tell(self, text: str, *, problem: bool = True) -> None:
        """Say something below the fields."""
        state = self.query_one("#form-state", Static)
        state.update(Content(clean_line(text, 600)))
        state.set_class(problem, "problem")
