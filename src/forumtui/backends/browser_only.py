"""Forums that are read here and written to in the browser: they have no interface for programs that write."""
# ruff: noqa: ARG002 - what is refused need not be looked at

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forumtui.backends.api import Refuses
from forumtui.errors import Unsupported
from forumtui.model import (
    Ability,
    Action,
    Can,
    Delete,
    Edit,
    Like,
    NewTopic,
    Option,
    Receipt,
    Reply,
    Report,
)

_WRITTEN = {
    NewTopic: (Ability.NEW_TOPIC, "new stories"),
    Reply: (Ability.REPLY, "replies"),
    Edit: (Ability.EDIT, "edits"),
    Delete: (Ability.DELETE, "deletions"),
    Like: (Ability.LIKE, "votes"),
    Report: (Ability.REPORT, "flags"),
}


def reads_only(name: str) -> Can:
    """What is allowed on such a forum: to search, and to write what is sent in a browser; the rest with its reasons."""
    refused = {ability: f"{name} takes {what} in the browser only" for ability, what in _WRITTEN.values()}
    return Can({Ability.SEARCH: "", Ability.DRAFT: "", **refused})


class BrowserOnly(Refuses):
    """The half of a session that writes: nothing.  ``can``: what `reads_only` made."""

    can: Can

    async def perform(self, action: Action) -> Receipt:
        """Raises `Unsupported`, for the reason that was given before."""
        ability, _ = _WRITTEN.get(type(action.act), (Ability.MODERATE, ""))
        reason = self.can.refusal(ability) or ""
        raise Unsupported(f"{reason[:1].upper()}{reason[1:]}.")


class BrowserOnlyDriver:
    """The half of a driver that logs in: nothing.  ``title``: what the forum is called."""

    title: str
    options: Sequence[Option] = ()
    log_in_form: Sequence[Option] = ()
    registration_form: Sequence[Option] = ()

    async def log_in(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:
        """Raises `Unsupported`."""
        raise Unsupported(f"One logs in to {self.title} in the browser only; here it is read.")

    async def register(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:
        """Raises `Unsupported`."""
        raise Unsupported(f"One becomes a member of {self.title} in the browser only.")

    async def log_out(self, location: str, options: Mapping[str, str]) -> Mapping[str, str]:
        """The options as they are: nobody was logged in."""
        return options
