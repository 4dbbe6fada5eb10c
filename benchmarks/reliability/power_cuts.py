"""The power goes at a random moment while drafts are typed, submitted and sent.

A disk in memory stands between the library and its files.  It keeps what was written apart from what was synced: a cut
leaves, of every sector that was written since, the new bytes, the old ones, or some of each; of every name that was
given or taken since its folder was synced, either.  What the library had answered for before the cut must be there
after it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
import socket
import tempfile
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.reliability.forgetful_disk import Cut, ForgetfulDisk
from benchmarks.reliability.tally import Tally

from forumtui.errors import ForumtuiError
from forumtui.model import BoardId, ForumInfo, Millis, PostId, Topic, TopicId
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountKey, OutState
from forumtui.reader.target import OutKind, Remote, Target

CUTS = 320


@dataclass
class Promised:
    """What the library had answered for: by uid, how far the text was, and its words."""

    rows: dict[str, tuple[OutState, str]] = field(default_factory=dict)
    trying: dict[str, tuple[OutState, str]] = field(default_factory=dict)
    """What was under way at the cut: it may be there or not."""
    taken: set[str] = field(default_factory=set)
    """What the forum has."""
    twice: int = 0


def run(seed: int, share: float) -> list[Tally]:
    """So many cuts, each on the library that the one before left; a new one now and then."""
    chance = random.Random(seed)
    cuts = max(2, round(CUTS * share))
    lost = doubled = stuck = torn = 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "home"
        promised = Promised()
        for number in range(cuts):
            if number % 8 == 0:
                shutil.rmtree(folder, ignore_errors=True)
                promised = Promised()
            disk = ForgetfulDisk(folder, random.Random(chance.random()), chance.randrange(1, 260))
            with disk:
                try:
                    asyncio.run(_write(folder, promised, random.Random(chance.random()), number))
                except (Cut, ForumtuiError):
                    if not disk.gone:
                        raise
                torn += disk.cut()
            try:
                lost += asyncio.run(_look(folder, promised))
            except Exception as error:  # noqa: BLE001 - whatever keeps it from opening is what is counted
                print(f"cut {number}: {error!r}")
                stuck += 1
                promised = Promised()
                shutil.rmtree(folder, ignore_errors=True)
            doubled, promised.twice = doubled + promised.twice, 0
    note = f"{torn:,} unsynced writes and names dropped or torn"
    return [Tally("power cuts while writing and sending", cuts, lost, doubled, stuck, note=note)]


async def _write(folder: Path, promised: Promised, chance: random.Random, number: int) -> None:
    """Act until the power goes."""
    library = await Library.open(folder)
    try:
        account = await _account(library)
        for step in itertools.count():
            await _act(library, account, promised, chance, f"{number}-{step}")
    finally:
        await library.close()


async def _account(library: Library) -> AccountKey:
    row = await library.accounts.put(
        name="one",
        driver="local",
        location="/one.db",
        identity="id-one",
        options={},
        info=ForumInfo("One"),
        listed=True,
        joined=None,
    )
    await library.accounts.set_delivery(row.key, "key")
    return row.key


async def _act(library: Library, account: AccountKey, promised: Promised, chance: random.Random, name: str) -> None:
    """One act; what it promises is noted when it has answered."""
    open_rows = [uid for uid, (state, _) in promised.rows.items() if state is OutState.DRAFT]
    match chance.choice(["start", "save", "save", "save", "submit", "send", "fetch", "checkpoint"]):
        case "start":
            await _promise(
                promised,
                name,
                (OutState.DRAFT, name),
                library.outbox.start(
                    Target(account, OutKind.TOPIC, board=Remote("b")), Typed(subject=name, text=name), uid=name
                ),
            )
        case "save" if open_rows:
            uid = chance.choice(open_rows)
            text = f"{name} " * chance.randrange(1, 900)
            await _promise(
                promised,
                uid,
                (OutState.DRAFT, text),
                library.outbox.save(uid, subject=uid, text=text, cursor=0),
            )
        case "submit" if open_rows:
            uid = chance.choice(open_rows)
            text = promised.rows[uid][1]
            await _promise(promised, uid, (OutState.QUEUED, text), library.outbox.submit(uid))
        case "fetch":
            topics = [Topic(TopicId(f"{name}-{n}"), BoardId("b"), f"Topic {n}") for n in range(30)]
            await library.intake.topics(account, topics)
        case "checkpoint":
            await library._threads.with_writer(lambda connection: connection.wal_checkpoint())  # noqa: SLF001 - it comes by itself only after a thousand pages
        case "send":
            await _send(library, account, promised)


async def _promise(promised: Promised, uid: str, becomes: tuple[OutState, str], act: Awaitable[object]) -> None:
    promised.trying[uid] = becomes
    await act
    promised.rows[uid] = promised.trying.pop(uid)


async def _send(library: Library, account: AccountKey, promised: Promised) -> None:
    """As the engine does: claim, say on disk that it leaves, let it leave, note the answer."""
    now = Millis(time.time_ns() // 1_000_000)
    lease = f"{socket.gethostname()}:999999999:1"  # of a process that is gone, as after a cut
    claimed = await library.outbox.claim(account, lease, now)
    if claimed is None:
        return
    row, _ = claimed
    text = row.body.source
    await _promise(promised, row.uid, (OutState.SENDING, text), library.outbox.begin_send(row.uid, lease, now))
    if row.uid in promised.taken and not row.unknown_end:
        promised.twice += 1  # sent as if nobody had: only the key would keep the forum from having it twice
    promised.taken.add(row.uid)
    await _promise(
        promised,
        row.uid,
        (OutState.SENT, text),
        library.outbox.finish(row.uid, post=PostId(f"p{row.uid}")),
    )


async def _look(folder: Path, promised: Promised) -> int:
    """How many texts are not as the library had answered; what is found counts as promised from here on."""
    library = await Library.open(folder)
    try:
        found = {row.uid: row for row in await library.outbox.rows(sent=True)}
    finally:
        await library.close()
    lost = 0
    for uid, (state, text) in promised.rows.items():
        row = found.get(uid)
        may = [(state, text), *([promised.trying[uid]] if uid in promised.trying else [])]
        if row is None or not any(_is_at(row.state, row.body.source, each) for each in may):
            at = None if row is None else (row.state, row.body.source[:20])
            print(f"promised {uid} {state} {text[:20]!r}, found {at}")
            lost += 1
    promised.rows = {uid: (row.state, row.body.source) for uid, row in found.items()}
    promised.trying.clear()
    return lost


def _is_at(state: OutState, text: str, promise: tuple[OutState, str]) -> bool:
    """What was sent stays sent; what was leaving may be found with an unknown end."""
    return state is promise[0] and text == promise[1]
