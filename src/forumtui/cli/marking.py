"""``mark`` and ``catchup``."""

from __future__ import annotations

from forumtui.cli.call import DONE, Call, say
from forumtui.cli.output import counted
from forumtui.cli.session import Session, now, run
from forumtui.errors import UsageError
from forumtui.reader.rows import PostRow, TopicRow

DAY = 86_400_000
"""ms."""


def mark(call: Call) -> int:
    """Mark posts as read or unread, bookmark or like them."""
    return run(call, _mark)


async def _mark(session: Session, call: Call) -> int:
    args = call.args
    account = await session.account(args.forum)
    topic = await session.topic(account, args.topic)
    posts = [await session.post(account, topic, number) for number in args.posts]
    if args.kind in {"like", "no-like"}:
        await _like(session, posts, on=args.kind == "like")
        if not session.offline:
            await session.engines.run_once(account.key, wants=(), push=True, mirror=False)
    elif args.kind in {"bookmark", "no-bookmark"}:
        await _bookmark(session, topic, posts, on=args.kind == "bookmark")
    elif args.kind == "unread":
        keys = [post.key for post in posts] or await session.outline(account, topic, None)
        await session.library.marks.mark_unread([key for key in keys if key > 0])  # below 0 waits in the outbox
    elif posts:
        await session.library.marks.mark_read([post.key for post in posts])
    else:
        await session.library.marks.mark_topic_read(topic.key)
    say(f"Marked {counted(len(posts), 'post') if posts else 'the topic'}: {args.kind.replace('-', ' ')}.")
    return DONE


async def _like(session: Session, posts: list[PostRow], *, on: bool) -> None:
    if not posts:
        raise UsageError("Only posts can be liked; name their numbers.")
    for post in posts:
        await session.library.marks.like(post.key, on)


async def _bookmark(session: Session, topic: TopicRow, posts: list[PostRow], *, on: bool) -> None:
    if not posts:
        await session.library.marks.bookmark(topic=topic.key, on=on)
    for post in posts:
        await session.library.marks.bookmark(post=post.key, on=on)


def catch_up(call: Call) -> int:
    """Mark everything as read, everywhere or in one forum or board."""
    return run(call, _catch_up)


async def _catch_up(session: Session, call: Call) -> int:
    args = call.args
    if args.board is not None and args.forum is None:
        raise UsageError("Name the forum whose board is meant.")
    older = None if args.older is None else now() - args.older * DAY
    account = await session.fetch(await session.account(args.forum)) if args.forum is not None else None
    board = await session.board(account, args.board) if account and args.board is not None else None
    done = await session.library.marks.catch_up(
        account=account.key if account and not board else None,
        board=board.key if board else None,
        older_than=older,
    )
    say(f"Marked {counted(done, 'post')} as read.")
    return DONE
