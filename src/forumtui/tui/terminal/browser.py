"""Starting the user's browser: the address is one argument, no shell sees it, and nothing it says reaches the screen."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from forumtui.errors import UsageError

_OPENERS = ("xdg-open", "wslview", "x-www-browser")
_IN_TERMINAL = frozenset({"browsh", "elinks", "links", "links2", "lynx", "w3m", "www-browser"})
"""They would need the terminal that the reader has."""


def open_in_browser(url: str) -> None:
    """Start the browser and do not wait for it.  Raises `UsageError` where there is none."""
    command = browser_command(url, os.environ)
    if command is None:
        raise UsageError("There is no browser here.")
    nothing = subprocess.DEVNULL
    try:
        browser = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)  # noqa: S603
    except OSError as error:
        raise UsageError(f"The browser did not start ({error.strerror}).") from error
    threading.Thread(target=browser.wait, daemon=True).start()  # so that it leaves no zombie behind


def browser_command(url: str, environ: Mapping[str, str], platform: str = sys.platform) -> list[str] | None:
    """What to run: the first of $BROWSER that is there, else what the desktop opens addresses with; None: nothing."""
    for words in (*_configured(environ), *_of_desktop(environ, platform)):
        program = shutil.which(words[0], path=environ.get("PATH"))
        if program is not None and Path(words[0]).name not in _IN_TERMINAL:
            rest = [word.replace("%s", url) for word in words[1:]]
            return [program, *rest, *([] if any("%s" in word for word in words) else [url])]
    return None


def _configured(environ: Mapping[str, str]) -> Iterator[list[str]]:
    for each in environ.get("BROWSER", "").split(os.pathsep):
        try:
            words = shlex.split(each)
        except ValueError:
            continue
        if words:
            yield words


def _of_desktop(environ: Mapping[str, str], platform: str) -> list[list[str]]:
    if platform == "darwin":
        return [["open"]]
    if not any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")):
        return []
    return [[name] for name in _OPENERS]
