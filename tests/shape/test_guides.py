"""The pages for those who change forumtui name files that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/releasing.md",
    "docs/security.md",
    "docs/reliability.md",
)
_PATH = re.compile(r"`([\w.*-]+(?:/[\w.*-]*)+|[\w-]+\.(?:py|md|toml))`")


def named(page: str) -> list[str]:
    """What is written like a path of ours in a page, outside of its examples."""
    text = re.sub(r"^ *```.*?^ *```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return sorted(set(_PATH.findall(text)))


@pytest.mark.parametrize("page", PAGES)
def test_what_a_guide_names_is_there(page: str) -> None:
    places = (ROOT, ROOT / "src" / "forumtui", (ROOT / page).parent)
    assert [name for name in named(page) if not any(list(place.glob(name)) for place in places)] == []


def test_a_guide_that_names_nothing_would_be_noticed() -> None:
    assert "tui/keys/commands.py" in named("CONTRIBUTING.md")
    assert "tests/tui/test_acts_*" in named("CONTRIBUTING.md")
