"""The first HTML body is laid out in a thread, because what parses it takes long to load; later short ones are not."""

from __future__ import annotations

import threading

import pytest

from forumtui.model import Body, Format
from forumtui.text.parse import parse
from forumtui.tui.render import shelf
from forumtui.tui.render.shelf import Shelf, Wanted, laid_out


async def test_the_first_one_is_laid_out_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: set[Format] = set()
    threads: list[str] = []

    def slow(wanted: Wanted) -> shelf.LaidOut:
        loaded.add(wanted.body.format)
        threads.append(threading.current_thread().name)
        return laid_out(wanted)

    monkeypatch.setattr(shelf, "is_loaded", loaded.__contains__)
    monkeypatch.setattr(shelf, "laid_out", slow)
    first, second = (Wanted(Body(f"<p>{text}</p>", Format.HTML), 40) for text in ("one", "two"))
    kept = Shelf()
    assert kept.at_hand(first) is None
    assert [line.text for line in (await kept.fetch(first)).lines] == ["one"]
    found = kept.at_hand(second)
    assert found is not None
    assert [line.text for line in found.lines] == ["two"]
    assert threads[0] != threads[1] == threading.current_thread().name


def test_the_base_of_a_body_is_where_its_post_stands() -> None:
    body = Body("<a href='../u/anna'>Anna</a>", Format.HTML)
    assert laid_out(Wanted(body, 40, base="https://forum.example/t/1")).links[0].url == "https://forum.example/u/anna"
    assert parse(body).links == ()
