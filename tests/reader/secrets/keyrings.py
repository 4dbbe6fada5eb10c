"""Stand-ins for the package ``keyring``, put where ``import keyring`` finds them."""

from __future__ import annotations

import sys
import threading
import types

import pytest


class Ring:
    """A keyring that keeps entries in memory.  ``trouble``: what every call raises."""

    name = "Fake Ring"

    def __init__(self, trouble: BaseException | None = None) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.trouble = trouble
        self.calls = 0

    def _called(self) -> None:
        self.calls += 1
        if self.trouble is not None:
            raise self.trouble

    def get_password(self, service: str, username: str) -> str | None:
        self._called()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._called()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._called()
        del self.entries[service, username]


class SlowRing(Ring):
    """Answers when ``answers`` is set, as one that shows a dialog."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()

    def _called(self) -> None:
        super()._called()
        assert self.answers.wait(10)


class Chain:
    """Several keyrings, asked in their order."""

    def __init__(self, *backends: object) -> None:
        self.backends = list(backends)


def kind(module: str, name: str, base: type = Ring) -> object:
    """A keyring whose class has this name in this module."""
    return type(name, (base,), {"__module__": module})()


def install(monkeypatch: pytest.MonkeyPatch, backend: object) -> None:
    package = types.ModuleType("keyring")
    vars(package)["get_keyring"] = lambda: backend
    monkeypatch.setitem(sys.modules, "keyring", package)


def uninstall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)  # importing it fails
