"""Bodies laid out into lines, kept by all that their lines depend on.

Parsing and laying out a stranger's text never holds up the screen: what takes little is done where it is asked for,
as long as a turn of the event loop has not done much of it yet; all else is done in a thread.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from functools import cache

from forumtui.model import Body, Format
from forumtui.text.blocks import Line, Run, Target
from forumtui.text.cover import covered
from forumtui.text.effort import steps
from forumtui.text.layout import lay_out
from forumtui.text.parse import LONGEST, is_loaded, parse
from forumtui.tui.render.cells import cell_len
from forumtui.values import quick_dataclass

_SHORT = 4_000
"""Characters; whether a longer text takes little is not even asked."""
_STEPS_A_TURN = 2_500
"""See `steps`: about a hundredth of a second."""
_MOST_LINES = 20_000
"""Kept for their own sake; posts that are shown are kept anyway.  Each is a few objects to look at for the garbage collector."""
_MOST_BODIES = 512
_MANY = 500
"""Lines."""
_FREE = 3
"""Lines that a body counts for besides its own."""


@quick_dataclass(frozen=True, slots=True)
class Wanted:
    """A body as it is to be shown: every line in ``style`` besides its own, and behind ``indent``."""

    body: Body
    width: int
    names: tuple[str, ...] = ()
    style: str = ""
    indent: str = ""
    edge: Run | None = None
    """What stands between the indent and every line of somebody else's words; their links lead nowhere."""
    ascii_only: bool = False
    fold_quotes: bool = False
    cover: bool = False
    """Whether what its author hid is covered."""
    base: str = ""
    """The address of the page that an HTML body stands on: its links may be relative to that."""


@quick_dataclass(frozen=True, slots=True)
class LaidOut:
    """The lines of a body, and what its links lead to."""

    lines: tuple[Line, ...]
    links: tuple[Target, ...]


def laid_out(wanted: Wanted) -> LaidOut:
    """Do it, whatever it takes."""
    document = parse(wanted.body, names=wanted.names, base=wanted.base)
    if wanted.cover:
        document = covered(document, ascii_only=wanted.ascii_only)
    lines = lay_out(
        document, wanted.width, measure=cell_len, ascii_only=wanted.ascii_only, fold_quotes=wanted.fold_quotes
    )
    if wanted.style or wanted.indent or wanted.edge is not None:
        before = (Run(wanted.indent),) if wanted.indent else ()
        lines = [_placed(line, wanted, before) for line in lines]
    return LaidOut(tuple(lines), document.links if wanted.edge is None else ())


def _placed(line: Line, wanted: Wanted, indent: tuple[Run, ...]) -> Line:
    runs = line.runs
    if wanted.style:
        runs = tuple(Run(run.text, f"{run.style} {wanted.style}".strip(), run.link) for run in runs)
    if wanted.edge is not None:
        runs = (wanted.edge, *(Run(run.text, run.style) for run in runs))
    return Line((*indent, *runs) if runs else (), line.quoted or wanted.edge is not None, line.source)


class Shelf:
    """What was laid out last, and what may still be done in this turn of the event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Wanted, LaidOut] = OrderedDict()
        self._lines = 0
        self._spent = 0
        self._at_work: dict[Wanted, asyncio.Task[LaidOut]] = {}

    def at_hand(self, wanted: Wanted) -> LaidOut | None:
        """The lines, if they are there or take little; None: await `fetch`."""
        found = self._kept.get(wanted)
        if found is not None:
            self._kept.move_to_end(wanted)
            return found
        if takes_long(wanted.body):
            return None
        effort = steps(wanted.body.source, wanted.body.format)
        if self._spent + effort > _STEPS_A_TURN:
            return None
        if not self._spent:
            asyncio.get_running_loop().call_soon(self._turn_over)
        self._spent += effort
        return self._keep(wanted, laid_out(wanted))

    async def fetch(self, wanted: Wanted) -> LaidOut:
        """The lines; what takes long is done in a thread, and to the end even where nobody waits for it any more."""
        found = self.at_hand(wanted)
        if found is not None:
            return found
        work = self._at_work.get(wanted)
        if work is None:
            work = self._at_work[wanted] = asyncio.create_task(self._work(wanted))
        return await asyncio.shield(work)

    async def _work(self, wanted: Wanted) -> LaidOut:
        try:
            return self._keep(wanted, await asyncio.to_thread(laid_out, wanted))
        finally:
            del self._at_work[wanted]

    def _turn_over(self) -> None:
        self._spent = 0

    def _keep(self, wanted: Wanted, found: LaidOut) -> LaidOut:
        if wanted not in self._kept:
            self._lines += len(found.lines) + _FREE
        self._kept[wanted] = found
        while len(self._kept) > 1 and (self._lines > _MOST_LINES or len(self._kept) > _MOST_BODIES):
            _, gone = self._kept.popitem(last=False)
            self._lines -= len(gone.lines) + _FREE
        return found


def takes_long(body: Body) -> bool:
    """Whether it is always laid out in a thread."""
    return len(body.source) > _SHORT or not is_loaded(body.format)


def shown_body(body: Body) -> Body:
    """A body without what is never shown, so that keeping it costs little."""
    return body if len(body.source) <= LONGEST + 1 else Body(body.source[: LONGEST + 1], body.format)


async def text_lines(text: str | Body, width: int, style: str = "", names: Collection[str] = ()) -> Sequence[Line]:
    """A text, or the body of a post or page, laid out in ``width`` cells; ``names``: whom a mention may mean."""
    body = text if isinstance(text, Body) else Body(text, Format.PLAIN)
    found = await _of_pages().fetch(Wanted(shown_body(body), max(10, width), tuple(names), style))
    if len(found.lines) > _MANY:
        await asyncio.sleep(0)  # so many lines are work for whoever goes through them
    return found.lines


@cache
def _of_pages() -> Shelf:
    """What all pages show."""
    return Shelf()
