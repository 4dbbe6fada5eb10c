"""`host member list`: a role that is a word only is not taken for one that gives rights."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import Cli
from tests.forum.forum_files import sql


def test_a_role_from_elsewhere_is_said_and_not_given(cli: Cli, forum: Path) -> None:
    cli("host", "member", "add", forum, "Ada", "--role", "Admin")
    cli("host", "member", "add", forum, "Bea")
    for name, word in (("Cato", "Admin"), ("Dora", "Leader"), ("Eve", "Аdmin"), ("Fay", "Member")):
        sql(forum, f"INSERT INTO member (name, role) VALUES ('{name}', '{word}')")
    shown = dict(line.split(" (", 1) for line in cli("host", "member", "list", forum).out.splitlines())
    roles = {name: rest.rstrip(")").split(",")[0] for name, rest in shown.items()}
    assert {name: roles[name] for name in ("Ada", "Bea", "Cato", "Dora", "Eve", "Fay")} == {
        "Ada": "Admin", "Bea": "Member", "Cato": "says Admin", "Dora": "says Leader", "Eve": "says Аdmin",
        "Fay": "Member",
    }  # fmt: skip
    claimed = {member["name"]: member["claimed"] for member in cli("host", "member", "list", forum, "--json").json}
    assert claimed["Cato"]
    assert not claimed["Ada"]
