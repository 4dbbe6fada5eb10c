"""Where forumtui keeps its files: the platform's folders, or all in the one that ``FORUMTUI_HOME`` names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from forumtui.errors import StorageFull
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Paths:
    """The three folders: ``config`` is the user's to edit, ``data`` must be kept, ``state`` may be lost."""

    config: Path
    data: Path
    state: Path

    @property
    def config_file(self) -> Path:
        """The configuration file; it need not exist."""
        return self.config / "config.toml"

    @property
    def library_file(self) -> Path:
        """The reader's own data, made by `forumtui.reader.library.Library.open` in ``data``."""
        return self.data / "library.db"

    @property
    def log_file(self) -> Path:
        """What went wrong, with tracebacks and without secrets."""
        return self.state / "forumtui.log"

    def make(self) -> None:
        """Make the data and state folders, private to the user.  Raises `StorageFull`."""
        for folder in (self.data, self.state):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise StorageFull(f"The folder {folder} can not be made: {error.strerror or error}.") from error


def find_paths(environ: Mapping[str, str] = os.environ) -> Paths:
    """The folders to use; nothing is made yet."""
    home = environ.get("FORUMTUI_HOME")
    if home:
        folder = Path(home).expanduser().absolute()
        return Paths(config=folder, data=folder, state=folder)
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("forumtui", appauthor=False)
    return Paths(config=dirs.user_config_path, data=dirs.user_data_path, state=dirs.user_state_path)


def sync(path: Path) -> None:
    """Have a file's bytes, or the names in a folder, survive a power cut.  Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
