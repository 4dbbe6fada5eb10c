"""Opening and closing the composer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forumtui.errors import UsageError
from forumtui.model import PostId, TopicId
from forumtui.reader.rows import Health, OutRow, OutState, TopicKey
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.text.links import is_link
from forumtui.tui.acts.desk import Desk, close_composer, composer_of
from forumtui.tui.compose.drafting import SECOND_DRAFT, DraftKeeper, Shown, Text, drafts_of
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.render.board_row import what_becomes

if TYPE_CHECKING:
    from forumtui.tui.compose.composer import Composer


async def open_composer(desk: Desk, target: Target, shown: Shown, start: Text) -> None:
    """Write for this target; a draft that is already there is gone on with."""
    drafts = await drafts_of(desk.library, target)
    row = drafts[-1] if drafts else None
    if row is not None:
        target = row.target
        is_quote = target.kind is OutKind.REPLY and start.text and start.text not in row.text
        if is_quote:
            whole = f"{row.text.rstrip()}\n\n{start.text}"
            start = Text(row.subject, whole, len(whole))
        else:
            start = Text(row.subject, row.text, row.cursor)
            others = f"the newest of your {len(drafts)} drafts here; {desk.reader.keymap.label('drafts')} lists them."
            desk.say(f"Going on with {others if len(drafts) > 1 else 'your draft.'}")
    await _mount(desk, target, shown, start, row)


async def open_row(desk: Desk, row: OutRow) -> None:
    """Go on with a draft, or take back what waits and edit it.  Raises `UsageError` when it may have arrived."""
    if row.kind is OutKind.DELETE:
        raise UsageError("A deletion has no text to edit; throw it away instead.")
    if await shows_both(desk, row):
        return
    if row.theirs is not None:
        row = await desk.library.outbox.settle(row.uid, "edit")
        await leave_comparison(desk)
    if row.state is not OutState.DRAFT:
        row = await desk.library.outbox.withdraw(row.uid)
    topic = await topic_of(desk, row.target)
    await desk.to_reader()
    reader = desk.reader
    if topic is not None and (reader.topic is None or reader.topic.key != topic or reader.previewing):
        about = row.target.parent or row.target.post
        post = (
            await desk.library.reading.post_by_id(row.account, PostId(about.id)) if isinstance(about, Remote) else None
        )
        await reader.open_topic(topic, post=post.key if post is not None else None)
    shown = Shown(row.where, row.to, topic)
    await _mount(desk, row.target, shown, Text(row.subject, row.text, row.cursor), row)


async def shows_both(desk: Desk, row: OutRow) -> bool:
    """Whether this is an edit that was overtaken, and is not seen beside what overtook it yet: now it is."""
    from forumtui.tui.screens.overtaken import OvertakenScreen

    if row.theirs is None or isinstance(desk.screen, OvertakenScreen):
        return False
    await desk.show_page(OvertakenScreen(desk.reader.keymap, row))
    return True


async def leave_comparison(desk: Desk) -> None:
    """The choice is made."""
    from forumtui.tui.screens.overtaken import OvertakenScreen

    if isinstance(desk.screen, OvertakenScreen):
        await desk.screen.leave()


async def topic_of(desk: Desk, target: Target) -> TopicKey | None:
    """The topic that a text is for, if it is here."""
    if not isinstance(target.topic, Remote):
        return None
    row = await desk.library.reading.topic_by_id(target.account, TopicId(target.topic.id))
    return row.key if row is not None else None


async def address_of(desk: Desk, target: Target) -> str | None:
    """Where a browser shows what a reply answers, and with it the form; None where that is not told."""
    reading, about = desk.library.reading, target.parent
    post = await reading.post_by_id(target.account, PostId(about.id)) if isinstance(about, Remote) else None
    topic = (
        await reading.topic_by_id(target.account, TopicId(target.topic.id))
        if isinstance(target.topic, Remote)
        else None
    )
    urls = [shown.url for shown in (post, topic) if shown is not None and shown.url is not None]
    return next(filter(is_link, urls), None)


async def _mount(desk: Desk, target: Target, shown: Shown, start: Text, row: OutRow | None) -> None:
    from forumtui.tui.compose.composer import Composer

    reader = desk.reader
    if reader.composer is not None:
        await close_composer(desk)
    composer: Composer | None = None
    resumed = None if row is None else row.uid

    def tell(note: str, well: bool) -> None:
        nonlocal resumed
        if well and keeper.uid != resumed:  # a draft as of now: the next start goes on with it, whatever happens
            resumed = keeper.uid
            reader.whereabouts.keep_soon()
        if note == SECOND_DRAFT:
            desk.say(f"{note}  g d lists both.", "warning")
        if composer is not None and composer.is_attached:
            composer.show_state(note if not well else "")

    keeper = DraftKeeper(desk.library, target, start, row, tell)
    composer = Composer(keeper, shown)
    reader.pane = Pane.THREAD
    await reader.query_one("#reading").mount(composer)
    reader.lay_out_panes()
    reader.show_here()
    if shown.topic is None and reader.topic is None:
        reader.thread.close()


async def reopen_composer(desk: Desk, composer: Composer) -> None:
    """Go on as if the composer had never been closed."""
    keeper = composer.keeper
    row = await desk.library.outbox.get(keeper.uid) if keeper.uid is not None else None
    await _mount(desk, keeper.target, composer.shown, keeper.now, row)
    desk.screen.footer.hush()
    opened = composer_of(desk)
    opened.writing_subject = composer.writing_subject
    opened.focus_field()


async def tell_of_sent(desk: Desk) -> None:
    """Say that the text that was sent last goes no further for now, as soon as that is known."""
    rows = await desk.library.outbox.rows(drafts=False)
    row = next((each for each in rows if each.uid == desk.sent), None)
    if row is None or row.state not in {OutState.QUEUED, OutState.SENDING}:
        desk.sent = None
        return
    account = await desk.library.accounts.get(row.account)
    if account.health in {Health.OFFLINE, Health.NEEDS_LOGIN}:
        desk.sent = None
        why = "did not answer" if account.health is Health.OFFLINE else "wants you to log in"
        desk.say(f"{account.title or account.name} {why}: your text {what_becomes(account)}.", "warning")


async def offer_names(desk: Desk, prefix: str) -> None:
    """Offer the members that a mention may mean."""
    composer = desk.reader.composer
    if composer is not None:
        names = await desk.library.reading.members(composer.keeper.target.account, prefix)
        if composer.is_attached:
            composer.offer(tuple(names))
