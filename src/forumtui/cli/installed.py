"""What is installed beside the program, for shells and for ``man``."""

from __future__ import annotations

from contextlib import suppress

from forumtui.cli.call import DONE, Call
from forumtui.errors import FileProblem

FILES = {
    "bash": "share/bash-completion/completions/forumtui",
    "zsh": "share/zsh/site-functions/_forumtui",
    "fish": "share/fish/vendor_completions.d/forumtui.fish",
}
"""Where each shell looks, below the folder that a wheel is installed to."""
MANUAL = "share/man/man1/forumtui.1"


def completion(call: Call) -> int:
    """Print the completion file of a shell, for where that shell does not look for it."""
    from importlib.metadata import PackageNotFoundError, files

    with suppress(PackageNotFoundError, OSError):
        for file in files("forumtui") or ():
            if file.as_posix().endswith(FILES[call.args.shell]):
                print(file.read_text(encoding="utf-8"), end="")
                return DONE
    raise FileProblem(f"The completion for {call.args.shell} was not installed with this forumtui.")
