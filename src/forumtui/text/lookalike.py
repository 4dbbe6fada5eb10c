"""What a name looks like: names of one look would be taken for each other.

The rule is the skeleton of Unicode's UTS 39: what shows nothing is dropped, every character stands for the one that it
would be taken for, and case is dropped, too.  The table of pairs is Unicode's own, as a package carries it; it is read
when the first name is looked at, because only making a name needs it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache
from itertools import groupby

_TURNS = 12
"""More than any chain of substitutions has; a test goes through all characters."""
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
"""What shows nothing though it is no blank to Unicode: joiners, fillers, inherent vowels, variation selectors, braille."""
_DRAWN = re.compile(
    "(?:LATIN LETTER SMALL CAPITAL|(?:NEGATIVE )?(?:CIRCLED|SQUARED) LATIN CAPITAL LETTER"
    "|REGIONAL INDICATOR SYMBOL LETTER) ([A-Z])"
)
"""Names of characters that are a letter in another size, or in a frame; Unicode's table has some of them only."""
_OWN = str.maketrans("iкмαβεκνορτυχ", "lkmabekvoptux")
"""What that table has not, for the sake of case: I is like l, and so is i then; letters whose capitals are like ours."""


def look(name: str) -> str:
    """Equal for names that look the same to a reader who does not look closely, however they are written.

    What is stored of it is recomputed by setting it to null.
    """
    shown = name
    for _ in range(_TURNS):
        turned = _turned(shown)
        if turned == shown:
            break
        shown = turned
    return shown


def looks(name: str) -> frozenset[str]:
    """The looks of a name in capitals, in small letters, and as it is: of some letters only one kind is like ours."""
    if name.isascii():
        return frozenset((look(name),))
    return frozenset(map(look, (name, name.lower(), name.upper(), name.title())))


def bare(name: str) -> str:
    """The look of a name without the marks on its letters, and without what is neither letter nor digit."""
    return look("".join(character for character in unicodedata.normalize("NFKD", look(name)) if character.isalnum()))


def _turned(text: str) -> str:
    """One substitution further: of UTS 39, and of case."""
    letters = text if text.isascii() else unicodedata.normalize("NFKD", text)
    kept = "".join(map(_stands_for, letters))
    return _once(unicodedata.normalize("NFKD", kept))


def _once(text: str) -> str:
    """Each mark once on its letter: the second one is drawn over the first."""
    if text.isascii():
        return text
    return "".join(sign if unicodedata.combining(sign) else sign * len(list(run)) for sign, run in groupby(text))


@lru_cache(maxsize=4096)
def _stands_for(character: str) -> str:
    """What a character would be taken for, "" for what shows nothing."""
    if character.isspace() or character in _BLANK or unicodedata.category(character) in {"Cf", "Cc"}:
        return ""
    drawn = _DRAWN.fullmatch(unicodedata.name(character, ""))
    letter = drawn[1] if drawn else character.translate(_OWN)
    return _prototypes().get(letter, letter).casefold().translate(_OWN)


@cache
def _prototypes() -> dict[str, str]:
    """Which character or sequence Unicode's table puts in the place of another."""
    from confusable_homoglyphs.confusables import confusables_data  # a megabyte

    pairs: defaultdict[str, set[str]] = defaultdict(set)
    for one, others in confusables_data.items():
        for other in others:
            pairs[_plain(one)].add(_plain(other["c"]))
            pairs[_plain(other["c"])].add(_plain(one))
    # the table tells pairs, not directions: a prototype has many, or is a sequence, or else the smaller of the two
    return {
        one: other
        for one, (other, *more) in pairs.items()
        if not more and len(one) == 1 and (len(other) > 1 or len(pairs[other]) > 1 or other < one)
    }


def _plain(shown: str) -> str:
    """What is between the marks of direction that the table puts around Arabic."""
    return shown.strip("\u200e")
