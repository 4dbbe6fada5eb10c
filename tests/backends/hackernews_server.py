"""Hacker News in memory: its items over Firebase's interface, and the index of its search, which may lag behind."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from forumtui.backends.web import Answer, Request

JSON = {"content-type": "application/json; charset=utf-8"}
Items = Mapping[int, Mapping[str, Any]]


def found(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), JSON)


class HackerNewsServer:
    """``items``: those of the site as Firebase gives them, by id; ``lag``: how many of the newest the index does not know."""

    def __init__(self, items: Callable[[], Awaitable[Items]], *, lag: int = 0) -> None:
        self._read = items
        self.lag = lag
        self.tells_options = True
        self.asked: list[str] = []
        self.users: dict[str, Mapping[str, Any]] = {}
        self.lists: dict[str, list[int]] = {}
        """Lists by name; those that are not here are made of the items."""

    async def __call__(self, request: Request) -> Answer:
        self.asked.append(request.url)
        items = await self._read()
        if "firebaseio" in request.url:
            return self._firebase(items, request.path.removeprefix("/v0/").removesuffix(".json"))
        known = {each: items[each] for each in sorted(items)[: len(items) - self.lag]}
        return self._index(known, request.path.removeprefix("/api/v1/"), request.params)

    def _firebase(self, items: Items, path: str) -> Answer:
        what, _, name = path.partition("/")
        if what == "item":
            return found(items.get(int(name)))
        if what == "user":
            return found(self.users.get(unquote(name)))
        if what.endswith("stories"):
            return found(self._list(items, what.removesuffix("stories")))
        return found({"error": "Permission denied"}, 401)

    def _list(self, items: Items, name: str) -> list[int]:
        if name in self.lists:
            return self.lists[name]
        kinds = {"job": {"job"}, "new": {"story", "poll", "job"}}.get(name, {"story", "poll"})
        stories = [each for each, item in items.items() if item["type"] in kinds and not item.get("dead")]
        words = {"ask": "Ask HN", "show": "Show HN"}.get(name, "")
        stories = [each for each in stories if items[each].get("title", "").startswith(words)]
        by = (lambda each: items[each].get("score", 0)) if name in {"top", "best"} else (lambda each: each)
        return sorted(stories, key=by, reverse=True)[: 500 if name in {"top", "best", "new"} else 200]

    def _index(self, items: Items, path: str, params: Mapping[str, str]) -> Answer:
        what, _, name = path.partition("/")
        if what == "items":
            if int(name) not in items:
                return found({"status": 404, "error": "Not Found"}, 404)
            return found(self._below(items, int(name), _children(items)))
        per = int(params.get("hitsPerPage", 20))
        page = int(params.get("page", 0))
        tags = [set(group.strip("()").split(",")) for group in re.findall(r"\([^)]*\)", params.get("tags", ""))]
        words = params.get("query", "").casefold().split()
        kept = [each for each in sorted(items, reverse=True) if not _is_gone(items[each])]
        tagged = [each for each in kept if all(group & _tags(items, each) for group in tags)]
        hits = [hit for hit in (_hit(items, each) for each in tagged) if all(word in _words(hit) for word in words)]
        pages = min(-(-len(hits) // per), 1000 // per) if per else 0
        some = hits[page * per : (page + 1) * per]
        return found({"hits": some, "nbHits": len(hits), "page": page, "nbPages": pages, "hitsPerPage": per})

    def _below(self, items: Items, root: int, children: Mapping[int, list[int]]) -> Mapping[str, Any]:
        item = items[root]
        gone = _is_gone(item)
        return {
            "id": root,
            "created_at": _iso(item.get("time")),
            "created_at_i": item.get("time"),
            "type": item["type"],
            "author": None if gone else item.get("by"),
            "title": None if gone else item.get("title"),
            "url": None if gone else item.get("url"),
            "text": None if gone else item.get("text"),
            "points": item.get("score"),
            "parent_id": item.get("parent"),
            "story_id": _story(items, root),
            "options": [
                {"id": part, "text": items[part].get("text"), "points": items[part].get("score")}
                for part in item.get("parts", ())
                if self.tells_options
            ],
            "children": [self._below(items, each, children) for each in sorted(children.get(root, ()))],
        }


def _is_gone(item: Mapping[str, Any]) -> bool:
    return bool(item.get("deleted") or item.get("dead"))


def _children(items: Items) -> dict[int, list[int]]:
    below: dict[int, list[int]] = {}
    for each, item in items.items():
        if item["type"] == "comment":
            below.setdefault(item["parent"], []).append(each)
    return below


def _story(items: Items, each: int) -> int:
    seen = {each}
    while (above := items[each].get("parent", 0)) in items and above not in seen:
        seen.add(each := int(above))
    return each


def _tags(items: Items, each: int) -> set[str]:
    return {items[each]["type"], f"author_{items[each].get('by')}", f"story_{_story(items, each)}"}


def _hit(items: Items, each: int) -> dict[str, Any]:
    item = items[each]
    story = _story(items, each)
    is_comment = item["type"] == "comment"
    return {
        "objectID": str(each),
        "created_at": _iso(item.get("time")),
        "created_at_i": item.get("time"),
        "author": item.get("by"),
        "title": item.get("title"),
        "url": item.get("url"),
        "points": item.get("score"),
        "story_text": None if is_comment else item.get("text"),
        "comment_text": item.get("text") if is_comment else None,
        "num_comments": None if is_comment else item.get("descendants"),
        "story_id": story if is_comment else None,
        "story_title": items[story].get("title") if is_comment else None,
        "story_url": items[story].get("url") if is_comment else None,
        "parent_id": item.get("parent"),
        "_tags": sorted(_tags(items, each)),
    }


def _words(hit: Mapping[str, Any]) -> str:
    return " ".join(str(hit[name] or "") for name in ("title", "story_text", "comment_text")).casefold()


def _iso(time: int | None) -> str | None:
    return None if time is None else datetime.fromtimestamp(time, UTC).isoformat().replace("+00:00", ".000Z")
