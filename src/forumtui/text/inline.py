"""Building `Inline` text piece by piece, every piece sanitised as it comes in."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.text.blocks import Inline, Span, Target
from forumtui.text.links import bare_urls, host, is_link
from forumtui.text.mentions import Names
from forumtui.text.sanitise import clean_text

MOST_NESTED = 8
"""Styles on top of one another; what goes deeper is drawn like its surroundings, unless it is to be hidden."""


class Links:
    """The addresses of one text, in order of appearance."""

    def __init__(self) -> None:
        self.targets: list[Target] = []

    def add(self, url: str, label: str, *, image: bool = False) -> int:
        """The index of a new target."""
        self.targets.append(Target(url, label, image))
        return len(self.targets) - 1


class InlineBuilder:
    """One stretch of text with its styles and links."""

    def __init__(self, links: Links, names: Names) -> None:
        self._links = links
        self._names = names
        self._pieces: list[str] = []
        self._length = 0
        self._spans: list[Span] = []
        self._open: list[tuple[int, str, str]] = []

    def text(self, text: str) -> None:
        """Running text, in which mentions are found."""
        start, text = self._length, clean_text(text)
        if "@" in text and not any(style == "link" for _, style, _ in self._open):
            for first, last, _ in self._names.mentions(text):
                self._spans.append(Span(start + first, start + last, "mention"))
        self._append(text)

    def linked_text(self, text: str) -> None:
        """Running text, in which mentions and bare addresses are found."""
        done = 0
        for first, last in bare_urls(text):
            self.text(text[done:first])
            self.bare(text[first:last])
            done = last
        self.text(text[done:])

    def styled(self, text: str, style: str) -> None:
        """Literal text in one style, such as a code span."""
        start, text = self._length, clean_text(text)
        self._append(text)
        self._spans.append(Span(start, self._length, style))

    def bare(self, url: str) -> None:
        """An address that stands for itself."""
        start, url = self._length, clean_text(url)
        self._append(url)
        if is_link(url):
            self._spans.append(Span(start, self._length, "link", self._links.add(url, url)))

    def image(self, alt: str, url: str) -> None:
        """A picture, as the words that stand for it."""
        start, alt = self._length, " ".join(clean_text(alt).split())
        self._append(f"[image: {alt}]" if alt else "[image]")
        inside = any(style == "link" for _, style, _ in self._open)
        link = self._links.add(url, alt, image=True) if is_link(url) and not inside else None
        self._spans.append(Span(start, self._length, "image", link))

    def open(self, style: str, url: str = "") -> None:
        """Begin a style; ``url`` belongs to the style "link"."""
        self._open.append((self._length, style, url))

    def close(self) -> None:
        """End the style begun last; a label that names another host than its link's gets the true one beside it."""
        start, style, url = self._open.pop()
        link = None
        if style == "link":
            label = "".join(self._pieces)[start:]
            true_host = host(url)
            if "." in label and true_host.casefold() not in label.casefold():
                self._append(f" ({true_host})")
            link = self._links.add(url, label) if is_link(url) else None
        if (len(self._open) < MOST_NESTED or style == "spoiler") and self._length > start:
            self._spans.append(Span(start, self._length, style, link))

    def build(self) -> Inline:
        """What came together."""
        text = "".join(self._pieces)
        if clean_text(text) != text:  # marks piled up over several pieces: hostile, so its styles are not worth saving
            text = clean_text(text)
            hides = any(span.style == "spoiler" for span in self._spans)
            return Inline(text, (Span(0, len(text), "spoiler"),) if hides else ())
        return Inline(text, tuple(sorted(self._spans, key=lambda span: (span.start, -span.end))))

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def cut(inline: Inline, start: int, end: int) -> Inline:
    """A stretch of it, with the styles that lie in there."""
    kept = (
        Span(max(span.start, start) - start, min(span.end, end) - start, span.style, span.link)
        for span in inline.spans
        if span.start < end and span.end > start
    )
    return Inline(inline.text[start:end], tuple(kept))


def joined(inlines: Sequence[Inline], between: str) -> Inline:
    """All of them as one."""
    spans: list[Span] = []
    at = 0
    for inline in inlines:
        spans += (Span(span.start + at, span.end + at, span.style, span.link) for span in inline.spans)
        at += len(inline.text) + len(between)
    return Inline(between.join(inline.text for inline in inlines), tuple(spans))
