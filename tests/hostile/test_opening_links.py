"""A link is opened by the user's browser alone: one argument, never a shell, nothing but web and mail addresses."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.waiting import seen

from forumtui.errors import UsageError
from forumtui.text.links import host, is_link
from forumtui.tui.acts.desk import go_to_link
from forumtui.tui.terminal.browser import browser_command, open_in_browser

NASTY = "https://e.example/;touch${IFS}owned?a=$(id)&b=`id`|'\"%20--x"


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("xdg-open", "open", "fire fox", "lynx"):
        program = folder / name
        program.write_text('#!/bin/sh\nprintf "%s\\n" "$#" "$@" > "$0.said"\necho noise; echo noise >&2\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    return folder


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"DISPLAY": ":0"}, "linux", ["xdg-open", NASTY]),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ["xdg-open", NASTY]),
        ({}, "linux", None),
        ({}, "darwin", ["open", NASTY]),
        ({"BROWSER": "'fire fox' --new %s"}, "linux", ["fire fox", "--new", NASTY]),
        ({"BROWSER": "missing:'fire fox'"}, "linux", ["fire fox", NASTY]),
        ({"BROWSER": "lynx:'unclosed"}, "linux", None),
    ],
)
def test_the_address_is_one_argument(
    bin_folder: Path, environ: dict[str, str], platform: str, expected: list[str] | None
) -> None:
    found = browser_command(NASTY, {**environ, "PATH": str(bin_folder)}, platform)
    assert found == (None if expected is None else [str(bin_folder / expected[0]), *expected[1:]])


def test_no_shell_sees_the_address(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BROWSER", str(bin_folder / "xdg-open"))
    monkeypatch.chdir(bin_folder)
    open_in_browser(NASTY)
    said = bin_folder / "xdg-open.said"
    assert seen(lambda: said.exists() and said.read_text().count("\n") == 2)
    assert said.read_text() == f"1\n{NASTY}\n"
    assert not (bin_folder / "owned").exists()
    assert capfd.readouterr() == ("", "")


def test_a_browser_that_can_not_start_is_said(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bin_folder / "broken").write_text("#!/nowhere/at/all\n")
    (bin_folder / "broken").chmod(0o755)
    monkeypatch.setenv("BROWSER", str(bin_folder / "broken"))
    with pytest.raises(UsageError, match="did not start"):
        open_in_browser(NASTY)


class Heard:
    """What a desk was told to do."""

    def __init__(self, *, browser: bool = True) -> None:
        self.opened: list[str] = []
        self.copied: list[str] = []
        self.said: list[str] = []
        self._browser = browser
        self.app = SimpleNamespace(open_url=self._open, copy_to_clipboard=self.copied.append)

    def _open(self, url: str) -> None:
        if not self._browser:
            raise UsageError("There is no browser here.")
        self.opened.append(url)

    def say(self, text: str, *_: object) -> None:
        self.said.append(text)


def follow(url: str, *, browser: bool = True) -> Heard:
    heard = Heard(browser=browser)
    go_to_link(cast("Any", heard), url)
    return heard


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://e.example", "//e.example", "-x", ""),
        *(
            "https://",
            "https:///path",
            "http://e.example/\x1b[2J",
            "http://e.example/a b",
            "http://e.example/\n",
            "mailto:",
        ),
        *("https://evil.example\\@good.example/", "https://good.example/\\x"),
        *("vbscript:x", "https:e.example", "jAvAsCrIpT:https://e.example", "http://e.example/\u202egnp.exe"),
    ],
)
def test_only_web_and_mail_addresses_are_opened(url: str) -> None:
    heard = follow(url)
    assert (heard.opened, heard.copied) == ([], [])
    assert not is_link(url)


@pytest.mark.usefixtures("at_home")
def test_a_link_opens_and_its_true_host_is_said() -> None:
    heard = follow("https://good.example@evil.example/x")
    assert heard.opened == ["https://good.example@evil.example/x"]
    assert heard.said == ["Opened evil.example in the browser."]


@pytest.mark.usefixtures("at_home")
def test_without_a_browser_the_link_is_copied() -> None:
    heard = follow("https://e.example/x", browser=False)
    assert heard.copied == ["https://e.example/x"]
    assert heard.said == ["There is no browser here.  Copied: https://e.example/x"]


@pytest.mark.parametrize("name", ["SSH_CONNECTION", "SSH_TTY"])
@pytest.mark.usefixtures("at_home")
def test_over_ssh_the_link_is_copied(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1.2.3.4 5 6.7.8.9 22")
    heard = follow("https://e.example/x")
    assert (heard.opened, heard.copied) == ([], ["https://e.example/x"])


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://good.example@evil.example/", "evil.example"),
        ("https://good.example%2F@evil.example/", "evil.example"),
        ("https://пример.example/", "xn--e1afmkfd.example"),
        ("https://раураl.example/", "xn--l-7sba6dbr.example"),
        ("mailto:a@b.example?body=x", "a@b.example"),
    ],
)
def test_the_host_that_is_shown_is_the_one_that_is_opened(url: str, leads_to: str) -> None:
    assert is_link(url)
    assert host(url) == leads_to
