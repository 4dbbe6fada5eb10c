"""`LibraryChanged`: what screens are told when the library changed."""

from __future__ import annotations

from textual.message import Message

from forumtui.reader.rows import AccountKey, Changed, TopicKey, What


class LibraryChanged(Message, bubble=False):
    """What changed since the last such message; many changes arrive as one."""

    def __init__(self, changes: frozenset[Changed]) -> None:
        super().__init__()
        self.changes = changes

    def touches(self, *what: What) -> bool:
        """Whether anything of these kinds changed."""
        return any(change.what in what for change in self.changes)

    def touches_topic(self, topic: TopicKey, account: AccountKey) -> bool:
        """Whether posts of this topic may have changed."""
        return any(
            change.what in {What.POSTS, What.TOPICS, What.OUTBOX}
            and change.topic in {None, topic}
            and change.account in {None, account}
            for change in self.changes
        )
