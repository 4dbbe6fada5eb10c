"""No test sleeps: what a test may wait for, and how, stands in `tests/waiting.py`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
SLEEPING = {"asyncio", "time", "anyio", "trio"}


def sleeps(text: str) -> list[int]:
    """The lines that sleep, or fetch what sleeps."""
    found = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr="sleep") if module in SLEEPING:
                found.append(node.lineno)
            case ast.Call(func=ast.Attribute(attr="pause"), args=[ast.Constant()]):  # a pilot's
                found.append(node.lineno)
            case ast.ImportFrom(module=module) if module in SLEEPING:
                found += [node.lineno for name in node.names if name.name in {"sleep", "*"}]
    return sorted(found)


def test_no_test_sleeps() -> None:
    found = {
        str(file.relative_to(TESTS)): lines
        for file in sorted(TESTS.rglob("*.py"))
        if file.relative_to(TESTS) != Path("waiting.py") and (lines := sleeps(file.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio\nawait asyncio.sleep(1)",
        "time.sleep(0)",
        "from time import sleep",
        "beat = anyio.sleep",
        "await pilot.pause(0.1)",
    ],
)
def test_a_sleep_is_found(text: str) -> None:
    assert sleeps(text)
