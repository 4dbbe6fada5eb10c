"""No circle of imports in any folder, whether an import stands at the top, is late, or is for types alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import forumtui

SOURCE = Path(forumtui.__file__).parent
FOLDERS = sorted({module.parent for module in SOURCE.rglob("*.py")})


def imported(module: Path) -> Iterator[tuple[str, ...]]:
    """The dotted names that a module imports anywhere, as far as they may be modules of ours."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by dots"
            assert node.module is not None
            yield from ((*node.module.split("."), alias.name) for alias in node.names)


def rooms(folder: Path) -> dict[str, set[str]]:
    """Which of a folder's files and sub-folders import which others."""
    prefix = ("forumtui", *folder.relative_to(SOURCE).parts)
    names = {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}
    found: dict[str, set[str]] = {name: set() for name in names - {"__init__", "__pycache__"}}
    for module in folder.rglob("*.py"):
        room = module.relative_to(folder).parts[0].removesuffix(".py")
        for name in imported(module):
            other = name[len(prefix)] if name[: len(prefix)] == prefix and len(name) > len(prefix) else None
            if other in found and other != room and room in found:
                found[room].add(other)
    return found


def in_circles(graph: Mapping[str, set[str]]) -> set[str]:
    """Those that can reach themselves."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = list(graph[start])
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += graph[name]
        return seen

    return {name for name in graph if name in reached(name)}


@pytest.mark.parametrize("folder", FOLDERS, ids=[str(folder.relative_to(SOURCE.parent)) for folder in FOLDERS])
def test_folder_has_no_circle(folder: Path) -> None:
    assert in_circles(rooms(folder)) == set()


def test_a_late_import_and_one_for_types_close_a_circle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker sees what it is for."""
    (tmp_path / "above").mkdir()
    (tmp_path / "above" / "house.py").write_text("def late():\n    from forumtui import below\n")
    (tmp_path / "below.py").write_text("if TYPE_CHECKING:\n    from forumtui.above.house import House\n")
    (tmp_path / "beside.py").write_text("import forumtui.below\n")
    monkeypatch.setitem(rooms.__globals__, "SOURCE", tmp_path)
    assert in_circles(rooms(tmp_path)) == {"above", "below"}
