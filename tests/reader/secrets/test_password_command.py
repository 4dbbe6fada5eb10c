"""The program that prints a secret: run without a shell, for a limited time, and never quoted."""

from __future__ import annotations

import shlex
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.waiting import seen
from tests.writing import is_running

from forumtui.errors import AuthRequired, UsageError
from forumtui.reader.secrets import command as command_module
from forumtui.reader.secrets.command import ask


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


@pytest.mark.parametrize(
    ("code", "secret"),
    [
        ("print('s3cret')", "s3cret"),
        ("print('first'); print('second')", "first"),
        ("print(' spaces stay  ')", " spaces stay  "),
        ("import sys; sys.stdout.write('no line end')", "no line end"),
        ("import sys; sys.stdout.buffer.write(b'dos\\r\\nmore')", "dos"),
        ("import sys; sys.stdout.buffer.write('ünï'.encode())", "ünï"),
        ("import sys; print(repr(sys.stdin.read()))", "''"),
        ("import sys, time; sys.stdout.write('in '); sys.stdout.flush(); time.sleep(0.2); print('parts')", "in parts"),
        ("print('first'); print('x' * 1_000_000)", "first"),
        ("import os, sys; os.close(1) if not os.write(1, b'closed\\n') else os.close(1)", "closed"),
    ],
)
def test_the_first_line_is_the_secret(code: str, secret: str) -> None:
    assert ask(python(code)) == secret


def test_no_shell_reads_it(tmp_path: Path) -> None:
    assert ask("echo '$HOME' `id` ; rm * > /dev/null") == "$HOME `id` ; rm * > /dev/null"


def test_it_has_no_terminal() -> None:
    code = "import os\ntry: os.open('/dev/tty', os.O_RDWR); print('terminal')\nexcept OSError: print('none')"
    assert ask(python(code)) == "none"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('canary'); raise SystemExit(3)", "exit code 3"),
        ("import sys; print('canary'); print('canary', file=sys.stderr); raise SystemExit(1)", "exit code 1"),
        ("import os; print('canary', flush=True); os.kill(os.getpid(), 15)", "signal 15"),
        ("print()\nprint('canary')", "printed nothing"),
        ("pass", "printed nothing"),
        ("import sys; sys.stdout.buffer.write(b'canary\\xff')", "UTF-8"),
        ("print('canary' * 20_000)", "too much"),
    ],
)
def test_failures_are_one_sentence_without_what_was_printed(
    code: str, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "tell-secret"
    script.write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
    script.chmod(0o700)
    with pytest.raises(AuthRequired) as found:
        ask(f"{script} canary")
    assert said in str(found.value)
    assert "canary" not in str(found.value)
    assert found.value.__cause__ is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("command", ["/no/such/program canary", "/ canary", "'' canary"])
def test_what_can_not_be_run_is_said(command: str) -> None:
    with pytest.raises(AuthRequired, match="can not be run") as found:
        ask(command)
    assert "canary" not in str(found.value)


@pytest.mark.parametrize("command", ["pass 'canary", "", "   ", "pass \0canary"])
def test_what_is_no_command_line_is_wrong_usage(command: str) -> None:
    with pytest.raises(UsageError) as found:
        ask(command)
    assert "canary" not in str(found.value)


def test_one_that_does_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    born, given_up = tmp_path / "born", threading.Event()
    code = f"import subprocess; child = subprocess.Popen(['sleep', '60']); open({str(born)!r}, 'w').write(f'{{child.pid}}\\n'); child.wait()"

    def give_up() -> None:
        seen(lambda: born.exists() and "\n" in born.read_text())
        given_up.set()

    threading.Thread(target=give_up).start()
    began = time.monotonic()
    with pytest.raises(AuthRequired, match="in time"):
        ask(python(code), given_up=given_up)
    assert time.monotonic() - began < 30
    assert seen(lambda: not is_running(int(born.read_text())))


def test_one_that_takes_too_long_is_ended() -> None:
    with pytest.raises(AuthRequired, match="in time"):
        ask("sleep 60", patience=0.1)


def test_one_that_leaves_a_service_running_is_not_waited_for() -> None:
    code = "import subprocess; subprocess.Popen(['sleep', '30']); print('kept open')"
    began = time.monotonic()
    assert ask(python(code)) == "kept open"
    assert time.monotonic() - began < 20


def test_it_can_be_given_up() -> None:
    given_up = threading.Event()
    given_up.set()
    began = time.monotonic()
    with pytest.raises(AuthRequired):
        ask("sleep 60", given_up=given_up)
    assert time.monotonic() - began < 30


def test_the_limit_is_a_minute() -> None:
    assert command_module.PATIENCE == 60
