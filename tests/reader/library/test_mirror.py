"""The small files beside the library, written by more than one library at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forumtui.reader.library.mirror import Mirrors


def test_two_libraries_in_one_process_do_not_take_each_others_unfinished_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Mirrors(tmp_path), Mirrors(tmp_path)
    first.make()
    sync = os.fsync

    def while_it_is_written(descriptor: int) -> None:
        sync(descriptor)
        monkeypatch.setattr(os, "fsync", sync)
        second.write_row({"uid": "a-text", "revision": 2, "body": "newer"})

    monkeypatch.setattr(os, "fsync", while_it_is_written)
    first.write_row({"uid": "a-text", "revision": 1, "body": "older"})
    assert os.fsync is sync
    assert sorted(path.name for path in (tmp_path / "outgoing").iterdir()) == ["a-text.json"]
    assert first.read_row("a-text") is not None
