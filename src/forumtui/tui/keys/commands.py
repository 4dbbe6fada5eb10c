"""Every command of the reader, declared once: keys, help, palette, footer and ``forumtui keys`` all read this.

Plain data that loads no Textual.  What a command does is the function of the same name (with underscores)
in ``forumtui.tui.acts.ROOM``; a test holds the two together.

Three rules of the key table: keys of daily use are typed directly or with Shift on every common layout;
no bare A-D, F, H, M, P-S or digit changes anything, because a broken cursor key may leave one of them behind;
and "[" stays free for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from forumtui.model import Ability
from forumtui.values import quick_dataclass


class Where(StrEnum):
    """What the keys go to; the same key may mean different things in different places."""

    BOARDS = "boards"
    TOPICS = "topics"
    THREAD = "thread"
    COMPOSE = "compose"
    OUTBOX = "outbox"
    INBOX = "inbox"
    HITS = "hits"
    ACCOUNTS = "accounts"
    PAGE = "page"
    BOARD = "board"
    MEMBER = "member"
    QUEUE = "queue"
    SESSIONS = "sessions"
    FORM = "form"
    PROMPT = "prompt"


LISTS = frozenset({Where.BOARDS, Where.TOPICS})
READER = LISTS | {Where.THREAD}
THREAD = frozenset({Where.THREAD})
OPENED = frozenset({Where.TOPICS, Where.THREAD})
PAGES = frozenset(
    {
        Where.OUTBOX,
        Where.INBOX,
        Where.HITS,
        Where.ACCOUNTS,
        Where.PAGE,
        Where.BOARD,
        Where.MEMBER,
        Where.QUEUE,
        Where.SESSIONS,
    }
)
ALL = READER | PAGES
COMPOSE = frozenset({Where.COMPOSE})
OUTBOX = frozenset({Where.OUTBOX})
INBOX = frozenset({Where.INBOX})
ACCOUNTS = frozenset({Where.ACCOUNTS})
MEMBER = frozenset({Where.MEMBER})
QUEUE = frozenset({Where.QUEUE})
SESSIONS = frozenset({Where.SESSIONS})
FORM = frozenset({Where.FORM})
PROMPT = frozenset({Where.PROMPT})


@quick_dataclass(frozen=True, slots=True)
class Command:
    """Something a key can do.  ``keys``: sequences of strokes, spaces between; ``mutt``: those of the mutt-like set."""

    name: str
    title: str
    keys: tuple[str, ...]
    where: frozenset[Where]
    room: str
    ability: Ability | None = None
    """What must be allowed here; greyed otherwise, with the reason."""
    mutt: tuple[str, ...] | None = None
    counted: bool = False
    """Whether a number typed before it counts."""
    daily: bool = True
    """Whether a key of it must be direct or shifted on every common layout."""
    keeps: frozenset[Literal["search", "announcement"]] = frozenset()
    """What of a search under way, and of what Space said it would open next, lives on behind it."""


def _room(room: str, commands: Iterable[tuple[Any, ...]]) -> tuple[Command, ...]:
    """The commands of one theme; the last item of each may be a mapping of the further fields."""
    made = []
    for name, title, keys, where, *more in commands:
        options = more[0] if more else {}
        made.append(Command(name, title, tuple(str(keys).split("  ")), where, room, **options))
    return tuple(made)


_SEARCH = {"keeps": frozenset({"search"})}
_COUNTED = {"counted": True}
_MODERATE = {"ability": Ability.MODERATE}
_MARK = {"ability": Ability.MARK}

GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        "Moving",
        _room(
            "moving",
            [
                ("down", "one line or row down", "j  down", ALL | PROMPT, _COUNTED),
                ("up", "one line or row up", "k  up", ALL | PROMPT, _COUNTED),
                ("half-page-down", "half a page down", "ctrl+d", ALL, _COUNTED),
                ("half-page-up", "half a page up", "ctrl+u", ALL, _COUNTED),
                ("page-down", "a page down", "pagedown", ALL | PROMPT | FORM, _COUNTED),
                ("page-up", "a page up", "pageup", ALL | PROMPT | FORM, _COUNTED),
                ("top", "to the top", "g g  home", ALL, {"mutt": ("g g", "home", "=")}),
                ("bottom", "to the end", "G  end", ALL),
                ("next-post", "next post", "J", THREAD, _COUNTED),
                ("previous-post", "previous post", "K", THREAD, _COUNTED),
                ("next-topic", "next topic", ".", OPENED, {"counted": True, "mutt": (".", "ctrl+n")}),
                ("previous-topic", "previous topic", ",", OPENED, _COUNTED),
                ("parent", "to the post that this one answers", "P  ^", THREAD),
                ("next-sibling", "next answer to the same post", ")  }", THREAD),
                ("previous-sibling", "previous answer to the same post", "(  {", THREAD),
                ("go-to-post", "to a post by number (digits, then Enter)", "#", THREAD, {"daily": False}),
                ("jump-back", "back to where you were", "-", READER, {"mutt": ("backspace",)}),
                ("jump-forward", "forward again", "g -", READER),
            ],
        ),
    ),
    (
        "Reading",
        _room(
            "going",
            [
                ("open", "open; on a post: show what it answers", "enter  l  right", ALL, {"mutt": ("enter", "right")}),
                ("back", "back", "h  left  q", ALL),
                ("escape", "end what is under way, else back", "escape", ALL | PROMPT | FORM, _SEARCH),
                (
                    "read-on",
                    "read on: page, next unread post, topic, forum",
                    "space",
                    ALL,
                    {"keeps": frozenset({"announcement"})},
                ),
                ("page-back", "back a page", "b", ALL, {"mutt": ("-", "b")}),
                (
                    "next-unread",
                    "next unread post; next match in a search",
                    "n",
                    READER,
                    {"mutt": ("tab", "n"), **_SEARCH},
                ),
                (
                    "previous-unread",
                    "previous unread post, or match",
                    "p",
                    READER,
                    {"mutt": ("shift+tab", "p"), **_SEARCH},
                ),
                ("home", "all topics with unread posts", "g h  g u", ALL),
                ("boards", "boards", "g b", ALL),
                ("bookmarks", "bookmarked topics", "g m", ALL),
                ("board-page", "about this board or forum", "i", READER),
            ],
        ),
    ),
    (
        "Keeping track",
        _room(
            "marking",
            [
                ("mark-read", "mark as read", "d", READER),
                ("mark-unread", "mark as unread", "u", OPENED, {"mutt": ("N",)}),
                ("bookmark", "bookmark, or no longer", "*", OPENED),
                ("like", "like, or no longer", "+", THREAD, {"ability": Ability.LIKE}),
                ("catch-up", "catch up: mark all here as read", "x a", READER),
                ("catch-up-to-here", "catch up to here", "x h", OPENED),
                ("catch-up-older", "catch up with all older than a week", "x o", READER),
                ("undo", "undo the last mark or discarded draft", "U", ALL),
                ("redo", "do again what was undone", "g U", ALL),
            ],
        ),
    ),
    (
        "Writing",
        _room(
            "writing",
            [
                ("reply", "reply to this post", "r", OPENED, {"ability": Ability.REPLY}),
                ("reply-to-topic", "reply to the topic", "R", OPENED, {"ability": Ability.REPLY}),
                ("quote-reply", "reply and quote", '>  "', THREAD, {"ability": Ability.REPLY}),
                ("draft-reply", "write a reply that is sent in the browser", "g r", OPENED, {"ability": Ability.DRAFT}),
                ("new-topic", "new topic", "c", READER, {"ability": Ability.NEW_TOPIC, "mutt": ("m", "c")}),
                ("edit", "edit my post", "e", THREAD, {"ability": Ability.EDIT}),
                ("delete", "delete my post (asks)", "x d", THREAD, {"ability": Ability.DELETE}),
            ],
        ),
    ),
    (
        "Keeping order",
        _room(
            "moderating",
            [
                ("pin", "pin the topic, or no longer", "! p", OPENED, _MODERATE),
                ("close", "close the topic, or open it", "! c", OPENED, _MODERATE),
                ("move", "move to another board", "! m", OPENED, _MODERATE),
                ("tags", "change the topic's tags", "! t", OPENED, _MODERATE),
                ("remove", "remove the topic (asks why), or restore it", "! x", OPENED, _MODERATE),
                ("mark-best-practice", "best practice, or no longer", "! b", THREAD, _MARK),
                ("mark-expert-tip", "expert tip, or no longer", "! e", THREAD, _MARK),
                ("mark-accepted", "accepted answer, or no longer", "! a", THREAD, _MARK),
                ("hide", "hide (asks why), or restore", "! h", THREAD, _MODERATE),
                ("report", "report the post (asks why)", "! r", THREAD, {"ability": Ability.REPORT}),
                ("queue", "what waits for moderators", "! q", ALL, _MODERATE),
                ("moderation-log", "the audit log: who did what", "! l", ALL, _MODERATE),
                ("approve", "publish, accept, or hide what was reported", "a", QUEUE),
                ("reject", "reject, decline, or leave what was reported (asks why)", "r", QUEUE),
            ],
        ),
    ),
    (
        "While writing",
        _room(
            "composing",
            [
                ("send", "send", "ctrl+s", COMPOSE),
                ("preview", "preview, and back", "ctrl+r", COMPOSE),
                ("editor", "write in $EDITOR", "ctrl+o", COMPOSE),
                ("keep", "keep the draft and go back", "escape", COMPOSE),
                ("discard", "throw the draft away (asks)", "ctrl+t", COMPOSE),
                ("complete", "complete an @name, else next field", "tab", COMPOSE),
                ("previous-field", "previous field", "shift+tab", COMPOSE),
                ("thread-up", "scroll the thread up", "alt+pageup", COMPOSE),
                ("thread-down", "scroll the thread down", "alt+pagedown", COMPOSE),
            ],
        ),
    ),
    (
        "Searching",
        _room(
            "searching",
            [
                ("search", "search here; n and p step through", "/", READER, _SEARCH),
                ("search-everywhere", "search all forums", "g /", ALL),
                ("filter", "filter the list", "=  \\", LISTS, {"mutt": ("l", "\\")}),
                ("accept", "take what is typed", "enter  ctrl+s", PROMPT, _SEARCH),
                ("complete-prompt", "complete", "tab", PROMPT, _SEARCH),
            ],
        ),
    ),
    (
        "Forums and outbox",
        _room(
            "accounts",
            [
                ("accounts", "your forums", "g a", ALL),
                ("add-forum", "add a forum: a file or address", "a", LISTS | ACCOUNTS),
                ("keep-forum", "keep a visited forum in the lists, or let it go", "x k", ACCOUNTS),
                ("remove-forum", "remove this forum (asks)", "x d", ACCOUNTS),
                ("sync", "look for new posts and send what waits", "g s  ctrl+r", ALL),
                ("plug", "go offline, or online again", "g p", ALL),
                ("pack", "fetch all that is unread, to read it offline", "g k", ALL),
            ],
        )
        + _room(
            "membership",
            [
                ("log-in", "log in here", "L", ACCOUNTS),
                ("register", "become a member here", "N", ACCOUNTS),
                ("log-out", "log out here (asks)", "x l", ACCOUNTS),
                ("member", "who wrote this; on your forums: who you are there", "I", OPENED | ACCOUNTS),
                ("edit-profile", "say something about yourself", "e", MEMBER),
                ("volunteer", "offer to lead this board", "v", frozenset({Where.BOARD})),
                ("take-field", "next field; from the last one: send", "enter", FORM),
                ("form-next", "next field", "tab  down", FORM),
                ("form-previous", "previous field", "shift+tab  up", FORM),
                ("send-form", "send the form", "ctrl+s", FORM),
            ],
        )
        + _room(
            "sessions",
            [
                ("password", "change your password there", "x p", ACCOUNTS | MEMBER),
                ("sessions", "where you are logged in there", "W", ACCOUNTS | MEMBER),
                ("end-session", "end this log-in (asks)", "x d", SESSIONS),
                ("end-other-sessions", "log out everywhere but here (asks)", "x o", SESSIONS),
                ("end-all-sessions", "log out everywhere (asks)", "x a", SESSIONS),
            ],
        )
        + _room(
            "inbox",
            [
                ("inbox", "inbox: who mentions you, answers you, writes to you", "g i", ALL),
                ("see-all", "mark all as read (asks)", "x a", INBOX),
            ],
        )
        + _room(
            "outbox",
            [
                ("outbox", "outbox: what waits to be sent", "g o", ALL),
                ("drafts", "drafts", "g d", ALL),
                ("send-now", "send what waits now", "g S", ALL),
                ("edit-waiting", "take back and edit", "e", OUTBOX),
                ("retry", "send this now", "r", OUTBOX),
                ("take-back", "take back into a draft", "t", OUTBOX),
                ("discard-waiting", "throw away (asks)", "x d", OUTBOX),
            ],
        ),
    ),
    (
        "View and tools",
        _room("sorting", [("order", "another order of the list: new, top ...", "t", LISTS)])
        + _room(
            "view",
            [
                ("tree", "tree or flat order", "T", THREAD),
                ("fold", "fold this post and its answers, or the boards below", "z a", THREAD | {Where.BOARDS}),
                ("fold-all", "fold all posts", "z M", THREAD),
                ("open-all", "open all posts", "z R", THREAD),
                ("quotes", "shorten long quotes, or show them whole", "z q", THREAD),
                ("uncover", "show what this post hides (spoilers, folded parts), or cover it", "z s", THREAD),
                ("times", "exact times, or ages", "z t", THREAD),
                ("choose-lines", "choose lines, then > quotes and y copies them", "V", THREAD),
                ("zoom", "zoom this pane", "w", READER),
                ("links", "choose a link by its letter", "f", THREAD),
                ("browse", "open in the browser (over SSH: copy the link)", "o", OPENED),
                ("copy-link", "copy the link", "y", OPENED),
                ("copy-text", "copy the text", "Y", THREAD),
                ("copy-citation", "copy a citation", "g y", THREAD),
                ("save", "save the post or topic to a file", "s", OPENED),
                ("help", "the keys that work here", "?  f1", ALL | COMPOSE),
                ("palette", "find a command", "ctrl+p", ALL | COMPOSE),
                ("command-line", "type a command", ":", ALL),
                (
                    "redraw",
                    "draw the screen again",
                    "ctrl+l",
                    ALL | COMPOSE | FORM | PROMPT,
                    {"keeps": frozenset({"search", "announcement"})},
                ),
                ("suspend", "suspend to the shell", "ctrl+z", ALL),
                ("quit", "quit", "Q  ctrl+q", ALL),
                ("quit-writing", "keep the draft and quit", "ctrl+q", COMPOSE | PROMPT | FORM, {"daily": False}),
            ],
        ),
    ),
)

COMMANDS: Mapping[str, Command] = MappingProxyType({command.name: command for _, group in GROUPS for command in group})


def keys_of(command: Command, *, mutt: bool = False) -> tuple[str, ...]:
    """The command's keys in the default set, or in the mutt-like one."""
    return command.mutt if mutt and command.mutt is not None else command.keys
