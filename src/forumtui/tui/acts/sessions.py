"""By what a forum knows one: changing the password, and where one is logged in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from forumtui.reader.library.door import PASSWORD_FORM
from forumtui.reader.rows import AccountRow
from forumtui.text.sanitise import clean_line
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.secretly import NOTHING_SENT, overheard_lines, overheard_question, same_twice, secrets_twice
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.form import Form, FormScreen
from forumtui.tui.screens.sessions import SessionsScreen, named

_ENDS_OTHERS = "Your other log-ins end with it, on other machines and of programs."
_IS_KEPT = "What you wrote is kept."


async def password(desk: Desk, _count: int | None) -> None:
    """Change your password there."""
    account = desk.account
    if account is None:
        return
    old, new = PASSWORD_FORM

    async def send(values: dict[str, str]) -> str:
        await desk.services.engine.access.set_password(account.key, values.get(old.name, ""), values[new.name])
        return f"Your password in {account.title} is changed; all other log-ins are ended."

    form = Form(
        (account.title, "password"),
        f"Change your password in {account.title}",
        [old, *secrets_twice([new])],
        partial(_password_intro, account),
        send,
        {},
        check=same_twice,
        question=overheard_question(account),
        unless=NOTHING_SENT,
    )
    await desk.push_over(FormScreen(desk.reader.keymap, form))


async def _password_intro(account: AccountRow, width: int) -> Sequence[PageRow]:
    lines = [*await text_lines(_ENDS_OTHERS, width, "dim"), *await overheard_lines(account, width)]
    return [PageRow(number, line) for number, line in enumerate([line_of(""), *lines])]


async def sessions(desk: Desk, _count: int | None) -> None:
    """Where you are logged in there."""
    account = desk.account
    if account is not None:
        await desk.push_over(SessionsScreen(desk.reader.keymap, account))


async def end_session(desk: Desk, _count: int | None) -> None:
    """End this log-in (asks)."""
    screen = desk.screen
    if not isinstance(screen, SessionsScreen) or screen.token is None:
        return
    token, access, key = screen.token, desk.services.engine.access, screen.account.key
    if token.current:
        await _end(desk, screen, f"Log out here? {_IS_KEPT}", lambda: access.end(key, token), "Logged out.", gone=True)
    else:
        question = f"End the log-in {named(token)}?"
        await _end(desk, screen, question, lambda: access.end(key, token), f"Ended: {named(token)}.")


async def end_other_sessions(desk: Desk, _count: int | None) -> None:
    """Log out everywhere but here (asks)."""
    screen = desk.screen
    if isinstance(screen, SessionsScreen):
        access, key, title = desk.services.engine.access, screen.account.key, clean_line(screen.account.title)
        done = f"Logged out of {title} everywhere but here."
        await _end(desk, screen, f"Log out of {title} everywhere but here?", lambda: access.end_others(key), done)


async def end_all_sessions(desk: Desk, _count: int | None) -> None:
    """Log out everywhere (asks)."""
    screen = desk.screen
    if isinstance(screen, SessionsScreen):
        access, key, title = desk.services.engine.access, screen.account.key, clean_line(screen.account.title)
        question = f"Log out of {title} everywhere, here too? {_IS_KEPT}"
        done = f"Logged out of {title} everywhere."
        await _end(desk, screen, question, lambda: access.end_all(key), done, gone=True)


async def _end(
    desk: Desk,
    screen: SessionsScreen,
    question: str,
    end: Callable[[], Awaitable[object]],
    done: str,
    *,
    gone: bool = False,
) -> None:
    """Ask, end, and show what is left; ``gone``: nobody is left who could ask for it."""
    if not await desk.confirm(question):
        return

    async def job() -> None:
        await end()
        if not gone:
            screen.fetch()
        elif screen.is_attached:
            await screen.leave()
        desk.say(f"{done} Drafts and outbox are kept." if gone else done, "success")

    screen.say("Asking the forum …", seconds=None)
    desk.background(job, "log in")
