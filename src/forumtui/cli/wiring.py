"""Putting the parts of the reader together: what it needs to draw comes first, the engines after the first paint."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path

from forumtui.cli.call import Call
from forumtui.cli.session import (
    SAMPLE,
    absolute,
    add_sample,
    engines_of,
    is_address,
    is_path,
    known_account,
    now,
    unknown,
)
from forumtui.errors import FileProblem, NotFound
from forumtui.reader.library import Library
from forumtui.reader.library.door import Engine
from forumtui.tui.keys.keymap import is_drawn_elsewhere
from forumtui.tui.terminal.typed_ahead import TypedAhead, kept


def run_app(call: Call) -> int:
    """Run the reader until the user leaves it; returns the exit code."""
    gc.disable()  # until the first paint: looking for garbage among a hundred fresh modules is a sixth of the start
    from forumtui.tui.keys.keymap import prepare_environment

    prepare_environment(os.environ)  # before Textual is imported, which reads it once
    if isinstance(sys.__stdout__, io.TextIOWrapper):
        sys.__stdout__.reconfigure(encoding="utf-8", errors="replace")  # the framework writes UTF-8 in any locale
    with _typed_ahead() as ahead:
        return asyncio.run(_run(call, ahead))


def _typed_ahead() -> AbstractContextManager[TypedAhead | None]:
    """Most of the start is still to come, and so may be the first keys."""
    if is_drawn_elsewhere(os.environ) or sys.__stdin__ is None:
        return nullcontext()
    return kept(sys.__stdin__.fileno())


async def _run(call: Call, ahead: TypedAhead | None) -> int:
    call.paths.make()
    library = await Library.open(call.paths.data)
    try:
        forum: str | None = call.args.forum
        sample = await _sample(library, call)
        location = str(sample or "")
        if sample is None and forum is not None:
            location = await _checked(library, forum)
        from forumtui.tui.app import ForumApp

        @asynccontextmanager
        async def engines(library: Library) -> AsyncIterator[Engine]:
            from forumtui.cli import log

            gc.freeze()  # what was loaded so far stays for good
            gc.enable()
            log.set_up(call.paths.log_file, debug=call.debug)
            async with engines_of(library, call) as running:
                if sample is not None:
                    await add_sample(running, sample)
                yield running

        app = ForumApp(library, engines, call.settings, location=location)
        app.typed_ahead = ahead
        mouse = call.settings.mouse and (call.settings.mouse_in_screen or not is_in_gnu_screen(os.environ))
        await app.run_async(mouse=mouse)
        return app.return_code or 0
    finally:
        await library.close()


def is_in_gnu_screen(environ: Mapping[str, str]) -> bool:
    """Whether GNU screen draws for us, here or on the near side of a log-in, and not tmux, which calls itself screen."""
    called_screen = environ.get("TERM", "").startswith("screen")
    if "TMUX" in environ:
        return "STY" in environ and called_screen
    return "STY" in environ or called_screen


async def _checked(library: Library, forum: str) -> str:
    """What the reader is to open, after a look at it where that is quick: a bad file is said before the screen opens.

    Raises `NotFound` or `FileProblem`.
    """
    known = await known_account(library, forum)
    if known is None and not is_path(forum) and not is_address(forum):
        raise NotFound(await unknown(library, forum, first_word=True))
    location = known.location if known is not None else absolute(forum)
    if not is_address(location):
        from forumtui.backends.registry import driver_for

        async with driver_for(location).open(location, {}) as backend:
            info = await backend.info()
        if known is not None and info.uuid not in {"", known.identity}:
            raise FileProblem(
                f"{location} holds another forum now ({info.title}, not {known.title}); "
                f"to read it: forumtui accounts add {location}"
            )
    return known.name if known is not None else location


async def _sample(library: Library, call: Call) -> Path | None:
    """The sample forum's file, at the first start and where it is asked for; None where it is followed already."""
    forum: str | None = call.args.forum
    known = await library.accounts.all() if forum is None else await known_account(library, SAMPLE)
    if known or forum not in {None, SAMPLE}:
        return None
    from forumtui.sample.build import ensure_sample

    return await asyncio.to_thread(ensure_sample, call.paths.data, now())
