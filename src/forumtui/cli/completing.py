"""What a shell offers where a forum, a topic or a board is to be typed; the rest its own completion file knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress

import apsw

from forumtui.errors import ForumtuiError
from forumtui.paths import Paths


def complete(kind: str, words: Sequence[str], paths: Paths) -> None:
    """Print a word a line, and after a tab what it stands for; nothing where there is nothing to say.

    ``words`` is what was typed before.  It asks no forum and changes nothing.
    """
    with suppress(ForumtuiError, apsw.Error, OSError):
        for word, meaning in _found(kind, words, paths):
            print(f"{word}\t{meaning}")


def _found(kind: str, words: Sequence[str], paths: Paths) -> Iterator[tuple[str, str]]:
    from forumtui.cli.session import absolute
    from forumtui.reader.sql import completion as library
    from forumtui.sqlite.connection import connect
    from forumtui.text.sanitise import clean_line

    if not paths.library_file.exists():
        return
    with closing(connect(paths.library_file, read_only=True)) as connection:
        pairs: list[tuple[str, str]] = []
        if kind == "forums":
            pairs = library.names(connection)
        else:
            typed = (word for word in words if not word.startswith("-"))
            keys = (library.account(connection, word, absolute(word)) for word in typed)
            key = next((key for key in keys if key is not None), None)
            if key is not None and kind == "topics":
                pairs = library.topics(connection, key)
            elif key is not None and kind == "boards":
                pairs = library.boards(connection, key)
            elif key is not None and kind == "orders":
                pairs = library.orders(connection, key)
        for word, meaning in pairs:
            if word == clean_line(word):  # what a shell would have to show as something else it is not offered
                yield word, clean_line(meaning)
