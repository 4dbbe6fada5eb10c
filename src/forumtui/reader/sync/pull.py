"""Reading: from the backend into the library, first what somebody looks at, then what should be ready offline.

Every step is one request and one or a few small transactions, so that something more urgent can go before the next.
"""

from __future__ import annotations

from collections import deque

from forumtui.backends.api import Backend
from forumtui.course import MOST_PAGES, Course
from forumtui.errors import BackendError, Endless, NotFound, NotYet, RateLimited, Refused, Unsupported
from forumtui.model import Cursor, Page, Place, Post, PostId, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, Want, WantPosts, WantSearch, WantTopics
from forumtui.reader.sync.facts import BOARDS, Facts
from forumtui.reader.sync.latest import LATEST_READ, Latest
from forumtui.reader.sync.lists import Lists
from forumtui.reader.sync.notices import Bell
from forumtui.values import quick_dataclass

FEED = "changes"
"""The saved cursor of the change feed."""
THROUGH = "through"
"""Saved once the feed was read to its end: what comes then is new to the forum, however old its dates."""
RECONCILE = "reconcile"
"""Saved while the forum is read anew because its epoch changed."""

MOST_TIMES_ANEW = 5
"""In a row without getting through, before reading pauses."""

RESTORED = "restored"
"""Saved from when the forum was set back until it is known which texts of ours that cost."""


@quick_dataclass(frozen=True, slots=True)
class Policy:
    """What an account may ask for on its own, without anybody looking.

    ``poll``: seconds between two looks at a forum that cannot be watched.  ``ready``: how many topics with
    unread posts are fetched ahead.  ``budget``: requests for that and for finishing opened topics, after each look.
    ``pages``: of the change feed in one walk; what is left then is read after a pause.  ``latest``: pages of the latest
    topics in one look at a forum without a feed.
    """

    poll: float = 300.0
    ready: int = 50
    budget: int = 200
    page: int = 100
    pages: int = MOST_PAGES
    latest: int = 20


class Pull:
    """Brings one account's forum into the library through one open backend."""

    def __init__(self, library: Library, account: AccountKey, backend: Backend, policy: Policy) -> None:
        self._library = library
        self._account = account
        self._backend = backend
        self._policy = policy
        self._lists = Lists(library, account, backend)
        self._facts = Facts(library, account, backend)
        self._latest = Latest(library, account, backend, policy.latest)
        self.bell = Bell(library, account, backend)
        self._seen: set[TopicId] | None = None
        self._through = False
        self._doubtful: deque[TopicId] = deque()
        self._opened: deque[TopicId] = deque()
        self._fetched: set[tuple[TopicId, Window]] = set()
        self._finished: set[TopicId] = set()
        self._course: Course | None = None
        self._begun_anew = 0
        self._budget = min(policy.budget, getattr(backend, "ahead", policy.budget))
        self._left = self._budget
        self.has_feed = True
        """False once the backend said that it has no change feed."""
        self.held_up: float | None = None
        """Seconds until what is fetched ahead may go on; None: nothing holds it up."""

    # -- the forum itself

    async def greet(self, identity: str, *, boards: bool) -> None:
        """Read who is there and, if asked or never done, the boards.  Raises `FileProblem` at another forum."""
        if await self._facts.meet(identity):
            await self._begin_anew()
        await self._facts.need_boards(identity, anew=boards)

    def ask_anew(self) -> None:
        """Somebody wants to see everything as it is now."""
        self._facts.ask_anew()

    async def _begin_anew(self) -> None:
        await begin_anew(self._library, self._account)
        await self._library.accounts.set_cursor(self._account, THROUGH, None)
        self._through = False

    # -- what somebody looks at

    async def answer(self, want: Want) -> None:
        """Bring in what is looked at.  Raises `BackendError`; a search that fails is noted as such besides."""
        if isinstance(want, WantPosts):
            await self._answer_posts(want)
        elif isinstance(want, WantTopics):
            await self._lists.answer(want, news=await self._is_news(), fed=self.has_feed)
        else:
            await self._search(want)

    async def _answer_posts(self, want: WantPosts) -> None:
        known = await self._library.reading.topic_by_id(self._account, want.topic)
        if known is None or not self.has_feed:
            header = await self._backend.topic(want.topic)
            await self._library.intake.topics(self._account, [header], news=await self._is_news())
        window: Window | None = want.window
        if want.window.place is Place.UNREAD:
            # The library knows better than most forums what is read: mostly the end is missing, or nothing.
            window = await self._library.intake.missing(self._account, want.topic, want.window.limit)
        if window is not None:
            await self._fetch(want.topic, window)
        if want.topic in self._opened:
            self._opened.remove(want.topic)
        self._opened.append(want.topic)

    async def _fetch(self, topic: TopicId, window: Window) -> Page[Post]:
        page = await self._backend.posts(topic, window)
        await self._library.intake.posts(self._account, topic, window, page)
        return page

    async def _search(self, want: WantSearch) -> None:
        intake = self._library.intake
        try:
            page = await self._backend.search(want.query)
        except BackendError as error:
            await intake.hits(self._account, want.query, (), error=str(error))
            if not isinstance(error, Unsupported | Refused):
                raise
        else:
            await intake.hits(self._account, want.query, page.items)

    # -- what changed

    async def look(self) -> bool:
        """One step through the change feed or, without one, the latest topics; whether there is more.

        Raises `Endless` when the feed does not get on, or to no end.
        """
        if self.has_feed:
            try:
                more = await self._feed_step()
            except Unsupported:
                self.has_feed = False
            except Endless:
                self._course = None  # the next walk begins where this one was left
                raise
            else:
                if not more:
                    self._course = None
                return more
        items = await self._latest.step()
        await self._facts.renew_boards({topic.board for topic in items})
        return self._latest.more

    @property
    def reads_on(self) -> bool:
        """Whether what is left of the latest topics is read on at the next look."""
        return self._latest.remembers

    async def catch_up(self) -> None:
        """All steps at once."""
        while await self.look():
            pass

    async def _feed_step(self) -> bool:
        accounts = self._library.accounts
        if self._doubtful:
            await self._compare_posts(self._doubtful[0])
            self._doubtful.popleft()
            return await self._has_doubts()
        saved = await accounts.cursor(self._account, FEED)
        if self._seen is None and await accounts.cursor(self._account, RECONCILE) is not None:
            saved, self._seen = None, set()  # an interrupted reading: what it had seen is forgotten
        course = self._course = self._course or self._new_course(saved)
        changes = await self._backend.changes(None if saved is None else Cursor(saved))
        if changes.boards:
            anew = await self._facts.take_in(await self._backend.info())
            await self._facts.read_boards()
        if changes.reset and saved is not None:
            await accounts.set_cursor(self._account, RESTORED, "1")
        if changes.reset or (changes.boards and anew):
            await self._begin_anew()
            self._seen = set()
            self._set_back(course)
            return True
        await self._library.intake.changed(self._account, changes.items, news=await self._is_news())
        await accounts.set_cursor(self._account, FEED, changes.after)
        if changes.more:
            course.go(changes.after)
        elif self._seen is None:
            self._begun_anew = 0
        if not (changes.more or self._through):
            await accounts.set_cursor(self._account, THROUGH, "1")
            self._through = True
        if self._seen is not None:
            self._seen.update(item.topic for item in changes.items)
            if not changes.more:
                await self._library.intake.keep_only(self._account, tuple(self._seen))
                self._doubtful, self._seen = deque(self._seen), None
                return await self._has_doubts()
        return changes.more

    def _new_course(self, saved: str | None) -> Course:
        course = Course("What the forum says has changed", self._policy.pages)
        course.begin_at(saved or "")
        return course

    def _set_back(self, course: Course) -> None:
        """A forum is set back once, by a copy, and perhaps again meanwhile; one that always is would be read for ever."""
        course.begin_at("")
        self._begun_anew += 1
        if self._begun_anew >= MOST_TIMES_ANEW:
            self._begun_anew = 0
            raise Endless("The forum sets itself back again and again, so that it can not be read to its end.")

    async def _has_doubts(self) -> bool:
        """Whether topics are left to compare; if not, all was read anew."""
        if not self._doubtful:
            await self._library.accounts.set_cursor(self._account, RECONCILE, None)
        return bool(self._doubtful)

    async def _is_news(self) -> bool:
        """Whether what the library does not know came to the forum since it was read through."""
        if self.has_feed and not self._through:
            self._through = await self._library.accounts.cursor(self._account, THROUGH) is not None
        return self.has_feed and self._through

    async def _compare_posts(self, topic: TopicId) -> None:
        """After the epoch changed: bring a topic's cached posts in line with the forum's."""
        known = set(await self._library.intake.known_posts(self._account, topic))
        if not known:
            return
        found: set[PostId] = set()
        window = Window(Place.START, limit=self._policy.page)
        course = Course("A topic", self._policy.pages)
        while True:
            page = await self._fetch(topic, window)
            found.update(post.id for post in page.items)
            if page.after is None:
                break
            course.go(page.after)
            window = Window(Place.AFTER, page.after, self._policy.page)
        if known - found:
            await self._library.intake.posts_gone(self._account, topic, tuple(known - found))

    # -- while nobody waits

    def refill(self) -> None:
        """A new look, a new budget."""
        self._left = self._budget
        self._fetched.clear()
        self._finished.clear()

    async def ahead(self) -> bool:
        """Fetch one window of an opened topic, a list that is kept ready, or a window with unread posts; whether there was one."""
        self.held_up = None
        try:
            return await self._ahead()
        except NotYet as error:  # what may still be asked is for what somebody looks at
            self.held_up = error.retry_after
            return False

    async def _ahead(self) -> bool:
        while self._opened:
            if await self._one_more(self._opened[-1]):
                return True
            self._opened.pop()
        if self._left > 0 and await self._lists.renew_one(news=await self._is_news()):
            self._left -= 1
            return True
        if self._left > 0:
            for topic in await self._library.intake.unread_topics(self._account, self._policy.ready):
                if topic in self._finished:
                    continue
                if await self._one_more(topic):
                    return True
                self._finished.add(topic)
        return False

    async def _one_more(self, topic: TopicId) -> bool:
        """Fetch a topic's next missing window; False if there is none that was not tried before."""
        window = await self._library.intake.missing(self._account, topic, self._policy.page)
        if window is None or (topic, window) in self._fetched or self._left <= 0:
            return False
        self._left -= 1
        self._fetched.add((topic, window))
        try:
            await self._fetch(topic, window)
        except (RateLimited, NotYet):
            self._left += 1
            self._fetched.discard((topic, window))
            raise
        except (Refused, NotFound):
            return False  # it went away meanwhile; the next look tells
        return True


async def begin_anew(library: Library, account: AccountKey) -> None:
    """Read everything again: rows hold what the reader may do, and the feed does not tell when only that changed."""
    await library.accounts.set_cursor(account, RECONCILE, "1")
    await library.accounts.set_cursor(account, FEED, None)
    await library.accounts.set_cursor(account, LATEST_READ, None)
    await library.accounts.set_cursor(account, BOARDS, None)
