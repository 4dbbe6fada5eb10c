"""Opens Discourse sites."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from forumtui.backends.api import Backend
from forumtui.backends.discourse.addresses import DiscourseAddresses
from forumtui.errors import AuthRequired, Unsupported
from forumtui.model import Errand, Option

_OF_LOG_IN = {"key", "client", "name", "expires"}


class DiscourseDriver(DiscourseAddresses):
    """Takes the address of a site, with its folder where it lies in one."""

    options: Sequence[Option] = (
        Option("key", "by which the site knows you; logging in gets one", secret=True),
        Option("client", "by which the site knows this reader"),
        Option("name", "your name there"),
        Option("expires", "until when the key is good"),
    )
    log_in_form: Sequence[Option] = ()
    registration_form: Sequence[Option] = ()

    def open(self, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """A session; nothing is asked before its first call."""
        return _session(location, options)

    async def begin_log_in(self, location: str, options: Mapping[str, str]) -> Errand:
        """A code, or a page that shows what to paste; see `login`."""
        from forumtui.backends.discourse import login

        return await login.begin(location, options)

    async def finish_log_in(
        self,
        location: str,
        options: Mapping[str, str],  # noqa: ARG002 - a GrantedElsewhere
        errand: Errand,
        pasted: str = "",
    ) -> Mapping[str, str] | None:
        """Whether the key was granted."""
        from forumtui.backends.discourse import login

        return await login.finish(location, errand, pasted)

    async def log_in(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """Raises `Unsupported`."""
        raise Unsupported("One logs in to a Discourse site by a page in a browser.")

    async def register(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """Raises `Unsupported`."""
        raise Unsupported("One becomes a member of a Discourse site in the browser.")

    async def log_out(self, location: str, options: Mapping[str, str]) -> Mapping[str, str]:
        """Let the key be good no longer; the other options are left."""
        from forumtui.backends.discourse import login

        if options.get("key"):
            with suppress(AuthRequired):  # it is good no longer
                await login.revoke(location, options)
        return {name: value for name, value in options.items() if name not in _OF_LOG_IN}


@asynccontextmanager
async def _session(location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:
    from forumtui.backends.discourse.asking import connect  # looking up an address must not wait for httpx
    from forumtui.backends.discourse.backend import DiscourseBackend

    async with connect(location, options) as asking:
        yield DiscourseBackend(asking, location, options.get("name", ""))


driver = DiscourseDriver()
