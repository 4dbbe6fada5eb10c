"""Keeping order: topics and posts, the queue, the audit log.  Each toggle says how it is taken back."""

from __future__ import annotations

from forumtui.model import (
    SOMEBODY,
    Act,
    Close,
    Decide,
    Hide,
    Mark,
    Move,
    Pin,
    QueueItem,
    QueueKind,
    Remove,
    Report,
    SetMark,
    SetTags,
)
from forumtui.reader.rows import BoardKey, BoardRow, PostRow, TopicRow
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.steps import carry_out


def _again(desk: Desk, command: str) -> str:
    keys = desk.reader.keymap.label(command)
    return f"; {keys} takes it back" if keys else ""


def _topic(desk: Desk, topic: TopicRow, act: Act, doing: str, done: str) -> None:
    carry_out(desk, topic.account, act, doing=f"{doing} '{topic.title}'", done=f"'{topic.title}' {done}.")


async def pin(desk: Desk, _count: int | None) -> None:
    """Pin the topic, or no longer."""
    topic = desk.reader.here.topic
    if topic is not None:
        on = not topic.pinned
        words = "stays at the top of its lists" if on else "is no longer kept at the top"
        _topic(desk, topic, Pin(topic.id, on), "Pinning" if on else "Unpinning", words + _again(desk, "pin"))


async def close(desk: Desk, _count: int | None) -> None:
    """Close the topic, or open it."""
    topic = desk.reader.here.topic
    if topic is not None:
        on = not topic.closed
        words = "is closed: nobody can answer" if on else "is open again"
        _topic(desk, topic, Close(topic.id, on), "Closing" if on else "Opening", words + _again(desk, "close"))


async def move(desk: Desk, _count: int | None) -> None:
    """Move to another board."""
    from forumtui.tui.screens.chooser import BoardChoice

    topic = desk.reader.here.topic
    if topic is None:
        return
    boards = [board for board in desk.reader.board_rows.values() if board.account == topic.account]

    async def chosen(board: BoardRow) -> None:
        opens = _is_for_members(desk, topic.board_key) and not _is_for_members(desk, board.key)
        question = f"Guests will see '{topic.title}' on {board.title}, with all that is in it. Move it?"
        if opens and not await desk.confirm(question):
            return
        words = f"is on the board {board.title} now{_again(desk, 'move')}"
        _topic(desk, topic, Move(topic.id, board.id, opens=opens), "Moving", words)

    others = [board for board in boards if board.key != topic.board_key]
    await desk.push_over(BoardChoice(desk.reader.keymap, topic.title, others, chosen))


def _is_for_members(desk: Desk, key: BoardKey | None) -> bool:
    """Whether guests do not see a board, because of itself or of one above it."""
    passed: set[BoardKey] = set()  # what a server says may go round in circles
    while key is not None and key not in passed and (board := desk.reader.board_rows.get(key)) is not None:
        if board.members_only:
            return True
        passed.add(key)
        key = board.parent_key
    return False


async def tags(desk: Desk, _count: int | None) -> None:
    """Change the topic's tags."""
    topic = desk.reader.here.topic
    if topic is None:
        return
    asked = await desk.prompt("Tags, with commas between them", ", ".join(topic.tags))
    if asked is None:
        return
    wanted = tuple(dict.fromkeys(tag for tag in map(str.strip, asked.split(",")) if tag))
    words = f"is tagged {', '.join(wanted)}" if wanted else "has no tags"
    before = f"; before: {', '.join(topic.tags)}" if topic.tags else ""
    _topic(desk, topic, SetTags(topic.id, wanted), "Tagging", f"{words} now{before}{_again(desk, 'tags')}")


async def remove(desk: Desk, _count: int | None) -> None:
    """Remove the topic (asks why), or restore it."""
    topic = desk.reader.here.topic
    if topic is None:
        return
    reason = "" if topic.removed else await desk.prompt("Why is this topic removed? (for the log)")
    if reason is None:
        return
    on = not topic.removed
    words = "is removed: only moderators see it" if on else "is there for everybody again"
    act = Remove(topic.id, on, reason.strip())
    _topic(desk, topic, act, "Removing" if on else "Restoring", words + _again(desk, "remove"))


async def mark_best_practice(desk: Desk, _count: int | None) -> None:
    """Best practice, or no longer."""
    _mark(desk, Mark.BEST_PRACTICE)


async def mark_expert_tip(desk: Desk, _count: int | None) -> None:
    """Expert tip, or no longer."""
    _mark(desk, Mark.EXPERT_TIP)


async def mark_accepted(desk: Desk, _count: int | None) -> None:
    """Accepted answer, or no longer."""
    _mark(desk, Mark.ACCEPTED)


def _mark(desk: Desk, mark: Mark) -> None:
    found = _post(desk)
    if found is None:
        return
    topic, post = found
    on = mark not in post.marks
    carry_out(
        desk,
        topic.account,
        SetMark(topic.id, post.id, mark, on),
        doing="Marking the post" if on else "Taking the mark away",
        done=f"{_whose(post)} is {'' if on else 'no longer '}{mark.phrase}{_again(desk, f'mark-{mark}')}.",
    )


def _post(desk: Desk) -> tuple[TopicRow, PostRow] | None:
    topic, post = desk.reader.topic, desk.reader.here.post
    return (topic, post) if topic is not None and post is not None else None


def _whose(post: PostRow) -> str:
    return f"The post of {post.author.name}" if post.author is not None else "The post"


async def hide(desk: Desk, _count: int | None) -> None:
    """Hide (asks why), or restore."""
    found = _post(desk)
    if found is None:
        return
    topic, post = found
    reason = "" if post.hidden else await desk.prompt("Why is this post hidden? (for its author and the log)")
    if reason is None:
        return
    done = "shows again" if post.hidden else "is hidden"
    carry_out(
        desk,
        topic.account,
        Hide(topic.id, post.id, not post.hidden, reason.strip()),
        doing="Restoring the post" if post.hidden else "Hiding the post",
        done=f"{_whose(post)} {done}{_again(desk, 'hide')}.",
    )


async def report(desk: Desk, _count: int | None) -> None:
    """Report the post (asks why)."""
    found = _post(desk)
    if found is None:
        return
    topic, post = found
    reason = await desk.prompt("What is wrong with this post?")
    if reason is None:
        return
    if not reason.strip():
        desk.say("Nothing was reported: the moderators need to know why.", "warning")
        return
    carry_out(
        desk,
        topic.account,
        Report(topic.id, post.id, reason.strip()),
        doing="Reporting the post",
        done="Reported: the moderators will look at it.",
        held="Reported: the moderators will look at it.",
    )


# -- what waits, and what was done


async def queue(desk: Desk, _count: int | None) -> None:
    """What waits for moderators."""
    from forumtui.tui.screens.queue import QueueScreen

    account = desk.account
    if account is not None:
        await desk.show_page(QueueScreen(desk.reader.keymap, account))


async def moderation_log(desk: Desk, _count: int | None) -> None:
    """The audit log: who did what."""
    from forumtui.tui.screens.fetched import LogScreen

    account = desk.account
    if account is not None:
        await desk.show_page(LogScreen(desk.reader.keymap, account))


_APPROVING = {
    QueueKind.REPORT: ("Hide the post of {author}?", "Hiding the post", "Hidden, and the report is settled"),
    QueueKind.HELD: ("", "Publishing the post", "Published: the post of {member} is in '{title}' now"),
    QueueKind.VOLUNTEER: ("Make {member} the leader of {title}?", "Accepting the offer", "{member} leads {title} now"),
}
_REJECTING = {
    QueueKind.REPORT: ("Why does the post stay as it is?", "Settling the report", "The post stays; the report is settled"),
    QueueKind.HELD: ("Why not? {member} is told", "Rejecting the post", "Rejected; {member} is told why"),
    QueueKind.VOLUNTEER: ("Why not? {member} is told", "Declining the offer", "Declined"),
}  # fmt: skip


async def approve(desk: Desk, _count: int | None) -> None:
    """Publish, accept, or hide what was reported."""
    item = _chosen(desk)
    if item is None:
        return
    question, doing, done = (_about(item, text) for text in _APPROVING[item.kind])
    if not question or await desk.confirm(question):
        _decide(desk, item, Decide(item.id, approve=True), doing, done)


async def reject(desk: Desk, _count: int | None) -> None:
    """Reject, decline, or leave what was reported (asks why)."""
    item = _chosen(desk)
    if item is None:
        return
    question, doing, done = (_about(item, text) for text in _REJECTING[item.kind])
    reason = await desk.prompt(question)
    if reason is None:
        return
    if item.kind is QueueKind.HELD and not reason.strip():
        desk.say("Nothing was rejected: its author should know why.", "warning")
        return
    _decide(desk, item, Decide(item.id, approve=False, reason=reason.strip()), doing, done)


def _about(item: QueueItem, text: str) -> str:
    return text.format(member=item.member, author=item.author or SOMEBODY, title=item.title)


def _chosen(desk: Desk) -> QueueItem | None:
    from forumtui.tui.screens.queue import QueueScreen

    item = desk.screen.item if isinstance(desk.screen, QueueScreen) else None
    if item is None:
        desk.say("There is nothing here to decide.")
    return item


def _decide(desk: Desk, item: QueueItem, act: Decide, doing: str, done: str) -> None:
    from forumtui.tui.screens.queue import QueueScreen

    screen = desk.screen
    if isinstance(screen, QueueScreen):
        carry_out(desk, screen.account.key, act, doing=doing, done=f"{done}.", then=lambda: screen.settled(item))
