"""`DeskScreen`: what all screens share: header, footer, questions, the keys that work here, and the news of what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer

from forumtui.reader.rows import AccountKey, Changed, TopicKey, What
from forumtui.tui.keys.commands import COMMANDS, Command
from forumtui.tui.keys.hints import HINTS
from forumtui.tui.keys.keymap import Keymap, Kind, Outcome
from forumtui.tui.render.board_row import who_in
from forumtui.tui.render.cells import ASCII, preferred_glyphs
from forumtui.tui.screens.keyed import KeyedScreen
from forumtui.tui.widgets.footer import FooterLine
from forumtui.tui.widgets.header import HeaderLine
from forumtui.tui.widgets.which_key import WhichKey


class LibraryChanged(Message, bubble=False):
    """What changed since the last such message; many changes arrive as one."""

    def __init__(self, changes: frozenset[Changed]) -> None:
        super().__init__()
        self.changes = changes

    def touches(self, *what: What) -> bool:
        """Whether anything of these kinds changed."""
        return any(change.what in what for change in self.changes)

    def touches_topic(self, topic: TopicKey, account: AccountKey) -> bool:
        """Whether posts of this topic may have changed."""
        return any(
            change.what in {What.POSTS, What.TOPICS, What.OUTBOX}
            and change.topic in {None, topic}
            and change.account in {None, account}
            for change in self.changes
        )


if TYPE_CHECKING:
    from forumtui.tui.app import ForumApp
    from forumtui.tui.desk import Desk, Tone

WHICH_KEY_AFTER = 0.4
"""Seconds before the strip of further keys shows."""


class DeskScreen(KeyedScreen):
    """A screen that the key runner knows how to talk to."""

    DEFAULT_CSS = "DeskScreen { layers: base over; }"
    title_path: tuple[str, ...] = ()
    """Where this is, for the header."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(keymap, classes="ascii" if preferred_glyphs() is ASCII else None)
        self._moment: Timer | None = None

    def compose(self) -> ComposeResult:
        """Header, body, footer."""
        yield HeaderLine()
        yield from self.body()
        yield WhichKey()
        yield FooterLine()

    def body(self) -> ComposeResult:
        """What lies between header and footer."""
        yield from ()

    @property
    def desk(self) -> Desk:
        """The app's desk."""
        return cast("ForumApp", self.app).desk

    def refusal(self, command: Command) -> str | None:
        """Why a command can not be used here now; None: it can."""
        del command
        return None

    async def load(self) -> None:
        """Read what the screen shows; called once it is up."""

    async def open_row(self) -> None:
        """Open what is under the cursor."""

    async def leave(self) -> None:
        """Go back to where one came from."""
        if len(self.app.screen_stack) > 1 and self.app.screen is self:
            await self.app.pop_screen()

    async def leave_for_now(self) -> None:
        """Go back; the page stays whole until it is certain that no debris follows, and is then taken down."""
        app, name = cast("ForumApp", self.app), f"left-{id(self)}"

        async def again() -> None:
            app.uninstall_screen(name)
            await app.push_screen(self)
            await self.changed(LibraryChanged(frozenset(Changed(what) for what in What)))

        async def end() -> None:
            app.uninstall_screen(name)
            if self not in app.screen_stack:
                await self.remove()

        app.install_screen(self, name)
        await self.leave()
        if self in app.screen_stack:
            app.uninstall_screen(name)
        else:
            app.runner.escape.hold(again, end)

    async def changed(self, message: LibraryChanged) -> None:
        """Show what changed in the library."""

    # -- telling

    def on_mount(self) -> None:
        """Say what could not be said before."""
        app = cast("ForumApp", self.app)
        if app.unsaid:
            self.say(app.unsaid, "error")
            app.unsaid = ""

    def say(self, text: str, tone: Tone = "note", seconds: float | None = 6.0) -> None:
        """Say something in the footer for a while, or until the next command."""
        self.query_one(FooterLine).say(" ".join(text.splitlines()), tone, seconds)

    def hush(self) -> None:
        """Show the keys again."""
        self.query_one(FooterLine).hush()

    # -- keys that work here

    def show_pending(self, outcome: Outcome) -> None:
        """After a moment, show what may follow the keys typed so far."""
        if self._moment is not None:
            self._moment.stop()
            self._moment = None
        strip = self.query_one(WhichKey)
        if outcome.kind is not Kind.PENDING:
            strip.hide()
        elif not outcome.options:
            self.say(f"{outcome.count or 0}   Enter goes to that post; a moving key moves so far; Esc ends")
        else:
            refused = [command for _, command in outcome.options if self.refusal(command) is not None]
            self._moment = self.set_timer(
                WHICH_KEY_AFTER, lambda: strip.offer(outcome.strokes, outcome.options, refused)
            )
        if outcome.kind is Kind.CANCELLED:
            self.hush()

    def hints(self) -> Sequence[tuple[str, str, bool]]:
        """(keys, word, whether it can be used now) for the footer."""
        here = HINTS[self.place]
        return [
            (self.keymap.label(name), word, self.refusal(COMMANDS[name]) is None)
            for name, word in here
            if self.keymap.label(name)
        ]

    def show_hints(self) -> None:
        """Bring the footer up to date."""
        self.query_one(FooterLine).show(self.hints())

    def on_footer_line_hint_chosen(self, event: FooterLine.HintChosen) -> None:
        """A tap on a hint runs its command."""
        for name, _ in HINTS[self.place]:
            if self.keymap.label(name) == event.keys:
                self.desk.in_turn(lambda name=name: self._tapped(name))  # type: ignore[misc]
                return

    async def _tapped(self, name: str) -> None:
        await cast("ForumApp", self.app).implementation(COMMANDS[name])(None)

    def on_screen_resume(self) -> None:
        """Whenever this screen comes up: where it is, and its keys."""
        self.focus_holder()
        self.show_header()
        self.show_hints()

    def show_header(self) -> None:
        """Bring the header up to date."""
        facts = cast("ForumApp", self.app).facts
        account = self.desk.reader.account
        who = who_in(account) if account is not None else ""
        self.query_one(HeaderLine).show(self.title_path, facts.unread, facts.state, facts.outbox, who)
