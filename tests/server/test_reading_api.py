"""Reading over HTTP: what is given, and how a second question costs little."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from tests.forum.forum_files import sql
from tests.server.kit import api, check_problem, serving, text

from forumtui import wire
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft, Policy
from forumtui.model import Body, Changes, ForumInfo, Hit, Like, Listing, NewTopic, Page, Post, Reply, Topic, Window
from forumtui.server.ready import Kept, Ready

TAGGED = ["forum", "boards", "topics", "topics/1", "topics/1/posts", "posts/1", "changes", "search?q=wrap", "members"]


async def test_answers_are_what_the_store_says(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna = await it.token("anna")
        asked: list[tuple[str, Any, Awaitable[Any]]] = [
            ("forum", ForumInfo, it.store.info("anna")),
            ("topics", Page[Topic], it.store.topics("anna", Listing(), None, 50)),
            (f"topics/{it.topic}", Topic, it.store.topic("anna", it.topic)),
            (f"topics/{it.topic}/posts", Page[Post], it.store.posts("anna", it.topic, Window())),
            (f"posts/{it.second}", Post, it.store.post("anna", it.second)),
            ("search?q=wrap", Page[Hit], it.store.search("anna", "wrap", None, 50)),
            ("changes", Changes, it.store.changes("anna", None, 200)),
        ]
        for path, kind, expected in asked:
            answer = await it.get(path, anna)
            assert answer.status_code == 200, path
            assert answer.headers["content-type"] == "application/json"
            assert wire.decode(kind, answer.json(), strict=True) == await expected, path
        boards = (await it.get("boards", anna)).json()["items"]
        assert boards == wire.encode(list(await it.store.boards("anna")))
        assert (await it.get("members/bob")).json() == wire.encode(await it.store.member(None, "bob"))
        assert [member["name"] for member in (await it.get("members")).json()["items"]] == ["anna", "bob"]


async def test_pages_and_windows(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        other = await it.store.house.add_board(BoardDraft(title="Honey"))
        titles = ["one", "two", "three"]
        for title in titles:
            await it.behind("bob", NewTopic(other, title, Body("x")))
        first = (await it.get(f"topics?board={other}&limit=2")).json()
        rest = (await it.get("topics", params={"board": other, "limit": 2, "after": first["after"]})).json()
        assert {topic["title"] for topic in [*first["items"], *rest["items"]]} == set(titles)
        assert (len(first["items"]), len(rest["items"]), rest["after"]) == (2, 1, None)
        posts = [it.first, it.second]
        posts += [(await it.behind("bob", Reply(it.topic, Body(f"post {n}"))))[1] for n in range(3, 8)]
        path = f"topics/{it.topic}/posts"
        end = (await it.get(f"{path}?place=end&limit=2")).json()
        assert [post["id"] for post in end["items"]] == posts[-2:]
        before = (await it.get(path, params={"place": "before", "at": end["before"], "limit": 2})).json()
        assert [post["id"] for post in before["items"]] == posts[-4:-2]
        for place, at in (("post", posts[3]), ("number", "4")):
            around = (await it.get(path, params={"place": place, "at": at, "limit": 3})).json()
            assert posts[3] in [post["id"] for post in around["items"]]
            assert len(around["items"]) == 3


@pytest.mark.parametrize("path", TAGGED)
async def test_what_did_not_change_is_304_and_costs_no_query(
    tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with api(tmp_path) as it:
        anna = await it.token("anna")
        await it.get("me", anna)
        await asyncio.gather(*it.store.identities._noting)  # the token's first use, which is a write as well
        first = await it.get(path, anna)
        asked: list[str] = []
        look = it.store._threads.look

        async def counting(work: Any) -> Any:
            asked.append(path)
            return await look(work)

        monkeypatch.setattr(it.store._threads, "look", counting)
        again = await it.get(path, {**anna, "If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert "content-type" not in again.headers
        full = await it.get(path, {**anna, "If-None-Match": '"another", W/"one"'})
        assert (full.status_code, full.content) == (200, first.content)
        assert asked == []
        await it.behind("bob", Reply(it.topic, Body("Wrap it well.")))
        await it.store.house.set_info({"tagline": "about bees"})
        await it.store.house.edit_board(it.board, BoardDraft(description="new"))
        await it.store.house.set_role("carl", "Member")
        await it.behind("bob", Like(it.topic, it.first))
        other = await it.get(path, {**anna, "If-None-Match": first.headers["etag"]})
        assert other.status_code == 200
        assert other.headers["etag"] != first.headers["etag"]


async def test_tags_outlive_a_restart_and_see_what_other_processes_write(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        tag = (await it.get("topics")).headers["etag"]
    async with serving(tmp_path / "forum.db") as (_, http, _app):
        assert (await http.get("/api/v1/topics", headers={"If-None-Match": tag})).status_code == 304
        other = await SqliteForumStore.open(tmp_path / "forum.db")
        await other.house.set_info({"notice": "elsewhere"})
        assert (await http.get("/api/v1/topics", headers={"If-None-Match": tag})).status_code == 304
        assert (await http.get("/api/v1/forum")).json()["notice"] == "elsewhere"
        sql(tmp_path / "forum.db", "UPDATE topic SET title = 'changed by hand'")
        answer = await http.get("/api/v1/topics", headers={"If-None-Match": tag})
        assert answer.json()["items"][0]["title"] == "changed by hand"
        await other.close()


async def test_what_is_kept_for_one_is_not_shown_to_another(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna, bob, mo = await it.token("anna"), await it.token("bob"), await it.token("mo", "Moderator")
        path = f"posts/{it.second}"
        await it.act(anna, "like", topic=it.topic, post=it.second)
        seen = {name: (await it.get(path, who)).json() for name, who in {"anna": anna, "bob": bob, "": None}.items()}
        assert [seen[name]["liked"] for name in ("anna", "bob", "")] == [True, False, False]
        assert "edit" in seen["anna"]["can"]
        assert "edit" not in seen["bob"].get("can", {})
        await it.act(mo, "hide", topic=it.topic, post=it.second)
        assert (await it.get(path, mo)).json()["body"] is not None
        assert (await it.get(path, anna)).json()["body"] is None
        assert (await it.get(path)).json()["body"] is None
        unable = await it.token("anna", "", "write")
        check_problem(await it.get(path, unable), 403, "forbidden")  # though anna's answer is kept


async def test_members_with_the_same_rights_share_the_lists_of_topics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with api(tmp_path) as it:
        who = {
            name: await it.token(name, role)
            for name, role in {"mo": "Moderator", "mia": "Moderator", "carl": "Member"}.items()
        }
        await it.act(who["mo"], "close", topic=it.topic)
        for header in who.values():
            await it.get("me", header)
        await asyncio.gather(*it.store.identities._noting)
        asked: list[str | None] = []
        topics = it.store.topics

        async def counting(me: str | None, *others: Any) -> Any:
            asked.append(me)
            return await topics(me, *others)

        monkeypatch.setattr(it.store, "topics", counting)
        answers = {
            name: (await it.get("topics", who.get(name))).json()["items"][0] for name in ("mo", "mia", "carl", "")
        }
        assert asked == ["mo", "carl", None]
        assert answers["mo"] == answers["mia"]
        assert [bool(answers[name]["can"]["reply"]) for name in ("mo", "carl", "")] == [False, True, True]
        await it.store.house.set_role("mia", "Member")
        assert (await it.get("topics", who["mia"])).json()["items"][0] == answers["carl"]


async def test_what_was_overtaken_by_a_change_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what is read after a member's rights changed would be shown to those who still have the old ones."""
    async with api(tmp_path) as it:
        info = it.store.info
        before: list[str] = []

        async def overtaken(me: str | None) -> Any:
            found = await info(me)
            before.append(found.tagline)
            await it.store.house.set_info({"tagline": f"change {len(before)}"})
            return found

        monkeypatch.setattr(it.store, "info", overtaken)
        told = [(await it.get("forum")).json()["tagline"] for _ in range(3)]
        assert told == before == ["", "change 1", "change 2"]


async def test_long_answers_are_packed_where_the_client_can_unpack(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        await it.behind("bob", Reply(it.topic, Body("many words " * 20_000)))
        path = f"/api/v1/topics/{it.topic}/posts"
        plain = await it.http.get(path, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        async with it.http.stream("GET", path, headers={"Accept-Encoding": "br, gzip"}) as packed:
            raw = b"".join([piece async for piece in packed.aiter_raw()])
        assert packed.headers["content-encoding"] == "gzip"
        assert len(raw) < len(plain.content) // 10
        assert gzip.decompress(raw) == plain.content
        assert packed.headers["etag"] == plain.headers["etag"]
        assert "Accept-Encoding" in packed.headers["vary"]
        small = await it.http.get(f"/api/v1/topics/{it.topic}", headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in small.headers


async def test_a_reader_with_nothing_new_needs_one_small_answer(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        changes = (await it.get("changes")).json()
        assert [item["topic"] for item in changes["items"]] == [it.topic]
        nothing = await it.get("changes", params={"after": changes["after"]})
        assert nothing.json()["items"] == []
        assert len(nothing.content) < 300
        _, third = await it.behind("bob", Reply(it.topic, Body("More.")))
        (item,) = (await it.get("changes", params={"after": changes["after"]})).json()["items"]
        assert [post["id"] for post in item["posts"]] == [third]
        assert (await it.get("changes", params={"after": "other:1:"})).json()["reset"] is True


async def test_members_only_forums_and_boards(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna = await it.token("anna")
        secret = await it.store.house.add_board(BoardDraft(title="Inner", members_only=True))
        topic, post = await it.behind("anna", NewTopic(secret, "Hidden", Body("wrap")))
        assert [board["title"] for board in (await it.get("boards")).json()["items"]] == ["Hives"]
        assert len((await it.get("boards", anna)).json()["items"]) == 2
        for path in (f"topics/{topic}", f"topics/{topic}/posts", f"posts/{post}", f"topics?board={secret}"):
            check_problem(await it.get(path), 404, "missing")
            assert (await it.get(path, anna)).status_code == 200
        assert len((await it.get("search?q=wrap")).json()["items"]) == 1
        await it.store.house.set_policy(Policy(members_only=True))
        for path in [*TAGGED, "members/anna", "events"]:
            if path == "forum":
                assert (await it.get(path)).json()["title"] == "Bees"
                continue
            check_problem(await it.get(path), 401, "auth-required")
            if path != "events":
                assert (await it.get(path, anna)).status_code == 200, path


async def test_answers_are_text_whatever_was_written(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        anna = await it.token("anna")
        odd = '日本 \u202e \x1b[31m " \\ \u2028 é'
        await it.act(anna, "reply", topic=it.topic, body=text(odd))
        posts = (await it.get(f"topics/{it.topic}/posts")).json()["items"]
        assert posts[-1]["body"]["source"] == odd


def test_as_many_answers_are_kept_as_fit() -> None:
    kept = Kept(100_000)
    body = b"x" * 5000
    for number in range(50):
        kept.keep(number, Ready(body, 1))
        kept.keep("again", Ready(body, 1))
        assert kept.get("again", 1) is not None
    there = [number for number in range(50) if kept.get(number, 1)]
    assert there == list(range(50 - len(there), 50))
    assert 8 <= len(there) <= 100_000 // 5000
    assert kept.get(49, 2) is None  # of another version
    kept.keep("huge", Ready(b"x" * 20_000, 1))
    assert kept.get("huge", 1) is None
    assert kept.get(49, 1) is not None
