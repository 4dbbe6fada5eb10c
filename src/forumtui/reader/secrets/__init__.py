"""Passwords and tokens: kept by the system's keyring where there is one, else in a file that only the user can read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from forumtui.errors import AuthRequired, ForumtuiError
from forumtui.reader.secrets.file import SecretsFile
from forumtui.reader.secrets.system_keyring import NoAnswer, SystemKeyring
from forumtui.reader.secrets.veil import hide, veil

__all__ = ["Keeping", "Secrets", "hide", "veil"]

KEYRING = "keyring"


class Keeping(NamedTuple):
    """How secrets are kept here.  ``keyring`` is "" if none can be used; ``mode`` is None if there is no file."""

    keyring: str
    file: Path
    mode: int | None
    in_keyring: int
    in_file: int
    broken: tuple[Path, ...]


class Secrets:
    """The secrets of one folder's accounts, by the account's identity and the option's name.  Every call blocks.

    The file names every secret, also those that the keyring has: so a forum without any never wakes the keyring, and
    an account can be forgotten.  Entries in the keyring are named after the folder too, which is a reader of its own.
    """

    def __init__(self, folder: Path, *, use_keyring: bool = True) -> None:
        self._folder = folder
        self._file = SecretsFile(folder)
        self._keyring = SystemKeyring() if use_keyring else None

    def get(self, identity: str, name: str) -> str | None:
        """A secret, None if none is kept.

        Raises `AuthRequired` if the keyring has it and does not answer, `FileProblem` if the file can not be used.
        """
        kept = self._file.read().get(identity, {})
        if name not in kept:
            return None
        value = kept[name]
        if value is None:
            value = self._from_keyring(identity, name)
        if value is not None:
            hide(value)
        return value

    def put(self, identity: str, name: str, value: str) -> str:
        """Keep a secret in place of the one before; returns where: "keyring", or the file's path.

        Raises `FileProblem`: `StorageFull`, or `Damaged` after a broken file was put aside.
        """
        hide(value)
        entry = self._entry(identity, name)
        in_keyring = self._keyring is not None and self._keyring.put(entry, value)
        try:
            with self._file.change() as kept:
                kept.setdefault(identity, {})[name] = None if in_keyring else value
        except BaseException:
            if in_keyring and self._keyring is not None:
                self._keyring.forget(entry)  # nobody would ever find it there
            raise
        return KEYRING if in_keyring else str(self._file.path)

    def forget(self, identity: str, name: str | None = None) -> None:
        """Forget an account's secret of this name; None: all of them.

        Raises `ForumtuiError` if the keyring would not let go of one, `FileProblem` if the file can not be used.
        """
        names = [each for each in self._file.read().get(identity, {}) if name in {None, each}]
        if not names:
            return
        with self._file.change() as kept:
            gone = {each: kept.get(identity, {}).pop(each, "") for each in names}
        left = [each for each in names if not self._is_gone(self._entry(identity, each)) and gone[each] is None]
        if left:
            raise ForumtuiError(
                f"The keyring does not answer and still has the {' and '.join(left)} of {identity};"
                ' delete the entry "forumtui" there.'
            )

    def look(self) -> Keeping:
        """Where secrets are kept; changes nothing and reads none from the keyring.  Raises `FileProblem`."""
        kept, mode = self._file.look()
        values = [value for secrets in kept.values() for value in secrets.values()]
        in_keyring = values.count(None)
        return Keeping(
            keyring=self._keyring.name() if self._keyring is not None else "",
            file=self._file.path,
            mode=mode,
            in_keyring=in_keyring,
            in_file=len(values) - in_keyring,
            broken=tuple(self._file.put_aside()),
        )

    def _entry(self, identity: str, name: str) -> str:
        return f"{name} of {identity} in {os.path.realpath(self._folder)}"

    def _from_keyring(self, identity: str, name: str) -> str | None:
        if self._keyring is not None:
            try:
                return self._keyring.get(self._entry(identity, name))
            except NoAnswer:
                pass
        raise AuthRequired(f"The keyring that has your {name} does not answer; unlock it, or log in again.")

    def _is_gone(self, entry: str) -> bool:
        """Also looks for what an earlier `put` left there, when the keyring did not answer and the file took over."""
        return self._keyring is not None and self._keyring.forget(entry)
