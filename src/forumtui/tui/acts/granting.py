"""Logging in by a page in a browser, on whichever machine that is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from forumtui.errors import UsageError
from forumtui.model import Errand, Option
from forumtui.reader.rows import AccountRow
from forumtui.tui.acts.desk import Desk
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.errand import ERRAND, ErrandScreen
from forumtui.tui.screens.form import Form, FormScreen

_PASTED = Option("payload", "what the page shows", required=True)


async def log_in_elsewhere(desk: Desk, account: AccountRow, you_are: Callable[[AccountRow], str]) -> None:
    """Say what to do in a browser, and wait beside the keys until it is done; leaving the page leaves off."""
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def job() -> None:
        try:
            row = await desk.services.engine.access.log_in_elsewhere(account.key, partial(_show, desk, account, ended))
        except Exception as error:
            if not isinstance(desk.screen, FormScreen):
                raise
            ended.set_exception(error)  # the form says it, and stays
            return
        finally:
            if isinstance(desk.screen, ErrandScreen):
                await desk.app.pop_screen()
        if isinstance(desk.screen, FormScreen):
            ended.set_result(you_are(row))
        else:
            desk.say(you_are(row), "success")

    desk.screen.say(f"Asking {account.title} …", seconds=None)
    desk.background(job, ERRAND)


async def _show(desk: Desk, account: AccountRow, ended: asyncio.Future[str], errand: Errand) -> str:
    if errand.pastes:
        return await _ask_for_it(desk, account, errand, ended)
    await desk.push_over(ErrandScreen(desk.reader.keymap, account, errand))
    return ""


async def _ask_for_it(desk: Desk, account: AccountRow, errand: Errand, ended: asyncio.Future[str]) -> str:
    pasted: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def send(values: dict[str, str]) -> str:
        if ended.done():
            raise UsageError("That came to its end; close this and begin again.")
        pasted.set_result(values[_PASTED.name])
        return await ended

    async def intro(width: int) -> Sequence[PageRow]:
        lines = [
            *await text_lines("Open this page in a browser, on any machine, and allow forumtui:", width),
            line_of(""),
            *await text_lines(errand.address, width, "strong"),
            line_of(""),
            *await text_lines("Then paste above what the page shows; blanks and line ends in it do no harm.", width),
        ]
        return [PageRow(number, line) for number, line in enumerate(lines)]

    form = Form((account.title, "log in"), f"Log in to {account.title}", (_PASTED,), intro, send, {})
    await desk.push_over(FormScreen(desk.reader.keymap, form))
    return await pasted
