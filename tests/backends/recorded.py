"""Answers that real servers gave, where they lie beside the repository; and which of their fields are looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RECORDED = Path(__file__).parents[3] / "shared" / "fixtures"
needs_recordings = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers lie beside the repository")


def recorded(kind: str, name: str) -> Any:
    """One answer, each of whose objects remembers which of its fields were asked for."""
    return watched(json.loads((RECORDED / kind / name).read_text(encoding="utf-8")))


class Watched(dict[str, Any]):
    """An object that remembers which of its fields were asked for."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


def watched(value: Any) -> Any:
    if isinstance(value, dict):
        return Watched({name: watched(part) for name, part in value.items()})
    return [watched(part) for part in value] if isinstance(value, list) else value


def unread(value: Any) -> set[str]:
    """The fields that nobody asked for in any object of their place, as ``list.rows.field``; what is within them is left out."""
    told: dict[str, set[str]] = {}
    asked: dict[str, set[str]] = {}

    def look(part: Any, at: str) -> None:
        if isinstance(part, Watched):
            told.setdefault(at, set()).update(part)
            asked.setdefault(at, set()).update(part.asked)
            for name in part.asked:
                look(part.get(name), f"{at}.{name}".lstrip("."))
        elif isinstance(part, list):
            for inner in part:
                look(inner, at)

    look(value, "")
    return {f"{at}.{name}".lstrip(".") for at, names in told.items() for name in names - asked[at]}
