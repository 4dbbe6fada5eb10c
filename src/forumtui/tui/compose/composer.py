"""`Composer`: subject, text and what one needs to know while writing, in one pane beside or under the thread."""

from __future__ import annotations

import re
from collections.abc import Collection

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from forumtui.model import Body
from forumtui.reader.target import OutKind
from forumtui.text.sanitise import clean_line, clean_text
from forumtui.tui.compose.drafting import DraftKeeper, Shown, Text
from forumtui.tui.lists.page_list import PageList, PageRow
from forumtui.tui.render.shelf import text_lines

_MENTION = re.compile(r"(?:^|(?<=[\s(]))@([^\W_][\w.\-]*(?: [\w.\-]*)?)$")


def _nothing(crop: Region) -> list[Strip]:
    """What a field draws once it was taken away: the whole screen may be drawn before the layout knows of it."""
    return [Strip.blank(crop.width)] * crop.height


class SubjectLine(Input):
    """One line."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """As ever, as long as it is there."""
        return super().render_lines(crop) if self.is_attached else _nothing(crop)


class PlainTextArea(TextArea):
    """Pasted text is cleaned like all text from elsewhere."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """As ever, as long as it is there."""
        return super().render_lines(crop) if self.is_attached else _nothing(crop)

    async def _on_paste(self, event: events.Paste) -> None:
        await super()._on_paste(events.Paste(clean_text(event.text)))
        event.prevent_default()
        event.stop()


class Composer(Vertical):
    """Writes one text; `keeper` keeps it."""

    DEFAULT_CSS = """
    Composer { border-top: solid $foreground 25%; }
    Composer .head { height: 1; }
    Composer .what { width: 1fr; height: 1; padding: 0 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    Composer .state { width: auto; height: 1; padding: 0 1; color: $text-muted; }
    Composer Input, Composer Input:focus { border: none; height: 1; padding: 0 1; background: $surface; }
    Composer TextArea, Composer TextArea:focus { border: none; padding: 0 1; height: 1fr; background: $background; }
    Composer PageList { display: none; }
    Composer .names { height: 1; padding: 0 1; color: $text-accent; display: none; }
    Composer.previewing TextArea { display: none; }
    Composer.previewing PageList { display: block; }
    """

    class Typing(Message):
        """The word before the cursor begins a mention: who could be meant?"""

        def __init__(self, prefix: str) -> None:
            super().__init__()
            self.prefix = prefix

    def __init__(self, keeper: DraftKeeper, shown: Shown) -> None:
        super().__init__(id="composer")
        self.keeper = keeper
        self.shown = shown
        start = keeper.start
        self.subject = SubjectLine(clean_line(start.subject), placeholder="Subject", select_on_focus=False)
        self.subject.cursor_blink = False
        self.text = PlainTextArea(clean_text(start.text), tab_behavior="focus", highlight_cursor_line=False)
        self.text.cursor_blink = False
        self.preview = PageList()
        self._names: tuple[str, ...] = ()
        self.writing_subject = keeper.target.kind is OutKind.TOPIC and not start.subject

    def compose(self) -> ComposeResult:
        """Head, subject, text, completions."""
        with Horizontal(classes="head"):
            yield Static(Content(_head(self.keeper.target.kind, self.shown)), classes="what")
            yield Static(Content(""), classes="state")
        yield self.subject
        yield self.text
        yield self.preview
        yield Static(Content(""), classes="names")

    def on_mount(self) -> None:
        """The cursor stands where it stood."""
        document = self.text.document
        cursor = max(0, min(self.keeper.start.cursor, len(self.text.text)))
        self.text.move_cursor(document.get_location_from_index(cursor))  # type: ignore[attr-defined]  # a plain document knows
        self.focus_field()
        self.show_state()

    # -- fields

    @property
    def field(self) -> Widget | None:
        """The text field that has the keys."""
        return None if self.previewing else self.subject if self.writing_subject else self.text

    def focus_field(self) -> None:
        """Give the keys to the subject or the text."""
        self.screen.set_focus(self.preview if self.previewing else self.subject if self.writing_subject else self.text)

    def other_field(self) -> None:
        """From subject to text, or back."""
        self.writing_subject = not self.writing_subject
        self.focus_field()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click may have moved the focus."""
        if event.widget in {self.subject, self.text}:
            self.writing_subject = event.widget is self.subject

    def value(self) -> Text:
        """What stands there now."""
        location = self.text.cursor_location
        cursor = self.text.document.get_index_from_location(location)  # type: ignore[attr-defined]  # a plain document knows
        return Text(self.subject.value, self.text.text, cursor)

    def replace(self, text: str) -> None:
        """Put another text in place, such as the editor's; can be undone with ctrl+z."""
        self.text.replace(clean_text(text).rstrip("\n") + "\n", (0, 0), self.text.document.end)

    # -- keeping

    def on_input_changed(self, event: Input.Changed) -> None:
        """The subject changed."""
        event.stop()
        self._changed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The text changed."""
        event.stop()
        self._changed()
        before = self.text.get_text_range((self.text.cursor_location[0], 0), self.text.cursor_location)
        begun = _MENTION.search(before[-60:])
        if begun:
            self.post_message(self.Typing(begun[1]))
        else:
            self.offer(())

    def _changed(self) -> None:
        if self.is_attached:
            self.keeper.changed(self.value())
            self.show_state()

    async def save(self) -> None:
        """Save what stands here, wherever the keys went with it."""
        if self.is_mounted:
            self.keeper.now = self.value()
        await self.keeper.flush()

    def save_now(self) -> None:
        """Write it at once, blocking, and never raise; for when the line to the person goes."""
        self.keeper.now = self.value()
        self.keeper.save_now()

    def show_state(self, note: str = "") -> None:
        """How long the text is, and whether it is saved."""
        words = len(self.text.text.split())
        kept = "" if self.keeper.uid is None and self.keeper.is_kept else "saved" if self.keeper.is_kept else "…"
        parts = [f"{words} word{'' if words == 1 else 's'}", note or kept]
        self.query_one(".state", Static).update(Content("  ".join(part for part in parts if part)))

    # -- completing names

    def offer(self, names: tuple[str, ...]) -> None:
        """Show who may be meant; Tab takes the first."""
        self._names = names
        line = self.query_one(".names", Static)
        line.display = bool(names)
        offered = "  ".join(f"@{clean_line(name)}" for name in names)
        line.update(Content.assemble(offered, ("   Tab takes the first" if names else "", "dim")))

    def complete(self) -> bool:
        """Take the first name offered; False if there is none."""
        if not self._names or self.writing_subject:
            return False
        row, column = self.text.cursor_location
        before = self.text.get_text_range((row, 0), (row, column))
        begun = _MENTION.search(before)
        if begun is None:
            return False
        self.text.replace(f"@{clean_line(self._names[0])} ", (row, begun.start()), (row, column))
        self.text.move_cursor((row, begun.start() + len(self._names[0]) + 2))
        self.offer(())
        return True

    # -- preview

    @property
    def previewing(self) -> bool:
        """Whether the text is shown as a post."""
        return self.has_class("previewing")

    async def toggle_preview(self, names: Collection[str] = ()) -> None:
        """Show the text as it will look, or go on writing."""
        if not self.previewing:
            body = Body(self.text.text, self.keeper.target.format)
            lines = await text_lines(body, self.size.width - 3, names=names)
            await self.preview.show(PageRow(number, line) for number, line in enumerate(lines))
        self.toggle_class("previewing")
        self.focus_field()


def _head(kind: OutKind, shown: Shown) -> str:
    """What is being written, where, and to whom, in one line."""
    what = {
        OutKind.TOPIC: "New topic",
        OutKind.REPLY: f"Reply to {shown.to}" if shown.to else "Reply",
        OutKind.EDIT: "Edit my post",
        OutKind.DELETE: "Delete",
    }[kind]
    return clean_line(f"{what}  in  {shown.where}" if shown.where else what)
