"""Opens served forums, and makes one a member of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from forumtui.backends.api import Backend
from forumtui.backends.remote.location import PROBLEMS, ROOT, SHAPES, is_served, is_socket
from forumtui.backends.seen import Seen
from forumtui.errors import AuthRequired, Unsupported, UsageError
from forumtui.model import Certainty, Option, Recognised

_YES = {"yes", "y", "true", "on", "1"}


class RemoteDriver:
    """Takes ``https://host``, ``https://host/folder``, the same with http, and ``unix:/path/of/the.socket``."""

    name = "remote"
    options: Sequence[Option] = (Option("token", "by which the forum knows you; logging in gets one", secret=True),)
    log_in_form: Sequence[Option] = (
        Option("name", "your name there", required=True),
        Option("password", "your password", required=True, secret=True),
    )
    questions = (f"{ROOT}/forum",)
    has_pages = False
    registration_form: Sequence[Option] = (
        Option("name", "the name under which you write", required=True),
        Option("password", "a password for this forum", required=True, secret=True),
        Option("invitation", "the invitation's code, where one is needed"),
        Option("accepts_rules", "yes, if you accept the forum's rules"),
    )

    def recognises(self, location: str) -> Certainty:
        """Perhaps any web address; certainly any address of a Unix socket."""
        if is_socket(location):
            return Certainty.CERTAINLY
        return Certainty.PERHAPS if is_served(location) else Certainty.NO

    def names(self, location: str, base: str = "") -> Recognised | None:
        """What an address of the API names; a socket is a forum."""
        if is_socket(location):
            return Recognised(self.name, location) if base in {"", location} else None
        return SHAPES.names(location, base)

    def shows(self, seen: Seen) -> str | None:
        """By the forum's description, or a refusal of the kind that only our servers write."""
        found = SHAPES.names(seen.url)
        given = seen.object()
        if seen.is_good:
            ours = isinstance(given.get("uuid"), str) and isinstance(given.get("title"), str)
        else:
            ours = str(given.get("type", "")).startswith(PROBLEMS)
        return found.base if found is not None and ours else None

    def open(self, location: str, options: Mapping[str, str]) -> AbstractAsyncContextManager[Backend]:
        """A session; nothing is asked before its first call."""
        return _session(location, options)

    async def log_in(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """A token for a name and its password.  Raises `AuthRequired` or `UsageError`."""
        given = {name: _filled(form, name) for name in ("name", "password")}
        return await _credentials(location, "login", given, safe=True)

    async def register(self, location: str, options: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002 - a Driver
        """Become a member, and a token for it.  Raises `Refused` with the forum's reason, or `UsageError`."""
        given = {
            **{name: _filled(form, name) for name in ("name", "password")},
            "invitation": form.get("invitation", "").strip(),
            "accepts_rules": form.get("accepts_rules", "").strip().lower() in _YES,
        }
        return await _credentials(location, "register", given, safe=False)

    async def log_out(self, location: str, options: Mapping[str, str]) -> Mapping[str, str]:
        """Let the token be good no longer; the other options are left."""
        from forumtui.backends.remote.connection import connect

        if options.get("token") and not is_socket(location):
            with suppress(AuthRequired):  # it is good no longer
                async with connect(location, options) as connection:
                    await connection.delete("login")
        return {name: value for name, value in options.items() if name != "token"}


def _filled(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value.strip():
        raise UsageError(f"Give a {name}.")
    return value


async def _credentials(location: str, path: str, given: Mapping[str, object], *, safe: bool) -> Mapping[str, str]:
    from forumtui.backends.remote.connection import connect
    from forumtui.forum.identities import Credentials

    if is_socket(location):
        raise Unsupported("On a Unix socket the system tells the forum who you are; there is no need to log in.")
    async with connect(location, {}) as connection:
        with connection.at_a_forum():
            answer = await connection.send(path, body={**given, "label": "forumtui"}, safe=safe)
        return {"token": connection.value(Credentials, answer).token}


@asynccontextmanager
async def _session(location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:
    from forumtui.backends.remote.backend import RemoteBackend  # recognising an address must not wait for httpx
    from forumtui.backends.remote.connection import connect

    async with connect(location, options) as connection:
        yield RemoteBackend(connection)


driver = RemoteDriver()
