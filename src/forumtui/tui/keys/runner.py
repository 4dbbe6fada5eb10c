"""Keys are handled strictly one after the other, so that typing ahead means what it would have meant slowly.

Text that came at once may go into a field, or be an address; it is never a command.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from textual import events
from textual.message_pump import MessagePump
from textual.widget import Widget
from textual.widgets import Input

from forumtui.errors import ForumtuiError
from forumtui.text.pattern import pattern
from forumtui.text.sanitise import clean_text
from forumtui.tui.keys.commands import Command, Where
from forumtui.tui.keys.held_escape import HeldEscape, Work
from forumtui.tui.keys.keymap import Dispatcher, Kind, Outcome, shown
from forumtui.tui.keys.strokes import DEBRIS, Typed, key_event, stroke_of

_ADDRESS = pattern(r"(?a)[A-Za-z][A-Za-z0-9+.\-]*:\S+|[\w\-]+(?:\.[\w\-]+)+(?:[:/]\S*)?|[\w\-.]+/\S+")
_PATH = pattern(r"(?:~[\w\-]*/|/|\.\.?/)[^\n]*")
_LONGEST_ADDRESS = 2000


def one_line(text: str) -> str:
    """Pasted text for a field of one line: its lines side by side, the line ends around it dropped."""
    return clean_text(text).strip("\n").replace("\n", " ")


def address_in(text: str) -> str | None:
    """The path or address that a pasted text is, if it is one."""
    line = clean_text(text).strip()
    found = len(line) <= _LONGEST_ADDRESS and line.isprintable() and (_ADDRESS.fullmatch(line) or _PATH.fullmatch(line))
    return line if found and "\ufffd" not in line else None


def typed_first(text: str, *, line_ends: bool) -> int:
    """How many characters from the start a text field takes as they are; ``line_ends``: these too."""
    return next(
        (n for n, each in enumerate(text) if not (each.isprintable() or (line_ends and each in "\r\n"))), len(text)
    )


log = logging.getLogger(__name__)


class Place(Protocol):
    """What the runner asks: where keys go, and what commands do there."""

    def where(self) -> tuple[Where, Widget | None]:
        """What keys go to, and the text field that has them, if any."""

    def answer(self, stroke: str) -> bool:
        """Whether a question that is open took this stroke, as its answer or as none."""

    def show_pending(self, outcome: Outcome) -> None:
        """Show what may follow, or no longer."""

    @property
    def is_over(self) -> bool:
        """Whether the last screen is gone, so that nobody can be told anything."""

    def refuse(self, text: str) -> None:
        """Say that something did not work."""

    async def pasted(self, text: str) -> None:
        """Text was pasted where no text field has the keys."""

    def implementation(self, command: Command) -> Callable[[int | None], Awaitable[None]]:
        """What the command does here."""

    async def leave(self) -> None:
        """Keep what is typed, and end."""


PATIENCE = 1.0
"""Seconds without a key handled after which the key that always quits is not kept waiting any longer."""


class KeyRunner:
    """Takes key events in, runs commands.

    The next key waits for the acts that are at work, never for one whose question stands open: whatever is
    pressed then, the question takes it.  The answer puts that act to work again.
    """

    def __init__(self, dispatcher: Dispatcher, place: Place) -> None:
        self.dispatcher = dispatcher
        self._place = place
        self.escape = HeldEscape(self.do)
        self._events: asyncio.Queue[events.Key | events.Paste | Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._acts: dict[asyncio.Task[None], asyncio.Future[str | None] | None] = {}
        """What is under way, each with the answer that it waits for or waited for last."""
        self._asked = asyncio.Event()
        self._busy = False
        self._handled = 0
        self._leaving: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Whether everything typed so far is done, or waits for an answer."""
        return not self._busy and self._events.empty()

    async def caught_up(self) -> None:
        """Wait until everything typed so far is done, or waits for an answer."""
        handled = asyncio.Event()

        async def reached() -> None:
            handled.set()

        self.do(reached)
        await handled.wait()

    def feed(self, event: events.Key | events.Paste) -> None:
        """A key was pressed, or text came at once."""
        self._busy = True
        self._events.put_nowait(event)
        if isinstance(event, events.Key) and self._quits(stroke_of(event)):
            self._see_to_it(self._handled)

    def _quits(self, stroke: str) -> bool:
        command = self.dispatcher.keymap.bindings[Where.COMPOSE].get((stroke,))
        return command is not None and command.name == "quit-writing"

    def do(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something in turn with the keys, such as what a click asks for."""
        self._busy = True
        self._events.put_nowait(work)

    async def run(self, first: Callable[[], Awaitable[None]]) -> None:
        """Handle keys for ever, those that came before once ``first`` is done: what they are for must be there."""
        self._busy = True
        await self.settle(first())
        self._busy = not self._events.empty()
        while True:
            event = await self._events.get()
            self._busy = True
            try:
                await (self.handle(event) if isinstance(event, events.Event) else self.settle(event()))
            except Exception as error:  # noqa: BLE001 - one key must not stop all that follow
                self._tell(error)
            self._handled += 1
            self._busy = not self._events.empty()

    def _see_to_it(self, handled: int) -> None:
        """Quit beside the keys where they stand still: an act that does not end must not keep anybody here."""

        def look() -> None:
            if self._handled > handled:
                if not self._events.empty():
                    self._see_to_it(self._handled)
            elif self._busy:
                self._leaving = asyncio.ensure_future(self._supervised(self._place.leave()))

        asyncio.get_running_loop().call_later(PATIENCE, look)

    def asking(self, answer: asyncio.Future[str | None]) -> None:
        """The act under way asks: until ``answer`` is there, the keys after it belong to the question."""
        task = asyncio.current_task()
        if task in self._acts:
            self._acts[task] = answer
        self._asked.set()

    async def handle(self, event: events.Key | events.Paste) -> None:
        """One event: text that came at once, or a key, which may be Esc and a key at once."""
        if isinstance(event, Typed):
            await self._type(event)
        elif isinstance(event, events.Paste):
            await self._paste(event.text)
        else:
            await self._key(event)

    async def _type(self, event: Typed) -> None:
        """What a text field has the keys for goes into it as one; the rest is keys."""
        at = 0
        while at < len(event.text):
            where, field = self._place.where()
            lines = field is not None and not isinstance(field, Input) and self.dispatcher.types("enter", where)
            length = typed_first(event.text[at:], line_ends=lines) if field is not None else 0
            if field is not None and length > 1:
                await self._put(field, event.text[at : at + length])
            else:
                await self._key(event.keys[at])
            at += max(1, length)

    async def _paste(self, text: str) -> None:
        await self._settle_escape(self.escape.let_go())
        _, field = self._place.where()
        if field is not None:
            await self._put(field, one_line(text) if isinstance(field, Input) else text)
        else:
            await self.settle(self._place.pasted(text))

    async def _put(self, field: Widget, text: str) -> None:
        await _forward(field, events.Paste(text))

    async def _settle_escape(self, decided: Work | None) -> None:
        """It is certain now whether the Esc before was one."""
        if decided is not None:
            await self.settle(decided())

    async def _key(self, event: events.Key) -> None:
        where, _ = self._place.where()
        strokes = self.dispatcher.split(stroke_of(event), where)
        for stroke in strokes:
            await self._press(stroke, event if len(strokes) == 1 else key_event(stroke))

    async def _press(self, stroke: str, event: events.Key) -> None:
        if stroke == DEBRIS:
            await self._settle_escape(self.escape.take_back())
            return
        await self._settle_escape(self.escape.let_go())
        where, field = self._place.where()
        if field is None and self._place.answer(stroke):
            await self._settled()
            return
        outcome = self.dispatcher.press(stroke, where, typing=field is not None)
        self._place.show_pending(outcome)
        if outcome.kind is Kind.TYPED and field is not None:
            await _forward(field, event)
        elif outcome.kind is Kind.RUN and outcome.command is not None:
            log.debug("%s runs %s", stroke, outcome.command.name)
            await self.settle(self._place.implementation(outcome.command)(outcome.count))
        elif outcome.kind is Kind.UNBOUND:
            self._place.refuse(self._unbound(outcome, where))

    def _unbound(self, outcome: Outcome, where: Where) -> str:
        keymap = self.dispatcher.keymap
        help_key = next((keys for keys, each in keymap.bindings[where].items() if each.name == "help"), ())
        shows = f"; {shown(' '.join(help_key))} shows the keys" if help_key else ""
        return f'"{shown(" ".join(outcome.strokes))}" does nothing here{shows}'

    async def settle(self, act: Awaitable[None]) -> None:
        """Let an act run until it is done, or asks."""
        task = asyncio.ensure_future(self._supervised(act))
        self._acts[task] = None
        task.add_done_callback(self._acts.pop)
        await self._settled()

    async def _supervised(self, act: Awaitable[None]) -> None:
        try:
            await act
        except Exception as error:  # noqa: BLE001 - every act ends in a sentence, never in a traceback
            self._tell(error)

    async def _settled(self) -> None:
        """Until each act is done, or has a question that stands open."""
        while working := {task for task, answer in self._acts.items() if answer is None or answer.done()}:
            self._asked.clear()
            asked = asyncio.ensure_future(self._asked.wait())
            await asyncio.wait({*working, asked}, return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()

    def _tell(self, error: Exception) -> None:
        if self._place.is_over:  # the program ended in the middle of it
            log.debug("An act came to nothing at the end", exc_info=error)
            return
        self._place.refuse(sentence(error))


def sentence(error: BaseException) -> str:
    """What a person is told of an error; what nobody foresaw goes to the log with all it has."""
    if isinstance(error, ForumtuiError):
        return str(error)
    log.error("Unforeseen", exc_info=error)
    return f"That did not work ({type(error).__name__}); nothing you wrote is lost, and the log has the details."


async def _forward(field: Widget, event: events.Key | events.Paste) -> None:
    """Give an event to a text field, as the app itself would; returns when all who hear of it are done.

    What a field does not do itself, such as moving its cursor, is found and done further up.
    """
    line = field.ancestors_with_self
    field._forward_event(event)  # noqa: SLF001
    for node in line:
        await processed(node)
        if event._stop_propagation:  # noqa: SLF001
            break


async def processed(node: MessagePump) -> None:
    """Wait until a widget, or the app, has handled what was sent to it so far."""
    done = asyncio.Event()
    if node.is_attached and node.call_later(done.set):
        with contextlib.suppress(TimeoutError):  # it may be closed before it comes to it
            await asyncio.wait_for(done.wait(), 1.0)
