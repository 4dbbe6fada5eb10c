"""Going where a row leads."""

from __future__ import annotations

from forumtui.tui.acts.adding import open_link
from forumtui.tui.acts.arriving import show_account, show_post
from forumtui.tui.acts.composition import open_row
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.orders import order_named
from forumtui.tui.acts.running import implementation
from forumtui.tui.screens.leads import Lead, ToCommand, ToForum, ToHit, ToLink, ToOrder, ToPost, ToText, ToTopics

NOT_HERE = "That post is not here yet; it will be after the next look at the forum."


async def follow(desk: Desk, lead: Lead | None) -> None:
    """Go where a row leads."""
    reader = desk.reader
    if isinstance(lead, ToPost):
        await _to_post(desk, lead)
    elif isinstance(lead, ToHit):
        reader.whereabouts.remember()
        await desk.to_reader()
        await reader.open_topic(lead.topic, post=lead.post)
        reader.seeking = lead.sought
        await reader.thread.finding.search(lead.sought)
        await reader.thread.walking.go_to_key(lead.post)
    elif isinstance(lead, ToTopics):
        reader.whereabouts.remember()
        await desk.to_reader()
        await reader.show_list(lead.query)
        reader.show_here()
    elif isinstance(lead, ToForum):
        await show_account(desk, lead.account)
    elif isinstance(lead, ToLink):
        await open_link(desk, lead.url)
    elif isinstance(lead, ToText):
        await open_row(desk, lead.row)
    elif isinstance(lead, ToOrder):
        await order_named(desk, lead.word)
    elif isinstance(lead, ToCommand) and desk.screen.place in lead.command.where:
        await implementation(desk, lead.command)(None)


async def _to_post(desk: Desk, lead: ToPost) -> None:
    """Open a topic at a post, or say that there is none, or that it is not here yet."""
    if lead.topic is None:
        desk.say("This is about no post or topic.")
        return
    if await desk.library.reading.topic_by_id(lead.account, lead.topic) is None:
        desk.say(NOT_HERE, "warning")
        return
    desk.reader.whereabouts.remember()
    await show_post(desk, lead.account, lead.topic, lead.post)
