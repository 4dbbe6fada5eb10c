"""Logging in, registering and logging out, and what a revoked token leaves: everything that was written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.reader.sync.clock import FakeClock
from tests.reader.sync.stage import fill, forum_texts, library_in
from tests.reference.forum import ReferenceForum
from tests.waiting import until

from forumtui.backends.api import Backend
from forumtui.backends.local import ForumBackend
from forumtui.errors import AuthRequired, Refused, Unanswered, UsageError
from forumtui.model import INHERITED, Ability, Action, Body, Can, Certainty, Option, Receipt, Recognised, TopicId
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountRow, Health, OutState, WantPosts
from forumtui.reader.sync.credentials import Unkept
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import RECONCILE
from forumtui.reader.target import OutKind, Remote, Target

PLACE = "vault://forum"
NAME = Option("name", "your name", required=True)
PASSWORD = Option("password", "your password", required=True, secret=True)


class GuardedBackend(ForumBackend):
    """Answers a guest's questions, writes for members, and knows no token that was revoked."""

    def __init__(self, vault: Vault, token: str) -> None:
        super().__init__(vault.store, vault.tokens.get(token, ""), poll=0.005)
        self._vault = vault
        self._token = token

    async def info(self) -> Any:
        self._check()
        info = await super().info()
        if self._token and self._vault.slow_greeting is not None:
            self._vault.slow_greeting.set()
            await asyncio.Event().wait()
        return info

    async def posts(self, topic: TopicId, window: Any) -> Any:
        page = await super().posts(topic, window)
        if self._token:
            return page
        return replace(page, items=tuple(replace(post, can=self._vault.guest) for post in page.items))

    async def changes(self, after: Any) -> Any:
        self._check()
        return await super().changes(after)

    async def perform(self, action: Action) -> Receipt:
        self._check()
        if not self._token:
            raise AuthRequired("Log in to write.")
        return await super().perform(action)

    def _check(self) -> None:
        if self._token and self._token not in self._vault.tokens:
            raise AuthRequired("Your log-in has ended; log in again.")


class Vault:
    """A driver of forums with passwords and tokens."""

    name = "vault"
    options = (Option("token", "the token", secret=True), Option("colour", "a plain setting"))
    log_in_form = (NAME, PASSWORD)
    registration_form = (NAME, PASSWORD, Option("accepts_rules", "yes"))

    def __init__(self) -> None:
        self.store = ReferenceForum("Vault")
        self.passwords = {"ann": "sesame-1"}
        self.tokens: dict[str, str] = {}
        self.left_open = 0
        self.guest = INHERITED
        """What every post says a guest may not."""
        self.lost_answers = 0
        self.slow_greeting: asyncio.Event | None = None
        """Set once a member's greeting is on its way, where it then stays."""
        self.sessions: list[str] = []
        """The tokens of those that are open, "" for a guest's."""
        self.met: list[list[str]] = []
        """The sessions that were open when each began."""

    def recognises(self, location: str) -> Certainty:
        return Certainty.CERTAINLY if location == PLACE else Certainty.NO

    def names(self, location: str, base: str = "") -> Recognised | None:
        return Recognised(self.name, location) if location == PLACE else None

    @asynccontextmanager
    async def open(self, location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:
        token = options.get("token", "")
        self.met.append(list(self.sessions))
        self.sessions.append(token)
        try:
            yield GuardedBackend(self, token)
        finally:
            self.sessions.remove(token)

    def _issue(self, name: str) -> dict[str, str]:
        token = f"token-of-{name}-{len(self.tokens)}"
        self.tokens[token] = name
        return {"token": token}

    async def log_in(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:
        if form.keys() - {"name", "password"}:
            raise UsageError("The form asks for name and password.")
        if self.passwords.get(form["name"]) != form["password"]:
            raise AuthRequired(f"Name or password are wrong: {form['password']}.")  # a careless forum
        return self._issue(form["name"])

    async def register(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:
        if not form.get("accepts_rules"):
            raise Refused("Accept the rules first.")
        self.passwords[form["name"]] = form["password"]
        return self._issue(form["name"])

    async def log_out(self, location: str, options: Mapping[str, str]) -> Mapping[str, str]:
        if self.lost_answers:
            raise Unanswered("No answer.")
        if self.tokens.pop(options.get("token", ""), None) is None:
            raise AuthRequired("This token is not known.")
        return {name: value for name, value in options.items() if name != "token"}


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    made = Vault()
    monkeypatch.setattr("forumtui.backends.registry.driver_named", lambda name: made)
    monkeypatch.setattr("forumtui.backends.registry.driver_for", lambda location: made)
    return made


@asynccontextmanager
async def playing(
    folder: Path, vault: Vault, keeper: Unkept | None = None
) -> AsyncIterator[tuple[Library, AccountRow, Engines]]:
    async with asyncio.timeout(60):
        clock = FakeClock()
        await fill(vault.store)
        async with (
            library_in(folder, clock.now) as library,
            Engines(library, clock=clock, secrets=keeper or Unkept()) as engines,
        ):
            account = await engines.add(PLACE, options={"colour": "blue"})
            yield library, account, engines


ANN = {"name": "ann", "password": "sesame-1"}


async def comes_to(library: Library, account: AccountRow, health: Health) -> None:
    async def has_come() -> bool:
        return (await library.accounts.get(account.key)).health is health

    await until(has_come)


async def test_forms_are_the_drivers(tmp_path: Path, vault: Vault) -> None:
    async with playing(tmp_path, vault) as (_library, account, engines):
        forms = await engines.forms(account.key)
        assert [option.name for option in forms.log_in] == ["name", "password"]
        assert forms.register[-1].name == "accepts_rules"


async def test_a_log_in_gives_a_token_that_only_the_keeper_of_secrets_has(tmp_path: Path, vault: Vault) -> None:
    keeper = Unkept()
    async with playing(tmp_path, vault, keeper) as (_library, account, engines):
        assert account.me is None
        row = await engines.log_in(account.key, ANN)
        assert row.me is not None
        assert (row.me.name, row.options) == ("ann", {"colour": "blue"})
        assert keeper.get(row.identity, "token") == "token-of-ann-0"
    for file in tmp_path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"token-of-ann" not in content, file
            assert b"sesame" not in content, file


async def test_a_wrong_password_changes_nothing_and_is_not_repeated(
    tmp_path: Path, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    async with playing(tmp_path, vault) as (library, account, engines):
        with caplog.at_level(logging.DEBUG), pytest.raises(AuthRequired) as caught:
            await engines.log_in(account.key, {"name": "ann", "password": "open-barley"})
        assert "open-barley" not in str(caught.value) + caplog.text
        assert (await library.accounts.get(account.key)).me is None
        with pytest.raises(UsageError, match="asks for"):
            await engines.log_in(account.key, {"nmae": "ann"})


async def test_registering_makes_a_member_or_tells_why_not(tmp_path: Path, vault: Vault) -> None:
    async with playing(tmp_path, vault) as (library, account, engines):
        form = {"name": "zoe", "password": "sesame-2"}
        with pytest.raises(Refused, match="Accept the rules"):
            await engines.register(account.key, form)
        assert (await library.accounts.get(account.key)).me is None
        row = await engines.register(account.key, {**form, "accepts_rules": "yes"})
        assert row.me is not None
        assert row.me.name == "zoe"


async def test_logging_out_revokes_the_token_and_leaves_a_guest(tmp_path: Path, vault: Vault) -> None:
    keeper = Unkept()
    async with playing(tmp_path, vault, keeper) as (library, account, engines):
        engines.wake()
        await engines.log_in(account.key, ANN)
        draft = await library.outbox.start(Target(account.key, OutKind.REPLY, topic=Remote("1")), Typed(text="Later."))
        row = await engines.log_out(account.key)
        assert (row.me, row.options, vault.tokens) == (None, {"colour": "blue"}, {})
        assert keeper.get(row.identity, "token") is None
        assert (await library.outbox.get(draft.uid)).body == Body("Later.")
        await comes_to(library, account, Health.OK)  # a guest reads on


class Watched(Unkept):
    """Notes which members' sessions are open whenever a secret changes."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self.open_at_change: list[list[str]] = []
        self._vault = vault

    def put(self, identity: str, name: str, value: str) -> str:
        self.open_at_change.append([token for token in self._vault.sessions if token])
        return super().put(identity, name, value)

    def forget(self, identity: str, name: str | None = None) -> None:
        self.open_at_change.append([token for token in self._vault.sessions if token])
        super().forget(identity, name)


@pytest.mark.parametrize("leave", ["log out", "become another", "be given other settings"])
async def test_no_greeting_of_whom_one_was_is_under_way_when_one_is_asked_for_anew(
    tmp_path: Path, vault: Vault, leave: str
) -> None:
    keeper = Watched(vault)
    async with playing(tmp_path, vault, keeper) as (library, account, engines):
        await engines.log_in(account.key, ANN)
        vault.slow_greeting = asyncio.Event()
        engines.wake()
        await vault.slow_greeting.wait()  # "you are ann" is on its way
        vault.slow_greeting = None
        vault.met.clear()
        keeper.open_at_change.clear()
        if leave == "log out":
            row = await engines.log_out(account.key)
        elif leave == "become another":
            row = await engines.register(account.key, {"name": "zoe", "password": "sesame-2", "accepts_rules": "yes"})
        else:
            row = await engines.add(PLACE, options={"colour": "red"})
            vault.met.pop(0)  # the look before anything is changed
        assert (row.me and row.me.name) == ("zoe" if leave == "become another" else None)
        assert keeper.open_at_change
        assert not any(keeper.open_at_change)
        await comes_to(library, account, Health.OK)
        assert vault.met
        assert not any(vault.met)


async def test_a_log_in_that_ended_elsewhere_can_be_left_all_the_same(tmp_path: Path, vault: Vault) -> None:
    async with playing(tmp_path, vault) as (_library, account, engines):
        await engines.log_in(account.key, ANN)
        vault.tokens.clear()
        assert (await engines.log_out(account.key)).me is None


async def test_a_log_out_that_nobody_heard_changes_nothing(tmp_path: Path, vault: Vault) -> None:
    keeper = Unkept()
    async with playing(tmp_path, vault, keeper) as (library, account, engines):
        await engines.log_in(account.key, ANN)
        vault.lost_answers = 1
        with pytest.raises(Unanswered):
            await engines.log_out(account.key)
        row = await library.accounts.get(account.key)
        assert row.me is not None
        assert keeper.get(row.identity, "token") is not None


async def test_a_revoked_token_stops_everything_until_a_new_log_in_and_nothing_is_lost(
    tmp_path: Path, vault: Vault
) -> None:
    async with playing(tmp_path, vault) as (library, account, engines):
        engines.wake()
        await engines.log_in(account.key, ANN)
        await comes_to(library, account, Health.OK)
        draft = await library.outbox.start(
            Target(account.key, OutKind.REPLY, topic=Remote("2")), Typed(text="A draft.")
        )
        vault.tokens.clear()
        row = await library.outbox.start(Target(account.key, OutKind.REPLY, topic=Remote("1")), Typed(text="Mine."))
        await library.outbox.submit(row.uid)
        await comes_to(library, account, Health.NEEDS_LOGIN)
        assert "log in again" in (await library.accounts.get(account.key)).note
        waiting = await library.outbox.get(row.uid)
        assert (waiting.state, waiting.body) == (OutState.QUEUED, Body("Mine."))
        assert (await library.outbox.get(draft.uid)).state is OutState.DRAFT

        await engines.log_in(account.key, ANN)
        await comes_to(library, account, Health.OK)

        async def is_sent() -> bool:  # at once: the clock stands still
            return (await library.outbox.get(row.uid)).state is OutState.SENT

        await until(is_sent)
        assert (await forum_texts(vault.store, TopicId("1"))).count("Mine.") == 1
        assert (await library.outbox.get(draft.uid)).body == Body("A draft.")


async def test_who_becomes_a_member_may_write_in_open_topics_at_once(tmp_path: Path, vault: Vault) -> None:
    async with playing(tmp_path, vault) as (library, account, engines):
        guest = Can({Ability.REPLY: "log in first"})
        vault.guest = guest
        await library.accounts.set_listed(account.key, listed=False)
        await engines.run_once(account.key, wants=[WantPosts(account.key, TopicId("1"))])
        topic = await library.reading.topic_by_id(account.key, TopicId("1"))
        assert topic is not None
        keys = (await library.reading.outline(topic.key)).keys

        async def refused() -> list[str | None]:
            rows = (await library.reading.posts(topic.key, keys)).values()
            return [row.can.refusal(Ability.REPLY) for row in rows if row.can != INHERITED]

        assert set(await refused()) == {"log in first"}
        engines.wake()
        row = await engines.register(account.key, {"name": "bea", "password": "pw", "accepts_rules": "yes"})
        assert row.listed
        assert "log in first" not in await refused()
        await until(lambda: anew(library, account))
        assert "log in first" not in await refused()


async def anew(library: Library, account: AccountRow) -> bool:
    """Whether the forum was read once more from its beginning."""
    return await library.accounts.cursor(account.key, RECONCILE) is None
