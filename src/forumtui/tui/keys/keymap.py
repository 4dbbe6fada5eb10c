"""One dispatcher turns strokes into commands: sequences, counts, rebinding.

Pure logic; `forumtui.tui.keys.strokes` connects it to Textual's key events.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from enum import StrEnum

from forumtui.tui.keys.commands import COMMANDS, Command, Where, keys_of
from forumtui.values import quick_dataclass

_MAX_COUNT = 1_000_000


class Kind(StrEnum):
    """What became of a stroke."""

    RUN = "run"
    PENDING = "pending"
    CANCELLED = "cancelled"
    UNBOUND = "unbound"
    TYPED = "typed"


@quick_dataclass(frozen=True, slots=True)
class Outcome:
    """``options`` of a PENDING outcome are what may follow: (the rest of the keys, command)."""

    kind: Kind
    command: Command | None = None
    count: int | None = None
    strokes: tuple[str, ...] = ()
    options: tuple[tuple[str, Command], ...] = ()


@quick_dataclass(frozen=True, slots=True)
class Keymap:
    """Which sequences run which command, place by place; ``problems`` are sentences for the user."""

    bindings: Mapping[Where, Mapping[tuple[str, ...], Command]]
    keys: Mapping[str, tuple[str, ...]]
    problems: tuple[str, ...] = ()

    @classmethod
    def build(cls, chosen: Mapping[str, tuple[str, ...]] | None = None, *, mutt: bool = False) -> Keymap:
        """The default keys, or the mutt-like ones, with the user's own choice on top."""
        chosen = chosen or {}
        problems = [f'There is no command "{name}" to bind a key to.' for name in chosen if name not in COMMANDS]
        bindings: dict[Where, dict[tuple[str, ...], Command]] = {where: {} for where in Where}
        begun: dict[Where, dict[tuple[str, ...], list[Command]]] = {where: {} for where in Where}
        wanted = {c.name: chosen.get(c.name, keys_of(c, mutt=mutt)) for c in COMMANDS.values()}

        def strength(command: Command) -> int:
            return 0 if command.name in chosen else 1 if wanted[command.name] != command.keys else 2

        for command in sorted(COMMANDS.values(), key=strength):
            for key in wanted[command.name]:
                clashes = _bind(bindings, begun, command, tuple(key.split(" ")))
                problems += clashes if command.name in chosen else []
        bound = {(" ".join(keys), command.name) for place in bindings.values() for keys, command in place.items()}
        keys = {name: tuple(key for key in of_it if (key, name) in bound) for name, of_it in wanted.items()}
        return cls(bindings, keys, tuple(dict.fromkeys(problems)))

    def label(self, name: str) -> str:
        """The first key of a command as it is shown, "" if it has none."""
        keys = self.keys.get(name, ())
        return shown(keys[0]) if keys else ""


def _bind(
    bindings: dict[Where, dict[tuple[str, ...], Command]],
    begun: dict[Where, dict[tuple[str, ...], list[Command]]],
    command: Command,
    strokes: tuple[str, ...],
) -> list[str]:
    """Bind wherever nothing stronger is in the way; returns what was.  ``begun``: who uses each beginning."""
    problems = []
    heads = [strokes[:length] for length in range(1, len(strokes) + 1)]
    for where in sorted(command.where):
        taken, starts = bindings[where], begun[where]
        rivals = [*(taken[head] for head in heads if head in taken), *starts.get(strokes, ())]
        other = next((rival for rival in rivals if rival is not command), None)
        if other is not None:
            keys = " ".join(strokes)
            problems.append(f'"{keys}" can not be both "{other.name}" and "{command.name}"; it is the first.')
            continue
        taken[strokes] = command
        for head in heads:
            starts.setdefault(head, []).append(command)
    return problems


_NAMES = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "down": "Down",
    "up": "Up",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "backspace": "Backspace",
}


def shown(keys: str) -> str:
    """Keys as people read them: "g g", "PgDn", "ctrl+s"."""
    parts = []
    for stroke in keys.split(" "):
        head, plus, key = stroke.rpartition("+") if len(stroke) > 1 else ("", "", stroke)
        parts.append(f"{head}{plus}{_NAMES.get(key, key.upper() if key[:1] == 'f' and key[1:].isdigit() else key)}")
    return " ".join(parts)


@quick_dataclass(slots=True)
class Dispatcher:
    """Keeps what was typed so far.  Sequences wait without a time-out; Esc ends them."""

    keymap: Keymap
    pending: tuple[str, ...] = ()
    digits: str = ""

    def split(self, stroke: str, where: Where) -> tuple[str, ...]:
        """An alt+key that nothing is bound to is Esc and then the key, typed quickly."""
        if not stroke.startswith("alt+") or (stroke,) in self.keymap.bindings[where]:
            return (stroke,)
        key = stroke.removeprefix("alt+")
        return ("escape", key) if len(key) == 1 or key in {"space", "enter"} else (stroke,)

    def press(self, stroke: str, where: Where, *, typing: bool = False) -> Outcome:
        """What this stroke means; ``typing``: a text field has the keys, so printable ones are its own."""
        bindings = self.keymap.bindings[where]
        if typing:
            if self.types(stroke, where):
                return Outcome(Kind.TYPED, strokes=(stroke,))
            return Outcome(Kind.RUN, bindings[stroke,])
        if stroke == "escape" and (self.pending or self.digits):
            self.pending, self.digits = (), ""
            return Outcome(Kind.CANCELLED)
        if not self.pending and stroke.isdigit() and len(stroke) == 1 and (stroke,) not in bindings:
            self.digits = (self.digits + stroke).lstrip("0")
            return Outcome(Kind.PENDING, count=self._count(), strokes=(self.digits,))
        return self._resolve(stroke, where, bindings)

    def types(self, stroke: str, where: Where) -> bool:
        """Whether a text field has this stroke for itself."""
        return _printable(stroke) or (stroke,) not in self.keymap.bindings[where]

    def _resolve(self, stroke: str, where: Where, bindings: Mapping[tuple[str, ...], Command]) -> Outcome:
        strokes, count = (*self.pending, stroke), self._count()
        if strokes == ("enter",) and count is not None and where is Where.THREAD:
            self.digits = ""
            return Outcome(Kind.RUN, COMMANDS["go-to-post"], count, strokes)
        if strokes in bindings:
            self.pending, self.digits = (), ""
            command = bindings[strokes]
            return Outcome(Kind.RUN, command, count if command.counted else None, strokes)
        options = tuple(
            (" ".join(keys[len(strokes) :]), command)
            for keys, command in bindings.items()
            if keys[: len(strokes)] == strokes
        )
        if options:
            self.pending = strokes
            return Outcome(Kind.PENDING, None, count, strokes, options)
        begun, self.pending, self.digits = self.pending, (), ""
        if begun and stroke.startswith("ctrl+") and (stroke,) in bindings:
            return self._resolve(stroke, where, bindings)  # whatever was begun, such a key means what it always does
        return Outcome(Kind.UNBOUND, strokes=strokes)

    def _count(self) -> int | None:
        return min(int(self.digits), _MAX_COUNT) if self.digits else None


def _printable(stroke: str) -> bool:
    return len(stroke) == 1 or stroke == "space"


def prepare_environment(environ: MutableMapping[str, str]) -> None:
    """Before Textual is imported: over SSH, wait a second for the rest of an escape sequence (ms); no animations."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        environ.setdefault("ESCDELAY", "1000")
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def is_drawn_elsewhere(environ: Mapping[str, str]) -> bool:
    """Whether another program draws the reader, such as a server for browsers, by a driver of its choice."""
    return bool(environ.get("TEXTUAL_DRIVER"))
