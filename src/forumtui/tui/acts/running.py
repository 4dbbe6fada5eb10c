"""`Running`: what the key runner asks: what keys go to now, and what a command does there."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from functools import partial

from textual.widget import Widget

from forumtui.tui.acts.desk import Desk
from forumtui.tui.keys.allowed import way_out
from forumtui.tui.keys.commands import COMMANDS, Command, Where
from forumtui.tui.keys.keymap import Kind, Outcome
from forumtui.tui.screens.base import keys_go_to
from forumtui.tui.widgets.footer import FooterLine
from forumtui.tui.widgets.which_key import WhichKey

Act = Callable[[int | None], Awaitable[None]]


def implementation(desk: Desk, command: Command) -> Act:
    """The act of a command, from the room that it names; greyed ones say why instead."""
    screen = desk.screen
    screen.footer.hush()
    if "announcement" not in command.keeps:
        desk.announced = None

    async def refused(_count: int | None) -> None:
        way = way_out(command, desk.account, desk.reader.keymap.label)
        screen.say(f"Not here: {screen.refusal(command)}.{way}", "warning")

    if screen.refusal(command) is not None:
        return refused
    module = importlib.import_module(f"forumtui.tui.acts.{command.room}")
    act = partial(getattr(module, command.name.replace("-", "_")), desk)
    if desk.reader.seeking and "search" not in command.keeps:
        return partial(_after_search, desk, act)
    return act


async def run_named(desk: Desk, name: str) -> None:
    """Do what the command of this name does, as its key would."""
    await implementation(desk, COMMANDS[name])(None)


async def _after_search(desk: Desk, act: Act, count: int | None) -> None:
    """The first command that has nothing to do with a search ends it."""
    from forumtui.tui.acts.finding import end_search

    await end_search(desk)
    await act(count)


class Running:
    """Keys go to the screen on top."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def where(self) -> tuple[Where, Widget | None]:
        """What keys go to now."""
        return keys_go_to(self._desk.screen)

    def answer(self, stroke: str) -> bool:
        """Whether a stroke answered a question."""
        return self._desk.screen.questions.answer(stroke)

    def show_pending(self, outcome: Outcome) -> None:
        """After a moment, show what may follow the keys typed so far."""
        screen = self._desk.screen
        strip = screen.query_one(WhichKey)
        if outcome.kind is not Kind.PENDING:
            strip.hide()
        elif outcome.options:
            refused = [command for _, command in outcome.options if screen.refusal(command) is not None]
            strip.offer_soon(outcome.strokes, outcome.options, refused)
        else:
            strip.wait_no_longer()
            screen.say(f"{outcome.count or 0}   Enter goes to that post; a moving key moves so far; Esc ends")
        if outcome.kind is Kind.CANCELLED:
            screen.footer.hush()

    @property
    def is_over(self) -> bool:
        """Whether the last screen is gone."""
        return not self._desk.app.screen_stack

    def refuse(self, text: str) -> None:
        """Say that something did not work."""
        if self._desk.screen.query(FooterLine):
            self._desk.say(text, "error")
        else:
            self._desk.services.unsaid = text

    async def pasted(self, text: str) -> None:
        """A path or address pasted outside a text field is opened or added; other text does nothing."""
        from forumtui.tui.acts.adding import open_pasted

        await open_pasted(self._desk, text)

    def implementation(self, command: Command) -> Act:
        """What the command does here."""
        return implementation(self._desk, command)

    async def leave(self) -> None:
        """Keep what is typed, and end."""
        await self._desk.leave()
