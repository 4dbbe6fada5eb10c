"""Our own export, read as a stream: nothing of the file stays in memory but the batch at hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from forumtui.errors import FileProblem, NotAForum
from forumtui.forum.export_format import FORMAT, VERSION
from forumtui.forum.importing.charset import wide_charset
from forumtui.forum.importing.record import Record, RecordProblem, board_of, forum_of, member_of, post_of, topic_of
from forumtui.forum.store import ImportedBoard, ImportedForum, ImportedMember, ImportedPost, ImportedTopic
from forumtui.values import quick_dataclass

LONGEST_LINE = 1 << 24
"""Bytes.  A longer line is no post but an attack or an accident."""


@quick_dataclass(frozen=True, slots=True)
class End:
    """The last line: how much there should be."""

    topics: int
    posts: int


@quick_dataclass(frozen=True, slots=True)
class Header:
    """The first line, once it was found to be one that we can read."""


Line = Header | ImportedForum | ImportedBoard | ImportedTopic | ImportedPost | ImportedMember | End


@quick_dataclass(slots=True)
class Checked:
    """What a whole file holds; `check` fills it and fails where the file breaks its own rules."""

    topics: int = 0
    posts: int = 0
    boards: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    whole: bool = False


def is_header(line: str) -> bool:
    """Whether a first line says that this is our export, of whatever version."""
    try:
        return isinstance(found := json.loads(line), dict) and found.get("format") == FORMAT
    except (ValueError, RecursionError):
        return False


def check(file: Path) -> Checked:
    """Read it all and change nothing.  Raises `FileProblem` naming the first line that is wrong."""
    found = Checked()
    number = 0
    for number, line in read(file):
        problem = _misplaced(line, number, found)
        if problem:
            raise FileProblem(f"{file}, line {number}: {problem}.  Nothing was imported.")
    if not found.whole:
        raise FileProblem(f"{file} ends too early, after line {number}; get the whole file.  Nothing was imported.")
    return found


def _misplaced(line: Line, number: int, found: Checked) -> str:
    """Count a line; a reason if it can not stand here."""
    if found.whole:
        return "there is something after the end"
    match line:
        case ImportedBoard():
            if line.parent_origin is not None and line.parent_origin not in found.boards:
                return f"the board {line.title!r} comes before the one it is in"
            found.boards.add(line.origin)
        case ImportedTopic():
            if line.board_origin not in found.boards:
                return f"the topic {line.title!r} is on a board that the file does not have"
            found.topics += 1
        case ImportedPost():
            if not found.topics:
                return "a post comes before any topic"
            found.posts += 1
            found.members |= {line.author} if line.author else set()
        case End():
            if (line.topics, line.posts) != (found.topics, found.posts):
                return f"{line.posts} posts were promised, {found.posts} came"
            found.whole = True
        case Header() if number > 1:
            return "there is a second header; import the files one by one"
    return ""


def read(file: Path) -> Iterator[tuple[int, Line]]:
    """Every line with its number, from 1.  Raises `FileProblem` naming the line that can not be read."""
    for number, text in _lines(file):
        if not text.strip():
            continue
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise FileProblem(f"{file}, line {number}: broken JSON ({_reason(error)}).") from error
        try:
            line = _line(fields, number)
        except RecordProblem as error:
            raise FileProblem(f"{file}, line {number}: {error}.") from error
        if line is not None:
            yield number, line


def _line(fields: Any, number: int) -> Line | None:
    """What a line says; None for a type that a later version may have added."""
    if type(fields) is not dict:
        raise RecordProblem("not a JSON object")
    record = Record(fields)
    kind = fields.get("type")
    if kind is None and "format" in fields:
        return _header(record)
    if number == 1:
        raise NotAForum("This is not a forumtui export: the first line is no header.")
    if not isinstance(kind, str):
        raise RecordProblem('"type" is missing')
    make = _KINDS.get(kind)
    return make(record) if make is not None else None


def _end(record: Record) -> End:
    return End(record.whole("topics") or 0, record.whole("posts") or 0)


_KINDS: Mapping[str, Callable[[Record], Line]] = {
    "post": post_of,
    "topic": topic_of,
    "board": board_of,
    "forum": forum_of,
    "member": member_of,
    "end": _end,
}


def _header(record: Record) -> Header:
    if record.optional_text("format") != FORMAT:
        raise NotAForum("This is not a forumtui export: the first line is no header.")
    version = record.whole("version")
    if version is None or version > VERSION:
        raise RecordProblem(f"a newer forumtui wrote this (format {version}, this one knows {VERSION})")
    return Header()


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines, decoded: UTF-8 as we write it, UTF-16 as an editor may have saved it."""
    with file.open("rb") as stream:
        wide = wide_charset(stream.read(1 << 16))
        if wide is not None and wide != "utf-8-sig":
            yield from _wide_lines(file, wide)
            return
        stream.seek(0)
        number = 0
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise FileProblem(f"{file}, line {number}: longer than {LONGEST_LINE >> 20} MB.")
            try:
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise FileProblem(f"{file}, line {number}: not UTF-8, as our exports are.") from error


def _wide_lines(file: Path, charset: str) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        with file.open(encoding=charset) as stream:
            while line := stream.readline(LONGEST_LINE):
                number += 1
                yield number, line
    except UnicodeError as error:
        raise FileProblem(f"{file} is damaged after line {number}.") from error


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else "an impossible number"
