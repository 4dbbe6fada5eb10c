"""A forum may lack features: then the contract holds it to refusing them, and to all the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from tests.contract.lesser import Lesser
from tests.reference.forum import ReferenceForum

from forumtui.backends.api import Backend, Refuses
from forumtui.backends.local import ForumBackend
from forumtui.errors import BackendError
from forumtui.testing import BackendContract, Stage
from forumtui.testing.contract.lacking import REFUSALS


class Lacking(BackendContract):
    """What the session lacks, and what the tests are told that it lacks."""

    really: ClassVar[tuple[str, ...]] = ()

    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        store = ReferenceForum()
        yield Stage(Lesser(ForumBackend(store, me, poll=0.01), *self.really), store)

    async def take_place(self, stage: Stage) -> None:
        assert isinstance(stage.store, ReferenceForum)
        stage.store.new_epoch()


class TestReadOnly(Lacking):
    really = ("can_write", "can_moderate")
    can_write = can_moderate = False


class TestWithoutEdits(Lacking):
    really = ("can_edit",)
    can_edit = False


class TestWithoutFeed(Lacking):
    really = ("has_feed",)
    has_feed = False


class TestWithoutSearch(Lacking):
    really = ("can_search",)
    can_search = False


class TestOnlyTopicsAndReplies(Lacking):
    really = ("can_edit", "can_like", "can_mark", "can_moderate", "can_search", "can_watch", "has_feed", "has_leaders")
    can_edit = can_like = can_mark = can_moderate = can_search = can_watch = has_feed = has_leaders = False


class TestPlain(Lacking):
    really = ("can_moderate", "has_roles", "has_closed_topics", "boards_nest")
    can_moderate = has_roles = has_closed_topics = boards_nest = False


class TestByTheFirstPost(Lacking):
    really = ("goes_by_activity",)
    goes_by_activity = False


def first_failure(tests: BackendContract) -> str | None:
    for name in dir(tests):
        if name.startswith("test_") and name != "test_text_arrives_as_written":
            try:
                getattr(tests, name)()
            except (AssertionError, BackendError, pytest.fail.Exception):
                return name
    return None


@pytest.mark.parametrize("feature", REFUSALS)
def test_what_is_there_is_not_denied(feature: str) -> None:
    """A test class that opts out of what the session can do does not pass."""
    denying = type("Denying", (Lacking,), {feature: False})()
    assert denying.lacks(feature)
    assert first_failure(denying)


@pytest.mark.parametrize("feature", REFUSALS)
def test_what_is_missing_is_not_overlooked(feature: str) -> None:
    """Nor does one that lacks something without saying so."""
    assert first_failure(type("Silent", (Lacking,), {"really": (feature,)})())


def test_whoever_inherits_the_refusals_writes_what_reads() -> None:
    asked = {name for name in {*vars(Backend), *Backend.__annotations__} if not name.startswith("_")}
    assert asked - set(dir(Refuses)) == {"info", "boards", "topics", "topic", "posts", "post"}
