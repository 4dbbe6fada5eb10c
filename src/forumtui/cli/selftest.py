"""``selftest``: open a hostile forum in a terminal of our own, and look at what would have reached yours."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forumtui.cli import output
from forumtui.cli.call import DONE, FAILED, Call
from forumtui.values import quick_dataclass

MAY_LEAVE = {
    "CSI H": "puts the cursor somewhere",
    "CSI J": "clears the screen",
    "CSI K": "clears the rest of a line",
    "CSI L": "inserts lines, to scroll",
    "CSI M": "deletes lines, to scroll",
    "CSI m": "colours, bold and the like",
    "CSI r": "the lines that scroll",
    "CSI ?h": "switches a mode of the terminal on: other screen, cursor, mouse, pastes, whole frames",
    "CSI ?l": "switches it off",
    "CSI ?$p": "asks whether the terminal has a mode",
    "CSI >u": "asks for unambiguous keys",
    "CSI <u": "no longer",
    "OSC 22": "the shape of the mouse pointer",
    "OSC 52": "puts what you copy into your clipboard; only at a key of yours",
    "ESC \\": "ends what was cut short, when a terminal stalls",
}
"""Every escape sequence that may leave, and what it does; docs/security.md has the same list."""
_PLAIN = {"U+000A", "U+000D", "U+061C", "U+200E", "U+200F"}
"""Line ends, and the implicit direction marks of right-to-left texts, which reorder nothing."""
_SEQUENCE = re.compile(
    r"\x1b\[([<>=?]?)[0-9;:]*([ -/]*)([@-~])"  # CSI
    r"|\x1b\]([0-9]*)[^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    r"|\x1b([PX^_])[^\x1b]*\x1b\\"  # other strings
    r"|\x1b([ -/]*[0-~])"
    r"|([\x00-\x1f\x7f-\x9f\u2028-\u202e\u061c\u200e\u200f\ud800-\udfff])"
)
_COLUMNS, _ROWS = 120, 36
_START_SECONDS = 30.0
_QUIET = 0.15
"""Seconds without output after which a key has shown its effect."""
_MOST = 3.0
"""Seconds that one key is given."""
_STEPS = (
    *("j", "k", "\r", " ", " ", "J", "K", "T", "T", "zM", "zR", "zq", "zt", "\r", "P", "f", "\x1b", "V", "j", "\x1b"),
    *("i", "j", "G", "\x1b", "g/", "needle\r", "j", "\r", "/", "needle\r", "n", "\x1b", "\x10", "Z", "\x1b", "\x1b"),
    *("?", "\x1b", "ga", "\x1b", "gh", "gb", "=", "Z\r", "\x1b", "r", "hello @", "\t", "\x12", "\x12", "\x13"),
    *("go", "\x1b", "gd", "\x1b", "d", "u", "xa", "U", "*", "w", "w", "\x0c"),
)
"""Through every screen: lists, threads, board page, searches, palette, help, forums, composer, preview, outbox."""


@quick_dataclass(frozen=True, slots=True)
class Walk:
    """What the reader wrote on its way through the hostile forum, and how it ended (None: not by itself)."""

    wrote: bytes
    status: int | None


def selftest(call: Call) -> int:
    """Walk through a hostile forum; 1 if anything left that may not, or the reader did not hold out."""
    from forumtui.sample.hostile import build

    with tempfile.TemporaryDirectory(prefix="forumtui-") as folder:
        forum = Path(folder) / "hostile.db"
        asyncio.run(build(forum))
        walk = walk_through(forum, Path(folder) / "home")
        crashed = _has_traceback(Path(folder) / "home")
    counts = Counter(_kinds(walk.wrote))
    foreign = sorted(kind for kind in counts if kind not in MAY_LEAVE and kind not in _PLAIN)
    ended = walk.status == 0 and not crashed
    with output.Printer(call.args.form) as printer:
        for kind, count in sorted(counts.items()):
            right = kind not in foreign
            said = f"{'ok   ' if right else 'WRONG'} {kind:<8} {count:>6}  {MAY_LEAVE.get(kind, '')}".rstrip()
            printer.add({"sequence": kind, "count": count, "right": right}, said)
        if call.args.form == "plain":
            print(_verdict(foreign, len(walk.wrote), ended=ended))
    return DONE if ended and not foreign else FAILED


def _verdict(foreign: list[str], size: int, *, ended: bool) -> str:
    if foreign:
        return f"A stranger's text would have steered your terminal: {', '.join(foreign)}.  Please report it."
    if not ended:
        return "The reader did not hold out to the end of the hostile forum.  Please report it."
    return f"Nothing foreign left in {size:,} bytes: what strangers write can not steer your terminal."


def deeds(raw: bytes) -> set[str]:
    """The kinds of control sequences in what a program wrote; bytes that are no UTF-8 count by themselves."""
    return set(_kinds(raw))


def _kinds(raw: bytes) -> Iterator[str]:
    for found in _SEQUENCE.finditer(raw.decode("utf-8", "surrogateescape")):
        prefix, between, final, osc, string, escape, control = found.groups()
        if final:
            yield f"CSI {prefix}{between}{final}"
        elif escape:
            yield f"ESC {escape}"
        elif string:
            yield f"string {string}"
        elif control:
            yield f"U+{ord(control):04X}"
        else:
            yield f"OSC {osc}"


def walk_through(forum: Path, home: Path) -> Walk:
    """Read a forum in a terminal that only listens, through every screen.  Blocks for some seconds."""
    wrote = bytearray()
    with _reader(forum, home) as (process, terminal):
        _listen(terminal, wrote, _START_SECONDS, quiet=1.0)
        for step in _STEPS:
            with contextlib.suppress(OSError):
                os.write(terminal, step.encode())
            _listen(terminal, wrote, _MOST, quiet=_QUIET)
        with contextlib.suppress(OSError):
            os.write(terminal, b"\x11")
        return Walk(bytes(wrote), _end(process, terminal, wrote))


@contextmanager
def _reader(forum: Path, home: Path) -> Iterator[tuple[int, int]]:
    """The reader in a terminal of its own: its process and the other end of that terminal."""
    process, terminal = pty.fork()
    if process == 0:
        environment = {**os.environ, "FORUMTUI_HOME": str(home), "TERM": "xterm-256color", "EDITOR": "true"}
        environment.pop("DISPLAY", None)
        command = [sys.executable, "-m", "forumtui", "open", str(forum)]
        try:
            os.execve(sys.executable, command, environment)  # noqa: S606 - ourselves, without a shell
        finally:
            os._exit(127)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    try:
        yield process, terminal
    finally:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            if os.waitpid(process, os.WNOHANG) == (0, 0):
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
        os.close(terminal)


def _listen(terminal: int, wrote: bytearray, most: float, *, quiet: float) -> None:
    """Take what is written, until nothing came for a while after something did, or the time is over."""
    ends = time.monotonic() + most
    before = len(wrote)
    while (left := ends - time.monotonic()) > 0:
        ready = select.select([terminal], [], [], min(left, quiet))[0]
        if not ready and len(wrote) > before:
            return
        if ready and not _take(terminal, wrote):
            return


def _take(terminal: int, wrote: bytearray) -> bool:
    try:
        data = os.read(terminal, 1 << 16)
    except OSError:  # the other side is gone
        return False
    wrote += data
    return bool(data)


def _end(process: int, terminal: int, wrote: bytearray) -> int | None:
    """Wait for the reader to end; its exit code, None where it does not."""
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends:
        if select.select([terminal], [], [], 0.1)[0]:
            _take(terminal, wrote)
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
    return None


def _has_traceback(home: Path) -> bool:
    log = home / "forumtui.log"
    return log.exists() and "Traceback" in log.read_text(encoding="utf-8", errors="replace")
