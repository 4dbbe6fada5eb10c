"""`TerminalDriver`: the framework's terminal driver, for terminals that stall, vanish, or do not tell their size."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import sys
from collections.abc import Callable
from typing import Any, Protocol, cast

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from forumtui.tui.keys.strokes import KeyParser
from forumtui.tui.terminal.outlet import Outlet
from forumtui.tui.terminal.typed_ahead import TypedAhead

MOST_COLUMNS, MOST_ROWS = 1000, 500
"""A terminal that says it is larger is drawn on up to here."""
_TICK = 0.1
"""Seconds between two looks at whether reading shall end, and at what was begun and not gone on with."""


class Repaints(Protocol):
    """What the driver asks of the app whose terminal it is."""

    typed_ahead: TypedAhead | None

    def redraw_terminal(self) -> None:
        """Write the whole screen again."""

    def terminal_lost(self) -> None:
        """The terminal is no more."""


class TerminalDriver(LinuxDriver):
    """Nothing that the terminal does, or does not do, holds up the loop."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.outlet: Outlet | None = None
        """One for each time that the terminal is taken over."""
        self._display = cast("Repaints", app)
        self._handing_over = False
        self._size = size or self._get_terminal_size()  # else the app would ask by another way, and be told another

    # -- output

    def write(self, data: str) -> None:
        """Hand it to the outlet; returns at once."""
        if self.outlet is not None:
            self.outlet.write(data)

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        assert sys.__stdout__ is not None
        self.outlet = Outlet(sys.__stdout__.fileno(), self._lost)
        super().start_application_mode()  # type: ignore[no-untyped-call]  # the framework does not say
        early, self._display.typed_ahead = self._display.typed_ahead, None
        if early is not None:
            self.attrs_before = early.modes

    def resume_application_mode(self) -> None:
        """Take the terminal over again, and draw what was there."""
        super().resume_application_mode()
        self.call_app(lambda: self._app.call_later(self._display.redraw_terminal))

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        if self.outlet is not None:
            self.outlet.drop()
        super().stop_application_mode()

    def close(self) -> None:
        """Let go of the terminal."""
        super().close()
        if self.outlet is not None:
            self.outlet.close()

    def call_app(self, callback: Callable[[], object]) -> None:
        """Have the app do something; from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop may have ended
            self._loop.call_soon_threadsafe(callback)

    def _lost(self) -> None:
        self.call_app(self._display.terminal_lost)

    def _sigtstp_application(self, *_: object) -> None:
        """Stop whoever waits for this program in its process group too, such as a script: else no shell would notice."""
        if self._auto_restart:
            self.suspend_application_mode()
            self._must_signal_resume = True
        os.killpg(os.getpgrp(), signal.SIGSTOP)

    # -- input

    @property
    def has_read_all(self) -> bool:
        """Whether every byte that the terminal sent so far is with the app."""
        thread = self._key_thread
        if thread is None or not thread.is_alive():
            return True
        return not select.select([self.fileno], [], [], 0)[0] and not self._handing_over

    def run_input_thread(self) -> None:
        """Read until told to stop, or until there is nobody any more."""
        parser = KeyParser(self._debug)
        early = self._display.typed_ahead
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        while not self.exit_event.is_set():
            try:
                text = ""
                self._handing_over = False
                if select.select([self.fileno], [], [], _TICK)[0]:
                    self._handing_over = True
                    data = os.read(self.fileno, 4096)
                    if not data:  # a terminal in raw mode has an end only when it is gone
                        break
                    text = decode(early.as_keys(data) if early is not None else data)
            except BlockingIOError:  # another program that shares the terminal made it non-blocking
                continue
            except OSError:
                break
            for message in (*(parser.feed(text) if text else ()), *parser.tick()):
                self.process_message(message)
        else:
            return
        for message in parser.feed(""):  # a paste that did not come to its end
            self.process_message(message)
        self._lost()

    # -- size

    def _get_terminal_size(self) -> tuple[int, int]:
        """80 x 24 until something better is known."""
        columns, rows = super()._get_terminal_size()
        return min(columns, MOST_COLUMNS), min(rows, MOST_ROWS)

    def process_message(self, message: Message) -> None:
        """A size that the terminal tells within its input is taken no more literally."""
        if isinstance(message, events.Resize) and not message.size:
            return
        super().process_message(message)
