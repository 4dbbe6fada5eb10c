"""What the keys do while writing."""

from __future__ import annotations

import asyncio
import os
import shlex
from contextlib import suppress
from functools import partial

from textual.app import SuspendNotSupported

from forumtui.errors import UsageError
from forumtui.model import Format
from forumtui.reader.rows import Health, ThreadOrder
from forumtui.reader.target import OutKind
from forumtui.text.mentions import first_words
from forumtui.tui.acts.composition import address_of, reopen_composer
from forumtui.tui.acts.desk import Desk, close_composer, composer_of, opened_in_browser, put_away, take_away
from forumtui.tui.compose import texts
from forumtui.tui.compose.composer import Composer
from forumtui.tui.keys.allowed import is_sent_in_browser
from forumtui.tui.render.board_row import what_becomes

_MOST_NAMES = 50
"""Members that one mention may mean."""


async def send(desk: Desk, _count: int | None) -> None:
    """Send."""
    composer = composer_of(desk)
    keeper = composer.keeper
    keeper.now = composer.value()
    if keeper.target.kind is OutKind.TOPIC and not keeper.now.subject.strip():
        raise UsageError("A topic needs a subject.")
    if not keeper.now.text.strip():
        raise UsageError("There is nothing to send yet.")
    account = await desk.library.accounts.get(keeper.target.account)
    if keeper.target.kind is OutKind.REPLY and is_sent_in_browser(account.can):
        await _hand_over(desk, composer)
        return
    row = await keeper.submit()
    account = await desk.library.accounts.get(row.account)
    desk.sent = row.uid if account.health is not Health.OFFLINE else None
    desk.wake(row.account)
    await take_away(desk)
    reader = desk.reader
    waits = what_becomes(account)
    shows = f"{reader.keymap.label('outbox')} shows the outbox"
    if row.kind is OutKind.REPLY and reader.topic is not None and reader.order is ThreadOrder.FLAT:
        shows = f"{reader.keymap.label('bottom')} shows it, {reader.keymap.label('outbox')} the outbox"
    desk.say(f"Your {'topic' if row.kind is OutKind.TOPIC else 'text'} {waits}; {shows}.", "success")
    if row.kind is OutKind.REPLY and reader.topic is not None:
        await reader.thread.refresh_thread()


async def _hand_over(desk: Desk, composer: Composer) -> None:
    """Leave the sending to the browser: the text is copied, the page with the form is opened, and the draft stays."""
    text, url = composer.value().text, await address_of(desk, composer.keeper.target)
    await close_composer(desk)
    desk.app.copy_to_clipboard(text)
    where = "into the forum's form" if url is None else f"at {url}"
    with suppress(UsageError):  # without a browser here, the address leads to one elsewhere
        if url is not None and opened_in_browser(desk, url):
            where = "into the form in the browser"
    desk.say(f"Copied; paste it {where}.  {desk.reader.keymap.label('drafts')} has the draft.", "success")


async def preview(desk: Desk, _count: int | None) -> None:
    """Preview, and back."""
    composer = composer_of(desk)
    members, account = desk.library.reading.members, composer.keeper.target.account
    words = set() if composer.previewing else first_words(composer.value().text)
    names = [name for word in sorted(words) for name in await members(account, word, limit=_MOST_NAMES)]
    await composer.toggle_preview(names)


async def keep(desk: Desk, _count: int | None) -> None:
    """Keep the draft and go back."""
    composer = composer_of(desk)
    if composer.previewing:
        await composer.toggle_preview()
        desk.if_debris(composer.toggle_preview)
        return
    await put_away(desk)
    desk.if_debris(partial(reopen_composer, desk, composer))


async def discard(desk: Desk, _count: int | None) -> None:
    """Throw the draft away (asks)."""
    composer = composer_of(desk)
    composer.keeper.now = composer.value()
    kept = composer.keeper.uid is not None or not composer.keeper.is_kept
    if kept and not await desk.confirm("Throw this text away?"):
        composer.focus_field()
        return
    gone = await composer.keeper.discard()
    await take_away(desk)
    if not gone:
        desk.say("Another window changed or sent this draft meanwhile; that is kept.", "warning")
    elif kept:
        desk.say("Thrown away; U brings it back.")


async def complete(desk: Desk, _count: int | None) -> None:
    """Complete an @name, else next field."""
    composer = composer_of(desk)
    if not composer.complete():
        composer.other_field()


async def previous_field(desk: Desk, _count: int | None) -> None:
    """Previous field."""
    composer_of(desk).other_field()


async def thread_up(desk: Desk, _count: int | None) -> None:
    """Scroll the thread up."""
    _scroll(desk, -1)


async def thread_down(desk: Desk, _count: int | None) -> None:
    """Scroll the thread down."""
    _scroll(desk, 1)


def _scroll(desk: Desk, pages: int) -> None:
    composer = composer_of(desk)
    if composer.previewing:
        composer.preview.page(pages)
    else:
        desk.reader.thread.walking.page(pages)


async def editor(desk: Desk, _count: int | None) -> None:
    """Write in $EDITOR."""
    composer = composer_of(desk)
    command = texts.editor_of(desk.settings, os.environ)
    composer.keeper.now = composer.value()
    await composer.keeper.flush()
    text = await _edited(desk, command, composer.value().text, composer.keeper.target.format)
    if text != composer.value().text:
        composer.replace(text)
    composer.writing_subject = False
    composer.focus_field()
    choice = await desk.choose("Edited.", {"s": "send", "e": "go on here", "k": "keep draft", "d": "discard"})
    if choice == "s":
        await send(desk, None)
    elif choice == "k":
        await keep(desk, None)
    elif choice == "d":
        await discard(desk, None)
    else:
        composer.focus_field()


async def _edited(desk: Desk, command: str, text: str, written: Format) -> str:
    """The text as the user's editor left it.  Raises `UsageError`, with the text untouched, when it failed."""
    file = texts.written(text, written)
    app = desk.app
    try:
        with app.batch_update(), app.suspend():
            process = await asyncio.create_subprocess_exec(*shlex.split(command), str(file))
            status = await process.wait()
        if status:
            raise UsageError(f"The editor ended with status {status}; your text is as it was.")
        return texts.taken(file)
    except (OSError, ValueError, SuspendNotSupported) as error:
        raise UsageError(f"The editor '{command}' did not start ({error}); your text is as it was.") from error
    finally:
        texts.remove(file)
        app.refresh(layout=True)
