"""The system's keyring, if the package ``keyring`` is installed and finds one; whatever happens in it, it ends here.

A keyring may ask the user something in a window that nobody sees, over SSH for example.  So it is asked in a
thread of its own and for a limited time, and after a silence it is left alone for a while.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds to wait for an answer."""
PAUSE = 60.0
"""Seconds to leave a keyring alone that did not answer."""
SERVICE = "forumtui"
_UNSAFE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Those that keep nothing, keep it readable, or ask for a password in the terminal."""

T = TypeVar("T")


class NoAnswer(Exception):
    """There is no keyring, or it is locked, broken or silent."""


class SystemKeyring:
    """Entries of the service "forumtui".  ``patience`` is in seconds."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._silent_until = 0.0

    def name(self) -> str:
        """What the keyring calls itself; "" if none can be used.  Opens and unlocks nothing."""
        try:
            return self._ask(lambda backend: str(getattr(backend, "name", type(backend).__name__)))
        except NoAnswer:
            return ""

    def get(self, entry: str) -> str | None:
        """The secret of an entry, None if there is no such entry.  Raises `NoAnswer`."""
        return self._ask(lambda backend: _text(backend.get_password(SERVICE, entry)))

    def put(self, entry: str, value: str) -> bool:
        """Whether the keyring has the secret now."""

        def put(backend: Any) -> bool:
            backend.set_password(SERVICE, entry, value)
            found = backend.get_password(SERVICE, entry)
            if found not in {None, value}:
                backend.delete_password(SERVICE, entry)
            return bool(found == value)  # some take anything, and keep nothing or something else

        try:
            return self._ask(put, undo=lambda backend: backend.delete_password(SERVICE, entry))
        except NoAnswer:
            return False

    def forget(self, entry: str) -> bool:
        """Whether the keyring surely has no such entry now."""

        def forget(backend: Any) -> bool:
            if backend.get_password(SERVICE, entry) is not None:
                backend.delete_password(SERVICE, entry)
            return True

        try:
            return self._ask(forget)
        except NoAnswer:
            return False

    def _ask(self, question: Callable[[Any], T], undo: Callable[[Any], object] | None = None) -> T:
        if time.monotonic() < self._silent_until:
            raise NoAnswer
        asked = _Asked(question, undo)
        thread = threading.Thread(target=asked.run, name="keyring", daemon=True)
        thread.start()
        thread.join(self._patience)
        if asked.give_up():
            log.warning("The keyring did not answer within %g s", self._patience)
            self._silent_until = time.monotonic() + PAUSE
            raise NoAnswer
        if asked.failure:
            if asked.failure != NoAnswer.__name__:
                log.warning("The keyring can not be used (%s)", asked.failure)  # no message: it might quote
            raise NoAnswer
        return asked.answer


class _Asked(Generic[T]):
    """A question on its way; an answer that comes when nobody waits any more is undone."""

    answer: T

    def __init__(self, question: Callable[[Any], T], undo: Callable[[Any], object] | None) -> None:
        self.failure = ""
        self._question = question
        self._undo = undo
        self._lock = threading.Lock()
        self._done = False
        self._given_up = False

    def run(self) -> None:
        """Ask, in a thread; raises nothing."""
        try:
            backend = usable_backend()
            self.answer = self._question(backend)
            with self._lock:
                self._done = True
                if not self._given_up:
                    return
            if self._undo is not None:
                self._undo(backend)
        except Exception as error:  # noqa: BLE001 - plug-ins, D-Bus and the user's answers: anything may come
            with self._lock:
                self.failure = type(error).__name__
                self._done = True

    def give_up(self) -> bool:
        """Stop waiting; whether there is no answer."""
        with self._lock:
            self._given_up = not self._done
            return self._given_up


def usable_backend() -> Any:
    """The first of the user's keyrings that is safe.  Raises `NoAnswer`, and whatever the package raises."""
    from importlib import import_module

    logging.getLogger("keyring").addHandler(logging.NullHandler())  # its complaints must not land on the screen
    try:
        chosen = import_module("keyring").get_keyring()
    except ImportError as error:
        raise NoAnswer from error
    for backend in getattr(chosen, "backends", None) or [chosen]:  # a chain of several, or just one
        kind = type(backend)
        if not kind.__module__.startswith(_UNSAFE) and "plaintext" not in kind.__name__.lower():
            return backend
    raise NoAnswer


def _text(found: Any) -> str | None:
    return None if found is None else str(found)
