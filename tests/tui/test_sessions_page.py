"""Changing one's password, and the page of where one is logged in."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from tests.tui.reader_kit import NOW, Driver, put_account, reading, stock
from tests.tui.test_membership_pages import form_of, succeeded, visited_by_a_guest

from forumtui.errors import AuthRequired, Offline, Refused, Unsupported
from forumtui.model import Member, MemberId, Millis, OwnToken
from forumtui.reader.library import Library
from forumtui.tui.acts import secretly
from forumtui.tui.screens.accounts import AccountsScreen
from forumtui.tui.screens.member import MemberScreen
from forumtui.tui.screens.sessions import SessionsScreen

DAY = 86_400_000
DESK = OwnToken("a1", "desk", ("read", "write"), Millis(NOW - DAY), Millis(NOW + 89 * DAY), Millis(NOW), current=True)
PHONE = OwnToken("b2", "phone\x1b[31m\nforged", ("read", "write"), Millis(NOW - 9 * DAY), Millis(NOW + 81 * DAY))
ROBOT = OwnToken("c3", "", ("read",), Millis(NOW - 20 * DAY), None, Millis(NOW - DAY))


def logged_in(driver: Driver, *tokens: OwnToken) -> None:
    driver.engine.access.own = list(tokens or (DESK, PHONE, ROBOT))


def left(driver: Driver) -> list[str]:
    return [token.id for token in driver.engine.access.own]


# -- the password


async def test_a_password_is_asked_for_twice_and_shown_to_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with reading(tmp_path, size=(80, 24)) as driver:
            await driver.press("g", "a", "x", "p")
            assert "Change your password in Sample" in driver.text
            assert "other log-ins end with it" in driver.text
            assert [each.label for each in form_of(driver).form_fields] == ["Old", "New", "New again"]
            for words, key in (("sesame q7", "enter"), ("sesame q8", "enter"), ("sesame q9", "ctrl+s")):
                await driver.type(words)
                await driver.press(key)
            assert "The two are not the same: type the new again" in driver.text
            await driver.press("backspace", "8")
            driver.engine.problems.append(Refused("The old password is wrong."))
            await driver.press("enter")
            await driver.until(lambda: "The old password is wrong." in driver.text)
            assert "sesame" not in driver.text
            await driver.press("ctrl+s")
            await succeeded(driver)
            assert "is changed; all other log-ins are ended" in driver.said
            assert driver.engine.access.passwords == [("sesame q7", "sesame q8")] * 2
    assert "sesame" not in caplog.text


async def test_the_first_password_has_no_old_one(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("g", "a", "x", "p", "enter")
        await driver.type("sesame q8")
        await driver.press("enter")
        await driver.type("sesame q8")
        await driver.press("enter")
        await succeeded(driver)
        assert driver.engine.access.passwords == [("", "sesame q8")]


async def test_a_password_is_not_sent_in_plain_words_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secretly, "is_overheard", lambda _: True)
    async with reading(tmp_path) as driver:
        await driver.press("g", "a", "x", "p", "enter")
        for key in ("enter", "enter"):
            await driver.type("sesame q8")
            await driver.press(key)
        assert "not encrypted" in driver.text
        await driver.press("n")
        assert "Nothing was sent." in driver.text
        assert driver.engine.access.passwords == []


# -- where one is logged in


async def test_where_one_is_logged_in_can_be_seen_and_ended(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(80, 24)) as driver:
        logged_in(driver)
        await driver.press("g", "a", "W")
        await driver.until(lambda: "without a name" in driver.text)
        assert isinstance(driver.app.desk.screen, SessionsScreen)
        assert "where you are logged in" in driver.text
        (here,) = (line for line in driver.text.splitlines() if "this is where you are" in line)
        assert "desk" in here
        assert "\x1b" not in driver.text
        assert not any(line.strip().startswith("forged") for line in driver.text.splitlines())
        for words in ("never used", "good for ever", "to read, write"):
            assert words in driver.text
        screen = driver.app.desk.screen
        while screen.token is not PHONE:
            await driver.press("j")
        await driver.press("x", "d")
        assert 'End the log-in "phone' in driver.text
        await driver.press("n")
        assert left(driver) == ["a1", "b2", "c3"]
        driver.engine.problems.append(Offline("No line."))
        await driver.press("x", "d", "y")
        await driver.until(lambda: "No line." in driver.said)
        assert left(driver) == ["a1", "b2", "c3"]
        await driver.press("x", "d", "y")
        await driver.until(lambda: "phone" not in driver.text.replace(driver.said, ""))
        assert left(driver) == ["a1", "c3"]
        assert driver.said.startswith("Ended: ")


async def test_logging_out_everywhere_but_here(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        logged_in(driver)
        await driver.press("g", "a", "W", "x", "o", "y")
        await driver.until(lambda: driver.said == "Logged out of Sample everywhere but here.")
        await driver.until(lambda: "without a name" not in driver.text)
        assert left(driver) == ["a1"]
        assert "Anna, Member" in driver.text.splitlines()[0]


@pytest.mark.parametrize("keys", [("x", "a"), ("x", "d")])
async def test_whoever_logs_out_here_is_a_guest_again(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with reading(tmp_path) as driver:
        logged_in(driver)
        await driver.press("g", "a", "W")
        await driver.until(lambda: "desk" in driver.text)
        await driver.press(*keys)
        assert "What you wrote is kept." in driver.text
        await driver.press("y")
        await succeeded(driver)
        assert "Drafts and outbox are kept." in driver.said
        assert "guest" in driver.text.splitlines()[0]
        assert left(driver) == ([] if keys == ("x", "a") else ["b2", "c3"])


@pytest.mark.parametrize(
    "problem", [Unsupported("This forum has no passwords."), AuthRequired("Your log-in has ended.")]
)
async def test_what_goes_wrong_stands_in_the_page(tmp_path: Path, problem: Exception) -> None:
    async with reading(tmp_path) as driver:
        driver.engine.problems.append(problem)
        await driver.press("g", "a", "W")
        await driver.until(lambda: str(problem) in driver.text)
        await driver.press("x", "d")
        assert "there is nothing to end" in driver.said


# -- from where


async def test_ones_own_page_leads_there_and_that_of_others_does_not(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(80, 24)) as driver:
        driver.engine.people["Anna"] = Member(MemberId("anna"), "Anna", "Member")
        await driver.press("g", "a", "I")
        assert isinstance(driver.app.desk.screen, MemberScreen)
        await driver.press("W")
        assert isinstance(driver.app.desk.screen, SessionsScreen)
        await driver.press("h")
        await driver.press("x", "p")
        assert "Change your password in Sample" in driver.text
        await driver.press("escape", "h", "h", "j", "enter", "I")
        for keys in (("W",), ("x", "p")):
            await driver.press(*keys)
            assert driver.said == "Not here: this is somebody else."


async def test_a_guest_has_neither(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=visited_by_a_guest) as driver:
        await driver.press("g", "a")
        for keys in (("W",), ("x", "p")):
            await driver.press(*keys)
            assert driver.said == "Not here: you are a guest there."


async def test_it_is_the_forum_under_the_cursor(tmp_path: Path) -> None:
    async def two(library: Library) -> None:
        await stock(library)
        await put_account(library, "other")

    async with reading(tmp_path, prepare=two) as driver:
        await driver.press("g", "a", "G", "W")
        screen = driver.app.desk.screen
        assert isinstance(screen, SessionsScreen)
        assert screen.account.title == "Other"
        await driver.press("h")
        assert isinstance(driver.app.desk.screen, AccountsScreen)
