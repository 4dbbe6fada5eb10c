"""What a command is given, and how it answers: an exit code, and complaints on standard error."""

from __future__ import annotations

import sys
from typing import Any

from forumtui.paths import Paths
from forumtui.settings import Settings
from forumtui.values import quick_dataclass

DONE = 0
FAILED = 1
USAGE = 2
NOTHING_NEW = 3
QUEUED = 4
NEEDS_YOU = 5
INTERRUPTED = 130


@quick_dataclass(frozen=True, slots=True)
class Call:
    """What a command is given; ``args`` has the attributes that `forumtui.cli.arguments` declares for it."""

    args: Any
    paths: Paths
    settings: Settings
    debug: bool = False


class Voice:
    """How much is said beside what was asked for: -1 with --quiet, 1 with --verbose."""

    loudness = 0


def say(sentence: str) -> None:
    """Say on the standard output that something was done; not with --quiet."""
    from forumtui.text.sanitise import guard

    if Voice.loudness >= 0:
        print(guard(sentence))


def tell(sentence: str) -> None:
    """With --verbose, say on standard error what is being done."""
    if Voice.loudness > 0:
        complain(sentence)


def complain(sentence: str) -> None:
    """Say on standard error what went wrong."""
    from forumtui.reader.secrets.veil import veil
    from forumtui.text.sanitise import clean_line

    print(f"forumtui: {clean_line(veil(sentence), 2000)}", file=sys.stderr)
