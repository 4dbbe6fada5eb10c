"""An export for people: Markdown, and text for any pager.  Neither lets a stranger's post steer a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TextIO

from forumtui.forum.export_format import Scope, iso
from forumtui.forum.store import GivenRole
from forumtui.model import STAFF_ONLY, Board, Body, Format, ForumInfo, Member, Millis, Post, Topic
from forumtui.text.flat import plain_lines
from forumtui.text.parse import LONGEST
from forumtui.text.said import said
from forumtui.text.sanitise import clean_line, clean_text
from forumtui.text.typed import source_or_markdown

WIDTH = 80
_MARKUP = re.compile(r"([\\`*_\[\]<])")
_LINE_MARKUP = re.compile(r"^(\s{0,3})(#|[-+=~]|\d{1,9}(?=[.)]))", re.MULTILINE)
_SINGLE_BREAK = re.compile(r"(?<=[^\n])\n(?=[^\n])")


class TextWriter:
    """Plain text, laid out to `WIDTH` columns."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._boards: dict[str, str] = {}

    def start(self, scope: Scope) -> None:
        """Nothing: the first title begins the text."""

    def forum(self, info: ForumInfo) -> None:
        """Title, notice and pages."""
        self._heading(info.title, "=")
        self._paragraphs(info.tagline, info.notice)
        for page in info.pages:
            self._heading(page.title, "-")
            self._body(page.body)

    def board(self, board: Board, origins: Mapping[str, str]) -> None:  # noqa: ARG002 - a Writer
        """What the board says of itself."""
        outer = f"{self._boards[board.parent]} > " if board.parent in self._boards else ""
        self._boards[board.id] = outer + board.title
        self._heading(self._boards[board.id], "=")
        links = "\n".join(f"{link.title}: {link.url}" if link.url else link.title for link in board.links)
        self._paragraphs(board.description, board.notice, leader_line(board), board.further_study, links)

    def topic(self, topic: Topic, board: Board, origin: str, board_origin: str) -> None:  # noqa: ARG002 - a Writer
        """The title below the board's."""
        self._out.write(f"[{clean_line(self._boards[board.id])}]\n")
        self._heading(topic.title, "-")

    def post(self, post: Post, topic: Topic, origins: Mapping[str, str]) -> None:  # noqa: ARG002 - a Writer
        """Subject, byline, text."""
        if post.subject and post.subject != topic.title:
            self._out.write(f"{clean_line(post.subject)}\n")
        number = f"#{post.number} " if post.number is not None else ""
        self._out.write(f"{number}{byline(post)}\n\n")
        if post.body is not None:
            self._body(post.body)

    def member(self, member: Member, given: GivenRole | None, boards: Mapping[str, str]) -> None:
        """Members are known by their posts."""

    def end(self, topics: int, posts: int) -> None:
        """Nothing: the last post ends the text."""

    def _heading(self, title: str, rule: str) -> None:
        title = clean_line(title)
        self._out.write(f"{title}\n{rule * min(WIDTH, len(title))}\n\n")

    def _paragraphs(self, *texts: str) -> None:
        self._out.write("".join(f"{clean_text(text)}\n\n" for text in texts if text))

    def _body(self, body: Body) -> None:
        if len(body.source) > LONGEST:
            self._paragraphs(said(body))
        else:
            self._out.write("\n".join(plain_lines(body, WIDTH)) + "\n\n")


class MarkdownWriter:
    """Markdown: posts as they were written, plain ones escaped so that they look the same."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def start(self, scope: Scope) -> None:
        """Nothing: the first heading begins the text."""

    def forum(self, info: ForumInfo) -> None:
        """Title, notice and pages."""
        self._paragraphs(f"# {_escaped_line(info.title)}", _escaped_line(info.tagline), _escaped(info.notice))
        for page in info.pages:
            self._paragraphs(f"## {_escaped_line(page.title)}", _markdown(page.body))

    def board(self, board: Board, origins: Mapping[str, str]) -> None:  # noqa: ARG002 - a Writer
        """What the board says of itself."""
        self._paragraphs(f"## {_escaped_line(board.title)}", _escaped(board.description), _escaped(board.notice))
        links = [f"- [{_escaped_line(link.title)}](<{clean_line(link.url)}>)" for link in board.links]
        self._paragraphs(_escaped(leader_line(board)), _escaped(board.further_study), "\n".join(links))

    def topic(self, topic: Topic, board: Board, origin: str, board_origin: str) -> None:  # noqa: ARG002 - a Writer
        """The title, and where it is."""
        self._paragraphs(f"## {_escaped_line(topic.title)}", f"*{_escaped_line(board.title)}*")

    def post(self, post: Post, topic: Topic, origins: Mapping[str, str]) -> None:  # noqa: ARG002 - a Writer
        """Subject, byline, text, and a rule below."""
        if post.subject and post.subject != topic.title:
            self._paragraphs(f"### {_escaped_line(post.subject)}")
        self._paragraphs(f"**{_escaped(byline(post))}**", _markdown(post.body) if post.body else "", "---")

    def member(self, member: Member, given: GivenRole | None, boards: Mapping[str, str]) -> None:
        """Members are known by their posts."""

    def end(self, topics: int, posts: int) -> None:
        """Nothing: the last post ends the text."""

    def _paragraphs(self, *texts: str) -> None:
        self._out.write("".join(f"{text}\n\n" for text in texts if text))


def byline(post: Post) -> str:
    """Who wrote it, in what role, when, and what became of it."""
    if post.state:
        return f"({post.state})"
    if post.whisper:
        return f"({STAFF_ONLY})"
    if post.happened is not None:
        return clean_line(", ".join(filter(None, [post.happened, _minute(post.created)])))
    author = [post.author.name, post.author.role or ""] if post.author else ["(unknown)"]
    marks = [mark.replace("-", " ") for mark in sorted(post.marks)]
    edited = f"edited {_minute(post.edited)}" if post.edited is not None else ""
    return clean_line(", ".join(filter(None, [*author, _minute(post.created), edited, *marks])))


def leader_line(board: Board) -> str:
    """Who leads a board, or that somebody should."""
    if board.leader:
        return clean_line(f"Leader: {board.leader}")
    return "Leader wanted" if board.leader_wanted else ""


def _minute(time: Millis | None) -> str:
    text = iso(time)
    return f"{text[:10]} {text[11:16]} UTC" if text is not None else ""


def _markdown(body: Body) -> str:
    text = clean_text(source_or_markdown(body)).strip("\n")
    return _escaped(text) if body.format == Format.PLAIN else text


def _escaped_line(text: str) -> str:
    return _escaped(clean_line(text))


def _escaped(text: str) -> str:
    """Plain text as Markdown that shows it as it is; ">" at the start of a line stays a quote."""
    text = _LINE_MARKUP.sub(_marked_line, _MARKUP.sub(r"\\\1", clean_text(text)))
    return _SINGLE_BREAK.sub("  \n", text)


def _marked_line(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"
