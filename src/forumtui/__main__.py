"""``forumtui`` and ``python -m forumtui``."""

from __future__ import annotations

import sys

from forumtui.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
