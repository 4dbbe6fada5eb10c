"""What an id or a cursor of any forum may be made of."""

from __future__ import annotations

import re

MOST_ID = 1000
"""Characters."""
_NOT_IN_IDS = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def is_id(text: str) -> bool:
    """Whether it can be an id or a cursor: these are compared and sent back, so they are never cleaned, but refused.

    Controls, ends of lines and lone surrogates are not let in; joiners and blanks of any width are somebody's spelling.
    """
    return len(text) <= MOST_ID and ((text.isascii() and text.isprintable()) or not _NOT_IN_IDS.search(text))
