"""``password_command``: a program of the user's choice that prints a secret, such as ``pass show forum``."""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import subprocess
import threading
import time
from contextlib import suppress

from forumtui.errors import AuthRequired, UsageError
from forumtui.reader.secrets.veil import hide

PATIENCE = 60.0
"""Seconds it may take."""
LONGEST = 65_536
"""Bytes of its first line."""
_TICK = 0.1


def parse(command: str) -> list[str]:
    """A command line's words.  Raises `UsageError`."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words or "\0" in command:
        raise UsageError("The password_command is no command line: a quote is not closed, or there is nothing in it.")
    return words


def ask(command: str, *, patience: float = PATIENCE, given_up: threading.Event | None = None) -> str:
    """The first line that the command prints.  Blocks; setting ``given_up`` ends the program.

    It runs without a shell and without a terminal: in a session of its own, so that it can neither read keys nor
    draw over the screen.  Raises `AuthRequired`, which says nothing of what it printed, or `UsageError`.
    """
    words = parse(command)
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command, as typed
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise AuthRequired(f'The password_command "{words[0]}" can not be run: {reason}.') from None
    try:
        line = _first_line(process, words[0], time.monotonic() + patience, given_up or threading.Event())
    finally:
        _end(process)
    if process.returncode != 0:
        raise AuthRequired(f'The password_command "{words[0]}" failed ({_end_of(process.returncode)}).')
    try:
        secret = line.removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError:
        raise AuthRequired(f'The password_command "{words[0]}" did not print UTF-8.') from None
    if not secret:
        raise AuthRequired(f'The password_command "{words[0]}" printed nothing.')
    hide(secret)
    return secret


def _first_line(process: subprocess.Popen[bytes], program: str, deadline: float, given_up: threading.Event) -> bytes:
    """The first line, when the program has ended; what else it prints is thrown away."""
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    line, whole, is_open = b"", False, True
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            ended = process.poll() is not None  # before looking, so that nothing printed last is missed
            if is_open and selector.select(0 if ended else _TICK):
                chunk = os.read(pipe, 65_536)
                if not whole:
                    start, end, _ = chunk.partition(b"\n")
                    line, whole = line + start, bool(end)
                if not chunk:
                    is_open = False
                    selector.unregister(pipe)
                if len(line) > LONGEST:
                    raise AuthRequired(f'The password_command "{program}" printed too much.')
            elif ended:
                return line
            elif not is_open:
                time.sleep(_TICK / 10)
            if given_up.is_set() or time.monotonic() >= deadline:
                raise AuthRequired(f'The password_command "{program}" did not end in time.')


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of it behind but what made itself independent."""
    assert process.stdout is not None
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
    process.stdout.close()


def _end_of(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {-code}"
