"""Carrying out any act in the reference forum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.reference import acting, moderating
from tests.reference.records import Records

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
    Receipt,
    Remove,
    Reply,
    Report,
    SetMark,
    SetProfile,
    SetTags,
    Volunteer,
)

_WORKS: dict[type[Act], Callable[[Records, str, Any], Receipt]] = {
    NewTopic: acting.open_topic,
    Reply: acting.reply,
    Edit: acting.edit,
    Delete: acting.delete,
    Like: acting.like,
    SetProfile: acting.set_profile,
    SetMark: moderating.mark,
    Pin: moderating.pin,
    Close: moderating.close,
    Move: moderating.move,
    Hide: moderating.hide,
    SetTags: moderating.set_tags,
    Remove: moderating.remove,
    Report: moderating.report,
    Volunteer: moderating.volunteer,
    Decide: moderating.decide,
}


def carry_out(records: Records, me: str, act: Act) -> Receipt:
    """Check an act, then do it.  Raises `Refused`, and has changed nothing then."""
    records.reach(me, act)
    return _WORKS[type(act)](records, me, act)
