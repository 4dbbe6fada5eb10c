"""Measures what must stay quick and prints tables; `python benchmarks/run.py [startup lists threads hold import queries serving syncing]`.

Programs run in a real pty.  Figures of one table come from one run, interleaved, so compare within a table.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import (
    interactive,
    serving,
    storage,
)

SECTIONS = {
    "startup": interactive.startup,
    "lists": interactive.lists,
    "threads": interactive.threads,
    "hold": interactive.hold,
    "import": storage.importing,
    "queries": storage.queries,
    "serving": serving.serving,
    "syncing": serving.syncing,
}


def main() -> None:
    """Run the sections named, or all."""
    for name in sys.argv[1:] or SECTIONS:
        SECTIONS[name]()


if __name__ == "__main__":
    main()
