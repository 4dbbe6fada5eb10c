"""The promises of `forumtui.backends.api`, as tests that an author's own test class inherits.

    class TestMyForum(BackendContract):
        @asynccontextmanager
        async def open(self, me: str) -> AsyncIterator[Stage]:
            async with ready_store() as store, my_backend_talking_to(store, me) as backend:
                yield Stage(backend, store)

Where a forum lacks something, a class attribute says so (``can_write = False``), and the same tests hold that it is
refused.  ``open`` begins with an empty forum; the tests fill and change it through ``store``, behind the backend's back.
"""

from __future__ import annotations

from forumtui.testing.contract.acts import WritingContract
from forumtui.testing.contract.feed import FeedContract
from forumtui.testing.contract.lists import ReadingContract
from forumtui.testing.contract.moderation import ModerationContract
from forumtui.testing.contract.orders import OrdersContract
from forumtui.testing.contract.queue import QueueContract
from forumtui.testing.contract.removal import RemovalContract
from forumtui.testing.contract.stage import Stage
from forumtui.testing.contract.windows import WindowContract

__all__ = ["BackendContract", "Stage"]


class BackendContract(
    ReadingContract,
    OrdersContract,
    WindowContract,
    WritingContract,
    FeedContract,
    ModerationContract,
    RemovalContract,
    QueueContract,
):
    """Everything that a backend promises."""
