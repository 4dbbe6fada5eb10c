"""Tries hard to lose, double or jam something; `python benchmarks/reliability/run.py [--share 0.1] [--write] [SECTION ...]`.

Each section is a module beside this one with `run(seed, share)`, which returns its `Tally` rows: seeded, bounded in
count and time, on this machine only.  ``--share``: this part of the full count.  ``--write``: put the rows into the table
of docs/reliability.md, in place of the rows of the same name.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.reliability.tally import Tally  # noqa: E402 - the same
from benchmarks.tables import show  # noqa: E402 - after the path is set

SECTIONS = ("faults", "power_cuts", "typing_kills", "stalls", "torn_keys", "damage", "pages")
HEAD = ("trial", "tried", "lost", "doubled", "stuck", "needed the user", "figures")
PAGE = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- table: written by benchmarks/reliability/run.py -->", "<!-- end of table -->"


def cells(tally: Tally) -> list[str]:
    """One row of the table."""
    counts = (tally.tried, tally.lost, tally.doubled, tally.stuck, tally.needed_user)
    return [tally.name, *(f"{count:,}" for count in counts), tally.note]


def write(tallies: Iterable[Tally]) -> None:
    """Replace the rows of these trials in the page, keep the others."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    table, _, after = rest.partition(END)
    old = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines() if "|" in line][2:]
    rows = {row[0]: row for row in old} | {tally.name: cells(tally) for tally in tallies}
    lines = [" | ".join(row).strip() for row in (HEAD, ["---"] * len(HEAD), *rows.values())]
    text = "\n".join(f"| {line} |" for line in lines)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Run the sections named, or all; 1 if anything was lost, doubled or stuck."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    tallies: list[Tally] = []
    for name in chosen.sections or SECTIONS:
        began = time.monotonic()
        found = importlib.import_module(f"benchmarks.reliability.{name}").run(chosen.seed, chosen.share)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
        tallies += found
    show("What came of it", HEAD, [cells(tally) for tally in tallies])
    if chosen.write:
        write(tallies)
    return int(not all(tally.holds for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
