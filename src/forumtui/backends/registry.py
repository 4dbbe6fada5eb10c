"""Finding the driver for a forum among those that are installed, loading no more of them than needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from forumtui.backends.api import Driver
from forumtui.errors import ForumtuiError, UsageError
from forumtui.model import Certainty, What

GROUP = "forumtui.backends"
_BUILT_IN = {
    "local": "forumtui.backends.local",
    "remote": "forumtui.backends.remote",
    "discourse": "forumtui.backends.discourse",
    "hackernews": "forumtui.backends.hackernews",
    "lobsters": "forumtui.backends.lobsters",
}
"""Our own, and the modules that hold them."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def drivers() -> Sequence[str]:
    """The names of all installed drivers; loads none of them."""
    return sorted({*_BUILT_IN, *(entry.name for entry in entry_points(group=GROUP))})


def driver_named(name: str) -> Driver:
    """Load one driver; of two with the same name, the one that was installed from elsewhere wins.

    Raises `UsageError` if there is none, `ForumtuiError` with its distribution's name if it is broken.
    """
    if name in _BUILT_IN:
        return cast("Driver", import_module(_BUILT_IN[name]).driver)
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        raise UsageError(f"There is no kind of forum called {name!r}; installed are {', '.join(drivers())}.")
    return _load(found[-1])


def provider(name: str) -> str:
    """Who brings a driver along: a package and its version; loads nothing."""
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name and name not in _BUILT_IN]
    if not found:
        return "forumtui itself"
    dist = found[-1].dist
    return _whose(found[-1]) if dist is None else f"{_whose(found[-1])} {dist.version}"


def _whose(entry: EntryPoint) -> str:
    return f"the package {entry.dist.name}" if entry.dist is not None else f"the module {entry.value}"


def _load(entry: EntryPoint) -> Driver:
    whose = _whose(entry)
    try:
        driver = entry.load()
    except (Exception, SystemExit) as error:  # whatever a plug-in does when it is loaded, the others work
        raise ForumtuiError(
            f"The driver {entry.name!r} of {whose} is broken ({type(error).__name__}: {error}); update or uninstall it."
        ) from error
    if not all(hasattr(driver, part) for part in ("name", "options", "recognises", "names", "open")):
        raise ForumtuiError(f"The driver {entry.name!r} of {whose} is no driver; update or uninstall it.")
    return cast("Driver", driver)


def driver_for(location: str) -> Driver:
    """The driver for a path or URL, as far as its text tells.

    That is the first that is certain of it; else, of those for which it may be, the first that knows what it names;
    else our own servers, which may be anywhere.  Raises `UsageError`.
    """
    found, broken = candidates(location)
    certain = [driver for driver, certainty in found if certainty is Certainty.CERTAINLY]
    if certain:
        return certain[0]
    perhaps = [driver for driver, _ in found]
    named = [driver for driver in perhaps if (names := driver.names(location)) and names.what is not What.FORUM]
    if perhaps:
        return (named or perhaps[-1:])[0]
    installed = f"installed kinds: {', '.join(drivers())}"
    if _URL.match(location):
        problem = f"No installed kind of forum knows the address {location} ({installed})."
    else:
        problem = f"There is no file {location}, and it is no address of a forum ({installed})."
    raise UsageError(" ".join([problem, *broken]))


def candidates(location: str) -> tuple[Sequence[tuple[Driver, Certainty]], Sequence[str]]:
    """The drivers whose address this is or may be, and what is wrong with those that are broken.

    Files come first, then the others by name, and last our own servers.  What has a scheme is a file last of all: a
    name that ends like one may be part of an address.
    """
    files = 3 if _SCHEME.match(location) and not location.lower().startswith("file:") else 0
    found: list[tuple[Driver, Certainty]] = []
    broken: list[str] = []
    for name in sorted(drivers(), key=lambda name: {"local": files, "remote": 2}.get(name, 1)):
        try:
            driver = driver_named(name)
        except ForumtuiError as error:
            broken.append(str(error))
            continue
        certainty = driver.recognises(location)
        if certainty is not Certainty.NO:
            found.append((driver, certainty))
    return found, broken
