"""Kills while typing: the reader in a real terminal, killed at any moment, also just after it was told to send."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw
from benchmarks.reliability.tally import Tally
from tests.terminal import Terminal, key_bytes

from forumtui.reader.library import Library

KILLS = 110
KEYS_A_SECOND = 12
LONGEST = 2.2
"""Seconds of typing before a kill, at most."""
PROMISED = 1.0
"""Seconds of typing that may be lost."""
SENDS_WITHIN = 0.25
"""Seconds after the key that sends; from then on the whole text is kept."""
ENDS_WITHIN = 4.0
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGHUP, signal.SIGTERM)
READER = [sys.executable, "-m", "forumtui"]
WORDS = ("so", "the", "text", "that", "is", "written", "here", "must", "be", "found", "again", "whatever", "becomes")


@dataclass
class Writer:
    """Types one text over as many lives of the reader as it takes until it is sent."""

    home: Path
    forum: Path
    chance: random.Random
    number: int = 0
    typed: str = ""
    at: list[float] = field(default_factory=list)
    worst: float = 0.0
    last: str = ""
    """What stood on the screen at the end."""
    counts: dict[str, int] = field(default_factory=lambda: {"lost": 0, "doubled": 0, "stuck": 0})

    def _fault(self, kind: str, why: str) -> None:
        self.counts[kind] += 1
        print(f"typing_kills, kill {self.number}: {kind}: {why}", file=sys.stderr)

    @contextmanager
    def _reader(self) -> Iterator[Terminal]:
        env: dict[str, str | None] = {"FORUMTUI_HOME": str(self.home), "LANG": "C.UTF-8", "SSH_CONNECTION": None}
        with Terminal(READER, columns=100, rows=30, env=env) as terminal:
            yield terminal

    def life(self) -> None:
        """Start, see the draft offered, type, die, and look what is left."""
        self.number += 1
        with self._reader() as terminal:
            try:
                self._open(terminal)
            except AssertionError as error:
                self._fault("lost" if self.typed else "stuck", f"the draft was not offered: {error}")
                self.typed, self.at = "", []
                return
            self._type(terminal, self.chance.uniform(0.2, LONGEST))
            sends = self.chance.random() < 0.3 and bool(self.typed.strip())
            waits = 0.0
            if sends:
                terminal.send(key_bytes("ctrl+s"))
                sent = time.perf_counter()
                waits = self.chance.uniform(0.0, 1.6 * SENDS_WITHIN)
                while time.perf_counter() < sent + waits:
                    terminal.read(0.01)
            ended = time.perf_counter()
            terminal.signal(self.chance.choice(SIGNALS))
            try:
                terminal.wait_exit(ENDS_WITHIN)
            except AssertionError:
                self._fault("stuck", "it did not end")
        self.last = terminal.text()
        self._look(ended, whole=sends and waits >= SENDS_WITHIN)

    def _open(self, terminal: Terminal) -> None:
        if self.typed:
            terminal.wait_for(r"You were writing|\d+ words?\b")
            return
        terminal.wait_for("Welcome all")
        terminal.settle()
        if "Say hello" not in terminal.text():
            terminal.press("enter")
            terminal.wait_for("Say hello")
        terminal.press("r")
        terminal.wait_for(r"\d+ words?\b")

    def _type(self, terminal: Terminal, seconds: float) -> None:
        begun = time.perf_counter()
        due = begun
        line = f"{self.number}:{' '.join(self.chance.choices(WORDS, k=12))} "
        for key in line[: int(seconds * KEYS_A_SECOND)]:
            due += self.chance.uniform(0.5, 1.5) / KEYS_A_SECOND
            while (left := due - time.perf_counter()) > 0:
                terminal.read(left)
            terminal.send(key.encode())
            self.typed += key
            self.at.append(time.perf_counter())

    def _look(self, ended: float, *, whole: bool) -> None:
        """What the next start will find, and what reached the forum."""
        drafts, waiting = asyncio.run(rows_in(self.home))
        posts = posts_in(self.forum)
        mark = f"{self.typed.split(':', 1)[0]}:"
        here = [text for text in [*drafts, *waiting] if self._is_ours(text, mark)]
        there = [text for text in [*drafts, *posts] if self._is_ours(text, mark)]
        found = {*here, *there}
        kept = max(found, key=len, default="")
        gone = [at for at in self.at[len(kept) :] if self.typed[len(kept) :].strip()]
        loss = ended - gone[0] if gone else 0.0
        self.worst = max(self.worst, loss)
        if not self.typed.startswith(kept.rstrip()):
            self._fault("doubled", f"{kept!r} was never typed")
        elif loss > PROMISED or (whole and gone):
            self._fault("lost", f"{loss:.2f} s of typing: {self.typed[len(kept) :]!r}\n{self.last}")
        if max(len(here), len(there)) > 1:  # waiting here and there already is once: its end is not known yet
            self._fault("doubled", f"{here} {there}")
        if kept and kept in drafts:
            self.typed, self.at = kept, self.at[: len(kept)]
        else:
            self.typed, self.at = "", []

    def _is_ours(self, text: str, mark: str) -> bool:
        return text.startswith(mark) or (bool(text) and self.typed.startswith(text))

    def settle(self) -> None:
        """What was sent is in the forum once."""
        forumtui(self.home, "sync")
        posts = posts_in(self.forum)
        for text in {text for text in posts if posts.count(text) > 1}:
            self._fault("doubled", f"{posts.count(text)} of {text!r} in the forum")
        if waiting := asyncio.run(rows_in(self.home))[1]:
            self._fault("stuck", f"{waiting} is not sent")


async def rows_in(home: Path) -> tuple[list[str], list[str]]:
    """The texts of the drafts, and of what waits to be sent."""
    library = await Library.open(home)
    try:
        rows = await library.outbox.rows()
    finally:
        await library.close()
    return [row.body.source for row in rows if row.state == "draft"], [
        row.body.source for row in rows if row.state != "draft"
    ]


def posts_in(forum: Path) -> list[str]:
    """The texts in the forum."""
    connection = apsw.Connection(str(forum), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [str(source) for (source,) in connection.execute("SELECT source FROM post WHERE source IS NOT NULL")]
    finally:
        connection.close()


def forumtui(home: Path, *words: str) -> None:
    """Run a command to its end."""
    env = os.environ | {"FORUMTUI_HOME": str(home)}
    subprocess.run([*READER, *words], env=env, check=True, stdout=subprocess.DEVNULL, timeout=60)


def run(seed: int, share: float) -> list[Tally]:
    """Kill the reader so often, and count what was lost."""
    kills = max(4, round(KILLS * share))
    with tempfile.TemporaryDirectory(prefix="forumtui-typing-") as folder:
        home, forum = Path(folder, "home"), Path(folder, "team.db")
        forumtui(home, "host", "create", str(forum), "--title", "Team room")
        forumtui(home, "host", "board", "add", str(forum), "--title", "General")
        forumtui(home, "new", str(forum), "--board", "General", "--subject", "Welcome all", "--text", "Say hello.")
        forumtui(home, "accounts", "add", str(forum), "--name", "team")
        writer = Writer(home, forum, random.Random(seed))
        for _ in range(kills):
            writer.life()
        writer.settle()
    counts = writer.counts
    note = f"-9, HUP, TERM; at most {writer.worst:.2f} s of typing lost; lost: more than {PROMISED:.0f} s"
    return [Tally("kills while typing", kills, counts["lost"], counts["doubled"], counts["stuck"], note=note)]
