"""What every member does in a forum file: open topics, answer, edit, delete, like, describe oneself."""

from __future__ import annotations

import json

import apsw

from forumtui.errors import Missing, Overtaken, Refused
from forumtui.forum.file.feed import boards_changed, next_n
from forumtui.forum.file.moderating import locked, settle_reports, stored_tags
from forumtui.forum.file.targets import (
    Desk,
    PostTarget,
    board_row,
    post_changed,
    post_receipt,
    post_target,
    topic_target,
)
from forumtui.forum.file.viewer import row_id
from forumtui.forum.permissions import DELETED, HIDDEN, Operation, check
from forumtui.model import (
    Body,
    Delete,
    Deleter,
    Edit,
    Format,
    Like,
    NewTopic,
    PostId,
    Receipt,
    Reply,
    SetProfile,
    TopicId,
)
from forumtui.sqlite.columns import add
from forumtui.text.imprint import imprint, words_of
from forumtui.text.sanitise import clean_line, clean_text, store_text

OVERTAKEN = "The post was changed after the text that this edit was made from."


def _text(body: Body) -> tuple[str, str]:
    source = store_text(body.source)
    if not source.strip():
        raise Refused("A post needs some text.")
    return source, Format.of(body.format)


def open_topic(desk: Desk, act: NewTopic) -> Receipt:
    """A new topic with its first post."""
    connection = desk.connection
    check(desk.who.refusal(Operation.NEW_TOPIC))
    board = board_row(desk, act.board)
    title = clean_line(act.subject)
    if not title:
        raise Refused("A topic needs a subject.")
    topic = add(
        connection,
        "topic",
        board_id=board,
        title=title,
        author_id=desk.who.id,
        created=desk.now,
        tags=stored_tags(act.tags),
        n=0,
    )
    connection.execute("UPDATE board SET topics = topics + 1 WHERE id = ?", (board,))
    boards_changed(connection, board)
    return _add_post(desk, topic, None, title, act.body)


def reply(desk: Desk, act: Reply) -> Receipt:
    """A new post in a topic."""
    topic = topic_target(desk, act.topic)
    check(desk.who.rights.reply(closed=topic.closed, leads=topic.board in desk.who.leads))
    parent = None
    if act.parent is not None:
        parent = row_id(act.parent, "post")
        row = desk.connection.execute("SELECT 1 FROM post WHERE id = ? AND topic_id = ?", (parent, topic.id)).fetchone()
        if row is None:
            raise Missing(f"This topic has no post {act.parent} to answer.")
    return _add_post(desk, topic.id, parent, clean_line(act.subject or "") or None, act.body)


def _add_post(desk: Desk, topic: int, parent: int | None, subject: str | None, body: Body) -> Receipt:
    connection = desk.connection
    source, written = _text(body)
    n = next_n(connection)
    number = connection.execute(
        "UPDATE topic SET n = ?1, posts = posts + 1, last_number = last_number + 1, "
        "last_post = max(coalesce(last_post, ?2), ?2) WHERE id = ?3 RETURNING last_number",
        (n, desk.now, topic),
    ).get
    post = add(
        connection,
        "post",
        topic_id=topic,
        number=number,
        subject=subject,
        parent_id=parent,
        author_id=desk.who.id,
        created=desk.now,
        likes_elsewhere=0,
        source=source,
        format=written,
        mentions=json.dumps(desk.mentions.find(source)),
        n=n,
    )
    index_posts(connection, post)
    return Receipt("created", TopicId(str(topic)), PostId(str(post)))


def index_posts(connection: apsw.Connection, first: int) -> None:
    """Make new posts, from this row on, known to the search."""
    connection.execute(
        "INSERT INTO post_fts (rowid, subject, source) SELECT id, subject, source FROM post_fold WHERE id >= ?",
        (first,),
    )


def edit(desk: Desk, act: Edit) -> Receipt:
    """Another text (and subject); that of a topic's first post may be the topic's title, too."""
    post = post_target(desk, act.topic, act.post)
    check(_untouchable(desk, post) or desk.who.rights.edit(mine=post.mine))
    source, written = _text(act.body)
    _check_base(desk, act, post, source)
    subject = post.subject
    if act.subject is not None:
        subject = clean_line(act.subject) or (post.subject if post.opening else None)
    desk.connection.execute(
        "UPDATE post SET subject = ?, source = ?, format = ?, mentions = ?, edited = ? WHERE id = ?",
        (subject, source, written, json.dumps(desk.mentions.find(source)), desk.now, post.id),
    )
    if post.opening and subject and subject != post.title and post.subject in {None, post.title}:
        desk.connection.execute("UPDATE topic SET title = ? WHERE id = ?", (subject, post.topic))
    if post.marks:
        boards_changed(desk.connection, post.board)
    if not post.mine:
        desk.log("edit", post.title, topic=post.topic, post=post.id)
    return post_changed(desk, post)


def _check_base(desk: Desk, act: Edit, post: PostTarget, source: str) -> None:
    """Raises `Overtaken` if the post has other words by now than those that the edit was made from."""
    if act.base is None:
        return
    now = desk.connection.execute("SELECT source FROM post WHERE id = ?", (post.id,)).get or ""
    if now != source and imprint(words_of(post.subject, now)) != act.base:
        raise Overtaken(OVERTAKEN)


def _untouchable(desk: Desk, post: PostTarget) -> str:
    """Why this post may not be edited or deleted by anybody (who does not see it), or ""."""
    if post.deleted:
        return DELETED
    return HIDDEN if post.hidden and not desk.who.moderates(post.board) else ""


def delete(desk: Desk, act: Delete) -> Receipt:
    """Take a post back."""
    post = post_target(desk, act.topic, act.post)
    if post.deleted:
        return post_receipt(post)
    check(_untouchable(desk, post) or desk.who.rights.delete(mine=post.mine))
    erase_post(desk.connection, post.id, Deleter.AUTHOR if post.mine else Deleter.STAFF)
    settle_reports(desk.connection, post.id, desk.now)
    if post.marks:
        boards_changed(desk.connection, post.board)
    if not post.mine:
        desk.log("delete", post.title, topic=post.topic, post=post.id)
    return post_changed(desk, post)


def erase_post(connection: apsw.Connection, number: int, by: Deleter | None) -> None:
    """Leave a placeholder: the place in the thread, without words, author, marks or likes."""
    connection.execute(
        "UPDATE post SET deleted = 1, subject = NULL, source = NULL, author_id = NULL, marks = 0, mentions = '[]', "
        "likes_elsewhere = NULL, likes_here = 0, hidden = 0, deleted_by = ? WHERE id = ?",
        (by and by.value, number),
    )
    connection.execute("DELETE FROM liked WHERE post_id = ?", (number,))


def like(desk: Desk, act: Like) -> Receipt:
    """Like a post, or no longer."""
    post = post_target(desk, act.topic, act.post)
    check(locked(post) or desk.who.refusal(Operation.LIKE))
    statement = (
        "INSERT INTO liked (post_id, member_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
        if act.on
        else "DELETE FROM liked WHERE post_id = ? AND member_id = ?"
    )
    desk.connection.execute(statement, (post.id, desk.who.id))
    if not desk.connection.changes():
        return post_receipt(post)
    desk.connection.execute("UPDATE post SET likes_here = likes_here + ? WHERE id = ?", (1 if act.on else -1, post.id))
    return post_changed(desk, post)


def set_profile(desk: Desk, act: SetProfile) -> Receipt:
    """Say something about oneself."""
    check(desk.who.refusal(Operation.PROFILE))
    desk.connection.execute("UPDATE member SET about = ? WHERE id = ?", (clean_text(act.about).strip(), desk.who.id))
    next_n(desk.connection)
    return Receipt("done")
