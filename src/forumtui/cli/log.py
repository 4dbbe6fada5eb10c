"""The log file: what went wrong, with tracebacks; no texts, no arguments, no secrets."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from forumtui.cli.call import tell
from forumtui.reader.secrets.veil import veil
from forumtui.text.sanitise import guard

LIMIT = 1_000_000
"""Bytes before a new file is begun; one old file is kept."""


def set_up(file: Path, *, debug: bool = False, told: bool = False) -> None:
    """Log warnings and worse into ``file``, which is made when there is something to write (its folder is not);
    ``debug``: also which commands the keys run; ``told``: what is of note goes to standard error, too.
    """
    handler = _PrivateFile(file, maxBytes=LIMIT, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(Guarded("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("forumtui")
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    handler.setLevel(logging.DEBUG if debug else logging.WARNING)
    logger.addHandler(handler)
    if told:
        logger.addHandler(_Teller(logging.INFO))
    logger.setLevel(logging.DEBUG if debug else logging.INFO if told else logging.WARNING)
    logger.propagate = False
    logging.raiseExceptions = False  # a full disk must not fill the screen


class _PrivateFile(RotatingFileHandler):
    """A log that only its user can read, whatever the umask."""

    def _open(self) -> Any:
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private)


class _Teller(logging.Handler):
    """Says it as everything else is said."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line, without a traceback."""
        tell(record.getMessage())


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


class Guarded(logging.Formatter):
    """Messages of errors may quote what strangers wrote, and a log is read in a terminal; or what is secret."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return "\n".join(guard(line) for line in veil(super().format(record)).split("\n"))
