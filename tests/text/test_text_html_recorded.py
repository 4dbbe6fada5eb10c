"""What real forums served is read without loss: every word of it is shown, no tag is, none is too long."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.backends.recorded import RECORDED, needs_recordings

from forumtui.model import Body, Format
from forumtui.text.blocks import Document
from forumtui.text.html.words import words
from forumtui.text.layout import lay_out
from forumtui.text.parse import parse

pytestmark = needs_recordings

SERVED = {
    "discourse": ("cooked", "excerpt"),
    "hackernews": ("text", "story_text", "comment_text"),
    "lobsters": ("comment", "description"),
    "nodebb": ("content",),
    "flarum": ("contentHtml",),
}
FILES = [file for forum in SERVED for file in sorted((RECORDED / forum).glob("*.json"))]
LEFT_OUT = {
    "Show results": "what a poll's buttons say",
    "Elliot Temple": "the badge of a quoted topic's category",
    "0voters Votes are public": "how a poll stands, told in other words",
    "dis": "a shortened address is told in full",
    "YRBS6 pregnancy1 difference1 risk3": "a number on high is set apart from the word before it",
}
"""Words that are not shown, and why."""
_TAG = re.compile(r"</?(?:p|div|aside|blockquote|a|li|ul|span|img|code|em|strong)\b[^>]*>")
_GLUED = re.compile(r"image\d+")
"""A picture's file name, and its size right behind it."""
_WORD = re.compile(r"\w+")


def bodies(value: Any, names: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from bodies(each, names)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name in names and isinstance(each, str):
                yield each
            else:
                yield from bodies(each, names)


def read(source: str) -> Document:
    return parse(Body(source, Format.HTML), base="https://forum.example/t/a/1/2")


def test_there_are_recordings() -> None:
    assert len(FILES) > 100


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_word_is_shown_and_no_tag(file: Path) -> None:
    known = {word for text in LEFT_OUT for word in text.split()}
    for source in bodies(json.loads(file.read_text(encoding="utf-8")), SERVED[file.parent.name]):
        document = read(source)
        assert not document.as_written
        shown = "\n".join(line.text for line in lay_out(document, 200))
        assert not _TAG.search(shown), source
        missing = set(_WORD.findall(words(source))) - set(_WORD.findall(shown)) - known
        assert [word for word in sorted(missing) if not _GLUED.fullmatch(word)] == []
