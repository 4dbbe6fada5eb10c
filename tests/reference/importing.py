"""Importing into the reference forum: identity by origin, and nothing changes twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.reference.records import BoardRecord, MemberRecord, PostRecord, Records, TopicRecord

from forumtui.errors import Refused
from forumtui.forum.bounds import check_board
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import Imported, ImportedBoard, ImportedMember, ImportedPost, ImportedTopic

ADDED, CHANGED, SAME = Imported(added=1), Imported(changed=1), Imported(same=1)


def apply_draft(records: Records, board: BoardRecord, draft: BoardDraft) -> None:
    """Take over the fields that are set, and tell the feed.  Raises `Refused` for an unknown or impossible parent."""
    check_board(draft)
    private = records.private()
    if draft.parent is not None:
        parent = records.find_board(draft.parent)
        above: int | None = parent.id
        while above is not None:
            if above == board.id:
                raise Refused("A board can not stand below itself.")
            above = records.boards[above].parent
        board.parent = parent.id
    if draft.leader is not None:
        board.leader = records.member(draft.leader).name if draft.leader else None
        board.leader_wanted, board.leader_given = not draft.leader, bool(draft.leader)
    if draft.links is not None:
        board.links = tuple(draft.links)
    for name in ("title", "description", "leader_wanted", "further_study", "notice", "position", "members_only"):
        value = getattr(draft, name)
        if value is not None:
            setattr(board, name, value)
    records.changed(boards=True)
    if records.private() != private:
        records.guests_n = records.feed


def import_board(records: Records, imported: ImportedBoard) -> Imported:
    """Merge one board."""
    board = next((b for b in records.boards.values() if b.origin == imported.origin), None)
    if board is not None and board.imported == imported:
        return SAME
    parent = next((b for b in records.boards.values() if b.origin == imported.parent_origin), None)
    if imported.parent_origin is not None and parent is None:
        raise Refused("A board names a parent that is not there.")
    outcome = CHANGED if board is not None else ADDED
    if board is None:
        board = BoardRecord(len(records.boards) + 1, imported.title, origin=imported.origin)
        records.boards[board.id] = board
    if parent is not None:
        board.parent = parent.id
    board.title, board.imported = imported.title, imported
    draft = replace(imported.draft, leader=None, leader_wanted=None) if board.leader_given else imported.draft
    given = board.leader_given
    apply_draft(records, board, draft)
    board.leader_given = given  # an import names a leader in word only
    return outcome


def import_topic(records: Records, imported: ImportedTopic) -> Imported:
    """Merge one topic and its posts."""
    board = next((b for b in records.boards.values() if b.origin == imported.board_origin), None)
    if board is None:
        raise Refused("A topic names a board that is not there.")
    topic = next((t for t in records.topics.values() if t.origin == imported.origin), None)
    outcome = CHANGED if topic is not None else ADDED
    if topic is None:
        topic = TopicRecord(len(records.topics) + 1, board.id, imported.title, None, None, origin=imported.origin)
        topic.removed = imported.removed
        records.topics[topic.id] = topic
    if topic.imported == replace(imported, posts=()):
        outcome = SAME
    else:
        topic.imported = replace(imported, posts=())
        opening = imported.posts[0] if imported.posts else None
        topic.author = imported.author or (opening.author if opening else None) or topic.author
        topic.created = imported.created or (opening.created if opening else None) or topic.created
        if topic.board in records.private() and board.id not in records.private():
            board = records.boards[topic.board]
        crossed = len({topic.board, board.id} & records.private()) == 1
        topic.board, topic.title, topic.tags = board.id, imported.title, tuple(imported.tags)
        topic.pinned, topic.closed = imported.pinned, imported.closed
        if topic.author:
            said = next((post.role for post in imported.posts if post.author == topic.author), None)
            _call(records.member(topic.author), said)
        records.changed(topic, boards=True)
        if crossed:
            records.guests_n = records.feed
    for post in imported.posts:
        outcome += _import_post(records, topic, post)
    return outcome


def _import_post(records: Records, topic: TopicRecord, imported: ImportedPost) -> Imported:
    post = next((p for p in records.posts.values() if p.origin == imported.origin), None)
    if post is not None and (post.imported == imported or post.deleted):
        return SAME  # what was deleted here stays so
    outcome = CHANGED if post is not None else ADDED
    if post is None:
        number = max(max((p.number for p in topic.posts), default=0) + 1, imported.number or 0)
        post = PostRecord(len(records.posts) + 1, topic.id, number, None, None, None, None, None)
        post.origin = imported.origin
        records.posts[post.id] = post
        topic.posts.append(post)
    if imported.author:
        _call(records.member(imported.author), imported.role)
    post.imported = imported
    post.author, post.body = imported.author, imported.body
    post.subject = imported.subject or (topic.title if topic.posts[0] is post and outcome is ADDED else None)
    post.created, post.edited, post.deleted = imported.created, imported.edited, imported.deleted
    post.deleted_by = imported.deleted_by
    post.hidden = (imported.hidden if outcome is ADDED else post.hidden) and not post.deleted
    post.marks, post.likes_elsewhere = set(imported.marks), imported.likes
    post.mentions, post.parent_origin = imported.mentions, imported.parent_origin
    records.changed(post, topic, boards=bool(post.marks))
    _adopt(records)
    return outcome


def _call(member: MemberRecord, role: str | None) -> None:
    """The forum's word for somebody whom imports alone have named until now; it gives nothing."""
    if role and member.role == "Member" and not member.role_given and member.joined is None:
        member.role = role


def import_member(records: Records, imported: ImportedMember, *, roles: bool) -> list[str]:
    """Make a member with a word for a role, or give what was given elsewhere and not here."""
    newcomer = imported.name not in records.members
    member = records.member(imported.name)
    member.role = imported.role if newcomer else member.role
    said = []
    if roles and imported.given and not member.role_given:
        member.role, member.role_given = imported.role, True
        said.append(f"{member.name}: {member.role}")
        records.note("", "set role", f"{said[-1]} (imported)")
    for board in records.boards.values() if roles else ():
        if board.origin in imported.leads and not board.leader_given:
            board.leader, board.leader_wanted, board.leader_given = member.name, False, True
            said.append(f"{member.name}: leads board {board.id}")
            records.note("", "edit board", f"leader {member.name} (imported)", board=board.id)
    records.changed(boards=True)
    return said


def _adopt(records: Records) -> None:
    """Give posts their parents, whichever came first."""
    by_origin = {post.origin: post.id for post in records.posts.values() if post.origin is not None}
    for post in records.posts.values():
        if post.parent_origin in by_origin:
            post.parent, post.parent_origin = by_origin[post.parent_origin], None


def origins(records: Records, kind: str, ids: Sequence[str]) -> dict[str, str]:
    """Where things came from, by id."""
    tables: dict[str, Mapping[int, BoardRecord | TopicRecord | PostRecord]] = {
        "board": records.boards,
        "topic": records.topics,
        "post": records.posts,
    }
    table = tables[kind]
    found = {key: table.get(int(key)) for key in ids if key.isdecimal()}
    return {key: row.origin or f"{records.uuid}/{kind}/{key}" for key, row in found.items() if row is not None}
