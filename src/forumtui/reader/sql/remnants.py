"""Values of a damaged row that no screen could read: left out, so that the rest of the row comes back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from forumtui.reader.rows import Health, OutKind, OutState
from forumtui.reader.sql.columns import (
    load_can,
    load_links,
    load_marks,
    load_member,
    load_pages,
    load_sections,
    load_words,
)
from forumtui.reader.sql.salvage import Found
from forumtui.reader.sql.undo import unpack

_UNKNOWN_STATE = "The library was damaged: whether this was sent is not known."
_WRONG = (ValueError, TypeError, KeyError, AttributeError, LookupError)


def account(row: Found) -> Found:
    """A row of ``account``."""
    return _checked(row, options=_options, pages=load_pages, me=load_member, can=load_can, health=Health)


def board(row: Found) -> Found:
    """A row of ``board``."""
    return _checked(row, detail=_detail, can=load_can)


def topic(row: Found) -> Found:
    """A row of ``topic``."""
    return _checked(row, tags=load_words, can=load_can)


def post(row: Found) -> Found:
    """A row of ``post``."""
    return _checked(row, marks=load_marks, mentions=load_words, can=load_can)


def outgoing(row: Found) -> Found:
    """A row of ``outgoing``: a text is worth more than the state that can not be read, and needs none to be kept."""
    whole = {"kind": "topic", "state": "", "text": "", "revision": 1, "created": 0, "updated": 0} | row
    if whole["kind"] not in set(OutKind):
        whole["kind"] = "topic"
    if whole["state"] not in {*OutState, "discarded"}:
        whole |= {"state": "attention", "choices": "resend arrived discard", "error": _UNKNOWN_STATE}
    return whole


def holds(table: str, row: Found) -> bool:
    """Whether a row of ``resume`` or ``undo`` can be used."""
    try:
        if table == "resume":
            return set(json.loads(row["place"])) >= {"account", "board", "topic", "post", "line", "composing"}
        unpack(row["posts"])
        return bool(json.loads(row["step"])["kind"])
    except (*_WRONG, zlib.error):
        return False


def _checked(row: Found, **readers: Callable[[Any], object]) -> Found:
    kept = dict(row)
    for name, read in readers.items():
        with suppress(KeyError):
            try:
                read(kept[name])
            except _WRONG:
                kept.pop(name)
    return kept


def _options(text: str) -> None:
    json.loads(text).items()


def _detail(text: str) -> None:
    detail = json.loads(text) if text else {}
    load_links(detail.get("links", ()))
    load_sections(detail.get("sections", ()))
