"""The budgets that keep the code readable."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import forumtui

SOURCE = Path(forumtui.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))


def names(modules: list[Path]) -> list[str]:
    return [str(module.relative_to(SOURCE)) for module in modules]


@pytest.mark.parametrize("module", MODULES, ids=names(MODULES))
def test_module_is_within_budget(module: Path) -> None:
    """No module over 400 lines, no class over 25 methods."""
    text = module.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            methods = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
            assert len(methods) <= 25, f"{node.name} has {len(methods)} methods"


def test_no_catch_all_module_names() -> None:
    assert not [m for m in MODULES if re.search(r"util|helper|manager|misc|common", m.stem)]


def test_most_modules_are_short() -> None:
    lengths = sorted(module.read_text(encoding="utf-8").count("\n") for module in MODULES)
    assert lengths[int(len(lengths) * 0.75)] < 300


def test_workers_never_end_the_app() -> None:
    """An error in a worker must not close the reader: exit_on_error is off everywhere."""
    for module in (SOURCE / "tui").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"run_worker", "work"}:
                off = [k for k in node.keywords if k.arg == "exit_on_error" and ast.unparse(k.value) == "False"]
                assert off, f"{module.name}:{node.lineno} lacks exit_on_error=False"


def loaded_by(statement: str) -> set[str]:
    """Names of the modules that a fresh interpreter has loaded after ``statement``."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(shown.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import forumtui.reader.library",
        "import forumtui.reader.sync.engine",
        "import forumtui.tui.keys.commands",
        "import forumtui.__main__",
    ],
)
def test_import_stays_headless(statement: str) -> None:
    """Headless parts load neither the screen's library nor the network's."""
    assert not loaded_by(statement) & {"textual", "rich", "httpx", "markdown_it"}


def test_app_loads_no_luggage() -> None:
    """What the first paint does not need is imported after it."""
    loaded = loaded_by("import forumtui.tui.app, forumtui.tui.screens.reader")
    assert "textual" in loaded
    assert not loaded & {"httpx", "markdown_it", "pygments", "textual.widgets._markdown", "textual.widgets._text_area"}


def test_pinned_first_lines_agree_with_ci() -> None:
    """The README starts with the two command lines that CI runs."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^python3 -m venv .*$", readme, re.MULTILINE)
    assert len(lines) == 2


def test_the_top_floor_of_the_screen_is_the_app_and_folders() -> None:
    assert {path.name for path in (SOURCE / "tui").glob("*.py")} == {"__init__.py", "app.py"}


@pytest.mark.parametrize("room", ["reader/sql", "forum/file"])
def test_steps_of_a_schema_are_numbered_one_by_one(room: str) -> None:
    """A file's version says how many of them it has behind it: two of one number would change what that means."""
    steps = sorted(path.name for path in (SOURCE / room / "schema").glob("*.sql"))
    assert [int(name.partition("_")[0]) for name in steps] == list(range(1, len(steps) + 1))
