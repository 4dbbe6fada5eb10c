"""What members may do in the reference forum, and what that changes."""

from __future__ import annotations

from typing import assert_never

from forumtui.errors import Refused
from forumtui.model import (
    Ability,
    Act,
    Body,
    Can,
    Delete,
    Edit,
    Like,
    NewTopic,
    PostId,
    Receipt,
    Reply,
    SetMark,
    TopicId,
)
from forumtui.testing.records import PostRecord, Records, TopicRecord
from forumtui.text.mentions import find_mentions
from forumtui.text.sanitise import clean_line, store_text


def carry_out(records: Records, me: str, act: Act) -> Receipt:
    """Check an act, then do it.  Raises `Refused`, and has changed nothing then."""
    if isinstance(act, NewTopic):
        return _open(records, me, act)
    topic = records.find_topic(act.topic)
    if isinstance(act, Reply):
        parent = None if act.parent is None else _post_in(records, topic, act.parent)
        _check(records.rights(me).reply(closed=topic.closed))
        return _add(records, me, topic, parent, clean_line(act.subject or "") or None, _body(act.body))
    post = _post_in(records, topic, act.post)
    if post.deleted and not isinstance(act, Delete):
        raise Refused("this post was deleted")
    was_marked = bool(post.marks)
    _change(records, me, act, topic, post)
    records.changed(post, topic, boards=was_marked or bool(post.marks))
    return Receipt("done", TopicId(str(topic.id)), PostId(str(post.id)))


def _open(records: Records, me: str, act: NewTopic) -> Receipt:
    board = records.find_board(act.board)
    _allowed(records.rights(me).on_forum(), Ability.NEW_TOPIC)
    title = clean_line(act.subject)
    if not title:
        raise Refused("A topic needs a subject.")
    body = _body(act.body)
    tags = tuple(tag for tag in map(clean_line, act.tags) if tag)
    topic = TopicRecord(len(records.topics) + 1, board.id, title, me, records.now(), tags=tags)
    records.topics[topic.id] = topic
    return _add(records, me, topic, None, title, body, boards=True)


def _change(
    records: Records, me: str, act: Edit | Delete | Like | SetMark, topic: TopicRecord, post: PostRecord
) -> None:
    rights = records.rights(me)
    match act:
        case Edit():
            _check(rights.edit(mine=post.author == me))
            post.body, post.edited = _body(act.body), records.now()
            post.mentions = find_mentions(post.body.source, tuple(records.members))
            _retitle(topic, post, act.subject)
        case Delete():
            _check(rights.delete(mine=post.author == me))
            post.deleted, post.marks, post.liked_by = True, set(), set()
        case Like():
            _allowed(rights.on_forum(), Ability.LIKE)
            (post.liked_by.add if act.on else post.liked_by.discard)(me)
        case SetMark():
            leads = records.leads(me, topic.board)
            _allowed(rights.on_board(leads=leads).over(rights.on_forum()), Ability.MODERATE)
            (post.marks.add if act.on else post.marks.discard)(act.mark)
        case _:
            assert_never(act)


def _retitle(topic: TopicRecord, post: PostRecord, subject: str | None) -> None:
    """A new subject; that of the opening post is also the topic's title."""
    if subject is None:
        return
    opening = topic.posts[0] is post
    new = clean_line(subject) or (post.subject if opening else None)
    if opening and new and post.subject in {None, topic.title}:
        topic.title = new
    post.subject = new


def _add(
    records: Records,
    me: str,
    topic: TopicRecord,
    parent: PostRecord | None,
    subject: str | None,
    body: Body,
    *,
    boards: bool = False,
) -> Receipt:
    records.member(me)
    number = max((post.number for post in topic.posts), default=0) + 1
    above = None if parent is None else parent.id
    post = PostRecord(len(records.posts) + 1, topic.id, number, subject, above, me, records.now(), body)
    post.likes_elsewhere = 0
    post.mentions = find_mentions(body.source, tuple(records.members))
    records.posts[post.id] = post
    topic.posts.append(post)
    records.changed(post, topic, boards=boards)
    return Receipt("created", TopicId(str(topic.id)), PostId(str(post.id)))


def _post_in(records: Records, topic: TopicRecord, post: PostId) -> PostRecord:
    found = records.find_post(post)
    if found.topic != topic.id:
        raise Refused("This topic has no such post.")
    return found


def _body(body: Body) -> Body:
    source = store_text(body.source)
    if not source.strip():
        raise Refused("There is no text in it.")
    return Body(source, body.format)


def _allowed(can: Can, ability: Ability) -> None:
    _check(can.refusal(ability) or "")


def _check(reason: str) -> None:
    if reason:
        raise Refused(reason)
