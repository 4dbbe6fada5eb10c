"""How often one may ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.kit import api, bearer, check_problem

from forumtui.errors import RateLimited
from forumtui.server.limits import Limits, Rates


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_a_minutes_worth_may_come_at_once_and_then_one_by_one() -> None:
    clock = Hand()
    rates = Rates(clock)
    for _ in range(30):
        rates.draw("anna", 30)
    with pytest.raises(RateLimited) as refused:
        rates.draw("anna", 30)
    assert refused.value.retry_after == pytest.approx(2)
    rates.draw("bob", 30)
    clock.at += 2
    rates.draw("anna", 30)
    with pytest.raises(RateLimited):
        rates.draw("anna", 30)
    clock.at += 3600
    for _ in range(30):
        rates.draw("anna", 30)
    for _ in range(1000):
        rates.draw("anna", 0)


@given(st.lists(st.floats(0, 90), max_size=200), st.integers(1, 100))
def test_nobody_gets_more_than_a_bucket_and_what_flows_into_it(pauses: list[float], per_minute: int) -> None:
    clock = Hand()
    rates, granted = Rates(clock), 0
    waits: list[float] = []
    began = clock.at
    for pause in pauses:
        clock.at += pause
        try:
            rates.draw("anna", per_minute)
            granted += 1
        except RateLimited as refused:
            waits.append(refused.retry_after)
    assert all(0 < wait <= 60 / per_minute + 1e-6 for wait in waits)
    assert granted <= per_minute + (clock.at - began) * per_minute / 60 + 1e-6


def test_memory_is_bounded_and_keeps_those_who_came_last() -> None:
    rates = Rates(Hand(), most=100)
    rates.draw("anna", 1)
    for number in range(99):
        rates.draw(number, 1)
    with pytest.raises(RateLimited):
        rates.draw("anna", 1)
    for number in range(1000):
        rates.draw(("flood", number), 1)
    assert len(rates) == 100


async def test_reads_and_writes_have_limits_of_their_own(tmp_path: Path) -> None:
    async with api(tmp_path, Limits(reads=5, writes=3)) as it:
        anna, bob = await it.token("anna"), await it.token("bob")
        for _ in range(3):
            assert (await it.act(anna, "like", topic=it.topic, post=it.first)).status_code == 200
        before = it.feed()
        check_problem(await it.act(anna, "like", topic=it.topic, post=it.second), 429, "rate-limited")
        assert it.feed() == before
        assert (await it.get("topics", anna)).status_code == 200
        assert (await it.act(bob, "like", topic=it.topic, post=it.second)).status_code == 200
        for _ in range(4):
            await it.get("topics", anna)
        check_problem(await it.get("topics", anna), 429, "rate-limited")
        assert (await it.get("topics", bob)).status_code == 200
        for _ in range(5):
            assert (await it.get("topics")).status_code == 200  # guests count by address
        check_problem(await it.get("topics"), 429, "rate-limited")
        check_problem(await it.get("topics", bearer("made up")), 429, "rate-limited")
        assert (await it.get("topics", bob)).status_code == 200
        it.call_from("192.0.2.8")
        assert (await it.get("topics")).status_code == 200


async def test_searches_are_dear(tmp_path: Path) -> None:
    async with api(tmp_path, Limits(searches=2)) as it:
        for word in ("winter", "wrap", "winter", "wrap", "wrap"):  # what is known already costs nothing
            assert (await it.get(f"search?q={word}")).status_code == 200
        check_problem(await it.get("search?q=bees"), 429, "rate-limited")
        assert (await it.get("search?q=bees", await it.token("anna"))).status_code == 200
        assert (await it.get("topics")).status_code == 200


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("unknown", "unknown", True),
    ],
)
async def test_one_ipv6_network_is_one_address(tmp_path: Path, first: str, second: str, same: bool) -> None:
    async with api(tmp_path, Limits(reads=1)) as it:
        statuses = []
        for host in (first, second):
            it.call_from(host)
            statuses.append((await it.get("topics")).status_code)
        assert statuses == [200, 429 if same else 200]
