"""``reply``, ``new``, ``edit`` and ``delete``: each is a row of the outbox, sent at once where possible."""

from __future__ import annotations

import hashlib
import sys
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from forumtui.cli import editing, output
from forumtui.cli.call import DONE, NEEDS_YOU, QUEUED, Call, complain, say, tell
from forumtui.cli.session import Session, run
from forumtui.errors import Conflict, FileProblem, ForumtuiError, NotFound, Refused, Unsupported, UsageError
from forumtui.model import INHERITED, Ability, Body, Can, Format, TopicId
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountRow, OutRow, OutState, PostRow, TopicRow
from forumtui.reader.target import Called, OutKind, Ref, Remote, Target, id_of, ref_of
from forumtui.text.imprint import imprint, words_of
from forumtui.values import quick_dataclass

_OTHER_TEXT = 'The key "{}" was used for another text before; nothing was changed.'


def reply(call: Call) -> int:
    """Answer a topic or a post."""
    return _with_text(call, _reply)


async def _reply(body: Body, session: Session, call: Call) -> int:
    args = call.args
    account = await session.place(args.forum)
    parent = await _called(session, account, args.topic, args.to)
    target = Target(account.key, OutKind.REPLY, topic=ref_of(args.topic), parent=parent, format=body.format)
    kept = await _keep(session, account, target, args, Typed(args.subject or "", body.source))

    async def aim(account: AccountRow) -> Aim:
        topic = await session.topic(account, args.topic)
        parent = await session.post(account, topic, args.to) if args.to is not None else None
        await _allowed(session, account, topic, Ability.REPLY, parent.can if parent else INHERITED)
        return replace(target, parent=Remote(parent.id) if parent else None), kept.row.subject

    return await _send_kept(session, account, kept, aim, args)


def new(call: Call) -> int:
    """Open a topic on a board."""
    if not call.args.subject.strip():
        raise UsageError("A topic needs a subject.")
    return _with_text(call, _new)


async def _new(body: Body, session: Session, call: Call) -> int:
    args = call.args
    account = await session.place(args.forum)
    try:
        board: Ref = Remote((await session.board(account, args.board)).id)
    except (NotFound, UsageError):
        board = Called(args.board)
    target = Target(account.key, OutKind.TOPIC, board=board, format=body.format)
    kept = await _keep(session, account, target, args, Typed(args.subject, body.source))

    async def aim(account: AccountRow) -> Aim:
        account = await session.fetch(account)
        board = await session.board(account, args.board)
        _refuse(board.can.over(account.can), Ability.NEW_TOPIC, account)
        return replace(target, board=Remote(board.id)), kept.row.subject

    return await _send_kept(session, account, kept, aim, args)


def edit(call: Call) -> int:
    """Change a post."""
    return run(call, partial(_edit, _source(call.args)))


async def _edit(source: str, session: Session, call: Call) -> int:
    args = call.args
    account = await session.place(args.forum)
    read = await _here(session, account, args.topic, args.post)  # before anything newer is fetched
    target = Target(
        account.key,
        OutKind.EDIT,
        topic=ref_of(args.topic),
        post=Called(args.post) if read is None else Remote(read.id),
        format=_format(read, Format.MARKDOWN),
        base=_base(read),
    )
    subject = args.subject if args.subject is not None else (read.subject if read is not None else None) or ""
    kept = await _keep(session, account, target, args, Typed(subject, source))

    async def aim(account: AccountRow) -> Aim:
        topic = await session.topic(account, args.topic)
        post = await session.post(account, topic, args.post)
        await _allowed(session, account, topic, Ability.EDIT, post.can)
        subject = args.subject if args.subject is not None else post.subject or ""
        form, base = _format(post, target.format), target.base or _base(post)
        return replace(target, post=Remote(post.id), format=form, base=base), subject

    return await _send_kept(session, account, kept, aim, args)


def _format(post: PostRow | None, otherwise: Format) -> Format:
    return otherwise if post is None or post.words is None else post.words.format


def _base(post: PostRow | None) -> str | None:
    """What an edit of this post is made from; None: that is not known."""
    if post is None or post.words is None:
        return None
    return imprint(words_of(post.subject, post.words.source))


def delete(call: Call) -> int:
    """Take back a post."""
    return run(call, _delete)


async def _delete(session: Session, call: Call) -> int:
    args = call.args
    account = await session.place(args.forum)
    post = await _called(session, account, args.topic, args.post)
    target = Target(account.key, OutKind.DELETE, topic=ref_of(args.topic), post=post)
    kept = await _keep(session, account, target, args, None)

    async def aim(account: AccountRow) -> Aim:
        topic = await session.topic(account, args.topic)
        post = await session.post(account, topic, args.post)
        await _allowed(session, account, topic, Ability.DELETE, post.can)
        return replace(target, post=Remote(post.id)), ""

    return await _send_kept(session, account, kept, aim, args)


@quick_dataclass(frozen=True, slots=True)
class Kept:
    """A row that is in the outbox before anybody asked the forum.  ``again``: it was asked for before."""

    row: OutRow
    again: bool


Aim: TypeAlias = tuple[Target, str]
"""What a row is about, as the forum has it, and its subject."""


async def _here(session: Session, account: AccountRow, topic: str, number: str) -> PostRow | None:
    """A post as the library has it, by its number."""
    known = await session.library.reading.topic_by_id(account.key, TopicId(topic))
    return None if known is None else await session.post_here(known, number)


async def _called(session: Session, account: AccountRow, topic: str, number: str | None) -> Ref | None:
    """The post of this number: by its id if that is here, else by what the user called it."""
    if number is None:
        return None
    post = await _here(session, account, topic, number)
    return Called(number) if post is None else Remote(post.id)


async def _keep(session: Session, account: AccountRow, target: Target, args: Any, typed: Typed | None) -> Kept:
    """Queue it before a forum is asked for anything: whatever happens then, the text is in the outbox."""
    outbox = session.library.outbox
    uid, again = await _uid(session, account, args.key)
    try:
        row = await outbox.start(target, typed, uid=uid)
    except Conflict as error:
        raise Conflict(_OTHER_TEXT.format(args.key)) from error
    return Kept(await outbox.submit(uid) if row.state is OutState.DRAFT else row, again)


async def _send_kept(
    session: Session, account: AccountRow, kept: Kept, aim: Callable[[AccountRow], Awaitable[Aim]], args: Any
) -> int:
    """See in the forum what the text is about and whether that may be; then send it.

    What is surely wrong leaves the outbox again.  What was asked for before is not judged by what it has changed since.
    """
    row = kept.row
    if not (kept.again or (session.offline and account.is_unmet)):
        try:
            account = await session.met(account)
            earlier = await _earlier(session, account, row, args.key)
            if earlier is not None:
                return await send(session, account, earlier, args.form)
            row = await _aimed(session, account, row, await aim(account), args)
        except (Refused, Unsupported, NotFound, UsageError):
            await session.library.named.never(row.uid)
            raise
        except ForumtuiError as error:
            complain(str(error))
            return await _tell(session, row.uid, args.form)
    return await send(session, account, row, args.form)


async def _earlier(session: Session, account: AccountRow, row: OutRow, key: str | None) -> OutRow | None:
    """The row that had this key before, in a forum that turned out to be a known one; this one goes.

    Raises `UsageError` if that was another text.
    """
    if key is None or _own_uid(account, key) == row.uid:
        return None
    try:
        earlier = await session.library.outbox.get(_own_uid(account, key))
    except NotFound:
        return None
    if (earlier.kind, earlier.text) != (row.kind, row.text):
        raise UsageError(_OTHER_TEXT.format(key))
    await session.library.named.never(row.uid)
    return earlier


async def _aimed(session: Session, account: AccountRow, row: OutRow, aim: Aim, args: Any) -> OutRow:
    """The row as it is now, under the uid that it has in a forum that is known."""
    target, subject = aim
    own = row.uid if args.key is None else _own_uid(account, args.key)
    if (row.target, row.subject, row.uid) == (target, subject, own):
        return row
    aimed = await session.library.named.aim(row.uid, target, subject=subject, own=own)
    return aimed or await session.library.outbox.get(row.uid)


async def send(session: Session, account: AccountRow, row: OutRow, form: str) -> int:
    """Submit a row if it is not yet, send it unless offline, and say what became of it."""
    outbox = session.library.outbox
    if row.state is OutState.REFUSED:
        row = await outbox.withdraw(row.uid)
    if row.state is OutState.DRAFT:
        row = await outbox.submit(row.uid)
    if not session.offline and row.state.is_waiting:
        tell(f"Sending {row.uid} to {account.title or account.name} ({account.location}).")
        try:
            await session.engines.run_once(account.key, wants=(), push=True, mirror=False)
        except ForumtuiError as error:
            complain(str(error))
        row = await outbox.get(row.uid)
    return await _tell(session, row.uid, form)


async def _tell(session: Session, uid: str, form: str) -> int:
    row = await session.library.outbox.get(uid)
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
        topic = row.remote_topic or id_of(row.target.topic)
        places = [f"post {row.remote_post}" if row.remote_post else "", f"topic {topic}" if topic else ""]
        return DONE, f"Done: {' in '.join(filter(None, places)) or 'it was sent'}."
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


async def _uid(session: Session, account: AccountRow, key: str | None) -> tuple[str, bool]:
    """The row's uid, and whether there is such a row.

    It is the same for the same key in the same forum, from whichever library it is sent; in this one also where
    the forum was known by its place only when the text was queued.
    """
    if key is None:
        return uuid.uuid4().hex, False
    for uid in (_own_uid(account, key), _uid_at(account.location, key)):
        with suppress(NotFound):
            return (await session.library.outbox.get(uid)).uid, True
    return _own_uid(account, key), False


def _own_uid(account: AccountRow, key: str) -> str:
    return _uid_at(account.identity, key)


def _uid_at(identity: str, key: str) -> str:
    return hashlib.sha256(f"{identity}\n{key}".encode("utf-8", "replace")).hexdigest()[:32]


async def _allowed(session: Session, account: AccountRow, topic: TopicRow, ability: Ability, last: Can) -> None:
    boards = await session.library.reading.boards(account.key)
    board = next((row.can for row in boards if row.key == topic.board_key), INHERITED)
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
