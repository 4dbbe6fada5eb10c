"""Bodies of strangers, read no further than they should be, and the JSON in them."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, NoReturn, TypeVar

import httpx

from forumtui.backends.web.exchange import Answer
from forumtui.backends.web.weighing import MOST_DEPTH, Scales, too_deep
from forumtui.errors import Unreadable
from forumtui.text.sanitise import clean_line

V = TypeVar("V")

ERROR_BODY = 64_000
"""Bytes of an error's body that are looked at for its reason."""
ERROR_SECONDS = 5.0
"""How long a reason is waited for; what the status says is known without it."""
MOST_DIGITS = 400
"""Of a whole number: it takes the square of them to read one, and nothing is counted as far."""
INLINE = 32_768
"""Bytes; up to here JSON is taken apart where it is asked for, which takes less than a thread's turn."""
_PIECE = 65_536
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


async def decoded(response: httpx.Response, name: str) -> AsyncGenerator[bytes, None]:
    """The pieces of a body as they come, decompressed; none is large, however well it was compressed.

    httpx would decompress each piece from the network as a whole, which may be a thousand times its size.
    Raises `Unreadable`, and what httpx raises when the line goes.
    """
    if response.is_stream_consumed:  # made whole, as `httpx.MockTransport` does
        yield response.content
        return
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding not in _WINDOW_BITS:
        raise Unreadable(f"{name} packs its answer in a way that was not asked for ({clean_line(encoding, 40)}).")
    unpack = zlib.decompressobj(_WINDOW_BITS[encoding])
    empty = True
    async for chunk in response.aiter_raw():
        empty, waiting, more = empty and not chunk, chunk, True
        while more and not unpack.eof:
            try:
                piece = unpack.decompress(waiting, _PIECE)
            except zlib.error:
                raise Unreadable(f"The answer of {name} is garbled.") from None
            waiting = unpack.unconsumed_tail
            # A full piece may have left some output behind even when all input is taken.
            more = bool(waiting) or len(piece) == _PIECE
            if piece:
                yield piece
                await asyncio.sleep(0)  # one piece from the network may hold hundreds of these
    if not unpack.eof and not empty:
        raise Unreadable(f"The answer of {name} breaks off in the middle.")


async def whole(response: httpx.Response, most: int, name: str, *, values: int | None = None) -> bytes:
    """A whole body of at most ``most`` bytes; if it is JSON, of at most ``values``.

    Raises as `decoded` does, and `Unreadable` for a larger one.
    """
    parts: list[bytes] = []
    size = 0
    scales = None if values is None or not may_be_json(response) else Scales(name, values)
    async with aclosing(decoded(response, name)) as pieces:
        async for piece in pieces:
            size += len(piece)
            if size > most:
                raise Unreadable(f"The answer of {name} is larger than {_megabytes(most)}.")
            if scales is not None:
                scales.add(piece)
            parts.append(piece)
    return b"".join(parts)


async def start(response: httpx.Response, most: int, name: str) -> bytes:
    """The first ``most`` bytes of a body, and no more.  Raises as `decoded` does."""
    parts: list[bytes] = []
    size = 0
    async with aclosing(decoded(response, name)) as pieces:
        async for piece in pieces:
            parts.append(piece[: most - size])
            size += len(piece)
            if size >= most:
                break
    return b"".join(parts)


async def beginning(response: httpx.Response, name: str) -> bytes:
    """The body of an error, or nothing: it is read for its reason alone, so nothing can go wrong with it."""
    try:
        async with asyncio.timeout(ERROR_SECONDS):
            return await whole(response, ERROR_BODY, name)
    except (httpx.HTTPError, OSError, Unreadable):
        return b""


def media_type(response: httpx.Response | Answer) -> str:
    """What a body is, such as ``application/json``; "" if it does not say."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def may_be_json(response: httpx.Response | Answer) -> bool:
    """Whether a body says that it is JSON, or does not say what it is."""
    kind = media_type(response)
    return not kind or kind in {"application/json", "text/json"} or kind.endswith("+json")


async def understood(response: httpx.Response, name: str, into: Callable[[Any], V]) -> V:
    """What ``into`` makes of the JSON in a complete answer; for more than a little of it, in a thread.

    Raises as `json_of` and ``into`` do.
    """
    if len(response.content) <= INLINE:
        return into(json_of(response, name))
    return await asyncio.to_thread(lambda: into(json_of(response, name)))


def json_of(response: httpx.Response | Answer, name: str) -> Any:
    """The value in a complete answer.  Raises `Unreadable` for what is no JSON of a reasonable depth in UTF-8."""
    kind = media_type(response)
    if kind in {"text/html", "application/xhtml+xml"}:
        raise Unreadable(f"{name} answers with a web page where data was expected; perhaps this is not its address.")
    if not may_be_json(response):
        raise Unreadable(f"{name} answers with {clean_line(kind, 40)} where JSON was expected.")
    try:
        text = response.content.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite, parse_int=_whole_number)
    except UnicodeDecodeError:
        raise Unreadable(f"The answer of {name} is not in UTF-8.") from None
    except ValueError:
        raise Unreadable(f"The answer of {name} is not the JSON that it is said to be.") from None
    except RecursionError:
        value = None
    else:
        if not _is_deeper(value, MOST_DEPTH):
            return value
    raise too_deep(name)


def _is_deeper(value: Any, most: int) -> bool:
    """Whether lists and objects hold one another over more than so many levels; itself not recursive."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(most):
        if not level:
            return False
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
    return bool(level)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _whole_number(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(digits)
    return number


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:g} MB"
