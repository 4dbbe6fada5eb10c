"""What commands print: records for programs, lines for people."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence

from forumtui.model import STAFF_ONLY, UNKNOWN_AUTHOR, Author, Millis
from forumtui.overheard import is_known_in_the_open
from forumtui.reader.rows import AccountRow, BoardRow, HitRow, OutRow, PostRow, TopicRow
from forumtui.text.ages import iso
from forumtui.text.sanitise import guard

Record = Mapping[str, object]

_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that JSON allows as they are, but that can steer a terminal."""


def ago(time: Millis | None, now: Millis) -> str:
    """How long ago, for people; "" when unknown."""
    if time is None:
        return ""
    seconds = max(0, now - time) // 1000
    for size, unit in ((365 * 86400, "y"), (30 * 86400, "mo"), (86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return "just now"


def used(time: Millis | None, now: Millis) -> str:
    """When a token was used."""
    return f"used {ago(time, now)}" if time is not None else "never used"


def good_until(time: Millis | None) -> str:
    """How long a token lasts."""
    return f"good until {iso(time)}" if time is not None else "good for ever"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 post``, ``2 posts``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


class Printer:
    """Writes records one by one in the form asked for; leave it as a context to complete a JSON array."""

    def __init__(self, form: str) -> None:
        self.form = form
        self.printed = 0
        if form != "plain":
            import io

            if isinstance(sys.stdout, io.TextIOWrapper):
                sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8, whatever the locale

    def __enter__(self) -> Printer:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self.form == "json" and kind is None:
            sys.stdout.write("\n]\n" if self.printed else "[]\n")

    def add(self, record: Record, *plain: str) -> None:
        """Print a record, or for people its ``plain`` lines: so many, whatever a stranger wrote into them."""
        if self.form == "plain":
            sys.stdout.write("\n".join(map(guard, plain)) + "\n")
        elif self.form == "jsonl":
            sys.stdout.write(to_json(record) + "\n")
        else:
            sys.stdout.write((",\n" if self.printed else "[\n") + to_json(record))
        self.printed += 1


def guarded(text: str) -> str:
    """Lines that no terminal stumbles over."""
    return "\n".join(guard(line) for line in text.split("\n"))


def to_json(record: Record) -> str:
    """One line of JSON that no terminal stumbles over."""
    import json

    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(record, ensure_ascii=False))


# -- records


def account_record(row: AccountRow) -> Record:
    """A forum that is followed."""
    return {
        "name": row.name,
        "title": row.title,
        "driver": row.driver,
        "location": row.location,
        "me": row.me.name if row.me else None,
        "role": row.me.role if row.me else None,
        "plugged": row.plugged,
        "unread": row.unread,
        "unread_topics": row.unread_topics,
        "waiting": row.waiting,
        "health": str(row.health),
        "note": row.note,
        "synced": iso(row.synced_at),
    }


def board_record(row: BoardRow) -> Record:
    """A board."""
    return {
        "id": row.id,
        "title": row.title,
        "parent": row.parent,
        "description": row.description,
        "leader": row.leader,
        "leader_wanted": row.leader_wanted,
        "topics": row.topics,
        "unread": row.unread,
        "notice": row.notice,
        "further_study": row.further_study,
        "links": [{"title": link.title, "url": link.url, "mark": link.mark} for link in row.links],
    }


def topic_record(row: TopicRow) -> Record:
    """A topic; ``board`` is the board's title."""
    return {
        "id": row.id,
        "board": row.board_title,
        "title": row.title,
        "author": row.author.name if row.author else None,
        "replies": row.replies,
        "unread": row.unread,
        "created": iso(row.created),
        "last_post": iso(row.last_post),
        "pinned": row.pinned,
        "closed": row.closed,
        "removed": row.removed,
        "tags": list(row.tags),
        "url": row.url,
    }


def post_record(row: PostRow, parent: str | None) -> Record:
    """A post; ``parent`` is the id of the post it answers."""
    return {
        "id": row.id,
        "number": row.number,
        "subject": row.subject,
        "author": row.author.name if row.author else None,
        "role": row.author.role if row.author else None,
        "created": iso(row.created),
        "edited": iso(row.edited),
        "parent": parent,
        "marks": sorted(str(mark) for mark in row.marks),
        "likes": row.likes,
        "unread": row.unread,
        "deleted": row.deleted,
        "deleted_by": row.deleted_by,
        "hidden": row.hidden,
        "event": row.event,
        "whisper": row.whisper,
        "format": row.body.format if row.body else None,
        "body": row.body.source if row.body else None,
    }


def hit_record(row: HitRow, post: PostRow | None) -> Record:
    """A search result and its post (None: the topic's title was found); ``source`` says who found it: "here" or "forum"."""
    return {
        "topic": row.topic.id,
        "board": row.topic.board_title,
        "title": row.topic.title,
        "id": post.id if post is not None else None,
        "number": post.number if post is not None else None,
        "author": row.author,
        "created": iso(row.created),
        "snippet": row.snippet,
        "source": row.source,
    }


def out_record(row: OutRow) -> Record:
    """A draft, or something in the outbox; ``post`` and ``topic`` are known once it was sent."""
    return {
        "uid": row.uid,
        "account": row.account_name,
        "kind": str(row.kind),
        "state": str(row.state),
        "where": row.where,
        "to": row.to,
        "subject": row.subject,
        "error": row.error or None,
        "choices": list(row.choices),
        "attempts": row.attempts,
        "created": iso(row.created),
        "updated": iso(row.updated),
        "not_before": iso(row.not_before),
        "topic": row.remote_topic,
        "post": row.remote_post,
        "body": row.body.source,
        "format": row.body.format,
        "theirs": row.theirs,
    }


# -- lines for people


def _aside(parts: Sequence[str]) -> str:
    said = [part for part in parts if part]
    return f" ({', '.join(said)})" if said else ""


def account_line(row: AccountRow, now: Millis) -> str:
    """``team: Team room (12 unread, as anna, Member; /srv/team.db)``."""
    me = f"as {signature(Author(row.me.id, row.me.name, row.me.role))}" if row.me else ""
    facts = [
        f"{row.unread} unread" if row.unread else "",
        f"{row.waiting} to be sent" if row.waiting else "",
        me,
        "unplugged" if not row.plugged else "",
        f"synced {ago(row.synced_at, now)}" if row.synced_at is not None else "",
        row.note,
        "not encrypted" if is_known_in_the_open(row) else "",
        row.location,
    ]
    return f"{row.name}: {row.title}{_aside(facts)}"


def board_line(row: BoardRow) -> str:
    """``Situational (12 topics, 3 unread; led by Anna) [7]``, indented below its parent."""
    lead = f"led by {row.leader}" if row.leader else "leader wanted" if row.leader_wanted else ""
    facts = [counted(row.topics or 0, "topic"), f"{row.unread} unread" if row.unread else "", lead]
    return f"{'  ' * row.depth}{row.title}{_aside(facts)} [{row.id}]"


def topic_line(row: TopicRow, now: Millis) -> str:
    """``12: Span of control (Bill Boynton, 3 replies, 2 unread, 2 d ago, pinned)``."""
    replies = row.replies
    facts = [
        row.author.name if row.author else "",
        "" if replies is None else counted(replies, "reply", "replies"),
        f"{row.unread} unread" if row.unread else "",
        ago(row.last_post, now),
        "pinned" if row.pinned else "",
        "closed" if row.closed else "",
        "removed: only moderators see it" if row.removed else "",
        "bookmarked" if row.bookmarked else "",
        "yours waits in the outbox" if row.waiting else "",
    ]
    return f"{row.id}: {row.title}{_aside(facts)}"


def post_heading(row: PostRow, now: Millis) -> str:
    """``#3 Anna (Editor), 2 d ago, best practice``; of what happened ``#4 Anna closed this topic, 2 d ago``."""
    facts = [
        "" if row.parent_key is None else f"answers {answered(row)}",
        "waiting in the outbox" if row.pending else ago(row.created, now),
        "edited" if row.edited else "",
        STAFF_ONLY if row.whisper else "",
        *sorted(mark.words for mark in row.marks),
        counted(row.likes, "like") if row.likes else "",
        "unread" if row.unread else "",
    ]
    number = f"#{row.number} " if row.number is not None else ""
    return ", ".join([f"{number}{row.happened or signature(row.author)}", *(fact for fact in facts if fact)])


def answered(row: PostRow) -> str:
    """Whom a post answers, as ``#2 Jaap de Jonge``."""
    number = "" if row.parent_number is None else f"#{row.parent_number}"
    return " ".join(filter(None, [number, row.parent_author])) or "another post"


def signature(author: Author | None) -> str:
    """``Anna (Editor)``."""
    if author is None:
        return UNKNOWN_AUTHOR
    return f"{author.name} ({author.role})" if author.role else author.name


def out_line(row: OutRow, now: Millis) -> str:
    """``9f2c reply to Anna in "Span of control": refused, 2 min ago (the topic is closed)``."""
    to = f" to {row.to}" if row.to else ""
    state = "may have arrived" if row.unknown_end else str(row.state)
    choices = f"choices: {', '.join(row.choices)}" if row.choices else ""
    facts = _aside([row.error, choices])
    return f'{row.uid} {row.kind}{to} in "{row.where}": {state}, {ago(row.updated, now)}{facts}'
