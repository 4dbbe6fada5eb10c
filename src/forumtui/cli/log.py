"""The log file: what went wrong, with tracebacks; no texts, no arguments, no secrets."""

from __future__ import annotations

import logging
from pathlib import Path

LIMIT = 1_000_000
"""Bytes before a new file is begun; one old file is kept."""


def set_up(file: Path) -> None:
    """Log warnings and worse into ``file``, which is made when there is something to write (its folder is not)."""
    from logging.handlers import RotatingFileHandler

    handler = RotatingFileHandler(file, maxBytes=LIMIT, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("forumtui")
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logging.raiseExceptions = False  # a full disk must not fill the screen
