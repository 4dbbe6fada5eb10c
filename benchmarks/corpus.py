"""Made-up forums of any size: a small vocabulary, reply trees, quotes, code; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from forumtui.forum.store import ImportedBoard, ImportedPost, ImportedTopic
from forumtui.model import Body, Format, Millis

WORDS = [
    "leader",
    "team",
    "meeting",
    "trust",
    "plan",
    "goal",
    "review",
    "feedback",
    "listen",
    "decide",
    "change",
    "people",
    "practice",
    "question",
    "answer",
    "role",
    "vision",
    "delegate",
    "coach",
    "follow",
    "result",
    "influence",
    "morale",
    "culture",
    "manager",
    "value",
    "support",
    "clear",
    "honest",
    "short",
    "long",
    "term",
    "the",
    "of",
    "and",
    "to",
    "a",
    "in",
    "is",
    "it",
    "that",
    "for",
    "on",
    "with",
    "as",
    "we",
    "you",
    "they",
    "not",
    "but",
    "what",
    "when",
    "there",
    "can",
    "will",
    "would",
    "should",
    "about",
]
NAMES = [
    f"{first} {last}"
    for first in ["Anna", "Bill", "Chen", "Dina", "Erik", "Fatou", "Goran", "Hanna", "Ivo", "Jun"]
    for last in ["Berg", "Costa", "Diop", "Evans", "Fujita"]
]
BASE = 1_700_000_000_000


def sentence(rng: random.Random, words: int) -> str:
    """A line of made-up prose."""
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def body(rng: random.Random) -> Body:
    """About 500 characters: paragraphs, now and then a quote or code."""
    parts = [sentence(rng, rng.randint(12, 30)) for _ in range(rng.randint(2, 4))]
    chance = rng.random()
    if chance < 0.15:
        parts.insert(0, "> " + sentence(rng, 14))
    elif chance < 0.2:
        parts.append("```python\ndef trust(team):\n    return sum(team)\n```")
    return Body("\n\n".join(parts), Format.MARKDOWN)


def topic(number: int, posts: int, board: str, seed: int = 1) -> ImportedTopic:
    """Topic ``number`` with ``posts`` posts, a minute apart."""
    rng = random.Random(seed * 1_000_003 + number)
    start = BASE + number * 60_000
    made: list[ImportedPost] = []
    for n in range(posts):
        parent = None if n == 0 else f"b{number}-{rng.choice((0, max(0, n - 1), rng.randrange(n)))}"
        made.append(
            ImportedPost(
                origin=f"b{number}-{n}",
                subject=None,
                author=rng.choice(NAMES),
                role="Member",
                body=body(rng),
                created=Millis(start + n * 60_000),
                parent_origin=parent,
            )
        )
    return ImportedTopic(
        origin=f"b{number}",
        board_origin=board,
        title=f"{sentence(rng, 5)[:-1]} {number}",
        author=made[0].author,
        created=Millis(start),
        posts=made,
    )


def boards(count: int = 20) -> Sequence[ImportedBoard]:
    """Boards without children."""
    return [ImportedBoard(origin=f"board{n}", title=f"Board {n}") for n in range(count)]


def topics(count: int, posts: int, board_count: int = 20) -> Iterator[ImportedTopic]:
    """``count`` topics of ``posts`` posts over the boards."""
    for number in range(count):
        yield topic(number, posts, f"board{number % board_count}")
