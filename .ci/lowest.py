"""Prints the lowest version that pyproject.toml allows of each direct dependency, as a constraints file for pip.

`python .ci/lowest.py > lowest.txt && pip install -c lowest.txt '.[test,server]'`
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path


def main() -> None:
    """Print a line for each dependency that has a floor."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for wanted in (*project["dependencies"], *extras["server"], *extras["test"]):
        found = re.match(r"([\w.-]+)(?:\[[^]]*\])?>=([\w.]+)", wanted)
        if found:
            print(f"{found[1]}=={found[2]}")


if __name__ == "__main__":
    main()
