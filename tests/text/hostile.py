"""Texts that strangers might write, for the properties that must hold for all of them."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

PIECES = (
    *(
        "\x1b[2J",
        "\x1b]52;c;aGk=\x07",
        "\x9b31m",
        "\x9d0;x\x9c",
        "\0",
        "\b",
        "\r",
        "\r\n",
        "\t",
        "\x7f",
        "\x85",
        "\u2028",
        "\u2029",
    ),
    *("\u202e", "\u202a", "\u2066", "\u2067", "\u2069", "\u200e", "\u200f", "\u200b", "\ufeff", "\ud800", "\udfff"),
    *(
        "&#x1b;",
        "&#27;[31m",
        "&#x202e;",
        "&#x9b;",
        "&#8232;",
        "&#xd800;",
        "&#x301;" * 12,
        "<http://x/%1b[2J>",
        "&lt;",
        "&#10;",
    ),
    *(
        "e" + "\u0301" * 30,
        "\u0e01\u0e31\u0e49",
        "क्षि",
        "👨‍👩‍👧‍👦",
        "👍🏽",
        "🇩🇪🇫🇷",
        "☁️",
        "日本語の文章。",
        "한국어",
        "「引用」",
        "שלום",
        "مرحبا",
    ),
    *(
        "https://example.org/a_b*c",
        "http://",
        "mailto:a@b.example",
        "@anna",
        "@Anna Berg",
        "word",
        "averyveryverylongword" * 6,
        "   ",
        " ",
        "\n",
        "\n\n",
    ),
    *(
        "> ",
        ">",
        ">> ",
        "- ",
        "1. ",
        "12345678. ",
        "# ",
        "```\n",
        "~~~",
        "    ",
        "---\n",
        "| a | b |\n|---|---|\n| c | d |\n",
        "|",
        "\\",
    ),
    *(
        "*",
        "**",
        "_",
        "~~",
        "`",
        "[",
        "](http://x.example)",
        "](javascript:x)",
        "![",
        "<b>",
        "Anna wrote:\n",
        "\n-- \n",
    ),
)

texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=25).map("".join)

HEAVY = {
    "lazy lines below nested quotes": ">" * 20 + "a\n" + "b\n" * 25000,
    "lazy lines below nested lists": "".join("  " * depth + "- a\n" for depth in range(20)) + "b\n" * 25000,
    "a wide table": "|" + "a|" * 5000 + "\n|" + "-|" * 5000 + "\n|" + "b|" * 5000,
    "rows that name no cells": "|" + "a|" * 300 + "\n|" + "-|" * 300 + "\n" + "|\n" * 20000,
    "a tall table": "|a|b|\n|-|-|\n" + "|x|y|\n" * 8000,
    "nested brackets": "[" * 10000 + "]" * 10000,
    "open brackets, block by block": ("![" * 1990 + "\n\n") * 14,
    "items": "- a\n" * 12000,
    "an item in an item": "- " * 20000,
    "quotes in quotes": ("> " * 18 + "a\n\n") * 1300,
    "headings": "# a\n" * 12000,
    "paragraphs": "b\n\n" * 16000,
    "addresses": "http://x.y " * 4500,
    "references": "".join(f"[a{number}]: http://x\n" for number in range(3000)),
    "emphasis": ("*a" * 900 + "\n\n") * 26,
    "mentions": "@a " * 16000,
    "isolates": "\u2066a " * 16000,
    "isolates never closed": "\u2066" * 2000 + "a b c " * 8000,
    "families": "👨‍👩‍👧‍👦" * 7000,
    "entities": "&#10;" * 10000,
    "line separators": "a\u2028" * 25000,
    "rules": "---\n" * 12000,
    "fences": "```\n" + "b\n" * 24000,
}
"""Bodies of which each once took from a tenth of a second to two."""

recipes = st.lists(
    st.tuples(st.sampled_from((*PIECES, "a\n", "b|", "-|", "|\n", "](", "a ")), st.integers(1, 2000)),
    min_size=1,
    max_size=6,
)
"""Few pieces, and how often each; see `long_text`."""


def long_text(recipe: Iterable[tuple[str, int]]) -> str:
    """A text as long as is ever parsed, of these pieces again and again."""
    once = "".join(piece * times for piece, times in recipe)
    return (once * (50_000 // len(once) + 1))[:50_000]
