"""Which kind of file this is, and a clear sentence where it is none that can be imported."""

from __future__ import annotations

import stat
from pathlib import Path

from forumtui.errors import FileProblem, NotAForum, UsageError
from forumtui.forum.export_format import ImportFormat
from forumtui.forum.importing.charset import decode, wide_charset
from forumtui.forum.importing.jsonl import is_header
from forumtui.forum.importing.markup import charset_named, is_markup, seen
from forumtui.forum.importing.page import looks_like_page

LARGEST_PAGE = 1 << 26
"""Bytes.  No forum shows that much on one page."""
LARGEST_MARKUP = 1 << 24


def detect(file: Path) -> ImportFormat:
    """The format of a file that can be read.  Raises `NotAForum` or another `FileProblem` that says what it is."""
    start = _start(file)
    if start.startswith(b"SQLite format 3\0"):
        raise NotAForum(f"{file} is a database; to copy a forum file, export it first (forumtui export {file.name}).")
    charset = wide_charset(start) or "utf-8"
    first = start.decode(charset, "ignore").lstrip("\ufeff").lstrip()
    if first.startswith("{"):
        if is_header(first.splitlines()[0]):
            return ImportFormat.JSONL
        raise NotAForum(f"{file} is JSON, but not an export of forumtui.")
    text = page_text(file)
    if is_markup(text):
        if looks_like_page(seen(text)):
            return ImportFormat.PAGE
        raise NotAForum(f'{file} is a web page, but no forum page: it needs a line "Board > Forum" and posts below it.')
    if looks_like_page(text):
        return ImportFormat.PAGE
    raise NotAForum(f"{file} is neither a saved forum page nor an export of forumtui.")


def named(format: str, file: Path) -> ImportFormat:  # noqa: A002 - the word of the command line
    """The format that was asked for, for a file that can be read.  Raises `UsageError` or `FileProblem`."""
    if format not in set(ImportFormat):
        raise UsageError(f"There is no format {format!r}; the formats are {' and '.join(ImportFormat)}.")
    _start(file)
    return ImportFormat(format)


def page_text(file: Path) -> str:
    """The text of a saved page.  Raises `FileProblem`."""
    if file.stat().st_size > LARGEST_PAGE:
        raise FileProblem(f"{file} is larger than {LARGEST_PAGE >> 20} MB, too large for a saved page.")
    data = file.read_bytes()
    start = data[:4096].decode("latin-1")
    named = charset_named(data) if is_markup(start) and wide_charset(data[:1024]) is None else None
    if named is not None:
        try:
            if len(data) > LARGEST_MARKUP:
                raise FileProblem(f"{file} is larger than {LARGEST_MARKUP >> 20} MB, too large for a saved web page.")
            return data.decode("cp1252" if named in {"iso-8859-1", "latin1", "us-ascii"} else named)
        except (LookupError, UnicodeDecodeError):
            pass  # the page says what is not so; what follows finds out
    return decode(data, file)


def _start(file: Path) -> bytes:
    """The first 64 KB.  Raises `FileProblem` if there are none."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise FileProblem(
                f"{file} is {'a folder' if file.is_dir() else 'not a regular file'}; name a file to import."
            )
        with file.open("rb") as stream:
            start = stream.read(1 << 16)
    except FileNotFoundError as error:
        raise FileProblem(f"There is no file {file}.") from error
    except OSError as error:
        raise FileProblem(f"{file} can not be read: {error.strerror}.") from error
    if not start.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise FileProblem(f"{file} is empty.")
    return start
