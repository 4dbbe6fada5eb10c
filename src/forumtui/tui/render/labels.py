"""Labels beside links: no word is covered, and what no longer fits on its line goes on below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from forumtui.text.blocks import Line, Run
from forumtui.tui.render.cells import cell_len


def labelled(line: Line, labels: Mapping[int, str], width: int) -> Iterator[Line]:
    """The line with a label in brackets before the first words of each link, in as many lines as that takes."""
    runs: list[Run] = []
    to_come = dict(labels)
    for run in line.runs:
        if run.link is not None and run.link in to_come:
            runs.append(Run(f"[{to_come.pop(run.link)}]", "hint", run.link))
        runs.append(run)
    lead = _lead(line) if cell_len("".join(run.text for run in _lead(line))) * 2 < width else ()
    while (end := _end(runs, lead, width)) is not None:
        yield replace(line, runs=_part(runs, 0, end))
        text = "".join(run.text for run in runs)
        runs = [*lead, *_part(runs, end + len(text[end:]) - len(text[end:].lstrip(" ")), len(text))]
    yield replace(line, runs=tuple(runs))


def _lead(line: Line) -> tuple[Run, ...]:
    """Bars and blanks that a line begins with."""
    edge = tuple(takewhile(lambda run: run.style == "bar" or not run.text.strip(), line.runs))
    text = next((run.text for run in line.runs[len(edge) :]), "")
    return (*edge, Run(" " * (len(text) - len(text.lstrip(" ")))))


def _end(runs: Sequence[Run], lead: Sequence[Run], width: int) -> int | None:
    """Where a line that is too long is broken: behind the last word that fits, or within one that never would."""
    text = "".join(run.text for run in runs)
    if cell_len(text.rstrip(" ")) <= width:
        return None
    least = sum(len(run.text) for run in lead) + 1
    most = max(end for end in range(least, len(text) + 1) if end == least or cell_len(text[:end]) <= width)
    at = most if text[most : most + 1] == " " else text.rfind(" ", least, most)
    return at if at > least else most


def _part(runs: Sequence[Run], start: int, end: int) -> tuple[Run, ...]:
    """The runs between two offsets of their text."""
    parts, at = [], 0
    for run in runs:
        first, last = max(start - at, 0), min(end - at, len(run.text))
        if first < last:
            parts.append(replace(run, text=run.text[first:last]))
        at += len(run.text)
    return tuple(parts)
