"""What happened to a topic elsewhere, and whispers, in exports of what one sees there."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from forumtui.forum.export_text import MarkdownWriter, TextWriter
from forumtui.forum.exporting import JsonlWriter, Writer
from forumtui.forum.importing.record import Record, post_of
from forumtui.model import Author, BoardId, Body, MemberId, Millis, Post, PostId, Topic, TopicId

HEADER = Topic(TopicId("1"), BoardId("1"), "Birds")
ANN = Author(MemberId("ann"), "Ann", "Admin")
EVENT = Post(PostId("2"), HEADER.id, 2, 2, author=ANN, created=Millis(0), event="closed this topic")


@pytest.mark.parametrize(
    ("writer", "line"),
    [
        (TextWriter, "#2 Ann closed this topic, 1970-01-01 00:00 UTC\n\n"),
        (MarkdownWriter, "**Ann closed this topic, 1970-01-01 00:00 UTC**\n\n---\n\n"),
    ],
)
def test_an_event_is_a_line(writer: type[Writer], line: str) -> None:
    out = io.StringIO()
    writer(out).post(EVENT, HEADER, {})  # type: ignore[call-arg]  # a Protocol says nothing of how it is made
    assert out.getvalue() == line


def written(post: Post) -> Record:
    out = io.StringIO()
    JsonlWriter(out).post(post, HEADER, {post.id: "origin"})
    return Record(json.loads(out.getvalue()))


def test_an_import_takes_an_event_as_words_and_keeps_a_whisper_from_others() -> None:
    taken = post_of(written(EVENT))
    assert (taken.body, taken.author, taken.hidden) == (Body("closed this topic", taken.body.format), "Ann", False)  # type: ignore[union-attr]
    assert post_of(written(replace(EVENT, body=Body("Because.")))).body == Body("Because.")
    assert post_of(written(replace(EVENT, event=None, body=Body("Careful."), whisper=True))).hidden
