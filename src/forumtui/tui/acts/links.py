"""Going where a link leads."""

from __future__ import annotations

import os

from forumtui.errors import UsageError
from forumtui.text.links import host, is_link
from forumtui.tui.desk import Desk


def go_to_link(desk: Desk, url: str) -> None:
    """Open a link in the browser; copy it instead over SSH, where it would open elsewhere, and where there is none."""
    if not is_link(url):
        desk.say("This link leads to nothing that can be opened.", "warning")
        return
    why = ""
    if not (os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY")):
        try:
            desk.app.open_url(url)
        except UsageError as error:
            why = f"{error}  "
        else:
            desk.say(f"Opened {host(url)} in the browser.")
            return
    desk.app.copy_to_clipboard(url)
    desk.say(f"{why}Copied: {url}")
