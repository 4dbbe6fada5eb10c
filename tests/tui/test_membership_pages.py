"""Logging in, registering, logging out, members' pages and one's own."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.moderation_kit import done
from tests.tui.reader_kit import ALL, Driver, reading, stock

from forumtui.errors import AuthRequired, Offline, Refused
from forumtui.model import Body, ForumInfo, InfoPage, Member, MemberId, Millis, Option, Registration, SetProfile
from forumtui.reader.library import Library
from forumtui.reader.library.door import Forms
from forumtui.reader.rows import Health
from forumtui.tui.screens.accounts import AccountsScreen
from forumtui.tui.screens.form import FormScreen
from forumtui.tui.screens.member import MemberScreen

NAME = Option("name", "your name there", required=True)
PASSWORD = Option("password", "your password", required=True, secret=True)
INVITATION = Option("invitation", "the invitation's code, where one is needed")
ACCEPTS = Option("accepts_rules", "yes, if you accept the forum's rules")
FORMS = Forms((NAME, PASSWORD), (NAME, PASSWORD, INVITATION, ACCEPTS))


async def visited_by_a_guest(library: Library, registration: Registration = Registration.INVITATION) -> None:
    row = await stock(library)
    rules = InfoPage("rules", "House rules", Body("Quote *fairly*.\n\n" + "\n\n".join(f"Rule {n}." for n in range(30))))
    info = ForumInfo("Sample", row.identity, pages=(rules,), can=ALL, registration=registration)
    await library.accounts.update_info(row.key, info)


async def open_to_all(library: Library) -> None:
    await visited_by_a_guest(library, Registration.OPEN)


async def closed(library: Library) -> None:
    await visited_by_a_guest(library, Registration.CLOSED)


def form_of(driver: Driver) -> FormScreen:
    screen = driver.app.desk.screen
    assert isinstance(screen, FormScreen)
    return screen


async def succeeded(driver: Driver) -> None:
    await driver.until(lambda: isinstance(driver.app.desk.screen, AccountsScreen))
    await driver.settle()


# -- logging in


async def test_a_password_is_asked_for_and_shown_to_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with reading(tmp_path, size=(80, 24), prepare=visited_by_a_guest) as driver:
            driver.engine.form = FORMS
            await driver.press("g", "a", "L")
            assert "Log in to Sample" in driver.text
            assert "your password" in driver.text
            await driver.type("ben")
            await driver.press("enter")
            await driver.type("sesame q7")
            assert "ben" in driver.text
            assert "sesame" not in driver.text
            assert "•••••••••" in driver.text
            await driver.press("enter")
            await succeeded(driver)
            assert driver.said == "You are ben, Member in Sample."
            assert driver.engine.filled_in == [{"name": "ben", "password": "sesame q7"}]
            assert "ben, Member" in driver.text.splitlines()[0]
    assert "sesame" not in caplog.text


async def test_what_is_wrong_stands_under_the_fields_which_stay_filled_in(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=visited_by_a_guest) as driver:
        driver.engine.form = FORMS
        await driver.press("g", "a", "L", "ctrl+s")
        assert "Name is needed." in driver.text
        await driver.type("ben")
        await driver.press("ctrl+s")
        assert "Password is needed." in driver.text
        assert form_of(driver).form_fields[1].input.has_focus
        await driver.type("open barley")
        driver.engine.problems.append(AuthRequired("The name or the password is wrong."))
        await driver.press("enter")
        await driver.until(lambda: "The name or the password is wrong." in driver.text)
        assert "ben" in driver.text
        driver.engine.problems.append(Offline("Sample is offline by choice; go online first."))
        await driver.press("enter")
        await driver.until(lambda: "offline by choice" in driver.text)
        driver.engine.problems.append(RuntimeError("wires crossed"))
        await driver.press("enter")
        await driver.until(lambda: "did not work (RuntimeError)" in driver.text)
        await driver.press("enter")
        await succeeded(driver)


async def test_fields_are_gone_through_both_ways_and_esc_sends_nothing(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(40, 12), prepare=visited_by_a_guest) as driver:
        driver.engine.form = FORMS
        await driver.press("g", "a", "N")
        form = form_of(driver)

        def here() -> list[str]:
            return [each.option.name for each in form.form_fields if each.input.has_focus]

        places = [here()]
        for key in ("tab", "down", "tab", "shift+tab", "up"):
            await driver.press(key)
            places.append(here())
        assert places == [
            ["name"],
            ["password"],
            ["password_again"],
            ["invitation"],
            ["password_again"],
            ["password"],
        ]
        assert "▌ Password" in driver.text
        await driver.press("q", "j", "escape")
        assert isinstance(driver.app.desk.screen, AccountsScreen)
        assert driver.engine.filled_in == []


async def test_sending_twice_sends_once_and_a_closed_form_still_tells(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=visited_by_a_guest) as driver:
        driver.engine.answers.clear()
        await driver.press("g", "a", "L")
        await driver.type("ben")
        await driver.press("enter", "enter")
        assert "Asking the forum" in driver.text
        await driver.press("escape")
        driver.engine.problems.append(AuthRequired("Nobody knows you."))
        driver.engine.answers.set()
        await driver.until(lambda: driver.said == "Nobody knows you.")
        assert len(driver.engine.filled_in) == 1


async def test_a_forum_without_a_form_says_so(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=visited_by_a_guest) as driver:
        driver.engine.form = Forms()
        await driver.press("g", "a", "L")
        assert driver.said == "Sample asks nobody to log in. You are a guest in Sample."
        await driver.press("N")
        assert driver.said == "One does not become a member of Sample from here."


async def test_a_log_in_that_ended_is_asked_for_with_its_reason(tmp_path: Path) -> None:
    async def ended(library: Library) -> None:
        row = await stock(library)
        await library.accounts.set_health(row.key, Health.NEEDS_LOGIN, "Your log-in has ended.")

    async with reading(tmp_path, prepare=ended) as driver:
        driver.engine.form = FORMS
        await driver.press("g", "a")
        assert "wants you to log in (L)" in driver.text
        await driver.press("L")
        assert "Your log-in has ended." in driver.text
        assert form_of(driver).form_fields[0].input.value == "Anna"
        assert form_of(driver).form_fields[1].input.has_focus


# -- becoming a member


async def test_the_rules_are_shown_and_accepted_before_anything_is_sent(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(80, 24), prepare=visited_by_a_guest) as driver:
        driver.engine.form = FORMS
        await driver.press("g", "a", "N")
        for words in ("Become a member of Sample", "those who were invited", "House rules", "Quote fairly."):
            assert words in driver.text
        assert "accepts" not in driver.text
        assert "Rule 23." not in driver.text
        for label in ("Name", "Password", "Password again", "Invitation"):
            assert f" {label} " in driver.text  # all in sight, whatever the rules' length
        await driver.press("pagedown", "pagedown", "pagedown", "pagedown")
        assert "Rule 23." in driver.text
        await driver.type("zoe")
        await driver.press("enter")
        await driver.type("sesame22")
        await driver.press("enter")
        await driver.type("sesame23")
        await driver.press("enter", "enter")
        assert "The two are not the same: type the password again" in driver.text
        await driver.press("up")
        await driver.press("backspace", "2", "enter", "enter")
        assert "Do you accept the rules of Sample?" in driver.text
        await driver.press("escape")
        assert "Do you accept" not in driver.text
        assert "who becomes a member accepts the rules" in driver.text
        await driver.press("enter")
        assert "Do you accept the rules of Sample?" in driver.text
        await driver.press("n")
        assert "who becomes a member accepts the rules" in driver.text
        assert driver.engine.filled_in == []
        driver.engine.problems.append(Refused("The name is taken."))
        await driver.press("enter", "y")
        await driver.until(lambda: "The name is taken." in driver.text)
        await driver.press("ctrl+s", "y")
        await succeeded(driver)
        assert driver.engine.filled_in[-1] == {"name": "zoe", "password": "sesame22", "accepts_rules": "yes"}
        assert "zoe, Member" in driver.text


async def test_an_open_forum_asks_for_no_invitation(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=open_to_all) as driver:
        driver.engine.form = replace(FORMS, register=(NAME, INVITATION))
        await driver.press("g", "a", "N")
        assert "invit" not in driver.text.lower()
        await driver.type("zoe")
        await driver.press("enter")
        await succeeded(driver)
        assert driver.engine.filled_in == [{"name": "zoe"}]


async def test_who_can_not_register_or_log_out_is_told_why(tmp_path: Path) -> None:
    async with reading(tmp_path / "a", prepare=closed) as driver:
        await driver.press("g", "a", "N")
        assert driver.said == "Not here: it takes no new members."
        await driver.press("x", "l")
        assert driver.said == "Not here: you are a guest there."
    async with reading(tmp_path / "b") as driver:
        await driver.press("g", "a", "N")
        assert driver.said == "Not here: you are Anna there already."


async def test_logging_out_asks_and_leaves_a_guest(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        assert "Anna, Member" in driver.text.splitlines()[0]
        await driver.press("g", "a", "x", "l", "n")
        assert "Anna, Member" in driver.text
        driver.engine.problems.append(Offline("No line."))
        await driver.press("x", "l", "y")
        await driver.until(lambda: driver.said == "No line.")
        await driver.press("x", "l", "y")
        await driver.until(lambda: "Logged out." in driver.said)
        await driver.settle()
        assert "guest" in driver.text.splitlines()[0]


# -- members


async def test_a_members_page_shows_what_is_known_then_what_the_forum_says(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        driver.engine.people["Jaap de Jonge"] = Member(
            MemberId("jaap"), "Jaap de Jonge", "Editor", Millis(1_700_000_000_000), "I edit.\n\nAnd read."
        )
        driver.engine.answers.clear()
        await driver.press("j", "enter", "I")
        screen = driver.app.desk.screen
        assert isinstance(screen, MemberScreen)
        assert "Jaap de Jonge" in driver.text
        assert "Asking the forum" in driver.text
        driver.engine.answers.set()
        await driver.until(lambda: "Editor, member since 2023-11-1" in driver.text)
        assert "And read." in driver.text
        await driver.press("e")
        assert driver.said == "Not here: this is somebody else."
        await driver.press("G", "enter")
        assert driver.app.reader.topics.shown.filter == "Jaap de Jonge"


async def test_a_members_page_without_an_answer(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("I")
        await driver.until(lambda: "There is no such member." in driver.text)
        assert "Anna" in driver.text


async def test_one_describes_oneself(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        driver.engine.people["Anna"] = Member(MemberId("anna"), "Anna", "Member", about="Old words.")
        await driver.press("g", "a", "I")
        await driver.until(lambda: "Old words." in driver.text)
        assert "this is you" in driver.text
        await driver.press("e", "escape", "e")
        driver.engine.people["Anna"] = Member(MemberId("anna"), "Anna", "Member", about="I lead.")
        await driver.type("I lead.")
        assert await done(driver, "enter") == SetProfile("I lead.")
        await driver.until(lambda: "I lead." in driver.text)
        assert len(driver.engine.acts) == 1


async def test_a_guest_has_no_page(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=visited_by_a_guest) as driver:
        await driver.press("g", "a", "I")
        assert driver.said == "You are a guest in Sample."


async def test_the_header_says_who_one_is_in_the_forum_that_one_is_in(tmp_path: Path) -> None:
    async def two(library: Library) -> None:
        for name, me in (("one", "Anna"), ("two", "Zoe")):
            row = await stock(library, name, topics=1, posts=1)
            info = ForumInfo(name.title(), row.identity, me=Member(MemberId(me), me, "Member"), can=ALL)
            await library.accounts.update_info(row.key, info)

    async with reading(tmp_path, prepare=two) as driver:
        await driver.press("g", "b", "g", "g", "enter")
        assert "Anna, Member" in driver.text.splitlines()[0]
        await driver.press("h", "G", "enter")
        assert "Zoe, Member" in driver.text.splitlines()[0]
