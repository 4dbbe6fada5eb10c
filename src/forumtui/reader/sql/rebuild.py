# ruff: noqa: S608 - statements are made of schema words and of this module's own; values are always bound
"""A library anew: from the small files first, then from what a damaged one still holds.

Whatever is read of posts is kept as exactly as the remains allow; where they do not say, a post counts as unread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field

import apsw

from forumtui.model import Body, Format
from forumtui.reader.rows import AccountKey
from forumtui.reader.sql import mirrored, remnants, states
from forumtui.reader.sql.accounts import ACCOUNT
from forumtui.reader.sql.boards import BOARD
from forumtui.reader.sql.columns import every, one
from forumtui.reader.sql.postrows import POST
from forumtui.reader.sql.salvage import Found, Remains, is_spoilt
from forumtui.reader.sql.topics import TOPIC
from forumtui.text.fold import fold
from forumtui.text.said import said
from forumtui.values import quick_dataclass

_UNKNOWN_TITLE = "(this title is fetched again)"


@quick_dataclass(slots=True)
class Regained:
    """What came back, what did not, and in how many topics it is not sure what was read."""

    accounts: int = 0
    texts: int = 0
    topics: int = 0
    posts: int = 0
    lost_accounts: int = 0
    lost_topics: int = 0
    lost_posts: int = 0
    bare: int = 0
    """Posts without their text."""
    unsure: set[int] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    """Tables of which more may be lost than anybody can count."""


def texts(connection: apsw.Connection, accounts: Iterable[Found], rows: Iterable[Found]) -> list[str]:
    """Take over what the small files know; returns the uids of the rows seen.

    A row brings its account along, so that it comes back where the accounts' own files are gone.
    """
    for account in accounts:
        mirrored.restore_account(connection, account)
    seen: list[str] = []
    for row in rows:
        mirrored.restore_row(connection, row)
        seen.append(str(row.get("uid")))
    return seen


class Rebuild:
    """Copies what is left of one library into an empty one; foreign keys are to be off meanwhile."""

    def __init__(self, connection: apsw.Connection, remains: Remains) -> None:
        self.regained = Regained()
        self._connection = connection
        self._remains = remains
        self._accounts: dict[int, int] = {}
        """The old key of each account, and its new one."""
        self._topics: dict[int, Found] = {}
        """What the old library knew of each topic that is kept."""
        self._posts: dict[int, dict[int, int]] = defaultdict(dict)
        """By topic: the posts that are kept, and their places in it."""
        self._torn: set[int] = set()
        """Topics of which something is missing: all of them is asked for again."""

    def run(self) -> Regained:
        """Everything in its order: what hangs on something comes after it."""
        self._take_accounts()
        self._take_outgoing()
        self._take_boards()
        self._take_topics()
        self._take_members()
        self._take_posts()
        self._take_unread()
        self._tie()
        self._take_spans()
        self._take_rest()
        tally = self.regained
        tally.accounts = self._count("SELECT count(*) FROM account")
        tally.texts = self._count(f"SELECT count(*) FROM outgoing WHERE state NOT IN {states.OVER}")
        tally.unknown = self._remains.incomplete
        tally.topics = len(self._topics)
        tally.posts = sum(len(posts) for posts in self._posts.values())
        return tally

    def _count(self, sql: str) -> int:
        found = one(self._connection, sql)
        return int(found[0]) if found else 0

    def _insert(self, table: str, row: Mapping[str, object]) -> bool:
        return mirrored.insert(self._connection, table, dict(row))

    # -- what the user made

    def _take_accounts(self) -> None:
        """The small files came first; what they do not hold, such as the forum's pages, comes from here."""
        names = self._remains.by_index("account", "sqlite_autoindex_account_2", ("identity",))
        for key in sorted(self._remains.keys("account") | names.keys()):
            whole = self._remains.row("account", key)
            row = whole or self._remains.spoilt_row("account", key) or {}
            row = remnants.readable(ACCOUNT, {**names.get(key, {}), **row})
            identity = row.get("identity")
            if not isinstance(identity, str) or not identity:
                self.regained.lost_accounts += key not in self._mirrored()
                continue
            mirrored.restore_account(self._connection, {**row, "key": key})
            mirrored.placeholder(self._connection, identity)
            self._accounts[key] = self._account(identity)
            if whole is not None:
                mirrored.complete_account(self._connection, self._accounts[key], row)
        for key in self._mirrored():
            self._accounts.setdefault(key, key)

    def _mirrored(self) -> set[int]:
        return {key for (key,) in every(self._connection, "SELECT key FROM account")}

    def _account(self, identity: str) -> int:
        found = one(self._connection, "SELECT key FROM account WHERE identity = ?", (identity,))
        assert found is not None
        return AccountKey(found[0])

    def _take_outgoing(self) -> None:
        """A row that was written over is taken only where no small file has it: its revision may be wrong too."""
        identities: dict[int, str] = dict(every(self._connection, "SELECT key, identity FROM account"))
        for key in sorted(self._remains.keys("outgoing")):
            row = self._remains.row("outgoing", key)
            spoilt = None if row is not None else self._remains.spoilt_row("outgoing", key)
            found = row or spoilt
            if found is None or "uid" not in found:
                continue
            known = one(self._connection, "SELECT 1 FROM outgoing WHERE uid = ?", (found["uid"],))
            if (spoilt is not None and known) or self._is_twin(found):
                continue
            account = self._accounts.get(found.get("account", 0))
            identity = identities.get(account) if account is not None else None
            found["identity"] = identity or f"lost:{found.get('account')}"
            mirrored.restore_row(self._connection, remnants.outgoing(found))

    def _is_twin(self, found: Found) -> bool:
        """Whether it is a row that a small file has, but for its name, which was written over: else it went out twice."""
        same = "SELECT 1 FROM outgoing WHERE uid != ? AND created = ? AND text = ?"
        return one(self._connection, same, (found["uid"], found.get("created"), found.get("text"))) is not None

    # -- what was fetched, and what is read of it

    def _take_boards(self) -> None:
        """Without their sums: the topics that come bring them along."""
        index = self._remains.by_index("board", "sqlite_autoindex_board_1", ("account", "id"))
        for key in sorted(self._remains.keys("board") | index.keys()):
            row = self._remains.row("board", key) or {"title": "", **index.get(key, {}), "key": key}
            account = self._accounts.get(row.get("account", 0))
            if account is not None and row.get("id"):
                row["title"] = row["title"] or row["id"]
                sums = {"topics": 0, "unread": 0, "unread_topics": 0}
                self._insert("board", {**remnants.readable(BOARD, row), **sums, "account": account})

    def _take_topics(self) -> None:
        boards: dict[int, int] = dict(every(self._connection, "SELECT key, account FROM board"))
        first = {account: board for board, account in sorted(boards.items(), reverse=True)}
        index = self._remains.by_index("topic", "sqlite_autoindex_topic_1", ("account", "id"))
        places = self._remains.by_index("topic", "topic_board", ("board",))
        for key in sorted(self._remains.keys("topic") | index.keys()):
            row = self._remains.row("topic", key)
            if row is None:
                row = {"title": _UNKNOWN_TITLE, "folded": "", **places.get(key, {}), **index.get(key, {}), "key": key}
                self.regained.unsure.add(key)
                self._torn.add(key)
            account = self._accounts.get(row.get("account", 0))
            board: int | None = row.get("board")
            if boards.get(board or 0) != account:  # the next header that the forum sends puts it where it belongs
                board = first.get(account or 0)
            row = remnants.readable(TOPIC, {**row, "account": account, "board": board})
            counted = {"cached": 0, "cached_unread": 0, "post_bookmarks": 0}
            if account is None or board is None or not row.get("id") or not self._insert("topic", {**row, **counted}):
                self.regained.lost_topics += 1
                self.regained.unsure.discard(key)
                continue
            self._connection.execute("INSERT INTO topic_text (rowid, title) VALUES (?, ?)", (key, fold(row["title"])))
            self._topics[key] = row

    def _take_members(self) -> None:
        for key in sorted(self._remains.keys("member")):
            row = self._remains.row("member", key)
            if row is not None and row["account"] in self._accounts:
                self._insert("member", {**row, "account": self._accounts[row["account"]]})

    def _take_posts(self) -> None:
        """Of a post that can not be read its place and its number are kept, so that it stays read if it was."""
        index = self._remains.by_index("post", "sqlite_autoindex_post_1", ("account", "id"))
        places = self._remains.by_index("post", "post_outline", ("topic", "sort", "created"))
        for key in sorted(self._remains.keys("post") | (index.keys() & places.keys())):
            row = self._remains.row("post", key)
            body = self._remains.row("body", key, "post")
            whole = row is not None and (body is not None or row["deleted"] or row["hidden"] or row.get("event"))
            row = row or {**places.get(key, {}), **index.get(key, {}), "key": key}
            topic = row.get("topic", 0)
            account = self._accounts.get(row.get("account", 0))
            if topic not in self._topics or account is None:
                continue
            if not whole:
                self._torn.add(topic)
                self.regained.bare += 1
            if not self._insert("post", {**remnants.readable(POST, row), "account": account}):
                continue
            self._posts[topic][key] = row["sort"]
            text = ""
            if body is not None and self._insert("body", body):
                text = said(Body(str(body["source"]), Format.of(str(body["format"]))))
            if text or row.get("subject"):
                self._connection.execute(
                    "INSERT INTO post_text (rowid, subject, body) VALUES (?, ?, ?)",
                    (key, fold(row.get("subject")), fold(text)),
                )

    def _take_unread(self) -> None:
        """Which posts are unread; where that is lost, so many of the newest as the topic says are."""
        rows, failed = self._remains.rows_of("unread", self._topics)
        names = self._remains.columns.get("unread", [])
        marked: dict[int, set[int]] = defaultdict(set)
        for row in rows:
            values = dict(zip(names, row, strict=True))
            marked[values["topic"]].add(values["post"])
        for topic, about in self._topics.items():
            unread = self._unread(topic, about, marked[topic], topic in failed)
            self._connection.executemany(
                "INSERT OR IGNORE INTO unread VALUES (?, ?, ?)",
                [(topic, self._posts[topic][post], post) for post in sorted(unread)],
            )
            self._settle(topic, about, marked[topic], unread)

    def _unread(self, topic: int, about: Found, marked: set[int], failed: bool) -> set[int]:
        posts = self._posts[topic]
        unread = marked & posts.keys()
        known = about.get("cached_unread", len(posts) if failed else len(marked))
        missing = known - len(marked)
        if missing > 0 and posts:
            self.regained.unsure.add(topic)
            newest = sorted(posts.keys() - unread, key=lambda post: (posts[post], post), reverse=True)
            unread.update(newest[:missing])
        elif failed and missing:
            self.regained.unsure.add(topic)
        return unread

    def _settle(self, topic: int, about: Found, marked: set[int], unread: set[int]) -> None:
        """Bring the topic's counts up to date; posts that are gone and were read arrive read again."""
        posts = self._posts[topic]
        gone = max(0, about.get("cached", 0) - len(posts))
        gone_unread = min(gone, max(0, max(len(marked), about.get("cached_unread", 0)) - len(unread)))
        read = gone - gone_unread
        self.regained.lost_posts += gone
        until = about.get("caught_up")
        if gone:
            self._torn.add(topic)
            if read and not gone_unread:
                until = self._read_until(topic, about, until)
            if read and unread | marked:
                self.regained.unsure.add(topic)
        self._connection.execute(
            "UPDATE topic SET cached = ?1, cached_unread = ?2, caught_up = ?3,"
            " skipped = min(skipped + ?4, max(0, coalesce(total - ?1, skipped + ?4))),"
            " post_bookmarks = (SELECT count(*) FROM post WHERE topic = ?5 AND bookmarked = 1) WHERE key = ?5",
            (len(posts), len(unread), until, read, topic),
        )

    def _read_until(self, topic: int, about: Found, until: int | None) -> int | None:
        """Until when all is read: before the first unread post, or to the topic's end."""
        found = one(
            self._connection,
            "SELECT min(p.created) - 1 FROM unread AS u JOIN post AS p ON p.key = u.post WHERE u.topic = ?",
            (topic,),
        )
        reached = found[0] if found is not None and found[0] is not None else about.get("last_post")
        return reached if until is None or reached is None else max(until, reached)

    # -- what ties it together

    def _tie(self) -> None:
        """Let go of references to what is not here."""
        authorless = every(
            self._connection,
            "UPDATE post SET author = NULL WHERE author NOT IN (SELECT key FROM member) RETURNING topic",
        )
        self._torn.update(topic for (topic,) in authorless)
        for table, column, target in (
            ("topic", "author", "member"),
            ("post", "parent", "post"),
            ("board", "parent", "board"),
        ):
            self._connection.execute(
                f"UPDATE {table} SET {column} = NULL WHERE {column} NOT IN (SELECT key FROM {target})"
            )

    def _take_spans(self) -> None:
        """Which stretches are here without a gap; a topic with a hole has none, and is fetched again."""
        names = self._remains.columns.get("span", [])
        rows, failed = self._remains.rows_of("span", self._topics.keys() - self._torn)
        for row in rows:
            values = dict(zip(names, row, strict=True))
            if values["topic"] not in failed and not is_spoilt(values):
                self._insert("span", values)

    def _take_rest(self) -> None:
        """Where the reader was, likes that are to be told, what can be undone.

        Not the cursors: the forum is asked for everything, so that what is lost comes back.
        """
        for row in self._remains.whole("wish"):
            if row["account"] in self._accounts:
                self._insert("wish", {**row, "account": self._accounts[row["account"]]})
        if all(old == new for old, new in self._accounts.items()):
            for table in ("resume", "undo"):
                for row in self._remains.whole(table):
                    if remnants.holds(table, row):
                        self._insert(table, row)
