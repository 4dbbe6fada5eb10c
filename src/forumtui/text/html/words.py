"""What an HTML text says, without its layout: for searching, for a glance, and where its markup would take too long."""

from __future__ import annotations

from justhtml import stream

from forumtui.text.html.tree import BLOCKS, UNSEEN, VOID

MOST_READ = 1_000_000
"""Characters of an HTML text that are ever looked at for its words."""
_SPOILERS = frozenset(("spoiler", "spoiled"))
_HIDDEN = (UNSEEN | {"iframe"}) - VOID


def words(source: str, *, spoilers: bool = True) -> str:
    """The text that is shown, blocks apart by a line feed, pictures as the words that stand for them.

    Without ``spoilers`` an ellipsis stands for each.
    """
    pieces: list[str] = []
    unseen, within = "", 0
    kept = 0
    for event in stream(source[:MOST_READ]):
        match event:
            case ("text", str(text)) if not unseen:
                pieces.append(text if kept > 0 else text.replace("\n", " "))
            case ("start", (str(name), attributes)) if not unseen:
                name = name.lower()
                kept += name == "pre"
                spoiler = not spoilers and not _SPOILERS.isdisjoint((attributes.get("class") or "").split())
                if name in _HIDDEN or (spoiler and name not in VOID):
                    pieces.append("…" if spoiler else " ")
                    unseen, within = name, 1
                elif name in BLOCKS or name == "br":
                    pieces.append("\n")
                elif name == "img":
                    pieces.append(f" {attributes.get('alt') or ''} ")
            case ("start", (str(name), _)):
                within += name.lower() == unseen
            case ("end", str(name)):
                name = name.lower()
                kept -= name == "pre" and kept > 0
                within -= name == unseen
                if unseen and not within:
                    unseen = ""
                elif not unseen and name in BLOCKS:
                    pieces.append("\n")
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)
