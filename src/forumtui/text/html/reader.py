"""An HTML body to blocks.  Elements that are not known show what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urljoin, urlsplit

from forumtui.text.attribution import attributed
from forumtui.text.blocks import (
    Block,
    Code,
    Folded,
    Heading,
    Inline,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Span,
    Table,
    Target,
)
from forumtui.text.html.flow import Flow
from forumtui.text.html.plain import plain, said
from forumtui.text.html.signs import by_signs
from forumtui.text.html.tree import BLOCKS, UNSEEN, Node, Piece, tree
from forumtui.text.inline import Links, joined
from forumtui.text.links import is_link
from forumtui.text.mentions import Names
from forumtui.text.sanitise import clean_line, clean_text

DEEPEST = 20
"""Quotes, lists and the like inside one another; what is deeper counts as its surroundings."""
_STYLES = {
    **dict.fromkeys(("b", "strong"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "dfn"), "em"),
    **dict.fromkeys(("s", "strike", "del"), "strike"),
    **dict.fromkeys(("u", "ins"), "underline"),
    "mark": "marked",
    "LINE": "hidden-note",
}
_CODE = frozenset(("code", "kbd", "samp", "tt", "var"))
_LANGUAGE = re.compile(r"(?:lang|language)-([\w+#.-]+)")
_NO_LANGUAGE = frozenset(("auto", "none", "nohighlight", "plaintext", "text"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MOST_SPANNED = 8
_IN_ADDRESS = re.compile(r"[\t\n\r]")


def parse_html(source: str, names: Names, base: str) -> tuple[tuple[Block, ...], tuple[Target, ...]]:
    """The blocks of an HTML text, and its links; ``base`` is the address that its own are relative to."""
    reader = _Reader(names, base)
    blocks = reader.blocks(tree(source).children, 0)
    return tuple(blocks), tuple(reader.links.targets)


class _Reader:
    def __init__(self, names: Names, base: str) -> None:
        self.links = Links()
        self._names = names
        self._base = base

    def blocks(self, pieces: Iterable[Piece], depth: int) -> list[Block]:
        """The blocks that these become."""
        flow = Flow(self.links, self._names)
        for piece in pieces:
            self._read(piece, flow, depth)
        flow.end()
        return attributed(by_signs(flow.blocks))

    def _read(self, piece: Piece, flow: Flow, depth: int) -> None:
        if isinstance(piece, Node) and (piece.name in UNSEEN or _is_hidden(piece)):
            return
        shown = plain(piece) if isinstance(piece, Node) else piece
        if isinstance(shown, str):
            flow.text(shown)
        elif self._piece(shown, flow):
            return
        elif depth >= DEEPEST or not self._block(shown, flow, depth):
            self._inside(shown, flow, depth)

    def _piece(self, node: Node, flow: Flow) -> bool:
        """What is a piece of a paragraph by itself."""
        match node.name:
            case "br":
                flow.line_break()
            case "PICTURE":
                flow.image(node.get("alt"), self._url(node.get("src")))
            case "MENTION":
                flow.literal(node.text(), "mention")
            case "ADDRESS":
                flow.address(node.get("href"))
            case "NOTHING":
                pass
            case name if name in _CODE:
                flow.literal(node.text(), "code")
            case _:
                return False
        return True

    def _block(self, node: Node, flow: Flow, depth: int) -> bool:
        """What is a block by itself."""
        match node.name:
            case "blockquote":
                flow.add(*self._quote(node, depth + 1))
            case "ul" | "ol" | "menu":
                flow.add(*self._list(node, depth + 1))
            case "table":
                flow.add(*self._table(node, depth + 1))
            case "details":
                flow.add(self._details(node, depth + 1))
            case "SPOILER" if node.get("block"):
                flow.add(Folded(Inline("Spoiler"), tuple(self.blocks(node.children, depth + 1)), spoiler=True))
            case "dd":
                flow.add(ListBlock((tuple(self.blocks(node.children, depth + 1)),)))
            case "pre" | "xmp":
                flow.add(_code(node))
            case "hr":
                flow.add(Rule())
            case _:
                return False
        return True

    def _inside(self, node: Node, flow: Flow, depth: int) -> None:
        """What only says how the things in it look, and whether they stand on lines of their own."""
        style, url = _STYLES.get(node.name, ""), ""
        if node.name == "a":
            url = self._url(node.get("href"))
            style = "link" if url else ""
        elif node.name == "dt":
            style = "strong"
        elif node.name == "SPOILER" or (node.name == "details" and "spoiler" in node.classes):
            style = "spoiler"
        apart = node.name in BLOCKS
        if apart:
            flow.end()
        level = _HEADINGS.get(node.name)
        if level:
            flow.heading = level
        if style:
            flow.open(style, url)
        for child in node.children:
            self._read(child, flow, depth)
        if style:
            flow.close()
        if apart:
            flow.end()
        if level:
            flow.heading = 0

    def _quote(self, node: Node, depth: int) -> list[Block]:
        who = next((child for child in node.elements if child.name == "cite"), None)
        blocks = tuple(self.blocks((child for child in node.children if child is not who), depth))
        attribution = clean_text(said(who)) if who is not None else ""
        if not blocks and not attribution:
            return []
        url = self._url(node.get("cite")) if attribution else ""
        link = self.links.add(url, attribution) if url else None
        return [Quote(blocks, attribution, link)]

    def _list(self, node: Node, depth: int) -> list[Block]:
        items: list[list[Block]] = []
        for child in node.children:
            if isinstance(child, Node) and child.name == "li":
                items.append(self.blocks(child.children, depth))
            elif blocks := self.blocks([child], depth):
                items[-1:] = [[*(items[-1] if items else ()), *blocks]]
        start = node.get("start")
        first = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1
        return [ListBlock(tuple(map(tuple, items)), first if node.name == "ol" else None)] if items else []

    def _details(self, node: Node, depth: int) -> Folded:
        summary = next((child for child in node.elements if child.name == "summary"), None)
        title = _flattened(self.blocks(summary.children, depth)) if summary is not None else Inline("")
        inner = tuple(self.blocks((child for child in node.children if child is not summary), depth))
        spoiler = "spoiler" in node.classes
        return Folded(title if title.text else Inline("Spoiler" if spoiler else "Details"), inner, spoiler)

    def _table(self, node: Node, depth: int) -> list[Block]:
        """A table; one that only puts things side by side as these things."""
        rows, others = _rows(node)
        cells = [[(cell.name, self.blocks(cell.children, depth), _spanned(cell)) for cell in row] for row in rows]
        before = self.blocks(others, depth)
        every = [blocks for row in cells for _, blocks, _ in row]
        headed = bool(cells) and all(name == "th" for name, _, _ in cells[0])
        if not headed and any(not isinstance(block, Paragraph) for blocks in every for block in blocks):
            return [*before, *(block for blocks in every for block in blocks)]
        lines = [
            tuple(inline for _, blocks, spanned in row for inline in (_flattened(blocks), *[Inline("")] * spanned))
            for row in cells
        ]
        if not any(cell.text for line in lines for cell in line):
            return before
        return [*before, Table(lines[0], tuple(lines[1:])) if headed else Table((), tuple(lines))]

    def _url(self, written: str) -> str:
        """The whole address, if it may become a link."""
        url = _IN_ADDRESS.sub("", written).strip()
        if url.startswith("x-topic:"):
            url = _of_topic(url.removeprefix("x-topic:"), self._base)
        elif url and not url.startswith("#") and self._base and not is_link(url):
            try:
                url = urljoin(self._base, url)
            except ValueError:
                return ""
        return url if is_link(url) else ""


def _of_topic(place: str, base: str) -> str:
    """Discourse: a post by the numbers of its topic and itself, beside the address of another post there."""
    try:
        parts = urlsplit(base)
    except ValueError:
        return ""
    folder = parts.path.partition("/t/")[0] if "/t/" in parts.path else ""
    return f"{parts.scheme}://{parts.netloc}{folder}/t/{place}" if parts.netloc else ""


def _is_hidden(node: Node) -> bool:
    return "hidden" in node.attributes or "display:none" in node.get("style").replace(" ", "").casefold()


def _code(node: Node) -> Code:
    inner = next((child for child in node.elements if child.name == "code"), node)
    found = _LANGUAGE.search(inner.get("class")) or _LANGUAGE.search(node.get("class"))
    language = clean_line(found[1], 30) if found is not None and found[1] not in _NO_LANGUAGE else ""
    return Code(clean_text("".join(_typed(node)).removeprefix("\n").removesuffix("\n")), language)


def _typed(node: Node) -> list[str]:
    """Text as it stands, with the line breaks that elements in it make."""
    pieces: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            pieces.append(child)
        elif child.name == "br":
            pieces.append("\n")
        elif child.name == "img":
            pieces.append(child.get("alt"))
        elif child.name not in UNSEEN:
            pieces += _typed(child)
            if child.name in BLOCKS and pieces and not pieces[-1].endswith("\n"):
                pieces.append("\n")
    return pieces


def _rows(table: Node) -> tuple[list[list[Node]], list[Piece]]:
    """The cells of its rows, and what else is in it."""
    rows: list[list[Node]] = []
    others: list[Piece] = []
    for child in table.children:
        if isinstance(child, Node) and child.name in {"thead", "tbody", "tfoot"}:
            inner, strays = _rows(child)
            rows += inner
            others += strays
        elif isinstance(child, Node) and child.name == "tr":
            rows.append([cell for cell in child.elements if cell.name in {"td", "th"}])
            others += (cell for cell in child.children if isinstance(cell, str) or cell.name not in {"td", "th"})
        elif isinstance(child, Node) and child.name in {"td", "th"}:
            rows.append([child])
        else:
            others.append(child)
    return [row for row in rows if row], others


def _spanned(cell: Node) -> int:
    """How many columns it covers beyond its own."""
    columns = cell.get("colspan")
    return min(int(columns) - 1, _MOST_SPANNED) if re.fullmatch("[1-9][0-9]{0,2}", columns) else 0


def _flattened(blocks: Sequence[Block]) -> Inline:
    """Blocks as the lines of a cell."""
    return joined([inline for block in blocks if (inline := _in_line(block)).text], "\n")


def _in_line(block: Block) -> Inline:
    match block:
        case Paragraph(inline) | Heading(_, inline):
            return inline
        case Quote(inner, attribution):
            return joined([Inline(text) for text in (attribution,) if text] + [_flattened(inner)], "\n")
        case Folded(summary, inner, spoiler):
            text = _flattened(inner)
            hidden = (Span(0, len(text.text), "spoiler"),) if spoiler and text.text else ()
            return joined([summary, Inline(text.text, (*hidden, *text.spans))], "\n")
        case Code(text):
            return Inline(text, (Span(0, len(text), "code"),) if text else ())
        case ListBlock(items):
            return joined([joined([Inline("• "), _flattened(item)], "") for item in items], "\n")
        case Table(head, rows):
            return joined([cell for row in (head, *rows) for cell in row], " ")
        case Rule():
            return Inline("")
