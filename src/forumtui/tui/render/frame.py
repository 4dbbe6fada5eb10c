"""What a row needs to know of the pane that it is drawn in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from forumtui.model import Millis
from forumtui.text.blocks import Line
from forumtui.tui.render.glyphs import UNICODE, Glyphs
from forumtui.values import dataclass

R_contra = TypeVar("R_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Frame:
    """The room for a row, in cells, without the cursor's own cell; and the moment that ages count to."""

    width: int
    now: Millis
    glyphs: Glyphs = UNICODE


class RowRenderer(Protocol[R_contra]):
    """Draws a list's rows; all are equally high at one width."""

    def height(self, width: int) -> int:
        """Lines a row takes in ``width`` cells."""

    def lines(self, row: R_contra, frame: Frame) -> Sequence[Line]:
        """The row, in `height` lines."""
