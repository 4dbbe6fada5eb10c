"""A Discourse site in memory over any store: small, and written from the documentation alone.

It hands out 30 topics and 20 posts at a time, as the real ones do, and paths with a wrong slug are redirected.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from forumtui.backends.web import Answer, Handler, Request
from forumtui.errors import AuthRequired, BackendError, Forbidden, Missing, Refused, Unreadable
from forumtui.forum.store import ForumStore
from forumtui.model import Action, Board, BoardId, Cursor, Listing, Post, PostId, Receipt, Topic, TopicId, Window

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
    """Answers requests as a guest gets them.  ``mega``: topics with so many posts tell no stream."""

    store: ForumStore
    mega: int = 10_000
    asked: list[Request] = field(default_factory=list)
    before: Callable[[Request], Awaitable[Answer | None]] | None = None
    """Asked first; what it answers takes the place of the answer."""
    change: Callable[[str, Any], Any] | None = None
    """What becomes of each answer, by its path."""
    numbers: dict[PostId, int | None] = field(default_factory=dict)
    """Of the posts that were shown."""

    async def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        instead = await self.before(request) if self.before is not None else None
        if instead is not None:
            return instead
        path = [unquote(part) for part in request.path.strip("/").removesuffix(".json").split("/")]
        asked = parse_qsl(urlsplit(request.url).query)
        try:
            answer = await self._get(path, dict(asked), [value for name, value in asked if name == "post_ids[]"])
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

    async def _get(self, path: list[str], asked: Mapping[str, str], ids: list[str]) -> Any:
        page = int(asked.get("page", 0))
        match path:
            case ["site", "basic-info"]:
                info = await self.store.info(None)
                return {"title": info.title, "description": info.tagline, "login_required": False}
            case ["categories"]:
                return {"category_list": {"can_create_topic": False, "categories": await self._categories()}}
            case ["latest" | "hot" | "top" as order]:
                return await self._list(Listing(), page, f"/{order}", asked)
            case ["c", *slugs, key, "l", "latest" | "hot" | "top" as order]:
                return await self._category(slugs, key, order, page, asked)
            case ["t", topic]:
                return await self._topic(topic, int(asked.get("post_number", 1)))
            case ["t", topic, "posts"]:
                return await self._posts(topic, asked, ids)
            case ["t", topic, number]:
                return await self._topic(topic, int(number))
            case ["posts", "by_number", topic, number]:
                return self._post(await self._numbered(topic, int(number)))
            case ["posts", post]:
                shown = await self.store.post(None, PostId(post))
                await self._all(shown.topic)
                return self._post(shown)
            case ["search"]:
                return await self._search(asked["q"], int(asked.get("page", 1)))
            case ["u", name]:
                member = await self.store.member(None, name)
                return {"user": {"id": 7, "username": member.name, "title": member.role, "bio_excerpt": member.about}}
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
        path = []
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

    async def _all(self, topic: str) -> list[Post]:
        posts = (await self.store.posts(None, TopicId(topic), Window(limit=100_000))).items
        self.numbers.update({post.id: post.number for post in posts})
        return list(posts)

    async def _numbered(self, topic: str, number: int) -> Post:
        for post in await self._all(topic):
            if post.number == number:
                return post
        raise Missing("The requested URL or resource could not be found.")

    async def _topic(self, topic: str, number: int) -> Any:
        head = await self.store.topic(None, TopicId(topic))
        posts = await self._all(topic)
        index = next((place for place, post in enumerate(posts) if (post.number or 0) >= number), len(posts) - 1)
        start = max(0, min(index - CHUNK // 4, len(posts) - CHUNK)) if index > 0 else 0
        names = [head.author.name] if head.author else []
        stream = {"stream": [int(post.id) for post in posts]} if len(posts) < self.mega else {}
        row = self._row(head, names)
        row["details"] = {
            "created_by": {"id": 1, "username": names[0]} if names else None,
            "notification_level": 1,
            "participants": [],
        }
        return {key: value for key, value in row.items() if key not in {"bumped", "posters", "bumped_at", "unseen"}} | {
            "post_stream": {"posts": [self._post(post) for post in posts[start : start + CHUNK]], **stream},
            "chunk_size": CHUNK,
            "bookmarked": False,
            **({} if stream else {"isMegaTopic": True, "lastId": int(posts[-1].id)}),
        }

    async def _posts(self, topic: str, asked: Mapping[str, str], ids: list[str]) -> Any:
        posts = await self._all(topic)
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
        return {"post_stream": {"posts": [self._post(post) for post in shown]}, "id": int(topic)}

    def _post(self, post: Post) -> dict[str, Any]:
        return {
            "id": int(post.id),
            "name": post.author.name if post.author else "",
            "username": post.author.name if post.author else "",
            "avatar_template": "/letter_avatar_proxy/{size}.png",
            "created_at": iso(post.created),
            "updated_at": iso(post.edited or post.created),
            "cooked": cooked(post.body.source) if post.body else "<p>(post deleted by author)</p>",
            "post_number": post.number,
            "post_type": 1,
            "reply_count": 0,
            "reply_to_post_number": self.numbers.get(post.parent) if post.parent else None,
            "yours": False,
            "topic_id": int(post.topic),
            "topic_slug": "topic",
            "version": 2 if post.edited else 1,
            **({} if post.likes is None else {"actions_summary": [{"id": 2, "count": post.likes}][: post.likes]}),
            "hidden": post.hidden,
            "deleted_at": None,
            "user_deleted": post.deleted,
            "moderator": False,
            "admin": False,
            "staff": False,
            "user_title": post.author.role if post.author else None,
        }

    async def _search(self, words: str, page: int) -> Any:
        query = words.removesuffix(" order:latest")
        hits = []
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


def cooked(source: str) -> str:
    """As the store has it, in one paragraph: what a site makes of Markdown is tried elsewhere."""
    return f"<p>{html.escape(source, quote=False)}</p>"


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json; charset=utf-8"})
