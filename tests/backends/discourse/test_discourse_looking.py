"""Whether a text arrived: found again however the site wrote it down, and no other taken for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.backends.discourse.site import Site
from tests.reader.sync.stage import fill
from tests.reference.forum import ReferenceForum

from forumtui.backends.discourse.asking import connect
from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.discourse.writing import is_same_text
from forumtui.backends.web import Answer, Limits, Request
from forumtui.errors import Forbidden, NotYet, Overtaken, Unanswered
from forumtui.model import Action, Body, Delete, Edit, Like, PostId, Receipt, Reply, TopicId

PLACE = "https://talk.example"
KNOWN = {"key": "key-of-ann", "client": "this-reader"}
FIRST, SECOND = TopicId("1"), TopicId("2")


def action(text: str, topic: TopicId = FIRST) -> Action:
    return Action("before-keys-told-the-time", Reply(topic, Body(text)))


def cut(*names: str) -> Any:
    """Answers about topics, without these fields of their posts."""

    def change(path: str, answer: Any) -> Any:
        if path.startswith("t/"):
            for row in answer["post_stream"]["posts"]:
                for name in names:
                    row.pop(name, None)
        return answer

    return change


async def test_a_topic_that_shows_no_sources_is_looked_through_post_by_post() -> None:
    store = ReferenceForum()
    await fill(store, 2, 3)
    site = Site(store, change=cut("raw"))
    async with connect(PLACE, KNOWN, transport=site, limits=Limits()) as asking:
        backend = DiscourseBackend(asking, PLACE, "ann")
        sent = await backend.perform(action("Mine."))
        assert await backend.find(action("Mine.")) == sent
        assert await backend.find(action("Another.")) is None


BLANKS = st.sampled_from([" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u2003", " \n\n "])


@given(st.lists(st.from_regex(r"[a-zé*_#>`]{1,6}", fullmatch=True), min_size=1), st.data())
def test_blanks_make_no_other_text(words: list[str], data: st.DataObject) -> None:
    def written() -> str:
        inner = "".join(word + data.draw(BLANKS) for word in words)
        return data.draw(st.sampled_from(["", " ", "\n"])) + inner

    assert is_same_text(written(), written())


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        ("Look: ![a cat](upload://1a2b.png)", "Look: ![a cat](https://pictures.example/cat.png)"),
        ("Look: ![a cat|690x388](upload://1a2b.png) so", "Look: ![a cat](https://pictures.example/cat.png) so"),
        ("![](upload://1a2b.jpeg)", "https://pictures.example/cat.jpeg"),
        ("Cafe\u0301", "Caf\u00e9"),
    ],
)
def test_pictures_that_the_site_fetched_make_no_other_text(stored: str, sent: str) -> None:
    assert is_same_text(stored, sent)


@pytest.mark.parametrize(
    ("stored", "sent"), [("Yes.", "No."), ("Yes", "yes"), ("[a](https://x.example)", "[a](https://y.example)")]
)
def test_other_words_make_another_text(stored: str, sent: str) -> None:
    assert not is_same_text(stored, sent)


async def test_an_edit_of_blanks_alone_is_one() -> None:
    store = ReferenceForum()
    await fill(store, 1, 1)
    async with connect(PLACE, KNOWN, transport=Site(store), limits=Limits()) as asking:
        backend = DiscourseBackend(asking, PLACE, "ann")
        post = (await backend.perform(action("if x:\n  y"))).post
        assert post is not None
        edit = Action("the-edit", Edit(FIRST, post, Body("if x:\n    y")))
        assert await backend.find(edit) is None
        assert await backend.perform(edit) == Receipt("done", FIRST, post)
        assert await backend.find(edit) == Receipt("done", FIRST, post)


async def test_too_similar_is_open_where_it_stands_in_the_very_topic_and_too_early_elsewhere() -> None:
    store = ReferenceForum()
    await fill(store, 2, 1)
    async with connect(PLACE, KNOWN, transport=Site(store, alike=True), limits=Limits()) as asking:
        backend = DiscourseBackend(asking, PLACE, "ann")
        await backend.perform(action("Thanks, that worked!"))
        with pytest.raises(Unanswered, match="here already"):
            await backend.perform(action("Thanks, that worked!"))
        with pytest.raises(NotYet, match="sent again"):
            await backend.perform(action("Thanks, that worked!", SECOND))


async def test_too_similar_is_open_in_a_private_topic_too() -> None:
    """Which the list of all posts leaves out."""
    store = ReferenceForum()
    await fill(store, 1, 1)

    async def hide(request: Request) -> Answer | None:
        if request.method == "GET" and request.path == "/posts.json":
            return Answer(200, json.dumps({"latest_posts": []}).encode(), {"content-type": "application/json"})
        return None

    async with connect(PLACE, KNOWN, transport=Site(store, alike=True, before=hide), limits=Limits()) as asking:
        backend = DiscourseBackend(asking, PLACE, "ann")
        await backend.perform(action("Thanks, that worked!"))
        with pytest.raises(Unanswered, match="here already"):
            await backend.perform(action("Thanks, that worked!"))


async def test_an_edit_that_meets_another_changes_nothing() -> None:
    store = ReferenceForum()
    await fill(store, 1, 1)
    site = Site(store)
    async with connect(PLACE, KNOWN, transport=site, limits=Limits()) as asking:
        backend = DiscourseBackend(asking, PLACE, "ann")
        post = (await backend.perform(action("As it was."))).post
        assert post is not None

        async def another(request: Request) -> Answer | None:
            if request.method == "PUT":
                site.before = None
                await DiscourseBackend(asking, PLACE, "ann").perform(
                    Action("in-a-browser", Edit(FIRST, post, Body("From the browser.")))
                )
            return None

        site.before = another
        with pytest.raises(Overtaken):
            await backend.perform(Action("mine", Edit(FIRST, post, Body("From here."))))
        words = (await backend.post(post)).words
        assert words is not None
        assert words.source == "From the browser."


async def test_a_deletion_and_a_like_whose_answers_were_lost_are_found_done_and_done_no_second_time() -> None:
    store = ReferenceForum()
    await fill(store, 1, 1)
    site = Site(store)

    def changes() -> int:
        return sum(request.method != "GET" for request in site.asked)

    async with connect(PLACE, KNOWN, transport=site, limits=Limits()) as asking:
        backend = DiscourseBackend(asking, PLACE, "ann")
        mine = (await backend.perform(action("Mine."))).post
        assert mine is not None
        like = Action("like", Like(FIRST, PostId("1/1"), on=True))
        delete = Action("delete", Delete(FIRST, mine))
        assert await backend.find(like) is None
        assert await backend.find(delete) is None
        assert await backend.perform(like) == await backend.perform(like) == await backend.find(like)
        await backend.perform(delete)
        assert await backend.find(delete) == Receipt("done", FIRST, mine)
        assert changes() == 3
        with pytest.raises(Forbidden):
            await backend.perform(delete)
        assert changes() == 3
