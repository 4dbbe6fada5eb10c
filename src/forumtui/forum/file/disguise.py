"""Numbers that guests are told in another guise, so that what lies between two of them can not be counted."""

from __future__ import annotations

from hashlib import blake2b

_ROUNDS = 4
_HALF = 32
_MASK = (1 << _HALF) - 1


def disguise(number: int, key: bytes) -> str:
    """A number as a word, the same each time; a Feistel network, so that `undisguise` finds it again."""
    left, right = number >> _HALF & _MASK, number & _MASK
    for turn in range(_ROUNDS):
        left, right = right, left ^ _mixed(right, turn, key)
    return f"{left << _HALF | right:016x}"


def undisguise(word: str, key: bytes) -> int:
    """The number behind a word.  Raises `ValueError` for what is none."""
    if len(word) != 16 or not set(word) <= set("0123456789abcdef"):
        raise ValueError(word)
    left, right = int(word, 16) >> _HALF, int(word, 16) & _MASK
    for turn in reversed(range(_ROUNDS)):
        left, right = right ^ _mixed(left, turn, key), left
    return left << _HALF | right


def _mixed(half: int, turn: int, key: bytes) -> int:
    return int.from_bytes(blake2b(bytes([turn]) + half.to_bytes(4), digest_size=4, key=key).digest())
