"""What goes over the wire comes back as it was, and nonsense is called nonsense."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.values import any_of

from forumtui.errors import Unreadable
from forumtui.forum.house import Policy, Stats, TokenInfo
from forumtui.forum.identities import Credentials
from forumtui.model import (
    INHERITED,
    Ability,
    Act,
    Action,
    Author,
    Board,
    BoardId,
    Body,
    Can,
    Changes,
    Close,
    Cursor,
    Format,
    ForumInfo,
    Hit,
    LogEntry,
    Mark,
    MemberId,
    Millis,
    Option,
    Page,
    Post,
    PostId,
    QueueItem,
    Receipt,
    Registration,
    Reply,
    Topic,
    TopicId,
)
from forumtui.wire import KINDS, decode, decode_act, encode

CLASSES = [
    ForumInfo, Board, Page[Hit], QueueItem, LogEntry, Receipt, Changes, Action, Option, TokenInfo, Stats, Policy, Credentials,
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
POST = {"id": "1", "topic": "2", "sort": 3}
QUEUED = {"id": "1", "kind": "held", "created": 5, "member": "Ann", "board": "3", "title": "T", "text": "t"}


def sent(value: object) -> Any:
    """As it arrives at the other side."""
    return json.loads(json.dumps(encode(value)))


@pytest.mark.parametrize("kind", CLASSES, ids=str)
def test_what_is_sent_arrives(kind: Any) -> None:
    @given(any_of(kind), st.booleans())
    def check(value: Any, strict: bool) -> None:
        assert decode(kind, sent(value), strict=strict) == value

    check()


@given(any_of(Act))
def test_acts_arrive(act: Act) -> None:
    assert decode_act(sent(act)) == act


@pytest.mark.parametrize("kind", [ForumInfo, Action, Changes, Page[Post], Page[QueueItem], TokenInfo, Policy], ids=str)
def test_any_json_is_a_value_or_unreadable(kind: Any) -> None:
    """Mutants of good objects find more than random ones do."""

    @given(any_of(kind), JSON, st.data())
    def check(value: Any, junk: Any, data: st.DataObject) -> None:
        whole = sent(value)
        for given_ in (junk, mutant(whole, junk, data)):
            try:
                found = decode(kind, given_)
            except Unreadable:
                continue
            assert decode(kind, sent(found)) == found

    check()


def mutant(value: Any, junk: Any, data: st.DataObject) -> Any:
    """A copy with one part replaced by junk, added, or left out."""
    if not isinstance(value, dict | list) or not value or data.draw(st.integers(0, 3)) == 0:
        return junk
    key = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
    copy = value.copy()
    if data.draw(st.integers(0, 5)) == 0:
        del copy[key]
    else:
        copy[key] = mutant(copy[key], junk, data)
    return copy


def test_every_act_has_its_kind() -> None:
    assert set(KINDS.values()) == set(get_args(Act))
    assert encode(Close(TopicId("7"), on=False)) == {"kind": "close", "topic": "7", "on": False}
    assert {word: encode(decode_act({"kind": word, **_least(kind)}))["kind"] for word, kind in KINDS.items()} == {
        word: word for word in KINDS
    }


def _least(kind: type[Act]) -> dict[str, Any]:
    known = {"body": {"source": "s"}, "mark": "accepted", "approve": True, "opens": True, "tags": []}
    return {name: known.get(name, "x") for name in kind.__match_args__ if name not in {"on", "parent"}}


def test_the_form_is_the_documented_one() -> None:
    post = Post(
        PostId("1"), TopicId("2"), 3, author=Author(MemberId("a"), "Ann"), created=Millis(5),
        marks=frozenset({Mark.EXPERT_TIP, Mark.ACCEPTED}), body=Body("text"), can=Can({Ability.EDIT: "not yours"}),
    )  # fmt: skip
    assert sent(post) == {
        "id": "1", "topic": "2", "sort": 3, "number": None, "subject": None, "parent": None,
        "author": {"id": "a", "name": "Ann", "role": None}, "created": 5, "edited": None, "deleted": False,
        "marks": ["accepted", "expert-tip"], "likes": None, "liked": False,
        "body": {"source": "text", "format": "markdown"}, "written": None, "mentions": [], "url": None,
        "can": {"edit": "not yours"}, "hidden": False, "rank": None,
        "event": None, "whisper": False, "deleted_by": None,
    }  # fmt: skip
    assert "can" not in sent(Topic(TopicId("1"), BoardId("2"), "T"))
    page = Page((Receipt("done"),), after=Cursor("a:1"))
    assert sent(page) == {
        "items": [{"outcome": "done", "topic": None, "post": None}], "before": None, "after": "a:1", "complete": True,
    }  # fmt: skip
    assert encode([Mark.ACCEPTED, {"b", "a"}, None, 1]) == ["accepted", ["a", "b"], None, 1]
    assert encode(Can({Ability.EDIT: ""})) == {"edit": ""}
    with pytest.raises(TypeError):
        encode(object())
    with pytest.raises(TypeError):
        decode(complex, 1)


def test_what_is_missing_takes_its_default_and_what_is_unknown_is_ignored() -> None:
    assert decode(Post, POST | {"novelty": [1]}) == Post(PostId("1"), TopicId("2"), 3)
    assert decode(ForumInfo, {"title": "F"}).can is INHERITED
    assert decode(Page[Board], {"items": [{"id": "1", "title": "B"}]}).items == (Board(BoardId("1"), "B"),)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (Topic, {"id": "1", "board": "2"}, '"title" is missing.'),
        (Topic, [], "The whole should be an object."),
        (Post, POST | {"id": 1}, '"id" should be a text.'),
        (Post, POST | {"sort": "3"}, '"sort" should be a whole number.'),
        (Post, POST | {"sort": True}, '"sort" should be a whole number.'),
        (Post, POST | {"sort": 2**60}, '"sort" is out of all bounds for a whole number.'),
        (Post, POST | {"created": 1.5}, '"created" should be a time in milliseconds.'),
        (Post, POST | {"deleted": 0}, '"deleted" should be true or false.'),
        (Post, POST | {"deleted": None}, '"deleted" should be true or false.'),
        (Post, POST | {"can": {"edit": 1}}, '"can" should be a text.'),
        (Post, POST | {"can": []}, '"can" should be an object.'),
        (Post, POST | {"body": {"format": "plain"}}, '"body.source" is missing.'),
        (Post, POST | {"mentions": "Ann"}, '"mentions" should be a list.'),
        (Post, POST | {"mentions": ["Ann", 2]}, '"mentions[1]" should be a text.'),
        (Page[Post], {"items": [POST, POST | {"author": {"id": "a"}}]}, '"items[1].author.name" is missing.'),
        (Action, {"key": "k", "act": {"topic": "1"}}, '"act.kind" is missing.'),
        (Action, {"key": "k", "act": "close"}, '"act" should be an object.'),
        (Receipt, {"outcome": "lost"}, '"outcome" should be one of created, held, done.'),
        (QueueItem, QUEUED | {"created": None}, '"created" should be a time in milliseconds.'),
    ],
)  # fmt: skip
def test_flaws_are_named(kind: Any, value: object, sentence: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(kind, value)
    assert str(caught.value) == sentence


def test_what_a_newer_forum_says_is_tolerated() -> None:
    post = decode(
        Post,
        POST | {
            "marks": ["of-the-year", "accepted"], "can": {"fly": "", "edit": "no"},
            "body": {"source": "s", "format": "djot"}, "likes": -3, "number": 10**30, "created": 10**18,
        },
    )  # fmt: skip
    assert (post.marks, post.can, post.body) == (
        frozenset({Mark.ACCEPTED}),
        Can({Ability.EDIT: "no"}),
        Body("s", Format.PLAIN),
    )
    assert (post.likes, post.number, post.created) == (None, None, None)
    assert decode(ForumInfo, {"title": "F", "registration": "by-lot"}).registration is None
    assert decode(ForumInfo, {"title": "F", "registration": "open"}).registration is Registration.OPEN
    queue = decode(Page[QueueItem], {"items": [QUEUED | {"kind": "quarrel"}, QUEUED]})
    assert [item.kind for item in queue.items] == ["held"]


@pytest.mark.parametrize(
    ("act", "field"),
    [
        ({"kind": "reply", "topic": "1", "body": {"source": "s", "format": "djot"}}, "body.format"),
        ({"kind": "reply", "topic": "1", "body": "s"}, "body"),
        ({"kind": "set-mark", "topic": "1", "post": "2", "mark": "of-the-year"}, "mark"),
        ({"kind": "pin", "topic": "1", "on": "yes"}, "on"),
        ({"kind": "fly"}, "kind"),
        ({"kind": ["reply"]}, "kind"),
        ({}, "kind"),
    ],
)
def test_acts_of_clients_are_taken_strictly(act: object, field: str) -> None:
    with pytest.raises(Unreadable, match=f'"{field}"'):
        decode_act(act)
    with pytest.raises(Unreadable, match=f'"act.{field}"'):
        decode(Action, {"key": "k", "act": act}, strict=True)


def test_rules_are_taken_strictly_where_asked() -> None:
    for change in ({"registration": "by-lot"}, {"approval": "some"}, {"members_only": 1}):
        with pytest.raises(Unreadable, match=next(iter(change))):
            decode(Policy, change, strict=True)
    with pytest.raises(Unreadable, match="ability"):
        decode(ForumInfo, {"title": "F", "can": {"fly": ""}}, strict=True)


def test_lone_surrogates_become_storable() -> None:
    act = decode_act(json.loads('{"kind": "reply", "topic": "1\\ud800", "body": {"source": "a\\udfff"}}'))
    assert act == Reply(TopicId("1\ufffd"), Body("a\ufffd"))
    assert decode(Topic, json.loads('{"id": "1", "board": "2", "title": "\\ud83d\\ude00"}')).title == "😀"
