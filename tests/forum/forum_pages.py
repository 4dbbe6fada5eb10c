"""A saved forum page to import, and a forum file to import it into."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from forumtui.forum.file import SqliteForumStore
from forumtui.model import Listing, Place, Post, Topic, Window

STUDY = "Do you wish to study further? There are lessons, notes and a wall of clocks. Register."


@dataclass(frozen=True)
class Said:
    """A post of a page."""

    subject: str
    author: str
    text: str
    role: str = "Member"


POSTS = (
    Said(
        "How often to wind it", "Ada Byron", "My grandfather's clock loses four minutes a week.\nIs winding the cure?"
    ),
    Said("How often to wind it", "Émile Duval", "It is the pendulum, not the spring.", "Editor"),
    Said(
        "The pendulum", "Ada Byron", "“Shorter is faster”, they say, and yet…\n\tindented: a quarter turn of the nut."
    ),
    Said("The pendulum", "Jo O'Neil, PhD", "@Émile Duval: you were right.\n> It is the pendulum\nThanks, all."),
)


def page(
    posts: Sequence[Said] = POSTS,
    *,
    title: str = "How often to wind it",
    crumbs: str = "Clock Repair > Forum Log in",
    leader: str = "You here",
    practices: Sequence[str] = (),
    tips: Sequence[str] = (),
    version: str = "V2.7",
) -> str:
    """A page as its text is saved."""
    board = crumbs.split(" > ")[-2]
    blocks = "\n\n".join(f"{post.subject}\n{post.author}, {post.role}\n{post.text}" for post in posts)
    listed = "\n".join(["Best Practices", *practices, "", "Expert Tips", *tips])
    return (
        f"{title}\n\nThe workshop is closed on Monday.\n\n{crumbs}\n\n{blocks}\n\n\n\xa0 {STUDY} \xa0\n\n"
        f"Special Interest Group Leader\n\n{leader}\n\nMore on {board}\n{listed}\n\n\n"
        f"About us | Privacy | Terms\n© 2019 Tick & Tock - For people with time. {version} - Last updated: 3-4-2019. Thanks."
    )


@asynccontextmanager
async def forum(path: Path) -> AsyncIterator[SqliteForumStore]:
    """A forum file, made if there is none."""
    store = await SqliteForumStore.open(path, create=True, title="Clocks")
    try:
        yield store
    finally:
        await store.close()


async def topics(store: SqliteForumStore) -> tuple[Topic, ...]:
    """The first topics of a forum."""
    return (await store.topics(None, Listing(), None, 500)).items


async def posts(store: SqliteForumStore, topic: Topic) -> tuple[Post, ...]:
    """All posts of a topic."""
    page = await store.posts(None, topic.id, Window(Place.START, limit=500))
    found = page.items
    while page.after is not None:
        page = await store.posts(None, topic.id, Window(Place.AFTER, page.after, 500))
        found += page.items
    return found
