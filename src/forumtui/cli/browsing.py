"""``boards``, ``topics``, ``read`` and ``search``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from forumtui.cli import orders, output
from forumtui.cli.call import DONE, Call, complain
from forumtui.cli.session import CHUNK, Session, now, run
from forumtui.model import LATEST, Millis
from forumtui.reader.rows import AccountRow, PostKey, PostRow, TopicQuery, TopicRow, WantSearch
from forumtui.text.sanitise import guard

WIDTH = 80
"""Columns of a post printed for people."""


def boards(call: Call) -> int:
    """List the boards of a forum."""
    return run(call, _boards)


async def _boards(session: Session, call: Call) -> int:
    account = await session.fetch(await session.account(call.args.forum))
    rows = await session.library.reading.boards(account.key)
    with output.Printer(call.args.form) as printer:
        for row in rows:
            printer.add(output.board_record(row), output.board_line(row))
    return DONE


def topics(call: Call) -> int:
    """List the topics of a forum or board."""
    return run(call, _topics)


async def _topics(session: Session, call: Call) -> int:
    args = call.args
    account = await session.fetch(await session.account(args.forum))
    board = None if args.board is None else await session.board(account, args.board)
    query = TopicQuery(
        account.key, None if board is None else board.key, with_children=True, unread=args.unread, order=LATEST
    )
    limit = None if args.all else args.limit
    query = await orders.ordered(session, account, query, args.order)
    await orders.fetch(session, account, query, None if board is None else board.id, limit)
    time = now()
    with output.Printer(args.form) as printer:
        async for topic in listed(session, query, limit):
            printer.add(output.topic_record(topic), output.topic_line(topic, time))
    if limit is not None and printer.printed == limit:
        await _say_more(session, query, limit)
    return DONE


async def listed(session: Session, query: TopicQuery, limit: int | None) -> AsyncIterator[TopicRow]:
    """The topics of a list, page by page, at most ``limit``."""
    left = limit
    anchor = None
    while left is None or left > 0:
        size = CHUNK if left is None else min(CHUNK, left)
        page = await session.library.reading.topics(query, anchor=anchor, after=size)
        rows = [row for row in page.rows if row.key != anchor][:size]
        for row in rows:
            yield row
        if not rows or page.at_end:
            return
        anchor = rows[-1].key
        left = None if left is None else left - len(rows)


async def _say_more(session: Session, query: TopicQuery, limit: int) -> None:
    page = await session.library.reading.topics(query, after=limit + 1)
    if len(page.rows) > limit:
        _say_first(limit, page.total)


def _say_first(limit: int, total: int | None) -> None:
    first = "This is the first" if limit == 1 else f"These are the first {limit}"
    complain(f"{first}{'' if total is None else f' of {total}'}; --limit N or --all shows more.")


def read(call: Call) -> int:
    """Print the posts of a topic."""
    return run(call, _read)


async def _read(session: Session, call: Call) -> int:
    args = call.args
    account = await session.account(args.forum)
    topic = await session.topic(account, args.topic)
    limit = None if args.all else args.limit
    keys = await session.outline(account, topic, None if args.unread else limit)
    chosen: list[PostKey] = []
    if args.form == "plain":
        print(guard(topic.title), guard(f"{account.title} > {topic.board_title}"), sep="\n")
    with output.Printer(args.form) as printer:
        subject = topic.title
        async for row, parent in _posts(session, topic, keys, pending=args.form == "plain"):
            if args.unread and not row.unread:
                continue
            if len(chosen) == limit:
                break
            chosen.append(row.key)
            plain = _plain(row, subject) if args.form == "plain" else ()
            subject = row.subject or subject
            printer.add(output.post_record(row, parent), *plain)
    total = topic.unread if args.unread else topic.posts
    if total is not None and limit is not None and len(chosen) == limit < total:
        _say_first(limit, total)
    if args.mark_read:
        await session.library.marks.mark_read([key for key in chosen if key > 0])  # below 0 waits in the outbox
    return DONE


async def print_from(session: Session, topic: TopicRow, post: PostKey | None, limit: int) -> None:
    """Print for people what the library has of a topic, from a post on, else from its beginning."""
    outline = await session.library.reading.outline(topic.key)
    keys = list(outline.keys)
    start = keys.index(post) if post in keys else 0
    print(guard(topic.title))
    subject = topic.title
    with output.Printer("plain") as printer:
        async for row, parent in _posts(session, topic, keys[start : start + limit], pending=True):
            printer.add(output.post_record(row, parent), *_plain(row, subject))
            subject = row.subject or subject


async def _posts(
    session: Session, topic: TopicRow, keys: Iterable[PostKey], *, pending: bool
) -> AsyncIterator[tuple[PostRow, str | None]]:
    """Posts in this order with the ids of the posts that they answer; mine that still wait only if ``pending``."""
    all_keys = list(keys)
    for start in range(0, len(all_keys), CHUNK):
        part = all_keys[start : start + CHUNK]
        rows = await session.library.reading.posts(topic.key, part)
        absent = {row.parent_key for row in rows.values() if row.parent_key is not None} - rows.keys()
        parents = rows | (await session.library.reading.posts(topic.key, sorted(absent)) if absent else {})
        for key in part:
            row = rows.get(key)
            if row is None or (row.is_unsent and not pending):
                continue
            answered = parents.get(row.parent_key) if row.parent_key is not None else None
            yield row, answered.id if answered else None


def _plain(row: PostRow, subject: str) -> Sequence[str]:
    """A post for people: a line that says whose it is, a changed subject, and the text at 80 columns."""
    lines = ["", output.post_heading(row, now())]
    if row.subject and row.subject != subject:
        lines.append(f"Subject: {row.subject}")
    if row.state:
        lines += ["", f"({row.state})"]
    if row.body is not None:
        from forumtui.text.flat import plain_lines

        lines += ["", *plain_lines(row.body, WIDTH, row.mentions, row.url or "")]
    return lines


def search(call: Call) -> int:
    """Search posts, here and in the forum."""
    return run(call, _search)


async def _search(session: Session, call: Call) -> int:
    args = call.args
    account: AccountRow | None = None
    accounts = await session.accounts(args.forum)
    if args.forum is not None:
        account = accounts[0]
    for each in accounts:
        await session.fetch(each, WantSearch(each.key, args.query))
    limit = 100_000 if args.all else args.limit
    result = await session.library.reading.search(args.query, account=account.key if account else None, limit=limit)
    time = now()
    with output.Printer(args.form) as printer:
        for hit in result.hits[:limit]:
            post = await session.library.reading.post(hit.key) if hit.key else None  # 0: only the title matches
            number = f" #{post.number}" if post is not None and post.number is not None else ""
            head = f"{hit.topic.id}{number}: {hit.topic.title}{_by(hit.author, hit.created, time)}"
            printer.add(output.hit_record(hit, post), head, f"    {hit.snippet}")
    if args.form == "plain" or not result.complete:
        complain(result.covered)
    return DONE


def _by(author: str | None, created: Millis | None, time: Millis) -> str:
    said = ", ".join(filter(None, [author, output.ago(created, time)]))
    return f" ({said})" if said else ""
