"""A whole forum in one SQLite file, which several processes may write at once."""

from forumtui.forum.file.file_store import SqliteForumStore

__all__ = ["SqliteForumStore"]
