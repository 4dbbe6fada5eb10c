"""Forums that are served by forumtui, over HTTP or a Unix socket: the API that ``docs/api.md`` describes."""

from forumtui.backends.remote.driver import RemoteDriver, driver

__all__ = ["RemoteDriver", "driver"]
