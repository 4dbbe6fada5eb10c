"""A forum in which every field is an attack on whoever reads it: for `forumtui selftest`, and for the tests."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import apsw

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, Body, NewTopic, Reply
from forumtui.sqlite.connection import connect, transaction

STEERING = (
    "\x1b[2J\x1b[31;5m\x1b]52;c;cHduZWQ=\x07\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\"
    "\x9b2J\x9d52;c;cHduZWQ=\x9c\x90q\x9c\x85\x07\b\r\x7f\x0b\x0c\x0e\x0f\x1bc\x1b#8\x1b(0"
    "\u2028\u2029\u202e\u202d\u202a\u2066\u2067\u200e\u200f\u061c\ufeff"
)
MARKUP = "[@click=app.quit]x[/] [/foo] [bold] [b][link=http://evil.example]y[/link] $x [[z]]"
ENCODED = "&#27;[2J &#x1b;]52;c;cHduZWQ=&#7; &#x9b;31m &#x202e; &#155;5n &#8232; &#xd800; &lt;b&gt; \\x1b[2J %1b[2J"
FLOODS = "Z" + "\u0301" * 200 + "👩" + "\u200d👩" * 120 + "\U000e0041" * 60 + "ก" + "ำ" * 50
LINKS = (
    "[a](javascript:alert(1)) [b](file:///etc/passwd) <javascript:x> [bank.example](https://good.example@evil.example/) "
    "https://good.example@evil.example https://xn--e1awd7f.example https://пример.example/x "
    "![i](data:text/html,x) [sp](<https://e.example/a b>) https://e.example/a%0a%1b[2J [nl](https://e.example/\nx)"
)
LINE = f"{STEERING}{MARKUP} {ENCODED} {FLOODS}"
"""A hostile one-line field."""
TEXT = "\n\n".join(
    (
        f"# {LINE}",
        f"{LINE} @{LINE[:40]}",
        f"> {LINE}\n>> {STEERING}",
        f"- {LINE}\n  - {LINE}",
        f"```{STEERING}\n{LINE}\n```",
        f"| a{STEERING} | b |\n|---|---|\n| {MARKUP} | {STEERING} |",
        f"`{STEERING}` **{STEERING}** [{STEERING}](http://e.example/{STEERING})",
        LINKS,
    )
)
"""A hostile body."""
WORD = "needle"
"""Stands in every body, for searches."""


async def build(path: Path, line: str = LINE, text: str = TEXT) -> None:
    """A forum in which ``line`` is every name and title, and ``text`` every body, in every format."""
    store = await SqliteForumStore.open(path, create=True, title="Hostile forum")
    try:
        outer = await store.house.add_board(BoardDraft(title="Outer"))
        board = await store.house.add_board(BoardDraft(title="Inner", parent=outer, leader="mallory"))
        for number in range(4):
            act = NewTopic(board, f"Topic {number}", Body(f"Opening {WORD}"), ("tag",))
            topic = (await store.perform("mallory", Action(f"t{number}", act))).topic
            assert topic is not None
            answered = None
            for reply in range(4):
                said = Reply(topic, Body(f"Answer {WORD}"), parent=answered, subject=f"Subject {reply}")
                author = ("mallory", "eve", "trudy")[reply % 3]
                answered = (await store.perform(author, Action(f"r{number}-{reply}", said))).post
    finally:
        await store.close()
    with closing(connect(path)) as connection, transaction(connection):
        _overwrite(connection, line, text)


def _overwrite(connection: apsw.Connection, line: str, text: str) -> None:
    """Past everything that cleans at entry."""
    short = line[:3000]
    run = connection.execute
    run("UPDATE forum SET title = ?1, tagline = ?1, notice = ?2, version = ?1, updated = ?1", (short, text))
    for slug in ("about", f"x{short}"):
        run("INSERT INTO page VALUES (?, 1, ?, ?, 'markdown')", (slug, short, text))
    run(
        "UPDATE member SET name = ?1 || id, role = CASE WHEN id = 1 THEN 'Admin' ELSE ?1 END, about = ?2", (short, text)
    )
    links = json.dumps([[short, short], [short, "javascript:alert(1)"], [short, "https://good.example@evil.example/"]])
    run(
        "UPDATE board SET title = ?1 || id, description = ?2, links = ?3, further_study = ?2, notice = ?2",
        (short, text, links),
    )
    run("UPDATE topic SET title = id || ?1, tags = ?2", (line, json.dumps([short, short])))
    run("UPDATE post SET subject = ?1 || (number / 2), marks = 3", (short,))
    run("UPDATE post SET source = ?1 || ' ' || source, mentions = ?2", (text, json.dumps([short])))
    for number, written in enumerate(("markdown", "plain", "html", "bbcode")):
        run("UPDATE post SET format = ? WHERE id % 4 = ?", (written, number))
    run("UPDATE forum SET feed = feed + 1, boards_n = feed + 1")
    run("UPDATE topic SET n = (SELECT feed FROM forum)")
