"""How much there is in a forum file."""

from __future__ import annotations

from forumtui.host.house import Stats
from forumtui.host.sqlite.file import ForumFile
from forumtui.host.sqlite.rows import rows, snapshot
from forumtui.model import Millis
from forumtui.sqlite.connection import readable_errors

ACTIVE_MS = 30 * 24 * 3600 * 1000
_SUMS = """
SELECT (SELECT count(*) FROM board), (SELECT count(*) FROM topic), (SELECT count(*) FROM post WHERE NOT deleted),
  (SELECT count(*) FROM member), (SELECT count(DISTINCT author_id) FROM post WHERE created > ?),
  (SELECT count(*) FROM queue WHERE decided IS NULL),
  (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)
"""


def stats(file: ForumFile, now: Millis) -> Stats:
    """Count everything, over a connection of its own.  Blocks.  Raises a `FileProblem`."""
    with readable_errors(file.path):
        connection = file.reader()
        try:
            with snapshot(connection):
                (sums,) = rows(connection, "iiiiiii", _SUMS, (now - ACTIVE_MS,))
                return Stats(*sums)
        finally:
            connection.close()
