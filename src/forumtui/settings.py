"""The user's settings: a small TOML file, checked as a whole before anything starts.

Keys are written as in ``forumtui keys``: one character, or a name such as ``space`` or ``pagedown``, perhaps
after ``ctrl+``, ``alt+`` or ``shift+``; several after each other, with spaces between, are a sequence ("g g").
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import TypeVar

from forumtui.errors import ConfigError
from forumtui.values import quick_dataclass

NAMED_KEYS = frozenset(
    [
        *("space", "enter", "escape", "tab", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
        *("up", "down", "left", "right"),
        *(f"f{number}" for number in range(1, 25)),
    ]
)
KEYMAPS = ("default", "mutt")
MODIFIERS = ("ctrl", "alt", "shift")
SAYS = "says"
"""Where the metadata of a field have the sentence that a configuration file begins a setting with."""
T = TypeVar("T")


def _setting(default: T, says: str) -> T:
    made: T = field(default=default, metadata={SAYS: says})
    return made


@quick_dataclass(frozen=True, slots=True)
class Settings:
    """What the user may choose; a default here is what a missing line in the file means."""

    name: str = _setting("", "The name you write under in forum files; empty: your Unix user name.")
    theme: str = _setting("", "The theme of the reader; empty: the default.  The palette (ctrl+p) lists the names.")
    editor: str = _setting("", 'The command that ctrl+o writes a text in, such as "nvim"; empty: $VISUAL or $EDITOR.')
    join_days: int = _setting(14, "When you add a forum, posts older than this many days arrive read.")
    mouse: bool = _setting(True, "Whether the reader listens to the mouse.")
    mouse_in_screen: bool = _setting(
        False, "Whether it does so inside GNU screen too, which then passes Esc on only with the next key."
    )
    keymap: str = _setting("default", 'The set of keys to start from: "default" or "mutt".')
    keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata={
            SAYS: "Keys of your own: a command, and its key or keys.  [] frees a key.  `forumtui keys` lists all commands."
        },
    )


def load_settings(file: Path, commands: Collection[str] | None = None) -> Settings:
    """The settings in ``file``, or the defaults if there is no such file.

    With ``commands`` (every command's name), ``[keys]`` may name no other.  Raises `ConfigError`.
    """
    try:
        source = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration file {file} can not be read: {error}.") from error
    import tomllib

    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The configuration file {file} is not valid TOML: {error}.") from error
    try:
        return _settings(table, commands)
    except ConfigError as error:
        raise ConfigError(f"{error}  (in {file})") from error


def nearest(name: str, known: Collection[str]) -> str:
    """``; did you mean "this"?`` where something known is like ``name``, else the end of the sentence."""
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f'; did you mean "{close[0]}"?' if close else "."


def is_key(keys: str) -> bool:
    """Whether this names a key or a sequence of keys."""
    strokes = keys.split(" ")
    return bool(keys) and all(_is_stroke(stroke) for stroke in strokes)


def _is_stroke(stroke: str) -> bool:
    *modifiers, key = stroke.split("+") if stroke not in {"+", ""} and not stroke.endswith("++") else _plus(stroke)
    if any(modifier not in MODIFIERS for modifier in modifiers) or len(set(modifiers)) != len(modifiers):
        return False
    return key in NAMED_KEYS or (len(key) == 1 and key.isprintable() and not key.isspace())


def _plus(stroke: str) -> list[str]:
    """The parts of a stroke whose key is the plus sign itself."""
    return [*stroke[:-2].split("+"), "+"] if len(stroke) > 1 else [stroke]


def _settings(table: Mapping[str, object], commands: Collection[str] | None) -> Settings:
    known = {setting.name: setting for setting in fields(Settings)}
    values: dict[str, object] = {}
    for name, value in table.items():
        if name not in known:
            raise ConfigError(f'There is no setting "{name}"{nearest(name, known)}')
        values[name] = _keys(value, commands) if name == "keys" else _plain(name, value, known[name].default)
    return Settings(**values)  # type: ignore[arg-type]  # every value was checked against its field's default


def _plain(name: str, value: object, default: object) -> object:
    kinds = {str: "a text in quotes", int: "a whole number", bool: "true or false"}
    if type(value) is not type(default):
        raise ConfigError(f'The setting "{name}" must be {kinds[type(default)]}, not {value!r}.')
    if name == "keymap" and value not in KEYMAPS:
        raise ConfigError(f'There is no keymap "{value}"; there are: {", ".join(KEYMAPS)}.')
    if isinstance(value, int) and value < 0:
        raise ConfigError(f'The setting "{name}" can not be less than 0.')
    return value


def _keys(table: object, commands: Collection[str] | None) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        raise ConfigError('"keys" must be a table: a line [keys], and below it lines such as: next-unread = "n".')
    bindings: dict[str, tuple[str, ...]] = {}
    for command, value in table.items():
        if commands is not None and command not in commands:
            raise ConfigError(f'There is no command "{command}"{nearest(command, commands)}')
        keys = [value] if isinstance(value, str) else value
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise ConfigError(f'The keys of "{command}" must be a text or a list of texts, not {value!r}.')
        for key in keys:
            if not is_key(key):
                raise ConfigError(f'"{key}" for "{command}" is not the name of a key{nearest(key, NAMED_KEYS)}')
        bindings[command] = tuple(keys)
    return bindings
