"""Text as it comes out of elements: blanks as browsers see them, paragraphs, and styles that go on in the next one."""

from __future__ import annotations

from forumtui.text.blocks import Block, Heading, Paragraph
from forumtui.text.inline import InlineBuilder, Links
from forumtui.text.mentions import Names
from forumtui.text.pattern import pattern

_BLANKS = pattern("[ \t\n\f\r]+")
_MOST_BREAKS = 2


class Flow:
    """The blocks of one element, one after another; text gathers in a paragraph until something ends it."""

    def __init__(self, links: Links, names: Names) -> None:
        self.blocks: list[Block] = []
        self.heading = 0
        """The level of the heading that is being read; 0: paragraphs."""
        self._links = links
        self._names = names
        self._builder: InlineBuilder | None = None
        self._styles: list[tuple[str, str]] = []
        self._begun = 0
        """How many of the styles have begun in this paragraph."""
        self._blank = False
        self._breaks = 0

    def text(self, text: str) -> None:
        """Running text, in which addresses and mentions are found."""
        text = _BLANKS.sub(" ", text)
        if text.startswith(" "):
            self._blank = True
        if bare := text.strip(" "):
            builder = self._go_on()
            if self._in_link():
                builder.text(bare)
            else:
                builder.linked_text(bare)
            self._blank = text.endswith(" ")

    def literal(self, text: str, style: str) -> None:
        """Text in one style, in which nothing is found."""
        if text := " ".join(text.split()):
            self._go_on().styled(text, style)

    def address(self, url: str) -> None:
        """An address that stands for itself."""
        self._go_on().bare(url)

    def image(self, alt: str, url: str) -> None:
        """A picture, as the words that stand for it."""
        self._go_on().image(alt, url)

    def line_break(self) -> None:
        """A new line of the same paragraph."""
        self._blank = False
        self._breaks += 1

    def open(self, style: str, url: str = "") -> None:
        """Begin a style; ``url`` belongs to the style "link"."""
        self._styles.append((style, url))

    def close(self) -> None:
        """End the style begun last."""
        if self._begun == len(self._styles):
            self._end_style()
        self._styles.pop()

    def add(self, *blocks: Block) -> None:
        """What is no paragraph."""
        self.end()
        self.blocks += blocks

    def end(self) -> None:
        """End the paragraph, if there is one."""
        if self._builder is not None:
            while self._begun:
                self._end_style()
            inline = self._builder.build()
            self._builder = None
            if inline.text.strip():
                self.blocks.append(Heading(self.heading, inline) if self.heading else Paragraph(inline))
        self._blank, self._breaks = False, 0

    def _go_on(self) -> InlineBuilder:
        """Where the next piece of text goes, with all that stands before it."""
        if self._builder is None:
            self._builder = InlineBuilder(self._links, self._names)
        elif self._breaks:
            self._builder.text("\n" * min(self._breaks, _MOST_BREAKS))
        elif self._blank:
            self._builder.text(" ")
        for style, url in self._styles[self._begun :]:
            self._builder.open(style, url)
        self._begun = len(self._styles)
        self._blank, self._breaks = False, 0
        return self._builder

    def _end_style(self) -> None:
        assert self._builder is not None
        self._builder.close()
        self._begun -= 1

    def _in_link(self) -> bool:
        return any(style == "link" for style, _ in self._styles)
