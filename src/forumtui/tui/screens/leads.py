"""Where a row leads: what a screen answers when one opens the row under its cursor; acts go there."""

from __future__ import annotations

from forumtui.model import PostId, TopicId
from forumtui.reader.rows import AccountKey, AccountRow, OutRow, PostKey, TopicKey, TopicQuery
from forumtui.tui.keys.commands import Command
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class ToPost:
    """To a post or topic, as the forum names them; without either there is nowhere to go."""

    account: AccountKey
    topic: TopicId | None
    post: PostId | None = None


@quick_dataclass(frozen=True, slots=True)
class ToHit:
    """To a post that was found."""

    topic: TopicKey
    post: PostKey
    sought: str


@quick_dataclass(frozen=True, slots=True)
class ToTopics:
    """To a list of topics."""

    query: TopicQuery


@quick_dataclass(frozen=True, slots=True)
class ToForum:
    """To a forum's topics."""

    account: AccountRow


@quick_dataclass(frozen=True, slots=True)
class ToLink:
    """Out of the reader."""

    url: str


@quick_dataclass(frozen=True, slots=True)
class ToText:
    """On with a text of mine."""

    row: OutRow


@quick_dataclass(frozen=True, slots=True)
class ToCommand:
    """What a command does, where that is one of the place that one comes to."""

    command: Command


@quick_dataclass(frozen=True, slots=True)
class ToOrder:
    """To the list that is seen in another order, ``NAME`` or ``NAME:PERIOD``."""

    word: str


Lead = ToPost | ToHit | ToTopics | ToForum | ToLink | ToText | ToCommand | ToOrder
