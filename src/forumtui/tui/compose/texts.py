"""A text on its way through the user's editor."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from forumtui.model import Format
from forumtui.settings import Settings


def editor_of(settings: Settings, environ: Mapping[str, str]) -> str:
    """The command that texts are written in."""
    return settings.editor or environ.get("VISUAL") or environ.get("EDITOR") or "vi"


def written(text: str, form: Format) -> Path:
    """A file in a folder of its own that only the user can enter, with whatever the editor lays beside it."""
    file = Path(tempfile.mkdtemp(prefix="forumtui-"), f"post{form.suffix}")
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return file


def taken(file: Path) -> str:
    """The text as the editor left it."""
    return file.read_text(encoding="utf-8", errors="replace")


def remove(file: Path) -> None:
    """Remove the folder."""
    shutil.rmtree(file.parent, ignore_errors=True)
