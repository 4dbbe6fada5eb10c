"""Addresses without encryption: whoever is on the way to them reads along."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from forumtui.reader.rows import AccountRow


def is_overheard(location: str) -> bool:
    """Whether what is sent there crosses a network in plain words: http to another host than this one."""
    if not location.strip().lower().startswith("http://"):
        return False
    try:
        host = (urlsplit(location.strip()).hostname or "").rstrip(".")
    except ValueError:
        return True
    if host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return True


def is_known_in_the_open(account: AccountRow) -> bool:
    """Whether who we are there is told over a line that others can read."""
    return account.me is not None and is_overheard(account.location)


def warning(location: str, what: str) -> str:
    """A sentence for people; ``what`` is what could be read."""
    return f"{location} is not encrypted: whoever is on the way there can read {what}."
