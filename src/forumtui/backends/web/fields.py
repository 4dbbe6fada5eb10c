"""Fields of objects that a stranger's server sent: what is needed must be there, and of the right kind; what is not needed may be anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from forumtui.errors import Unreadable
from forumtui.model import Millis

_MOST_ID = 10**18


class Fields:
    """One JSON object.  ``what`` names it in the sentence of an `Unreadable`.

    The plain readers (`text`, `number`, ...) answer with a default where a field is missing or of another kind;
    those that start with ``the_`` raise `Unreadable` then.
    """

    def __init__(self, value: object, what: str) -> None:
        if not isinstance(value, Mapping):
            raise Unreadable(f"{what} is no object.")
        self._value = value
        self._what = what

    def __contains__(self, name: str) -> bool:
        return self._value.get(name) is not None

    def raw(self, name: str) -> Any:
        """As it came; None where there is none."""
        return self._value.get(name)

    def text(self, name: str, default: str = "") -> str:
        """A text; the default for anything else."""
        value = self._value.get(name)
        return value if isinstance(value, str) else default

    def number(self, name: str) -> int | None:
        """A whole number, not below zero."""
        value = self._value.get(name)
        return value if _is_whole(value) else None

    def flag(self, name: str) -> bool:
        """Whether it says true."""
        return self._value.get(name) is True

    def the_id(self, name: str = "id") -> str:
        """A number or a text that names something.  Raises `Unreadable`."""
        found = as_id(self._value.get(name))
        if found is None:
            raise self._lacks(name)
        return found

    def the_number(self, name: str) -> int:
        """Raises `Unreadable`."""
        value = self.number(name)
        if value is None:
            raise self._lacks(name)
        return value

    def some_id(self, name: str) -> str | None:
        """As `the_id`; None where there is none."""
        return as_id(self._value.get(name))

    def time(self, name: str) -> Millis | None:
        """An ISO 8601 time (without a zone: UTC) or seconds since 1970, as ms UTC."""
        return as_time(self._value.get(name))

    def inner(self, name: str) -> Fields:
        """An object within; an empty one where there is none."""
        value = self._value.get(name)
        return Fields(value if isinstance(value, Mapping) else {}, f"{name} of {self._what}")

    def the_inner(self, name: str) -> Fields:
        """Raises `Unreadable`."""
        if not isinstance(self._value.get(name), Mapping):
            raise self._lacks(name)
        return self.inner(name)

    def list(self, name: str) -> Sequence[Any]:
        """A list; empty where there is none."""
        value = self._value.get(name)
        return value if isinstance(value, list) else ()

    def the_list(self, name: str) -> Sequence[Any]:
        """Raises `Unreadable`."""
        if not isinstance(self._value.get(name), list):
            raise self._lacks(name)
        return self.list(name)

    def each(self, name: str) -> Iterator[Fields]:
        """The objects in a list; what is none is left out."""
        for value in self.list(name):
            if isinstance(value, Mapping):
                yield Fields(value, f"{name} of {self._what}")

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts in a list."""
        return tuple(value for value in self.list(name) if isinstance(value, str))

    def _lacks(self, name: str) -> Unreadable:
        return Unreadable(f"{self._what} comes without a readable {name!r}; it is not what its documentation says.")


def as_id(value: object) -> str | None:
    """A number (a server's own accounts may be below zero) or a text that can name something; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MOST_ID:
        return str(value)
    return value if isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable() else None


def as_time(value: object) -> Millis | None:
    """Ms UTC of an ISO 8601 text or of seconds since 1970; None for what is no time."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        elif _is_whole(value):
            seconds = float(value)  # type: ignore[arg-type]  # a whole number, as was just seen
        else:
            return None
        return Millis(round(seconds * 1000)) if 0 < seconds < 253_402_300_800 else None
    except (ValueError, OverflowError):
        return None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_ID
