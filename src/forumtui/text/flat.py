"""A body as lines of plain text, for pipes, files and screen readers."""

from __future__ import annotations

from collections.abc import Collection

from forumtui.model import Body
from forumtui.text.layout import lay_out
from forumtui.text.parse import parse
from forumtui.text.sanitise import guard


def plain_lines(body: Body, width: int = 80, names: Collection[str] = (), base: str = "") -> list[str]:
    """The lines of a body without styles, marked with ASCII only; addresses hidden behind words follow at the end.

    ``base``: see `parse`.
    """
    document = parse(body, names=names, base=base)
    lines = [guard(line.text.rstrip()) for line in lay_out(document, width, ascii_only=True)]
    hidden = dict.fromkeys(target for target in document.links if target.label != target.url)
    if hidden:
        lines += ["", *(guard(f"[{_label(target.label)}] {target.url}") for target in hidden)]
    return lines


def _label(label: str) -> str:
    return " ".join(label.split()) or "link"
