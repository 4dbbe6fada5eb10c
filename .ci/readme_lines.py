"""Runs the README's two command lines as a stranger would: bare Python, empty home, a real terminal.

The first line is driven until a topic shows and a reply is sent; the second must pass.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.terminal import Terminal

REPLY = "Hello from the first minute."


def command_lines(clone: Path) -> tuple[str, str]:
    """The first two command lines in the README."""
    lines = re.findall(r"^python3 -m venv .*$", (clone / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) >= 2, "the README should start with two command lines"
    return lines[0], lines[1]


def bare_environment(home: Path) -> dict[str, str]:
    """PATH, a home, a language, and where packages come from; nothing else."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    return kept | {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm-256color"}


def read_and_answer(line: str, clone: Path, env: dict[str, str]) -> None:
    """From the first line to a sent reply, counting keys and seconds after the install."""
    clean = {name: None for name in os.environ if name not in env} | env
    with Terminal(["bash", "-c", line], columns=100, rows=30, env=clean, cwd=clone) as terminal:
        terminal.wait_for("Start here", timeout=600)
        began, keys = time.perf_counter(), 0
        terminal.settle()
        for key in ("enter", "r"):
            terminal.press(key, settle=0.5)
            keys += 1
        terminal.wait_for("Reply ")
        terminal.press(REPLY)
        terminal.press("ctrl+s", settle=0.5)
        keys += 1
        terminal.wait_for("G shows it")  # one stays where one was reading
        terminal.press("G", settle=0.5)
        keys += 1
        terminal.wait_for(re.escape(REPLY))
        terminal.wait_until_gone("waiting|sending")
        print(f"a reply was sent after {keys} keys and {time.perf_counter() - began:.1f} s")
        assert keys <= 12
        terminal.press("Q", settle=0.3)
        assert terminal.wait_exit() == 0


def sample_holds_reply(clone: Path, env: dict[str, str]) -> None:
    """The reply is in the forum, exactly once."""
    found = subprocess.run(
        [clone / ".venv/bin/forumtui", "search", "sample", f'"{REPLY}"', "--json"],
        env=env,
        cwd=clone,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert found.count(REPLY) == 1, found


def main() -> None:
    """Run both lines in the clone named on the command line."""
    clone = Path(sys.argv[1]).resolve()
    first, second = command_lines(clone)
    with tempfile.TemporaryDirectory() as home:
        env = bare_environment(Path(home))
        read_and_answer(first, clone, env)
        sample_holds_reply(clone, env)
        subprocess.run(["bash", "-c", second], env=env, cwd=clone, check=True)


if __name__ == "__main__":
    main()
