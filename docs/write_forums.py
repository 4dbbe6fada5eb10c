"""Writes into docs/forums.md what each kind of forum allows, as its sessions say it; `make docs` runs it, a test holds the two together."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from forumtui.backends.api import Refuses
from forumtui.backends.discourse import asking
from forumtui.backends.discourse import backend as discourse
from forumtui.backends.hackernews import backend as hackernews
from forumtui.backends.lobsters import backend as lobsters
from forumtui.backends.web import Answer
from forumtui.model import Ability

if TYPE_CHECKING:
    from forumtui.backends.api import Backend
    from forumtui.backends.web import Request

PAGE = Path(__file__).with_name("forums.md")
_BLOCK = re.compile(r"(<!-- what (\w+) allows -->\n).*?(<!-- end -->)", re.DOTALL)
_ABILITIES = {
    Ability.SEARCH: "search",
    Ability.REPLY: "replies",
    Ability.DRAFT: "replies that are written here and sent in the browser",
    Ability.NEW_TOPIC: "new topics",
    Ability.EDIT: "changing one's posts",
    Ability.DELETE: "deleting one's posts",
    Ability.LIKE: "likes or votes",
    Ability.REPORT: "reports or flags",
    Ability.MARK: "best practices, expert tips, accepted answers",
    Ability.MODERATE: "moderating",
    Ability.KEEP: "keeping house",
}
_CALLS = {"member": "profiles", "changes": "a feed of what changed", "watch": "news as they come"}


async def _nobody(_: Request) -> Answer:
    raise ConnectionRefusedError("nothing is asked")


async def _a_site(_: Request) -> Answer:
    return Answer(200, b'{"title": "A site"}', {"content-type": "application/json"})


@asynccontextmanager
async def _discourse() -> AsyncIterator[Backend]:
    """As a member, because what a guest may is little."""
    async with asking.connect("https://talk.example", {"key": "k", "client": "c"}, transport=_a_site) as line:
        yield discourse.DiscourseBackend(line, "https://talk.example", "somebody")


SESSIONS: dict[str, Callable[[], AbstractAsyncContextManager[Backend]]] = {
    "discourse": _discourse,
    "hackernews": lambda: hackernews.session(transport=_nobody),
    "lobsters": lambda: lobsters.session("https://lobste.rs", transport=_nobody),
}
"""By the driver's name: one that says what it allows without being asked anything."""


async def allowed(name: str) -> str:
    """The table of one kind of forum."""
    async with SESSIONS[name]() as session:
        info = await session.info()
        rows = [("lists of topics", ", ".join(order.name for order in info.orders) or "latest")]
        rows += [(word, _told(info.can.refusal(ability))) for ability, word in _ABILITIES.items()]
        rows += [(word, "yes" if _offers(session, call) else "no") for call, word in _CALLS.items()]
    return "\n".join(_table(rows)) + "\n"


def _told(refusal: str | None) -> str:
    return "yes" if refusal is None else f"no: {refusal}"


def _offers(session: Backend, call: str) -> bool:
    return getattr(type(session), call) is not getattr(Refuses, call)


def _table(rows: list[tuple[str, str]]) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    yield from (f"| {name} | {value} |" for name, value in rows)


async def page(text: str) -> str:
    """The page with each of its tables as it is now."""
    tables = {name: await allowed(name) for name in SESSIONS}
    return _BLOCK.sub(lambda block: f"{block[1]}\n{tables[block[2]]}\n{block[3]}", text)


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(page(PAGE.read_text(encoding="utf-8"))), encoding="utf-8")
