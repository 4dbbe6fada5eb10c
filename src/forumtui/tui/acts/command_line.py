"""The command line behind ":": any command by name, and a few that take an argument."""

from __future__ import annotations

from forumtui.errors import UsageError
from forumtui.settings import nearest
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.finding import everywhere
from forumtui.tui.acts.running import implementation
from forumtui.tui.keys.commands import COMMANDS, LISTS, Where

_SHORT = {"q": "quit", "wq": "quit", "h": "help"}
_WITH_ARGUMENT = ("open", "search", "go", "order")


def complete(typed: str) -> str:
    """The first command that begins so."""
    return next((name for name in sorted({*COMMANDS, *_WITH_ARGUMENT}) if name.startswith(typed.strip())), typed)


async def run(desk: Desk, typed: str) -> None:
    """Run what was typed.  Raises `UsageError` for what is no command, or none here."""
    word, _, argument = typed.partition(" ")
    argument = argument.strip()
    if word.isdigit():
        word, argument = "go", word
    if argument:
        await _with_argument(desk, word, argument)
        return
    name = _SHORT.get(word, word)
    command = COMMANDS.get(name)
    if command is None:
        raise UsageError(f'There is no command "{word}"{nearest(word, COMMANDS)}')
    if desk.screen.place not in command.where:
        raise UsageError(f'"{name}" does nothing here.')
    await implementation(desk, command)(None)


async def _with_argument(desk: Desk, word: str, argument: str) -> None:
    if word == "open":
        from forumtui.tui.acts.adding import open_location

        await open_location(desk, argument)
    elif word == "search":
        await everywhere(desk, argument)
    elif word == "go" and argument.isdigit() and desk.screen.place is Where.THREAD:
        await implementation(desk, COMMANDS["go-to-post"])(int(argument))
    elif word == "order" and desk.screen.place in LISTS:
        from forumtui.tui.acts.orders import order_named

        await order_named(desk, argument)
    else:
        raise UsageError(f'"{word}" takes no argument here; open, search, go and order do.')
