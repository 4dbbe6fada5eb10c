from __future__ import annotations

import re

import pytest

from forumtui.errors import (
    AuthRequired,
    Busy,
    Conflict,
    Damaged,
    FileProblem,
    Offline,
    RateLimited,
    Refused,
    Unanswered,
    Unreadable,
    Unsupported,
)
from forumtui.model import Millis
from forumtui.reader.rows import Health
from forumtui.reader.sync.backoff import (
    LONGEST,
    Next,
    Step,
    Verdict,
    after_look,
    after_send,
    delay,
    health_of,
    is_about_the_request,
    note_at,
    note_of,
    pause,
)

Q, U, R = Next.QUEUED, Next.UNKNOWN, Next.REFUSED


@pytest.mark.parametrize(
    ("error", "attempt", "unknown", "expected"),
    [
        (Offline(""), 1, False, Step(Q, 2.0)),
        (Offline(""), 2, False, Step(Q, 4.0)),
        (Offline(""), 5, False, Step(Q, 32.0)),
        (Offline(""), 99, False, Step(Q, LONGEST)),
        (Offline(""), 1, True, Step(U, 2.0)),
        (Busy(""), 1, False, Step(Q, 0.5)),
        (Busy(""), 9, False, Step(Q, 10.0)),
        (Busy(""), 1, True, Step(U, 0.5)),
        (RateLimited("", 40.0), 1, False, Step(Q, 42.0)),
        (RateLimited("", 0.0), 7, True, Step(U, 1.05)),
        (AuthRequired(""), 1, False, Step(Q, 15.0)),
        (AuthRequired(""), 1, True, Step(U, 15.0)),
        (Unanswered(""), 1, False, Step(U, 2.0)),
        (Unanswered(""), 3, True, Step(U, 8.0)),
        (Unreadable(""), 1, False, Step(U, 15.0)),
        (ValueError(""), 1, False, Step(U, 15.0)),
        (ValueError(""), 8, False, Step(U, LONGEST)),
        (Refused(""), 1, False, Step(R)),
        (Refused(""), 1, True, Step(R)),
        (Conflict(""), 4, False, Step(R)),
        (Unsupported(""), 1, False, Step(R)),
    ],
    ids=repr,
)
def test_after_a_failed_send(error: Exception, attempt: int, unknown: bool, expected: Step) -> None:
    assert after_send(error, attempt, unknown=unknown, jitter=0.5) == expected


def test_jitter_spreads_around_the_delay_and_never_undercuts_the_forum() -> None:
    assert (delay(Offline(""), 1, 0.0), delay(Offline(""), 1, 1.0)) == (1.5, 2.5)
    assert delay(RateLimited("", 40.0), 1, 0.0) == 40.0
    assert delay(Offline(""), 0, 0.5) == 2.0


@pytest.mark.parametrize(
    ("elapsed", "settle", "expected"),
    [
        (0.0, 60.0, (Verdict.LOOK_AGAIN, 5.0)),
        (5.0, 60.0, (Verdict.LOOK_AGAIN, 25.0)),
        (30.0, 60.0, (Verdict.LOOK_AGAIN, 30.0)),
        (59.0, 60.0, (Verdict.LOOK_AGAIN, 1.0)),
        (60.0, 60.0, (Verdict.RESEND, 0.0)),
        (0.0, 3.0, (Verdict.LOOK_AGAIN, 3.0)),
        (0.0, 0.0, (Verdict.RESEND, 0.0)),
        (200.0, 600.0, (Verdict.LOOK_AGAIN, 400.0)),
        (0.0, None, (Verdict.LOOK_AGAIN, 5.0)),
        (5.0, None, (Verdict.LOOK_AGAIN, 25.0)),
        (119.0, None, (Verdict.LOOK_AGAIN, 1.0)),
        (120.0, None, (Verdict.ASK, 0.0)),
        (-9.0, None, (Verdict.LOOK_AGAIN, 5.0)),
    ],
)
def test_after_a_look_in_vain(elapsed: float, settle: float | None, expected: tuple[Verdict, float]) -> None:
    assert after_look(elapsed, settle) == expected


@pytest.mark.parametrize(
    ("error", "health", "wait"),
    [
        (Offline("x"), Health.OFFLINE, 2.0),
        (Unanswered("x"), Health.OFFLINE, 2.0),
        (RateLimited("x", 20.0), Health.OFFLINE, 21.0),
        (Busy("x"), Health.OFFLINE, 0.5),
        (AuthRequired("x"), Health.NEEDS_LOGIN, None),
        (Refused("x"), Health.FAILED, 15.0),
        (Unreadable("x"), Health.FAILED, 15.0),
        (Damaged("x"), Health.FAILED, 15.0),
        (FileProblem("x"), Health.FAILED, 15.0),
        (KeyError("x"), Health.FAILED, 15.0),
    ],
    ids=repr,
)
def test_account_after_an_error(error: Exception, health: Health, wait: float | None) -> None:
    assert health_of(error) is health
    assert pause(error, 1, 0.5) == wait


def test_note_is_a_sentence_and_hides_the_insides() -> None:
    assert note_of(Offline("No line.")) == "No line."
    assert "ValueError" in note_of(ValueError("secret"))
    assert "secret" not in note_of(ValueError("secret"))


def test_some_errors_are_only_about_what_was_asked() -> None:
    assert is_about_the_request(Refused(""))
    assert not is_about_the_request(Offline(""))


def test_of_a_long_pause_it_is_said_when_it_ends() -> None:
    assert note_at(RateLimited("Slow.", 59), Millis(0)) == "Slow."
    assert re.fullmatch(r"Slow\.  It goes on at \d\d:\d\d\.", note_at(RateLimited("Slow.", 60), Millis(0)))
    assert note_at(Offline("No line."), Millis(0)) == "No line."
