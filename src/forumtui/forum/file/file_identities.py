"""The members' ways into a forum file: passwords, tokens, invitations, and Unix users."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import apsw

from forumtui.errors import AuthRequired, Busy, Conflict, FileProblem, Missing
from forumtui.forum.file import invitations, names, tokens, unix
from forumtui.forum.file.log import Hand, write_line
from forumtui.forum.file.pages import member
from forumtui.forum.file.threads import ForumThreads
from forumtui.forum.file.tokens import Recognised
from forumtui.forum.file.viewer import rows, viewer
from forumtui.forum.identities import Credentials, Identity, Scope
from forumtui.forum.passwords import Passwords, check_password
from forumtui.forum.permissions import Role
from forumtui.model import Millis, OwnToken
from forumtui.sqlite.columns import add
from forumtui.text.lookalike import look
from forumtui.text.sanitise import clean_line

_WRONG = "The name or the password is wrong."


class Recent:
    """Who was recognised within the last second, so that most requests need no look into the file.

    What another process revokes is noticed after that second; what this one revokes, at once.
    """

    LIFE = 1.0
    MOST = 10_000

    def __init__(self) -> None:
        self._known: dict[object, tuple[float, Identity]] = {}
        self.generation = 0

    def get(self, key: object) -> Identity | None:
        """Who this is, if that was asked a moment ago."""
        found = self._known.get(key)
        return found[1] if found is not None and time.monotonic() < found[0] else None

    def put(self, key: object, identity: Identity, generation: int, life: float = LIFE) -> None:
        """Keep what was read while ``generation`` was the newest, for at most ``life`` seconds."""
        if generation != self.generation:
            return
        self._known.pop(key, None)
        if len(self._known) >= self.MOST:
            del self._known[next(iter(self._known))]
        self._known[key] = (time.monotonic() + min(life, self.LIFE), identity)

    def forget(self) -> None:
        """Somebody's way in was closed: look again."""
        self.generation += 1
        self._known.clear()


class SqliteIdentities:
    """The `Identities` of a forum file."""

    def __init__(self, threads: ForumThreads, now: Callable[[], Millis]) -> None:
        self._threads = threads
        self._now = now
        self._passwords = Passwords()
        self._recent = Recent()
        self._noting: set[asyncio.Task[None]] = set()

    def forget(self) -> None:
        """Look into the file again for everybody: somebody's way in was closed."""
        self._recent.forget()

    async def close(self) -> None:
        """Finish what is being written down."""
        await asyncio.gather(*self._noting)
        self._passwords.close()

    # -- coming in with a password

    async def register(
        self, name: str, password: str, *, invitation: str = "", accepts_rules: bool = False, label: str = ""
    ) -> Credentials:
        """Make a member and log in.  Of two who use an invitation for the last time, one is refused.

        Raises `Forbidden` (closed, no or a used-up invitation), `Conflict` (the name, or one that looks like it, is
        taken), `Refused` (rules not accepted, a name or password that will not do).
        """
        cleaned = names.new_name(name)
        check_password(password, cleaned)

        def admitted(connection: apsw.Connection) -> str:
            return invitations.admit(connection, invitation, self._now(), accepts_rules=accepts_rules)

        await self._threads.look(admitted)  # before the work of hashing
        await self._passwords.refuse_common(password, cleaned)
        hashed = await self._passwords.hash(password)

        def work(connection: apsw.Connection) -> Credentials:
            role, now = admitted(connection), self._now()
            names.check_free(connection, cleaned)
            if invitation:
                invitations.use(connection, invitation)
            add(
                connection,
                "member",
                name=cleaned,
                look=look(cleaned),
                role=role,
                role_given=int(role != Role.MEMBER),
                joined=now,
                password=hashed,
            )
            write_line(connection, Hand(cleaned, now), "register", f"as {role}")
            return _logged_in(connection, cleaned, label, now)

        return await self._threads.write(work)

    async def log_in(self, name: str, password: str, *, label: str = "") -> Credentials:
        """A token for 90 days, for what the member's role allows now; of more than 20 the oldest ends.

        Raises `AuthRequired`, saying the same and taking as long whether name or password is wrong; to who knows the
        password it says that the member is suspended.
        """
        cleaned = clean_line(name)
        stored = await self._threads.look(lambda c: _password(c, cleaned))
        if not await self._passwords.verify(stored, password):
            raise AuthRequired(_WRONG)
        renewed = stored
        if stored is not None and self._passwords.is_outdated(stored):
            renewed = await self._passwords.hash(password)

        def work(connection: apsw.Connection) -> Credentials | None:
            if _password(connection, cleaned) != stored:
                return None  # it was changed, or hashed anew, meanwhile
            if renewed != stored:
                connection.execute("UPDATE member SET password = ? WHERE name = ?", (renewed, cleaned))
            return _logged_in(connection, cleaned, label, self._now())

        made = await self._threads.write(work)
        if made is None:
            return await self.log_in(name, password, label=label)
        self.forget()  # an older log-in may have made room
        return made

    async def log_out(self, identity: Identity) -> None:
        """Revoke the token that was used; a Unix user has none."""
        if identity.token:
            with suppress(Missing):  # somebody else did it a moment ago
                await self._threads.write(lambda c: tokens.revoke(c, identity.token))
            self.forget()

    async def set_password(self, member: str, old: str, new: str, *, keep: str = "") -> None:
        """Set another password, and put an end to all tokens of the member but the one to ``keep``.

        Raises `AuthRequired` when the old one is wrong, `Refused` for a new one that will not do.  A member without
        one sets the first with "".
        """
        cleaned = clean_line(member)
        check_password(new, cleaned)
        stored = await self._threads.look(lambda c: _password(c, cleaned))
        if (stored is not None or old) and not await self._passwords.verify(stored, old):
            raise AuthRequired("The old password is wrong.")
        await self._passwords.refuse_common(new, cleaned)
        hashed = await self._passwords.hash(new)

        def work(connection: apsw.Connection) -> None:
            now = self._now()
            unix.make_member(connection, cleaned, now)
            number = names.member_row(connection, cleaned)
            if _password(connection, cleaned) != stored:
                raise Conflict("The password was changed just now.")
            connection.execute("UPDATE member SET password = ? WHERE id = ?", (hashed, number))
            tokens.revoke_all(connection, cleaned, but=keep)
            write_line(connection, Hand(cleaned, now), "set password", "")

        await self._threads.write(work)
        self.forget()

    # -- one's own tokens

    async def tokens(self, who: Identity) -> Sequence[OwnToken]:
        """Those by which the member is known, the newest first."""
        return await self._threads.look(lambda c: tokens.own(c, who, self._now()))

    async def revoke(self, who: Identity, token: str) -> None:
        """Put an end to one of the member's tokens.  Raises `Missing`, also for somebody else's."""
        await self._threads.write(lambda c: tokens.revoke_own(c, who, token))
        self.forget()

    async def revoke_all(self, who: Identity, *, others: bool = False) -> None:
        """Put an end to all tokens of the member; ``others``: to all but the one used."""
        await self._threads.write(lambda c: tokens.revoke_all(c, who.member, but=who.token if others else ""))
        self.forget()

    # -- being recognised

    async def identify(self, token: str) -> Identity:
        """Raises `AuthRequired` for an unknown, expired or revoked token, or a suspended member's.

        What another process revokes is noticed within a second.
        """
        hashed = tokens.digest(token)
        recent = self._recent.get(hashed)
        if recent is not None:
            return recent
        generation, now = self._recent.generation, self._now()
        found = await self._threads.look(lambda c: tokens.recognise(c, hashed, now))
        life = Recent.LIFE if found.expires is None else (found.expires - now) / 1000
        self._recent.put(hashed, found.identity, generation, life)
        if found.is_stale(now) and not self._threads.file.blocked:
            self._note_use(found, now)
        return found.identity

    def _note_use(self, found: Recognised, now: Millis) -> None:
        """Write down when a token was used, beside the request."""

        async def note() -> None:
            with suppress(Busy, FileProblem):  # it is only for people to read
                await self._threads.write(lambda c: tokens.write_down_use(c, found.identity.token, now), durable=False)

        task = asyncio.ensure_future(note())
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def peer(self, uid: int, name: str) -> Identity:
        """The member of a process on this machine, by its Unix user, made at the first write.

        The user's first request takes the name, so nobody else can register it meanwhile.  Raises `Forbidden` where a
        member of this name, or of one that looks like it, came in another way (an admin can link the two), and for a
        suspended member.
        """
        recent = self._recent.get(uid)
        if recent is not None:
            return recent
        generation = self._recent.generation
        identity = Identity(await self._name_of(uid, name))
        self._recent.put(uid, identity, generation)
        return identity

    async def _name_of(self, uid: int, user: str) -> str:
        if self._threads.file.blocked:
            return await self._threads.look(lambda c: unix.look_in(c, uid, user))
        known = await self._threads.look(lambda c: unix.known(c, uid))
        if known is not None:
            return known
        return await self._threads.write(lambda c: unix.come_in(c, uid, user))

    async def link(self, member: str, uid: int | None, *, by: str = "") -> None:
        """Say which Unix user a member is, or none; whoever was that user before no longer is.  Raises `Missing`."""
        await self._threads.write(lambda c: unix.link(c, Hand(clean_line(by), self._now()), member, uid))
        self.forget()

    async def scopes_of(self, member: str) -> Sequence[Scope]:
        """What the member's role, and the boards led, could make use of."""
        return await self._threads.read(member, lambda _, who: tokens.scopes_for(who))


def _password(connection: apsw.Connection, name: str) -> str | None:
    """The stored hash of a member's password; None also where there is no such member."""
    found = rows(connection, (str | None,), "SELECT password FROM member WHERE name = ?", (name,))
    return found[0][0] if found else None


def _logged_in(connection: apsw.Connection, name: str, label: str, now: Millis) -> Credentials:
    """A new token for a member who showed a password.  Raises `AuthRequired` for a suspended one."""
    who = viewer(connection, name, "")
    tokens.check_active(who.rights.blocked)
    token, expires = tokens.log_in(connection, who, label, now)
    return Credentials(member(connection, name), token, expires)
