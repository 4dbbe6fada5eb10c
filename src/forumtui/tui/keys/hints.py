"""What the footer offers, place by place: the commands that one wants there most often, each in a word or two."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forumtui.tui.keys.commands import Where

HINTS: Mapping[Where, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        Where.BOARDS: (
            ("open", "open"),
            ("read-on", "read on"),
            ("next-unread", "unread"),
            ("add-forum", "add forum"),
            ("board-page", "about"),
            ("new-topic", "new topic"),
            ("back", "back"),
            ("help", "keys"),
        ),
        Where.TOPICS: (
            ("open", "open"),
            ("read-on", "read on"),
            ("new-topic", "new topic"),
            ("search", "search"),
            ("filter", "filter"),
            ("catch-up", "catch up"),
            ("order", "order"),
            ("back", "back"),
            ("help", "keys"),
        ),
        Where.THREAD: (
            ("read-on", "read on"),
            ("next-unread", "unread"),
            ("reply", "reply"),
            ("quote-reply", "quote"),
            ("parent", "parent"),
            ("bookmark", "mark"),
            ("tree", "tree"),
            ("links", "links"),
            ("back", "back"),
            ("help", "keys"),
        ),
        Where.COMPOSE: (
            ("send", "send"),
            ("preview", "preview"),
            ("editor", "$EDITOR"),
            ("complete", "complete"),
            ("discard", "discard"),
            ("keep", "keep draft"),
        ),
        Where.OUTBOX: (
            ("edit-waiting", "edit"),
            ("retry", "send now"),
            ("take-back", "take back"),
            ("discard-waiting", "discard"),
            ("undo", "undo"),
            ("back", "back"),
            ("help", "keys"),
        ),
        Where.INBOX: (("open", "open"), ("see-all", "mark all read"), ("back", "back"), ("help", "keys")),
        Where.HITS: (("open", "open"), ("search-everywhere", "search again"), ("back", "back"), ("help", "keys")),
        Where.ACCOUNTS: (
            ("open", "read"),
            ("add-forum", "add"),
            ("log-in", "log in"),
            ("register", "register"),
            ("plug", "online"),
            ("remove-forum", "remove"),
            ("back", "back"),
            ("help", "keys"),
        ),
        Where.PAGE: (("open", "open"), ("back", "back"), ("help", "keys")),
        Where.BOARD: (("open", "open"), ("volunteer", "offer to lead"), ("back", "back"), ("help", "keys")),
        Where.MEMBER: (
            ("open", "open"),
            ("edit-profile", "edit"),
            ("password", "password"),
            ("sessions", "log-ins"),
            ("back", "back"),
            ("help", "keys"),
        ),
        Where.SESSIONS: (
            ("end-session", "end"),
            ("end-other-sessions", "end others"),
            ("end-all-sessions", "end all"),
            ("back", "back"),
            ("help", "keys"),
        ),
        Where.QUEUE: (
            ("approve", "approve"),
            ("reject", "reject"),
            ("open", "open"),
            ("queue", "look again"),
            ("moderation-log", "log"),
            ("back", "back"),
            ("help", "keys"),
        ),
        Where.FORM: (("take-field", "next"), ("send-form", "send"), ("page-down", "more"), ("escape", "cancel")),
        Where.PROMPT: (("accept", "accept"), ("escape", "cancel")),
    }
)
