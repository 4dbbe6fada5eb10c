"""What strangers write, made safe for a terminal and for one another's lines.

Three gates: `clean_line` where a one-line field enters, `clean_text` on every string after parsing
(entities decode there), `guard` where finished strips leave for the terminal.  `store_text` only makes
a body's source storable.

Bidi isolates (U+2066-2069) are kept in bodies, because right-to-left text needs them, and balanced per
line; overrides and embeddings (U+202A-202E) can reorder what stands around them and are replaced.
"""

from __future__ import annotations

import unicodedata

from forumtui.text.pattern import pattern

REPLACEMENT = "\ufffd"
MOST_MARKS = 8
"""Combining marks kept on one base character; no living script needs more."""
MOST_JOINS = 4
"""Characters joined to one by zero width joiners; a family of four has three."""
MOST_ISOLATES = 16
"""Isolates inside one another; what goes deeper runs like its surroundings."""

_POP_ISOLATE = "\u2069"
_SURROGATE = pattern("[\ud800-\udfff]")
_UNSTORABLE = pattern("[\0\ud800-\udfff]")
_LIVE = pattern("[\0-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]")
_LIVE_IN_TEXT = pattern("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]")
_LIVE_IN_COPY = pattern("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
_UNSEEN = pattern("[\u3164\uffa0\U000e0000-\U000e00ff]")
"""Hangul fillers, blanks that count as no cell and take two; and tags, which show nothing and can hide whole sentences."""
_LINE_END = pattern("\r\n|[\r\x85\u2028\u2029]")
_BREAK = pattern("[\\s\x85\u2028\u2029]+")
_INVISIBLE = pattern(
    "[\0-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e00ff]"
)
_ISOLATE = pattern("[\u2066-\u2069]")
_JOINER = "\u200d"
_VIRAMA = 9
"""The combining class of the sign that joins consonants."""
_PERHAPS_MARKS = pattern(
    "[^\0-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205f\u30a0-\ua4cf\uac00-\ud7a3]"
    + f"{{{MOST_MARKS + 1}}}"
)
"""A run long enough to hold too many marks, of characters outside the common blocks that have none."""


def clean_line(text: str, limit: int = 300) -> str:
    """A name, title, tag or subject as one line of at most ``limit`` characters, nothing invisible left in it."""
    if not (text.isascii() and text.isprintable()):
        text = _INVISIBLE.sub("", _BREAK.sub(" ", text))
        text = _cap_marks(text)
    text = " ".join(text.split())
    if len(text) > limit:
        text = text[: max(0, limit - 1)].rstrip(" \u200d") + "…"
    return text


def clean_text(text: str) -> str:
    """A parsed string of several lines: only newlines control it, isolates end with their line, tabs are four spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_END.sub("\n", text).replace("\t", "    ")
    text = _LIVE_IN_TEXT.sub(REPLACEMENT, _UNSEEN.sub("", text))
    if _ISOLATE.search(text):
        text = "\n".join(balance(line)[0] for line in text.split("\n"))
    return _cap_marks(text)


def store_text(text: str) -> str:
    """A body's source as received, but storable: NUL and lone surrogates replaced, line ends LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub(REPLACEMENT, text)


def clean_copy(text: str) -> str:
    """What goes into the clipboard, and from there into any program: a body as it was written, tabs and lines included.

    What could steer a terminal, or end a paste early, is replaced.
    """
    if text.isascii() and text.isprintable():
        return text
    return _LIVE_IN_COPY.sub(REPLACEMENT, _UNSEEN.sub("", _LINE_END.sub("\n", text)))


def guard(text: str) -> str:
    """The last defence before the terminal: whatever could steer it becomes U+FFFD; joiners and marks stay."""
    return text if text.isprintable() else _LIVE.sub(REPLACEMENT, text)


def has_isolates(text: str) -> bool:
    """Whether bidi isolates are in it, so that lines made of it must be balanced."""
    return not text.isascii() and _ISOLATE.search(text) is not None


def balance(line: str, opened: str = "") -> tuple[str, str]:
    """A line in which every isolate is closed, nothing closes what was never opened, and none is too deep.

    ``opened``: the isolates still open from the line before.  Returns the line and what is open after it.
    """
    kept: list[str] = [opened]
    stack = list(opened)
    dropped = 0
    for character in line:
        if character == _POP_ISOLATE:
            if dropped or not stack:
                dropped = max(0, dropped - 1)
                continue
            stack.pop()
        elif "\u2066" <= character <= "\u2068":
            if len(stack) == MOST_ISOLATES:
                dropped += 1
                continue
            stack.append(character)
        kept.append(character)
    return "".join(kept) + _POP_ISOLATE * len(stack), "".join(stack)


def _cap_marks(text: str) -> str:
    """At most `MOST_MARKS` combining marks on a base, one skin tone, and `MOST_JOINS` joiners, where they join.

    All of these count as no cell, but many terminals draw what is joined side by side, over whatever stands there.
    """
    if _JOINER not in text and not _PERHAPS_MARKS.search(text):
        return text
    kept: list[str] = []
    marks = joins = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        before = kept[-1] if kept else ""
        if category[0] == "M":
            marks += 1
            if marks > MOST_MARKS:
                continue
        elif character == _JOINER:
            if joins == MOST_JOINS or not _can_join(before, text[place + 1 : place + 2]):
                continue
            joins += 1
        elif _is_skin_tone(character):
            if _is_skin_tone(before):
                continue
        elif category != "Cf":
            marks = 0
            joins = joins if before == _JOINER else 0
        kept.append(character)
    return "".join(kept)


def _can_join(before: str, after: str) -> bool:
    """Whether a joiner does something here: between emoji, and beside the virama of Indic scripts."""
    if not before or not after:
        return False
    if unicodedata.category(after) == "So":
        return before == "\ufe0f" or unicodedata.category(before) == "So" or _is_skin_tone(before)
    if unicodedata.combining(after) == _VIRAMA:
        return True
    return unicodedata.combining(before) == _VIRAMA and unicodedata.category(after)[0] == "L"


def _is_skin_tone(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"
