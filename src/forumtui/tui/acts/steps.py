"""Steps that several acts share, and having the forum do something at once, while the keys go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from forumtui.model import Act
from forumtui.reader.rows import AccountKey, NextUnread, TopicQuery, TopicRow
from forumtui.text.imprint import imprint
from forumtui.text.sanitise import clean_line
from forumtui.tui.acts.desk import Desk
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.render.cells import fit
from forumtui.tui.screens.previews import query_of
from forumtui.tui.screens.reader import ReaderScreen, note_read
from forumtui.tui.thread.view import ThreadView
from forumtui.tui.widgets.footer import FooterLine

_NOTICE = "notice"
"""Where the library remembers which notice was told."""
_LONGEST_NOTICE = 500


async def by_pages(desk: Desk, pages: float) -> None:
    """So many screens down, up if negative."""
    rows = desk.screen.rows
    if isinstance(rows, ThreadView):
        rows.walking.page(pages)
        await note_read(desk.reader)
    elif isinstance(rows, LineList):
        rows.page(pages)


def list_here(reader: ReaderScreen) -> TopicQuery:
    """The topics that are seen or, on the boards, those of the line under the cursor."""
    entry = reader.boards.current if reader.pane is Pane.BOARDS else None
    return reader.topics.shown if entry is None else query_of(entry)


async def find_unread(desk: Desk, *, backwards: bool = False, skip_topic: bool = False) -> NextUnread | None:
    """The next unread post from where one is, in the order that is seen."""
    reader = desk.reader
    topic, here = reader.here.topic, reader.thread.current if reader.pane is Pane.THREAD else None
    return await desk.library.reading.next_unread(
        list_here(reader),
        after=here.key if here is not None else None,
        topic=topic.key if topic is not None else None,
        backwards=backwards,
        skip_topic=skip_topic,
    )


def is_open(desk: Desk, found: NextUnread) -> bool:
    """Whether the topic of an unread post is the one that is read."""
    reader = desk.reader
    return reader.pane is Pane.THREAD and reader.topic is not None and reader.topic.key == found.topic.key


async def open_topic(desk: Desk, row: TopicRow) -> None:
    """Read a topic of the list, from its first unread post on."""
    desk.reader.whereabouts.remember()
    await desk.reader.open_topic(row.key)
    await tell_notice(desk, row.account)


async def open_unread(desk: Desk, found: NextUnread) -> None:
    """Go to an unread post: in the topic that is open, or in another, with the list that it stands in."""
    reader = desk.reader
    desk.announced = None
    if is_open(desk, found):
        await _go_in_topic(desk, found)
        return
    reader.whereabouts.remember()
    await desk.to_reader()
    if found.shown != reader.topics.shown:
        await reader.show_list(found.shown, anchor=found.topic.key, focus=False)
    await reader.open_topic(found.topic.key, post=found.post)
    await tell_notice(desk, found.topic.account)


async def tell_notice(desk: Desk, account: AccountKey) -> None:
    """Say a forum's notice where one begins to read there: once for each wording, until the next command."""
    row, footer = desk.reader.accounts.get(account), desk.reader.query_one(FooterLine)
    notice = clean_line(row.notice, _LONGEST_NOTICE) if row is not None else ""
    if row is None or not notice or footer.said or desk.services.told.get(account) == notice:
        return
    desk.services.told[account] = notice
    known = imprint(notice)
    if await desk.library.accounts.cursor(account, _NOTICE) == known:
        return
    await desk.library.accounts.set_cursor(account, _NOTICE, known)
    key = desk.reader.keymap.label("board-page")
    more = f"  ({key}: about this forum)" if key else ""
    said = f"{clean_line(row.title or row.name)}: {notice}"
    desk.reader.say(fit(said, desk.app.size.width - 2 - len(more)) + more, seconds=None)


async def _go_in_topic(desk: Desk, found: NextUnread) -> None:
    reader = desk.reader
    here = reader.thread.current
    if found.post is None:
        desk.say(f"{found.topic.unread} unread here, not fetched yet: they come when the forum answers.", "warning")
    elif here is not None and here.key == found.post:
        desk.say(f"This is the last unread post; {reader.keymap.label('read-on')} reads it to its end.")
    else:
        reader.whereabouts.remember()
        await reader.thread.walking.go_to_key(found.post)


def all_read(desk: Desk) -> None:
    """Say that nothing is left, and how much that was."""
    posts, forums = len(desk.services.tally.posts), len(desk.services.tally.forums)
    if not posts:
        desk.say("All read.", "success")
        return
    desk.say(
        f"All read. {posts} post{'' if posts == 1 else 's'}, {forums} forum{'' if forums == 1 else 's'}", "success"
    )


def carry_out(
    desk: Desk,
    account: AccountKey,
    act: Act,
    *,
    doing: str,
    done: str,
    held: str = "The moderators will look at it.",
    then: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Say what is under way, then what came of it; a refusal or a lost line becomes its sentence.

    ``held`` is said where somebody else decides.  One act does not wait for another.
    """

    async def job() -> None:
        receipt = await desk.services.engine.act(account, act)
        desk.say(held if receipt.outcome == "held" else done, "success")
        if then is not None:
            await then()

    desk.screen.say(f"{doing} …", seconds=None)
    desk.background(job, "acts", exclusive=False)
