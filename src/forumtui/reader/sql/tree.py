"""Answers under what they answer."""

from __future__ import annotations

from collections.abc import Sequence


def tree(keys: Sequence[int], parents: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """``keys`` depth first, and their depths; answers to the same post stand in the order of ``keys``.

    A parent that is not among ``keys`` makes a root; so does the first post of a circle of parents.
    """
    parent_of = dict(zip(keys, parents, strict=True))
    children: dict[int, list[int]] = {}
    roots: list[int] = []
    for key, parent in parent_of.items():
        if parent is None or parent not in parent_of:
            roots.append(key)
        elif parent in children:
            children[parent].append(key)
        else:
            children[parent] = [key]
    ordered = _descend(roots, children)
    if len(ordered) < len(parent_of):
        _break_circles(parent_of, children, roots, ordered)
    depths: dict[int, int] = dict.fromkeys(roots, 0)
    for key in ordered:
        if key not in depths:
            parent = parent_of[key]
            assert parent is not None
            depths[key] = depths[parent] + 1
    return ordered, [depths[key] for key in ordered]


def _descend(roots: Sequence[int], children: dict[int, list[int]]) -> list[int]:
    ordered: list[int] = []
    stack = list(reversed(roots))
    while stack:
        key = stack.pop()
        ordered.append(key)
        below = children.get(key)
        if below:
            stack.extend(reversed(below))
    return ordered


def _break_circles(
    parent_of: dict[int, int | None], children: dict[int, list[int]], roots: list[int], ordered: list[int]
) -> None:
    """Make roots of the posts at which circles of parents are entered first, until nothing is left out."""
    reached = set(ordered)
    for key, parent in parent_of.items():
        if key in reached:
            continue
        assert parent is not None
        children[parent].remove(key)
        roots.append(key)
        below = _descend([key], children)
        ordered += below
        reached.update(below)
