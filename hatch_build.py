"""Makes the completion files and the manual page when a wheel is built, so that they are never older than the commands."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Generated(BuildHookInterface[Any]):
    """Adds them to what is installed beside the program."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - a hook
        """Before the wheel is written."""
        sys.path.insert(0, str(Path(self.root, "src")))
        os.environ["COLUMNS"] = "100"  # the same wherever it is built
        from forumtui.cli.whole import files

        self._folder = Path(tempfile.mkdtemp())
        for number, (where, text) in enumerate(files().items()):
            made = self._folder / str(number)
            made.write_text(text, encoding="utf-8")
            build_data["shared_data"][str(made)] = where

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - a hook
        """After it is written."""
        shutil.rmtree(self._folder)
