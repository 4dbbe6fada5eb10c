"""Whether a shell looks after this program, so that it may stop itself and will be woken again."""

from __future__ import annotations

import os
import subprocess

_TRY = ["/bin/sh", "-c", "kill -s TSTP $$"]


def can_be_woken() -> bool:
    """Ask the kernel: where no shell with job control would notice, as in a log-in that runs nothing but this, the
    signal that suspends does nothing to a child.
    """
    try:
        child = subprocess.Popen(_TRY, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own words
    except OSError:
        return False
    with child:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            child.kill()
            return True
        child.returncode = os.waitstatus_to_exitcode(status)
        return False
