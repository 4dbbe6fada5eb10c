"""`DiffedDisplay`: an app that writes to the terminal only what changed, as curses programs do; `HardwareCursor` says where its own cursor stands.

Over a slow line that is the difference between a page that appears and one that crawls.  No screen is drawn while an
earlier one is not written yet: when it is, the screen of that moment is drawn, as the difference to it.  It leans on how
Textual 8.2 hands over a painted screen (`App._display` and the compositor's updates).  Where those are not as
expected, or with FORUMTUI_PLAIN_OUTPUT=1, Textual's own output is used, still guarded against control characters.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from rich.segment import Segment
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.color import Color
from textual.filter import LineFilter, Monochrome
from textual.geometry import Offset
from textual.strip import Strip

from forumtui.text.sanitise import clean_copy, guard
from forumtui.tui.keys.keymap import is_drawn_elsewhere
from forumtui.tui.terminal.shadow import Piece, Shadow

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from textual.driver import Driver
    from textual.screen import Screen

    from forumtui.tui.terminal.outlet import Outlet
    from forumtui.tui.terminal.typed_ahead import TypedAhead

_CANNOT_SCROLL = ("vt100", "vt52")
"""Terminals without insert and delete line."""


def is_known_textual() -> bool:
    """Whether this Textual hands over its screens as expected."""
    return (
        hasattr(App, "_display")
        and hasattr(ChopsUpdate, "render_segments")
        and {"chops", "spans"} <= set(ChopsUpdate.__init__.__code__.co_varnames)
        and {"strips", "region"} <= set(LayoutUpdate.__init__.__code__.co_varnames)
    )


class _Difference(CompositorUpdate):
    """A painted update that is written as the difference to what the terminal shows."""

    def __init__(self, shadow: Shadow, size: tuple[int, int], painted: Iterable[tuple[int, int, Strip]]) -> None:
        self.shadow = shadow
        self.size = size
        self.painted = painted

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal."""
        system = COLOR_SYSTEMS.get(console.color_system or "truecolor", ColorSystem.TRUECOLOR)
        return self.shadow.update(*self.size, ((y, x, _pieces(strip, system)) for y, x, strip in self.painted))


def _pieces(strip: Strip, system: ColorSystem) -> Iterator[Piece]:
    for text, style, control in strip:
        if text and not control:
            yield text, Strip.render_ansi(style, system) if style is not None else ""


def _layout_rows(update: LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            if strip is not None:
                yield y, x, strip
                x += strip.cell_length


def _chop_rows(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Only what lies inside the update's spans: beside them a chop may hold what another widget covers."""
    for y, start, end in update.spans:
        for x, strip in update.chops[y].items():
            if strip is None or x >= end or x + strip.cell_length <= start:
                continue
            first = max(x, start)
            yield y, first, strip.crop(first - x, min(end, x + strip.cell_length) - x)


def _guarded(strip: Strip | None) -> Strip | None:
    """The strip without anything that could steer the terminal."""
    if strip is None or all(segment.text.isprintable() for segment in strip):
        return strip
    segments = [
        Segment(guard(text), style, control) if not control else Segment(text, style, control)
        for text, style, control in strip
    ]
    return Strip(segments, strip.cell_length)


class Colourless(LineFilter):
    """What NO_COLOR asks for: the terminal's own colours, not greys; weight, underlining and reverse stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - a LineFilter
        """The segments without a foreground and without a background."""
        return [Segment(text, style.without_color if style else style, control) for text, style, control in segments]


class DiffedDisplay(App[ReturnType]):
    """An app whose output is the difference between two screens."""

    _shadow: Shadow | None = None
    _written_by: Outlet | None = None
    typed_ahead: TypedAhead | None = None
    """Of a terminal whose keys were kept before it is taken over."""
    when_lost: Callable[[], None] | None = None
    """What to do when the terminal is no more, instead of just ending."""

    def get_driver_class(self) -> type[Driver]:
        """The driver that nothing holds up, unless another is named, such as the one for a browser."""
        if is_drawn_elsewhere(os.environ):
            return super().get_driver_class()
        from forumtui.tui.terminal.driver import TerminalDriver

        return TerminalDriver

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With NO_COLOR, the framework's greys give way to no colour at all."""
        filters = super().get_line_filters()
        if not self.no_color:
            return filters
        return [*(each for each in filters if not isinstance(each, Monochrome)), Colourless()]

    def terminal_lost(self) -> None:
        """The terminal is no more."""
        (self.when_lost or self.exit)()

    def copy_to_clipboard(self, text: str) -> None:
        """Whatever is copied is cleaned: what a stranger wrote is pasted into other programs."""
        super().copy_to_clipboard(clean_copy(text))

    def redraw_terminal(self) -> None:
        """Lay out and write the whole screen again, for when something else wrote over it."""
        if self._shadow is not None:
            self._shadow.forget()
        self.refresh(layout=True)

    async def on_event(self, event: events.Event) -> None:
        """A terminal that was resized may have moved its lines, even if the size is the old one again."""
        if isinstance(event, events.Resize) and self._shadow is not None:
            self._shadow.forget()
        await super().on_event(event)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        outlet = self._outlet
        if outlet is None or renderable is None or not outlet.is_behind(self._written):
            super()._display(screen, self._diffed(screen, renderable))

    @property
    def _outlet(self) -> Outlet | None:
        return getattr(self._driver, "outlet", None)

    def _written(self) -> None:
        """The terminal has all that it was sent, but not what was to be drawn since; called from the outlet's thread."""
        call_app = getattr(self._driver, "call_app", None)
        if call_app is not None:
            call_app(lambda: self.call_later(self.refresh))

    def _diffed(self, screen: Screen[Any], renderable: object) -> Any:
        """The update as a difference, where that can be."""
        if not isinstance(renderable, ChopsUpdate | LayoutUpdate) or not self._is_shown() or not is_known_textual():
            return renderable
        if os.environ.get("FORUMTUI_PLAIN_OUTPUT") == "1":
            return _guarded_update(renderable)
        shadow, size = self._shadow_of_terminal(), (self.size.width, self.size.height)
        if isinstance(renderable, ChopsUpdate):
            if shadow.knows(*size):
                return _Difference(shadow, size, _chop_rows(renderable))
            renderable = screen._compositor.render_full_update()  # noqa: SLF001  # nothing is known: all of it
        return _Difference(shadow, size, _layout_rows(renderable))

    def _is_shown(self) -> bool:
        """Whether Textual will really write now; otherwise the shadow must not follow."""
        driver = self._driver
        return (
            driver is not None
            and not driver.is_inline
            and not self.is_headless
            and self._running
            and not self._batch_count
        )

    def _shadow_of_terminal(self) -> Shadow:
        """The shadow; it knows nothing after a start, a suspension or a stop, which all make a new outlet."""
        if self._shadow is None:
            self._shadow = Shadow(can_scroll=not os.environ.get("TERM", "").startswith(_CANNOT_SCROLL))
        if self._outlet is not self._written_by:
            self._written_by = self._outlet
            self._shadow.forget()
        return self._shadow


def _guarded_update(update: ChopsUpdate | LayoutUpdate) -> CompositorUpdate:
    if isinstance(update, LayoutUpdate):
        return LayoutUpdate(
            [[strip for each in strips if (strip := _guarded(each)) is not None] for strips in update.strips],
            update.region,
        )
    chops = [{x: _guarded(strip) for x, strip in line.items()} for line in update.chops]
    return ChopsUpdate(chops, update.spans, update.chop_ends)


class HardwareCursor(App[ReturnType]):
    """An app whose screens say which widget has the keys; that one says where its cursor is, whenever a screen is painted.

    The framework lets any widget move the cursor when something of its own changes, seen or not.
    """

    @property
    def cursor_position(self) -> Offset:
        """Asked at each painting, so that it is never older than what is painted."""
        holder = getattr(self.screen, "holder", None)
        offset = getattr(holder, "cursor_screen_offset", None)
        return offset if isinstance(offset, Offset) else Offset(0, 0)

    @cursor_position.setter
    def cursor_position(self, offset: Offset) -> None:
        """What a widget claims is asked for again when it counts."""
