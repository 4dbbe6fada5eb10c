"""A tree of what is written, built in one pass whatever is written.

The tree that browsers build repeats open formatting in each new paragraph, so that 30 kB can become six million nodes.
Here an element that is closed from outside stays closed, and what is nested deeper than `MOST_OPEN` counts as its
surroundings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from justhtml import stream

MOST_OPEN = 64
"""Elements inside one another; forums do with twenty."""
_LOOKED_AT = 200
"""Nodes that a search below one looks at."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _words("area base br col embed hr img input link meta param source track wbr")
BLOCKS = _words(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre search section"
    " summary table tbody td tfoot th thead tr ul video"
)
"""Elements that stand on lines of their own."""

_WHOLE = _words("html head body")
"""Whose tags may be left out, so that they say nothing."""
_TABLE = _words("table")
_LISTS = _words("ul ol menu table")
_CELLS = _words("td th caption table")
_TABLE_PARTS = _words("tbody thead tfoot tr td th caption")
_ENDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    **dict.fromkeys(
        BLOCKS - _TABLE_PARTS - _words("option optgroup video"),
        (_words("p"), _CELLS | _words("blockquote li dd details")),
    ),
    "a": (_words("a"), BLOCKS),
    "li": (_words("li"), _LISTS),
    **dict.fromkeys(("dt", "dd"), (_words("dt dd"), _words("dl table"))),
    **dict.fromkeys(("td", "th"), (_words("td th caption"), _TABLE)),
    "tr": (_words("tr caption"), _TABLE),
    **dict.fromkeys(("thead", "tbody", "tfoot"), (_words("thead tbody tfoot caption"), _TABLE)),
    "option": (_words("option"), _words("select")),
}
"""What the start of an element ends, though nobody wrote so, and how far up that is looked for."""


class Node:
    """An element: its name in lower case, its attributes, and what is in it."""

    __slots__ = ("attributes", "children", "name")

    def __init__(self, name: str, attributes: Mapping[str, str | None] | None = None, *children: Piece) -> None:
        self.name = name
        self.attributes = attributes or {}
        self.children: list[Piece] = list(children)

    def get(self, attribute: str) -> str:
        """Its value; "" where there is none."""
        return self.attributes.get(attribute) or ""

    @property
    def classes(self) -> list[str]:
        """The words of its class."""
        return self.get("class").split()

    @property
    def elements(self) -> list[Node]:
        """What is in it, apart from text."""
        return [child for child in self.children if isinstance(child, Node)]

    def below(self) -> Iterator[Node]:
        """The elements in it, outer ones first; of very many only the first."""
        todo, looked_at = self.elements, 0
        while todo and looked_at < _LOOKED_AT:
            found = todo.pop(0)
            looked_at += 1
            yield found
            if looked_at + len(todo) < _LOOKED_AT:
                todo += found.elements

    def find(self, *names: str) -> Node | None:
        """The first element in it that is called so, or is of such a class where the name begins with a dot."""
        wanted = set(names)
        return next(
            (node for node in self.below() if node.name in wanted or wanted & {f".{c}" for c in node.classes}), None
        )

    def text(self) -> str:
        """All text in it."""
        pieces: list[str] = []
        todo: list[Piece] = [self]
        while todo:
            piece = todo.pop()
            if isinstance(piece, str):
                pieces.append(piece)
            elif piece.name == "img":
                pieces.append(piece.get("alt"))
            elif piece.name not in UNSEEN and piece.name != "iframe":
                todo.extend(reversed(piece.children))
        return "".join(pieces)


Piece: TypeAlias = Node | str
"""What is in an element: another one, or text."""
UNSEEN = _words("link meta noembed noframes noscript object script select style svg template title")
"""Elements that show nothing here."""


def tree(source: str, *, most_open: int = MOST_OPEN) -> Node:
    """The root of what is written."""
    builder = _Builder(most_open)
    for event in stream(source):
        match event:
            case ("text", str(text)):
                builder.text(text)
            case ("start", (str(name), attributes)):
                builder.start(name.lower(), attributes)
            case ("end", str(name)):
                builder.end(name.lower())
    return builder.root


class _Builder:
    def __init__(self, most_open: int) -> None:
        self._most_open = most_open
        self.root = Node("")
        self._open = [self.root]
        self._beyond: Counter[str] = Counter()
        """Elements that are not in the tree because they are too deep, and whose end is still to come."""

    def text(self, text: str) -> None:
        self._open[-1].children.append(text)

    def start(self, name: str, attributes: Mapping[str, str | None]) -> None:
        if name in _WHOLE:
            return
        if name in _ENDS:
            self._close(*_ENDS[name])
        node = Node(name, attributes)
        if name in VOID:
            self._open[-1].children.append(node)
        elif len(self._open) < self._most_open:
            self._open[-1].children.append(node)
            self._open.append(node)
        else:
            self._beyond[name] += 1
            if name in BLOCKS:
                self._open[-1].children.append(Node("br"))

    def end(self, name: str) -> None:
        if self._beyond[name]:
            self._beyond[name] -= 1
        elif name in _TABLE_PARTS | _TABLE:
            self._close(frozenset((name,)), _TABLE)
        elif name == "li":
            self._close(frozenset((name,)), _LISTS)
        elif name in UNSEEN:
            self._close(frozenset((name,)), frozenset())
        else:
            self._close(frozenset((name,)), _CELLS if name in BLOCKS else BLOCKS)

    def _close(self, names: frozenset[str], within: frozenset[str]) -> None:
        """End the innermost of these elements, and all in it, unless something that bounds it is met before."""
        for place in range(len(self._open) - 1, 0, -1):
            name = self._open[place].name
            if name in names:
                del self._open[place:]
                return
            if name in within or name in UNSEEN:
                return
