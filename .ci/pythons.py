"""Prints each Python of this machine that forumtui supports besides the running one: one interpreter a minor version.

Looked for on the PATH and among pyenv's versions; a version that can not make a virtual environment is left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

_ASK = "import sys, venv, ensurepip; print(*sys.version_info[:2], sys.implementation.name)"


def lowest() -> tuple[int, int]:
    """The lowest version that the project names."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    major, minor = project["requires-python"].removeprefix(">=").split(".")
    return int(major), int(minor)


def candidates() -> list[str]:
    """Every command that might be one."""
    on_path = [shutil.which(f"python3.{minor}") for minor in range(lowest()[1], 30)]
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    return [each for each in on_path if each] + [str(each) for each in sorted(pyenv.glob("*/bin/python"))]


def main() -> None:
    """Print them, oldest first."""
    found: dict[tuple[int, int], str] = {}
    for command in candidates():
        answer = subprocess.run([command, "-c", _ASK], capture_output=True, text=True, check=False)
        said = answer.stdout.split()
        if answer.returncode or len(said) != 3 or said[2] != "cpython":
            continue
        version = (int(said[0]), int(said[1]))
        if version >= lowest() and version != sys.version_info[:2]:
            found.setdefault(version, command)
    for _, command in sorted(found.items()):
        print(command)


if __name__ == "__main__":
    main()
