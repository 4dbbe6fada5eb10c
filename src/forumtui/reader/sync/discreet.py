"""Errors of a session never repeat its secrets: what they say ends in the library, in the log and on the screen."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, cast

from forumtui.backends.api import Backend
from forumtui.reader.secrets import veil


@contextmanager
def discretion() -> Iterator[None]:
    """Errors leave without the secrets that their texts quote."""
    try:
        yield
    except Exception as error:
        censor(error)
        raise


def censor(error: BaseException) -> None:
    """Blot out secrets in an error's text, and in those of the errors it came from."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        each = left.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        left += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            left += each.exceptions
        each.args = tuple(veil(part) if isinstance(part, str) else part for part in each.args)
        if isinstance(each, OSError):  # says these in place of its arguments
            each.strerror = veil(each.strerror) if isinstance(each.strerror, str) else each.strerror
            each.filename = veil(each.filename) if isinstance(each.filename, str) else each.filename


def discreet(backend: Backend) -> Backend:
    """The same session, with discretion."""
    return cast("Backend", _Discreet(backend))


class _Discreet:
    """Whatever is called goes through to the backend."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._backend, name)
        if not callable(part):
            return part

        def call(*args: Any, **named: Any) -> Any:
            with discretion():
                result = part(*args, **named)
            if inspect.isawaitable(result):
                return _answer(result)
            return _events(result) if hasattr(result, "aclose") else result

        return call


async def _answer(result: Awaitable[Any]) -> Any:
    with discretion():
        return await result


async def _events(events: Any) -> AsyncIterator[Any]:
    with discretion():
        async with aclosing(events):
            async for event in events:
                yield event
