"""`Desk`: what every act works with: the app's parts, ways to tell and to ask, and going where a link leads."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from forumtui.errors import UsageError
from forumtui.reader.library import Library
from forumtui.reader.library.door import Engine
from forumtui.reader.rows import AccountKey, AccountRow, NextUnread, PostKey
from forumtui.settings import Settings
from forumtui.text.links import host, is_link
from forumtui.tui.widgets.prompt import PromptLine

if TYPE_CHECKING:
    from forumtui.tui.app import ForumApp
    from forumtui.tui.screens.base import DeskScreen
    from forumtui.tui.screens.reader import ReaderScreen

Tone = Literal["note", "warning", "error", "success"]


@dataclass(slots=True)
class Tally:
    """What was read since the start."""

    posts: set[PostKey] = field(default_factory=set)
    forums: set[AccountKey] = field(default_factory=set)


class Desk:
    """One for the app; acts get it as their first argument."""

    def __init__(self, app: ForumApp, library: Library, settings: Settings) -> None:
        self.app = app
        self.library = library
        self.settings = settings
        self.tally = Tally()
        self.since = time.time_ns() // 1_000_000
        """When this session began, as the library counts."""
        self.announced: NextUnread | None = None
        """What Space said it would open next."""
        self.told: dict[AccountKey, str] = {}
        """The notices of forums that need not be told again."""
        self.sent: str | None = None
        """The uid of the text that was sent last, as long as it may be on its way."""
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The network side.  Raises `UsageError` in the moment before it has started."""
        if self._engine is None:
            raise UsageError("Still starting; try again in a moment.")
        return self._engine

    @engine.setter
    def engine(self, engine: Engine | None) -> None:
        self._engine = engine

    def wake(self, account: AccountKey | None = None) -> None:
        """Have the engine look at outbox and wants; before it has started there is nothing to wake."""
        if self._engine is not None:
            self._engine.wake(account)

    @property
    def screen(self) -> DeskScreen:
        """The screen on top."""
        return self.app.desk_screen

    @property
    def reader(self) -> ReaderScreen:
        """The screen with boards, topics and thread, on top or not."""
        return self.app.reader

    def say(self, text: str, tone: Tone = "note") -> None:
        """Answer the key that was just pressed, in the footer."""
        self.screen.say(text, tone)

    async def prompt(
        self,
        label: str,
        value: str = "",
        *,
        watch: Callable[[str], None] | None = None,
        completions: Callable[[str], str] | None = None,
    ) -> str | None:
        """Ask for a line of text; None: the user left.  ``watch`` hears every change, Tab asks ``completions``."""
        return await self.screen.ask(PromptLine(label, value, watch=watch, completions=completions))

    async def confirm(self, question: str, *, seen: Callable[[bool], None] | None = None) -> bool:
        """Ask yes or no; anything but y is no."""
        return await self.choose(question, {"y": "yes", "n": "no"}, seen=seen) == "y"

    async def choose(
        self, question: str, choices: dict[str, str], *, seen: Callable[[bool], None] | None = None
    ) -> str | None:
        """Ask for one of some keys, each with what it means; None: the user left.

        ``seen`` hears when the user leaves, so that what belongs to the question goes with it, and of its coming back.
        """
        return await self.screen.ask(PromptLine(question, choices=choices, seen=seen))

    @property
    def account(self) -> AccountRow | None:
        """The forum that the page on top is about, else the one that is read."""
        shown = getattr(self.screen, "account", None)
        return shown if isinstance(shown, AccountRow) else self.reader.account

    def background(self, work: Callable[[], Awaitable[None]], group: str, *, exclusive: bool = True) -> None:
        """Do long work beside the keys; a problem becomes a line, and a newer one of the group replaces it."""
        self.app.start(work, group, exclusive=exclusive)

    def if_debris(self, undo: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]] | None = None) -> None:
        """Undo if the Esc that is being handled proves to be the beginning of a key that came in pieces, else ``end``."""
        self.app.runner.escape.hold(undo, end)

    def in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something in turn with the keys."""
        self.app.runner.do(work)


def go_to_link(desk: Desk, url: str) -> None:
    """Open a link in the browser; copy it instead over SSH, where it would open elsewhere, and where there is none."""
    if not is_link(url):
        desk.say("This link leads to nothing that can be opened.", "warning")
        return
    why = ""
    if not (os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY")):
        try:
            desk.app.open_url(url)
        except UsageError as error:
            why = f"{error}  "
        else:
            desk.say(f"Opened {host(url)} in the browser.")
            return
    desk.app.copy_to_clipboard(url)
    desk.say(f"{why}Copied: {url}")
