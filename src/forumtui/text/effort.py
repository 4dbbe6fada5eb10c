"""How much work a body makes, estimated before any of it is done.

A step is about five microseconds.  The estimate reads the text once; it may be too high, and where
it is too low for some text, that is a fault.
"""

from __future__ import annotations

import re

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
_BLANK = re.compile(r"\n[ \t>]*\n")


def steps(source: str, written: Format) -> int:
    """The steps that parsing and laying out a text in this format take at most, whatever the width."""
    lines = source.count("\n") + 1
    found = len(source) // _CHARACTERS_A_STEP + lines * _LINE
    found += sum(1 for _ in _WIDE.finditer(source)) // _WIDE_A_STEP
    if has_isolates(source):
        found += len(source) // _ISOLATED_A_STEP
    found += 3 * source.count("@") + 4 * source.count("://") + source.count(">")
    return found + _of_markdown(source, lines) if written == Format.MARKDOWN else found


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
