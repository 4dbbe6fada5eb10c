"""Which stretches of a topic are here without a gap, and what to fetch next."""

from __future__ import annotations

from dataclasses import replace

import apsw

from forumtui.model import Page, Place, Post, Window
from forumtui.reader.rows import TopicKey
from forumtui.reader.sql.columns import every, one
from forumtui.values import quick_dataclass

END = ""
"""As a cursor: there is nothing more that way.  None: nobody knows."""


@quick_dataclass(frozen=True, slots=True)
class Span:
    """A contiguous stretch, by `Post.sort`, and the cursors that lead on from its ends."""

    low: int
    high: int
    before: str | None
    after: str | None


def of_topic(connection: apsw.Connection, topic: TopicKey) -> list[Span]:
    """All stretches, in order."""
    return [
        Span(*row)
        for row in every(connection, "SELECT low, high, before, after FROM span WHERE topic = ? ORDER BY low", (topic,))
    ]


def _store(connection: apsw.Connection, topic: TopicKey, spans: list[Span]) -> None:
    connection.execute("DELETE FROM span WHERE topic = ?", (topic,))
    connection.executemany(
        "INSERT INTO span (topic, low, high, before, after) VALUES (?, ?, ?, ?, ?)",
        [(topic, span.low, span.high, span.before, span.after) for span in spans],
    )


def add_page(connection: apsw.Connection, topic: TopicKey, window: Window, page: Page[Post]) -> bool:
    """Remember a window: it joins what it overlaps, and the stretch whose cursor led to it.  Whether that is news."""
    spans = of_topic(connection, topic)
    before = END if page.before is None else str(page.before)
    after = END if page.after is None else str(page.after)
    led = _led_from(spans, window)
    if page.items:
        added = Span(min(post.sort for post in page.items), max(post.sort for post in page.items), before, after)
    elif led is not None:  # nothing was found further on
        added = replace(led, after=after) if window.place is Place.AFTER else replace(led, before=before)
    else:
        return False
    joined = _join(spans, added, led)
    if joined == spans:
        return False
    _store(connection, topic, joined)
    return True


def _led_from(spans: list[Span], window: Window) -> Span | None:
    """The stretch whose cursor was asked for."""
    for span in spans:
        if window.place is Place.AFTER and span.after == window.at and window.at:
            return span
        if window.place is Place.BEFORE and span.before == window.at and window.at:
            return span
    return None


def _join(spans: list[Span], added: Span, led: Span | None) -> list[Span]:
    """The stretches with one more; what overlaps becomes one, and the newest word on an end holds."""
    apart: list[Span] = []
    whole = added
    for span in sorted(spans, key=lambda span: span is not led):
        if span is led or (span.low <= whole.high and whole.low <= span.high):
            low = span if span.low < whole.low else whole
            high = span if span.high > whole.high else whole
            whole = Span(low.low, high.high, low.before, high.after)
        else:
            apart.append(span)
    return sorted([*apart, whole], key=lambda span: span.low)


def add_post(connection: apsw.Connection, topic: TopicKey, post: Post, *, follows: bool) -> None:
    """Remember a post that came alone.  ``follows``: it is known to stand right behind what was the end."""
    spans = of_topic(connection, topic)
    if any(span.low <= post.sort <= span.high for span in spans):
        return
    earlier = [span for span in spans if span.high < post.sort]
    if earlier and (follows or _numbered_next(connection, topic, earlier[-1].high, post)):
        last = earlier[-1]
        end = END if follows or last.after == END else None
        grown = Span(last.low, post.sort, last.before, end)
        _store(connection, topic, [grown if span is last else span for span in spans])
    else:
        _store(connection, topic, sorted([*spans, Span(post.sort, post.sort, None, None)], key=lambda span: span.low))


def _numbered_next(connection: apsw.Connection, topic: TopicKey, sort: int, post: Post) -> bool:
    """Whether the forum's own numbers say that nothing stands between."""
    if post.number is None:
        return False
    found = one(connection, "SELECT number FROM post WHERE topic = ? AND sort = ?", (topic, sort))
    return found is not None and found[0] is not None and int(found[0]) + 1 == post.number


def at_end(connection: apsw.Connection, topic: TopicKey) -> bool:
    """Whether the newest stretch is known to reach the topic's end."""
    spans = of_topic(connection, topic)
    return bool(spans) and spans[-1].after == END


def whole(connection: apsw.Connection, topic: TopicKey) -> bool:
    """Whether one stretch reaches from the topic's start to its end."""
    spans = of_topic(connection, topic)
    return len(spans) == 1 and spans[0].before == END and spans[0].after == END


def gaps(connection: apsw.Connection, topic: TopicKey) -> tuple[bool, list[int], bool]:
    """Whether posts are missing at the start, the sorts of the posts before which some are missing, and at the end."""
    found = one(connection, "SELECT total, cached FROM topic WHERE key = ?", (topic,))
    if found is None or (found[0] is not None and found[1] >= found[0]):
        return False, [], False
    spans = of_topic(connection, topic)
    if not spans:
        return False, [], found[0] != 0
    return spans[0].before != END, [span.low for span in spans[1:]], spans[-1].after != END


def next_window(connection: apsw.Connection, topic: TopicKey, limit: int) -> Window | None:
    """What to fetch so that the topic becomes whole: its end first, then backwards through the gaps."""
    at_start, between, behind = gaps(connection, topic)
    spans = of_topic(connection, topic)
    if not spans:
        return Window(Place.END if _mostly_read(connection, topic) else Place.START, "", limit) if behind else None
    if behind:
        return _onward(connection, topic, spans[-1], limit)
    if between:
        return _backward(connection, topic, spans[-1], limit)
    return _backward(connection, topic, spans[0], limit) if at_start else None


def _mostly_read(connection: apsw.Connection, topic: TopicKey) -> bool:
    found = one(connection, "SELECT skipped > 0 FROM topic WHERE key = ?", (topic,))
    return found is not None and bool(found[0])


def _onward(connection: apsw.Connection, topic: TopicKey, span: Span, limit: int) -> Window:
    if span.after:
        return Window(Place.AFTER, span.after, limit)
    return _around(connection, topic, span.high, limit)


def _backward(connection: apsw.Connection, topic: TopicKey, span: Span, limit: int) -> Window:
    if span.before:
        return Window(Place.BEFORE, span.before, limit)
    return _around(connection, topic, span.low, limit)


def _around(connection: apsw.Connection, topic: TopicKey, sort: int, limit: int) -> Window:
    found = one(connection, "SELECT id FROM post WHERE topic = ? AND sort = ?", (topic, sort))
    return Window(Place.POST, found[0], limit) if found else Window(Place.END, "", limit)
