"""Libraries whose files are damaged in every way: each opens, brings every text back, and says what was lost."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
from benchmarks.reliability.tally import Tally
from tests.reader.library import damaging
from tests.reader.library.damaging import PAGE

from forumtui.errors import Damaged

LIBRARIES = 60
ROUNDS = 2
"""Damages of each random kind below; the rest are the first pages of tables and indexes, one each."""
KINDS = ("page", "zeroes", "bytes", "truncated", "several")
_Damage = Callable[[Path, random.Random], object]


def run(seed: int, share: float) -> list[Tally]:
    """So many libraries, of one model that has something of everything."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        model = Path(place) / "model"
        before = damaging.model(model)
        ways = list(_ways(model))
        chance.shuffle(ways)
        for name, way in ways[: max(3, round(len(ways) * share))]:
            here = damaging.copy(model, Path(place) / "here")
            way(here, chance)
            counts["tried"] += 1
            try:
                now, notice = _next_starts(here)
            except Exception as error:  # noqa: BLE001 - whatever keeps it from being used is what is counted
                print(f"{name}: {error!r}")
                counts["stuck"] += 1
                continue
            wrong = damaging.silent_losses(before, now, notice)
            if name == "bytes" and not any(each.startswith("text") for each in wrong):
                counts["a number changed unseen"] += bool(wrong)  # SQLite has no sums over its pages
                wrong = []
            if wrong:
                print(f"{name}: {wrong[:3]} {notice}")
            counts["lost"] += bool(wrong)
            counts["exact"] += now == before
            counts["said"] += bool(notice)
    note = (
        f"{counts['exact']} exactly as before with all that was read, {counts['said']} told of damage, "
        f"{counts['a number changed unseen']} with a changed number that nobody can see"
    )
    return [Tally("damaged libraries", counts["tried"], counts["lost"], 0, counts["stuck"], note=note)]


def _next_starts(folder: Path) -> tuple[damaging.State, str]:
    """What a user has: a damage that only reading meets is healed at the start after that."""
    try:
        return damaging.after(folder)
    except Damaged:
        return damaging.after(folder)


def _ways(model: Path) -> Iterator[tuple[str, _Damage]]:
    """At least `LIBRARIES` of them."""
    roots = damaging.roots(model)
    for name, page in roots.items():
        yield f"root of {name}", _emptied(page)
    yield "a text that is none", _spoil_text
    yield "an account that is none", _spoil_account
    for _ in range(6):
        yield "WAL", _spoil_wal
    number = max(ROUNDS * len(KINDS), LIBRARIES - len(roots) - 8)
    for index in range(number):
        kind = KINDS[index % len(KINDS)]
        yield kind, _of_kind(kind)


def _emptied(page: int) -> _Damage:
    return lambda folder, _: damaging.write_over(folder, (page - 1) * PAGE, bytes(PAGE))


def _of_kind(kind: str) -> _Damage:
    return lambda folder, chance: damaging.damage(folder, kind, chance)


def _spoil_text(folder: Path, chance: random.Random) -> None:
    _sql(folder, "UPDATE outgoing SET text = CAST(x'fffe41' AS TEXT), revision = ?", chance.randrange(10**6))


def _spoil_account(folder: Path, chance: random.Random) -> None:
    _sql(folder, "UPDATE account SET pages = CAST(x'ff' AS TEXT), position = ?", chance.randrange(9))


def _sql(folder: Path, sql: str, value: int) -> None:
    connection = apsw.Connection(str(folder / "library.db"))
    connection.execute(sql, (value,))
    connection.close()


def _spoil_wal(folder: Path, chance: random.Random) -> None:
    """A crash left a WAL file with texts in it, and the disk spoilt it."""
    source = folder.with_name("source")
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(folder, source)

    async def write_on() -> None:
        async with damaging.opened(source) as library:
            for _ in range(20):
                row = await library.outbox.get("draft")
                await library.outbox.save("draft", subject="draft", text=row.body.source, cursor=chance.randrange(9))
            for path in (*source.glob("library.db*"), *(source / "outgoing").glob("*.json")):
                shutil.copyfile(path, folder / path.relative_to(source))

    asyncio.run(write_on())
    wal = folder / "library.db-wal"
    content = bytearray(wal.read_bytes())
    if not content:
        raise ValueError("there is no WAL to spoil")
    start = chance.randrange(len(content))
    content[start : start + 400] = chance.randbytes(len(content[start : start + 400]))
    wal.write_bytes(content[: chance.randrange(1, len(content))] if chance.random() < 0.5 else content)
