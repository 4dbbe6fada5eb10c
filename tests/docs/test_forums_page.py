"""The page about other forums says what their sessions say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from forumtui.model import Ability

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_forums", DOCS / "write_forums.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_tables_are_up_to_date(writer: ModuleType) -> None:
    text = (DOCS / "forums.md").read_text(encoding="utf-8")
    assert text == await writer.page(text), "run: make docs"
    for name in writer.SESSIONS:
        assert f"<!-- what {name} allows -->" in text


async def test_every_ability_is_told_with_its_reason(writer: ModuleType) -> None:
    assert set(writer._ABILITIES) == set(Ability)
    table = await writer.allowed("hackernews")
    assert "| replies | no: Hacker News takes replies in the browser only |" in table
    assert "| lists of topics | top, new, best, ask, show, jobs |" in table
    assert "| profiles | yes |" in table
    assert "| a feed of what changed | no |" in table
