"""Logging in by a page in a browser: the errand is shown, waited for beside the keys, and left by Esc."""

from __future__ import annotations

from pathlib import Path

from tests.tui.reader_kit import reading
from tests.tui.test_membership_pages import form_of, succeeded, visited_by_a_guest

from forumtui.errors import AuthRequired
from forumtui.model import Errand
from forumtui.reader.library.door import Forms
from forumtui.tui.screens.accounts import AccountsScreen
from forumtui.tui.screens.errand import ErrandScreen
from forumtui.tui.screens.form import FormScreen

ELSEWHERE = Forms(elsewhere=True)


async def test_the_address_and_the_code_are_shown_until_it_is_done(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(80, 24), prepare=visited_by_a_guest) as driver:
        driver.engine.form = ELSEWHERE
        driver.engine.answers.clear()
        await driver.press("g", "a", "L")
        await driver.until(lambda: isinstance(driver.app.desk.screen, ErrandScreen) and "WXYZ-2345" in driver.text)
        assert "https://talk.example/user-api-key/activate/abc" in driver.text
        driver.engine.answers.set()
        await succeeded(driver)
        assert driver.said == "You are anna, Member in Sample."


async def test_esc_leaves_off_and_nobody_waits(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(40, 12), prepare=visited_by_a_guest) as driver:
        driver.engine.form = ELSEWHERE
        driver.engine.answers.clear()
        await driver.press("g", "a", "L")
        await driver.until(lambda: isinstance(driver.app.desk.screen, ErrandScreen))
        await driver.press("escape")
        await driver.until(lambda: isinstance(driver.app.desk.screen, AccountsScreen))
        driver.engine.answers.set()
        await driver.settle()
        assert "guest" in driver.text.splitlines()[0]


async def test_a_refusal_is_told_where_one_was(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=visited_by_a_guest) as driver:
        driver.engine.form = ELSEWHERE
        driver.engine.problems.append(AuthRequired("The key was not granted."))
        await driver.press("g", "a", "L")
        await succeeded(driver)
        await driver.until(lambda: "The key was not granted." in driver.text)


async def test_what_an_old_sites_page_shows_is_pasted(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=visited_by_a_guest) as driver:
        driver.engine.form = ELSEWHERE
        driver.engine.errand = Errand("https://talk.example/user-api-key/new?nonce=1", pastes=True)
        await driver.press("g", "a", "L")
        await driver.until(lambda: isinstance(driver.app.desk.screen, FormScreen))
        await driver.until(lambda: "user-api-key/new" in driver.text)
        form_of(driver).form_fields[0].input.value = "QUJD REVG"
        await driver.press("enter")
        await succeeded(driver)
        await driver.until(lambda: driver.said == "You are anna, Member in Sample.")
        assert driver.engine.filled_in == [{"payload": "QUJD REVG"}]
