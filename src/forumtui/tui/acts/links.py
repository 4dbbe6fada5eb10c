"""Going where a link leads."""

from __future__ import annotations

import os

from forumtui.text.links import host, is_link
from forumtui.tui.desk import Desk


def go_to_link(desk: Desk, url: str) -> None:
    """Open a link in the browser; over SSH copy it instead, because the browser would open elsewhere."""
    if not is_link(url):
        desk.say("This link leads to nothing that can be opened.", "warning")
        return
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        desk.app.copy_to_clipboard(url)
        desk.say(f"Copied: {url}")
        return
    desk.app.open_url(url)
    desk.say(f"Opened {host(url)} in the browser.")
