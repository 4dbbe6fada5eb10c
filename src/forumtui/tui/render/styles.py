"""From style names to looks: few colours, one accent; weight and space carry the rest.

Names of `forumtui.text.blocks` and of the rows here resolve through one table per theme.  A name that is not
in the table is plain, so a new one is never an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style
from textual.app import App
from textual.color import Color

from forumtui.tui.render.cells import Glyphs, preferred_glyphs

_WEIGHTS = {
    "strong": Style(bold=True),
    "em": Style(italic=True),
    "strike": Style(strike=True),
    "underline": Style(underline=True),
    "marked": Style(reverse=True),
    "link": Style(underline=True),
    "heading": Style(bold=True),
    "table-head": Style(bold=True),
    "title-unread": Style(bold=True),
    "author": Style(bold=True),
    "unread": Style(bold=True),
    "key": Style(bold=True),
    "hit": Style(reverse=True),
    "hit-now": Style(reverse=True, bold=True, underline=True),
    "hint": Style(reverse=True, bold=True),
    "chosen": Style(reverse=True),
    "error": Style(bold=True),
    "pending": Style(bold=True),
    "new": Style(bold=True),
}
_SHADES = {
    "dim": (
        "quote",
        "list-mark",
        "table-rule",
        "hidden-note",
        "image",
        "fence-mark",
        "age",
        "badge",
        "count",
        "number",
        "note",
    ),
    "faint": ("rule", "bar", "separator"),
    "accent": ("unread", "new", "mention", "link", "mark", "cursor-sign", "key", "here"),
    "warning": ("pending", "warning"),
    "error": ("error",),
    "success": ("success",),
    "code": ("code", "fence"),
}


class Looks:
    """Style names as rich styles, for one theme; ``name`` tells two themes apart."""

    def __init__(self, name: str, shades: Mapping[str, Style], glyphs: Glyphs) -> None:
        self.name = name
        self.glyphs = glyphs
        self._table: dict[str, Style] = dict(_WEIGHTS)
        for shade, names in _SHADES.items():
            for style_name in (shade, *names):
                self._table[style_name] = self._table.get(style_name, Style.null()) + shades[shade]
        self.cursor = shades["cursor"]
        """Lies under the row that the keys act on."""
        self._resolved: dict[tuple[str, Style], Style] = {}

    def style(self, names: str, base: Style) -> Style:
        """``names``, joined by spaces, over a pane's ``base``."""
        key = (names, base)
        found = self._resolved.get(key)
        if found is None:
            if len(self._resolved) > 1024:
                self._resolved.clear()
            found = base
            for name in names.split():
                found += self._table.get(name, Style.null())
            self._resolved[key] = found
        return found


def looks_for(app: App[object]) -> Looks:
    """The looks of the theme that the app shows now."""
    variables = app.theme_variables
    return _looks(
        app.theme,
        app.native_ansi_color or app.no_color,  # without colours, a row is told by reverse
        variables["foreground"],
        variables["background"],
        variables.get("text-accent", variables["accent"]),
        variables.get("text-warning", variables["warning"]),
        variables.get("text-error", variables["error"]),
        variables.get("text-success", variables["success"]),
        preferred_glyphs(),
    )


@lru_cache(16)
def _looks(
    name: str,
    ansi: bool,
    foreground: str,
    background: str,
    accent: str,
    warning: str,
    error: str,
    success: str,
    glyphs: Glyphs,
) -> Looks:
    return Looks(
        name,
        _ansi_shades() if ansi else _blended_shades(foreground, background, accent, warning, error, success),
        glyphs,
    )


def _ansi_shades() -> dict[str, Style]:
    """The terminal's own sixteen colours, and no background but reverse."""
    return {
        "dim": Style(dim=True),
        "faint": Style(dim=True),
        "accent": Style(color="cyan"),
        "warning": Style(color="yellow"),
        "error": Style(color="red"),
        "success": Style(color="green"),
        "code": Style(color="cyan"),
        "cursor": Style(reverse=True),
    }


def _blended_shades(
    foreground: str, background: str, accent: str, warning: str, error: str, success: str
) -> dict[str, Style]:
    front, back, bright = _color(foreground), _color(background), _color(accent)

    def ink(color: Color) -> Style:
        return Style(color=color.rich_color)

    return {
        "dim": ink(front.blend(back, 0.36)),
        "faint": ink(front.blend(back, 0.66)),
        "accent": ink(bright),
        "warning": ink(_color(warning)),
        "error": ink(_color(error)),
        "success": ink(_color(success)),
        "code": ink(front.blend(bright, 0.35)),
        "cursor": Style(bgcolor=back.blend(bright, 0.20).rich_color),
    }


def _color(value: str) -> Color:
    """A theme variable as a colour; "auto ..." has none of its own, so it is taken as grey."""
    return Color.parse("#888888" if value.startswith("auto") else value)
