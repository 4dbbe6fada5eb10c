"""What becomes of 200 texts to a Discourse site under each mishap: `python benchmarks/delivery.py [COUNT] [PART OF A NAME]`.

Time is played, so it takes some minutes for days of mishaps.  Ends with 1 where a text was lost, doubled, or called
sent by another's post.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.tables import show  # noqa: E402 - after the path is set
from tests.backends.discourse.mishaps import MISHAPS, Mishap, Talk, Tally  # noqa: E402 - the same

COUNT = 200


async def meet(mishap: Mishap, count: int) -> Tally:
    """One mishap, in a library of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return await Talk(Path(folder), mishap).live(count)


def main(count: int = COUNT, part: str = "") -> int:
    """Print the table."""
    logging.disable()
    tallies = []
    for mishap in MISHAPS:
        if part in mishap.name:
            tallies.append(asyncio.run(meet(mishap, count)))
            print(tallies[-1], file=sys.stderr, flush=True)
    show(
        f"{count} texts under each mishap",
        ["mishap", "sent", "lost", "doubled", "wrongly called sent", "needed the user", "requests"],
        [[t.name, t.sent, t.lost, t.doubled, t.untrue, t.asked, t.requests] for t in tallies],
    )
    return int(any(t.lost or t.doubled or t.untrue for t in tallies))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT, *sys.argv[2:3]))
