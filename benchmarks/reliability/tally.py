"""`Tally`: what came of one kind of trial, as one row of the table in docs/reliability.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """``tried``: acts, cuts, kills, files ...; ``stuck``: hung, deaf, or unusable; ``note``: figures worth a word."""

    name: str
    tried: int
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    needed_user: int = 0
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or stuck."""
        return not (self.lost or self.doubled or self.stuck)
