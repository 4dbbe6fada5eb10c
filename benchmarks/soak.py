"""Many writers, one server that is killed again and again, a line that is cut at random: what comes of it.

`python benchmarks/soak.py [POSTS [CLIENTS]]`; 20,000 posts of 16 clients in four processes take some minutes.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.tables import show
from tests.soak.storm import Storm, run, shown


def main() -> int:
    """Play the storm and print what was found; 1 if anything was lost, doubled or unequal."""
    numbers = [int(word) for word in sys.argv[1:]]
    storm = Storm(posts=numbers[0] if numbers else 20_000, clients=numbers[1] if len(numbers) > 1 else 16, calm=8)
    with TemporaryDirectory() as folder:
        outcome = asyncio.run(run(Path(folder), storm))
    rows = [
        [name, ", ".join(value) or "none" if isinstance(value, list) else value]
        for name, value in shown(outcome).items()
    ]
    show(f"{storm.clients} writers, {storm.posts} posts, a server killed and connections cut", ["what", "figure"], rows)
    return int(bool(outcome.lost or outcome.doubled or outcome.unequal))


if __name__ == "__main__":
    sys.exit(main())
