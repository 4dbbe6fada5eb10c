"""``doctor``: is everything here as it should be?"""

from __future__ import annotations

import asyncio
import locale
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from forumtui.cli import output
from forumtui.cli.call import DONE, FAILED, Call
from forumtui.errors import Damaged, ForumtuiError, NotAForum
from forumtui.ledger import Asked
from forumtui.overheard import is_known_in_the_open, warning
from forumtui.paths import Paths
from forumtui.reader.rows import AccountRow, Health, OutRow
from forumtui.settings import load_settings
from forumtui.values import quick_dataclass

SQLITE_NEEDED = (3, 51, 3)
"""Older ones can corrupt a WAL file that two connections write at once."""
TEXTUAL_NEEDED = "8.2."


@quick_dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``advice`` is what to do when it is not right."""

    subject: str
    value: str
    right: bool = True
    advice: str = ""


def doctor(call: Call) -> int:
    """Look at everything that matters and say how it is; 1 if something is wrong."""
    findings = list(_requests(call.paths) if call.args.requests else examine(call.paths))
    with output.Printer(call.args.form) as printer:
        for finding in findings:
            record = {
                "subject": finding.subject,
                "value": finding.value,
                "right": finding.right,
                "advice": finding.advice or None,
            }
            advice = f"  <- {finding.advice}" if finding.advice else ""
            state = "ok   " if finding.right else "WRONG"
            printer.add(record, f"{state} {finding.subject}: {finding.value}{advice}")
    return DONE if all(finding.right for finding in findings) else FAILED


def examine(paths: Paths) -> Iterator[Finding]:
    """Everything in turn."""
    parts: tuple[Callable[[Paths], Iterator[Finding]], ...] = (
        _versions,
        _paths,
        _settings,
        _terminal,
        _drivers,
        _secrets,
        _library,
    )
    for part in parts:
        yield from part(paths)


def _versions(_: Paths) -> Iterator[Finding]:
    import apsw

    yield Finding("forumtui", _version("forumtui"))
    right = sys.version_info >= (3, 11)
    yield Finding("Python", platform.python_version(), right, "" if right else "3.11 or newer is needed.")
    textual = _version("textual")
    right = textual.startswith(TEXTUAL_NEEDED)
    yield Finding("Textual", textual, right, "" if right else f"Install textual {TEXTUAL_NEEDED}x.")
    sqlite = apsw.sqlite_lib_version()
    right = tuple(int(part) for part in sqlite.split(".")[:3]) >= SQLITE_NEEDED
    needed = ".".join(map(str, SQLITE_NEEDED))
    yield Finding("SQLite", sqlite, right, "" if right else f"Install an apsw with SQLite {needed} or newer.")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _paths(paths: Paths) -> Iterator[Finding]:
    for name, folder in (("configuration", paths.config), ("data", paths.data), ("state", paths.state)):
        nearest = next(each for each in (folder, *folder.parents) if each.exists())
        right = os.access(nearest, os.W_OK)
        advice = "" if right else f"{nearest} can not be written."
        yield Finding(f"{name} folder", str(folder), right, advice)
    size = paths.log_file.stat().st_size if paths.log_file.exists() else 0
    advice = "It holds details of what went wrong." if size else ""
    yield Finding("log", f"{paths.log_file} ({output.counted(size, 'byte')})", advice=advice)


def _settings(paths: Paths) -> Iterator[Finding]:
    from forumtui.tui.keys.commands import COMMANDS
    from forumtui.tui.keys.keymap import Keymap

    file = paths.config_file
    try:
        settings = load_settings(file, COMMANDS)
    except ForumtuiError as error:
        yield Finding("configuration", str(file), right=False, advice=str(error))
        return
    yield Finding("configuration", str(file) if file.exists() else f"{file} (none: all defaults)")
    for problem in Keymap.build(settings.keys, mutt=settings.keymap == "mutt").problems:
        yield Finding("keys", problem, right=False, advice=f"Change it in {file}.")


def _terminal(_: Paths) -> Iterator[Finding]:
    term = os.environ.get("TERM", "")
    try:
        columns, lines = os.get_terminal_size(sys.__stdin__.fileno() if sys.__stdin__ else 0)
        size = f"{columns}x{lines}"
    except (OSError, ValueError):
        size = "no terminal here"
    right = term not in {"dumb", ""} or size == "no terminal here"
    advice = "" if right else "The reader can not run in it; the commands can."
    yield Finding("terminal", f"{term or 'TERM is not set'}, {size}", right, advice)
    encoding = locale.getpreferredencoding(do_setlocale=False)
    unicode = encoding.casefold().replace("-", "") == "utf8"
    yield Finding("locale", encoding, advice="" if unicode else "Not UTF-8: the reader draws with ASCII marks.")


def _drivers(_: Paths) -> Iterator[Finding]:
    from forumtui.backends.registry import driver_named, drivers, provider

    for name in drivers():
        try:
            driver_named(name)
        except ForumtuiError as error:
            yield Finding(f"driver {name}", f"of {provider(name)}", right=False, advice=str(error))
        else:
            yield Finding(f"driver {name}", f"of {provider(name)}")


def _secrets(paths: Paths) -> Iterator[Finding]:
    from forumtui.reader.secrets import Secrets

    try:
        kept = Secrets(paths.data).look()
    except ForumtuiError as error:
        yield Finding("secrets", str(paths.data), right=False, advice=str(error))
        return
    there = f"{kept.file} (mode {kept.mode:04o})" if kept.mode is not None else f"{kept.file} (none yet)"
    right = kept.mode is None or not kept.mode & 0o077
    keeper = f"the keyring ({kept.keyring})" if kept.keyring else "the file"
    value = f"{keeper} keeps new ones; {kept.in_keyring} in the keyring, {kept.in_file} in {there}"
    advice = "" if right else f"Others can read it: chmod 600 {kept.file}, and change those passwords and tokens."
    yield Finding("secrets", value, right, advice)
    for file in kept.broken:
        advice = "It was damaged.  Log in again where a forum asks for it, then delete this file."
        yield Finding("secrets", str(file), right=False, advice=advice)


def _library(paths: Paths) -> Iterator[Finding]:
    from forumtui.reader.library import soundness
    from forumtui.reader.library.soundness import network_disk

    file = paths.library_file
    if not file.exists():
        yield Finding("library", f"{file} (none yet)")
        return
    try:
        problem = _checked(file)
    except ForumtuiError as error:  # a full disk or a busy file is no damage
        yield Finding("library", str(file), right=False, advice=str(error))
        return
    if problem:
        soundness.forget(file)  # so that it is looked at whole, and rebuilt, when it is opened below
        yield Finding("library", f"{file}: {problem}", right=False, advice="It is rebuilt now; your texts are kept.")
    else:
        yield Finding("library", f"{file} ({file.stat().st_size // 1024} KB)")
    try:
        accounts, waiting, stuck, told = asyncio.run(_contents(paths))
    except ForumtuiError as error:
        yield Finding("library", str(file), right=False, advice=str(error))
        return
    for line in told:
        yield Finding("library", line)
    network = network_disk(file.parent)
    if network:
        advice = "Run forumtui on one machine at a time, or set FORUMTUI_HOME to a local folder."
        yield Finding("library", f"it lies on a network disk ({network})", advice=advice)
    for account in accounts:
        right = account.health not in {Health.FAILED, Health.NEEDS_LOGIN}
        yield Finding(f"account {account.name}", f"{account.health}, {account.location}", right, account.note)
        if is_known_in_the_open(account):
            value = warning(account.location, "what the forum knows you by")
            yield Finding(f"account {account.name}", value, advice="Ask its keeper for an https:// address.")
    if waiting:
        where = ", ".join(sorted({row.account_name for row in waiting}))
        value = (
            f"{output.counted(len(waiting), 'text')} {'waits' if len(waiting) == 1 else 'wait'} to be sent ({where})"
        )
        yield Finding("outbox", value, advice="It goes with the next: forumtui sync")
    if stuck:
        yield Finding("outbox", f"{stuck} need you", advice="See: forumtui outbox")


def _requests(paths: Paths) -> Iterator[Finding]:
    if not paths.library_file.exists():
        return
    try:
        asked = asyncio.run(_asked(paths))
    except ForumtuiError as error:
        yield Finding("requests", str(paths.library_file), right=False, advice=str(error))
        return
    for each in asked:
        who = "as a member" if each.known else "as a guest"
        value = f"{each.made} of {each.most} in the last {each.seconds:g} s, {who}"
        yield Finding(f"requests to {each.server}", value)


async def _asked(paths: Paths) -> Sequence[Asked]:
    from forumtui.reader.library import Library

    library = await Library.open(paths.data)
    try:
        return await library.ledger.told()
    finally:
        await library.close()


def _checked(file: Path) -> str:
    """What SQLite finds wrong with the file, "" for nothing.  Raises what says that it could not be looked at."""
    from forumtui.sqlite.connection import connect, readable_errors

    try:
        connection = connect(file, read_only=True)
        try:
            with readable_errors(file):
                found = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except (Damaged, NotAForum) as error:
        return str(error)
    return "" if found == ("ok",) else str(found[0] if found else "it does not answer")


async def _contents(paths: Paths) -> tuple[list[AccountRow], list[OutRow], int, list[str]]:
    """The accounts, what waits, how many outbox rows only the user can settle, and what the library says of itself."""
    from forumtui.reader.library import Library

    library = await Library.open(paths.data)
    try:
        rows = await library.outbox.rows(drafts=False)
        stuck = [row for row in rows if row.state.is_asking]
        told = [line for line in (*library.notice.splitlines(), library.warning) if line]
        waiting = [row for row in rows if row.state.is_waiting]
        return list(await library.accounts.concerned()), waiting, len(stuck), told
    finally:
        await library.close()
