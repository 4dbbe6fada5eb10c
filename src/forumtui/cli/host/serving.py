"""``serve``: opening a forum file to others, over TCP or a Unix socket."""

from __future__ import annotations

import asyncio
import logging
import os
import pwd
import sys
from contextlib import AbstractContextManager
from ipaddress import ip_address
from typing import TYPE_CHECKING

from forumtui.cli import log
from forumtui.cli.call import DONE, Call, complain
from forumtui.cli.host.reaching import forum_file
from forumtui.cli.host.serve_arguments import LOOPBACK, PORT
from forumtui.errors import ForumtuiError, UsageError
from forumtui.text.sanitise import guard

if TYPE_CHECKING:
    import socket

    from forumtui.server.limits import Limits
    from forumtui.server.listening import Proxy


def serve(call: Call) -> int:
    """Serve a forum file until a signal ends it."""
    args = call.args
    if (args.tls_cert is None) != (args.tls_key is None):
        raise UsageError("A certificate needs its key: --tls-cert FILE --tls-key FILE.")
    if args.socket is not None and (args.host is not None or args.tls_cert is not None):
        raise UsageError("A Unix socket has neither an address nor a certificate.")
    _check_proxy(args.behind_proxy, on_socket=args.socket is not None)
    asyncio.run(_serve(call, _limits(call)))
    return DONE


def _check_proxy(who: str | None, *, on_socket: bool) -> None:
    if not who:
        return
    try:
        pwd.getpwnam(who) if on_socket else ip_address(who)
    except (KeyError, ValueError) as error:
        kind = "user of this machine" if on_socket else "address such as 192.0.2.1"
        raise UsageError(f"The proxy {who!r} is no {kind}.") from error


def _limits(call: Call) -> Limits:
    """The limits; the first use of what the extra installs."""
    try:
        import argon2  # noqa: F401 - for passwords, when somebody first sets one or logs in
        import zxcvbn  # noqa: F401 - the same

        from forumtui.server import running  # noqa: F401 - all of it is there
        from forumtui.server.limits import Limits
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("forumtui"):
            raise
        raise ForumtuiError(
            "Serving needs more than is installed; get it by: pip install 'forumtui[server]'"
        ) from error
    return Limits(**dict(call.args.limits))


def _log_to_stderr(*, debug: bool) -> None:
    """Log where a system's service manager looks; what goes wrong in a request is told by ourselves, not uvicorn."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(log.Guarded("%(asctime)s %(levelname)s %(message)s"))
    for name, level in (("forumtui", logging.INFO), ("uvicorn", logging.CRITICAL), ("asyncio", logging.ERROR)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(logging.DEBUG if debug else level)


async def _serve(call: Call, limits: Limits) -> None:
    from forumtui.server.hosts import names_of
    from forumtui.server.running import serve as run

    args = call.args
    names = names_of("" if args.socket else args.host or LOOPBACK, args.names)
    async with forum_file(args.file) as store:
        title = (await store.info(None)).title
        with _listener(call) as listener:
            certificate = None if args.tls_cert is None else (args.tls_cert, args.tls_key)
            _warn(call)
            _log_to_stderr(debug=call.debug)
            said = guard(f"Serving {title} at {_address(call, listener)} (pid {os.getpid()})")
            await run(
                store,
                listener,
                limits=limits,
                certificate=certificate,
                names=names,
                proxy=_proxy(call),
                ready=lambda: print(said, flush=True),
            )
    logging.getLogger("forumtui.server").info("Ended.")


def _proxy(call: Call) -> Proxy | None:
    from forumtui.server.listening import Proxy

    who: str | None = call.args.behind_proxy
    if who is None:
        return None
    if not who:
        return Proxy()
    return Proxy(user=who) if call.args.socket else Proxy(addresses=(who,))


def _listener(call: Call) -> AbstractContextManager[socket.socket]:
    from forumtui.server.listening import tcp_socket, unix_socket

    args = call.args
    if args.socket is not None:
        return unix_socket(args.socket, args.socket_mode)
    return tcp_socket(args.host or LOOPBACK, PORT if args.port is None else args.port)


def _warn(call: Call) -> None:
    from forumtui.server.listening import is_loopback

    args = call.args
    host = args.host or LOOPBACK
    if args.socket is None and not is_loopback(host) and args.tls_cert is None and args.behind_proxy is None:
        complain(
            f"Warning: {host} is reached from other machines, and passwords and tokens will travel in the clear.  "
            "Use --tls-cert and --tls-key, or a proxy that encrypts and --behind-proxy."
        )


def _address(call: Call, listener: socket.socket) -> str:
    args = call.args
    if args.socket is not None:
        return f"unix:{args.socket.absolute()}"
    host, port = listener.getsockname()[:2]
    return f"{'http' if args.tls_cert is None else 'https'}://{f'[{host}]' if ':' in host else host}:{port}"
