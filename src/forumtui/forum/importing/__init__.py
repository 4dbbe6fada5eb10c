"""Bringing forums in from elsewhere: safe to repeat, to extend, to cancel and to kill."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from forumtui.errors import NotAForum
from forumtui.forum.export_format import ImportFormat
from forumtui.forum.importing import detect, jsonl, markup, page
from forumtui.forum.importing.findings import Findings
from forumtui.forum.importing.jsonl import Line
from forumtui.forum.store import (
    KEEPER,
    ForumStore,
    Imported,
    ImportedBoard,
    ImportedForum,
    ImportedMember,
    ImportedPost,
    ImportedTopic,
)

__all__ = ["Findings", "check_file", "import_file"]

Progress: TypeAlias = Callable[[int, int | None], None]
BATCH = 1000
"""Posts in a transaction: what a cancel or kill loses at most, and a repeat does again."""


async def import_file(
    file: Path,
    store: ForumStore,
    *,
    format: str | None = None,  # noqa: A002 - the word of the command line
    progress: Progress | None = None,
    new: bool = False,
    roles: bool = False,
    words: Sequence[str] = (),
    note: Callable[[str], None] = lambda _: None,
) -> Imported:
    """Merge a saved page ("page") or an export of ours ("jsonl") into a forum; detected where ``format`` is None.

    ``progress`` is told posts done and posts in all.  ``new``: the forum was made for this import and takes over
    the title and all other fields of the forum, as one without boards does from an export.  Elsewhere they only fill
    what is blank, but a page's notice, version and date are followed.
    ``words``: what a page calls its members, where that is not told by its shape.
    Authors' roles are words that give no rights; ``roles``: what an export says was given there is given here, each
    said to ``note``.  The import is written into the forum's audit log.
    Raises `FileProblem` or `UsageError` before anything was changed.
    """
    kind = await asyncio.to_thread(lambda: detect.named(format, file) if format is not None else detect.detect(file))
    if kind is ImportFormat.PAGE:
        saved = await asyncio.to_thread(_parse_page, file, words)
        total, lines = saved.findings.posts, _lines_of(saved)
    else:
        total = (await asyncio.to_thread(jsonl.check, file)).posts
        lines = (line for _, line in jsonl.read(file))
    await store.import_forum(ImportedForum(), source=f"{file.name} ({kind}, {total} posts{', roles' * roles})")
    run = _Import(store, progress or _silent, total, follow=kind is ImportFormat.PAGE, new=new, roles=roles)
    done = await run.run(lines)
    for given in run.given:
        note(given)
    return done


def check_file(file: Path, format: str | None = None, words: Sequence[str] = ()) -> Findings:  # noqa: A002 - as above
    """What is in a file.  Raises what `import_file` would raise for a bad one, before there is a store to import into."""
    kind = detect.named(format, file) if format is not None else detect.detect(file)
    if kind is ImportFormat.PAGE:
        return _parse_page(file, words).findings
    found = jsonl.check(file)
    return Findings(found.posts, found.topics, len(found.members), (), frozenset(), ())


def _silent(done: int, total: int | None) -> None:
    """Nobody wants to know."""


def _parse_page(file: Path, words: Sequence[str]) -> page.SavedPage:
    text = detect.page_text(file)
    try:
        return page.parse(markup.seen(text) if markup.is_markup(text) else text, words)
    except NotAForum as error:
        raise NotAForum(f"{file} does not look like a saved forum page: {error}.") from error


def _lines_of(saved: page.SavedPage) -> Iterator[Line]:
    yield saved.forum
    yield from saved.boards
    for topic in saved.topics:
        yield replace(topic, posts=())
        yield from topic.posts


class _Import:
    """One run: takes lines in the order of an export and merges them, a transaction a batch."""

    def __init__(
        self, store: ForumStore, progress: Progress, total: int, *, follow: bool, new: bool, roles: bool
    ) -> None:
        self._store = store
        self._progress = progress
        self._total = total
        self._follow = follow
        self._new = new
        self._roles = roles
        self.given: list[str] = []
        self._posts = 0

    async def run(self, lines: Iterator[Line]) -> Imported:
        """Merge everything; cancelled, it leaves whole batches behind."""
        done = Imported()
        self._progress(0, self._total)
        pieces = _pieces(lines)
        ahead = asyncio.create_task(asyncio.to_thread(next, pieces, None))
        try:
            while (piece := await ahead) is not None:
                ahead = asyncio.create_task(asyncio.to_thread(next, pieces, None))  # read on while the store writes
                done += await self._merge(piece)
        finally:
            await asyncio.wait([ahead])
            if not ahead.cancelled():
                ahead.exception()  # looked at, so that nobody is told twice
        return done

    async def _merge(self, piece: list[Line]) -> Imported:
        boards = [line for line in piece if isinstance(line, ImportedBoard)]
        topics = [line for line in piece if isinstance(line, ImportedTopic)]
        if topics:
            return await self._merge_topics(topics)
        if boards:
            return await self._store.import_boards(boards)
        for line in piece:
            if isinstance(line, ImportedForum):
                await self._take_over(line)
        members = [line for line in piece if isinstance(line, ImportedMember)]
        if members:
            self.given += await self._store.import_members(members, roles=self._roles)
        return Imported()

    async def _merge_topics(self, topics: list[ImportedTopic]) -> Imported:
        done = await self._store.import_topics(topics)
        self._posts += sum(len(topic.posts) for topic in topics)
        self._progress(self._posts, self._total)
        return done

    async def _take_over(self, forum: ImportedForum) -> None:
        if not self._new and (self._follow or await self._store.boards(KEEPER)):
            here = await self._store.info(KEEPER)
            taken = {page.slug for page in here.pages}
            forum = ImportedForum(
                title="" if here.title else forum.title,
                tagline="" if here.tagline else forum.tagline,
                notice="" if here.notice and not self._follow else forum.notice,
                version="" if here.version and not self._follow else forum.version,
                updated="" if here.updated and not self._follow else forum.updated,
                pages=[page for page in forum.pages if page[0] not in taken or (self._follow and page[0] == "imprint")],
            )
        await self._store.import_forum(forum)


def _pieces(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines that can be merged together: of one kind, topics with at most `BATCH` posts."""
    for content, group in groupby(lines, key=lambda line: type(line) if not _is_content(line) else "content"):
        if content == "content":
            yield from _batches(group)
        else:
            yield from _chunks(group)


def _is_content(line: Line) -> bool:
    return isinstance(line, ImportedTopic | ImportedPost)


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Topics with their posts; a topic that is longer than a batch goes on in the next."""
    topics: list[tuple[ImportedTopic, list[ImportedPost]]] = []
    count = 0
    for line in lines:
        if count == BATCH:
            yield [replace(header, posts=posts) for header, posts in topics]
            topics, count = [(topics[-1][0], [])], 0
        if isinstance(line, ImportedTopic):
            topics.append((line, []))
        elif isinstance(line, ImportedPost):
            topics[-1][1].append(line)
        count += 1
    if topics:
        yield [replace(header, posts=posts) for header, posts in topics]
