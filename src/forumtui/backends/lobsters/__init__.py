"""Lobsters and its sister sites, read over the JSON and the pages that they give to everybody."""

from forumtui.backends.lobsters.driver import LobstersDriver, driver

__all__ = ["LobstersDriver", "driver"]
