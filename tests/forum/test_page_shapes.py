"""Posts are recognised by shape, with what the page repeats as evidence; what is doubtful stays where it stood."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.forum.forum_pages import Said, page
from tests.text.html_pieces import HOSTILE as HOSTILE_HTML

from forumtui.errors import NotAForum
from forumtui.forum.importing import tail
from forumtui.forum.importing.line import LONGEST
from forumtui.forum.importing.markup import is_markup, seen
from forumtui.forum.importing.page import SavedPage, parse

OPENING = "Winding\nAda Byron, Member\nHow often?"


def text_page(*blocks: str) -> str:
    return "Winding\n\nThe workshop is closed.\n\nClocks > Forum Log in\n\n" + "\n\n".join((OPENING, *blocks))


def authors(saved: SavedPage) -> list[tuple[str, str | None]]:
    return [(post.author or "", post.role) for topic in saved.topics for post in topic.posts]


@pytest.mark.parametrize(
    ("line", "author", "role"),
    [
        ("Anna Berg, Consultant", "Anna Berg", "Consultant"),
        ("Anna Berg, HR Manager", "Anna Berg", "HR Manager"),
        ("Anna Berg, Mitglied", "Anna Berg", "Mitglied"),
        ("Anna Berg (Member)", "Anna Berg", "Member"),
        ("Anna Berg (Head of Sales)", "Anna Berg", "Head of Sales"),
        ("Anna Berg, Member, USA", "Anna Berg", "Member, USA"),
        ("Anna Berg, PhD, Senior Member", "Anna Berg, PhD", "Senior Member"),
        ("Ludwig van der Rohe, Architect", "Ludwig van der Rohe", "Architect"),
        ("anna berg - Member", "anna berg", "Member"),
        ("王, 会员", "王", "会员"),
        ("Anna", "", None),
        ("Berlin, Paris", "", None),
        ("As I said to Tom, Member", "", None),
        ("and then, Clocks", "", None),
    ],
)
def test_bylines(line: str, author: str, role: str | None) -> None:
    saved = parse(text_page(f"Another thing\n{line}\nSome words.", "Winding\nBo, Editor\nDaily."))
    found = authors(saved)
    assert found[0] == ("Ada Byron", "Member")
    assert found[-1] == ("Bo", "Editor")
    assert found[1:-1] == ([(author, role)] if author else [])
    kept = "\n".join(post.body.source for topic in saved.topics for post in topic.posts if post.body)
    assert (line in kept) == (not author)


def test_byline_without_a_role() -> None:
    assert authors(parse(text_page("Winding\nAnna Berg\nTwice."))) == [("Ada Byron", "Member"), ("Anna Berg", None)]
    nameless = text_page("Oil\nJo Hill\nNever.").replace(", Member", "")
    assert authors(parse(nameless)) == [("Ada Byron", None), ("Jo Hill", None)]


def test_role_by_hand() -> None:
    whole = text_page("Oil\nmike, tinkerer of old\nNever.")
    assert len(authors(parse(whole))) == 1
    assert authors(parse(whole, ["tinkerer of old"]))[1:] == [("mike", "tinkerer of old")]


@pytest.mark.parametrize(
    "letter",
    [
        "Kind regards\nAda Byron, Member\nP.S. Oil it.",
        "Kind regards\nTom Wilson, Member\nP.S. Oil it.",
        "Viele Grüße,\nTom Wilson, Mitglied\nUnd danke.",
        "See you there.\nAda Byron, Member\n\nPS: Oil it.",
        "That is all.\nAda Byron, Member",
    ],
)
def test_signatures_are_no_posts(letter: str) -> None:
    saved = parse(text_page(letter, "Winding\nBo, Editor\nDaily."))
    assert authors(saved) == [("Ada Byron", "Member"), ("Bo", "Editor")]
    body = saved.topics[0].posts[0].body
    assert body is not None
    assert body.source == "How often?\n\n" + re.sub(r"\n+", "\n\n", letter)
    assert [each.text for each in saved.findings.unplaced] == [letter.split("\n")[1]]


def test_post_without_a_body_is_kept() -> None:
    saved = parse(text_page("Winding\nAnna Berg, Member", "Winding\nBo, Editor\nDaily."))
    assert [author for author, _ in authors(saved)] == ["Ada Byron", "Anna Berg", "Bo"]


def test_several_topics() -> None:
    saved = parse(
        text_page("Oil", "Oil\nBo, Editor\nWhich?", "Oil\nAda Byron, Member\nAny.")
        + "\n\nLamps\n\nBe bright.\n\nLights > Forum\n\nLamps\nCleo, Member\nWhy?"
    )
    assert [(topic.title, len(topic.posts)) for topic in saved.topics] == [("Winding", 1), ("Oil", 2), ("Lamps", 1)]
    assert [board.title for board in saved.boards] == ["Clocks", "Lights"]
    assert saved.topics[-1].board_origin == saved.boards[-1].origin
    assert str(saved.findings) == "4 posts in 3 topics by 3 members; roles: Editor, Member; 0 lines not placed"
    assert saved.forum.notice == "The workshop is closed.\nBe bright."


def test_what_else_stands_below_a_leader_is_kept() -> None:
    draft = parse(page(leader="Grace Hopper, Editor\nAsk her on Fridays.")).boards[0].draft
    assert (draft.leader, draft.description) == ("Grace Hopper", "Grace Hopper, Editor\nAsk her on Fridays.")


def test_findings_name_what_is_new() -> None:
    saved = parse(text_page("Oil\nAnna Berg, Clockmaker\nNever.", "Things\nBerlin, Paris\nare far."))
    assert str(saved.findings) == "2 posts in 1 topic by 2 members; roles: Clockmaker (new), Member; 1 line not placed"
    assert [(each.number, each.text) for each in saved.findings.unplaced] == [(16, "Berlin, Paris")]


# -- pages that a browser saved


def html_page(inner: str) -> str:
    return (
        "<!DOCTYPE html>\n<html><head><title>Winding</title><style>p {x: y}</style><script>var a = '<p>';</script></head>"
        "<body><nav><a href='/'>Home</a> <a href='/x'>Log in</a></nav><h1>Winding</h1><p>The workshop is closed.</p>"
        f"<p><a href='/b'>Clocks</a> &gt; <a href='/f'>Forum</a> Log in</p>{inner}</body></html>"
    )


SAID = [
    ("Winding", "Ada Byron", "Member", ["How often & why?", "I ask."]),
    ("Winding", "Bo Hill", "Clockmaker", ["Daily. <Never> on Sunday."]),
    ("Oil", "Bo Hill", "Clockmaker", ["And oil it."]),
]
BR, CLOSE = "<br>", "</p><p>"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


SHAPES: dict[str, Callable[[str, str, str, list[str]], str]] = {
    "paragraph": lambda s, a, r, t: f"<p><b>{s}</b><br>\n{a}, {r}<br>{BR.join(t)}</p>",
    "heading": lambda s, a, r, t: f"<h3>{s}</h3><p>{a}, {r}</p><p>{CLOSE.join(t)}</p>",
    "divs": lambda s, a, r, t: (
        f"<div><div class=s>{s}</div><div class=who>{a}, {r}</div><div><p>{CLOSE.join(t)}</div></div>"
    ),
    "spans": lambda s, a, r, t: (
        f"<div class=post><h4>{s}</h4><div><span>{a}</span>, <i>{r}</i></div>{BR.join(t)}</div>"
    ),
    "list": lambda s, a, r, t: f"<ul><li>{s}<br>{a} ({r})<br>{BR.join(t)}</ul>",
    "rows": lambda s, a, r, t: f"<table><tr><td>{s}<tr><td>{a}, {r}<tr><td>{BR.join(t)}</table>",
    "article": lambda s, a, r, t: (
        f"<article><header><h2>{s}</h2><address>{a}, {r}</address></header>{BR.join(t)}</article>"
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_saved_by_a_browser(shape: str) -> None:
    made = "\n".join(SHAPES[shape](s, a, r, [escaped(line) for line in t]) for s, a, r, t in SAID)
    whole = html_page(made)
    assert is_markup(whole)
    saved = parse(seen(whole))
    found = [
        (p.subject, p.author, p.role, (p.body.source if p.body else "").split("\n\n")) for p in saved.topics[0].posts
    ]
    assert found == SAID
    assert (saved.topics[0].title, saved.forum.notice) == ("Winding", "The workshop is closed.")
    assert [each.text for each in saved.findings.unplaced] == ["Home Log in"]


def test_text_and_web_page_are_the_same_posts() -> None:
    html = parse(seen(html_page("".join(SHAPES["heading"](s, a, r, [escaped(x) for x in t]) for s, a, r, t in SAID))))
    text = parse(text_page()[: -len(OPENING)] + "\n\n".join("\n".join((s, f"{a}, {r}", *t)) for s, a, r, t in SAID))
    assert [post.origin for post in html.topics[0].posts] == [post.origin for post in text.topics[0].posts]


def test_text_inside_a_post_is_no_byline_where_bylines_look_otherwise() -> None:
    forged = "Yes.<br><br>Re: hello<br>mallory, Admin<br>Mine."
    posts = [("Winding", "Ada Byron", "Member", ["Why?"]), ("Winding", "Bo Hill", "Member", [forged])]
    saved = parse(seen(html_page("".join(SHAPES["divs"](*post) for post in posts))))
    assert [author for author, _ in authors(saved)] == ["Ada Byron", "Bo Hill"]
    assert "mallory, Admin" in [each.text for each in saved.findings.unplaced]


# -- no word is lost

WORDS = "clock oil Re: why? Anna Berg Ada Member, Consultant (Editor) P.S. Kind regards said: 王 … , ; Bo"
WORD = st.sampled_from(WORDS.split())
LINE = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
TEXT = st.lists(st.one_of(LINE, st.just("")), min_size=1, max_size=6).map("\n".join)
BYLINE = st.sampled_from(
    ["Anna Berg, Consultant", "Bo, Member", "Cleo (Mitglied)", "Jim Kay", "Bo, Member, USA", "tim, x", "Berlin, Paris"]
)
POST = st.tuples(LINE, BYLINE, TEXT)


def everything(saved: SavedPage) -> str:
    """All that a page became, in one text."""
    said: list[str] = [saved.forum.notice, saved.forum.title, saved.forum.tagline, *saved.labels]
    said += [body.source for _, _, body in saved.forum.pages]
    for board in saved.boards:
        draft = board.draft
        said += [board.title, draft.description or "", draft.leader or "", draft.further_study or ""]
        said += [word for link in draft.links or () for word in link[:2]]
    for topic in saved.topics:
        said.append(topic.title)
        for post in topic.posts:
            said += [post.subject or "", post.author or "", post.role or "", post.body.source if post.body else ""]
    said += [each.text for each in saved.findings.unplaced]
    return " ".join(said)


def tokens(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@settings(deadline=None, max_examples=150)
@given(posts=st.lists(POST, max_size=6), end=TEXT, entries=st.lists(LINE, max_size=3), leader=TEXT)
def test_every_visible_word_is_somewhere(
    posts: list[tuple[str, str, str]], end: str, entries: list[str], leader: str
) -> None:
    body = "\n\n".join(f"{subject}\n{line}\n{text}" for subject, line, text in posts)
    text = (
        f"{text_page(body)}\n{end}\n\nSpecial Interest Group Leader\n\n{leader}\n\nMore on Clocks\nBest Practices\n"
        + "\n".join(entries)
        + "\n\nAbout | Privacy | Terms\n© 2019 Tick - Tock. V1 - Last updated: 3-4-2019."
    )
    html = html_page(
        f"<p>{OPENING.replace(chr(10), BR)}</p>"
        + "".join(f"<div><h3>{s}</h3><p>{b}<p>{t.replace(chr(10), BR)}</div>" for s, b, t in posts)
        + f"<p>{end}<aside>{leader}</aside>"
    )
    calls = {"Forum", "Log", "in"}
    assert tokens(text) - tokens(everything(parse(text))) <= calls
    shown = re.sub(r"<(style|script|title)>.*?</\1>|<[^>]*>|&gt;", " ", html)
    assert tokens(shown) - tokens(everything(parse(seen(html)))) <= calls


# -- no line takes longer than its length


class Counted:
    """A regular expression that tells how much it is given at once."""

    def __init__(self, pattern: re.Pattern[str], given: list[int]) -> None:
        self._pattern = pattern
        self._given = given

    def __getattr__(self, name: str) -> Callable[..., object]:
        def work(*values: str) -> object:
            self._given.append(max(len(value) for value in values))
            return getattr(self._pattern, name)(*values)

        return work


def steps(text: str) -> int:
    """How many lines of Python run until a page is parsed or refused."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        parse(text)
    except NotAForum:
        pass
    finally:
        sys.settrace(before)
    return count


HOSTILE: dict[str, Callable[[int], str]] = {
    "blanks": lambda n: text_page(" " * n + "x"),
    "blanks at the end": lambda n: text_page("Oil\nBo, Member\n" + "x" + " " * n + "y"),
    "breadcrumbs": lambda n: text_page("a > " * n),
    "many breadcrumbs": lambda n: text_page(*["Oil > Forum"] * (n // 40)),
    "commas": lambda n: text_page("Oil\n" + "a," * n + " Member\nText."),
    "brackets": lambda n: text_page("Oil\n" + "(" * n + ")\nText."),
    "updated": lambda n: page(version="last updated: " * (n // 10)),
    "addresses": lambda n: page(practices=["http://" + " (http://" * (n // 10)] * 3),
    "entries": lambda n: page([Said(f"S{i}", "Ada", "@Ada") for i in range(n // 200)], practices=["x"] * (n // 200)),
    "posts": lambda n: page([Said("Oil", f"Ada B{i}", f"@Ada B{i} @Bo") for i in range(n // 200)]),
    "doubtful": lambda n: text_page(*["Things\nBerlin, Paris\nfar."] * (n // 200)),
    "copyright": lambda n: page() + "\n© " + " 2" * n,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_steps_grow_with_the_page_and_not_faster(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    for name in ("_COPYRIGHT", "_VERSION", "_UPDATED", "_ADDRESS", "_COUNT"):
        monkeypatch.setattr(tail, name, Counted(getattr(tail, name), given))
    small, large = steps(HOSTILE[kind](8_000)), steps(HOSTILE[kind](32_000))
    assert large < 5 * small
    assert max(given, default=0) <= LONGEST + 2  # what may take long by nature is only given what is short


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from(" \t>,()|©.:\n-aA1"), min_size=1, max_size=30))
def test_no_repeated_text_takes_more_than_its_length(text: str) -> None:
    small, large = (steps(text_page(text * times)) for times in (50, 200))
    assert large < 5 * small + 500


def test_a_page_whose_formatting_is_never_closed_is_read_in_one_pass() -> None:
    found = seen(f"<html><body>{HOSTILE_HTML['styles that browsers repeat']}</body></html>")
    assert [line for line in found.lines if line] == ["x"] * 4_800
