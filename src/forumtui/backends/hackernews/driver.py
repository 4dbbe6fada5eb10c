"""Opens Hacker News."""
# ruff: noqa: ARG002 - a Driver

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from forumtui.backends.api import Backend
from forumtui.backends.browser_only import BrowserOnlyDriver
from forumtui.backends.hackernews.addresses import HackerNewsAddresses


class HackerNewsDriver(HackerNewsAddresses, BrowserOnlyDriver):
    """There is one site, so all its addresses lead to the same session."""

    title = "Hacker News"

    def open(self, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """A session; nothing is asked before its first call."""
        from forumtui.backends.hackernews.backend import session  # recognising an address must not wait for httpx

        return session()


driver = HackerNewsDriver()
