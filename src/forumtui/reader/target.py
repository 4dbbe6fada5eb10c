"""What a text of mine is for, which act on what, and where it stands."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import NewType, TypeAlias

from forumtui.model import Format
from forumtui.values import quick_dataclass
from forumtui.words import Worded

AccountKey = NewType("AccountKey", int)
UNSENT = "outbox:"
_CALLED = "named:"


class OutKind(StrEnum):
    """What a draft or outbox row will do."""

    TOPIC = "topic"
    REPLY = "reply"
    EDIT = "edit"
    DELETE = "delete"


class Turn(Enum):
    """Whose turn it is with a text of mine."""

    WRITERS = "its author writes it"
    OURS = "it goes by itself as soon as the forum can be reached"
    MODERATORS = "the forum has it and decides about it"
    YOURS = "it goes no further without its author"
    NOBODYS = "it is done"


class OutState(Worded):
    """Where a text of mine stands, with what people are told of it; drawn in DESIGN as the outbox's states."""

    DRAFT = "draft", "draft", Turn.WRITERS
    QUEUED = "queued", "waiting", Turn.OURS
    SENDING = "sending", "sending", Turn.OURS
    SENT = "sent", "sent", Turn.NOBODYS
    HELD = "held", "held for approval", Turn.MODERATORS
    REFUSED = "refused", "refused", Turn.YOURS
    ATTENTION = "attention", "needs your answer", Turn.YOURS

    label: str
    turn: Turn

    @property
    def is_waiting(self) -> bool:
        """Whether it goes by itself as soon as the forum can be reached."""
        return self.turn is Turn.OURS

    @property
    def is_asking(self) -> bool:
        """Whether it goes no further without its author."""
        return self.turn is Turn.YOURS


@quick_dataclass(frozen=True, slots=True)
class Remote:
    """A board, topic or post by the forum's own id."""

    id: str

    def __str__(self) -> str:
        return self.id


@quick_dataclass(frozen=True, slots=True)
class Unsent:
    """What becomes of a text in the outbox that the forum does not have yet."""

    uid: str

    def __str__(self) -> str:
        return f"{UNSENT}{self.uid}"


@quick_dataclass(frozen=True, slots=True)
class Called:
    """What a person called it, settled at the next contact with the forum: a board's title, a post's number."""

    name: str

    def __str__(self) -> str:
        return f"{_CALLED}{self.name}"


Ref: TypeAlias = Remote | Unsent | Called
"""``str`` of it is the form in which it is stored and typed; `ref_of` reads that."""


def ref_of(text: str) -> Ref:
    """What this text stands for."""
    if text.startswith(UNSENT):
        return Unsent(text.removeprefix(UNSENT))
    return Called(text.removeprefix(_CALLED)) if text.startswith(_CALLED) else Remote(text)


def text_of(ref: Ref | None) -> str | None:
    """What `ref_of` reads; None for nothing."""
    return None if ref is None else str(ref)


def id_of(ref: Ref | None) -> str:
    """What the forum is told: its own id; "" for nothing."""
    return text_of(ref) or ""


@quick_dataclass(frozen=True, slots=True)
class Target:
    """Whose text, of which kind, about what, and in which format."""

    account: AccountKey
    kind: OutKind
    board: Ref | None = None
    topic: Ref | None = None
    parent: Ref | None = None
    """The post that is answered."""
    post: Ref | None = None
    """The post that is edited or deleted."""
    format: Format = Format.MARKDOWN
    base: str | None = None
    """The imprint of the words that an edit is made from; None: that is not known."""

    @property
    def refs(self) -> tuple[Ref | None, ...]:
        """Board, topic, parent and post."""
        return (self.board, self.topic, self.parent, self.post)

    @property
    def has_names(self) -> bool:
        """Whether something is only called by a name yet, which must be settled before the text leaves."""
        return any(isinstance(ref, Called) for ref in (self.board, self.parent, self.post))

    @property
    def is_known(self) -> bool:
        """Whether it is said where the text should go."""
        if self.kind is OutKind.TOPIC:
            return self.board is not None
        return self.topic is not None and (self.kind is OutKind.REPLY or self.post is not None)

    def is_same(self, other: Target) -> bool:
        """Whether a text for the one is a text for the other; a board says something of new topics only."""
        mine, yours = ((each.account, each.kind, *each.refs[1:]) for each in (self, other))
        return mine == yours and (self.kind is not OutKind.TOPIC or self.board == other.board)

    def came_of(self, asked: Target) -> bool:
        """Whether this is what was ``asked`` for; what was unsent or only a name may have the forum's id since."""
        if (self.account, self.kind) != (asked.account, asked.kind):
            return False
        pairs = zip(self.refs, asked.refs, strict=True)
        return all(is_now == was or (is_now is not None and isinstance(was, Unsent | Called)) for is_now, was in pairs)
