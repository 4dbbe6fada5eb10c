"""What --json promises: the fields of every command's records and their kinds, kept in golden/*.json.

A field that is missing or of another kind breaks the promise.  A new one does not, but it is written down at once:
FORUMTUI_WRITE_GOLDEN=1 writes the files anew.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Cli
from tests.cli.test_examples import parsers

from forumtui.model import Format, QueueKind
from forumtui.reader.rows import Health, OutState
from forumtui.reader.target import OutKind

GOLDEN = Path(__file__).with_name("golden")
COMMANDS: dict[str, tuple[str, ...]] = {
    "accounts-list": ("accounts list --json",),
    "boards": ("boards team --json",),
    "check": ("check team --json",),
    "keys": ("keys --json",),
    "pack": ("pack team --json",),
    "doctor": ("doctor --json",),
    "host-board-list": ("host board list team.db --json",),
    "host-log": ("host log team.db --json",),
    "host-member-list": ("host member list team.db --json",),
    "host-queue": ("host queue team.db --json",),
    "host-stats": ("host stats team.db --json",),
    "host-tokens": ("host tokens team.db --json",),
    "import": ("import page.txt --into seed.db --dry-run --json", "import page.txt --into seed.db --json"),
    "outbox-list": ("outbox list --json", "drafts list --json", "reply team 1 --text Sent --json"),
    "read": ("read team 1 --json",),
    "recognise": (
        "recognise https://meta.discourse.org/t/a-topic/12/3 --json --offline",
        "recognise team.db --json",
    ),
    "search": ("search span --json",),
    "topics": ("topics team --json",),
}
"""Commands whose records are of one make."""


def kind_of(value: Any) -> Any:
    """``"text"``, ``"number"``, ``"yes or no"``; or what is in an object or a list."""
    if isinstance(value, Mapping):
        return {name: [kind_of(each)] for name, each in sorted(value.items())}
    if isinstance(value, list):
        return {"list of": merged([kind_of(each) for each in value])}
    names = {bool: "yes or no", int: "number", str: "text", type(None): "null"}
    return names[type(value)]


def merged(kinds: list[Any]) -> list[Any]:
    """Each kind once; objects become one, with all that their fields may be."""
    objects = [kind for kind in kinds if isinstance(kind, dict)]
    plain = sorted({kind for kind in kinds if not isinstance(kind, dict)})
    if not objects:
        return plain
    names = sorted({name for each in objects for name in each})
    return [*plain, {name: merged([kind for each in objects for kind in each.get(name, [])]) for name in names}]


def broken(seen: Mapping[str, Any], promised: Mapping[str, Any], where: str) -> Iterator[str]:
    """What is not as promised; a field may be of fewer kinds than promised, for want of an occasion."""
    for name in sorted(seen.keys() ^ promised.keys()):
        yield f"{where}: {name} is {'no longer there' if name in promised else 'new: write it down'}"
    for name in seen.keys() & promised.keys():
        for kind in seen[name]:
            if isinstance(kind, Mapping):
                objects = [each for each in promised[name] if isinstance(each, Mapping)]
                yield from broken(kind, objects[0], f"{where}.{name}") if objects else [f"{where}.{name}: an object"]
            elif kind not in promised[name]:
                yield f"{where}.{name}: {kind} instead of {promised[name]}"


def test_a_broken_promise_is_noticed() -> None:
    promised = {"id": ["text"], "links": [{"list of": [{"url": ["null", "text"]}]}]}
    assert not list(broken({"id": ["text"], "links": [{"list of": [{"url": ["text"]}]}]}, promised, "x"))
    assert not list(broken({"id": ["text"], "links": [{"list of": []}]}, promised, "x"))
    kinds: list[dict[str, Any]] = [
        {"links": [{"list of": []}]},
        {"id": ["number"], "links": [{"list of": []}]},
        {"id": ["text"], "links": [{"list of": [{"url": ["number"]}]}]},
        {"id": ["text"], "links": [{"list of": [{}]}]},
        {"id": ["text"], "links": [{"list of": []}], "new": ["text"]},
    ]
    for seen in kinds:
        assert list(broken(seen, promised, "x")), seen


@pytest.fixture
def world(cli: Cli, forum: Path, page: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something in every list."""
    for words in [
        "host board add team.db --title Retro --parent General --leader Anna --link Guide=https://example.org",
        "host token team.db Anna --label phone --days 3 --scope read",
        "accounts add team.db --name team --option name=Anna",
        "new team --board General --subject 'Span of control' --text 'The span of control.'",
        "accounts add team.db --name team --option name=Bo",
        "reply team 1 --to 1 --subject Aside --text 'Seven, @Anna.'",
        "host mark team.db 1 expert-tip",
        "edit team 1 2 --text Eight",
        "host policy team.db --approval everybody",
        "reply team 1 --text 'To be approved'",
        "host policy team.db --approval nobody",
        "reply team.db 1 --text 'Not yet read'",
        "reply team 1 --text Waits --offline",
    ]:
        with monkeypatch.context() as patch:
            if words.startswith("reply team.db"):
                patch.setenv("FORUMTUI_HOME", str(home.with_name("another")))
            cli(*shlex.split(words), code=4 if "--offline" in words else 0)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", COMMANDS)
def test_the_fields_and_their_kinds_are_as_promised(cli: Cli, name: str) -> None:
    records: list[Any] = []
    for words in COMMANDS[name]:
        found = cli(*words.split()).json
        records += found if isinstance(found, list) else [found]
    (seen,) = merged([kind_of(record) for record in records])
    file = GOLDEN / f"{name}.json"
    if os.environ.get("FORUMTUI_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(seen, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    breaks = list(broken(seen, json.loads(file.read_text(encoding="utf-8")), name))
    assert not breaks


def documented() -> Iterator[tuple[list[str], set[str]]]:
    """Commands whose records are of one make, and the fields of these, as the table of docs/commands.md has them."""
    text = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    for line in text.split("## Exit codes")[0].splitlines():
        if line.startswith("| `"):
            names, fields, *_ = line.removeprefix("| ").split(" | ")
            yield re.findall("`(.+?)`", names), set(re.findall("`(.+?)`", fields)[0].split())


def test_every_command_with_json_is_documented() -> None:
    told = {name for names, _ in documented() for name in names}
    with_json = {
        name for name, parser in parsers() if any("--json" in action.option_strings for action in parser._actions)
    }
    listing_alone = {name for name in with_json if f"{name} list" in told}
    assert (with_json - listing_alone) ^ told == set()


@pytest.mark.parametrize(("names", "fields"), [pytest.param(*each, id=each[0][0]) for each in documented()])
def test_the_documented_fields_are_those_that_are_promised(names: list[str], fields: set[str]) -> None:
    files = [file for name in names if (file := GOLDEN / f"{name.replace(' ', '-')}.json").exists()]
    assert files, f"there is no golden file for {names[0]}"
    for file in files:
        assert fields ^ json.loads(file.read_text(encoding="utf-8")).keys() == set()


def test_the_words_that_programs_ask_for_are_as_promised() -> None:
    words = {
        "kind": sorted(OutKind),
        "state": sorted(OutState),
        "health": sorted(Health),
        "format": sorted(Format),
        "kind of the queue": sorted(QueueKind),
    }
    assert words == json.loads((GOLDEN / "words.json").read_text(encoding="utf-8"))
