"""Markdown to blocks: CommonMark with tables, strike-through and bare addresses; HTML in it is shown as written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from forumtui.text.attribution import attributed
from forumtui.text.blocks import Block, Code, Heading, Inline, ListBlock, Paragraph, Quote, Rule, Table, Target
from forumtui.text.inline import InlineBuilder, Links
from forumtui.text.links import bare_url, is_link
from forumtui.text.mentions import Names
from forumtui.text.sanitise import clean_line, clean_text

_SCHEME = re.compile(r"(?<![^\W_])https?\Z", re.IGNORECASE)
_DELIMITERS = "[*_`~"
_MOST_DELIMITERS = 2000
_STYLES = {"em_open": "em", "strong_open": "strong", "s_open": "strike"}


def parse_markdown(source: str, names: Names) -> tuple[tuple[Block, ...], tuple[Target, ...]]:
    """The blocks of a Markdown text, and its links."""
    reader = _Reader(_parser().parse(source), names)
    return tuple(reader.blocks()), tuple(reader.links.targets)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
    parser.validateLink = is_link  # type: ignore[method-assign]  # the documented way to choose what may be a link
    parser.inline.ruler.after("text", "bare_url", _bare_url)
    parser.core.ruler.at("inline", _inline_of_each_block)
    return parser


def _inline_of_each_block(state: StateCore) -> None:
    """Parses what is inside each block; time grows with the square of its delimiters, so too many stay text."""
    for token in state.tokens:
        if token.type != "inline" or token.children is None:
            continue
        if sum(map(token.content.count, _DELIMITERS)) + 4 * token.content.count("://") > _MOST_DELIMITERS:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _bare_url(state: StateInline, silent: bool) -> bool:
    """At the colon of "https://...": one token for the whole address, before emphasis can see what is in it."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.src, max(0, state.pos - 6), state.pos)
    if scheme is None or not (silent or state.pending.endswith(scheme[0])):
        return False
    url = bare_url(state.src, scheme.start(), state.posMax)
    if not url:
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[0])]
        state.push("bare_url", "", 0).content = url.replace("&amp;", "&")
    state.pos = scheme.start() + len(url)
    return True


class _Reader:
    """Reads the parser's flat list of tokens as nested blocks."""

    def __init__(self, tokens: Sequence[Token], names: Names) -> None:
        self._tokens = tokens
        self._names = names
        self._at = 0
        self.links = Links()

    def blocks(self, closing: str = "") -> list[Block]:
        """The blocks up to the token that closes what they are in."""
        found: list[Block] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == closing:
                break
            block = self._block(token)
            if block is not None:
                found.append(block)
        return attributed(found)

    def _block(self, token: Token) -> Block | None:
        match token.type:
            case "paragraph_open":
                inline = self._inline("paragraph_close")
                return Paragraph(inline) if inline.text else None
            case "heading_open":
                return Heading(int(token.tag[1:]), self._inline("heading_close"))
            case "blockquote_open":
                return Quote(tuple(self.blocks("blockquote_close")))
            case "bullet_list_open":
                return ListBlock(self._items("bullet_list_close"))
            case "ordered_list_open":
                return ListBlock(self._items("ordered_list_close"), int(token.attrs.get("start", 1)))
            case "fence" | "code_block":
                language = clean_line(token.info.split()[0], 30) if token.info.split() else ""
                return Code(clean_text(token.content.removesuffix("\n")), language)
            case "table_open":
                return self._table()
            case "hr":
                return Rule()
        return None

    def _items(self, closing: str) -> tuple[tuple[Block, ...], ...]:
        items: list[tuple[Block, ...]] = []
        while (token := self._next()).type != closing:
            if token.type == "list_item_open":
                items.append(tuple(self.blocks("list_item_close")))
        return tuple(items)

    def _table(self) -> Table:
        rows: list[list[Inline]] = []
        while (token := self._next()).type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type in {"th_open", "td_open"}:
                rows[-1].append(self._inline(token.type.replace("open", "close")))
        return Table(tuple(rows[0]), tuple(tuple(row) for row in rows[1:]))

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _inline(self, closing: str) -> Inline:
        builder = InlineBuilder(self.links, self._names)
        while (token := self._next()).type != closing:
            for child in token.children or ():
                _add(builder, child)
        return builder.build()


def _add(builder: InlineBuilder, token: Token) -> None:
    match token.type:
        case "text" | "html_inline":
            builder.text(token.content)
        case "softbreak":
            builder.text(" ")
        case "hardbreak":
            builder.text("\n")
        case "code_inline":
            builder.styled(token.content, "code")
        case "bare_url":
            builder.bare(token.content)
        case "image":
            builder.image(token.content, str(token.attrs.get("src", "")))
        case "link_open":
            builder.open("link", str(token.attrs.get("href", "")))
        case "em_open" | "strong_open" | "s_open":
            builder.open(_STYLES[token.type])
        case "link_close" | "em_close" | "strong_close" | "s_close":
            builder.close()
