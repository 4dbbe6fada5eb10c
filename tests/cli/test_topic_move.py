"""`host topic move`: what was for members is shown to guests only when that is said."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import Cli

from forumtui.backends.local import unix_user


def test_a_topic_is_moved_and_shown_to_guests_only_when_that_is_said(cli: Cli, forum: Path) -> None:
    cli("host", "board", "add", forum, "--title", "Inner", "--reading", "members")
    cli("host", "member", "role", forum, unix_user(), "Moderator")
    cli("new", forum, "--board", "Inner", "--subject", "Plan", "--text", "Psst.")
    refused = cli("host", "topic", "move", forum, "1", "General", code=1).err
    assert "Guests will see this topic" in refused
    assert "--to-guests" in refused
    assert "Inner" in cli("topics", forum).out or "Plan" in cli("topics", forum, "--board", "Inner").out
    done = cli("host", "topic", "move", forum, "1", "General", "--to-guests")
    assert 'on the board "General" now' in done.out + done.err
    assert "(guests see it now)" in cli("host", "log", forum).out
    cli("host", "topic", "move", forum, "1", "Inner")
    cli("host", "member", "role", forum, unix_user(), "Member")
    assert "host member role" in cli("host", "topic", "move", forum, "1", "General", code=1).err
    assert "--to-guests" not in cli("host", "topic", "move", forum, "99", "General", code=1).err
