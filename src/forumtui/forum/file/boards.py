"""The boards of a forum file, with what stands on their pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import apsw

from forumtui.forum import bounds
from forumtui.forum.file.tables import BOARD, FROM_BOARDS
from forumtui.forum.file.viewer import Viewer, rows
from forumtui.model import Board, BoardId, Mark, PostId, Section, SectionItem, TopicId

SECTIONS = [mark for mark in Mark if mark.heading]
SECTION_ITEMS = 10


def boards(connection: apsw.Connection, who: Viewer) -> list[Board]:
    """Every board that may be seen, each before its children; also those of which only topics know."""
    found = [
        _Row(number, parent, BOARD.value(row, who))
        for number, parent, *row in rows(
            connection,
            (int, int | None, *BOARD.kinds),
            f"SELECT b.id, b.parent_id, {BOARD.select} {FROM_BOARDS} ORDER BY b.position, b.id",
        )
    ]
    if who.is_guest:
        found = list(_without_gaps(row for row in found if row.number not in who.unseen))
    sections = _sections(connection)
    known = [
        replace(
            row.board,
            parent=None if parent is None else BoardId(str(parent)),
            sections=_all_sections(sections.get(row.number, {})),
        )
        for row, parent in _nested(found)
    ]
    last = max((board.position for board in known), default=0) + 1
    return [*known, *(Board(BoardId(str(number)), str(number), position=last) for number in _lost_boards(connection))]


class _Row(NamedTuple):
    """A board that has not found its place yet."""

    number: int
    parent: int | None
    board: Board


def _without_gaps(found: Iterable[_Row]) -> Iterator[_Row]:
    """Boards with their places counted anew among their neighbours: a gap would tell of one that is not shown."""
    places: Counter[int | None] = Counter()
    for row in found:
        places[row.parent] += 1
        yield row._replace(board=replace(row.board, position=places[row.parent]))


def _nested(found: list[_Row]) -> Iterator[tuple[_Row, int | None]]:
    """Boards with their parents, which come first; one whose parents form a circle or are not there has none."""
    known = {row.number for row in found}
    children: dict[int | None, list[_Row]] = {}
    for row in found:
        children.setdefault(row.parent if row.parent in known else None, []).append(row)
    reached: set[int] = set()
    for top in (*children.get(None, ()), *found):  # the latter for circles, which have no top
        waiting = [top]
        while waiting:
            row = waiting.pop()
            if row.number not in reached:
                yield row, row.parent if row.parent in reached else None
                reached.add(row.number)
                waiting.extend(reversed(children.get(row.number, ())))


def _lost_boards(connection: apsw.Connection) -> list[int]:
    """Boards that are not there, but have topics that should be found all the same."""
    found = rows(
        connection,
        (int,),
        # from each number to the next in the index, because there may be very many topics
        "WITH RECURSIVE named (id) AS (SELECT min(board_id) FROM topic UNION "
        "SELECT (SELECT min(board_id) FROM topic WHERE board_id > named.id) FROM named WHERE id IS NOT NULL) "
        "SELECT id FROM named WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM board)",
    )
    return [number for (number,) in found]


def _all_sections(marked: dict[Mark, Section]) -> tuple[Section, ...]:
    return tuple(marked.get(mark) or Section(mark, mark.heading) for mark in SECTIONS)


def _sections(connection: apsw.Connection) -> dict[int, dict[Mark, Section]]:
    """The sections of each board that have something in them, newest mark-worthy posts first."""
    found: dict[int, dict[Mark, Section]] = {}
    for mark in SECTIONS:
        groups: dict[int, tuple[int, list[SectionItem]]] = {}
        for board, total, topic, post, title, author in rows(
            connection,
            (int, int, int, int, str, str | None),
            "SELECT board_id, total, topic_id, id, title, name FROM ("
            " SELECT t.board_id, p.topic_id, p.id, substr(coalesce(p.subject, t.title), 1, :title) AS title, m.name,"
            "  count(*) OVER (PARTITION BY t.board_id) AS total,"
            "  row_number() OVER (PARTITION BY t.board_id ORDER BY p.id DESC) AS place"
            " FROM post p CROSS JOIN topic t ON t.id = p.topic_id LEFT JOIN member m ON m.id = p.author_id"
            " WHERE p.marks <> 0 AND p.marks & :bit <> 0 AND NOT p.hidden AND NOT t.removed)"
            " WHERE place <= :most ORDER BY board_id, place",
            {"bit": mark.bit, "most": SECTION_ITEMS, "title": bounds.TITLE},
        ):
            item = SectionItem(TopicId(str(topic)), PostId(str(post)), title, author)
            groups.setdefault(board, (total, []))[1].append(item)
        for board, (total, items) in groups.items():
            found.setdefault(board, {})[mark] = Section(mark, mark.heading, total, tuple(items))
    return found
