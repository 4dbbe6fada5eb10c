"""From the words on the command line to an exit code.

0 done, 1 refused or failed, 2 wrong usage, 3 nothing new (``check``), 4 queued and not sent, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from forumtui.cli.call import DONE, FAILED, INTERRUPTED, USAGE, Call, Voice, complain, tell
from forumtui.cli.commands import COMMANDS, overview
from forumtui.errors import ForumtuiError, UsageError
from forumtui.paths import Paths, find_paths
from forumtui.settings import Settings, load_settings, nearest

_WITHOUT_SETTINGS = {"config", "doctor"}  # they must work where the settings are wrong


def main(words: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code and lets no exception out."""
    _prepare_streams()
    paths = find_paths()
    words = list(sys.argv[1:] if words is None else words)
    started = time.monotonic()
    debug = _take(words, "--debug")
    Voice.loudness = _take(words, "-v", "--verbose") - _take(words, "-q", "--quiet")
    try:
        try:
            code = _run(words, paths, debug=debug)
        except SystemExit as end:  # argparse, after --help
            code = end.code if isinstance(end.code, int) else DONE
        sys.stdout.flush()
        tell(f"Took {time.monotonic() - started:.2f} seconds.")
        return code
    except BrokenPipeError:  # the reader of a pipe has seen enough
        _give_up_output()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last door: whatever happened, a person gets a sentence
        _give_up_output()
        if debug:
            import traceback

            from forumtui.reader.secrets.veil import veil

            print(veil(traceback.format_exc()), end="", file=sys.stderr)
        return _tell(error, paths)


def _prepare_streams() -> None:
    """A character that the terminal's charset lacks must not stop a command, nor must a closed stream."""
    if sys.stdout is None:  # closed by the caller: forumtui sync >&-
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the life of the process
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - the same
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _give_up_output() -> None:
    """Let go of what cannot be printed any more: at its end, Python would try again and fail with a code of its own."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):  # a stream without a file below it
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _take(words: list[str], *names: str) -> bool:
    """Take an option that every command has out of the words, wherever it stands before a ``--``."""
    end = words.index("--") if "--" in words else len(words)
    found = any(word in names for word in words[:end])
    words[:end] = [word for word in words[:end] if word not in names]
    return found


def _run(words: list[str], paths: Paths, *, debug: bool) -> int:
    first = words[0] if words else ""
    if first in {"--version", "-V"}:
        from importlib.metadata import version

        print(f"forumtui {version('forumtui')}")
        return DONE
    if first == "--complete":  # asked by the completion files of shells
        from forumtui.cli.completing import complete

        complete(words[1] if len(words) > 1 else "", words[2:], paths)
        return DONE
    if first in {"--help", "-h", "help"}:
        print(overview())
        return DONE
    if first in COMMANDS:
        name, rest = first, words[1:]
    else:
        name, rest = "open", words
        if len([word for word in words if not word.startswith("-")]) > 1:
            raise UsageError(f'There is no command "{first}"{nearest(first, COMMANDS)}  See: forumtui --help')
    args = _arguments(name, rest)
    settings = Settings() if name in _WITHOUT_SETTINGS else _settings(paths)
    if name != "open":
        from forumtui.cli import log

        log.set_up(paths.log_file, debug=debug, told=Voice.loudness > 0)
    module, _, function = COMMANDS[name].handler.partition(":")
    handler: Callable[[Call], int] = getattr(importlib.import_module(f"forumtui.cli.{module}"), function)
    return handler(Call(args, paths, settings, debug))


def _settings(paths: Paths) -> Settings:
    if not paths.config_file.exists():
        return Settings()
    from forumtui.tui.keys.commands import COMMANDS as KEY_COMMANDS

    return load_settings(paths.config_file, KEY_COMMANDS)


def _arguments(name: str, rest: list[str]) -> Any:
    """The parsed options; the everyday ways to start the reader get by without argparse."""
    if name == "open" and len(rest) <= 1 and not any(word.startswith("-") for word in rest):
        return SimpleNamespace(forum=rest[0] if rest else None, plain=False)
    from forumtui.cli.arguments import parse

    return parse(name, rest)


def _tell(error: Exception, paths: Paths) -> int:
    """Print the sentence for an error; what nobody foresaw also goes to the log."""
    if isinstance(error, ForumtuiError):
        complain(str(error))
        return USAGE if isinstance(error, UsageError) else FAILED
    if isinstance(error, OSError) and error.errno:
        complain(": ".join(filter(None, [error.strerror, str(error.filename or "")])) + ".")
        return FAILED
    import logging

    from forumtui.cli import log

    with contextlib.suppress(ForumtuiError):  # a read-only home must not hide the sentence below
        paths.make()
    log.set_up(paths.log_file)
    logging.getLogger("forumtui").error("Unforeseen", exc_info=error)
    complain(
        f"Something went wrong that should not ({type(error).__name__}); nothing you wrote is lost.  "
        f"Details are in {paths.log_file}; --debug shows them."
    )
    return FAILED
