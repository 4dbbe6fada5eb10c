"""One line of our export, checked field by field: what a stranger's file says is not believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forumtui.forum.export_format import millis
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ImportedBoard, ImportedForum, ImportedMember, ImportedPost, ImportedTopic
from forumtui.model import Body, Deleter, Format, Mark, Millis
from forumtui.text.sanitise import clean_line, store_text

_MARKS = {mark.value: mark for mark in Mark}
_DELETERS = {deleter.value: deleter for deleter in Deleter}
_LARGEST = 2**53
LONGEST_ORIGIN = 500


_SPOKEN = {str: "a text", bool: "true or false", int: "a whole number", list: "a list of texts"}
_POST_KINDS: Mapping[str, type] = {
    **dict.fromkeys(("subject", "author", "role", "text", "format", "event", "deleted_by"), str),
    **dict.fromkeys(("number", "likes"), int),
    **dict.fromkeys(("marks", "mentions"), list),
    **dict.fromkeys(("deleted", "hidden"), bool),
}


class RecordProblem(Exception):
    """A field is missing or not what it should be; says which."""


class Record:
    """A line's fields by name, each asked for as what it should be.  Fields that nobody asks for are ignored."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def checked(self, kinds: Mapping[str, type]) -> Callable[[str], Any]:
        """The fields as they are, all at once: quicker than one by one for what a file has most of."""
        for name, value in self._fields.items():
            if value is not None and type(value) is not kinds.get(name, type(value)):
                raise RecordProblem(f'"{name}" should be {_SPOKEN[kinds[name]]}')
        return self._fields.get

    def optional_text(self, name: str) -> str | None:
        """A text, as it is."""
        value = self._fields.get(name)
        if value is None or isinstance(value, str):
            return value
        raise RecordProblem(f'"{name}" should be a text')

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.optional_text(name)
        if not value:
            raise RecordProblem(f'"{name}" is missing')
        return value

    def optional_origin(self, name: str) -> str | None:
        """What something is known by: never shown, but stored and compared."""
        value = self._fields.get(name)
        if value is None:
            return None
        if type(value) is not str or not (0 < len(value) <= LONGEST_ORIGIN and value.isprintable()):
            raise RecordProblem(f'"{name}" should be a short printable text')
        return value

    def origin(self) -> str:
        """The origin of the line's own thing."""
        value = self.optional_origin("origin")
        if value is None:
            raise RecordProblem('"origin" is missing')
        return value

    def optional_name(self, name: str) -> str | None:
        """A text of one line, cleaned."""
        value = self.optional_text(name)
        return None if value is None else clean_line(value)

    def name(self, name: str) -> str:
        """A text of one line that must be there."""
        value = clean_line(self.text(name))
        if not value:
            raise RecordProblem(f'"{name}" is empty')
        return value

    def long_text(self, name: str) -> str:
        """A text of any number of lines; "" where there is none."""
        return store_text(self.optional_text(name) or "")

    def time(self, name: str) -> Millis | None:
        """A time, or None where it is unknown."""
        value = self.optional_text(name)
        if value is None:
            return None
        try:
            return millis(value)
        except (ValueError, OverflowError) as error:
            raise RecordProblem(f'"{name}" should be a time like 2026-02-03T04:05:06Z') from error

    def whole(self, name: str) -> int | None:
        """A whole number."""
        value = self._fields.get(name)
        if value is None or (type(value) is int and abs(value) < _LARGEST):
            return value
        raise RecordProblem(f'"{name}" should be a whole number')

    def yes(self, name: str) -> bool:
        """A yes or no; absent: no."""
        value = self._fields.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise RecordProblem(f'"{name}" should be true or false')

    def names(self, name: str) -> tuple[str, ...]:
        """A list of one-line texts."""
        value = self._fields.get(name)
        if not value:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise RecordProblem(f'"{name}" should be a list of texts')
        return tuple(clean_line(item) for item in value)

    def records(self, name: str) -> Sequence[Record]:
        """A list of objects."""
        value = self._fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise RecordProblem(f'"{name}" should be a list of objects')
        return tuple(Record(item) for item in value)

    def body(self) -> Body:
        """The text and what it is written in; a format that we do not know is shown as it is."""
        return Body(self.long_text("text"), Format.of(self.optional_text("format") or ""))


def forum_of(record: Record) -> ImportedForum:
    """The forum's own fields."""
    return ImportedForum(
        title=record.optional_name("title") or "",
        tagline=record.optional_name("tagline") or "",
        notice=record.long_text("notice"),
        version=record.optional_name("version") or "",
        updated=record.optional_name("updated") or "",
        pages=tuple((page.name("slug"), page.name("title"), page.body()) for page in record.records("pages")),
    )


def board_of(record: Record) -> ImportedBoard:
    """A board."""
    title = record.name("title")
    return ImportedBoard(
        origin=record.origin(),
        title=title,
        parent_origin=record.optional_origin("parent"),
        draft=BoardDraft(
            title=title,
            description=record.long_text("description"),
            leader=record.optional_name("leader") or "",
            leader_wanted=record.yes("leader_wanted"),
            links=[_link(link) for link in record.records("links")],
            further_study=record.long_text("further_study"),
            notice=record.long_text("notice"),
            position=record.whole("position"),
            members_only=record.yes("members_only") or None,  # an import closes boards, it opens none
        ),
    )


def _link(link: Record) -> tuple[str, str] | tuple[str, str, Mark | None]:
    """A link; one without a section is as short as it was before there were any, and has the same fingerprint."""
    title, address = link.optional_name("title") or "", link.optional_name("address") or ""
    mark = _MARKS.get(link.optional_name("mark") or "")
    return (title, address) if mark is None else (title, address, mark)


def member_of(record: Record) -> ImportedMember:
    """A member; what is no list of origins leads nothing."""
    return ImportedMember(record.name("name"), record.name("role"), record.yes("given"), record.names("leads"))


def topic_of(record: Record) -> ImportedTopic:
    """A topic without its posts."""
    return ImportedTopic(
        origin=record.origin(),
        board_origin=record.text("board"),
        title=record.name("title"),
        author=record.optional_name("author"),
        created=record.time("created"),
        pinned=record.yes("pinned"),
        closed=record.yes("closed"),
        tags=record.names("tags"),
        removed=record.yes("removed"),
    )


def post_of(record: Record) -> ImportedPost:
    """A post; of a deleted one only its place is left.  Its texts are cleaned by the store that takes it in."""
    given = record.checked(_POST_KINDS)
    deleted = bool(given("deleted"))
    format_, number, likes = given("format"), given("number"), given("likes")
    text, event = given("text") or "", given("event")
    return ImportedPost(
        origin=record.origin(),
        subject=given("subject"),
        author=given("author"),
        role=given("role"),
        body=None if deleted else Body(event, Format.PLAIN) if event and not text else Body(text, Format.of(format_)),
        created=record.time("created"),
        edited=record.time("edited"),
        parent_origin=record.optional_origin("parent"),
        marks=frozenset(_MARKS[name] for name in record.names("marks") if name in _MARKS),
        likes=record.whole("likes") if likes is not None else None,
        deleted=deleted,
        number=record.whole("number") if number is not None else None,
        mentions=record.names("mentions"),
        hidden=bool(given("hidden")),
        deleted_by=_DELETERS.get(given("deleted_by")) if deleted else None,
    )
