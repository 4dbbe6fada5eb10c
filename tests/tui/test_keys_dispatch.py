"""Strokes to commands: sequences, counts, rebinding."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events

from forumtui.tui.keys.commands import COMMANDS, GROUPS, Command, Where, keys_of
from forumtui.tui.keys.hints import HINTS
from forumtui.tui.keys.keymap import Dispatcher, Keymap, Kind, Outcome, prepare_environment, shown
from forumtui.tui.keys.strokes import key_event, stroke_of

# Typed directly or with Shift on de, fr, es, it, se, pt and us-intl layouts, and not dead on any of them.
COMFORTABLE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,;:-_?!+*=/()<>%&")
DEBRIS = frozenset("ABCDFHMPQRS0123456789")
HARMLESS = {"parent", "reply-to-topic", "quit"}  # they move, open an empty form, or close with everything kept


def dispatcher(**options: Any) -> Dispatcher:
    return Dispatcher(Keymap.build(**options))


def run(keys: Dispatcher, strokes: str, where: Where = Where.THREAD) -> Outcome:
    outcome = Outcome(Kind.UNBOUND)
    for stroke in strokes.split(" "):
        outcome = keys.press(stroke, where)
    return outcome


@pytest.mark.parametrize("mutt", [False, True])
def test_every_key_of_a_set_is_bound_in_every_place_of_its_command(mutt: bool) -> None:
    keymap = Keymap.build(mutt=mutt)
    assert keymap.problems == ()
    for command in COMMANDS.values():
        assert keymap.keys[command.name] == keys_of(command, mutt=mutt)
        for where in command.where:
            assert all(keymap.bindings[where][tuple(k.split(" "))] is command for k in keys_of(command, mutt=mutt))


def test_names_are_unique_and_hints_name_commands_of_their_place() -> None:
    assert len(COMMANDS) == sum(len(group) for _, group in GROUPS)
    for where, hints in HINTS.items():
        assert all(where in COMMANDS[name].where for name, _ in hints)


@pytest.mark.parametrize("command", [c for c in COMMANDS.values() if c.daily], ids=lambda c: c.name)
def test_daily_actions_have_a_key_on_every_common_layout(command: Command) -> None:
    def comfortable(key: str) -> bool:
        return all(len(stroke) > 1 or stroke in COMFORTABLE for stroke in key.split(" "))

    assert any(comfortable(key) for key in command.keys)


def test_debris_of_a_cursor_key_changes_nothing() -> None:
    bound = {c.name for c in COMMANDS.values() for k in (*c.keys, *(c.mutt or ())) if k in DEBRIS}
    assert bound <= HARMLESS
    assert not any(k[0] == "[" for c in COMMANDS.values() for k in c.keys)


def test_a_sequence_waits_shows_what_may_follow_and_runs() -> None:
    keys = dispatcher()
    pending = run(keys, "x")
    assert pending.kind is Kind.PENDING
    assert ("a", COMMANDS["catch-up"]) in pending.options
    assert run(keys, "h").command is COMMANDS["catch-up-to-here"]
    assert keys.pending == ()


def test_escape_ends_a_sequence_and_a_number() -> None:
    keys = dispatcher()
    run(keys, "g")
    assert run(keys, "escape").kind is Kind.CANCELLED
    run(keys, "4 2")
    assert run(keys, "escape").kind is Kind.CANCELLED
    assert run(keys, "j").count is None


def test_an_unknown_ending_runs_nothing() -> None:
    keys = dispatcher()
    assert run(keys, "x ä").kind is Kind.UNBOUND
    assert run(keys, "a", Where.TOPICS).command is COMMANDS["add-forum"]


def test_counts_and_numbers() -> None:
    keys = dispatcher()
    assert run(keys, "1 2 j").count == 12
    assert run(keys, "3 d").count is None
    gone = run(keys, "4 0 enter")
    assert (gone.command, gone.count) == (COMMANDS["go-to-post"], 40)
    assert run(keys, "0 enter").command is COMMANDS["open"]
    assert run(keys, "5 enter", Where.TOPICS).command is COMMANDS["open"]


def test_text_fields_have_printable_keys_first() -> None:
    keys = dispatcher()
    for stroke in ("q", "space", "G", "1", "ü"):
        assert keys.press(stroke, Where.COMPOSE, typing=True).kind is Kind.TYPED
    assert keys.press("ctrl+s", Where.COMPOSE, typing=True).command is COMMANDS["send"]
    assert keys.press("left", Where.COMPOSE, typing=True).kind is Kind.TYPED
    assert keys.press("ctrl+c", Where.COMPOSE, typing=True).kind is Kind.TYPED


def test_alt_and_a_key_is_escape_and_the_key() -> None:
    keys = dispatcher()
    assert keys.split("alt+j", Where.THREAD) == ("escape", "j")
    assert keys.split("alt+J", Where.COMPOSE) == ("escape", "J")
    assert keys.split("alt+pageup", Where.COMPOSE) == ("alt+pageup",)
    assert keys.split("alt+left", Where.COMPOSE) == ("alt+left",)
    assert keys.split("j", Where.THREAD) == ("j",)


def test_rebinding_wins_and_says_what_is_wrong() -> None:
    keymap = Keymap.build({"reply": ("A",), "mark-read": (), "fly": ("y",)})
    assert keymap.bindings[Where.THREAD]["A",] is COMMANDS["reply"]
    assert ("r",) not in keymap.bindings[Where.THREAD]
    assert keymap.keys["mark-read"] == ()
    assert keymap.label("mark-read") == ""
    assert keymap.problems == ('There is no command "fly" to bind a key to.',)
    taken = Keymap.build({"reply": ("n",)})
    assert taken.bindings[Where.THREAD]["n",] is COMMANDS["reply"]
    assert taken.problems == ()
    assert "both" in Keymap.build({"reply": ("n",), "edit": ("n",)}).problems[0]
    assert Keymap.build({"reply": ("g",)}).bindings[Where.THREAD]["g",] is COMMANDS["reply"]


def test_keys_are_shown_as_people_read_them() -> None:
    assert [shown(k) for k in ("g g", "pagedown", "ctrl+s", "f1", "+", "space")] == [
        "g g", "PgDn", "ctrl+s", "F1", "+", "Space",
    ]  # fmt: skip


def test_escape_waits_longer_over_ssh_unless_the_user_says() -> None:
    there: dict[str, str] = {"SSH_CONNECTION": "x"}
    prepare_environment(there)
    assert there["ESCDELAY"] == "1000"
    chosen = {"SSH_TTY": "x", "ESCDELAY": "50"}
    prepare_environment(chosen)
    assert chosen["ESCDELAY"] == "50"
    here: dict[str, str] = {}
    prepare_environment(here)
    assert "ESCDELAY" not in here


def test_key_events_become_strokes() -> None:
    assert stroke_of(events.Key("question_mark", "?")) == "?"
    assert stroke_of(events.Key("G", "G")) == "G"
    assert stroke_of(events.Key("space", " ")) == "space"
    assert stroke_of(events.Key("ctrl+d", "\x04")) == "ctrl+d"
    assert stroke_of(events.Key("alt+shift+o", "O")) == "alt+O"
    assert stroke_of(events.Key("shift+tab", None)) == "shift+tab"
    assert (key_event("space").character, key_event("j").key) == (" ", "j")
