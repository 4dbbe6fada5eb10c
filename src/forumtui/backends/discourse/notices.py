"""What a Discourse site tells a member.  Source: docs.discourse.org (notifications), the site's map of their types."""

from __future__ import annotations

import html
from collections.abc import Mapping

from forumtui.backends.discourse.reading import Site, named, plain
from forumtui.backends.web.fields import Fields
from forumtui.model import Cause, Notification, NotificationId, TopicId

RECENT: Mapping[str, str | int] = {"recent": "true", "limit": 30, "silent": "true"}
"""Asked for so, the site does not take them for seen."""
_CAUSES = {
    1: Cause.MENTION,
    15: Cause.MENTION,
    2: Cause.REPLY,
    3: Cause.REPLY,
    6: Cause.MESSAGE,
    7: Cause.MESSAGE,
    16: Cause.MESSAGE,
    9: Cause.WATCHED,
    17: Cause.WATCHED,
    36: Cause.WATCHED,
}
_WORDS = {
    4: "edits your post",
    5: "likes your post",
    8: "accepts your invitation",
    12: "gives you a badge",
    13: "invites you to a topic",
    18: "reminds you of a topic",
    19: "likes several posts of yours",
    22: "takes you into a group",
    24: "reminds you of a bookmark",
    25: "reacts to your post",
}
"""What those of no cause of ours tell; of others only what they are about is known."""


def notification(row: Fields, site: Site) -> Notification:
    """A row of the site's list; one of a type of tomorrow is told as what it is about."""
    kind = row.number("notification_type") or 0
    about = row.inner("data")
    topic, number = row.some_id("topic_id"), row.number("post_number")
    title = about.text("topic_title") or plain(html.unescape(row.text("fancy_title")))
    title = title or about.text("badge_name") or about.text("group_name")
    words = _WORDS.get(kind, "")
    return Notification(
        id=NotificationId(row.the_id()),
        kind=_CAUSES.get(kind, Cause.OTHER),
        title=": ".join(filter(None, [words, title])) or "something on the site",
        topic=None if topic is None else TopicId(topic),
        post=named(topic, number) if topic is not None and number else None,
        who=about.text("display_username") or about.text("username") or None,
        created=row.time("created_at"),
        read=row.flag("read"),
        url=None if topic is None else site.address(f"t/{topic}/{number}" if number else f"t/{topic}"),
    )
