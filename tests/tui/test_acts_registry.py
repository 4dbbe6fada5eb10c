"""Every command has an implementation, and every public act is a command's."""

from __future__ import annotations

import importlib
import inspect

import pytest

from forumtui.tui.keys.commands import COMMANDS

ROOMS = sorted({command.room for command in COMMANDS.values()})


@pytest.mark.parametrize("room", ROOMS)
def test_commands_and_acts_are_the_same(room: str) -> None:
    module = importlib.import_module(f"forumtui.tui.acts.{room}")
    acts = {
        name
        for name, value in vars(module).items()
        if inspect.iscoroutinefunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert acts == {c.name.replace("-", "_") for c in COMMANDS.values() if c.room == room}
