"""The ``host`` commands that keep order: marks, the queue, the audit log."""

from __future__ import annotations

import uuid

from forumtui.backends.api import Backend
from forumtui.cli import output
from forumtui.cli.call import DONE, Call, complain, say
from forumtui.cli.host.reaching import Work, backend_of, board_named, house_of, my_name
from forumtui.cli.session import now
from forumtui.course import Course
from forumtui.errors import Forbidden, Missing, Refused
from forumtui.forum.permissions import Role
from forumtui.model import (
    SOMEBODY,
    THE_KEEPER,
    Act,
    Action,
    Cursor,
    Decide,
    LogEntry,
    Mark,
    Move,
    PostId,
    QueueId,
    QueueItem,
    Remove,
    SetMark,
    SetTags,
    TopicId,
)
from forumtui.text.ages import iso

_MOST_PAGES = 100_000
"""Of a list that is asked for as a whole."""


async def _mark(call: Call) -> int:
    args = call.args
    async with backend_of(call) as backend:
        post = await backend.post(PostId(args.post))
        act = SetMark(post.topic, post.id, Mark(args.mark), on=not args.off)
        await _perform(call, backend, act, Role.EDITOR)
    say(f"Post {args.post} is {'no longer ' if args.off else ''}marked: {args.mark.replace('-', ' ')}.")
    return DONE


async def _topic(call: Call) -> int:
    args = call.args
    topic = TopicId(args.topic)
    act: SetTags | Remove
    if args.how == "move":
        return await _move(call, topic)
    if args.how == "tags":
        act, done = SetTags(topic, tuple(args.tags)), "is tagged " + (", ".join(args.tags) or "with nothing")
    elif args.how == "remove":
        act, done = Remove(topic, reason=args.reason), "is removed: only moderators see it"
    else:
        act, done = Remove(topic, on=False), "is there for everybody again"
    async with backend_of(call) as backend:
        await _perform(call, backend, act, Role.MODERATOR)
    say(f"Topic {topic} {done}.")
    return DONE


async def _move(call: Call, topic: TopicId) -> int:
    args = call.args
    async with backend_of(call) as backend:
        board = board_named(await backend.boards(), args.board)
        try:
            await _perform(call, backend, Move(topic, board.id, opens=args.to_guests), Role.MODERATOR)
        except Refused as error:
            if isinstance(error, Missing | Forbidden) or args.to_guests:
                raise
            raise Refused(f"{error}  To say so: --to-guests") from error
    say(f'Topic {topic} is on the board "{board.title}" now.')
    return DONE


async def _perform(call: Call, backend: Backend, act: Act, role: Role) -> None:
    """Carry an act out; who may not is told how one becomes what it takes."""
    try:
        await backend.perform(Action(uuid.uuid4().hex, act))
    except Forbidden as error:
        become = f'To be one: forumtui host member role {call.args.forum} "{my_name(call)}" {role}'
        raise Forbidden(f"{error}  {become}") from error


async def _queue(call: Call) -> int:
    args = call.args
    item = args.approve or args.reject
    if item is None:
        return await _waiting(call)
    async with backend_of(call) as backend:
        act = Decide(QueueId(item), approve=args.approve is not None, reason=args.reason)
        await _perform(call, backend, act, Role.MODERATOR)
    say(f"{'Approved' if args.approve else 'Rejected'} {item}.")
    return DONE


async def _waiting(call: Call) -> int:
    after: Cursor | None = None
    course = Course("This list", most=_MOST_PAGES)
    async with house_of(call) as house:
        with output.Printer(call.args.form) as printer:
            while True:
                page = await house.queue(after)
                for item in page.items:
                    printer.add(_queue_record(item), *_queue_lines(item))
                after = page.after
                if after is None:
                    break
                course.go(after)
    if not printer.printed and call.args.form == "plain":
        complain("Nothing waits.")
    return DONE


def _queue_record(item: QueueItem) -> output.Record:
    return {
        "id": item.id,
        "kind": str(item.kind),
        "created": iso(item.created),
        "member": item.member,
        "board": item.board,
        "topic": item.topic,
        "post": item.post,
        "author": item.author,
        "title": item.title,
        "text": item.text,
    }


def _queue_lines(item: QueueItem) -> list[str]:
    what = {
        "report": f'reports a post of {item.author or SOMEBODY} in "{item.title}"',
        "held": f'wrote in "{item.title}"',
        "volunteer": f'offers to lead "{item.title}"',
    }[str(item.kind)]
    head = f"{item.id}: {item.member} {what}, {output.ago(item.created, now())}"
    return [head, *(f"    {line}" for line in item.text.splitlines())]


async def _log(call: Call) -> int:
    args = call.args
    after: Cursor | None = None
    course = Course("This list", most=_MOST_PAGES)
    async with house_of(call) as house:
        with output.Printer(args.form) as printer:
            while True:
                page = await house.log(after)
                for entry in page.items:
                    if not args.all and printer.printed >= args.limit:
                        complain(f"These are the newest {args.limit}; --limit N or --all shows more.")
                        return DONE
                    printer.add(_log_record(entry), _log_line(entry))
                after = page.after
                if after is None:
                    return DONE
                course.go(after)


def _log_record(entry: LogEntry) -> output.Record:
    return {
        "id": entry.id,
        "created": iso(entry.created),
        "member": entry.member or None,
        "operation": entry.operation,
        "detail": entry.detail,
        "board": entry.board,
        "topic": entry.topic,
        "post": entry.post,
    }


def _log_line(entry: LogEntry) -> str:
    return f"{iso(entry.created)} {entry.member or THE_KEEPER}: {entry.operation}: {entry.detail}"


WORKS: dict[str, Work] = {
    "mark": _mark,
    **dict.fromkeys(("topic move", "topic remove", "topic restore", "topic tags"), _topic),
    "queue": _queue,
    "log": _log,
}
"""The command's words, and what it does."""
