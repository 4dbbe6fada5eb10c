"""How the records of the reference forum look to a member."""

from __future__ import annotations

from dataclasses import replace

from tests.reference.records import BoardRecord, PostRecord, Records, TopicRecord, WaitingRecord

from forumtui.forum.permissions import Role, cover
from forumtui.model import (
    Author,
    Board,
    BoardId,
    Link,
    Mark,
    Member,
    MemberId,
    NewTopic,
    Post,
    PostId,
    QueueId,
    QueueItem,
    QueueKind,
    Section,
    SectionItem,
    Topic,
    TopicId,
)

SECTIONS = {Mark.BEST_PRACTICE: "Best practices", Mark.EXPERT_TIP: "Expert tips"}


def show_member(records: Records, name: str) -> Member:
    """As a member list shows it; the name is also the id, and a stranger is a member to be."""
    known = records.members.get(name)
    if known is None:
        return Member(MemberId(name), name, "Member")
    claimed = not known.role_given and known.role != Role.MEMBER
    return Member(MemberId(name), name, known.role, known.joined, known.about, claimed)


def show_author(records: Records, name: str | None) -> Author | None:
    """With today's role."""
    return None if name is None else Author(MemberId(name), name, show_member(records, name).role)


def show_board(records: Records, me: str | None, board: BoardRecord) -> Board:
    """With its sections and the number of its topics."""
    topics = [topic for topic in records.topics.values() if topic.board == board.id and not topic.removed]
    return Board(
        id=BoardId(str(board.id)),
        title=board.title,
        parent=None if board.parent is None else BoardId(str(board.parent)),
        description=board.description,
        leader=board.leader,
        leader_wanted=board.leader_wanted,
        links=tuple(Link(*link) for link in board.links),
        sections=tuple(_section(topics, mark, title) for mark, title in SECTIONS.items()),
        notice=board.notice,
        further_study=board.further_study,
        position=board.position,
        topics=len(topics),
        can=records.rights(me).on_board(leads=records.leads(me, board.id)),
        members_only=board.members_only,
    )


def _section(topics: list[TopicRecord], mark: Mark, title: str) -> Section:
    marked = [(topic, post) for topic in topics for post in topic.posts if mark in post.marks and not post.hidden]
    marked.sort(key=lambda pair: -pair[1].id)
    items = tuple(
        SectionItem(TopicId(str(topic.id)), PostId(str(post.id)), post.subject or topic.title, post.author)
        for topic, post in marked[:10]
    )
    return Section(mark, title, len(marked), items)


def show_topic(records: Records, me: str | None, topic: TopicRecord) -> Topic:
    """Its header."""
    return Topic(
        id=TopicId(str(topic.id)),
        board=BoardId(str(topic.board)),
        title=topic.title,
        author=show_author(records, topic.author),
        created=topic.created,
        last_post=topic.last_post,
        posts=len(topic.posts),
        pinned=topic.pinned,
        closed=topic.closed,
        tags=topic.tags,
        can=records.rights(me).on_topic(closed=topic.closed, leads=records.leads(me, topic.board)),
        removed=topic.removed,
    )


def show_post(records: Records, me: str | None, post: PostRecord) -> Post:
    """As it is, or as a placeholder."""
    mine = bool(me) and post.author == me
    shown = Post(
        PostId(str(post.id)),
        TopicId(str(post.topic)),
        post.number,
        post.number,
        parent=None if post.parent is None else PostId(str(post.parent)),
        created=post.created,
        deleted=post.deleted,
        deleted_by=post.deleted_by,
        can=records.rights(me).on_post(mine=mine, deleted=post.deleted),
    )
    if post.deleted:
        return shown
    unknown = post.likes_elsewhere is None and not post.liked_by
    shown = replace(
        shown,
        subject=post.subject,
        author=show_author(records, post.author),
        edited=post.edited,
        marks=frozenset(post.marks),
        likes=None if unknown else (post.likes_elsewhere or 0) + len(post.liked_by),
        liked=me in post.liked_by,
        body=post.body,
        mentions=post.mentions,
        hidden=post.hidden,
    )
    if not post.hidden:
        return shown
    board = records.topics[post.topic].board
    shown = replace(shown, can=records.rights(me).on_hidden(mine=mine, leads=records.leads(me, board)))
    return shown if records.moderates(me, board) else cover(shown)


def show_waiting(records: Records, item: WaitingRecord) -> QueueItem:
    """As the moderators' queue shows it."""
    board = board_of(records, item)
    act = records.acts[item.member, item.key].act if item.kind is QueueKind.HELD else None
    title = records.boards[board].title if item.topic is None else records.topics[item.topic].title
    return QueueItem(
        QueueId(str(item.id)),
        item.kind,
        item.created,
        item.member,
        BoardId(str(board)),
        act.subject if isinstance(act, NewTopic) else title,
        item.text,
        None if item.topic is None else TopicId(str(item.topic)),
        None if item.post is None else PostId(str(item.post)),
        records.posts[item.post].author if item.post is not None and item.kind is QueueKind.REPORT else None,
    )


def board_of(records: Records, item: WaitingRecord) -> int:
    """The board that an item of the queue is about; topics may have moved since."""
    if item.topic is not None:
        return records.topics[item.topic].board
    assert item.board is not None
    return item.board
