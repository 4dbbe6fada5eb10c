"""Discourse sites, over the interface that their own web client uses."""

from forumtui.backends.discourse.driver import DiscourseDriver, driver

__all__ = ["DiscourseDriver", "driver"]
