"""Who may do what in a forum of one's own: one table, used to offer abilities and to check acts."""

from __future__ import annotations

from dataclasses import replace

from forumtui.errors import AuthRequired, Forbidden
from forumtui.model import INHERITED, Ability, Can, Post
from forumtui.values import quick_dataclass
from forumtui.words import Worded

_LEAD = "only the board's leader and moderators may do that"
"""One reason for all that `Ability.MODERATE` stands for, so that what is said beforehand is what is said afterwards."""
_ROLE = ""
"""That the role does not allow it says enough."""


class Operation(Worded):
    """What the roles' rights distinguish; the value says it in words."""

    REPLY = "reply", _ROLE
    REPLY_CLOSED = "reply in a closed topic", "this topic is closed"
    NEW_TOPIC = "open topics", _ROLE
    LIKE = "like posts", _ROLE
    EDIT_OWN = "edit their own posts", _ROLE
    EDIT_ANY = "edit posts of others", "only its author or a moderator may edit this post"
    DELETE_OWN = "delete their own posts", _ROLE
    DELETE_ANY = "delete posts of others", "only its author or a moderator may delete this post"
    REPORT = "report posts", _ROLE
    VOLUNTEER = "offer to lead a board", _ROLE
    PROFILE = "describe themselves", _ROLE
    MARK = "mark posts", "only the board's leader, editors and moderators may mark posts"
    PIN = "pin topics", _LEAD
    CLOSE = "close topics", _LEAD
    MOVE = "move topics", _LEAD
    HIDE = "hide and restore posts", _LEAD
    TAG = "change the tags of topics", _LEAD
    REMOVE = "remove and restore topics", _LEAD
    SETTLE = "settle the moderators' queue", _LEAD
    SEE_LOG = "read the audit log", "only moderators may read the audit log"
    KEEP = "keep house: boards, roles, invitations, the forum's own fields", "only an admin may keep house"

    reason: str
    """Why somebody may not."""

    @property
    def refusal(self) -> str:
        """What they are told who may not."""
        return self.reason or f"your role does not allow to {self.value}"


_O = Operation
_EVERYBODY = frozenset(
    {_O.REPLY, _O.NEW_TOPIC, _O.LIKE, _O.EDIT_OWN, _O.DELETE_OWN, _O.REPORT, _O.VOLUNTEER, _O.PROFILE}
)
_ON_BOARD = frozenset({_O.MARK, _O.PIN, _O.CLOSE, _O.MOVE, _O.HIDE, _O.TAG, _O.REMOVE, _O.SETTLE, _O.REPLY_CLOSED})
"""What moderation is; a leader may do it on the board that is led."""
_MODERATORS = _EVERYBODY | _ON_BOARD | {_O.EDIT_ANY, _O.DELETE_ANY, _O.SEE_LOG}
_WHOLE, _BOARD = True, False


class Role(Worded):
    """The roles that matter, with what each may do; LEADER holds on a member's own board, whatever the role."""

    MEMBER = "Member", _EVERYBODY, _WHOLE
    EDITOR = "Editor", _EVERYBODY | {_O.MARK}, _WHOLE
    MODERATOR = "Moderator", _MODERATORS, _WHOLE
    ADMIN = "Admin", _MODERATORS | {_O.KEEP}, _WHOLE
    LEADER = "Leader", _EVERYBODY | _ON_BOARD, _BOARD

    rights: frozenset[Operation]
    is_given: bool
    """Whether a member has it on the whole forum; a leader's comes with the board."""


GIVEN = tuple(role.value for role in Role if role.is_given)
NAMES_OF_ROLES = f"{', '.join(GIVEN[:-1])} or {GIVEN[-1]}"
DELETED = "this post was deleted"
HIDDEN = "this post is hidden"
NAMELESS = "the forum does not know who you are"
SUSPENDED = "your membership is suspended"
OPENING = "only moderators may show guests what was for members only"
MEMBERS_ONLY = "only members may read this forum"


def role_of(word: str | None) -> Role:
    """The role behind a stored word; words of the forum's own ("Author") count as Member."""
    try:
        role = Role((word or "").strip().title())
    except ValueError:
        return Role.MEMBER
    return role if role.is_given else Role.MEMBER


@quick_dataclass(frozen=True, slots=True)
class Rights:
    """What one member may do.  ``blocked`` is a reason why nobody may write now ("" if they may)."""

    role: Role | None
    """None: somebody without a name."""
    blocked: str = ""

    def holds(self, operation: Operation, *, leads: bool = False) -> bool:
        """Whether the table grants it, also where nobody may write now; ``leads``: on a board this member leads."""
        if self.role is None:
            return False
        return operation in self.role.rights or (leads and operation in Role.LEADER.rights)

    def refusal(self, operation: Operation, *, leads: bool = False) -> str:
        """Why not, or "" if allowed; ``leads``: on a board that this member leads."""
        return self.blocked or self.lack(operation, leads=leads)

    def lack(self, operation: Operation, *, leads: bool = False) -> str:
        """As `refusal`, of what is only a way to read."""
        if self.holds(operation, leads=leads):
            return ""
        return NAMELESS if self.role is None else operation.refusal

    def edit(self, *, mine: bool) -> str:
        """Why this post may not be edited, or ""."""
        return self.refusal(_O.EDIT_OWN if mine else _O.EDIT_ANY)

    def delete(self, *, mine: bool) -> str:
        """Why this post may not be deleted, or ""."""
        return self.refusal(_O.DELETE_OWN if mine else _O.DELETE_ANY)

    def reply(self, *, closed: bool, leads: bool = False) -> str:
        """Why this member may not answer here, or ""."""
        return self.refusal(_O.REPLY) or (self.refusal(_O.REPLY_CLOSED, leads=leads) if closed else "")

    def on_forum(self) -> Can:
        """The rules of the forum as a whole, which everything inherits."""
        return Can(
            {
                Ability.SEARCH: "",
                Ability.REPLY: self.refusal(_O.REPLY),
                Ability.NEW_TOPIC: self.refusal(_O.NEW_TOPIC),
                Ability.LIKE: self.refusal(_O.LIKE),
                Ability.EDIT: self.refusal(_O.EDIT_OWN),
                Ability.DELETE: self.refusal(_O.DELETE_OWN),
                Ability.REPORT: self.refusal(_O.REPORT),
                Ability.MARK: self.refusal(_O.MARK),
                Ability.MODERATE: self.refusal(_O.HIDE),
                Ability.KEEP: self.refusal(_O.KEEP),
            }
        )

    def on_board(self, *, leads: bool) -> Can:
        """What a board adds to the forum's rules."""
        if not leads:
            return INHERITED
        return Can(
            {
                Ability.MARK: self.refusal(_O.MARK, leads=True),
                Ability.MODERATE: self.refusal(_O.HIDE, leads=True),
            }
        )

    def on_topic(self, *, closed: bool, leads: bool = False) -> Can:
        """What a topic adds to its board's rules."""
        return Can({Ability.REPLY: self.reply(closed=True, leads=leads)}) if closed else INHERITED

    def on_post(self, *, mine: bool, deleted: bool) -> Can:
        """What a post adds to its topic's rules."""
        if deleted:
            return _ON_DELETED
        if mine:
            return INHERITED
        return Can({Ability.EDIT: self.edit(mine=False), Ability.DELETE: self.delete(mine=False)})

    def on_hidden(self, *, mine: bool, leads: bool) -> Can:
        """What a hidden post adds to its topic's rules: only who can see it may change it."""
        seen = self.holds(_O.HIDE, leads=leads)
        rules = {
            Ability.EDIT: self.edit(mine=mine) if seen else HIDDEN,
            Ability.DELETE: self.delete(mine=mine) if seen else HIDDEN,
        }
        return Can(dict.fromkeys((Ability.LIKE, Ability.REPORT, Ability.MARK), HIDDEN) | rules)


_ON_DELETED = Can(
    dict.fromkeys((Ability.EDIT, Ability.DELETE, Ability.LIKE, Ability.REPORT, Ability.MARK, Ability.MODERATE), DELETED)
)


def cover(post: Post) -> Post:
    """A hidden post as those see it who may not moderate it."""
    return replace(post, subject=None, body=None, marks=frozenset(), likes=None, liked=False, mentions=())


def check(refusal: str) -> None:
    """Raise `Forbidden` with a refusal as a sentence, `AuthRequired` where a name is wanted; "" is none."""
    if refusal:
        raise (AuthRequired if refusal == NAMELESS else Forbidden)(f"{refusal[0].upper()}{refusal[1:]}.")
