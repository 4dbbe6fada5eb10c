"""What forms with secrets have in common: they are asked for twice, and not sent in plain words unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from forumtui.model import Option
from forumtui.overheard import is_overheard, warning
from forumtui.reader.rows import AccountRow
from forumtui.text.blocks import Line
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of

__all__ = ["AGAIN", "NOTHING_SENT", "once", "overheard_lines", "overheard_question", "same_twice", "secrets_twice"]

AGAIN = "_again"
NOTHING_SENT = "Nothing was sent."


def secrets_twice(fields: Sequence[Option]) -> list[Option]:
    """What does not show while it is typed is asked for twice, because nobody could find it out later."""
    twice: list[Option] = []
    for option in fields:
        twice.append(option)
        if option.secret:
            twice.append(replace(option, name=f"{option.name}{AGAIN}", help="the same once more: it does not show"))
    return twice


def same_twice(values: Mapping[str, str]) -> str:
    """What is wrong where the two are not the same, or ""."""
    wrong = (name for name in values if values.get(f"{name}{AGAIN}", values[name]) != values[name])
    name = next(wrong, None)
    return "" if name is None else f"The two are not the same: type the {name.replace('_', ' ')} again, both times."


def once(values: Mapping[str, str]) -> dict[str, str]:
    """What was typed, without the repetitions."""
    return {name: value for name, value in values.items() if not name.endswith(AGAIN)}


def overheard_question(account: AccountRow) -> str:
    """What must be said yes to before a password leaves in plain words; "" where it does not."""
    return "The line is not encrypted: send your password all the same?" if is_overheard(account.location) else ""


async def overheard_lines(account: AccountRow, width: int) -> Sequence[Line]:
    """What warns of that, below the fields."""
    if not is_overheard(account.location):
        return ()
    return [line_of(""), *await text_lines(warning(account.location, "your password"), width, "warning")]
