"""Pages grow and are saved again, members write in between: nothing doubles, nothing is lost, the order holds."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.forum.forum_pages import Said, page

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.importing import import_file
from forumtui.model import Action, Body, Delete, Listing, Place, Post, Reply, Topic, Window

SAID = st.builds(
    Said,
    subject=st.sampled_from(["How often to wind it", "Re: wind", "Thanks"]),
    author=st.sampled_from(["Ada Byron", "Émile Duval", "Jo"]),
    text=st.sampled_from(["Thanks.", "“Quite”, she said.\nAnd left.", "No, Member\nnever", "See above."]),
)
LOOKS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])


class PageMerging(RuleBasedStateMachine):
    """A page elsewhere, and the forum file that follows it."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()
        self.store = self.loop.run_until_complete(
            SqliteForumStore.open(self.folder / "forum.db", create=True, title="Clocks")
        )
        self.page: list[Said] = [Said("How often to wind it", "Ada Byron", "Is winding the cure?")]
        self.imported = 0
        self.written: list[str] = []
        self.deleted = 0
        self.save("utf-8", crlf=False)

    @rule(more=st.lists(SAID, min_size=1, max_size=4))
    def grow(self, more: list[Said]) -> None:
        self.page += more

    @rule(charset=LOOKS, crlf=st.booleans())
    def save(self, charset: str, *, crlf: bool) -> None:
        text = page(self.page)
        file = self.folder / "page.txt"
        file.write_bytes((text.replace("\n", "\r\n") if crlf else text).encode(charset))
        done = self.loop.run_until_complete(import_file(file, self.store))
        first = 0 if self.imported else 2
        assert done.added == len(self.page) - self.imported + first
        assert done.changed == 0
        self.imported = len(self.page)

    @rule()
    def reply(self) -> None:
        text = f"Written here {len(self.written)}"
        self.written.append(text)
        act = Reply(self.topic().id, Body(text))
        self.loop.run_until_complete(self.store.perform("Mine", Action(text, act)))

    @rule()
    def delete_mine(self) -> None:
        topic = self.topic()
        for post in self.posts(topic):
            if post.author is not None and post.author.name == "Mine" and not post.deleted:
                key = f"delete {post.id}"
                self.loop.run_until_complete(self.store.perform("Mine", Action(key, Delete(topic.id, post.id))))
                assert post.body is not None
                self.written.remove(post.body.source)
                self.deleted += 1
                self.written.append(f"placeholder {self.deleted}")
                return

    @rule()
    def reopen(self) -> None:
        self.loop.run_until_complete(self.store.close())
        self.store = self.loop.run_until_complete(SqliteForumStore.open(self.folder / "forum.db"))

    @invariant()
    def holds(self) -> None:
        found = self.posts(self.topic())
        theirs = [p for p in found if p.author is not None and p.author.name != "Mine"]
        seen = [(p.subject, p.author.name if p.author else "", p.body.source if p.body else "") for p in theirs]
        assert seen == [
            (said.subject, said.author, said.text.replace("\n", "\n\n")) for said in self.page[: self.imported]
        ]
        mine = [p.body.source for p in found if p.author is not None and p.author.name == "Mine" and p.body is not None]
        assert mine == [text for text in self.written if not text.startswith("placeholder")]
        assert len(found) == self.imported + len(self.written)

    def topic(self) -> Topic:
        (topic,) = self.loop.run_until_complete(self.store.topics(None, Listing(), None, 10)).items
        return topic

    def posts(self, topic: Topic) -> tuple[Post, ...]:
        window = Window(Place.START, limit=500)
        return self.loop.run_until_complete(self.store.posts(None, topic.id, window)).items

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.loop.run_until_complete(self.store.close())
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()
            shutil.rmtree(self.folder)


TestPageMerging = PageMerging.TestCase
TestPageMerging.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
