"""Markdown that people write, block by block."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = [
    "word",
    "another word",
    "*em*",
    "**strong**",
    "`code`",
    "[a link](https://a.example/b)",
    "~~gone~~",
    "![pic](https://a.example/i.png)",
]
PROSE = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(" ".join)


def indented(text: str, by: str) -> str:
    return "\n".join(f"{by}{line}".rstrip() for line in text.split("\n"))


BLOCK = st.recursive(
    st.one_of(
        PROSE,
        st.tuples(st.integers(1, 6), PROSE).map(lambda made: f"{'#' * made[0]} {made[1]}"),
        st.sampled_from(["```py\ncode *here*\n\n  more\n```", "---", "one  \ntwo", "one\ntwo"]),
        st.lists(st.tuples(PROSE, PROSE), max_size=3).map(
            lambda rows: "\n".join(["| a | b |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)])
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda made: indented("\n\n".join(made), "> ")),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda made: "\n".join("-" + indented(item, "  ")[1:] for item in made)
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda made: "\n".join(f"{number}." + indented(item, "   ")[2:] for number, item in enumerate(made, 3))
        ),
    ),
    max_leaves=6,
)

markdown = st.lists(BLOCK, min_size=1, max_size=4).map("\n\n".join)
