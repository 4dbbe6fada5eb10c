"""The sample forum's texts, read from their folder.

``forum.toml`` has the forum's fields, members and boards, ``pages/`` the forum's own pages, and ``topics/``
a file a topic::

    # Title of the topic
    board: key of the board
    started: 9d 4h ago               (or "undated")
    tags: one, two                   (also "pinned: yes", "closed: yes")

    @@ Name of the author, likes 3
    Text in Markdown.

    @@ Another author, +1h 20m, to 1, best practice
    Subject: only where it differs from the one before
    Text.

``+`` is the time since the post before, ``to`` the number of the post that is answered; ``deleted``, or the
words of a mark, say what became of the post.  A topic of one-liners has ``newest:`` and ``every:`` instead of
``started:``, and a line "First name: text" for each post.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable

from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ImportedBoard, ImportedForum, ImportedPost, ImportedTopic
from forumtui.model import Body, Mark, Millis
from forumtui.text.mentions import find_mentions

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000}
_DURATION = re.compile(r"(\d+)([dhm])")
_POST = re.compile(r"^@@ (.*[^@\n])\n", re.MULTILINE)
_MARKS = {mark.words: mark for mark in Mark}
_UNEVEN = (0, 47, -95, 130, -20, 71, -144, 12, 160, -61)
"""Minutes by which one-liners miss their hour, in turn: people are no clocks."""


class NotationError(ValueError):
    """A text of the sample breaks the notation; says which and where."""


def forum_of(fields: Mapping[str, str], pages: Sequence[str], folder: Traversable) -> ImportedForum:
    """The forum's own fields and its pages."""
    texts = [(slug, (folder / "pages" / f"{slug}.md").read_text(encoding="utf-8")) for slug in pages]
    parts = [(slug, *text.removeprefix("# ").split("\n", 1)) for slug, text in texts]
    return ImportedForum(
        title=fields["title"],
        tagline=fields["tagline"],
        notice=fields["notice"],
        version=fields["version"],
        updated=fields["updated"],
        pages=[(slug, title, Body(text.strip())) for slug, title, text in parts],
    )


def boards_of(tables: Sequence[Mapping[str, object]]) -> list[ImportedBoard]:
    """The boards, in their order."""
    boards = []
    for position, table in enumerate(tables):
        links = table.get("links", [])
        assert isinstance(links, list)
        draft = BoardDraft(
            title=str(table["title"]),
            description=str(table.get("description", "")),
            leader=str(table.get("leader", "")),
            leader_wanted=bool(table.get("wanted", False)),
            links=[(link["title"], link["url"]) for link in links],
            further_study=str(table.get("further_study", "")),
            notice=str(table.get("notice", "")),
            position=position,
        )
        parent = f"sample:{table['parent']}" if "parent" in table else None
        boards.append(ImportedBoard(f"sample:{table['key']}", str(table["title"]), parent, draft))
    return boards


class Topics:
    """Reads topics.  ``now`` is when the sample is built; ``roles`` are the members'."""

    def __init__(self, now: Millis, roles: Mapping[str, str]) -> None:
        self._now = now
        self._roles = roles
        self._by_first_name = {name.split()[0]: name for name in roles}

    def read(self, name: str, text: str) -> ImportedTopic:
        """The topic in a file.  Raises `NotationError`."""
        head, _, rest = text.partition("\n\n")
        title, *lines = head.removeprefix("# ").split("\n")
        fields = dict(line.split(": ", 1) for line in lines)
        posts = self._lines(name, fields, rest) if "every" in fields else self._posts(name, fields, rest)
        return ImportedTopic(
            origin=f"sample:{name}",
            board_origin=f"sample:{fields['board']}",
            title=title,
            author=posts[0].author,
            created=posts[0].created,
            pinned=fields.get("pinned") == "yes",
            closed=fields.get("closed") == "yes",
            tags=tuple(fields.get("tags", "").split(", ")) if "tags" in fields else (),
            posts=posts,
        )

    def _posts(self, name: str, fields: Mapping[str, str], rest: str) -> list[ImportedPost]:
        time = None if fields["started"] == "undated" else self._now - _duration(fields["started"])
        posts: list[ImportedPost] = []
        parts = _POST.split(rest)[1:]
        subject = None
        for options, body in zip(parts[::2], parts[1::2], strict=True):
            author, *rest_of_line = options.split(", ")
            text = body.strip()
            if text.startswith("Subject: "):
                line, _, text = text.partition("\n")
                subject = line.removeprefix("Subject: ")
            said = _Options(rest_of_line, f"{name}, post {len(posts) + 1}")
            time = None if time is None else time + said.later
            deleted = "deleted" in said.words
            posts.append(
                ImportedPost(
                    origin=f"sample:{name}:{len(posts) + 1}",
                    subject=subject,
                    author=None if deleted else author,
                    role=None if deleted else self._role(author),
                    body=None if deleted else Body(text),
                    created=None if time is None else Millis(time),
                    parent_origin=f"sample:{name}:{said.to}" if said.to else None,
                    marks=said.marks,
                    likes=said.likes,
                    deleted=deleted,
                    mentions=find_mentions(text, self._roles.keys()),
                )
            )
        if not posts or (time is not None and time >= self._now):
            raise NotationError(f"{name}: no posts, or the last one is not over yet")
        return posts

    def _lines(self, name: str, fields: Mapping[str, str], rest: str) -> list[ImportedPost]:
        """One-liners, counted back from the newest."""
        said = [line.split(": ", 1) for line in rest.strip().split("\n")]
        newest, every = self._now - _duration(fields["newest"]), _duration(fields["every"])
        posts = []
        for number, (first_name, text) in enumerate(said, 1):
            author = self._by_first_name[first_name]
            back = len(said) - number
            time = newest - back * every + (_UNEVEN[back % len(_UNEVEN)] * _UNITS["m"])
            posts.append(
                ImportedPost(
                    origin=f"sample:{name}:{number}",
                    subject=None,
                    author=author,
                    role=self._role(author),
                    body=Body(text),
                    created=Millis(time),
                    likes=0,
                )
            )
        return posts

    def _role(self, author: str) -> str:
        return self._roles.get(author, "Member")


class _Options:
    """What stands behind an author's name."""

    def __init__(self, words: Sequence[str], place: str) -> None:
        self.words = set(words)
        self.later = 0
        self.to = 0
        self.likes = 0
        for word in words:
            kind, _, number = word.partition(" ")
            if word.startswith("+"):
                self.later = _duration(word)
            elif kind in {"to", "likes"}:
                setattr(self, kind, int(number))
            elif word not in _MARKS and word != "deleted":
                raise NotationError(f"{place}: {word!r} means nothing")
        self.marks = frozenset(_MARKS[word] for word in words if word in _MARKS)


def _duration(text: str) -> int:
    """Milliseconds in "9d 4h 10m"."""
    return sum(int(number) * _UNITS[unit] for number, unit in _DURATION.findall(text))


def read_forum(folder: Traversable, now: Millis) -> tuple[ImportedForum, list[ImportedBoard], list[ImportedTopic]]:
    """Everything in the folder; topics from the oldest to the newest, those without dates last.

    Raises `NotationError`.
    """
    table = tomllib.loads((folder / "forum.toml").read_text(encoding="utf-8"))
    reader = Topics(now, table["members"])
    files = sorted((file for file in (folder / "topics").iterdir() if file.name.endswith(".md")), key=lambda f: f.name)
    topics = [reader.read(file.name.removesuffix(".md"), file.read_text(encoding="utf-8")) for file in files]
    topics.sort(key=lambda topic: topic.created if topic.created is not None else now)
    return forum_of(table, table["pages"], folder), boards_of(table["boards"]), topics
