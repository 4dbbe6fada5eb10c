"""The boards of a forum file, with what stands on their pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import apsw

from forumtui.forum import bounds
from forumtui.forum.file.viewer import MARK_BITS, Viewer, list_of, rows, word_of
from forumtui.model import Board, BoardId, Link, Mark, PostId, Section, SectionItem, TopicId

SECTION_TITLES = {Mark.BEST_PRACTICE: "Best practices", Mark.EXPERT_TIP: "Expert tips"}
SECTION_ITEMS = 10


def boards(connection: apsw.Connection, who: Viewer) -> list[Board]:
    """Every board that may be seen, each before its children; also those of which only topics know."""
    found = rows(
        connection,
        (int, int | None, str, str, str | None, int, str, str, str, int, int, int),
        f"SELECT b.id, b.parent_id, substr(b.title, 1, {bounds.TITLE}), substr(b.description, 1, {bounds.DESCRIPTION}), "  # noqa: S608
        f"m.name, b.leader_wanted, CASE WHEN octet_length(b.links) <= {bounds.LINKS_BYTES} THEN b.links ELSE '[]' END, "
        f"substr(b.further_study, 1, {bounds.DESCRIPTION}), substr(b.notice, 1, {bounds.NOTICE}), b.position, "
        "b.topics, b.members_only FROM board b LEFT JOIN member m ON m.id = b.leader_id "
        "ORDER BY b.position, b.id",
    )
    if who.is_guest:
        found = list(_without_gaps(row for row in found if row[0] not in who.unseen))
    sections = _sections(connection)
    known = [_board(row, parent, sections.get(row[0], {}), who) for row, parent in _nested(found)]
    last = max((board.position for board in known), default=0) + 1
    return [*known, *(Board(BoardId(str(number)), str(number), position=last) for number in _lost_boards(connection))]


def _without_gaps(found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Boards with their places counted anew among their neighbours: a gap would tell of one that is not shown."""
    places: Counter[int | None] = Counter()
    for row in found:
        places[row[1]] += 1
        yield (*row[:9], places[row[1]], *row[10:])


def _nested(found: list[tuple[Any, ...]]) -> Iterator[tuple[tuple[Any, ...], int | None]]:
    """Boards with their parents, which come first; one whose parents form a circle or are not there has none."""
    known = {row[0] for row in found}
    children: dict[int | None, list[tuple[Any, ...]]] = {}
    for row in found:
        children.setdefault(row[1] if row[1] in known else None, []).append(row)
    reached: set[int] = set()
    for top in (*children.get(None, ()), *found):  # the latter for circles, which have no top
        waiting = [top]
        while waiting:
            row = waiting.pop()
            if row[0] not in reached:
                yield row, row[1] if row[1] in reached else None
                reached.add(row[0])
                waiting.extend(reversed(children.get(row[0], ())))


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


def _board(row: tuple[Any, ...], parent: int | None, marked: dict[Mark, Section], who: Viewer) -> Board:
    number, _, title, description, leader, wanted, links, study, notice, position, topics, members_only = row
    return Board(
        BoardId(str(number)),
        title,
        None if parent is None else BoardId(str(parent)),
        description,
        leader,
        bool(wanted),
        _links(links),
        tuple(marked.get(mark) or Section(mark, words) for mark, words in SECTION_TITLES.items()),
        notice,
        study,
        position,
        topics,
        who.rights.on_board(leads=number in who.leads),
        bool(members_only),
    )


def _links(stored: str) -> tuple[Link, ...]:
    """The links in a stored list."""
    found = (words for words in list_of(stored) if isinstance(words, list) and all(isinstance(w, str) for w in words))
    return tuple(
        Link(words[0], words[1], word_of(Mark, words[2]) if len(words) == 3 else None)
        for words in found
        if len(words) in {2, 3}
    )[: bounds.LINKS]


def _sections(connection: apsw.Connection) -> dict[int, dict[Mark, Section]]:
    """The sections of each board that have something in them, newest mark-worthy posts first."""
    found: dict[int, dict[Mark, Section]] = {}
    for mark, words in SECTION_TITLES.items():
        bit = MARK_BITS[mark]
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
            {"bit": bit, "most": SECTION_ITEMS, "title": bounds.TITLE},
        ):
            item = SectionItem(TopicId(str(topic)), PostId(str(post)), title, author)
            groups.setdefault(board, (total, []))[1].append(item)
        for board, (total, items) in groups.items():
            found.setdefault(board, {})[mark] = Section(mark, words, total, tuple(items))
    return found
