"""How much work a body makes, estimated before any of it is done.

A step is about five microseconds.  The estimate reads the text once; it may be too high, and where
it is too low for some text, that is a fault.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from forumtui.model import Format
from forumtui.text.pattern import pattern
from forumtui.text.sanitise import has_isolates

MOST_STEPS = 40_000
"""What a whole body may cost; 50,000 characters of ordinary prose, links and lists stay below it."""
DEEPEST = 20
"""Blocks inside one another that the Markdown parser follows."""

_CHARACTERS_A_STEP = 12
_WIDE_A_STEP = 2
_LINE = 4
_MARK = 2
_CELL = 3
_ISOLATED_A_STEP = 4
_STOPS_A_STEP = 4
_SIGNS = {"[": 4, "![": 3, "*": 2, "_": 2, "`": 2, "~~": 2, "<": 1, "&": 1, "@": 3, "://": 4}
_WIDE = pattern("[^\t\n\r -~\u00a0-\u02ff]")
"""What may be wide, or is replaced by something that may."""
_STOPS = pattern(r"[!-&*+\-:<-@\[-`{-~]")
"""Where the Markdown parser stops in a line and tries its rules, though none may fit."""
_BEGINS = pattern(r"^[ \t]*(?:>|[-+*]|\d{1,9}[.)])[ \t>*+\-\d.)]*", re.MULTILINE)
_CONTAINER = pattern(r">|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)", re.MULTILINE)
_HEAD_RULE = pattern(r"^[ \t>]*[|:-][ \t|:-]*$", re.MULTILINE)
_TAGS = pattern(r"<(/?)([a-z][a-z0-9]*)|(\bcolspan=)")
_CONTAINERS = frozenset(("blockquote", "aside", "ul", "ol", "menu", "dd", "details"))
"""Elements that become blocks with blocks in them."""
_CLOAKS = frozenset(("div", "span", "p"))
"""Those that do where they hide what gives something away."""
_MOST_SPANNED = 8
_ENTITIES_A_STEP = 4
_NARROW = 40
"""Characters that a line has at least, in this estimate."""
_BLANK = re.compile(r"\n[ \t>]*\n")


def steps(source: str, written: Format) -> int:
    """The steps that parsing and laying out a text in this format take at most, whatever the width."""
    lines = source.count("\n") + 1 if written != Format.HTML or "<pre" in source.lower() else 1
    found = len(source) // _CHARACTERS_A_STEP + lines * _LINE
    found += sum(1 for _ in _WIDE.finditer(source)) // _WIDE_A_STEP
    if has_isolates(source):
        found += len(source) // _ISOLATED_A_STEP
    found += 3 * source.count("@") + 4 * source.count("://") + source.count(">")
    return found + _OF_MARKUP[written](source, lines)


def _of_none(source: str, lines: int) -> int:  # noqa: ARG001 - as the others
    return 0


def _of_markdown(source: str, lines: int) -> int:
    found = sum(steps * source.count(sign) for sign, steps in _SIGNS.items())
    found += sum(1 for _ in _STOPS.finditer(source)) // _STOPS_A_STEP
    deepest = 0
    for begin in _BEGINS.finditer(source):
        marks = len(_CONTAINER.findall(begin[0]))
        found += marks * _MARK
        deepest = max(deepest, marks + (len(begin[0].expandtabs(4)) - len(begin[0].lstrip())) // 2)
    # a line that ends no block is tried at each level that it may end
    found += lines * (min(deepest, DEEPEST) // 2)
    return found + (sum(map(_cells, _BLANK.split(source))) * _CELL if "|" in source else 0)


def _cells(stretch: str) -> int:
    """Cells of the table in a stretch without empty lines: a row has all the columns, though it names none."""
    rules = (rule[0].strip(" \t>|") for rule in _HEAD_RULE.finditer(stretch) if "|" in rule[0])
    return max((rule.count("|") + 1 for rule in rules), default=0) * (stretch.count("\n") + 1)


def _of_html(source: str, lines: int) -> int:  # noqa: ARG001 - as the others
    source = source.lower()
    containers = _CONTAINERS | _CLOAKS if "spoiler" in source or "spoiled" in source else _CONTAINERS
    found = source.count("<") + source.count("&") // _ENTITIES_A_STEP
    tags = opened = deepest = 0
    rows = cells = widest = 0
    around: list[int] = [0]
    for ends, name, spanned in _TAGS.findall(source):
        tags += not spanned
        if name == "table":
            found, rows, cells, widest = found + rows * widest * _CELL, 1, 0, 0
            if not ends:
                around.append(opened)
            elif len(around) > 1:
                opened = around.pop()
        elif name in containers:  # what ends in a cell ends nothing around its table
            opened = max(around[-1], opened - 1) if ends else opened + 1
            deepest = max(deepest, opened)
        elif name == "tr" and not ends:
            rows, cells = rows + 1, 0
        elif spanned or (name in {"td", "th"} and not ends):
            cells += _MOST_SPANNED if spanned else 1
            widest = max(widest, cells)
    found += rows * widest * _CELL
    return found + (tags + len(source) // _NARROW) * (min(deepest, DEEPEST) // 4)


_OF_MARKUP = MappingProxyType({Format.PLAIN: _of_none, Format.MARKDOWN: _of_markdown, Format.HTML: _of_html})
