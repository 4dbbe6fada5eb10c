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


class Errand:
    """What somebody has to do in a browser, on whichever machine, to become known to a forum.

    ``code``: to be compared with the page's, or typed there; "" where there is none.  ``pastes``: the page shows a text
    that has to be brought back here; else the forum is asked every ``interval`` seconds, for ``lasts`` seconds.
    ``secret``: the driver's own, and shown by nothing.
    """

    __slots__ = ("address", "code", "interval", "lasts", "pastes", "secret")

    def __init__(
        self,
        address: str,
        code: str = "",
        *,
        pastes: bool = False,
        interval: float = 5.0,
        lasts: float = 600.0,
        secret: str = "",
    ) -> None:
        self.address = address
        self.code = code
        self.pastes = pastes
        self.interval = interval
        self.lasts = lasts
        self.secret = secret
