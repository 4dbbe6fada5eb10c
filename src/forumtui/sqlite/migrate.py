"""Schema versions: numbered SQL files, one transaction for all steps, a newer file is refused."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path

import apsw

from forumtui.errors import NewerSchema, NotAForum
from forumtui.sqlite.connection import readable_errors, transaction


def migrate(connection: apsw.Connection, path: Path, steps: Traversable, application_id: int) -> int:
    """Bring a file up to date and return its version; several processes may start at once.

    ``steps`` is a folder of ``NNNN_name.sql``.  An older file is copied to ``PATH.vN.bak`` first.
    Raises `NewerSchema`, `NotAForum` (some other program's database) or a kind of `FileProblem`.
    """
    files = sorted((f for f in steps.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    with readable_errors(path):
        have = _version(connection, path, application_id, len(files))
        if have == len(files):
            return have
        if have:
            backup = path.with_name(f"{path.name}.v{have}.bak")
            backup.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(backup),))
        connection.execute("PRAGMA foreign_keys=OFF")
        try:
            with transaction(connection, durable=True):
                have = _version(connection, path, application_id, len(files))  # another process may have been first
                for file in files[have:]:
                    connection.execute(file.read_text(encoding="utf-8"))
                connection.execute(f"PRAGMA user_version={len(files)}; PRAGMA application_id={application_id}")
        finally:
            connection.execute("PRAGMA foreign_keys=ON")
        return len(files)


def _version(connection: apsw.Connection, path: Path, application_id: int, newest: int) -> int:
    """The file's schema version; 0 for a new, empty file."""
    found = connection.pragma("application_id")
    version = int(connection.pragma("user_version"))
    if found != application_id and (version or connection.execute("SELECT 1 FROM sqlite_master").fetchone()):
        raise NotAForum(f"{path} is a database of another program.")
    if version > newest:
        raise NewerSchema(f"{path} was written by a newer forumtui (format {version}, this one knows {newest}).")
    return version
