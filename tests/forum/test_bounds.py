"""What is written into a forum is bounded in number and length: refused with a sentence, or stored within the bounds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.forum.forum_files import act, forum, sql, topic_id

from forumtui.errors import Overtaken, Refused
from forumtui.forum import bounds
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ImportedBoard, ImportedForum, ImportedPost, ImportedTopic
from forumtui.model import (
    Act,
    Action,
    BoardId,
    Body,
    Edit,
    Hide,
    Listing,
    NewTopic,
    PostId,
    Reply,
    Report,
    SetProfile,
    TopicId,
    Volunteer,
)
from forumtui.wire import KINDS

ONE, TWO = TopicId("1"), PostId("1")
IDS = {"board", "topic", "post", "parent", "item"}
"""Looked up as they are; what is no number of up to 18 digits is not there."""
OTHERS = {"on", "opens", "approve", "mark", "tags", "body"}


def near(most: int) -> st.SearchStrategy[str]:
    """Texts about as long as is allowed."""
    lengths = st.sampled_from((0, 1, most - 1, most, most + 1, 3 * most))
    return st.builds(lambda length, letter: letter * length, lengths, st.sampled_from(("x", "é", "🦀")))


bodies = st.builds(Body, near(bounds.BODY))
subjects = near(bounds.TITLE)
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(
        lambda subject, body, tags: NewTopic(
            BoardId("1"), subject, body, tuple(f"{n}{tag}" for n, tag in enumerate(tags))
        ),
        subjects,
        bodies,
        st.lists(near(bounds.TAG - 2), max_size=bounds.TAGS + 2),
    ),
    st.builds(lambda subject, body: Reply(ONE, body, None, subject), subjects, bodies),
    st.builds(lambda subject, body, base: Edit(ONE, TWO, body, subject, base), subjects, bodies, near(bounds.IMPRINT)),
    st.builds(lambda reason: Hide(ONE, TWO, reason=reason), near(bounds.REASON)),
    st.builds(lambda reason: Report(ONE, TWO, reason), near(bounds.WORDS)),
    st.builds(lambda text: Volunteer(BoardId("1"), text), near(bounds.WORDS)),
    st.builds(SetProfile, near(bounds.WORDS)),
)


def test_every_text_of_every_act_has_a_bound() -> None:
    named = {field.name for kind in KINDS.values() for field in fields(kind)}
    assert named - IDS - OTHERS == set(bounds.IN_ACTS) - {"body"}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(acts, min_size=1, max_size=4), near(bounds.KEY - 4))
async def test_an_act_is_refused_in_a_sentence_or_stored_within_the_bounds(
    tmp_path_factory: pytest.TempPathFactory, tried: Sequence[Act], key: str
) -> None:
    async with forum(tmp_path_factory.mktemp("bounds")) as (store, board):
        await store.house.edit_board(board, BoardDraft(leader_wanted=True))
        await store.house.set_role("anna", "Moderator")
        await store.perform("anna", act(NewTopic(board, "First", Body("text"))))
        for number, each in enumerate(tried):
            said = await refusal(store, Action(f"{number}{key}", each))
            assert said is None or (said.endswith(".") and len(said) < 200)
        check_rows(store)
        assert await store.house.check() == []


async def refusal(store: SqliteForumStore, action: Action) -> str | None:
    """What is said of an act that is not taken."""
    try:
        await store.perform("anna", action)
    except (Refused, Overtaken) as refused:
        return str(refused)
    return None


def check_rows(store: SqliteForumStore) -> None:
    for column, table, most in (
        ("title", "topic", bounds.TITLE),
        ("subject", "post", bounds.TITLE),
        ("source", "post", bounds.BODY),
        ("about", "member", bounds.WORDS),
        ("text", "queue", bounds.WORDS),
        ("detail", "log", bounds.TITLE + bounds.REASON + 2),
        ("origin", "act", bounds.KEY),
    ):
        assert (sql(store.path, f"SELECT max(length({column})) FROM {table}")[0][0] or 0) <= most, column
    for (stored,) in sql(store.path, "SELECT tags FROM topic"):
        tags = json.loads(str(stored))
        assert len(tags) <= bounds.TAGS
        assert all(len(tag) <= bounds.TAG for tag in tags)
        assert len(str(stored)) <= bounds.TAGS_BYTES


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (
            NewTopic(BoardId("1"), "T", Body("x"), tuple(map(str, range(118_000)))),
            "at most 20 tags; these are 118,000.",
        ),
        (NewTopic(BoardId("1"), "T", Body("x"), ("t" * 61,)), "A tag has at most 60 characters; this one has 61."),
        (NewTopic(BoardId("1"), "T" * 301, Body("x")), "A subject has at most 300 characters"),
        (NewTopic(BoardId("1"), "T", Body("x" * 250_001)), "A post has at most 250,000 characters"),
    ],
)
async def test_the_limit_is_said_and_nothing_is_stored(tmp_path: Path, what: Act, said: str) -> None:
    async with forum(tmp_path) as (store, _):
        with pytest.raises(Refused, match=said):
            await store.perform("anna", act(what))
        assert sql(store.path, "SELECT count(*) FROM topic") == [(0,)]
        assert sql(store.path, "SELECT count(*) FROM act") == [(0,)]


def overlong(name: str, most: int) -> BoardDraft:
    fields: dict[str, Any] = {"title": "B", name: "x" * (most + 1)}
    return BoardDraft(**fields)


@pytest.mark.parametrize(
    "draft",
    [
        *(overlong(name, bound.most) for name, bound in bounds.IN_BOARDS.items()),
        BoardDraft("B", links=[("x", "https://x.example")] * (bounds.LINKS + 1)),
        BoardDraft("B", links=[("x" * (bounds.TITLE + 1), "https://x.example")]),
        BoardDraft("B", links=[("x", "https://x.example/" + "x" * bounds.ADDRESS)]),
    ],
)
async def test_housekeeping_is_bounded_as_well(tmp_path: Path, draft: BoardDraft) -> None:
    async with forum(tmp_path) as (store, board):
        with pytest.raises(Refused, match="has at most"):
            await store.house.add_board(draft)
        with pytest.raises(Refused, match="has at most"):
            await store.house.edit_board(board, draft)
        with pytest.raises(Refused, match="has at most"):
            await store.import_boards([ImportedBoard("o", draft.title or "", draft=draft)])
        for name, bound in bounds.IN_FORUM.items():
            with pytest.raises(Refused, match="has at most"):
                await store.house.set_info({name: "x" * (bound.most + 1)})
        with pytest.raises(Refused, match="has at most"):
            await store.house.set_role("anna", "x" * (bounds.ROLE + 1))
        for pages in ([("s", "t", Body("x"))] * (bounds.PAGES + 1), [("s", "t", Body("x" * (bounds.BODY + 1)))]):
            with pytest.raises(Refused, match="has at most"):
                await store.import_forum(ImportedForum(pages=pages))


async def test_an_import_cuts_and_counts(tmp_path: Path) -> None:
    posts = [ImportedPost("p", "S" * 400, "bob", None, Body("x" * (bounds.IMPORTED_BODY + 1)))]
    topic = ImportedTopic("t", "b", "T" * 400, tags=("w" * 70, *map(str, range(50))), posts=posts)
    async with forum(tmp_path) as (store, _):
        await store.import_boards([ImportedBoard("b", "B")])
        done = await store.import_topics([topic])
        assert (done.added, done.cut) == (2, 1 + 1 + 1 + 1 + 31)
        assert len((await store.topics(None, Listing(), None, 9)).items[0].tags) == bounds.TAGS
        assert sql(store.path, "SELECT length(source) FROM post") == [(bounds.IMPORTED_BODY,)]
        again = await store.import_topics([topic])
        assert (again.added, again.changed, again.cut) == (0, 0, 0)
        assert await store.house.check() == []


async def test_rows_beyond_the_bounds_are_named_and_shown_within_them(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        topic = topic_id(await store.perform("anna", act(NewTopic(board, "Many", Body("text"), ("one",)))))
        few = topic_id(await store.perform("anna", act(NewTopic(board, "Few", Body("text"), ("one",)))))
        for number, count in ((topic, 118_000), (few, bounds.TAGS + 1)):
            tags = json.dumps([str(tag) for tag in range(count)])
            sql(store.path, f"UPDATE topic SET tags = '{tags}' WHERE id = {number}")
        sql(store.path, f"UPDATE board SET description = '{'d' * 50_000}' WHERE id = {board}")
        sql(store.path, f"UPDATE member SET about = '{'a' * 50_000}' WHERE name = 'anna'")
        shown = {header.id: header for header in (await store.topics(None, Listing(), None, 9)).items}
        assert shown[topic].tags == ()
        assert shown[few].tags == tuple(map(str, range(bounds.TAGS)))
        feed = await store.changes(None, None, 9)
        assert {item.topic: item.header for item in feed.items} == shown
        assert len((await store.boards(None))[0].description) == bounds.DESCRIPTION
        assert len((await store.member(None, "anna")).about) == bounds.WORDS
        said = await store.house.check()
        assert [" ".join(line.split()[:5]) for line in said] == [
            f"Topic {topic} has 118000 tags",
            f"Topic {few} has 21 tags",
            f"Board {board} has a title",
            "The profile of anna has",
        ]
