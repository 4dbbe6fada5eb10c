"""What every member may do in the reference forum, and what that changes."""

from __future__ import annotations

from tests.reference.records import PostRecord, Records, TopicRecord

from forumtui.errors import Missing, Overtaken, Refused
from forumtui.forum.permissions import DELETED, HIDDEN, Operation, check
from forumtui.model import Body, Delete, Deleter, Edit, Like, NewTopic, PostId, Receipt, Reply, SetProfile, TopicId
from forumtui.text.imprint import imprint, words_of
from forumtui.text.mentions import find_mentions
from forumtui.text.sanitise import clean_line, clean_text, store_text


def open_topic(records: Records, me: str, act: NewTopic) -> Receipt:
    """A new topic with its first post."""
    check(records.refusal(me, Operation.NEW_TOPIC))
    board = records.find_board(act.board)
    title = clean_line(act.subject)
    if not title:
        raise Refused("A topic needs a subject.")
    body = _body(act.body)
    tags = tuple(tag for tag in map(clean_line, act.tags) if tag)
    topic = TopicRecord(len(records.topics) + 1, board.id, title, me, records.now(), tags=tags)
    records.topics[topic.id] = topic
    return _add(records, me, topic, None, title, body, boards=True)


def reply(records: Records, me: str, act: Reply) -> Receipt:
    """A new post in a topic."""
    topic = records.find_topic(act.topic)
    parent = None if act.parent is None else post_in(records, topic, act.parent)
    check(records.rights(me).reply(closed=topic.closed, leads=records.leads(me, topic.board)))
    return _add(records, me, topic, parent, clean_line(act.subject or "") or None, _body(act.body))


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
    number = max((post.number for post in topic.posts), default=0) + 1
    above = None if parent is None else parent.id
    post = PostRecord(len(records.posts) + 1, topic.id, number, subject, above, me, records.now(), body)
    post.likes_elsewhere = 0
    post.mentions = find_mentions(body.source, tuple(records.members))
    records.posts[post.id] = post
    topic.posts.append(post)
    records.changed(post, topic, boards=boards)
    return Receipt("created", TopicId(str(topic.id)), PostId(str(post.id)))


def edit(records: Records, me: str, act: Edit) -> Receipt:
    """Another text, and perhaps another subject."""
    topic = records.find_topic(act.topic)
    post = post_in(records, topic, act.post)
    check(_untouchable(records, me, topic, post) or records.rights(me).edit(mine=post.author == me))
    body = _body(act.body)
    now = "" if post.body is None else post.body.source
    if act.base is not None and now != body.source and imprint(words_of(post.subject, now)) != act.base:
        raise Overtaken("The post has other words by now.")
    post.body, post.edited = body, records.now()
    post.mentions = find_mentions(post.body.source, tuple(records.members))
    _retitle(topic, post, act.subject)
    if post.author != me:
        records.note(me, "edit", topic.title, topic=topic, post=post)
    return done(records, topic, post)


def _retitle(topic: TopicRecord, post: PostRecord, subject: str | None) -> None:
    """A new subject; that of the opening post is also the topic's title."""
    if subject is None:
        return
    opening = topic.posts[0] is post
    new = clean_line(subject) or (post.subject if opening else None)
    if opening and new and post.subject in {None, topic.title}:
        topic.title = new
    post.subject = new


def delete(records: Records, me: str, act: Delete) -> Receipt:
    """Leave a placeholder."""
    topic = records.find_topic(act.topic)
    post = post_in(records, topic, act.post)
    if post.deleted:
        return receipt_of(topic, post)
    check(_untouchable(records, me, topic, post) or records.rights(me).delete(mine=post.author == me))
    marked, mine = bool(post.marks), post.author == me
    if not mine:
        records.note(me, "delete", topic.title, topic=topic, post=post)
    post.deleted, post.hidden, post.author, post.marks, post.liked_by = True, False, None, set(), set()
    post.deleted_by = Deleter.AUTHOR if mine else Deleter.STAFF
    records.settle_reports(post)
    return done(records, topic, post, boards=marked)


def like(records: Records, me: str, act: Like) -> Receipt:
    """Or no longer."""
    topic = records.find_topic(act.topic)
    post = post_in(records, topic, act.post)
    check(locked(post) or records.refusal(me, Operation.LIKE))
    (post.liked_by.add if act.on else post.liked_by.discard)(me)
    return done(records, topic, post)


def set_profile(records: Records, me: str, act: SetProfile) -> Receipt:
    """Say something about oneself."""
    check(records.refusal(me, Operation.PROFILE))
    records.member(me).about = clean_text(act.about).strip()
    records.changed()
    return Receipt("done")


# -- what acts have in common


def post_in(records: Records, topic: TopicRecord, post: PostId) -> PostRecord:
    """A post of this topic.  Raises `Missing`."""
    found = records.find_post(post)
    if found.topic != topic.id:
        raise Missing("This topic has no such post.")
    return found


def locked(post: PostRecord) -> str:
    """Why nobody may like, mark or report this post, or ""."""
    if post.deleted:
        return DELETED
    return HIDDEN if post.hidden else ""


def _untouchable(records: Records, me: str, topic: TopicRecord, post: PostRecord) -> str:
    return "" if post.hidden and records.moderates(me, topic.board) else locked(post)


def done(records: Records, topic: TopicRecord, post: PostRecord, *, boards: bool = False) -> Receipt:
    """Tell the feed of a changed post; ``boards``: also that it no longer stands on its board's page."""
    records.changed(post, topic, boards=boards or bool(post.marks))
    return receipt_of(topic, post)


def receipt_of(topic: TopicRecord, post: PostRecord) -> Receipt:
    """For what was done to a post."""
    return Receipt("done", TopicId(str(topic.id)), PostId(str(post.id)))


def _body(body: Body) -> Body:
    source = store_text(body.source)
    if not source.strip():
        raise Refused("There is no text in it.")
    return Body(source, body.format)
