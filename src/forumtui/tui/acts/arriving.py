"""Showing what an address led to: a forum, a board or a topic in it, a post, a member, a search."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.model import PostId, TopicId, What
from forumtui.reader.library.door import Reached
from forumtui.reader.rows import AccountKey, AccountRow, BoardRow, TopicQuery
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.finding import everywhere
from forumtui.tui.keys.commands import Where
from forumtui.tui.render.board_row import who_in
from forumtui.tui.screens.base import keys_go_to


def is_typing(desk: Desk) -> bool:
    """Whether something is being written or answered, so that nothing may come in between."""
    return keys_go_to(desk.screen)[0] in {Where.COMPOSE, Where.FORM, Where.PROMPT}


async def arrive(desk: Desk, reached: Reached) -> None:
    """Show where an address led; while somebody types, only say that it is here."""
    account, found = reached.account, reached.found
    if is_typing(desk):
        desk.say(f"{account.title or account.name} is here now; g b shows it among the boards.", "success")
        return
    desk.reader.whereabouts.remember()
    if reached.topic is not None:
        if await show_post(desk, account.key, reached.topic, reached.post):
            here = f"This is in {account.title or account.name}.{_kept(desk, account)}"
            desk.say(reached.lacks or here, "warning" if reached.lacks else "success")
        return
    await show_account(desk, account)
    _welcome(desk, account)
    if found.what in {What.BOARD, What.TAG}:
        await _show_board(desk, account, found.id)
    elif found.what is What.MEMBER:
        from forumtui.tui.screens.member import MemberScreen

        await desk.push_over(MemberScreen(desk.reader.keymap, account, found.id))
    elif found.what is What.SEARCH:
        await everywhere(desk, found.id)
    if reached.lacks:
        desk.say(reached.lacks, "warning")


async def show_post(desk: Desk, account: AccountKey, topic: TopicId, post: PostId | None) -> bool:
    """Open a topic at a post; whether the library has the topic."""
    reading = desk.library.reading
    row = await reading.topic_by_id(account, topic)
    if row is None:
        return False
    found = await reading.post_by_id(account, post) if post is not None else None
    await desk.to_reader()
    await desk.reader.load_forest()
    await desk.reader.open_topic(row.key, post=found.key if found is not None else None)
    return True


async def show_account(desk: Desk, row: AccountRow) -> None:
    """Show a forum's topics."""
    await desk.to_reader()
    await desk.reader.load_forest()
    await desk.reader.show_list(TopicQuery(account=row.key))
    await desk.reader.load_forest()
    await desk.reader.boards.go_to_account(row.key)


async def _show_board(desk: Desk, account: AccountRow, name: str) -> None:
    """The board or tag of this id or title, if the forum has one that the library knows."""
    boards = await desk.library.reading.boards(account.key)
    board = next((row for row in boards if row.id == name), None) or _titled(boards, name)
    if board is None:
        desk.say(f"{account.title} has no board {name}, or it is not here yet; these are all of its topics.", "warning")
        return
    await desk.reader.show_list(TopicQuery(account=account.key, board=board.key, with_children=True))
    await desk.reader.boards.go_to_board(board.key)


def _titled(boards: Sequence[BoardRow], name: str) -> BoardRow | None:
    return next((row for row in boards if row.title.casefold() == name.casefold()), None)


def _welcome(desk: Desk, row: AccountRow) -> None:
    me = f" You are {who_in(row)}." if row.me is not None else ""
    sample = any(account.is_sample and account.listed for account in desk.reader.accounts.values())
    gone = f" The sample no longer counts; {desk.reader.keymap.label('accounts')} lets it go." if sample else ""
    told = gone if row.listed and not row.is_sample else ""
    desk.say(f"This is {row.title or row.name}.{me}{_kept(desk, row)}{told}", "success")


def _kept(desk: Desk, row: AccountRow) -> str:
    """How a forum that is only visited stays."""
    return "" if row.listed else f" x k in {desk.reader.keymap.label('accounts')} keeps it in the lists."
