"""A text that is written in the user's editor, because the command line gave none."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

from forumtui.cli import opening
from forumtui.cli.call import Call, complain
from forumtui.errors import UsageError
from forumtui.model import Body, Format
from forumtui.tui.compose import texts


def is_wanted(call: Call) -> bool:
    """Whether the text is to be asked for: it was given in no way, and somebody sits here."""
    given = (call.args.text, call.args.file, call.args.stdin)
    return given == (None, None, None) and opening.has_terminal()


def send_from_editor(call: Call, send: Callable[[Body], int]) -> int:
    """Have a text written, and send it; unless that is done or in the outbox, the file with the text is kept.

    Raises `UsageError` where the editor failed or nothing was written, and what ``send`` raises.
    """
    file = texts.written("", Format.MARKDOWN)
    try:
        code = send(Body(_edited(texts.editor_of(call.settings, os.environ), file)))
    except BaseException:
        if file.exists() and texts.taken(file).strip():
            complain(f"Your text is kept in {file}; the same command with --file {file} takes it from there.")
        else:
            texts.remove(file)
        raise
    texts.remove(file)
    return code


def _edited(command: str, file: Path) -> str:
    try:
        status = subprocess.run([*shlex.split(command), str(file)], check=False).returncode  # noqa: S603 - the user's own
    except (OSError, ValueError) as error:
        raise UsageError(f"The editor '{command}' did not start ({error}); nothing was sent.") from error
    if status:
        raise UsageError(f"The editor ended with status {status}; nothing was sent.")
    text = texts.taken(file).rstrip()
    if not text:
        raise UsageError("Nothing was written; nothing was sent.")
    if "\0" in text:
        raise UsageError("The editor left no text but binary data; nothing was sent.")
    return text
