"""How one comes into a forum, and what is asked for then."""

from __future__ import annotations

from forumtui.values import quick_dataclass
from forumtui.words import Explained


class Registration(Explained):
    """Who may become a member."""

    OPEN = "open", "Whoever accepts the rules may register."
    INVITATION = "invitation", "Whoever has an invitation may register."
    CLOSED = "closed", "Nobody may register; the forum's keeper adds members."


@quick_dataclass(frozen=True, slots=True)
class Option:
    """A field that a forum asks for: a setting of an account, or a line of a log-in or registration form."""

    name: str
    help: str
    required: bool = False
    secret: bool = False
