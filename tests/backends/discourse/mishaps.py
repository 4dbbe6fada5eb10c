"""A member's library, a Discourse site, and a line between them on which everything goes wrong that can.

The member writes; each text meets the mishap once, on its first try.  Time is played.  Where the program can not know
what to do, an honest user is asked: one who looks at the site first, logs in again, or sends what was refused again.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

from tests.backends.discourse.site import Site
from tests.reader.sync.clock import FakeClock
from tests.reader.sync.stage import fill
from tests.reference.forum import ReferenceForum
from tests.waiting import LOOK, never, pause

from forumtui.backends.api import Backend
from forumtui.backends.discourse.asking import MEMBERS, connect
from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.web import Answer, Request
from forumtui.backends.web.politeness import Gate, Limits
from forumtui.ledger import LEDGER
from forumtui.model import Action, Body, Listing, Receipt, Reply, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountKey, Health, OutRow, OutState
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import Policy
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.testing import Fault, FaultPlan

PLACE = "https://talk.example"
ME = "ann"
TOPICS = 10
AT_ONCE = 20
"""So many texts are written before the first of them is sent; an even number, because of twins."""
MOST_TURNS = 200
"""So often time passes for a text, at most."""


@dataclass
class Mishap:
    """What each text meets on its first try.

    ``fault``: the call fails.  ``look``: so does the first look for what became of it.  ``line``: what becomes of the
    request instead.  ``twins``: two texts have the same words, in the same topic or not.
    """

    name: str
    fault: Fault = Fault.NONE
    look: Fault = Fault.NONE
    line: Callable[[Talk, Request], Awaitable[Answer]] | None = None
    twins: str = ""
    alike: bool = True
    approves: bool = False
    dies: Callable[[int], type[BaseException] | None] | None = None
    """How the program ends at its so-and-so-manieth step (from 0), if it does; a step is between two things that last."""


class Killed(BaseException):
    """The process is no more; what is on disk stays."""


STEPS = ("claim", "set_baseline", "begin_send", "finish", "retry", "refuse", "need_attention")
"""What of the outbox is on disk when it has been called."""


@dataclass
class Tally:
    """What came of it."""

    name: str
    sent: int = 0
    lost: int = 0
    doubled: int = 0
    asked: int = 0
    """How often the user was."""
    requests: int = 0
    untrue: int = 0
    """Texts that are called sent by another text's post, or by none."""


class Plan(FaultPlan):
    """Each action meets the fault once, and the first look for it as well."""

    def __init__(self, backend: Backend, mishap: Mishap) -> None:
        super().__init__(backend)
        self.mishap = mishap
        self.met: set[tuple[str, str]] = set()

    async def perform(self, action: Action) -> Receipt:
        """As the backend's."""
        self._meet("perform", action, self.mishap.fault)
        return await super().perform(action)

    async def find(self, action: Action) -> Receipt | None:
        """As the backend's."""
        self._meet("find", action, self.mishap.look)
        return await super().find(action)

    def _meet(self, call: str, action: Action, fault: Fault) -> None:
        if (call, action.key) not in self.met:
            self.met.add((call, action.key))
            self.script(call, fault)


@dataclass
class Talk:
    """The site, and a member's library with it.  ``late``: requests that will arrive, and when (ms)."""

    folder: Path
    mishap: Mishap
    clock: FakeClock = field(default_factory=FakeClock)
    late: list[tuple[int, Request]] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    written: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Topic (its id, or its title) and text: how often it should be there."""
    quits: bool = False
    """Whether the program should end."""
    is_out: bool = False
    """Whether the site wants to know who asks."""
    asked: int = 0
    called_arrived: int = 0
    """Texts of which only the user could say that they are there; nobody knows which post each became."""
    turns: int = 0
    steps: int = 0
    begun: int = 0
    """So many texts were written."""

    def __post_init__(self) -> None:
        self.store = ReferenceForum(now=self.clock.now)
        self.site = Site(self.store, alike=self.mishap.alike, now=lambda: self.clock.time / 1000)
        self.site.approves = self.mishap.approves
        self.plan: Plan | None = None

    # -- the line

    async def line(self, request: Request) -> Answer:
        """What the site is asked, and what comes of it."""
        self.step()
        answer = await self._carried(request)
        self.step()
        return answer

    def step(self) -> None:
        """Die here, if it is time for that."""
        end = None if self.quits or self.mishap.dies is None else self.mishap.dies(self.steps)
        self.steps += 1
        if end is not None:
            self.quits = True
            raise end

    def _mortal(self, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def stepped(*args: Any, **named: Any) -> Any:
            self.step()
            result = await work(*args, **named)
            self.step()
            return result

        return stepped

    async def _carried(self, request: Request) -> Answer:
        await self.tick()
        if self.mishap.line is None or (request.method, request.path) != ("POST", "/posts.json"):
            return await self.site(request)
        words = str(json.loads(request.content)["raw"]) + str(json.loads(request.content).get("topic_id"))
        self.met[words] += 1
        return await (self.mishap.line(self, request) if self.met[words] == 1 else self.site(request))

    async def tick(self) -> None:
        """What was under way arrives when its time has come."""
        due = [request for when, request in self.late if when <= self.clock.time]
        self.late = [(when, request) for when, request in self.late if when > self.clock.time]
        for request in due:
            await self.site(request)

    @asynccontextmanager
    async def open(self, driver: str, location: str, options: Mapping[str, str]) -> AsyncIterator[Backend]:
        """A session; what was scripted outlives it."""
        known = {"key": f"key-of-{ME}", "client": "this-reader"}
        async with connect(PLACE, known, transport=self.line, limits=Limits(budget=MEMBERS.budget)) as asking:
            asking._web._gate = Gate(
                "talk.example",
                Limits(budget=MEMBERS.budget),
                ledger=LEDGER.get(),
                who=PLACE,
                clock=lambda: self.clock.time / 1000,
                sleep=self._sleep,
            )
            backend = DiscourseBackend(asking, PLACE, ME)
            backend._writing._now = lambda: float(self.clock.time)
            self.plan = self.plan or Plan(backend, self.mishap)
            self.plan.backend = backend
            self.plan.delivery = backend.delivery
            yield self.plan

    async def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds + 0.001)

    # -- the member

    async def prepare(self, library: Library) -> AccountKey:
        """An account there; nothing of it is read yet."""
        row = await library.accounts.put(
            name="talk",
            driver="discourse",
            location=PLACE,
            identity=PLACE,
            options={},
            info=await self.store.info(ME),
            listed=True,
            joined=None,
        )
        await library.accounts.set_delivery(row.key, "reconcile")
        return row.key

    async def write(self, library: Library, account: AccountKey, numbers: range) -> None:
        """Replies, and every tenth text a topic; twins come in pairs."""
        for number in numbers:
            text, place = f"This is what I write, the {number}th.", number
            if self.mishap.twins:
                text, place = f"This is what I write, the {number // 2}th.", number // 2
            topic = str(1 + (place if self.mishap.twins != "two topics" else number) % TOPICS)
            if number % 10 == 9 and not self.mishap.twins:
                where, target = f"A subject, the {number}th", Target(account, OutKind.TOPIC, board=Remote("1"))
                typed = Typed(subject=where, text=text)
            else:
                where, target = topic, Target(account, OutKind.REPLY, topic=Remote(topic))
                typed = Typed(text=text)
            row = await library.outbox.start(target, typed, uid=None)
            await library.outbox.submit(row.uid)
            self.written[where, text] += 1

    async def help(self, library: Library, account: AccountKey, engines: Engines) -> None:
        """Do what only a person can: log in again, look whether something is there, send again what was refused."""
        was_out, self.is_out = self.is_out, (await library.accounts.get(account)).health is Health.NEEDS_LOGIN
        if self.is_out and not was_out:
            self.asked += 1
            self.site.revoked.clear()
            engines.wake()
            await pause(LOOK)
        for row in await library.outbox.rows(drafts=False, account=account):
            if row.state is OutState.REFUSED:
                self.asked += 1
                await library.outbox.withdraw(row.uid)
                await library.outbox.submit(row.uid)
            elif row.state is OutState.ATTENTION:
                self.asked += 1
                there = (await self.there())[self._where(row), row.text] >= self.written[self._where(row), row.text]
                self.called_arrived += there
                await library.outbox.settle(row.uid, "arrived" if there else "resend")

    @staticmethod
    def _where(row: OutRow) -> str:
        return row.subject if row.kind is OutKind.TOPIC else str(row.target.topic)

    async def there(self) -> Counter[tuple[str, str]]:
        """What the site has of the member's."""
        found: Counter[tuple[str, str]] = Counter()
        for topic in (await self.store.topics(ME, Listing(), None, 10_000)).items:
            for post in (await self.store.posts(ME, topic.id, Window(limit=100_000))).items:
                if post.author is not None and post.author.name == ME and post.body is not None:
                    is_reply = int(topic.id) <= TOPICS
                    found[topic.id if is_reply else topic.title, post.body.source] += 1
        for _, _, act in self.site.pending:
            found[act.topic if isinstance(act, Reply) else act.subject, act.body.source] += 1
        return found

    async def live(self, count: int) -> Tally:
        """Write, and see to it until everything is at an end."""
        await fill(self.store, TOPICS, 3)
        begun = False
        for _ in range(40 * count + 1):
            async with AsyncExitStack() as stack:
                library = await Library.open(self.folder, now=self.clock.now)
                stack.push_async_callback(library.close)
                if not begun:
                    account, begun = await self.prepare(library), True
                for name in STEPS if self.mishap.dies is not None else ():
                    setattr(library.outbox, name, self._mortal(getattr(library.outbox, name)))
                engines = Engines(library, clock=self.clock, open_backend=self.open, policy=Policy(budget=0))
                await stack.enter_async_context(engines)
                engines.wake()
                if await self._until_done(library, account, engines, count):
                    return await self._tally(library, account)
            self.quits = False
            self.clock.advance(61)  # its lease is over
        raise AssertionError("It was ended too often.")

    async def _until_done(self, library: Library, account: AccountKey, engines: Engines, count: int) -> bool:
        """False when the program is to end before."""
        rows: Sequence[OutRow] = ()
        while self.turns < MOST_TURNS * count:
            if self.quits:
                return False
            await self.tick()
            await self.help(library, account, engines)
            rows = await library.outbox.rows(drafts=False, account=account)
            if not self.late and all(row.state is OutState.HELD for row in rows):
                if self.begun == count:
                    return True
                fresh = range(self.begun, min(count, self.begun + AT_ONCE))
                self.begun = fresh.stop
                await self.write(library, account, fresh)
                continue
            if self.clock.dues:
                self.turns += 1
                self.clock.advance(max(1, min(self.clock.dues) - self.clock.time) / 1000 + 0.0005)
            await pause(LOOK)
        raise AssertionError([(row.state, row.error) for row in rows])

    async def _tally(self, library: Library, account: AccountKey) -> Tally:
        tally = Tally(self.mishap.name, asked=self.asked, requests=len(self.site.asked))
        there = await self.there()
        tally.sent = sum(self.written.values())
        tally.lost = sum((self.written - there).values())
        tally.doubled = sum((there - self.written).values())
        rows = await library.outbox.rows(drafts=False, sent=True, account=account)
        named = Counter(row.remote_post for row in rows if row.state is OutState.SENT)
        tally.untrue = named.pop(None, 0) - self.called_arrived + sum(times - 1 for times in named.values())
        return tally


# -- what becomes of a request


async def lost_after(talk: Talk, request: Request) -> Answer:
    """It is carried out, and the answer is lost."""
    await talk.site(request)
    raise ConnectionResetError


async def too_late(talk: Talk, request: Request) -> Answer:
    """It is carried out, and the answer takes longer than one waits."""
    await talk.site(request)
    raise TimeoutError


async def lost_before(talk: Talk, request: Request) -> Answer:
    """It never arrives, and nobody knows."""
    raise ConnectionResetError


def arrives_after(seconds: float) -> Callable[[Talk, Request], Awaitable[Answer]]:
    """A proxy gives up, and the site carries it out so many seconds later."""

    async def line(talk: Talk, request: Request) -> Answer:
        talk.late.append((talk.clock.time + int(seconds * 1000), request))
        return Answer(502, b"<html><h1>502 Bad Gateway</h1>", {"content-type": "text/html"})

    return line


async def repeated(talk: Talk, request: Request) -> Answer:
    """A proxy sends it twice: it is there, and the second try is refused as too similar."""
    await talk.site(request)
    return await talk.site(request)


async def elsewhere(talk: Talk, request: Request) -> Answer:
    """The member wrote the same in another topic a moment ago, in a browser."""
    told = json.loads(request.content)
    other = TopicId(str(int(told.get("topic_id", 0)) % TOPICS + 1))
    act = Reply(other, Body(told["raw"]))
    talk.written[other, told["raw"]] += 1
    await talk.store.perform(ME, Action(f"browser-{next(talk.site.acts)}", act))
    talk.site.recent.append((talk.clock.time / 1000, ME, told["raw"]))
    return await talk.site(request)


async def revoked(talk: Talk, request: Request) -> Answer:
    """The key is good no longer."""
    talk.site.revoked.add(ME)
    return await talk.site(request)


async def closed(talk: Talk, request: Request) -> Answer:
    """The topic was closed meanwhile; until the user asks for it to be opened again."""
    return _said(422, {"action": "create_post", "errors": ["That topic is closed; it no longer accepts replies."]})


async def read_only(talk: Talk, request: Request) -> Answer:
    """The site takes nothing for a while."""
    return _said(503, {"errors": ["The site is in read only mode."], "error_type": "read_only"})


async def elsewhere_on_the_web(talk: Talk, request: Request) -> Answer:
    """It is redirected to another origin."""
    return Answer(302, headers={"location": "https://portal.example/welcome"})


def page(status: int) -> Callable[[Talk, Request], Awaitable[Answer]]:
    """Something in between answers with a page of its own."""

    async def line(talk: Talk, request: Request) -> Answer:
        content = b"<!doctype html><title>Welcome</title><p>Accept our terms first."
        return Answer(status, content, {"content-type": "text/html"})

    return line


def too_often(form: str) -> Callable[[Talk, Request], Awaitable[Answer]]:
    """The site asks for a pause, in each of the forms that there are."""

    async def line(talk: Talk, request: Request) -> Answer:
        now = talk.clock.time / 1000
        headers = {
            "seconds": {"retry-after": "47"},
            "date": {"date": formatdate(now, usegmt=True), "retry-after": formatdate(now + 47, usegmt=True)},
            "epoch": {"date": formatdate(now, usegmt=True), "retry-after": str(int(now + 47))},
            "none": {},
            "body": {},
        }[form]
        extras = {"extras": {"wait_seconds": 47}} if form == "body" else {}
        body = {"errors": ["You've performed this action too many times."], "error_type": "rate_limit", **extras}
        return _said(429, body, headers)

    return line


async def ended_before(talk: Talk, request: Request) -> Answer:
    """The program ends while it waits; nothing arrives."""
    talk.quits = True
    await never()


async def ended_after(talk: Talk, request: Request) -> Answer:
    """The program ends while it waits; all is carried out."""
    await talk.site(request)
    talk.quits = True
    await never()


def _said(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})


_STRIKES = [fault for fault in Fault if fault.name[:4] not in {"NONE", "SLOW"}]


def now_and_then(end: type[BaseException]) -> Callable[[int], type[BaseException] | None]:
    """At every seventeenth step, so that it is another one each time."""
    return lambda step: end if step % 17 == 16 else None


MISHAPS = (
    Mishap("none"),
    *(Mishap(fault.name.lower(), fault) for fault in _STRIKES),
    *(Mishap(f"lost_after, look: {fault.name.lower()}", Fault.LOST_AFTER, fault, alike=False) for fault in _STRIKES),
    *(Mishap(f"lost_before, look: {fault.name.lower()}", Fault.LOST_BEFORE, fault, alike=False) for fault in _STRIKES),
    Mishap("cut after it was carried out", line=lost_after),
    Mishap("answer takes too long", line=too_late),
    Mishap("cut before it arrived", line=lost_before),
    *(Mishap(f"502, arrives {after} s later", line=arrives_after(after)) for after in (1, 5, 40, 110)),
    Mishap("too similar, and it is there", line=repeated),
    Mishap("too similar, but in another topic", line=elsewhere),
    Mishap("twins in two topics", twins="two topics"),
    Mishap("twins in one topic", twins="one topic"),
    Mishap("twins in two topics, answers lost", line=lost_after, twins="two topics"),
    Mishap("twins in one topic, answers lost", line=lost_after, twins="one topic"),
    Mishap("held for approval", approves=True),
    Mishap("held for approval, answers lost", line=lost_after, approves=True),
    Mishap("read-only", line=read_only),
    Mishap("key revoked", line=revoked),
    Mishap("topic closed", line=closed),
    *(Mishap(f"429, {form}", line=too_often(form)) for form in ("seconds", "date", "epoch", "body", "none")),
    Mishap("redirected to another origin", line=elsewhere_on_the_web),
    *(Mishap(f"captive portal, {status}", line=page(status)) for status in (200, 403, 404, 511)),
    Mishap("program ends before it arrived", line=ended_before),
    Mishap("program ends after it was carried out", line=ended_after),
    Mishap("killed at any step", dies=now_and_then(Killed)),
    Mishap("killed at any step, answers lost", line=lost_after, dies=now_and_then(Killed)),
    Mishap("closed at any step", dies=now_and_then(asyncio.CancelledError)),
)
