"""Whole bodies as they are drawn; UPDATE_GOLDEN=1 rewrites what is expected, to be read before it is committed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forumtui.model import Body, Format
from forumtui.text.blocks import Line
from forumtui.text.layout import lay_out
from forumtui.text.parse import parse

HERE = Path(__file__).parent
BODIES = sorted((HERE / "bodies").iterdir())


def drawn(lines: list[Line]) -> str:
    """The lines as seen, then the style and link of every run that has one."""
    seen = [line.text for line in lines]
    styles = [
        f"{number}: {run.style}{'' if run.link is None else f' [{run.link}]'} {run.text!r}"
        for number, line in enumerate(lines, 1)
        for run in line.runs
        if run.style or run.link is not None
    ]
    return "\n".join([*seen, "=== styles", *styles, ""])


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("body", BODIES, ids=lambda path: path.stem)
def test_golden(body: Path, width: int) -> None:
    source = body.read_bytes().decode()
    (written,) = (each for each in Format if each.suffix == body.suffix)
    document = parse(Body(source, written), names=["Hamza Abada"], base="https://forum.example/t/a-title/2108/9")
    found = drawn(lay_out(document, width))
    golden = HERE / "golden" / f"{body.stem}.{width}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_every_golden_file_has_its_body() -> None:
    assert {path.name.split(".")[0] for path in (HERE / "golden").iterdir()} == {path.stem for path in BODIES}
