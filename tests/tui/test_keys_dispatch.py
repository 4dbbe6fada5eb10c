"""Strokes to commands: sequences, counts, rebinding, and broken cursor keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual import _parser, constants, events

from forumtui.tui.commands import COMMANDS, GROUPS, Command, Where, keys_of
from forumtui.tui.hints import HINTS
from forumtui.tui.keys import Dispatcher, Keymap, Kind, Outcome, prepare_environment, shown
from forumtui.tui.strokes import KeyParser, key_event, stroke_of

# Typed directly or with Shift on de, fr, es, it, se, pt and us-intl layouts, and not dead on any of them.
COMFORTABLE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,;:-_?!+*=/()<>%&")
DEBRIS = frozenset("ABCDFHMPQRS0123456789")
HARMLESS = {"parent", "reply-to-topic", "quit"}  # they move, open an empty form, or close with everything kept


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def dispatcher(**options: object) -> tuple[Dispatcher, Clock]:
    clock = Clock()
    return Dispatcher(Keymap.build(**options), clock), clock  # type: ignore[arg-type]


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
    keys, clock = dispatcher()
    pending = run(keys, "x")
    assert pending.kind is Kind.PENDING
    assert ("a", COMMANDS["catch-up"]) in pending.options
    clock.now += 3600
    assert run(keys, "h").command is COMMANDS["catch-up-to-here"]
    assert keys.pending == ()


def test_escape_ends_a_sequence_and_a_number() -> None:
    keys, _ = dispatcher()
    run(keys, "g")
    assert run(keys, "escape").kind is Kind.CANCELLED
    run(keys, "4 2")
    assert run(keys, "escape").kind is Kind.CANCELLED
    assert run(keys, "j").count is None


def test_an_unknown_ending_runs_nothing() -> None:
    keys, _ = dispatcher()
    assert run(keys, "x ä").kind is Kind.UNBOUND
    assert run(keys, "a", Where.TOPICS).command is COMMANDS["add-forum"]


def test_counts_and_numbers() -> None:
    keys, _ = dispatcher()
    assert run(keys, "1 2 j").count == 12
    assert run(keys, "3 d").count is None
    gone = run(keys, "4 0 enter")
    assert (gone.command, gone.count) == (COMMANDS["go-to-post"], 40)
    assert run(keys, "0 enter").command is COMMANDS["open"]
    assert run(keys, "5 enter", Where.TOPICS).command is COMMANDS["open"]


def test_text_fields_have_printable_keys_first() -> None:
    keys, _ = dispatcher()
    for stroke in ("q", "space", "G", "1", "ü"):
        assert keys.press(stroke, Where.COMPOSE, typing=True).kind is Kind.TYPED
    assert keys.press("ctrl+s", Where.COMPOSE, typing=True).command is COMMANDS["send"]
    assert keys.press("left", Where.COMPOSE, typing=True).kind is Kind.TYPED
    assert keys.press("ctrl+c", Where.COMPOSE, typing=True).kind is Kind.TYPED


def test_alt_and_a_key_is_escape_and_the_key() -> None:
    keys, _ = dispatcher()
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
    assert there["ESCDELAY"] == "500"
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


# -- keys that arrive in pieces, through the real parser with a clock of our own

SEQUENCES = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "up (application)": "\x1bOA", "end (application)": "\x1bOF",
    "ctrl+right": "\x1b[1;5C", "delete": "\x1b[3~", "f2": "\x1bOQ",
}  # fmt: skip


def arrivals(sequence: str, split: int, gap: float, clock: Clock) -> Iterator[events.Key]:
    """The key events that come of a sequence whose parts arrive ``gap`` seconds apart."""
    parser = KeyParser()
    yield from (e for e in parser.feed(sequence[:split]) if isinstance(e, events.Key))
    step = constants.ESCAPE_DELAY + 0.001
    if gap > step:
        clock.now += step
        yield from (e for e in parser.tick() if isinstance(e, events.Key))
        clock.now += gap - step
    else:
        clock.now += gap
    yield from (e for e in parser.feed(sequence[split:]) if isinstance(e, events.Key))
    clock.now += step
    yield from (e for e in parser.tick() if isinstance(e, events.Key))


@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize("where", [Where.TOPICS, Where.THREAD, Where.OUTBOX, Where.COMPOSE])
def test_no_command_runs_by_mistake_when_a_cursor_key_is_split(
    name: str, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequence = SEQUENCES[name]
    for split in range(1, len(sequence)):
        for gap in range(0, 901, 75):
            keys, clock = dispatcher()
            monkeypatch.setattr(_parser, "get_time", clock)
            outcomes = []
            for event in arrivals(sequence, split, gap / 1000, clock):
                strokes = keys.split(stroke_of(event), where)
                outcomes += [keys.press(stroke, where, typing=where is Where.COMPOSE) for stroke in strokes]
            ran = {outcome.command.name for outcome in outcomes if outcome.command}
            meant = keys.keymap.bindings[where].get((name.split(" ", maxsplit=1)[0],))
            allowed = {"escape", "keep"} | ({meant.name} if meant else set())
            assert ran <= allowed, (split, gap, outcomes)
            typed = [o.strokes[0] for o in outcomes if o.kind is Kind.TYPED]
            assert all(len(stroke) > 1 for stroke in typed), (split, gap, typed)


def test_escape_and_a_quick_key_arrive_as_both(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(_parser, "get_time", clock)
    for character in "jG1>?=-f":
        keys, _ = dispatcher()
        events_ = list(arrivals(f"\x1b{character}", 1, 0.0, clock))
        strokes = [s for e in events_ if isinstance(e, events.Key) for s in keys.split(stroke_of(e), Where.COMPOSE)]
        assert strokes == ["escape", character]
    assert [stroke_of(e) for e in arrivals("\x1b\r", 1, 0.0, clock)] == ["alt+enter"]
    assert [stroke_of(e) for e in arrivals("\x1bOA", 2, 0.0, clock)] == ["up"]


def test_swallowing_ends_after_a_second() -> None:
    keys, clock = dispatcher()
    keys.press("escape", Where.THREAD)
    clock.now += 1.01
    assert keys.press("O", Where.THREAD).kind is Kind.UNBOUND
    keys.press("escape", Where.THREAD)
    assert keys.press("n", Where.THREAD).command is COMMANDS["next-unread"]
