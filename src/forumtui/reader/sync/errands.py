"""Becoming known to a forum by what somebody does in a browser meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

from forumtui.backends.api import Driver, GrantedElsewhere
from forumtui.errors import AuthRequired, Offline, RateLimited, UsageError
from forumtui.reader.library.door import Show
from forumtui.reader.sync.session import Clock


async def run_errand(
    driver: Driver, location: str, options: Mapping[str, str], show: Show, clock: Clock
) -> Mapping[str, str]:
    """The options that come of it.  A lost line is waited for; raises `AuthRequired` when the time is over."""
    if not hasattr(driver, "begin_log_in"):
        raise UsageError("One does not log in there by a page in a browser.")
    elsewhere = cast("GrantedElsewhere", driver)
    errand = await elsewhere.begin_log_in(location, options)
    pasted = await show(errand)
    waited = 0.0
    while waited <= errand.lasts:
        pause = errand.interval
        try:
            found = await elsewhere.finish_log_in(location, options, errand, pasted)
        except Offline:
            found = None
        except RateLimited as error:
            found, pause = None, max(pause, error.retry_after)
        if found is not None:
            return found
        await clock.wait(asyncio.Event(), pause)
        waited += pause
    raise AuthRequired("That took too long; begin again.")
