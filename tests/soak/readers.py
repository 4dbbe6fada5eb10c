"""Two people who read along in real terminals while the storm lasts."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.soak.writers import insist, read_all
from tests.terminal import Terminal

from forumtui.reader.library import Library
from forumtui.reader.secrets import Secrets
from forumtui.reader.sync.engine import Engines

EVER = 36_500
SECONDS_A_SCREEN = 2.0


class TerminalReader:
    """The reader, opened on the forum, paging through it."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.url = url
        self._ended = threading.Event()
        self._terminal: Terminal | None = None

    async def join(self, token: str) -> None:
        """Follow the forum as a member."""
        await self._with_engines(lambda library, engines: self._add(engines, token))

    async def _add(self, engines: Engines, token: str) -> None:
        await insist(lambda: engines.add(self.url, name="storm", options={"token": token}))

    async def _with_engines(self, work: Callable[[Library, Engines], Awaitable[None]]) -> None:
        library = await Library.open(self.home)
        try:
            async with Engines(library, join_days=EVER, secrets=Secrets(self.home, use_keyring=False)) as engines:
                await work(library, engines)
        finally:
            await library.close()

    def start(self) -> None:
        """Open the reader and press space now and then, in a thread."""
        env = {"FORUMTUI_HOME": str(self.home), "LANG": "C.UTF-8"}
        self._terminal = Terminal([sys.executable, "-m", "forumtui", "storm"], columns=100, rows=30, env=env)
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        terminal = self._terminal
        assert terminal is not None
        pressed = time.monotonic()
        while not self._ended.is_set() and not terminal.ended:
            terminal.read(0.5)
            if time.monotonic() - pressed > SECONDS_A_SCREEN:
                terminal.send(b" ")
                pressed = time.monotonic()
        terminal.press("Q", settle=0.5)

    def leave(self) -> int:
        """Quit; the exit code."""
        self._ended.set()
        self._thread.join(30)
        assert self._terminal is not None
        with self._terminal as terminal:
            return terminal.wait_exit()

    async def write_down(self, target: Path) -> None:
        """What this reader's library holds in the end."""

        async def work(library: Library, engines: Engines) -> None:
            account = (await library.accounts.all())[0].key
            content = await read_all(library, engines, account)
            await asyncio.to_thread(target.write_text, json.dumps(content), encoding="utf-8")

        await self._with_engines(work)
