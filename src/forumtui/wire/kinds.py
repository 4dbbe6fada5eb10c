"""The word that says which act an object is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forumtui.model import (
    Act,
    Close,
    Decide,
    Delete,
    Edit,
    Hide,
    Like,
    Move,
    NewTopic,
    Pin,
    Remove,
    Reply,
    Report,
    SetMark,
    SetProfile,
    SetTags,
    Volunteer,
)

KINDS: Mapping[str, type[Act]] = MappingProxyType(
    {
        "new-topic": NewTopic,
        "reply": Reply,
        "edit": Edit,
        "delete": Delete,
        "like": Like,
        "set-mark": SetMark,
        "pin": Pin,
        "close": Close,
        "move": Move,
        "hide": Hide,
        "set-tags": SetTags,
        "remove": Remove,
        "report": Report,
        "volunteer": Volunteer,
        "decide": Decide,
        "set-profile": SetProfile,
    }
)
WORDS: Mapping[type, str] = MappingProxyType({kind: word for word, kind in KINDS.items()})
