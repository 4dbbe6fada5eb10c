"""Searching here and everywhere, filtering, and answering prompts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from forumtui.reader.rows import TopicQuery
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.finding import end_search, everywhere, step_match, tell_position
from forumtui.tui.acts.following import follow
from forumtui.tui.render.arrangement import Pane


async def search(desk: Desk, _count: int | None) -> None:
    """Search here; n and p step through."""
    reader = desk.reader
    typed = await desk.prompt("Search in this topic" if reader.pane is Pane.THREAD else "Search in this list")
    if typed is None or not typed.strip():
        await end_search(desk)
        return
    reader.seeking = typed.strip()
    if reader.pane is Pane.THREAD:
        reader.whereabouts.remember()
        found = await reader.thread.finding.search(reader.seeking)
        if not found:
            desk.say(f"'{reader.seeking}' is not in this topic; g / searches everywhere.", "warning")
            await end_search(desk, hush=False)
            return
        tell_position(desk)
    else:
        await step_match(desk, 1, from_here=True)


async def search_everywhere(desk: Desk, _count: int | None) -> None:
    """Search all forums."""
    typed = await desk.prompt("Search all forums")
    if typed is not None and typed.strip():
        await everywhere(desk, typed.strip())


async def filter(desk: Desk, _count: int | None) -> None:  # noqa: A001 - the command's name
    """Filter the list."""
    reader = desk.reader
    before = reader.topics.shown

    def narrow(text: str) -> None:
        desk.background(partial(_filter, desk, replace(before, filter=text.strip())), "filter")

    typed = await desk.prompt("Filter topics by", before.filter, watch=narrow)
    query = before if typed is None else replace(before, filter=typed.strip())
    if reader.topics.shown != query or typed:
        await _filter(desk, query)
    if reader.pane is not Pane.TOPICS:
        reader.focus_pane(Pane.TOPICS)
    if query.filter:
        desk.say(f"filter: {query.filter}   Esc ends it")


async def _filter(desk: Desk, query: TopicQuery) -> None:
    await desk.reader.show_list(query, focus=False)
    desk.reader.show_here()


async def accept(desk: Desk, _count: int | None) -> None:
    """Take what is typed."""
    line = desk.screen.questions.line
    if line is not None:
        line.reply(line.field.value)
    else:
        await follow(desk, await desk.screen.open_row())


async def complete_prompt(desk: Desk, _count: int | None) -> None:
    """Complete."""
    if desk.screen.questions.line is not None:
        desk.screen.questions.line.complete()
