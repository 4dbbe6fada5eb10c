"""Saved pages in many shapes, with what each should become: posts lost, under a wrong author, lines not placed."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reliability.tally import Tally

from forumtui.errors import ForumtuiError
from forumtui.forum.importing import detect, markup, page

BYLINES: dict[str, tuple[str, ...]] = {
    "known roles": ("{}, Member", "{}, Editor", "{}, Senior Moderator"),
    "own roles": ("{}, Consultant", "{}, HR Manager", "{}, Head of Sales"),
    "German": ("{}, Mitglied", "{}, Redakteurin", "{}, Gast"),
    "French and Spanish": ("{}, Membre", "{}, Miembro", "{}, Modérateur"),
    "brackets": ("{} (Member)", "{} (Consultant)", "{} (Editor)"),
    "places": ("{}, Member, USA", "{}, Member, Germany", "{}, Editor, New Zealand"),
    "no roles": ("{}", "{}", "{}"),
    "one without a role": ("{}, Member", "{}, Editor", "{}"),
}
NAMES = ("Anna Berg", "Tom Wilson", "Émile Duval", "Ludwig van Rohe", "Stephen O. Asaju", "Ann Snider", "Jo O'Neil")
PHRASE = "The pendulum of an old clock swings slowly so oil it before winter and wind it on Sundays, they say"
WORDS = PHRASE.split()
CHARSETS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
CLOSINGS = ("Kind regards", "Best wishes,", "Viele Grüße")


@dataclass(frozen=True, slots=True)
class Said:
    """A post as it should come out."""

    topic: str
    subject: str
    author: str
    byline: str
    text: tuple[str, ...]


def sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(4, 14))) + "."


def thread(chance: random.Random, bylines: Sequence[str], topics: int, *, signed: bool) -> list[Said]:
    """Some topics, the first post of each under the topic's title."""
    posts = []
    for number in range(topics):
        title = f"Question {number + 1}: {sentence(chance)[:30].strip()}?"
        for at in range(chance.randint(2, 6)):
            name = chance.choice(NAMES)
            text = [sentence(chance) for _ in range(chance.choice((0, 1, 1, 2, 4)))]
            # nothing but the subject tells posts without roles and a new thread of thought from paragraphs
            line = chance.choice(bylines)
            subject = title if at == 0 or "," not in line or chance.random() < 0.5 else f"Re: point {at}"
            if signed and at == 1:
                text += ["", chance.choice(CLOSINGS), f"{name}, Member", "P.S. " + sentence(chance)]
            posts.append(Said(title, subject, name, line.format(name), tuple(text)))
    return posts


def as_text(posts: Sequence[Said], _: random.Random) -> str:
    lines = [posts[0].topic, "", "The workshop is closed on Monday.", "", "Clocks > Forum Log in", ""]
    topic = posts[0].topic
    for post in posts:
        if post.topic != topic:
            lines += [post.topic, ""]
            topic = post.topic
        lines += [post.subject, post.byline, *post.text, ""]
    return "\n".join([*lines, "Special Interest Group Leader", "", "You here", "", "More on Clocks", "Expert Tips"])


def html(inside: Callable[[Said], str]) -> Callable[[Sequence[Said], random.Random], str]:
    """A page as a browser saves it, with each post in a shape of its own."""

    def write(posts: Sequence[Said], chance: random.Random) -> str:
        made, topic = [], posts[0].topic
        for post in posts:
            if post.topic != topic:
                made.append(f"<h2>{post.topic}</h2>")
                topic = post.topic
            made.append(inside(post))
        menu = "".join(f"<li><a href='/{word}'>{word}</a>" for word in chance.sample(WORDS, 4))
        return (
            f'<!DOCTYPE html>\n<html><head><meta charset="{{charset}}"><title>{posts[0].topic} - Forum</title>'
            f"<script>var x = '<p>no</p>';</script></head><body><nav><ul>{menu}</ul></nav><h1>{posts[0].topic}</h1>"
            f"<p>The workshop is closed on Monday.</p><p><a href=/c>Clocks</a> &gt; <a href=/f>Forum</a> Log in</p>"
            + "\n".join(made)
            + "<footer><p>About us | Privacy | Terms<br>© 2019 Tick - For people with time. V2.7</p></footer></body></html>"
        )

    return write


BREAK, NEXT = "<br>\n", "</p>\n<p>"
SHAPES: dict[str, Callable[[Sequence[Said], random.Random], str]] = {
    "text": as_text,
    "paragraphs": html(lambda p: f"<p><b>{p.subject}</b><br>{p.byline}<br>{BREAK.join(p.text)}</p>"),
    "headings": html(lambda p: f"<h3>{p.subject}</h3><p>{p.byline}</p><p>{NEXT.join(filter(None, p.text))}</p>"),
    "divs": html(
        lambda p: (
            f"<div class=post><div class=t>{p.subject}</div><div class=author>{p.byline}</div>"
            f"<div class=body>{BREAK.join(p.text)}</div></div>"
        )
    ),
    "table": html(lambda p: f"<table><tr><td>{p.subject}<tr><td>{p.byline}<tr><td>{BREAK.join(p.text)}</table>"),
    "articles": html(
        lambda p: (
            f"<article><header><h2>{p.subject}</h2><address>{p.byline}</address></header>"
            f"<p>{NEXT.join(filter(None, p.text))}</p></article>"
        )
    ),
}


def variants() -> Iterator[tuple[str, str, int, bool]]:
    """Shape, bylines, topics, and whether letters are signed: 96 in all."""
    for shape in SHAPES:
        for bylines in BYLINES:
            for topics, signed in ((1, False), (1, True), (3, False)) if shape == "text" else ((1, False), (2, True)):
                # a page without roles says nowhere what is no signature
                yield shape, bylines, topics, signed and "no" not in bylines


def run(seed: int, share: float) -> list[Tally]:
    """Import every variant from a file and compare."""
    chance = random.Random(seed)
    tried = lost = doubled = stuck = unplaced = wrong = posts = 0
    chosen = list(variants())
    with tempfile.TemporaryDirectory() as folder:
        for shape, bylines, topics, signed in chosen[: max(1, round(len(chosen) * share))]:
            said = thread(chance, BYLINES[bylines], topics, signed=signed)
            charset = chance.choice(CHARSETS)
            file = Path(folder) / "page"
            text = SHAPES[shape](said, chance).replace("{charset}", "windows-1252" if charset == "cp1252" else charset)
            file.write_bytes(text.replace("\n", chance.choice(["\n", "\r\n"])).encode(charset, "xmlcharrefreplace"))
            tried += 1
            try:
                detect.detect(file)
                read = detect.page_text(file)
                saved = page.parse(markup.seen(read) if markup.is_markup(read) else read)
            except ForumtuiError as error:
                print(f"{shape}, {bylines}, {topics} topics: {error}")
                stuck += 1
                continue
            wanted = [(p.topic, p.subject, p.author, tuple(filter(None, p.text))) for p in said]
            found = [
                (
                    topic.title,
                    post.subject,
                    post.author,
                    tuple(filter(None, post.body.source.split("\n\n"))) if post.body else (),
                )
                for topic in saved.topics
                for post in topic.posts
            ]
            posts += len(wanted)
            missing = [post for post in wanted if post not in found]
            lost += len(missing)
            wrong += sum(1 for post in found if post not in wanted)
            doubled += max(0, len(found) - len(set(found)) - (len(wanted) - len(set(wanted))))
            unplaced += len(saved.findings.unplaced)
            for post in missing:
                print(f"{shape}, {bylines}, {topics} topics, signed {signed}: lost {post}")
    note = f"{posts:,} posts; {wrong} misattributed; {unplaced} lines named as not placed (menus, signatures)"
    return [Tally("saved pages, text and HTML", tried, lost + wrong, doubled, stuck, 0, note)]
