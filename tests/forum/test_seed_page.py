"""The page that the project began with, word for word."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.forum.forum_pages import forum, posts, topics

from forumtui.forum.importing import import_file
from forumtui.model import Board, ForumInfo, Mark, Post, Topic

SEED = Path(__file__).parents[3] / "shared" / "seed" / "action-centered-leadership-forum.txt"

pytestmark = pytest.mark.skipif(not SEED.exists(), reason="the page lies beside the repository, not in it")

LEAD = "Transformational Leadership"
OWN = "The Process of Leadership / Followership Alignment"
SUBJECTS = [OWN, OWN, LEAD, LEAD, LEAD, "'influence', Short or Long Term?", LEAD, "The Transformation of Governance"]
AUTHORS = [
    "Bill Boynton",
    "Jaap de Jonge",
    "Bill Boynton",
    "Stephen O. Asaju",
    "Ann Snider",
    "claudio pizzi",
    "Hamza Abada",
    "Tom Wilson",
]


@pytest.fixture(scope="module", params=["utf-8", "utf-16", "cp1252"])
def imported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ForumInfo, list[Board], list[Topic], list[Post]]:
    async def scenario() -> tuple[ForumInfo, list[Board], list[Topic], list[Post]]:
        folder = tmp_path_factory.mktemp("seed")
        (folder / "page.txt").write_bytes(SEED.read_text(encoding="utf-8").encode(request.param))
        async with forum(folder / "forum.db") as store:
            await import_file(folder / "page.txt", store, new=True)
            found = await topics(store)
            return (
                await store.info(None),
                list(await store.boards(None)),
                list(found),
                list(await posts(store, found[0])),
            )

    return asyncio.run(scenario())


def test_board_and_topic(imported: tuple[ForumInfo, list[Board], list[Topic], list[Post]]) -> None:
    _, boards, found, _ = imported
    assert [board.title for board in boards] == ["Action-Centered Leadership"]
    assert [(topic.title, topic.posts, topic.created) for topic in found] == [(OWN, 8, None)]


def test_posts(imported: tuple[ForumInfo, list[Board], list[Topic], list[Post]]) -> None:
    *_, found = imported
    assert [post.subject for post in found] == SUBJECTS
    assert [post.author.name for post in found if post.author] == AUTHORS
    assert [post.author.role for post in found if post.author] == ["Member", "Editor", *["Member"] * 6]
    assert [(post.created, post.parent, post.marks, post.deleted) for post in found] == [
        (None, None, frozenset(), False)
    ] * 8
    assert [post.mentions for post in found] == [()] * 7 + [("Hamza Abada",)]


def test_words(imported: tuple[ForumInfo, list[Board], list[Topic], list[Post]]) -> None:
    """Every line of the page between the breadcrumb and the tail is a subject, a byline or a paragraph."""
    *_, found = imported
    lines = [line for line in SEED.read_text(encoding="utf-8").split("\n") if line.strip()]
    first = next(at for at, line in enumerate(lines) if line.endswith("Log in")) + 1
    last = next(at for at, line in enumerate(lines) if "Do you wish to study further?" in line)
    again = []
    for post in found:
        assert post.author is not None
        assert post.body is not None
        again += [post.subject, f"{post.author.name}, {post.author.role}", *post.body.source.split("\n\n")]
    assert again == lines[first:last]


def test_furniture(imported: tuple[ForumInfo, list[Board], list[Topic], list[Post]]) -> None:
    info, (board,), _, found = imported
    assert info.notice == "12manage is looking for contributors..."
    assert (info.version, info.updated) == ("V14.1", "19-7-2018")
    assert (info.title, info.tagline) == ("12manage", "The Executive Fast Track")
    assert board.further_study.startswith("Do you wish to study further? You can learn more from")
    assert board.further_study.endswith("education sources. Register.")
    assert (board.leader, board.leader_wanted) == (None, True)
    assert {(section.mark, section.total, section.items) for section in board.sections} == {
        (Mark.BEST_PRACTICE, 0, ()),
        (Mark.EXPERT_TIP, 0, ()),
    }
    said = "\n".join(post.body.source for post in found if post.body)
    for word in ("contributors", "wish to study", "V14.1", "19-7-2018", "Log in", "Advertising", "You here", "More on"):
        assert word not in said
