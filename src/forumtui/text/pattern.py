"""Regular expressions that are compiled when they are first used.

Character classes over the whole of Unicode take milliseconds each to compile; most starts need none of them.
To the type checker `pattern` is `re.compile`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

__all__ = ["pattern"]

if TYPE_CHECKING:
    from re import compile as pattern
else:
    _METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub")

    class pattern:  # noqa: N801 - stands for a function
        """Behaves like the compiled expression in all that this project asks of one."""

        def __init__(self, source: str, flags: int = 0) -> None:
            self._source = source
            self._flags = flags

        def __getattr__(self, name: str) -> object:
            """Called once: afterwards the compiled expression's methods are our own attributes."""
            compiled = re.compile(self._source, self._flags)
            for method in _METHODS:
                setattr(self, method, getattr(compiled, method))
            return getattr(compiled, name)
