"""Full text: what is here, newest first, merged with what the backends' own search found; a few words around each."""

from __future__ import annotations

import re
from collections.abc import Sequence

import apsw

from forumtui.model import Body, Format, Hit, Millis
from forumtui.reader.rows import AccountKey, HitRow, PostKey, SearchResult, TopicKey
from forumtui.reader.sql import feed, topics
from forumtui.reader.sql.columns import every, json_list, millis, one
from forumtui.text.fold import ZERO_WIDTH_SPACE, fold, match_expression
from forumtui.text.said import said
from forumtui.text.sanitise import clean_line

WIDTH = 160
_WORD = re.compile(r'"[^"]*"?|\S+')


def snippet(text: str, query: str) -> str:
    """One line of about `WIDTH` characters of ``text``, with the first of the words sought in it."""
    place = _first(text, query)
    start = max(0, place - WIDTH // 3)
    if start:
        gap = text.find(" ", start, place)
        start = gap + 1 if gap >= 0 else start
    end = start + WIDTH
    cut_text = clean_line(text[start:end], WIDTH)
    return f"{'…' if start else ''}{cut_text}{'…' if end < len(text) else ''}"


def _first(text: str, query: str) -> int:
    """Where the first word sought stands; folding hardly moves it, so a search in the folded text will do."""
    folded = fold(text).replace(ZERO_WIDTH_SPACE, "")
    words = [fold(word.strip('"')).replace(ZERO_WIDTH_SPACE, "") for word in _WORD.findall(query)]
    places = [place for word in words if word and (place := folded.find(word)) >= 0]
    return min(places, default=0)


_NEWEST = 5000
"""Only so many of the posts that arrived last are looked at: a common word costs no more than a rare one."""


def put_hits(
    connection: apsw.Connection, account: AccountKey, query: str, hits: Sequence[Hit], error: str | None, now: Millis
) -> None:
    """Store a backend's answer to a query in place of its last one."""
    wanted = _canonical(query)
    connection.execute("DELETE FROM search WHERE at < ?", (now - 24 * 3600 * 1000,))
    connection.execute("DELETE FROM hit WHERE account = ? AND query = ?", (account, wanted))
    connection.execute("INSERT OR REPLACE INTO search VALUES (?, ?, ?, ?)", (account, wanted, now, error))
    topics.merge(connection, account, [hit.topic for hit in hits], partial=True)
    for place, hit in enumerate(hits):
        known = one(connection, "SELECT key FROM post WHERE account = ? AND id = ?", (account, hit.post.id))
        if known is None:
            feed.merge_post(connection, account, hit.post)
            known = one(connection, "SELECT key FROM post WHERE account = ? AND id = ?", (account, hit.post.id))
        assert known is not None
        connection.execute("INSERT INTO hit VALUES (?, ?, ?, ?)", (account, wanted, place, known[0]))


def _canonical(query: str) -> str:
    return " ".join(query.split())


def search(connection: apsw.Connection, query: str, *, account: AccountKey | None, limit: int) -> SearchResult:
    """See `forumtui.reader.library.reading.Reading.search`."""
    expression = match_expression(query)
    accounts = _searched(connection, account)
    here = _here(connection, expression, accounts, limit) if expression else {}
    there = _there(connection, _canonical(query), accounts)
    found = sorted({*here, *there}, key=lambda key: (-(here.get(key) or there.get(key) or (0,))[0], key))[:limit]
    titles = _titles(connection, expression, accounts, limit) if expression else []
    rows = _rows(connection, query, found, {key for key in found if key not in here})
    told = {row.topic.key for row in rows}
    rows += [
        HitRow(PostKey(0), topic, topic.author.name if topic.author else None, topic.created, topic.title, "here")
        for topic in topics.many(connection, titles)
        if topic.key not in told
    ]
    rows.sort(key=lambda row: -(row.created or 0))
    covered, complete = _covered(connection, _canonical(query), accounts)
    return SearchResult(tuple(rows[:limit]), covered, complete)


def _searched(connection: apsw.Connection, account: AccountKey | None) -> list[AccountKey]:
    if account is not None:
        return [account]
    return [
        AccountKey(key)
        for (key,) in every(connection, "SELECT key FROM account WHERE listed = 1 ORDER BY position, key")
    ]


def _here(
    connection: apsw.Connection, expression: str, accounts: Sequence[AccountKey], limit: int
) -> dict[int, tuple[int]]:
    """(time,) of each post found, newest first."""
    found = every(
        connection,
        """
        SELECT p.key, coalesce(p.created, 0) FROM (SELECT rowid AS key FROM post_text WHERE post_text MATCH ? ORDER BY rowid DESC LIMIT ?) AS f
        CROSS JOIN post AS p ON p.key = f.key
        WHERE p.account IN (SELECT value FROM json_each(?)) ORDER BY p.created DESC, p.key LIMIT ?
        """,
        (expression, _NEWEST, json_list(accounts), limit),
    )
    return {key: (created,) for key, created in found}


def _there(connection: apsw.Connection, query: str, accounts: Sequence[AccountKey]) -> dict[int, tuple[int]]:
    found = every(
        connection,
        "SELECT p.key, coalesce(p.created, 0) FROM hit AS h JOIN post AS p ON p.key = h.post"
        " WHERE h.query = ? AND h.account IN (SELECT value FROM json_each(?))",
        (query, json_list(accounts)),
    )
    return {key: (created,) for key, created in found}


def _titles(connection: apsw.Connection, expression: str, accounts: Sequence[AccountKey], limit: int) -> list[TopicKey]:
    found = every(
        connection,
        """
        SELECT t.key FROM (SELECT rowid AS key FROM topic_text WHERE topic_text MATCH ? ORDER BY rowid DESC LIMIT ?) AS f
        CROSS JOIN topic AS t ON t.key = f.key WHERE t.account IN (SELECT value FROM json_each(?)) ORDER BY t.rank LIMIT ?
        """,
        (expression, _NEWEST, json_list(accounts), limit),
    )
    return [TopicKey(key) for (key,) in found]


def _rows(connection: apsw.Connection, query: str, keys: Sequence[int], foreign: set[int]) -> list[HitRow]:
    found = every(
        connection,
        """
        SELECT p.key, p.topic, m.name, p.created, d.source, d.format, p.subject FROM json_each(?) AS wanted
        CROSS JOIN post AS p ON p.key = wanted.value LEFT JOIN member AS m ON m.key = p.author LEFT JOIN body AS d ON d.post = p.key
        ORDER BY wanted.key
        """,
        (json_list(keys),),
    )
    about = {topic.key: topic for topic in topics.many(connection, sorted({TopicKey(row[1]) for row in found}))}
    return [
        HitRow(
            PostKey(key),
            about[TopicKey(topic)],
            author,
            millis(created),
            snippet(_said(source, form, spoilers=False) or subject or "", query),
            "forum" if key in foreign else "here",
        )
        for key, topic, author, created, source, form, subject in found
    ]


def _said(source: str | None, form: str | None, *, spoilers: bool = True) -> str:
    return "" if source is None else said(Body(source, Format.of(form or "")), spoilers=spoilers)


def _covered(connection: apsw.Connection, query: str, accounts: Sequence[AccountKey]) -> tuple[str, bool]:
    """Which forums were searched where, as a sentence, and whether every one of them answered."""
    found = every(
        connection,
        "SELECT coalesce(nullif(a.title, ''), a.name), s.at, s.error FROM json_each(?) AS wanted CROSS JOIN account AS a"
        " ON a.key = wanted.value LEFT JOIN search AS s ON s.account = a.key AND s.query = ? ORDER BY wanted.key",
        (json_list(accounts), query),
    )
    asked = [title for title, at, error in found if at is not None and error is None]
    failed = [f"{title} ({error})" for title, at, error in found if at is not None and error is not None]
    waiting = [title for title, at, _ in found if at is None]
    parts = [f"here: {len(found)} forum{'' if len(found) == 1 else 's'}"]
    parts += [f"{word}: {', '.join(names)}" for word, names in (("asked", asked), ("not reached", failed)) if names]
    return "; ".join(parts), not failed and not waiting


def find_in_topic(connection: apsw.Connection, topic: TopicKey, text: str) -> list[PostKey]:
    """See `forumtui.reader.library.reading.Reading.find_in_topic`."""
    wanted = fold(text)
    if not wanted.strip():
        return []
    posts = connection.execute(
        "SELECT p.key, d.source, d.format, p.subject, m.name FROM post AS p LEFT JOIN member AS m ON m.key = p.author"
        " LEFT JOIN body AS d ON d.post = p.key WHERE p.topic = ? ORDER BY p.sort, p.key",
        (topic,),
    )
    return [
        PostKey(key)
        for key, source, form, *others in posts
        if any(wanted in fold(part) for part in (*others, _said(source, form)))
    ]
