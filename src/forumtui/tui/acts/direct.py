"""Having the forum do something at once, while the keys go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from forumtui.model import Act
from forumtui.rows import AccountKey
from forumtui.tui.desk import Desk


def carry_out(
    desk: Desk,
    account: AccountKey,
    act: Act,
    *,
    doing: str,
    done: str,
    held: str = "The moderators will look at it.",
    then: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Say what is under way, then what came of it; a refusal or a lost line becomes its sentence.

    ``held`` is said where somebody else decides.  One act does not wait for another.
    """

    async def job() -> None:
        receipt = await desk.engine.act(account, act)
        desk.say(held if receipt.outcome == "held" else done, "success")
        if then is not None:
            await then()

    desk.screen.say(f"{doing} …", seconds=None)
    desk.background(job, "acts", exclusive=False)
