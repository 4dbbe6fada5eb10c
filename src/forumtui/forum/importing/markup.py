"""A page saved as HTML, as the lines that a reader sees: a blank line between blocks, and where each line stood.

What shows nothing (scripts, styles, hidden elements) is left out; what leads about the site (menus, forms) is told apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from forumtui.forum.importing.line import Line, word_set
from forumtui.values import quick_dataclass

if TYPE_CHECKING:
    from forumtui.text.html.tree import Node, Piece

_UNSEEN = word_set("script style head title meta link template noscript svg math object embed iframe audio video")
_MENUS = word_set("nav menu form select button aside dialog")
_MENU_ROLES = frozenset({"navigation", "search", "banner", "menu", "menubar", "toolbar"})
_SPACED = word_set(
    "p h1 h2 h3 h4 h5 h6 ul ol dl table tr blockquote pre hr article section header footer form fieldset"
)
"""Elements that a browser sets apart by a blank line."""
_BLOCKS = (
    _SPACED
    | _MENUS
    | word_set("html body div main li dt dd thead tbody tfoot caption address figure figcaption details summary center")
)
_DEEPEST = 1_000
"""Elements inside one another; pages have some dozens."""
_SPACES = re.compile(r"[ \t\n\r\f]+")
_CHARSET = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]{2,30})")


@quick_dataclass(frozen=True, slots=True)
class Seen:
    """The lines of a page, and those of its menus."""

    lines: list[Line]
    menus: list[Line]


def is_markup(start: str) -> bool:
    """Whether a file begins as a web page does."""
    text = start[:3000].lstrip("\ufeff \t\r\n").casefold()
    while text.startswith("<!--"):
        _, _, text = text.partition("-->")
        text = text.lstrip()
    return text.startswith(("<!doctype html", "<html", "<head", "<?xml", "<body")) and not text.startswith("<?xml-")


def charset_named(start: bytes) -> str | None:
    """The charset that a page says it is in."""
    found = _CHARSET.search(start[:4096].lower())
    return found[1].decode("ascii") if found is not None else None


def seen(text: str) -> Seen:
    """Read a page; there is no broken one."""
    from forumtui.text.html.tree import tree  # takes longer to import than all else that an import needs

    reader = _Reader()
    reader.read(tree(text, most_open=_DEEPEST))
    return Seen(reader.lines, reader.menus)


class _Reader:
    """Walks the tree without recursion, because a stranger says how deep it is."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.menus: list[Line] = []
        self._text: list[str] = []
        self._look = ""
        self._links: set[str] = set()
        self._preserved = self._menu = 0
        self._breaks = 0

    def read(self, root: Node) -> None:
        """Gather the lines of everything below ``root``."""
        todo: list[tuple[Piece, bool, str, str]] = [(root, False, "", "")]
        while todo:
            node, leaving, look, link = todo.pop()
            if isinstance(node, str):
                self._add(node, look, link)
                continue
            name = node.name
            if leaving:
                self._leave(node)
                continue
            if name in _UNSEEN or _is_hidden(node):
                continue
            here, link = self._enter(node, name, look), _address(node, name) or link
            todo.append((node, True, "", ""))
            todo.extend((child, False, here, link) for child in reversed(node.children))
        self._end()

    def _enter(self, node: Node, name: str, look: str) -> str:
        if name == "br":
            self._end()
            self._breaks += 1
            if self._breaks >= 2:
                self._gap()
        elif name in {"td", "th"} and self._text:
            self._text.append(" ")
        elif name in _BLOCKS:
            self._end()
            if _stands_apart(node, name):
                self._gap()
        self._preserved += name == "pre"
        self._menu += _is_menu(node, name)
        said = f"{name}.{node.get('class')}" if node.get("class") else name
        return f"{look}>{said}"[-200:] if name and not name.startswith(("html", "body")) else look

    def _leave(self, node: Node) -> None:
        name = node.name
        if name in _BLOCKS:
            self._end()
            if _stands_apart(node, name):
                self._gap()
        self._preserved -= name == "pre"
        self._menu -= _is_menu(node, name)

    def _add(self, text: str, look: str, link: str) -> None:
        if self._preserved:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self._put(first, look, link)
            for line in rest:
                self._end(blank=True)
                self._put(line, look, link)
            return
        words = _SPACES.sub(" ", text)
        self._put(words, look, link)

    def _put(self, text: str, look: str, link: str) -> None:
        if not text or (text == " " and not self._text):
            return
        if text.strip():
            self._look = self._look or look
            self._links.add(link)
            self._breaks = 0
        self._text.append(text)

    def _end(self, *, blank: bool = False) -> None:
        """The line is whole."""
        text = "".join(self._text)
        text = text if self._preserved else text.strip(" ")
        if text.strip():
            link = next(iter(self._links)) if len(self._links) == 1 else ""
            into = self.menus if self._menu else self.lines
            into.append(Line(text, len(self.lines) + 1, self._look, link))
        elif blank:
            self._gap()
        self._text, self._look, self._links = [], "", set()

    def _gap(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append(Line("", len(self.lines) + 1))


def _address(node: Node, name: str) -> str:
    address = node.get("href") if name == "a" else ""
    return address if address.startswith(("http://", "https://")) and " " not in address else ""


def _stands_apart(node: Node, name: str) -> bool:
    """Whether there is a blank line around it: a paragraph, or what holds several lines of its own."""
    if name in _SPACED:
        return True
    inner = sum(child.name in _BLOCKS for child in node.elements)
    return name not in {"html", "body"} and inner >= 2


def _is_hidden(node: Node) -> bool:
    return "hidden" in node.attributes or "display:none" in node.get("style").replace(" ", "").casefold()


def _is_menu(node: Node, name: str) -> bool:
    return name in _MENUS or node.get("role").casefold() in _MENU_ROLES
