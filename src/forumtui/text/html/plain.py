"""What the software of forums wraps in its own way, told in plain HTML; every other element stays as it is.

A quote becomes a ``blockquote`` with a ``cite``, a poll a list, a link's preview a quote of that site.  Elements of our
own have names in capitals, which no one can write: ``MENTION``, ``PICTURE``, ``ADDRESS``, ``SPOILER``, ``LINE`` (what we
say of something) and ``NOTHING``.

Sources: Discourse's cooked posts (its plug-ins for polls, spoilers, local dates, footnotes, maths and checklists
included), NodeBB's and Flarum's posts, KaTeX's markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from forumtui.model import Millis
from forumtui.text.ages import exact
from forumtui.text.html.tree import Node, Piece

_NOTHING = Node("NOTHING")
_HIGH = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOW = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SIZE = re.compile(r"\d{1,5}")
_SHORTENED = re.compile(r"(.{8,})(?:\.\.\.|…)", re.DOTALL)


def plain(node: Node) -> Piece:
    """The element that stands for this one; itself where it needs none."""
    if by_name := _BY_NAME.get(node.name):
        return by_name(node)
    for name in node.classes:
        if by_class := _BY_CLASS.get(name):
            return by_class(node)
    return node


def said(node: Node) -> str:
    """The words of an element on one line."""
    return " ".join(node.text().split())


def _link(label: str, url: str) -> Node:
    return Node("a", {"href": url}, label)


def _nothing(node: Node) -> Piece:  # noqa: ARG001 - as all of them
    return _NOTHING


def _quote(node: Node) -> Piece:
    """Discourse: whom it quotes, in which topic, and the number of the post there."""
    if node.name != "aside":
        return node
    title = node.find(".title") or Node("")
    name, number, topic = node.get("data-username"), node.get("data-post"), node.get("data-topic")
    link = title.find("a")
    who = " ".join("".join(_titles(title)).split()).rstrip(":")
    about = f"{name}, {who}" if name and link is not None and who else who or name
    shown = ", ".join(part for part in (about, f"#{number}" if number.isdigit() else "") if part)
    url = link.get("href") if link is not None else ""
    if not url and topic.isdigit() and number.isdigit():
        url = f"x-topic:{topic}/{number}"
    text = next((child for child in node.elements if child.name == "blockquote"), None)
    inner = text.children if text is not None else [child for child in node.children if child is not title]
    return Node("blockquote", {"cite": url}, Node("cite", None, f"{shown}:" if shown else ""), *inner)


def _titles(title: Node) -> list[str]:
    """The words of a quote's title without the badge of its category."""
    todo: list[Piece] = list(reversed(title.children))
    pieces: list[str] = []
    while todo:
        piece = todo.pop()
        if isinstance(piece, str):
            pieces.append(piece)
        elif not any(name.startswith("badge-") or name in {"quote-controls", "avatar"} for name in piece.classes):
            todo.extend(reversed(piece.children))
    return pieces


def _onebox(node: Node) -> Piece:
    """Discourse: the preview of a link: the site, then title and excerpt as found there."""
    if node.name != "aside":
        return node
    source = node.find(".source")
    body = node.find(".onebox-body")
    url = node.get("data-onebox-src") or (source.find("a") or source).get("href") if source else ""
    site = said(source) if source is not None else ""
    inner = body.children if body is not None else [child for child in node.children if child is not source]
    return Node("blockquote", {"cite": url, "class": "preview"}, Node("cite", None, f"{site}:" if site else ""), *inner)


def _poll(node: Node) -> Piece:
    """Discourse: what is asked, how it is answered, and the options."""
    title = node.find(".poll-title")
    options = [child for child in node.below() if child.name == "li" and "data-poll-option-id" in child.attributes]
    kind = node.get("data-poll-type") or "regular"
    least, most = node.get("data-poll-min"), node.get("data-poll-max")
    how = {
        "multiple": f"choose {least or '1'} to {most}" if most else "choose several",
        "number": "choose a number",
        "ranked_choice": "rank the options",
    }.get(kind, "choose one")
    facts = ["poll", how]
    if node.get("data-poll-public") == "true":
        facts.append("votes are public")
    if node.get("data-poll-status") == "closed":
        facts.append("closed")
    voters = node.find(".info-number")
    if voters is not None and said(voters):
        facts.append(f"{said(voters)} voter{'' if said(voters) == '1' else 's'}")
    return Node(
        "div",
        None,
        Node(
            "p",
            None,
            Node("strong", None, *(title.children if title else ()), " "),
            Node("LINE", None, f"[{', '.join(facts)}]"),
        ),
        Node("ul", None, *options),
    )


def _lightbox(node: Node) -> Piece:
    """Discourse: a picture with the link to it in full size, and what is known of it."""
    picture = node.find("img")
    if picture is None:
        return node if node.name == "a" else Node("span", None, *node.children)
    link = node if node.name == "a" else node.find("a")
    facts = node.find(".informations")
    alt = picture.get("alt") or (said(name) if (name := node.find(".filename")) else "")
    size = said(facts) if facts is not None else ""
    url = link.get("href") if link is not None else ""
    return Node("PICTURE", {"alt": ", ".join(filter(None, (alt, size))), "src": url or picture.get("src")})


def _picture(node: Node) -> Piece:
    classes = node.classes
    if "emoji" in classes:
        return node.get("alt") or node.get("title")
    if {"avatar", "site-icon", "thumbnail", "onebox-avatar", "onebox-avatar-inline"} & set(classes):
        return _NOTHING
    width, height = node.get("width"), node.get("height")
    if {width, height} & {"0", "1"}:
        return _NOTHING
    size = f"{width}×{height}" if _SIZE.fullmatch(width) and _SIZE.fullmatch(height) else ""
    return Node("PICTURE", {"alt": ", ".join(filter(None, (node.get("alt"), size))), "src": node.get("src")})


def _mention(node: Node) -> Piece:
    return Node("MENTION", None, said(node))


def _hashtag(node: Node) -> Piece:
    name = said(node)
    return _link(name if name.startswith("#") else f"#{name}", node.get("href")) if node.name == "a" else name


def _local_date(node: Node) -> Piece:
    """Discourse: a time in the writer's zone: in the reader's, with the writer's beside it where it differs."""
    date, time, zone = node.get("data-date"), node.get("data-time"), node.get("data-timezone")
    if not time:
        return date or node
    written = f"{date} {time[:5]}"
    try:
        place = ZoneInfo(zone) if zone else UTC
        moment = datetime.fromisoformat(f"{date} {time}").replace(tzinfo=place)
        here = exact(Millis(round(moment.timestamp() * 1000)))
    except (ValueError, OverflowError, OSError, LookupError):
        here = ""
    there = f"{written} {zone or 'UTC'}"
    return f"{here} ({there})" if here and here != written else there


def _video(node: Node) -> Piece:
    """A film or another page inside this one: the link to it."""
    link = node.find("a", "source")
    url = (
        node.get("src")
        or node.get("data-video-src")
        or (link.get("href") or link.get("src") if link is not None else "")
    )
    title = node.get("title") or node.get("data-video-title") or url
    kind = {"iframe": "frame", "embed": "frame", "audio": "sound"}.get(node.name, "video")
    around = "div" if node.name == "div" else "span"
    return Node(around, None, _link(f"[{kind}: {title}]" if title else f"[{kind}]", url))


def _spoiler(node: Node) -> Piece:
    """Discourse, Flarum and others: what is blurred until one asks for it."""
    if node.name == "details":
        return node
    return Node("SPOILER", {"block": "" if node.name == "span" else "yes"}, *node.children)


def _formula(node: Node) -> Piece:
    """Maths: as its writer typed it."""
    typed = node.find("annotation")
    text = (typed or node).text().strip()
    return (
        Node("pre", None, Node("code", {"class": "lang-tex"}, text)) if node.name == "div" else Node("code", None, text)
    )


def _box(node: Node) -> Piece:
    """A list's item that is done, or to be done."""
    if node.name == "input":
        if node.get("type") != "checkbox":
            return _NOTHING
        done = "checked" in node.attributes
    else:
        done = "checked" in node.classes or "permanent" in node.classes
    return "[x] " if done else "[ ] "


def _raised(node: Node) -> Piece:
    """H₂O and x²; what Unicode has no such signs for gets a sign before it."""
    text = node.text().strip()
    signs, mark = (_HIGH, "^") if node.name == "sup" else (_LOW, "_")
    if "footnote-ref" in node.classes:
        return Node("span", None, *node.children)
    if not node.elements and text and all(ord(character) in signs for character in text):
        return text.translate(signs)
    return Node("span", None, mark, *node.children)


def _address(node: Node) -> Piece:
    """A link; one that was shortened for the screen is told in full."""
    url = node.get("href").strip()
    shortened = _SHORTENED.fullmatch(said(node)) if "://" in url else None
    if shortened is not None and url.startswith(shortened[1]):
        return Node("ADDRESS", {"href": url})
    for name in node.classes:
        if by_class := _BY_CLASS.get(name):
            return by_class(node)
    return node


def _reading_aid(node: Node) -> Piece:
    """How a character is read."""
    text = said(node)
    return f"({text})" if text else _NOTHING


def _spoken(node: Node) -> Piece:
    return Node("span", None, "“", *node.children, "”")


_BY_CLASS: Mapping[str, Callable[[Node], Piece]] = {
    "quote": _quote,
    "onebox": _onebox,
    "poll": _poll,
    "lightbox-wrapper": _lightbox,
    "lightbox": _lightbox,
    **dict.fromkeys(("mention", "mention-group", "plugin-mentions-a", "UserMention"), _mention),
    **dict.fromkeys(("hashtag", "hashtag-cooked"), _hashtag),
    "discourse-local-date": _local_date,
    **dict.fromkeys(("lazy-video-container", "video-placeholder-container"), _video),
    **dict.fromkeys(("spoiler", "spoiled"), _spoiler),
    **dict.fromkeys(("math", "asciimath", "katex"), _formula),
    "chcklst-box": _box,
    **dict.fromkeys(
        ("quote-controls", "footnote-backref", "footnotes-sep", "poll-buttons", "onebox-metadata"), _nothing
    ),
}
_BY_NAME: Mapping[str, Callable[[Node], Piece]] = {
    "a": _address,
    "img": _picture,
    **dict.fromkeys(("iframe", "embed", "video", "audio"), _video),
    "math": _formula,
    "input": _box,
    **dict.fromkeys(("sup", "sub"), _raised),
    "rt": _reading_aid,
    "rp": _nothing,
    "q": _spoken,
}
