"""A real OpenSSH server on this machine, with keys and a configuration of its own, that runs one command."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from tests.waiting import seen

SERVER = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
MISSING = "" if SERVER and shutil.which("ssh") and shutil.which("ssh-keygen") else "no OpenSSH server and client here"


@dataclass(frozen=True, slots=True)
class Sshd:
    """``client``: the words that log in; the command then is the process in ``pid``."""

    client: Sequence[str]
    pid_file: Path

    def pid(self) -> int:
        """The process of the command that runs."""
        return int(self.pid_file.read_text())


def _key(file: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", file.name, "-f", str(file)], check=True)
    return file.with_suffix(".pub").read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def sshd(folder: Path, command: Sequence[str], env: Mapping[str, str]) -> Iterator[Sshd]:
    """Serve ``command`` to whoever logs in, for as long as the context lasts."""
    assert SERVER is not None
    folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # the server's empty folder, which the system makes at its start
    host, client, port = _key(folder / "host_key"), _key(folder / "client_key"), _free_port()
    (folder / "authorized_keys").write_text(client)
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host}")
    pid_file = folder / "pid"
    exports = "".join(f"export {name}={quote(value)}\n" for name, value in env.items())
    words = " ".join(quote(word) for word in command)
    script = folder / "forced.sh"
    script.write_text(f"#!/bin/sh\n{exports}echo $$ >{quote(str(pid_file))}\nexec {words}\n")
    script.chmod(0o755)
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nStrictModes no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nUsePAM no\nPermitRootLogin yes\nPrintMotd no\nX11Forwarding no\n"
        f"ForceCommand {script}\n"
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([SERVER, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log, stdin=log)
    try:
        _wait_for(port, server, folder / "log")
        user = pwd.getpwuid(os.getuid()).pw_name
        options = [f"UserKnownHostsFile={folder}/known_hosts", "IdentitiesOnly=yes", "LogLevel=ERROR"]
        words_of_client = ["ssh", "-F", "none", "-p", str(port), "-i", str(folder / "client_key"), "-tt"]
        for option in options:
            words_of_client += ["-o", option]
        yield Sshd([*words_of_client, f"{user}@127.0.0.1"], pid_file)
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    def listens() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return server.poll() is not None

    assert seen(listens, 20), f"the SSH server did not start:\n{log.read_text()}"
    assert server.poll() is None, f"the SSH server ended:\n{log.read_text()}"
