"""What every test shares: a fixed terminal look, quick properties, and no silent skips where all parts are there."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator

for _name in ("NO_COLOR", "COLORTERM", "FORUMTUI_HOME", "FORUMTUI_PLAIN_OUTPUT", "LC_ALL", "LC_CTYPE"):
    os.environ.pop(_name, None)
os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", TEXTUAL_ANIMATIONS="none", TZ="UTC")

import pytest  # noqa: E402 - after the environment is set
from hypothesis import HealthCheck, settings  # noqa: E402 - the same

from forumtui.reader.secrets.veil import _hidden  # noqa: E402 - the same

settings.register_profile("quick", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is installed, a skipped test is a failed one."""
    report = yield
    if report.skipped and os.environ.get("FORUMTUI_NO_SKIP") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutines run on asyncio alone, as the program does."""
    return "asyncio"


def _as_imported() -> None:
    for name in ("forumtui", "uvicorn", "asyncio"):
        logger = logging.getLogger(name)
        for handler in list(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
    logging.raiseExceptions = True


QUICK = {"backends", "contract", "forum", "library", "sample", "secrets", "sql", "sync", "text", "wire"}
"""Folders of tests that start no program and draw no screen."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that one runs after every change: about a minute for all of them."""
    for item in items:
        if item.path.parent.name in QUICK and not item.get_closest_marker("slow"):
            item.add_marker("quick")


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A test finds the logs as a fresh program has them, also where a module's own fixture ran commands before it."""
    _as_imported()
    yield
    _as_imported()


@pytest.fixture(autouse=True)
def _nothing_to_hide() -> Iterator[None]:
    """One test's secrets are ordinary words to the next."""
    yield
    _hidden.clear()
