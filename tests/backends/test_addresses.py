"""What addresses name, by their text alone: a table of shapes as they are met, each with where it is documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.backends.address_table import NO_FORUMS, TABLE, Row

from forumtui.backends import unread
from forumtui.backends.api import Addresses
from forumtui.backends.recognition import by_text
from forumtui.backends.registry import driver_named
from forumtui.errors import Refused
from forumtui.model import Certainty
from forumtui.model.ids import is_id

KINDS: dict[str, Addresses] = {
    **{kind.name: kind for kind in reversed(unread.KINDS)},
    **{name: driver_named(name) for name in ("discourse", "hackernews", "lobsters", "local", "remote")},
}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.software} {row.address}"[:100])
def test_an_address_names_what_it_is_known_for(row: Row) -> None:
    kind = KINDS[row.software]
    found = kind.names(row.address, row.base if row.base_is_known else "")
    assert (found and (found.base, str(found.what), found.id, found.post)) == row.expected
    assert kind.recognises(row.address) is (Certainty(row.certainty)), row.source


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@given(
    st.text() | st.from_regex(r"https?://[a-z.]{1,12}(:[0-9]{1,6})?(/[a-z0-9]{1,7}){0,12}[?#]?.*"),
    st.sampled_from(["", "https://x.org", "https://lobste.rs", "http://[::1", "unix:/a"]),
)
def test_any_text_names_something_or_nothing(kind: Addresses, location: str, base: str) -> None:
    found = kind.names(location, base)
    if found is not None:
        assert found.software == kind.name
        assert is_id(found.id)
        assert is_id(found.post)
        assert not base or found.base == base


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_long_address_is_soon_looked_at(kind: Addresses) -> None:
    for part in ("/c", "/t", "/a", "/tags/c/a", "/1", "/s/abcdef", "//"):
        for path in (part * 600, part * 200, part * 200 + "!", part * 100 + "?" + "q=1&" * 300):
            kind.names(f"https://x.org{path}")


@pytest.mark.parametrize("address", NO_FORUMS)
def test_of_other_addresses_nothing_is_certain(address: str) -> None:
    assert by_text(address) is None


@pytest.mark.parametrize(
    "address", ["https://ann@forum.example", "https://ann:pw@lobste.rs/s/abcdef", "http://:@x.org/"]
)
def test_credentials_in_an_address_are_refused(address: str) -> None:
    with pytest.raises(Refused, match=r"holds no name and no password; log in instead\.$"):
        by_text(address)


def test_the_page_of_forums_names_what_is_not_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "forums.md").read_text(encoding="utf-8")
    (line,) = [line for line in page.splitlines() if line.startswith("Recognised, but not read yet: ")]
    titles = dict.fromkeys(str(getattr(kind, "title", kind.name)) for kind in unread.KINDS)
    *most, last = titles
    assert line.startswith(f"Recognised, but not read yet: {', '.join(most)} and {last}. ")


def test_the_table_is_no_copy_of_itself() -> None:
    seen = [(row.software, row.address, row.base_is_known) for row in TABLE]
    assert len(seen) == len(set(seen))
    assert all(row.source for row in TABLE)
