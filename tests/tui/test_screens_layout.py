"""Panes by width, and the way back through history."""

from __future__ import annotations

import pytest

from forumtui.reader.rows import PostKey, TopicKey, TopicQuery
from forumtui.tui.render.arrangement import READABLE, Layout, Pane, beside, lay_out
from forumtui.tui.screens.whereabouts import History, Spot


@pytest.mark.parametrize("width", [10, 40, 79, 80, 100, 119, 120, 160, 200, 300])
@pytest.mark.parametrize("focus", list(Pane))
@pytest.mark.parametrize("zoomed", [False, True])
def test_panes_fill_the_width_and_the_one_with_the_keys_is_shown(width: int, focus: Pane, zoomed: bool) -> None:
    layout = lay_out(width, focus, zoomed=zoomed)
    assert layout.boards + layout.topics + layout.thread == width
    assert getattr(layout, focus.value) > 0
    if zoomed:
        assert getattr(layout, focus.value) == width


def test_three_two_and_one_panes() -> None:
    assert all((lay_out(120, Pane.TOPICS).boards, lay_out(120, Pane.TOPICS).topics, lay_out(120, Pane.TOPICS).thread))
    assert lay_out(100, Pane.BOARDS).thread == 0
    assert lay_out(79, Pane.TOPICS) == Layout(0, 79, 0)


def test_an_open_thread_folds_the_boards_and_is_readable() -> None:
    for width in range(80, 240):
        layout = lay_out(width, Pane.THREAD)
        assert layout.boards == 0
        assert layout.thread >= READABLE


def test_room_beside() -> None:
    assert beside(2 * READABLE)
    assert not beside(100)


def spot(number: int) -> Spot:
    return Spot(TopicQuery(), Pane.THREAD, TopicKey(1), PostKey(number))


def test_back_and_forward() -> None:
    history = History()
    assert history.back(spot(1)) is None
    history.leave(spot(1))
    history.leave(spot(1))
    history.leave(spot(2))
    assert history.back(spot(3)) == spot(2)
    assert history.back(spot(2)) == spot(1)
    assert history.back(spot(1)) is None
    assert history.forward(spot(1)) == spot(2)
    assert history.forward(spot(2)) == spot(3)
    assert history.forward(spot(3)) is None
    history.back(spot(3))
    history.leave(spot(7))
    assert history.forward(spot(8)) is None
