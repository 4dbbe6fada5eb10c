"""What a body says without its markup: what is searched, and what is shown of it at a glance."""

from __future__ import annotations

from forumtui.model import Body, Format


def said(body: Body | None, *, spoilers: bool = True) -> str:
    """Its text, with its spoilers or without; Markdown and plain text say what they are.  "" for none."""
    if body is None:
        return ""
    if body.format != Format.HTML:
        return body.source
    from forumtui.text.html.words import words  # its parser loads only where it is needed

    return words(body.source, spoilers=spoilers)
