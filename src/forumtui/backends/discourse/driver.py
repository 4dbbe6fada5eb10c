"""Opens Discourse sites."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from forumtui.backends.api import Backend
from forumtui.errors import Unsupported
from forumtui.model import Certainty, Option, Recognised


class DiscourseDriver:
    """Takes the address of a site, with its folder where it lies in one."""

    name = "discourse"
    options: Sequence[Option] = (
        Option("key", "by which the site knows you; logging in gets one", secret=True),
        Option("client", "by which the site knows this reader"),
        Option("name", "your name there"),
    )
    log_in_form: Sequence[Option] = ()
    registration_form: Sequence[Option] = ()

    def recognises(self, location: str) -> Certainty:  # noqa: ARG002 - a Driver
        """No address alone tells that a Discourse site is behind it."""
        return Certainty.NO

    def names(self, location: str, base: str = "") -> Recognised | None:  # noqa: ARG002 - a Driver
        """Nothing, as long as no address is recognised."""
        return None

    def open(self, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """A session; nothing is asked before its first call."""
        return _session(location, options)

    async def log_in(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """Raises `Unsupported`."""
        raise Unsupported("forumtui can not log in to a Discourse site yet.")

    async def register(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """Raises `Unsupported`."""
        raise Unsupported("One becomes a member of a Discourse site in the browser.")

    async def log_out(self, location: str, options: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """The other options are left."""
        return {name: value for name, value in options.items() if name not in {"key", "name"}}


@asynccontextmanager
async def _session(location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:
    from forumtui.backends.discourse.asking import connect  # looking up an address must not wait for httpx
    from forumtui.backends.discourse.backend import DiscourseBackend

    async with connect(location, options) as asking:
        yield DiscourseBackend(asking, location, options.get("name", ""))


driver = DiscourseDriver()
