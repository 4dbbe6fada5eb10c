"""`Desk`: what every act works with: screens, services, ways to tell and to ask, and the pages over the reader."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from forumtui.errors import UsageError
from forumtui.reader.rows import AccountRow, Health, NextUnread
from forumtui.text.ages import exact
from forumtui.text.links import host, is_link
from forumtui.tui.keys.commands import COMMANDS
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.screens.reader import ReaderScreen
from forumtui.tui.services.shared import Facts, Services, Tone
from forumtui.tui.terminal.display import DiffedDisplay
from forumtui.tui.widgets.prompt import PromptLine

if TYPE_CHECKING:
    from forumtui.tui.compose.composer import Composer


class Desk:
    """One for the app; acts get it as their first argument.  ``leave`` keeps what is typed, and ends."""

    def __init__(
        self,
        app: DiffedDisplay[None],
        services: Services,
        reader: ReaderScreen,
        *,
        location: str,
        leave: Callable[[], Awaitable[None]],
    ) -> None:
        self.app = app
        self.services = services
        self.reader = reader
        """The screen with boards, topics and thread, on top or not."""
        self.location = location
        """What the command line named to be opened at once."""
        self.leave = leave
        self.library = services.library
        self.settings = services.settings
        self.wake = services.wake
        self.in_turn = services.in_turn
        self.if_debris = services.if_debris
        self.background = services.background
        self.announced: NextUnread | None = None
        """What Space said it would open next."""
        self.sent: str | None = None
        """The uid of the text that was sent last, as long as it may be on its way."""

    @property
    def screen(self) -> AppScreen:
        """The screen on top."""
        screen = self.app.screen
        return screen if isinstance(screen, AppScreen) else self.reader

    @property
    def account(self) -> AccountRow | None:
        """The forum that the page on top is about, else the one that is read."""
        shown = getattr(self.screen, "account", None)
        return shown if isinstance(shown, AccountRow) else self.reader.here.account

    # -- telling and asking

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
        return await self.screen.questions.ask(PromptLine(label, value, watch=watch, completions=completions))

    async def confirm(self, question: str, *, seen: Callable[[bool], None] | None = None) -> bool:
        """Ask yes or no; anything but y is no."""
        return await self.screen.questions.confirm(question, seen=seen)

    async def choose(
        self, question: str, choices: dict[str, str], *, seen: Callable[[bool], None] | None = None
    ) -> str | None:
        """Ask for one of some keys, each with what it means; None: the user left.

        ``seen`` hears when the user leaves, so that what belongs to the question goes with it, and of its coming back.
        """
        return await self.screen.questions.ask(PromptLine(question, choices=choices, seen=seen))

    # -- pages

    async def to_reader(self) -> None:
        """Close the pages over the reader, and put away what is written there: something else will be seen."""
        while self.app.screen is not self.reader:
            await self.app.pop_screen()
        if self.reader.composer is not None:
            await put_away(self)

    async def show_page(self, page: AppScreen) -> None:
        """Show a page over the reader, in place of the one that is there; the first one leaves open what is written."""
        if self.app.screen is not self.reader:
            await self.to_reader()
        await self.push_over(page)

    async def push_over(self, page: AppScreen) -> None:
        """Show a page over what is there."""
        await self.app.push_screen(page)
        await page.load()

    async def gather_facts(self) -> None:
        """What the header says."""
        unread, _ = await self.library.reading.unread_total()
        accounts = await self.library.accounts.all(visited=True)
        key = self.reader.here.account.key if self.reader.here.account is not None else None
        here = next((row for row in accounts if key in {None, row.key}), None)
        state = ""
        if here is not None and (not here.plugged or here.health is Health.OFFLINE):
            copy = f", data of {exact(here.synced_at)[-5:]}" if here.synced_at else ""
            state = f"offline{copy}"
        elif here is not None and here.health in {Health.FAILED, Health.NEEDS_LOGIN}:
            state = here.note or here.health.value
        waiting = sum(row.waiting for row in accounts)
        self.services.facts = Facts(unread, state, waiting, await self.library.notices.unread())
        self.screen.show_header()


def composer_of(desk: Desk) -> Composer:
    """The open composer.  Raises `UsageError` without one."""
    composer = desk.reader.composer
    if composer is None:
        raise UsageError("Nothing is being written.")
    return composer


async def close_composer(desk: Desk) -> None:
    """Take the composer away; what was typed is kept."""
    await composer_of(desk).save()
    await take_away(desk)


async def take_away(desk: Desk) -> None:
    """Take the composer away; its text is dealt with."""
    await composer_of(desk).remove()
    reader = desk.reader
    reader.focus_pane(Pane.THREAD if reader.topic is not None and not reader.previewing else Pane.TOPICS)


async def put_away(desk: Desk) -> None:
    """Take the composer away and say how to go on with what was typed."""
    keeper = composer_of(desk).keeper
    await close_composer(desk)
    if keeper.uid is not None:
        again = "draft-reply" if desk.reader.refusal(COMMANDS["reply"]) is not None else "reply"
        desk.say(f"Draft kept; {desk.reader.keymap.label(again)} goes on with it, g d lists drafts.")


def go_to_link(desk: Desk, url: str) -> None:
    """Open a link in the browser; copy it instead over SSH, where it would open elsewhere, and where there is none."""
    if not is_link(url):
        desk.say("This link leads to nothing that can be opened.", "warning")
        return
    why = ""
    try:
        if opened_in_browser(desk, url):
            desk.say(f"Opened {host(url)} in the browser.")
            return
    except UsageError as error:
        why = f"{error}  "
    desk.app.copy_to_clipboard(url)
    desk.say(f"{why}Copied: {url}")


def opened_in_browser(desk: Desk, url: str) -> bool:
    """Open a link in the browser, but not over SSH, where that would be elsewhere.  Raises `UsageError` where there is none."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    desk.app.open_url(url)
    return True
