"""Secret options of accounts: kept apart, given to the driver, forgotten with the account, told to nobody."""

from __future__ import annotations

import asyncio
import json
import logging
import shlex
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.reader.sync.clock import FakeClock
from tests.reader.sync.stage import library_in
from tests.waiting import until

from forumtui.backends import registry
from forumtui.cli import log
from forumtui.errors import AuthRequired, Damaged, ForumtuiError, Refused, StorageFull, Unreadable, UsageError
from forumtui.model import Certainty, Delivery, ForumInfo, Member, MemberId, Option, Recognised
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import Health
from forumtui.reader.secrets import Secrets
from forumtui.reader.sync.credentials import PASSWORD_COMMAND, Unkept
from forumtui.reader.sync.discreet import censor
from forumtui.reader.sync.engine import Engines
from forumtui.reader.target import OutKind, Remote, Target

CANARY = "canary/7f+3b ü"
PLACE = "vault://forum"


class VaultBackend:
    """Knows members by their tokens, and complains at length."""

    delivery = Delivery("key", ttl=None)

    def __init__(self, driver: VaultDriver, options: Mapping[str, str]) -> None:
        self.driver = driver
        self.options = options

    async def info(self) -> ForumInfo:
        token = self.options.get("token", "")
        if not token and self.driver.shut:
            raise AuthRequired("Log in first.")
        if token and token not in self.driver.members:
            raise AuthRequired(f"The token {token!r} is wrong.") from ValueError(f"Bearer {token}")
        name = self.driver.members.get(token)
        return ForumInfo("Vault", self.driver.uuid, me=Member(MemberId(name), name) if name else None)

    def boards(self) -> Awaitable[Sequence[object]]:
        async def none() -> Sequence[object]:
            return ()

        return none()

    async def watch(self) -> AsyncIterator[None]:
        yield
        raise Unreadable(f"The stream of {self.options.get('token')} broke.")

    async def changes(self, after: object) -> object:
        raise self.driver.trouble or Unreadable(f"GET /changes?token={self.options.get('token')} was torn.")


class VaultDriver:
    name = "vault"
    options: Sequence[Option] = (
        Option("name", "who you are"),
        Option("token", "from your profile", secret=True),
        Option("pin", "from the card", secret=True),
    )

    log_in_form = options
    registration_form = ()

    def __init__(self) -> None:
        self.members = {CANARY: "ann", "second-token": "bob"}
        self.uuid = "uuid-vault"
        self.shut = False
        self.trouble: Exception | None = None
        self.given: list[dict[str, str]] = []
        self.open_sessions = 0

    def recognises(self, location: str) -> Certainty:
        return Certainty.CERTAINLY if location.startswith("vault:") else Certainty.NO

    def names(self, location: str, base: str = "") -> Recognised | None:
        return Recognised(self.name, location) if location.startswith("vault:") else None

    def open(self, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Any]:
        return self._session(dict(options))

    async def log_in(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:
        if form.get("token", CANARY) not in {*self.members, ""}:
            raise AuthRequired(f"Nobody has the token {form['token']}.") from ValueError(f"Bearer {form['token']}")
        return dict(form)

    @asynccontextmanager
    async def _session(self, options: dict[str, str]) -> AsyncIterator[VaultBackend]:
        self.given.append(options)
        self.open_sessions += 1
        try:
            yield VaultBackend(self, options)
        finally:
            self.open_sessions -= 1


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> VaultDriver:
    vault = VaultDriver()
    monkeypatch.setattr(registry, "driver_named", lambda name: vault)
    monkeypatch.setattr(registry, "driver_for", lambda location: vault)
    return vault


@asynccontextmanager
async def playing(home: Path, *, keeper: Any = None) -> AsyncIterator[tuple[Library, Engines, Secrets]]:
    async with asyncio.timeout(60):
        clock = FakeClock()
        secrets = Secrets(home, use_keyring=False)
        async with (
            library_in(home, clock.now) as library,
            Engines(library, clock=clock, secrets=keeper or secrets) as engines,
        ):
            yield library, engines, secrets


def traces(home: Path, *words: str) -> list[str]:
    """The files that hold one of these words, written plainly or quoted; the file of secrets may."""
    quoted = [form.encode() for word in words for form in (word, json.dumps(word)[1:-1], word.split()[0])]
    files = [file for file in home.rglob("*") if file.is_file() and file.name != "secrets.json"]
    return [file.name for file in files if any(form in file.read_bytes() for form in quoted)]


async def test_a_secret_goes_to_the_driver_and_not_into_the_library(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (library, engines, secrets):
        row = await engines.add(PLACE, options={"name": "ann", "token": CANARY + "\n"})
        assert row.options == {"name": "ann"}
        assert row.me is not None
        assert secrets.get("uuid-vault", "token") == CANARY
        with pytest.raises(Unreadable):
            await engines.run_once(row.key)
        assert driver.given == [{"name": "ann", "token": CANARY}] * 2
        assert await engines.options_of(row) == {"name": "ann", "token": CANARY}
        assert CANARY not in repr(await library.accounts.all(visited=True))
    assert traces(tmp_path, CANARY) == []


async def test_logging_in_keeps_what_works_and_only_that(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (_library, engines, secrets):
        row = await engines.add(PLACE)
        assert (row.me, driver.given[-1]) == (None, {})
        with pytest.raises(AuthRequired) as found:
            await engines.log_in(row.key, {"token": "wrong-token-1"})
        assert "wrong-token-1" not in str(found.value) + str(found.value.__cause__)
        assert secrets.get(row.identity, "token") is None
        after = await engines.log_in(row.key, {"token": CANARY, "name": "x"})
        assert after.me is not None
        assert (after.me.name, after.options) == ("ann", {"name": "x"})
        after = await engines.log_in(row.key, {"token": "second-token"})
        assert after.me is not None
        assert (after.me.name, secrets.get(row.identity, "token")) == ("bob", "second-token")
        await engines.log_in(row.key, {"pin": "9876"})
        assert driver.given[-1] == {"name": "x", "token": "second-token", "pin": "9876"}
        after = await engines.log_in(row.key, {"token": "", "pin": ""})
        assert (after.me, driver.given[-1]) == (None, {"name": "x"})
        assert secrets.get(row.identity, "token") is None
    assert traces(tmp_path, CANARY, "second-token", "wrong-token-1", "9876") == []


async def test_a_misspelt_secret_is_refused_and_kept_nowhere(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (library, engines, _secrets):
        with pytest.raises(UsageError, match=r'"tokn".*token') as found:
            await engines.add(PLACE, options={"tokn": CANARY})
        assert CANARY not in str(found.value)
        with pytest.raises(UsageError, match="password out of the address"):
            await engines.add("vault://ann:canary@forum")
        assert await library.accounts.all(visited=True) == []
    assert traces(tmp_path, CANARY) == []


async def test_adding_again_is_done_as_whom_we_are_known(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (_library, engines, _secrets):
        first = await engines.add(PLACE, options={"token": CANARY})
        for driver.shut in (False, True):
            again = await engines.add(PLACE, name="renamed")
            assert (again.key, again.name, again.me) == (first.key, "renamed", first.me)
        moved = await engines.add(PLACE + "/moved", options={"token": "second-token"})
        assert moved.key == first.key
        driver.shut = True
        with pytest.raises(AuthRequired, match="Log in first"):
            await engines.add("vault://elsewhere")


async def test_who_only_claims_to_be_the_forum_gets_no_secret(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (library, engines, _secrets):
        first = await engines.add(PLACE, options={"token": CANARY})
        for _ in range(2):  # also when it is visited again
            stranger = await engines.add("vault://claims", listed=False)
            assert (stranger.identity, stranger.location, stranger.me) == ("vault://claims", "vault://claims", None)
        assert [given for given in driver.given[1:] if given] == []
        assert (await library.accounts.get(first.key)).location == PLACE


async def test_options_given_again_take_the_place_of_all_before(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (_library, engines, secrets):
        row = await engines.add(PLACE, options={"token": CANARY, "pin": "9876"})
        row = await engines.add(PLACE, options={"token": "second-token"})
        assert secrets.get(row.identity, "pin") is None
        row = await engines.add(PLACE, options={"name": "zoe"})
        assert (row.options, row.me, secrets.get(row.identity, "token")) == ({"name": "zoe"}, None, None)


async def test_what_could_not_be_added_leaves_no_secret(
    tmp_path: Path, driver: VaultDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(tmp_path) as (library, engines, secrets):
        await engines.add(PLACE, name="taken", options={"token": CANARY})
        driver.uuid = "uuid-other"
        with pytest.raises(UsageError, match="taken"):
            await engines.add("vault://other", name="taken", options={"token": "second-token"})
        assert secrets.get("uuid-other", "token") is None
        assert secrets.get("uuid-vault", "token") == CANARY

        def full(*_: object) -> str:
            raise StorageFull("No space.")

        monkeypatch.setattr(secrets, "put", full)
        with pytest.raises(StorageFull):
            await engines.add("vault://other", options={"token": "second-token"})
        assert len(await library.accounts.all(visited=True)) == 1


# -- forgetting


async def test_removing_an_account_forgets_its_secrets(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (library, engines, secrets):
        row = await engines.add(PLACE, options={"token": CANARY})
        driver.uuid = "uuid-other"
        await engines.add("vault://other", options={"token": "second-token"})
        await engines.remove(row.key)
        assert [each.identity for each in await library.accounts.all()] == ["uuid-other"]
        assert secrets.get("uuid-vault", "token") is None
        assert secrets.get("uuid-other", "token") == "second-token"
    assert CANARY not in (tmp_path / "secrets.json").read_text(encoding="utf-8")


async def test_an_account_with_drafts_keeps_its_secrets(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (library, engines, secrets):
        row = await engines.add(PLACE, options={"token": CANARY})
        await library.outbox.start(Target(row.key, OutKind.TOPIC, board=Remote("b")), Typed(text="x"))
        with pytest.raises(UsageError, match="unsent"):
            await engines.remove(row.key)
        assert secrets.get(row.identity, "token") == CANARY


def a_month_goes_by(engines: Engines) -> None:
    clock = engines._clock
    assert isinstance(clock, FakeClock)
    clock.advance(31 * 24 * 3600)


async def test_old_visits_are_forgotten_with_their_secrets(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (library, engines, secrets):
        row = await engines.add(PLACE, listed=False, options={"token": CANARY})
        a_month_goes_by(engines)
        engines.wake()
        await until(lambda: secrets.get(row.identity, "token") is None)
        assert await library.accounts.all(visited=True) == []


class Clinging(Unkept):
    def forget(self, identity: str, name: str | None = None) -> None:
        raise ForumtuiError("The keyring does not answer.")


async def test_a_secret_that_could_not_be_forgotten_is_said(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path, keeper=Clinging()) as (library, engines, _secrets):
        row = await engines.add(PLACE, options={"token": CANARY})
        with pytest.raises(ForumtuiError, match="Vault is gone from here, but not its secrets: The keyring"):
            await engines.remove(row.key)
        assert await library.accounts.all(visited=True) == []


async def test_one_visit_that_can_not_be_forgotten_keeps_no_other(
    tmp_path: Path, driver: VaultDriver, caplog: pytest.LogCaptureFixture
) -> None:
    async with playing(tmp_path, keeper=Clinging()) as (_library, engines, _secrets):
        for driver.uuid in ("uuid-1", "uuid-2"):
            await engines.add(f"vault://{driver.uuid}", listed=False, options={"token": CANARY})
        a_month_goes_by(engines)
        await engines._registrar.evict_visited()
        assert caplog.text.count("could not be forgotten") == 2


# -- a command that prints it


def printing(secret: str) -> str:
    return shlex.join([sys.executable, "-c", f"print({secret!r})"])


async def test_a_command_is_asked_at_each_session(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (_library, engines, _secrets):
        row = await engines.add(PLACE, options={PASSWORD_COMMAND: printing("second-token")})
        assert row.me is not None
        assert row.options.keys() == {PASSWORD_COMMAND}
        with pytest.raises(Unreadable):
            await engines.run_once(row.key)
        assert driver.given[-1] == {"token": "second-token"}
        assert not (tmp_path / "secrets.json").exists()


async def test_the_command_and_the_secret_replace_each_other(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (_library, engines, secrets):
        row = await engines.add(PLACE, options={"token": CANARY})
        row = await engines.add(PLACE, options={PASSWORD_COMMAND: printing("second-token"), "pin": "9876"})
        assert row.me is not None
        assert row.me.name == "bob"
        assert (secrets.get(row.identity, "token"), secrets.get(row.identity, "pin")) == (None, "9876")
        row = await engines.log_in(row.key, {"token": CANARY})
        assert row.me is not None
        assert (row.me.name, row.options) == ("ann", {})
        row = await engines.add(PLACE, options={PASSWORD_COMMAND: ""})
        assert (row.me, row.options) == (None, {})
        with pytest.raises(UsageError, match="not both"):
            await engines.add(PLACE, options={PASSWORD_COMMAND: "pass show x", "token": CANARY})
        with pytest.raises(UsageError, match="no command line"):
            await engines.add(PLACE, options={PASSWORD_COMMAND: "pass 'show"})


async def test_a_command_that_fails_waits_for_the_user(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (library, engines, _secrets):
        works = tmp_path / "works"
        works.touch()
        code = f"import pathlib; assert pathlib.Path({str(works)!r}).exists(), 'canary'; print('second-token')"
        command = shlex.join([sys.executable, "-c", code])
        row = await engines.add(PLACE, options={PASSWORD_COMMAND: command})
        works.unlink()
        with pytest.raises(AuthRequired, match="exit code 1"):
            await engines.run_once(row.key)
        row = await library.accounts.get(row.key)
        assert row.health is Health.NEEDS_LOGIN
        assert "canary" not in row.note


async def test_leaving_does_not_wait_for_a_command(tmp_path: Path, driver: VaultDriver) -> None:
    runs = tmp_path / "runs"
    async with playing(tmp_path) as (library, engines, _secrets):
        row = await engines.add(PLACE)
        command = shlex.join(["sh", "-c", f"touch {shlex.quote(str(runs))}; exec sleep 50"])
        await library.accounts.set_options(row.key, {PASSWORD_COMMAND: command})
        engines.wake()
        await until(runs.exists)
        began = time.monotonic()
    assert time.monotonic() - began < 25


async def test_a_driver_without_secrets_knows_no_command(tmp_path: Path, driver: VaultDriver) -> None:
    driver.options = (Option("name", "who you are"),)
    async with playing(tmp_path) as (_library, engines, _secrets):
        with pytest.raises(UsageError, match="it knows name"):
            await engines.add(PLACE, options={PASSWORD_COMMAND: "pass show x"})


# -- what is told


async def test_errors_are_told_without_the_secret(tmp_path: Path, driver: VaultDriver) -> None:
    log.set_up(tmp_path / "forumtui.log", debug=True)
    async with playing(tmp_path) as (library, engines, _secrets):
        row = await engines.add(PLACE, options={"token": CANARY})
        with pytest.raises(Unreadable) as found:
            await engines.run_once(row.key)
        assert "/changes?token=" in str(found.value)
        assert "canary" not in str(found.value)
        assert "canary" not in (await library.accounts.get(row.key)).note
        driver.trouble = RuntimeError("unforeseen", f"Bearer {CANARY}", CANARY.encode())
        engines.wake()

        async def has_failed() -> bool:
            return "unforeseen" in (await library.accounts.get(row.key)).note

        await until(has_failed)
        await library.accounts.set_options(row.key, {"name": "x"})
        driver.members.clear()
        with pytest.raises(AuthRequired) as refused:
            await engines.run_once(row.key)
        assert "canary" not in str(refused.value)
        logging.getLogger("forumtui.plugin").debug("Authorization: %s", CANARY)
    written = (tmp_path / "forumtui.log").read_text(encoding="utf-8")
    assert "Traceback" in written
    assert "Authorization: [secret]" in written
    assert traces(tmp_path, CANARY) == []


async def test_a_backend_is_discreet_and_otherwise_itself(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (_library, engines, _secrets):
        row = await engines.add(PLACE, options={"token": CANARY})
        async with engines._registrar.open(row) as backend:
            assert backend.delivery is VaultBackend.delivery
            assert await backend.boards() == ()
            events: AsyncIterator[object] = backend.watch()
            assert await anext(events) is None
            with pytest.raises(Unreadable) as found:
                await anext(events)
            assert str(found.value) == "The stream of [secret] broke."
            with pytest.raises(AttributeError):
                backend.nonsense  # type: ignore[attr-defined]  # noqa: B018  # there is no such thing
        assert driver.open_sessions == 0


def test_every_part_of_an_error_is_censored(tmp_path: Path) -> None:
    from forumtui.reader.secrets import hide

    hide("censored-value")
    inner = OSError(2, "No censored-value", "/x/censored-value")
    group = ExceptionGroup("both censored-value", [inner, KeyError("censored-value")])
    outer = Refused("censored-value", 7)
    outer.__cause__ = group
    inner.__cause__ = outer  # a ring
    censor(outer)
    assert "censored-value" not in f"{outer} {inner} {group.exceptions[1]}"
    assert (outer.args[1], inner.errno) == (7, 2)


async def test_a_broken_file_of_secrets_is_said_at_the_account(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path) as (library, engines, _secrets):
        row = await engines.add(PLACE, options={"token": CANARY})
        (tmp_path / "secrets.json").write_text("torn", encoding="utf-8")
        with pytest.raises(Damaged, match="log in again"):
            await engines.run_once(row.key)
        assert "log in again" in (await library.accounts.get(row.key)).note


async def test_without_a_keeper_secrets_live_as_long_as_the_engines(tmp_path: Path, driver: VaultDriver) -> None:
    async with playing(tmp_path, keeper=Unkept()) as (_library, engines, _secrets):
        row = await engines.add(PLACE, options={"token": CANARY})
        assert (await engines.options_of(row))["token"] == CANARY
        await engines.remove(row.key)
        assert not (tmp_path / "secrets.json").exists()
    assert traces(tmp_path, CANARY) == []
