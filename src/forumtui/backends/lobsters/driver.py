"""Opens Lobsters and the sites that run its software."""
# ruff: noqa: ARG002 - a Driver

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from forumtui.backends.api import Backend
from forumtui.backends.browser_only import BrowserOnlyDriver
from forumtui.backends.lobsters.addresses import LobstersAddresses


class LobstersDriver(LobstersAddresses, BrowserOnlyDriver):
    """Takes the address of a site."""

    title = "Lobsters"

    def open(self, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """A session; nothing is asked before its first call."""
        from forumtui.backends.lobsters.backend import session  # recognising an address must not wait for httpx

        return session(location)


driver = LobstersDriver()
