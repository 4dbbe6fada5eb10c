"""The words of our own export: one JSON object a line, told apart by ``type``.

header  format, version, scope (forum, board or topic)
forum   title, tagline, notice, version, updated, pages            (only where the whole forum was exported)
board   origin, parent, title, description, leader, leader_wanted, links, further_study, notice, position,
        members_only
topic   origin, board, title, author, created, pinned, closed, tags, removed
post    origin, number, author, role, subject, created, edited, parent, deleted, deleted_by, hidden, marks,
        likes, mentions, event, format, text
member  name, role, given, leads                                    (only where the whole forum was exported)
end     topics, posts: how many there are, so that a file that was cut short is noticed

Boards come before their children, a topic's posts follow it in order, and parents and boards are named by
origin.  ``given`` says that the role is no mere word but was given here, ``leads`` which boards were.  Times are ISO 8601 in UTC; what is unknown is null or left out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias

from forumtui.model import Millis

FORMAT = "forumtui-export"
VERSION = 1
Scope: TypeAlias = Literal["forum", "board", "topic"]


class ExportFormat(StrEnum):
    """What a forum can be written out as."""

    JSONL = "jsonl"
    MARKDOWN = "markdown"
    TEXT = "text"


class ImportFormat(StrEnum):
    """What is taken in."""

    PAGE = "page"
    JSONL = "jsonl"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def iso(time: Millis | None) -> str | None:
    """Such as 2026-02-03T04:05:06.789Z; None where the time is unknown, or in a year that ISO 8601 cannot name."""
    if time is None:
        return None
    try:
        moment = _EPOCH + time * _MILLISECOND
    except OverflowError:
        return None
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def millis(text: str) -> Millis:
    """The time of an ISO 8601 text.  Raises `ValueError` where it is none, or has no zone."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return Millis((time - _EPOCH) // _MILLISECOND)
