"""Keys are handled strictly one after the other, so that typing ahead means what it would have meant slowly."""

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
from forumtui.tui.commands import Command, Where
from forumtui.tui.keys import Dispatcher, Kind, Outcome
from forumtui.tui.pasting import one_line, typed_first
from forumtui.tui.strokes import DEBRIS, Typed, key_event, stroke_of

log = logging.getLogger(__name__)


class Place(Protocol):
    """What the runner asks of the app."""

    def where(self) -> tuple[Where, Widget | None]:
        """What keys go to, and the text field that has them, if any."""

    def answer(self, stroke: str) -> bool:
        """Whether this stroke answered a question that is open."""

    def show_pending(self, outcome: Outcome) -> None:
        """Show what may follow, or no longer."""

    def refuse(self, text: str) -> None:
        """Say that something did not work."""

    async def pasted(self, text: str) -> None:
        """Text was pasted where no text field has the keys."""

    def implementation(self, command: Command) -> Callable[[int | None], Awaitable[None]]:
        """What the command does here."""


class KeyRunner:
    """Takes key events in, runs commands.  An act that asks a question steps aside until it is answered."""

    def __init__(self, dispatcher: Dispatcher, place: Place) -> None:
        self.dispatcher = dispatcher
        self._place = place
        self.if_debris: Callable[[], Awaitable[None]] | None = None
        """What takes back the Esc that was just handled, should it prove to be a piece of another key."""
        self._events: asyncio.Queue[events.Key | events.Paste | Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._asked = asyncio.Event()
        self._waiting: list[asyncio.Task[None]] = []
        self._busy = False

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

    def do(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something in turn with the keys, such as what a click asks for."""
        self._busy = True
        self._events.put_nowait(work)

    async def run(self) -> None:
        """Handle keys for ever."""
        while True:
            event = await self._events.get()
            self._busy = True
            try:
                await (self.handle(event) if isinstance(event, events.Event) else self.settle(event()))
            except Exception as error:  # noqa: BLE001 - one key must not stop all that follow
                self._tell(error)
            self._busy = not self._events.empty()

    def asking(self) -> None:
        """The act under way opened a question: the keys after it are the answer."""
        self._asked.set()

    async def resume(self) -> None:
        """The question was answered: let the act that asked go on before the next key."""
        while self._waiting:
            task = self._waiting.pop()
            if not task.done():
                await self._until_done_or_asking(task)
                return

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
        self.if_debris = None
        _, field = self._place.where()
        if field is not None:
            await self._put(field, one_line(text) if isinstance(field, Input) else text)
        else:
            await self.settle(self._place.pasted(text))

    async def _put(self, field: Widget, text: str) -> None:
        await _forward(field, events.Paste(text))

    async def _key(self, event: events.Key) -> None:
        where, _ = self._place.where()
        strokes = self.dispatcher.split(stroke_of(event), where)
        for stroke in strokes:
            await self._press(stroke, event if len(strokes) == 1 else key_event(stroke))

    async def _press(self, stroke: str, event: events.Key) -> None:
        take_back, self.if_debris = self.if_debris, None
        if stroke == DEBRIS:
            if take_back is not None:
                await self.settle(take_back())
            return
        where, field = self._place.where()
        if field is None and self._place.answer(stroke):
            await self.resume()
            return
        outcome = self.dispatcher.press(stroke, where, typing=field is not None)
        self._place.show_pending(outcome)
        if outcome.kind is Kind.TYPED and field is not None:
            await _forward(field, event)
        elif outcome.kind is Kind.RUN and outcome.command is not None:
            log.debug("%s runs %s", stroke, outcome.command.name)
            await self.settle(self._place.implementation(outcome.command)(outcome.count))
        elif outcome.kind is Kind.UNBOUND and (len(outcome.strokes) > 1 or stroke == "ctrl+c"):
            self._place.refuse(f"No command on {' '.join(outcome.strokes)} here; ? shows the keys")

    async def settle(self, act: Awaitable[None]) -> None:
        """Let an act run until it is done, or asks."""
        await self._until_done_or_asking(asyncio.ensure_future(self._supervised(act)))

    async def _supervised(self, act: Awaitable[None]) -> None:
        try:
            await act
        except Exception as error:  # noqa: BLE001 - every act ends in a sentence, never in a traceback
            self._tell(error)

    async def _until_done_or_asking(self, task: asyncio.Task[None]) -> None:
        self._asked.clear()
        asked = asyncio.ensure_future(self._asked.wait())
        await asyncio.wait({task, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if not task.done():
            self._waiting.append(task)

    def _tell(self, error: Exception) -> None:
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
