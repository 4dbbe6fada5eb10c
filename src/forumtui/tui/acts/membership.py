"""Becoming somebody in a forum, and who others are there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from forumtui.model import Author, Member, Option, Registration, SetProfile, Volunteer
from forumtui.reader.rows import AccountRow
from forumtui.text.blocks import Line
from forumtui.text.sanitise import clean_line
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.granting import log_in_elsewhere
from forumtui.tui.acts.secretly import (
    NOTHING_SENT,
    once,
    overheard_lines,
    overheard_question,
    same_twice,
    secrets_twice,
)
from forumtui.tui.acts.steps import carry_out
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.board_row import who_in
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.form import Form, FormScreen

_ACCEPTS = "accepts_rules"
"""The field of a registration form that is asked as a question."""
_RULES = "rules"


async def log_in(desk: Desk, _count: int | None) -> None:
    """Log in here."""
    account = desk.account
    if account is None:
        return
    forms = await desk.services.engine.forms(account.key)
    if forms.elsewhere:
        await log_in_elsewhere(desk, account, _you_are)
        return
    if not forms.log_in:  # there is nothing to fill in
        desk.say(f"{account.title} asks nobody to log in. {_you_are(account)}")
        return

    async def send(values: dict[str, str]) -> str:
        return _you_are(await desk.services.engine.log_in(account.key, values))

    values = {"name": account.me.name} if account.me is not None else {}
    form = Form(
        (account.title, "log in"),
        f"Log in to {account.title}",
        forms.log_in,
        partial(_log_in_intro, account),
        send,
        values,
        question=overheard_question(account),
        unless=NOTHING_SENT,
    )
    await desk.push_over(FormScreen(desk.reader.keymap, form))


def _you_are(account: AccountRow) -> str:
    return f"You are {who_in(account) if account.me is not None else 'a guest'} in {account.title}."


async def _log_in_intro(account: AccountRow, width: int) -> Sequence[PageRow]:
    lines = [*await text_lines(account.location, width, "dim"), *await overheard_lines(account, width)]
    if account.note:
        lines += [line_of(""), *await text_lines(account.note, width, "warning")]
    return [PageRow(number, line) for number, line in enumerate(lines)]


async def register(desk: Desk, _count: int | None) -> None:
    """Become a member here."""
    account = desk.account
    if account is None:
        return
    forms = await desk.services.engine.forms(account.key)
    if not forms.register:
        desk.say(f"One does not become a member of {account.title} from here.")
        return
    fields = [option for option in forms.register if option.name != _ACCEPTS]
    asks = any(option.name == _ACCEPTS for option in forms.register)

    async def send(values: dict[str, str]) -> str:
        accepted = {_ACCEPTS: "yes"} if asks else {}
        return _you_are(await desk.services.engine.register(account.key, {**once(values), **accepted}))

    form = Form(
        (account.title, "become a member"),
        f"Become a member of {account.title}",
        secrets_twice(_needed(fields, account)),
        partial(_registration_intro, account),
        send,
        {},
        check=same_twice,
        question=" ".join(
            filter(
                None,
                [overheard_question(account), f"Do you accept the rules of {account.title}?" if asks else ""],
            )
        ),
        unless="Nothing was sent: who becomes a member accepts the rules." if asks else NOTHING_SENT,
    )
    await desk.push_over(FormScreen(desk.reader.keymap, form))


def _needed(fields: Sequence[Option], account: AccountRow) -> list[Option]:
    """An open forum asks for no invitation."""
    is_open = account.registration is Registration.OPEN
    return [option for option in fields if option.required or not (is_open and option.name == "invitation")]


async def _registration_intro(account: AccountRow, width: int) -> Sequence[PageRow]:
    lines: list[Line] = [*await overheard_lines(account, width)]
    if account.registration is Registration.INVITATION:
        lines += await text_lines("It takes those who were invited.", width, "dim")
    for page in account.pages:
        if page.slug == _RULES:
            lines += [
                *([line_of("")] if lines else []),
                line_of((clean_line(page.title), "strong")),
                *await text_lines(page.body, width),
            ]
    return [PageRow(number, line) for number, line in enumerate(lines)]


async def log_out(desk: Desk, _count: int | None) -> None:
    """Log out here (asks)."""
    account = desk.account
    if account is None or not await desk.confirm(f"Log out of {account.title}? What you wrote is kept."):
        return

    async def job() -> None:
        row = await desk.services.engine.log_out(account.key)
        desk.say(f"Logged out. {_you_are(row)} Drafts and outbox are kept.", "success")

    desk.screen.say(f"Logging out of {account.title} …", seconds=None)
    desk.background(job, "log in")


# -- fields of a form


def _form(desk: Desk) -> FormScreen | None:
    return desk.screen if isinstance(desk.screen, FormScreen) else None


async def take_field(desk: Desk, _count: int | None) -> None:
    """Next field; from the last one: send."""
    form = _form(desk)
    if form is not None and form.at_last:
        await form.submit()
    elif form is not None:
        form.step(1)


async def form_next(desk: Desk, _count: int | None) -> None:
    """Next field."""
    form = _form(desk)
    if form is not None:
        form.step(1)


async def form_previous(desk: Desk, _count: int | None) -> None:
    """Previous field."""
    form = _form(desk)
    if form is not None:
        form.step(-1)


async def send_form(desk: Desk, _count: int | None) -> None:
    """Send the form."""
    form = _form(desk)
    if form is not None:
        await form.submit()


# -- members


async def member(desk: Desk, _count: int | None) -> None:
    """Who wrote this; on your forums: who you are there."""
    from forumtui.tui.screens.member import MemberScreen

    account, reader = desk.account, desk.reader
    if account is None:
        return
    someone: Author | Member | None = account.me
    if desk.screen is reader:
        about = reader.here.post or reader.here.topic
        someone = about.author if about is not None else None
    if someone is None:
        desk.say("Nobody knows who wrote this." if desk.screen is reader else f"You are a guest in {account.title}.")
        return
    await desk.push_over(MemberScreen(reader.keymap, account, someone.name, someone.role))


async def edit_profile(desk: Desk, _count: int | None) -> None:
    """Say something about yourself."""
    from forumtui.tui.screens.member import MemberScreen

    screen = desk.screen
    if not isinstance(screen, MemberScreen):
        return
    about = await desk.prompt("About you", " ".join(screen.member.about.split()))
    if about is not None:
        carry_out(
            desk,
            screen.account.key,
            SetProfile(about.strip()),
            doing="Saving what you say about yourself",
            done="Saved: others see it on your page.",
            then=screen.fetch,
        )


async def volunteer(desk: Desk, _count: int | None) -> None:
    """Offer to lead this board."""
    from forumtui.tui.screens.board_page import BoardPage

    screen = desk.screen
    if not isinstance(screen, BoardPage) or screen.board is None:
        return
    board = screen.board
    text = await desk.prompt("Why you? (may be left empty)")
    if text is not None:
        carry_out(
            desk,
            screen.account.key,
            Volunteer(board.id, text.strip()),
            doing=f"Offering to lead {board.title}",
            done=f"You offered to lead {board.title}; the moderators decide.",
            held=f"You offered to lead {board.title}; the moderators decide.",
        )
