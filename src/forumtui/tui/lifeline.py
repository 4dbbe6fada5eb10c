"""When the line to the person goes: a hang-up, a SIGTERM, or a terminal that is silently gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from forumtui.tui.app import ForumApp

HANGUP_SECONDS = 2.0
"""The most that a dying terminal is waited for."""
CHECK_SECONDS = 2.0
LAST_KEYS_SECONDS = 0.5


class Lifeline:
    """Writes what is typed at once when the line goes, then ends the app."""

    def __init__(self, app: ForumApp) -> None:
        self._app = app
        self._parent_pid = os.getppid()
        self._ending: asyncio.Future[None] | None = None

    def listen(self) -> None:
        """Catch the signals, and look now and then whether the terminal is still there."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
                loop.add_signal_handler(number, self.hang_up)
        self._app.set_interval(CHECK_SECONDS, self._check_terminal)

    def hang_up(self) -> None:
        """The line went, or somebody ends the process: write what is typed at once, then close."""
        threading.Thread(target=_end_soon, daemon=True).start()
        self._save()
        self._ending = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        """Keys that arrived before the line went are still typed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._app.runner.caught_up(), LAST_KEYS_SECONDS)
        self._save()
        self._app.close_down(129)

    def _save(self) -> None:
        composer = self._app.reader.composer
        keeper = getattr(composer, "keeper", None)
        if keeper is not None:
            keeper.changed(cast("Any", composer).value())
            keeper.save_now()

    def _check_terminal(self) -> None:
        """Where the parent is gone and took the terminal with it, nobody sends a signal any more."""
        if os.getppid() != self._parent_pid:
            try:
                os.tcgetpgrp(0)
            except OSError:
                self.hang_up()


def _end_soon() -> None:
    """A terminal that nobody reads can block the loop for ever; the text is on disk by now."""
    time.sleep(HANGUP_SECONDS)
    os._exit(129)
