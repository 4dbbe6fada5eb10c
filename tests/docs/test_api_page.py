"""The page about the HTTP API says what the server's own document says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

DOCS = Path(__file__).parents[2] / "docs"


async def test_the_page_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("write_api", DOCS / "write_api.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    api = await writer.document()
    assert (DOCS / "api.md").read_text(encoding="utf-8") == writer.page(api), "run: make docs"
    text = writer.page(api)
    for path, methods in api["paths"].items():
        for method in methods:
            assert f"### `{method.upper()} {path}`" in text
