"""Text measured and cut in terminal cells."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells, set_cell_size

__all__ = ["cell_len", "fit", "left", "right"]


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """``text``, cut to at most ``width`` cells; a cut shows as the ellipsis."""
    if width <= 0:
        return ""
    if len(text) * 2 <= width or cell_len(text) <= width:
        return text
    if width == 1:
        return ellipsis
    return chop_cells(text, width - 1)[0].rstrip() + ellipsis


def left(text: str, width: int, ellipsis: str = "…") -> str:
    """Exactly ``width`` cells, flush left."""
    return set_cell_size(fit(text, width, ellipsis), max(0, width))


def right(text: str, width: int, ellipsis: str = "…") -> str:
    """Exactly ``width`` cells, flush right."""
    fitted = fit(text, width, ellipsis)
    return " " * (width - cell_len(fitted)) + fitted
