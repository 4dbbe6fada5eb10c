from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.forum.forum_pages import POSTS, STUDY, Said, page

from forumtui.errors import NotAForum
from forumtui.forum.importing.page import SavedPage, looks_like_page, parse
from forumtui.model import Mark


def bodies(saved: SavedPage) -> list[str]:
    return [post.body.source for post in saved.topics[0].posts if post.body is not None]


def test_page_gives_its_parts() -> None:
    saved = parse(page())
    assert saved.topics[0].title == "How often to wind it"
    assert [board.title for board in saved.boards] == ["Clock Repair"]
    assert saved.topics[0].board_origin == saved.boards[0].origin
    assert [(post.subject, post.author, post.role) for post in saved.topics[0].posts] == [
        (said.subject, said.author, said.role) for said in POSTS
    ]
    assert bodies(saved) == [said.text.replace("\n", "\n\n") for said in POSTS]
    assert {post.created for post in saved.topics[0].posts} == {None}
    assert {post.body.format for post in saved.topics[0].posts if post.body} == {"plain"}


def test_furniture_is_the_forums_and_in_no_post() -> None:
    saved = parse(page())
    assert saved.forum.title == "Tick & Tock"
    assert saved.forum.tagline == "For people with time"
    assert saved.forum.notice == "The workshop is closed on Monday."
    assert (saved.forum.version, saved.forum.updated) == ("V2.7", "3-4-2019")
    (_, _, imprint), *named = saved.forum.pages
    assert [(slug, title) for slug, title, _ in named] == [
        ("about", "About us"),
        ("privacy", "Privacy"),
        ("terms", "Terms"),
    ]
    assert imprint.source.startswith("About us | Privacy | Terms\n\n© 2019")
    draft = saved.boards[0].draft
    assert draft.further_study == STUDY
    assert (draft.leader, draft.leader_wanted) == ("", True)
    assert draft.links is None
    said = "\n".join(bodies(saved))
    assert not [word for word in ("study", "You here", "More on", "Log in", "©", "closed on Monday") if word in said]


def test_mentions_are_of_members_and_not_of_quotes() -> None:
    assert [post.mentions for post in parse(page()).topics[0].posts] == [(), (), (), ("Émile Duval",)]


@pytest.mark.parametrize(
    "leader", ["Grace Hopper", "Grace Hopper, Editor", "Grace Hopper, Special Interest Group Leader"]
)
def test_named_leader_leads(leader: str) -> None:
    draft = parse(page(leader=leader)).boards[0].draft
    assert (draft.leader, draft.leader_wanted) == ("Grace Hopper", False)


def test_leader_line_with_nothing_is_a_vacancy() -> None:
    draft = parse(page(leader="")).boards[0].draft
    assert (draft.leader, draft.leader_wanted) == ("", True)


def test_sections_mark_posts_and_link_the_rest() -> None:
    saved = parse(
        page(practices=["The pendulum", "Oil (https://example.org/oil)"], tips=["how often to wind it", "Glue"])
    )
    marks = [set(post.marks) for post in saved.topics[0].posts]
    assert marks == [{Mark.EXPERT_TIP}, set(), {Mark.BEST_PRACTICE}, set()]
    assert saved.boards[0].draft.links == [
        ("Oil", "https://example.org/oil", Mark.BEST_PRACTICE),
        ("Glue", "", Mark.EXPERT_TIP),
    ]


def test_boards_above_the_board() -> None:
    saved = parse(page(crumbs="Home > Crafts > Clock Repair > Forum Log in"))
    assert [board.title for board in saved.boards] == ["Crafts", "Clock Repair"]
    assert saved.boards[1].parent_origin == saved.boards[0].origin


@pytest.mark.parametrize(
    "text",
    [
        "As I said to Tom, Member\nand nobody else.",
        "Dear all,\nTom, Editor",
        "A sentence\nwith Berlin, Paris\nin it",
        "Special Interest Group Leader\nis what I would like to be",
        "More on Clock Repair\nanother day",
        "© 2001 is what the dial says\nand nothing else",
        "Do you wish to study further?\nI do",
        "About | Terms | Privacy",
    ],
)
def test_lines_like_furniture_stay_in_their_post(text: str) -> None:
    said = (POSTS[0], Said("Odd lines", "Ada Byron", text), POSTS[1], Said("Odd lines", "Jo", f"First.\n{text}"))
    assert bodies(parse(page(said))) == [each.text.replace("\n", "\n\n") for each in said]


def test_blank_lines_and_signatures_inside_a_post() -> None:
    said = Said("Letter", "Ada Byron", "One.\n\nTwo.\n\nKind regards\nAda Byron, Member\n\nP.S. Three.")
    saved = parse(page((said, POSTS[1])))
    assert len(saved.topics[0].posts) == 2
    assert bodies(saved)[0] == "One.\n\nTwo.\n\nKind regards\n\nAda Byron, Member\n\nP.S. Three."


def test_subject_like_a_heading_of_the_page() -> None:
    said = Said("Special Interest Group Leader", "Ada Byron", "I would like to be it.")
    saved = parse(page((*POSTS, said)))
    assert saved.topics[0].posts[-1].subject == "Special Interest Group Leader"
    assert bodies(saved)[-1] == "I would like to be it."


def test_page_without_a_tail() -> None:
    whole = page()
    saved = parse(whole[: whole.index("\n\n\n\xa0")])
    assert len(saved.topics[0].posts) == len(POSTS)
    assert saved.boards[0].draft.leader is None
    assert saved.forum.version == ""


def test_line_ends_do_not_matter() -> None:
    assert parse(page().replace("\n", "\r\n")) == parse(page()) == parse(page().replace("\n", "\r"))


def test_equal_posts_have_origins_of_their_own() -> None:
    thanks = Said("Thanks", "Ada Byron", "Thank you!")
    origins = [post.origin for post in parse(page((thanks, POSTS[1], thanks, thanks))).topics[0].posts]
    assert len(set(origins)) == 4


def test_origins_outlive_another_look_of_the_same_words() -> None:
    plain = [post.origin for post in parse(page()).topics[0].posts]
    other = page().replace("“", '"').replace("”", '"').replace("grandfather's", "grandfather’s").replace("Is  ", "Is ")
    assert [post.origin for post in parse(other).topics[0].posts] == plain


@pytest.mark.parametrize(
    "broken", ["", "\n\n\n", "Clock Repair > Forum Log in\n\nNobody said anything.", "Just a letter.\n\nBye."]
)
def test_what_is_no_page_says_so(broken: str) -> None:
    assert not looks_like_page(broken)
    with pytest.raises(NotAForum):
        parse(broken)


@given(st.text())
def test_any_text_parses_or_is_refused(text: str) -> None:
    for tried in (text, page().replace("winding", text), page() + text, text + page()):
        try:
            saved = parse(tried)
        except NotAForum:
            continue
        assert saved.topics[0].posts
