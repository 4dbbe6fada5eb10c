"""Finding drivers, among them broken ones of strangers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from forumtui.backends import local, remote
from forumtui.backends.registry import candidates, driver_for, driver_named, drivers
from forumtui.errors import ForumtuiError, UsageError
from forumtui.reader.sync.places import canonical

WORKING = """
from forumtui.model import Certainty, Recognised
class Driver:
    name = "{name}"
    options = ()
    def recognises(self, location): return Certainty.CERTAINLY if location.startswith("{name}:") else Certainty.NO
    def names(self, location, base=""): return Recognised("{name}", location)
    def open(self, location, options): raise NotImplementedError
driver = Driver()
"""

PERHAPS = """
from forumtui.model import Certainty, Recognised, What
class Driver:
    name = "{name}"
    options = ()
    def recognises(self, location): return Certainty.PERHAPS
    def names(self, location, base=""): return Recognised("{name}", location, What.{what})
    def open(self, location, options): raise NotImplementedError
driver = Driver()
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Install a plug-in package of that name for the time of a test."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(name: str, code: str) -> None:
        (tmp_path / f"plugin_{name}.py").write_text(code)
        monkeypatch.delitem(sys.modules, f"plugin_{name}", raising=False)
        metadata = tmp_path / f"forumtui_{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: forumtui-{name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[forumtui.backends]\n{name} = plugin_{name}:driver\n")

    return put


def test_the_built_in_drivers() -> None:
    assert {"local", "remote", "hackernews"} <= set(drivers())
    for name in ("hackernews", "lobsters"):
        assert driver_named(name).name == name
    assert driver_named("local") is local.driver
    assert driver_named("remote") is remote.driver
    assert driver_for("any.db") is local.driver
    for address in ("https://x.org", "HTTP://127.0.0.1:8000/team", "unix:/run/forum.sock"):
        assert driver_for(address) is remote.driver


def test_who_knows_a_web_address_better_goes_first(install: Callable[[str, str], None]) -> None:
    install("zeta", WORKING.format(name="https"))
    assert driver_for("https://x.org").name == "https"


def test_who_knows_what_an_address_names_goes_first_where_nobody_is_certain(
    install: Callable[[str, str], None],
) -> None:
    install("apple", PERHAPS.format(name="apple", what="FORUM"))
    install("berry", PERHAPS.format(name="berry", what="TOPIC"))
    assert driver_for("https://x.org/t/1").name == "berry"
    assert driver_for("https://x.org/api/v1/topics/7").name == "berry"
    found, broken = candidates("https://x.org/t/1")
    asked = [(driver.name, str(certainty)) for driver, certainty in found]
    assert [each for each in asked if each[0] in {"apple", "berry", "remote"}] == [
        ("apple", "perhaps"),
        ("berry", "perhaps"),
        ("remote", "perhaps"),
    ]
    assert not broken


def test_a_site_that_nobody_knows_more_of_is_one_of_ours(install: Callable[[str, str], None]) -> None:
    install("apple", PERHAPS.format(name="apple", what="FORUM"))
    assert driver_for("https://x.org").name == "remote"


def test_only_the_wanted_plug_in_is_loaded(install: Callable[[str, str], None]) -> None:
    install("gopher", WORKING.format(name="gopher"))
    install("finger", WORKING.format(name="finger"))
    assert set(drivers()) >= {"local", "gopher", "finger"}
    assert driver_named("gopher").name == "gopher"
    assert "plugin_finger" not in sys.modules
    assert driver_for("finger://x").name == "finger"
    assert driver_for("x.db").name == "local"


@pytest.mark.parametrize(
    "code", ["def", "import no_such_module", "raise SystemError('boom')", "raise SystemExit", "driver = 3", "pass"]
)
def test_a_broken_plug_in_is_named(install: Callable[[str, str], None], code: str) -> None:
    install("broken", code)
    with pytest.raises(ForumtuiError, match="forumtui-broken"):
        driver_named("broken")
    assert driver_for("x.db").name == "local"
    with pytest.raises(UsageError, match="forumtui-broken"):
        driver_for("gemini://x")


def test_nobody_knows_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"No installed kind of forum knows the address gopher://x\.org/.*local"):
        driver_for("gopher://x.org/")
    with pytest.raises(UsageError, match="There is no file nothing-here"):
        driver_for("nothing-here")
    with pytest.raises(UsageError, match=r"'carrier'.*local"):
        driver_named("carrier")


def test_what_has_a_scheme_is_a_file_last_of_all(install: Callable[[str, str], None], tmp_path: Path) -> None:
    install("news", WORKING.format(name="news"))
    assert driver_for("unix:/run/forum.db") is remote.driver
    assert driver_for("news:comp.lang.db").name == "news"
    assert driver_for("file:/srv/team.db") is local.driver
    assert driver_for("odd:name.db") is local.driver


def test_a_place_with_a_scheme_is_not_made_a_path(install: Callable[[str, str], None]) -> None:
    install("news", WORKING.format(name="news"))
    assert canonical("news:comp.lang.c") == "news:comp.lang.c"
    assert canonical("unix:/run/forum.sock") == "unix:/run/forum.sock"
    assert canonical("odd:name.db") == str(Path("odd:name.db").absolute())
