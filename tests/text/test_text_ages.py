"""Times for people and for programs."""

from __future__ import annotations

import time

import pytest

from forumtui.model import Millis
from forumtui.text.ages import age, exact, iso

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = Millis(1_700_000_000_000)


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (0, "now"),
        (-5 * DAY, "now"),
        (MINUTE - 1, "now"),
        (MINUTE, "1m"),
        (HOUR - 1, "59m"),
        (HOUR, "1h"),
        (DAY - 1, "23h"),
        (DAY, "1d"),
        (7 * DAY - 1, "6d"),
        (7 * DAY, "1w"),
        (365 * DAY - 1, "52w"),
        (365 * DAY, "1y"),
        (20 * 366 * DAY, "20y"),
    ],
)
def test_age(passed: int, shown: str) -> None:
    assert age(Millis(NOW - passed), NOW) == shown


def test_unknown_times_are_blank() -> None:
    assert age(None, NOW) == ""
    assert exact(None) == ""
    assert iso(None) is None


def test_exact_is_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert exact(NOW) == "2023-11-15 07:13"
    finally:
        monkeypatch.undo()
        time.tzset()
    assert exact(NOW) == "2023-11-14 22:13"


def test_iso_is_utc() -> None:
    assert iso(NOW) == "2023-11-14T22:13:20Z"
    assert iso(Millis(NOW + 7)) == "2023-11-14T22:13:20.007Z"
    assert iso(Millis(-1)) == "1969-12-31T23:59:59.999Z"


@pytest.mark.parametrize("then", [10**18, -(10**18)])
def test_times_no_calendar_knows_are_unknown(then: int) -> None:
    assert exact(Millis(then)) == ""
    assert iso(Millis(then)) is None


@pytest.mark.parametrize(("zone", "edge"), [("Asia/Tokyo", 253402300799999), ("America/New_York", -62135596800000)])
def test_times_that_only_the_local_calendar_does_not_know(
    monkeypatch: pytest.MonkeyPatch, zone: str, edge: int
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert exact(Millis(edge)) == ""
    finally:
        monkeypatch.undo()
        time.tzset()
    assert iso(Millis(edge)) is not None
