"""Hacker News, read over the two interfaces that it has for programs."""

from forumtui.backends.hackernews.driver import HackerNewsDriver, driver

__all__ = ["HackerNewsDriver", "driver"]
