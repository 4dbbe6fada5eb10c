"""Whether a command can be used where one is, and if not, why: what greys keys before they are pressed; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forumtui.model import Ability, Can, Registration
from forumtui.reader.rows import AccountRow, BoardRow, PostRow, TopicRow
from forumtui.tui.keys.commands import Command
from forumtui.values import quick_dataclass

NOTHING_HERE = "there is nothing here to do that with"
OFFLINE = "you are offline, and this can not wait in the outbox"
UNSENT = "this post is not in the forum yet"
NO_TEXT = "this line tells what happened, and is nobody's text"
_OF_TOPICS = frozenset({"pin", "close", "move"})
"""They ask nothing of the post under the cursor."""
_OF_FORUMS = frozenset({"queue", "moderation-log"})
_LEADERS_TOO = "queue"


@quick_dataclass(frozen=True, slots=True)
class Here:
    """Where one is; ``boards``: all of this forum."""

    account: AccountRow | None
    board: BoardRow | None
    topic: TopicRow | None
    post: PostRow | None
    boards: Sequence[BoardRow] = ()


def refusal(command: Command, here: Here) -> str | None:
    """The forum's reason, or that nothing is here to act on, or that nobody can be asked; None: it can be used."""
    if command.ability is None:
        return None
    if here.account is None:
        return NOTHING_HERE
    if command.name in _OF_FORUMS:
        return _of_forum(command, here.account, here.boards)
    if here.topic is None and command.name != "new-topic":
        return NOTHING_HERE
    if command.ability is Ability.EDIT and _tells(here.post):
        return NO_TEXT
    reason = _can(here, with_post=command.name not in _OF_TOPICS).refusal(command.ability)
    if reason is not None or command.room != "moderating":
        return reason
    if here.post is not None and here.post.key < 0 and command.name not in _OF_TOPICS:
        return UNSENT
    return None if here.account.plugged else OFFLINE


def _tells(post: PostRow | None) -> bool:
    return post is not None and post.event is not None and post.words is None


def way_out(command: Command, account: AccountRow | None, label: Callable[[str], str]) -> str:
    """For a guest whom the forum refuses something: which keys make one a member, or lead to the browser; "" for others."""
    if command.ability is None or account is None or account.me is not None:
        return ""
    if is_sent_in_browser(account.can):
        writes = f"  {label('draft-reply')} writes one," if command.ability is Ability.REPLY else " "
        return f"{writes} {label('browse')} opens it."
    accounts, log_in, register = (label(name) for name in ("accounts", "log-in", "register"))
    joins = f", {register} registers" if account.registration in {Registration.OPEN, Registration.INVITATION} else ""
    return f"  {accounts}, then {log_in} logs in{joins}."


def is_sent_in_browser(can: Can) -> bool:
    """Whether a reply can be written, but not sent from here."""
    return can.refusal(Ability.REPLY) is not None and can.refusal(Ability.DRAFT) is None


def _can(here: Here, *, with_post: bool) -> Can:
    """The post's rules over the topic's over the board's over the forum's."""
    allowed = here.account.can if here.account is not None else Can()
    for layer in (here.board, here.topic, here.post if with_post else None):
        allowed = layer.can.over(allowed) if layer is not None else allowed
    return allowed


def _of_forum(command: Command, account: AccountRow, boards: Sequence[BoardRow]) -> str | None:
    """What waits is shown to moderators and to leaders of any board, the log to moderators."""
    leads = command.name == _LEADERS_TOO and any(board.can.refusal(Ability.MODERATE) is None for board in boards)
    return None if leads else account.can.refusal(Ability.MODERATE)
