"""What an address names: which software answers there, where its forum is, and what of it is meant."""

from __future__ import annotations

from enum import StrEnum

from forumtui.values import quick_dataclass


class Certainty(StrEnum):
    """Whether an address is of one kind of forum, as far as its text tells."""

    NO = "no"
    PERHAPS = "perhaps"
    """It may be; who answers there has to be asked."""
    CERTAINLY = "certainly"


class What(StrEnum):
    """What of a forum an address names."""

    FORUM = "forum"
    BOARD = "board"
    TOPIC = "topic"
    POST = "post"
    """A post by its id alone; its topic is not told."""
    MEMBER = "member"
    TAG = "tag"
    SEARCH = "search"


@quick_dataclass(frozen=True, slots=True)
class Recognised:
    """What an address names; "" for what it does not tell."""

    software: str
    """The driver's name; for software that is known but not read, the name that it goes by."""
    base: str
    """The forum's own address, which is an account's location."""
    what: What = What.FORUM
    id: str = ""
    """The forum's own id of the board, topic, post, member or tag; of a search, the words."""
    post: str = ""
    """In a topic, the post that is meant: its id, or its number."""
    title: str = ""
    """As the forum gives it; cleaned, one line."""
    numbered: bool = False
    """Whether ``post`` is a number that counts within the topic."""
