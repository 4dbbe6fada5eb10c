"""The options of ``serve``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from forumtui.cli import options

PORT = 8765
LOOPBACK = "127.0.0.1"
LIMITS = ("reads", "writes", "searches", "logins", "streams")


def add(parser: ArgumentParser) -> None:
    """How a forum is served."""
    options.forum_file(parser)
    parser.add_argument("--host", metavar="ADDRESS", help="the address to listen at; without it: 127.0.0.1")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--port", type=_port, metavar="N", help=f"the port to listen at ({PORT}); 0: one that is free")
    where.add_argument("--socket", type=Path, metavar="PATH", help="listen at a Unix socket instead")
    parser.add_argument(
        "--socket-mode",
        type=_mode,
        default=0o660,
        metavar="MODE",
        help="who may use the socket (0660: you, your group)",
    )
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="a certificate, for https")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="its key")
    parser.add_argument(
        "--behind-proxy",
        nargs="?",
        const="",
        metavar="WHO",
        help="believe a proxy about where requests come from; it does the encryption.  WHO: its address, or with --socket "
        "its user; without it, whoever is on this machine",
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        dest="names",
        metavar="NAME",
        help="a name under which the forum is reached, such as forum.example.org; beside numbers, localhost, the --host "
        "and, where others reach it, the machine's own name",
    )
    parser.add_argument(
        "--limit",
        type=_limit,
        action="append",
        default=[],
        dest="limits",
        metavar="NAME=N",
        help="a minute's reads (6000), writes (120) or searches (120) of a member or address, logins (10) of an address, "
        "0: any number; or the event streams open at once (500)",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def _mode(text: str) -> int:
    if len(text) not in {3, 4} or not set(text) <= set("01234567") or len(text.lstrip("0")) > 3:
        raise ArgumentTypeError(f"{text!r} is not a mode such as 0660")
    return int(text, 8)


def _limit(text: str) -> tuple[str, int]:
    name, number = options.setting(text)
    if name not in LIMITS or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise ArgumentTypeError(f"{text!r} is not a limit such as writes=120; there are {', '.join(LIMITS)}")
    return name, int(number)
