"""``reply``, ``new``, ``edit`` and ``delete``: each is a row of the outbox, sent at once where possible."""

from __future__ import annotations

import hashlib
import sys
import uuid
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from forumtui.cli import editing, output
from forumtui.cli.call import DONE, NEEDS_YOU, QUEUED, Call, complain, say, tell
from forumtui.cli.session import Session, run
from forumtui.errors import FileProblem, ForumtuiError, NotFound, Refused, UsageError
from forumtui.model import INHERITED, Ability, Body, Can, TopicId
from forumtui.rows import AccountRow, OutKind, OutRow, OutState, PostRow, TopicRow
from forumtui.text.imprint import imprint, words_of


def reply(call: Call) -> int:
    """Answer a topic or a post."""
    return _with_text(call, _reply)


async def _reply(body: Body, session: Session, call: Call) -> int:
    args = call.args
    account = await session.account(args.forum)
    topic = await session.topic(account, args.topic)
    parent = await session.post(account, topic, args.to) if args.to is not None else None
    uid = _uid(account, args.key)
    if not await _begun(session, uid):
        await _allowed(session, account, topic, Ability.REPLY, parent.can if parent else INHERITED)
    row = await session.library.outbox.start(
        account.key,
        OutKind.REPLY,
        topic_ref=topic.id,
        parent_ref=parent.id if parent else None,
        subject=args.subject or "",
        body=body,
        uid=uid,
    )
    return await send(session, account, row, args.form)


def new(call: Call) -> int:
    """Open a topic on a board."""
    if not call.args.subject.strip():
        raise UsageError("A topic needs a subject.")
    return _with_text(call, _new)


async def _new(body: Body, session: Session, call: Call) -> int:
    args = call.args
    account = await session.fetch(await session.account(args.forum))
    board = await session.board(account, args.board)
    uid = _uid(account, args.key)
    if not await _begun(session, uid):
        _refuse(board.can.over(account.can), Ability.NEW_TOPIC, account)
    row = await session.library.outbox.start(
        account.key,
        OutKind.TOPIC,
        board_ref=board.id,
        subject=args.subject,
        body=body,
        uid=uid,
    )
    return await send(session, account, row, args.form)


def edit(call: Call) -> int:
    """Change a post."""
    return run(call, partial(_edit, _source(call.args)))


async def _edit(source: str, session: Session, call: Call) -> int:
    args = call.args
    account = await session.account(args.forum)
    known = await session.library.reading.topic_by_id(account.key, TopicId(args.topic))
    read = None if known is None else await session.post_here(known, args.post)  # before anything newer is fetched
    topic = await session.topic(account, args.topic)
    post = await session.post(account, topic, args.post)
    uid = _uid(account, args.key)
    if not await _begun(session, uid):
        await _allowed(session, account, topic, Ability.EDIT, post.can)
    row = await session.library.outbox.start(
        account.key,
        OutKind.EDIT,
        topic_ref=topic.id,
        post_ref=post.id,
        subject=args.subject if args.subject is not None else post.subject or "",
        body=Body(source, post.body.format) if post.body is not None else Body(source),
        base=_base(read) or _base(post),
        uid=uid,
    )
    return await send(session, account, row, args.form)


def _base(post: PostRow | None) -> str | None:
    """What an edit of this post is made from; None: that is not known."""
    if post is None or post.body is None:
        return None
    return imprint(words_of(post.subject, post.body.source))


def delete(call: Call) -> int:
    """Take back a post."""
    return run(call, _delete)


async def _delete(session: Session, call: Call) -> int:
    args = call.args
    account = await session.account(args.forum)
    topic = await session.topic(account, args.topic)
    post = await session.post(account, topic, args.post)
    uid = _uid(account, args.key)
    if not await _begun(session, uid):
        await _allowed(session, account, topic, Ability.DELETE, post.can)
    row = await session.library.outbox.start(account.key, OutKind.DELETE, topic_ref=topic.id, post_ref=post.id, uid=uid)
    return await send(session, account, row, args.form)


async def send(session: Session, account: AccountRow, row: OutRow, form: str) -> int:
    """Submit a row if it is not yet, send it unless offline, and say what became of it."""
    outbox = session.library.outbox
    if row.state is OutState.REFUSED:
        row = await outbox.withdraw(row.uid)
    if row.state is OutState.DRAFT:
        row = await outbox.submit(row.uid)
    if not session.offline and row.state in {OutState.QUEUED, OutState.SENDING}:
        tell(f"Sending {row.uid} to {account.title} ({account.location}).")
        try:
            await session.engines.run_once(account.key, wants=(), push=True, mirror=False)
        except ForumtuiError as error:
            complain(str(error))
        row = await outbox.get(row.uid)
    if form == "json":
        with output.Printer("json") as printer:
            printer.add(output.out_record(row))
    return _outcome(row, quiet=form == "json")


def _outcome(row: OutRow, *, quiet: bool) -> int:
    """Say what became of a row; returns the exit code."""
    code, sentence = _verdict(row)
    if code == NEEDS_YOU or (code == QUEUED and row.error):
        complain(sentence)
    elif not quiet:
        say(sentence)
    return code


def _verdict(row: OutRow) -> tuple[int, str]:
    kept = f"The text is kept: forumtui outbox retry {row.uid}, or forumtui outbox discard {row.uid}."
    if row.state is OutState.SENT:
        places = [f"post {row.remote_post}" if row.remote_post else "", f"topic {row.remote_topic or row.topic_ref}"]
        return DONE, f"Done: {' in '.join(filter(None, places))}."
    if row.state is OutState.HELD:
        return DONE, "Sent; the forum holds it until somebody approves it."
    if row.state is OutState.REFUSED:
        return NEEDS_YOU, f"Refused: {row.error.rstrip('.')}.  {kept}"
    if row.state is OutState.ATTENTION and row.theirs is not None:
        return NEEDS_YOU, (
            f"Not sent: {row.error.rstrip('.')}.  forumtui outbox retry {row.uid} shows the difference; with --mine it sends "
            f"yours over theirs, with --theirs it drops yours."
        )
    if row.state is OutState.ATTENTION:
        return NEEDS_YOU, f"It may or may not have arrived: {row.error.rstrip('.')}.  {kept}"
    why = f" ({row.error.rstrip('.')})" if row.error else ""
    return QUEUED, f"Queued, not sent{why}; forumtui sync sends it ({row.uid})."


def _uid(account: AccountRow, key: str | None) -> str:
    """The row's uid; the same for the same key in the same forum, from whichever library it is sent."""
    if key is None:
        return uuid.uuid4().hex
    return hashlib.sha256(f"{account.identity}\n{key}".encode("utf-8", "replace")).hexdigest()[:32]


async def _begun(session: Session, uid: str) -> bool:
    """Whether this was asked for before: what was allowed then is not judged by what it has changed since."""
    try:
        await session.library.outbox.get(uid)
    except NotFound:
        return False
    return True


async def _allowed(session: Session, account: AccountRow, topic: TopicRow, ability: Ability, last: Can) -> None:
    boards = await session.library.reading.boards(account.key)
    board = next((row.can for row in boards if row.key == topic.board), INHERITED)
    _refuse(last.over(topic.can).over(board).over(account.can), ability, account)


def _refuse(can: Can, ability: Ability, account: AccountRow) -> None:
    reason = can.refusal(ability)
    if reason is not None:
        raise Refused(f"{account.title} does not allow that: {reason.rstrip('.')}.  Nothing was sent.")


def _with_text(call: Call, work: Callable[[Body, Session, Call], Coroutine[None, None, int]]) -> int:
    """Do this with a new text, which somebody at a terminal who gave none writes in the editor."""
    if editing.is_wanted(call):
        return editing.send_from_editor(call, lambda body: run(call, partial(work, body)))
    return run(call, partial(work, Body(_source(call.args))))


def _source(args: Any) -> str:
    """The text from wherever the options say.  Raises `UsageError` or `FileProblem`."""
    sources = [args.text is not None, args.file is not None, args.stdin is not None]
    if sum(sources) != 1:
        raise UsageError("Give the text in one way: --text TEXT, --file FILE, or - for the standard input.")
    if args.text is not None:
        data = args.text.encode("utf-8", "surrogateescape")
        name = "The text"
    elif args.stdin is not None or args.file == "-":
        data = sys.stdin.buffer.read()
        name = "The standard input"
    else:
        name = args.file
        try:
            data = Path(args.file).read_bytes()
        except OSError as error:
            raise FileProblem(f"{name} can not be read: {error.strerror or error}.") from error
    try:
        text: str = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(f"{name} is not UTF-8 text; nothing was sent.") from error
    if "\0" in text:
        raise FileProblem(f"{name} is not text but binary data; nothing was sent.")
    if not text.strip():
        raise UsageError(f"{name} is empty; nothing was sent.")
    return text.rstrip("\n")
