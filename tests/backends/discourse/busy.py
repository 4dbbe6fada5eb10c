"""A Discourse site with many topics, on which members post all day: in memory, quick, and with a limit that it keeps itself.

It has the shapes of `tests.backends.discourse.site`, and no more of them than reading asks for.
"""

from __future__ import annotations

import json
import random
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.backends.discourse.site import CHUNK, PER_PAGE, iso

from forumtui.backends.web import Answer, Request

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
A_DAY = 2880
"""Requests that it takes of a key."""
WORDS = ["mesh", "seal", "vent", "router", "battery", "flash", "kernel", "patch"]
WORDS += ["log", "cable", "sensor", "board", "relay", "fuse", "solder", "test"]


@dataclass
class Row:
    """A topic; times are ms UTC."""

    id: int
    category: int
    created: int
    bumped: int
    posts: int


@dataclass
class Asked:
    """A request, and what became of it."""

    at: int
    path: str
    status: int


class BusySite:
    """``now``: ms UTC.  Members write ``posts_a_day``, each twentieth a new topic, most in what was bumped lately."""

    def __init__(
        self,
        now: Callable[[], int],
        *,
        categories: int = 50,
        topics: int = 20_000,
        posts_a_day: int = 6000,
        most: int = 20,
        seed: int = 1,
    ) -> None:
        self._now = now
        self._chance = random.Random(seed)
        self._most = most
        self.categories = categories
        self.rows: OrderedDict[int, Row] = OrderedDict()
        self.asked: list[Asked] = []
        self.looks: list[int] = []
        """When the first page of the latest was asked for."""
        self.bumped: dict[int, Row] = {}
        """What members wrote in since the start."""
        self._counted: deque[int] = deque(maxlen=A_DAY)
        self._a_day = posts_a_day
        start = now()
        ages = sorted((self._chance.expovariate(1 / (200 * DAY)) for _ in range(topics)), reverse=True)
        for number, age in enumerate(ages, 1):
            bumped = start - int(age) - 1
            posts = 1 + min(400, int(self._chance.paretovariate(0.9)) * 2)
            created = bumped - int(self._chance.expovariate(1 / (5 * DAY)))
            self.rows[number] = Row(number, 1 + number % categories, created, bumped, posts)
        self.next_post = start

    # -- its members

    def live_until(self, time: int) -> None:
        """Whatever is written by then."""
        while self.next_post <= time:
            self._write(self.next_post)
            hour = self.next_post // (60 * MINUTE) % 24
            rate = self._a_day / DAY * (1.7 if 8 <= hour < 22 else 0.3)
            self.next_post += 1 + int(self._chance.expovariate(rate))

    def _write(self, time: int) -> None:
        kind = self._chance.random()
        if kind < 0.05:
            number = max(self.rows) + 1
            row = Row(number, 1 + number % self.categories, time, time, 0)
        elif kind < 0.15:
            row = self.rows[self._chance.randint(1, len(self.rows))]
        else:
            back = min(len(self.rows) - 1, int(self._chance.expovariate(1 / 60)))
            row = self.rows[next(islice(reversed(self.rows), back, None))]
        row.posts += 1
        row.bumped = time
        self.rows[row.id] = row
        self.rows.move_to_end(row.id)
        self.bumped[row.id] = row

    # -- its answers

    async def __call__(self, request: Request) -> Answer:
        path = request.path.strip("/").removesuffix(".json")
        answer = self._limited() or self._answer(path, parse_qsl(urlsplit(request.url).query))
        self.asked.append(Asked(self._now(), path, answer.status))
        return answer

    def _limited(self) -> Answer | None:
        """So many requests in a minute that slides, and in a day."""
        now = self._now()
        for most, span in ((self._most, MINUTE), (A_DAY, DAY)):
            if len(self._counted) >= most and (wait := self._counted[-most] + span - now) > 0:
                return Answer(429, b'{"errors": ["Slow down"]}', {"retry-after": str(1 + wait // 1000)})
        self._counted.append(now)
        return None

    def _answer(self, path: str, asked: list[tuple[str, str]]) -> Answer:
        params = dict(asked)
        match path.split("/"):
            case ["site", "basic-info"]:
                return _json({"title": "Busy Talk", "description": "All day", "login_required": False})
            case ["categories"]:
                return _json({"category_list": {"categories": [self._category(n + 1) for n in range(self.categories)]}})
            case ["latest"]:
                if "page" not in params:
                    self.looks.append(self._now())
                return _json(self._list(int(params.get("page", 0))))
            case ["t", topic]:
                return _json(self._topic(self.rows[int(topic)], 1))
            case ["t", topic, "posts"]:
                ids = [int(value) for name, value in asked if name == "post_ids[]"]
                return _json({"post_stream": {"posts": self._some(self.rows[int(topic)], ids, params)}})
            case ["t", topic, number]:
                return _json(self._topic(self.rows[int(topic)], int(number)))
        return _json({"errors": ["The requested URL or resource could not be found."]}, 404)

    def _category(self, number: int) -> dict[str, Any]:
        return {"id": number, "name": f"Category {number}", "slug": f"category-{number}", "position": number}

    def _list(self, page: int) -> dict[str, Any]:
        shown = [self.rows[key] for key in islice(reversed(self.rows), page * PER_PAGE, (page + 1) * PER_PAGE)]
        more = {"more_topics_url": f"/latest?page={page + 1}"} if len(shown) == PER_PAGE else {}
        users = [{"id": number, "username": f"member{number}"} for number in range(30)]
        return {"users": users, "topic_list": {"per_page": PER_PAGE, **more, "topics": list(map(self._head, shown))}}

    def _head(self, row: Row) -> dict[str, Any]:
        return {
            "id": row.id,
            "title": f"About the {WORDS[row.id % 16]} and the {WORDS[row.id // 16 % 16]}",
            "slug": "about",
            "posts_count": row.posts,
            "highest_post_number": row.posts,
            "created_at": iso(row.created),
            "last_posted_at": iso(row.bumped),
            "bumped_at": iso(row.bumped),
            "archetype": "regular",
            "pinned": False,
            "closed": False,
            "archived": False,
            "category_id": row.category,
            "tags": [],
            "posters": [{"description": "Original Poster", "user_id": row.id % 30}],
        }

    def _topic(self, row: Row, number: int) -> dict[str, Any]:
        start = max(1, min(number - CHUNK // 4, row.posts - CHUNK + 1))
        posts = [self._post(row, each) for each in range(start, min(start + CHUNK, row.posts + 1))]
        stream = [_id(row, each) for each in range(1, row.posts + 1)]
        details = {"created_by": {"id": 1, "username": f"member{row.id % 30}"}, "can_create_post": True}
        return {**self._head(row), "details": details, "post_stream": {"posts": posts, "stream": stream}}

    def _some(self, row: Row, ids: list[int], params: dict[str, str]) -> list[dict[str, Any]]:
        if ids:
            return [self._post(row, each % 100_000) for each in ids]
        edge = int(params.get("post_number", 0))
        numbers = range(edge + 1, edge + CHUNK + 1) if params.get("asc") else range(edge - 1, edge - CHUNK - 1, -1)
        return [self._post(row, each) for each in numbers if 1 <= each <= row.posts]

    def _post(self, row: Row, number: int) -> dict[str, Any]:
        words = random.Random(row.id * 1000 + number)
        raw = " ".join(words.choices(WORDS, k=words.randint(10, 120))).capitalize() + "."
        passed = (row.bumped - row.created) * number // max(1, row.posts)
        return {
            "id": _id(row, number),
            "username": f"member{(row.id + number) % 30}",
            "created_at": iso(row.created + passed),
            "updated_at": iso(row.created + passed),
            "cooked": f"<p>{raw}</p>",
            "raw": raw,
            "post_number": number,
            "post_type": 1,
            "topic_id": row.id,
            "version": 1,
            "actions_summary": [{"id": 2, "count": number % 3, "can_act": True}],
        }

    # -- what it counted

    def most_in_a_minute(self) -> int:
        """Of all requests, those that it refused as well."""
        window: deque[int] = deque()
        most = 0
        for each in self.asked:
            window.append(each.at)
            while window[0] <= each.at - MINUTE:
                window.popleft()
            most = max(most, len(window))
        return most

    def kinds(self) -> Counter[str]:
        """Requests by the first part of their path."""
        return Counter(each.path.split("/")[0] for each in self.asked)


def _id(row: Row, number: int) -> int:
    return row.id * 100_000 + number


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json; charset=utf-8"})
