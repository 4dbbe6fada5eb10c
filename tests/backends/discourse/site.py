"""A Discourse site in memory over any store: small, and written from the documentation alone.

It hands out 30 topics and 20 posts at a time, as the real ones do, and paths with a wrong slug are redirected.
"""

from __future__ import annotations

import html
import itertools
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from forumtui.backends.web import Answer, Handler, Request
from forumtui.errors import AuthRequired, BackendError, Forbidden, Missing, Refused, Unreadable
from forumtui.forum.store import ForumStore
from forumtui.model import (
    Ability,
    Act,
    Action,
    Board,
    BoardId,
    Body,
    Can,
    Cursor,
    Delete,
    Edit,
    Hit,
    Like,
    Listing,
    NewTopic,
    Post,
    PostId,
    Receipt,
    Reply,
    Topic,
    TopicId,
    Window,
)

PER_PAGE = 30
CHUNK = 20
STATUS: dict[type[BackendError], tuple[int, str]] = {
    AuthRequired: (403, "not_logged_in"),
    Forbidden: (403, "invalid_access"),
    Missing: (404, "not_found"),
    Refused: (422, "invalid_parameters"),
    Unreadable: (400, "invalid_parameters"),
}


def iso(time: int | None) -> str | None:
    return (
        None if time is None else datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds")[:23] + "Z"
    )


def slug_of(title: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", title.lower())) or "topic"


@dataclass
class NamedByNumber:
    """A store whose posts are called TOPIC/NUMBER, as the backend calls those of a site."""

    store: ForumStore

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def perform(self, me: str, action: Action) -> Receipt:
        act: Any = action.act
        names = {part.name for part in fields(act)} & {"post", "parent"}
        inner = {name: await self._inner(value) for name in names if (value := getattr(act, name)) is not None}
        receipt = await self.store.perform(me, Action(action.key, replace(act, **inner)))
        if receipt.post is None or receipt.topic is None:
            return receipt
        post = await self.store.post(me, receipt.post)
        return replace(receipt, post=PostId(f"{receipt.topic}/{post.number}"))

    async def _inner(self, name: str) -> PostId:
        topic, _, number = name.partition("/")
        posts = await self.store.posts("somebody", TopicId(topic), Window(limit=10_000))
        return next(post.id for post in posts.items if str(post.number) == number)


@dataclass
class Site:
    """Answers requests; a member's key is ``key-of-NAME``.  ``mega``: topics with so many posts tell no stream.

    ``alike``: whether the same text by the same member is refused for five minutes, as on real sites.
    """

    store: ForumStore
    alike: bool = False
    mega: int = 10_000
    asked: list[Request] = field(default_factory=list)
    before: Callable[[Request], Awaitable[Answer | None]] | None = None
    """Asked first; what it answers takes the place of the answer."""
    change: Callable[[str, Any], Any] | None = None
    """What becomes of each answer, by its path."""
    numbers: dict[PostId, int | None] = field(default_factory=dict)
    """Of the posts that were shown."""

    acts: itertools.count[int] = field(default_factory=itertools.count)
    revoked: set[str] = field(default_factory=set)
    """Members whose keys are good no longer."""
    now: Callable[[], float] = time.time
    """Seconds since 1970."""
    notices: list[dict[str, Any]] = field(default_factory=list)
    """What it tells members, newest first."""
    recent: list[tuple[float, str, str]] = field(default_factory=list)
    """When who wrote what."""
    approves: bool = False
    """Whether moderators look at what is written first."""
    pending: list[tuple[float, str, NewTopic | Reply]] = field(default_factory=list)
    """What they have not seen to yet: since when, by whom."""

    async def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        instead = await self.before(request) if self.before is not None else None
        if instead is not None:
            return instead
        path = [unquote(part) for part in request.path.strip("/").removesuffix(".json").split("/")]
        asked = parse_qsl(urlsplit(request.url).query)
        try:
            me = self._who(request)
            self.raw = ("include_raw", "true") in asked
            if request.method == "GET":
                answer = await self._get(
                    me, path, dict(asked), [value for name, value in asked if name == "post_ids[]"]
                )
            else:
                body = json.loads(request.content)
                answer = await self._act(_known(me), request.method, path, body | dict(asked))
        except BackendError as error:
            status, kind = STATUS[type(error)]
            return _json({"errors": [str(error)], "error_type": kind}, status)
        if isinstance(answer, Answer):
            return answer
        if self.change is not None:
            answer = self.change("/".join(path), answer)
        return _json(answer)

    def below(self, folder: str) -> Handler:
        """The same site in a folder."""

        async def handle(request: Request) -> Answer:
            where = request.url.replace(folder, "", 1)
            answer = await self(replace(request, url=where))
            moved = answer.headers.get("location")
            return answer if moved is None else replace(answer, headers={"location": folder + moved})

        return handle

    raw: bool = False

    def _who(self, request: Request) -> str | None:
        key = request.headers.get("user-api-key")
        if key is None:
            return None
        me = key.removeprefix("key-of-")
        if me in self.revoked:
            raise Forbidden("You are not permitted to view the requested resource.")
        return me

    async def _get(self, me: str | None, path: list[str], asked: Mapping[str, str], ids: list[str]) -> Any:
        page = int(asked.get("page", 0))
        match path:
            case ["site", "basic-info"]:
                info = await self.store.info(None)
                return {
                    "title": info.title,
                    "description": info.tagline,
                    "logo_url": "/logo.png",
                    "login_required": False,
                }
            case ["categories"]:
                return {"category_list": {"can_create_topic": False, "categories": await self._categories()}}
            case ["latest" | "hot" | "top" | "unread" as order]:
                return await self._list(Listing(), page, f"/{order}", asked)
            case ["c", *slugs, key, "l", "latest" | "hot" | "top" | "unread" as order]:
                return await self._category(slugs, key, order, page, asked)
            case ["session", "current"]:
                return {"current_user": {"id": 7, "username": _known(me)}}
            case ["posts"]:
                return {"latest_posts": await self._latest(me)}
            case ["user_actions"]:
                return {"user_actions": [self._action(post) for post in await self._latest(me) if post["yours"]]}
            case ["topics", "private-messages", _]:
                return {"users": [], "topic_list": {"topics": []}}
            case ["topics", "created-by", name]:
                return await self._created_by(name)
            case ["search"]:
                return await self._search(asked["q"], int(asked.get("page", 1)))
            case ["u", name]:
                member = await self.store.member(None, name)
                return {"user": {"id": 7, "username": member.name, "title": member.role, "bio_excerpt": member.about}}
        return await self._get_posts(me, path, asked, ids)

    async def _get_posts(self, me: str | None, path: list[str], asked: Mapping[str, str], ids: list[str]) -> Any:
        match path:
            case ["notifications"]:
                assert asked["silent"] == "true"
                return {"notifications": self.notices}
            case ["t", topic]:
                return await self._topic(me, topic, int(asked.get("post_number", 1)))
            case ["t", topic, "posts"]:
                return await self._posts(me, topic, asked, ids)
            case ["t", topic, number]:
                return await self._topic(me, topic, int(number))
            case ["posts", "by_number", topic, number]:
                return await self._post(me, await self._numbered(me, topic, int(number)), raw=True)
            case ["posts", name, "pending"]:
                return {"pending_posts": [self._pending(row) for row in self.pending if name.lower() == row[1] == me]}
            case ["posts", post]:
                shown = await self.store.post(me, PostId(post))
                await self._all(me, shown.topic)
                return await self._post(me, shown, raw=True)
        raise Missing("The requested URL or resource could not be found.")

    # -- boards and lists

    async def _categories(self) -> list[dict[str, Any]]:
        boards = await self.store.boards(None)

        def row(board: Board) -> dict[str, Any]:
            below = [row(other) for other in boards if other.parent == board.id]
            return {
                "id": int(board.id),
                "name": board.title,
                "slug": slug_of(board.title),
                "description_text": board.description,
                "description": f"<p>{html.escape(board.description)}</p>",
                "topic_count": board.topics,
                "position": board.position,
                "permission": None,
                "read_restricted": False,
                **({"parent_category_id": int(board.parent)} if board.parent else {}),
                "subcategory_list": below or None,
                "subcategory_ids": [other["id"] for other in below],
            }

        return [row(board) for board in boards if board.parent is None]

    async def _category(self, slugs: list[str], key: str, order: str, page: int, asked: Mapping[str, str]) -> Any:
        boards = {board.id: board for board in await self.store.boards(None)}
        board = boards.get(BoardId(key))
        if board is None:
            raise Missing("The requested URL or resource could not be found.")
        path: list[str] = []
        above: Board | None = board
        while above is not None:
            path.insert(0, slug_of(above.title))
            above = boards.get(above.parent) if above.parent else None
        if slugs != path:
            return Answer(301, headers={"location": f"/c/{'/'.join(path)}/{key}/l/{order}.json?page={page}"})
        return await self._list(Listing(board=board.id), page, f"/c/{'/'.join(path)}/{key}/l/{order}", asked)

    async def _list(self, listing: Listing, page: int, path: str, asked: Mapping[str, str]) -> Any:
        topics: list[Topic] = []
        after: Cursor | None = None
        while True:
            found = await self.store.topics(None, listing, after, 200)
            topics += found.items
            after = found.after
            if after is None:
                break
        if asked.get("order") == "created":
            topics.sort(key=lambda topic: int(topic.id), reverse=True)
        shown = topics[page * PER_PAGE :][:PER_PAGE]
        names = sorted({topic.author.name for topic in shown if topic.author})
        more = len(shown) == PER_PAGE
        return {
            "users": [{"id": number, "username": name, "name": name} for number, name in enumerate(names, 1)],
            "primary_groups": [],
            "topic_list": {
                "can_create_topic": False,
                "per_page": PER_PAGE,
                **({"more_topics_url": f"{path}?no_definitions=true&page={page + 1}"} if more else {}),
                "topics": [self._row(topic, names) for topic in shown],
            },
        }

    def _row(self, topic: Topic, names: list[str]) -> dict[str, Any]:
        by = None if topic.author is None else names.index(topic.author.name) + 1
        return {
            "id": int(topic.id),
            "title": topic.title,
            "fancy_title": html.escape(topic.title),
            "slug": slug_of(topic.title),
            "posts_count": topic.posts,
            "reply_count": 0,
            "highest_post_number": topic.posts,
            "created_at": iso(topic.created),
            "last_posted_at": iso(topic.last_post),
            "bumped": True,
            "bumped_at": iso(topic.last_post),
            "archetype": "regular",
            "unseen": False,
            "pinned": topic.pinned,
            "visible": True,
            "closed": topic.closed,
            "archived": False,
            "views": 3,
            "like_count": 0,
            "category_id": int(topic.board),
            "tags": [{"id": 1, "name": tag, "slug": tag} for tag in topic.tags],
            "posters": [{"extras": None, "description": "Original Poster", "user_id": by}],
        }

    # -- posts

    async def _all(self, me: str | None, topic: str) -> list[Post]:
        posts = (await self.store.posts(me, TopicId(topic), Window(limit=100_000))).items
        self.numbers.update({post.id: post.number for post in posts})
        return list(posts)

    async def _numbered(self, me: str | None, topic: str, number: int) -> Post:
        for post in await self._all(me, topic):
            if post.number == number:
                return post
        raise Missing("The requested URL or resource could not be found.")

    async def _topic(self, me: str | None, topic: str, number: int) -> Any:
        head = await self.store.topic(None, TopicId(topic))
        posts = await self._all(me, topic)
        index = next((place for place, post in enumerate(posts) if (post.number or 0) >= number), len(posts) - 1)
        start = max(0, min(index - CHUNK // 4, len(posts) - CHUNK)) if index > 0 else 0
        names = [head.author.name] if head.author else []
        stream = {"stream": [int(post.id) for post in posts]} if len(posts) < self.mega else {}
        row = self._row(head, names)
        row["details"] = {
            "created_by": {"id": 1, "username": names[0]} if names else None,
            "notification_level": 1,
            "participants": [],
            **({"can_create_post": True} if await self._may(me, Ability.REPLY, head.can, head) else {}),
        }
        return {key: value for key, value in row.items() if key not in {"bumped", "posters", "bumped_at", "unseen"}} | {
            "post_stream": {"posts": [await self._post(me, post) for post in posts[start : start + CHUNK]], **stream},
            "chunk_size": CHUNK,
            "bookmarked": False,
            **({} if stream else {"isMegaTopic": True, "lastId": int(posts[-1].id)}),
        }

    async def _posts(self, me: str | None, topic: str, asked: Mapping[str, str], ids: list[str]) -> Any:
        posts = await self._all(me, topic)
        if ids:
            shown = [post for post in posts if post.id in ids]
        elif "post_number" in asked:
            edge = int(asked["post_number"])
            if asked.get("asc"):
                shown = [post for post in posts if (post.number or 0) > edge][:CHUNK]
            else:
                shown = [post for post in reversed(posts) if (post.number or 0) < edge][:CHUNK]
        else:
            shown = posts[:CHUNK]
        return {"post_stream": {"posts": [await self._post(me, post) for post in shown]}, "id": int(topic)}

    async def _may(self, me: str | None, ability: Ability, can: Can, topic: Topic) -> bool:
        board = next(board for board in await self.store.boards(me) if board.id == topic.board)
        info = await self.store.info(me)
        return can.over(topic.can).over(board.can).over(info.can).refusal(ability) is None

    async def _post(self, me: str | None, post: Post, *, raw: bool = False) -> dict[str, Any]:
        topic = await self.store.topic(me, post.topic)
        may = {ability: await self._may(me, ability, post.can, topic) for ability in Ability}
        like: dict[str, Any] = {"id": 2, "count": post.likes, "acted": post.liked}
        like |= {"can_undo" if post.liked else "can_act": may[Ability.LIKE]}
        return {
            "id": int(post.id),
            "name": post.author.name if post.author else "",
            "username": post.author.name if post.author else "",
            "avatar_template": "/letter_avatar_proxy/{size}.png",
            "created_at": iso(post.created),
            "updated_at": iso(post.edited or post.created),
            "cooked": cooked(post.body.source) if post.body else "<p>(post deleted by author)</p>",
            **({"raw": post.body.source} if post.body and (raw or self.raw) else {}),
            "post_number": post.number,
            "post_type": 1,
            "reply_count": 0,
            "reply_to_post_number": self.numbers.get(post.parent) if post.parent else None,
            "yours": post.author is not None and post.author.name == me,
            "topic_id": int(post.topic),
            "topic_slug": "topic",
            "version": 2 if post.edited else 1,
            **({} if post.likes is None and me is None else {"actions_summary": [like]}),
            "can_edit": may[Ability.EDIT],
            "can_delete": may[Ability.DELETE],
            "hidden": post.hidden,
            **({"cooked_hidden": True} if post.hidden and post.body is None else {}),
            "deleted_at": None,
            "user_deleted": post.deleted,
            "moderator": False,
            "admin": False,
            "staff": False,
            "user_title": post.author.role if post.author else None,
        }

    # -- what members do

    async def _act(self, me: str, method: str, path: list[str], body: Mapping[str, Any]) -> Any:
        match method, path:
            case "PUT", ["notifications", "mark-read"]:
                for row in self.notices:
                    row["read"] = row["read"] or row["id"] == body.get("id", row["id"])
                return {"success": "OK"}
            case "POST", ["posts"]:
                return await self._create(me, body)
            case "PUT", ["posts", post]:
                old = await self.store.post(me, PostId(post))
                if old.body is not None and old.body.source != body["post"]["original_text"]:
                    return _json({"errors": ["Somebody edited this post."]}, 409)
                await self._do(me, Edit(old.topic, old.id, Body(body["post"]["raw"])))
                return {"post": await self._post(me, await self.store.post(me, old.id), raw=True)}
            case "DELETE", ["posts", post]:
                await self._do(me, Delete((await self.store.post(me, PostId(post))).topic, PostId(post)))
                return Answer(200)
            case "POST", ["post_actions"]:
                return await self._like(me, str(body["id"]), on=True)
            case "DELETE", ["post_actions", post]:
                return await self._like(me, post, on=False)
        raise Missing("The requested URL or resource could not be found.")

    async def _create(self, me: str, body: Mapping[str, Any]) -> Any:
        text = Body(body["raw"])
        assert body["typing_duration_msecs"] > 3000
        assert body["nested_post"] is True
        if self.alike and any(
            (who, what) == (me, text.source) and self.now() - when < 300 for when, who, what in self.recent
        ):
            return _json({"action": "create_post", "errors": ["Body is too similar to what you recently posted"]}, 422)
        if "topic_id" in body:
            topic = TopicId(str(body["topic_id"]))
            number = body.get("reply_to_post_number")
            parent = None if number is None else (await self._numbered(me, topic, number)).id
            act: NewTopic | Reply = Reply(topic, text, parent)
        else:
            act = NewTopic(BoardId(str(body["category"])), body["title"], text, tuple(body.get("tags", ())))
        if self.approves:
            self.pending.append((self.now(), me, act))
        receipt = Receipt("held") if self.approves else await self._do(me, act)
        if receipt.post is None:
            return {"success": True, "action": "enqueued", "pending_post": {"id": 1, "raw": text.source}}
        self.recent.append((self.now(), me, text.source))
        made = await self._post(me, await self.store.post(me, receipt.post), raw=True)
        return {"success": True, "action": "create_post", "post": made}

    def _pending(self, row: tuple[float, str, NewTopic | Reply]) -> dict[str, Any]:
        since, me, act = row
        where = (
            {"topic_id": int(act.topic), "title": "The topic's own"}
            if isinstance(act, Reply)
            else {"category_id": int(act.board), "topic_id": None, "title": act.subject}
        )
        made = {"id": 1, "created_at": iso(int(since * 1000)), "username": me, "raw_text": act.body.source}
        return made | where

    async def approve(self) -> None:
        """Publish what waits for the moderators."""
        waiting, self.pending = self.pending, []
        for _, me, act in waiting:
            await self._do(me, act)

    async def _like(self, me: str, post: str, *, on: bool) -> Any:
        found = await self.store.post(me, PostId(post))
        if found.liked is on:
            raise (
                Forbidden("You can't do that.") if on else Missing("The requested URL or resource could not be found.")
            )
        await self._do(me, Like(found.topic, found.id, on))
        return await self._post(me, await self.store.post(me, found.id))

    async def _do(self, me: str, act: Act) -> Receipt:
        return await self.store.perform(me, Action(f"site-{next(self.acts)}", act))

    async def _latest(self, me: str | None) -> list[dict[str, Any]]:
        """The newest 50 posts of all topics."""
        found: list[Post] = []
        for topic in (await self.store.topics(me, Listing(), None, 10_000)).items:
            found += await self._all(me, topic.id)
        found.sort(key=lambda post: int(post.id), reverse=True)
        return [await self._post(me, post, raw=True) for post in found[:50]]

    def _action(self, post: Mapping[str, Any]) -> dict[str, Any]:
        return {name: post[name] for name in ("topic_id", "post_number", "created_at")} | {"excerpt": post["cooked"]}

    async def _created_by(self, name: str) -> Any:
        topics = (await self.store.topics(name, Listing(), None, 10_000)).items
        mine = [topic for topic in topics if topic.author and topic.author.name == name]
        return {"users": [], "topic_list": {"topics": [self._row(topic, [name]) for topic in mine]}}

    # -- searching

    async def _search(self, words: str, page: int) -> Any:
        query = words.removesuffix(" order:latest")
        hits: list[Hit] = []
        after: Cursor | None = None
        while True:
            found = await self.store.search(None, query, after, 200)
            hits += found.items
            after = found.after
            if after is None:
                break
        shown = hits[(page - 1) * 50 :][:50]
        topics = {
            hit.topic.id: self._row(hit.topic, [hit.topic.author.name] if hit.topic.author else []) for hit in shown
        }
        return {
            "posts": [
                {
                    "id": int(hit.post.id),
                    "username": hit.post.author.name if hit.post.author else None,
                    "created_at": iso(hit.post.created),
                    "like_count": 0,
                    "blurb": hit.post.body.source[:200] if hit.post.body else "",
                    "post_number": hit.post.number,
                    "topic_id": int(hit.post.topic),
                }
                for hit in shown
            ],
            "topics": list(topics.values()),
            "users": [],
            "grouped_search_result": {"term": query, "more_full_page_results": len(hits) > page * 50 or None},
        }


def _known(me: str | None) -> str:
    if me is None:
        raise AuthRequired("You need to be logged in to do that.")
    return me


def cooked(source: str) -> str:
    """As the store has it, in one paragraph: what a site makes of Markdown is tried elsewhere."""
    return f"<p>{html.escape(source, quote=False)}</p>"


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json; charset=utf-8"})
