"""What a person types when a command asks, and what a program sends instead on the standard input."""

from __future__ import annotations

import sys

from forumtui.cli.call import Call
from forumtui.errors import UsageError
from forumtui.model import Option
from forumtui.overheard import is_overheard, warning
from forumtui.text.sanitise import clean_line

STDIN = "-"
"""Where an option's value is read from the standard input."""


def asked(option: Option) -> str:
    """What a person answers; secrets are not shown."""
    import getpass

    question = f"{option.help} ({option.name}): "
    return getpass.getpass(question) if option.secret else input(question).strip()


def first_line(what: str, *, needed: bool = True) -> str:
    """The next line of the standard input.  Raises `UsageError` where it is ``needed`` and there is none."""
    line = sys.stdin.readline().strip()
    if needed and not line:
        raise UsageError(f"There is nothing on the standard input, where {what} should be.")
    return line


def sure(call: Call, location: str, what: str) -> None:
    """Raises `UsageError` unless a secret may go to this place, which a person is asked where others could read it."""
    if call.args.insecure or not is_overheard(location):
        return
    warned = clean_line(warning(location, what), 2000)
    if sys.stdin.isatty():
        if input(f"{warned}  Send it all the same? (y/N) ").strip().lower() in {"y", "yes"}:
            return
        raise UsageError("Nothing was sent.")
    raise UsageError(f"{warned}  Nothing was sent; use an https:// address or, if you trust the network, --insecure.")
