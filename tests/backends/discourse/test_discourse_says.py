"""What a Discourse post may be besides a text: a line that says what happened, a word for the staff alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.backends.recorded import needs_recordings, recorded

from forumtui.backends.discourse import reading
from forumtui.backends.discourse.reading import Site
from forumtui.backends.web.fields import Fields
from forumtui.model import Body, Format, Post

SITE = Site("https://talk.example", guest=False)


def read(**row: Any) -> Post:
    told = {"id": 7, "post_number": 2, "topic_id": 1, "username": "ann", "post_type": 1, "cooked": "", **row}
    return reading.post(Fields(told, "A post"), SITE)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ({"action_code": "closed.enabled"}, "ann closed this topic"),
        ({"action_code": "pinned_globally.disabled"}, "ann unpinned this topic everywhere"),
        ({"action_code": "invited_user", "action_code_who": "bob"}, "ann invited bob"),
        ({"action_code": "user_left", "action_code_who": "bob"}, "ann left (bob)"),
        ({"action_code": "assigned_to.somewhere_new"}, "ann assigned to somewhere new"),
        ({"action_code": None}, "ann did something"),
        ({"action_code": "closed.enabled", "username": None}, "somebody closed this topic"),
    ],
)
def test_what_happened_is_a_line_without_a_text(row: dict[str, Any], line: str) -> None:
    post = read(post_type=3, **row)
    assert (post.happened, post.body, post.words) == (line, None, None)


def test_what_was_said_about_it_stays_below() -> None:
    said = '<p>2 posts were moved to <a href="/t/9">Birds</a></p>'
    post = read(post_type=3, action_code="split_topic", cooked=said, raw="2 posts were moved to [Birds](/t/9)")
    assert post.event == "moved posts from here to another topic"
    assert post.body == Body(said, Format.HTML)


def test_a_whisper_is_a_text_with_a_mark() -> None:
    post = read(post_type=4, cooked="<p>Careful.</p>")
    assert (post.whisper, post.event, post.body) == (True, None, Body("<p>Careful.</p>", Format.HTML))
    assert not read().whisper


DELETED = "2026-02-03T04:05:06.000Z"


@pytest.mark.parametrize(
    ("row", "state", "body"),
    [
        ({"user_deleted": True, "cooked": "<p>(post deleted by author)</p>"}, "deleted by its author", None),
        ({"user_deleted": True, "deleted_at": DELETED, "cooked": "<p>gone</p>"}, "deleted by its author", None),
        ({"deleted_at": DELETED, "cooked": "<p>Rude.</p>"}, "deleted by the staff", Body("<p>Rude.</p>", Format.HTML)),
        ({"deleted_at": DELETED, "cooked": ""}, "deleted by the staff", None),
        ({"hidden": True, "cooked": "<p>Rude.</p>"}, "hidden by a moderator", Body("<p>Rude.</p>", Format.HTML)),
        ({"hidden": True, "cooked_hidden": True, "cooked": "<p>It was flagged.</p>"}, "hidden by a moderator", None),
        (
            {"hidden": True, "cooked_hidden": True, "cooked": "<p>You must edit.</p>", "raw": "Rude.", "yours": True},
            "hidden by a moderator",
            Body("Rude.", Format.MARKDOWN),
        ),
        ({"cooked": "<p>Kind.</p>"}, "", Body("<p>Kind.</p>", Format.HTML)),
    ],
)
def test_who_took_a_post_away_and_what_is_still_seen_of_it(row: dict[str, Any], state: str, body: Body | None) -> None:
    post = read(**row)
    assert (post.state, post.body) == (state, body)
    assert post.deleted == state.startswith("deleted")
    assert (post.author is None) == (post.deleted and body is None)


@given(st.integers(0, 9), st.text(max_size=9), st.text(max_size=9), st.text(max_size=9))
def test_a_post_says_what_happened_or_has_a_text(kind: int, code: str, who: str, cooked: str) -> None:
    post = read(post_type=kind, action_code=code, action_code_who=who, cooked=cooked)
    assert (post.event is not None) == (kind == 3)
    assert post.event or post.body is not None
    assert post.body is None or post.body.source == cooked


@needs_recordings
def test_a_real_one() -> None:
    rows = recorded("discourse", "topic_12_private_message.json")["post_stream"]["posts"]
    posts = [reading.post(Fields(row, "A post"), SITE) for row in rows]
    assert [post.event for post in posts if post.event] == ["invited Group"]
