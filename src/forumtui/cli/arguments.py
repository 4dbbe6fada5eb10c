"""The options of each command; a parser is built only for the command that was asked for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from forumtui.cli import options
from forumtui.cli.commands import COMMANDS


def parse(command: str, words: Sequence[str]) -> Namespace:
    """The options of ``command`` in ``words``.  Raises `UsageError`, or SystemExit(0) after --help."""
    parser = parser_of(command)
    if command in _WITH_PARTS:
        return parser.parse_args(words)
    return parser.parse_intermixed_args(words)  # finds the "-" in: reply forum.db 3 --to 2 -


def parser_of(command: str) -> ArgumentParser:
    """The parser of one command."""
    summary = COMMANDS[command].summary
    parser = options.new_parser(f"forumtui {command}", f"{summary[:1].upper()}{summary[1:]}.")
    add(command, parser)
    options.everywhere(parser)
    return parser


def add(command: str, parser: ArgumentParser) -> None:
    """The options of one command."""
    _ARGUMENTS[command](parser)


def _open(parser: ArgumentParser) -> None:
    parser.add_argument("forum", metavar="FORUM", nargs="?", help=f"{options.FORUM}; without it: where you were")
    parser.add_argument("--plain", action="store_true", help="print an overview instead")


def _accounts(parser: ArgumentParser) -> None:
    def add(part: ArgumentParser) -> None:
        part.add_argument("location", metavar="LOCATION", help="a forum file or an address")
        part.add_argument("--name", metavar="NAME", help="what to call it here")
        part.add_argument(
            "--option",
            type=options.setting,
            action="append",
            default=[],
            metavar="NAME=VALUE",
            dest="settings",
            help="a setting of this account, such as name=Anna for who you are in a forum file",
        )
        part.add_argument("--token", metavar="T", help="the token to log in with; - reads it from the standard input")
        options.insecure(part)

    def remove(part: ArgumentParser) -> None:
        part.add_argument("name", metavar="NAME", help="the account to forget; the forum itself stays as it is")

    def log_in(part: ArgumentParser) -> None:
        part.add_argument("name", metavar="NAME", help=options.FORUM)
        part.add_argument(
            "--field",
            type=options.setting,
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            dest="fields",
            help="an answer to what the forum asks for, such as name=anna; what is missing is asked for",
        )
        part.add_argument("--password", choices=["-"], metavar="-", help="read the password from the standard input")
        options.insecure(part)

    def log_out(part: ArgumentParser) -> None:
        part.add_argument("name", metavar="NAME", help="the account; drafts and what waits to be sent stay")

    def password(part: ArgumentParser) -> None:
        part.add_argument("name", metavar="NAME", help="the account")
        part.add_argument(
            "--password",
            choices=["-"],
            metavar="-",
            help="read the old and the new one, a line each, from the standard input; the old one is empty if there is "
            "none yet",
        )
        options.insecure(part)

    def sessions(part: ArgumentParser) -> None:
        part.add_argument("name", metavar="NAME", help="the account")
        ending = part.add_mutually_exclusive_group()
        ending.add_argument("--end", metavar="ID", help="end this log-in")
        ending.add_argument("--end-others", action="store_true", help="log out everywhere but here")
        ending.add_argument("--end-all", action="store_true", help="log out everywhere")
        options.formats(part)

    options.parts(
        parser,
        "what",
        [
            ("add", "follow a forum", add),
            ("list", "list the forums you follow", options.formats),
            ("remove", "no longer follow a forum", remove),
            ("login", "log in to a forum", log_in),
            ("register", "become a member of a forum, and log in", log_in),
            ("logout", "be a guest there again", log_out),
            ("password", "change your password in a forum, which ends all other log-ins", password),
            ("sessions", "list where you are logged in to a forum, or log out there", sessions),
        ],
        default="list",
    )
    options.formats(parser)


def _sync(parser: ArgumentParser) -> None:
    options.forum(parser, optional=True)


def _pack(parser: ArgumentParser) -> None:
    options.forum(parser, optional=True)
    options.formats(parser)


def _check(parser: ArgumentParser) -> None:
    options.forum(parser, optional=True)
    options.formats(parser)
    options.offline(parser)


def _boards(parser: ArgumentParser) -> None:
    options.forum(parser)
    options.formats(parser)
    options.offline(parser)


def _topics(parser: ArgumentParser) -> None:
    options.forum(parser)
    parser.add_argument("--board", metavar="BOARD", help="only this board (its id or title) and those below it")
    parser.add_argument(
        "--order",
        metavar="ORDER",
        help="in this order: NAME or NAME:PERIOD, such as new or top:week; without it, as the forum lists them",
    )
    options.listing(parser)


def _read(parser: ArgumentParser) -> None:
    options.forum(parser)
    options.topic(parser)
    parser.add_argument("--mark-read", action="store_true", help="mark what is printed as read")
    options.listing(parser)


def _search(parser: ArgumentParser) -> None:
    options.forum(parser, optional=True)
    parser.add_argument("query", metavar="QUERY", help='the words to look for; "several words" stand together')
    options.paging(parser)
    options.formats(parser)
    options.offline(parser)


def _recognise(parser: ArgumentParser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="the address of anything in a forum, or a forum file")
    parser.add_argument("--json", action="store_true", help="one object")
    parser.add_argument(
        "--offline", action="store_true", help="ask nobody: by the address's text, and by the forums known here"
    )


def _reply(parser: ArgumentParser) -> None:
    options.forum(parser)
    options.topic(parser)
    parser.add_argument("--to", metavar="NUMBER", help="the number of the post to answer; without it: the topic")
    parser.add_argument("--subject", metavar="S", help="a subject of its own")
    options.text(parser)
    options.sending(parser)


def _new_topic(parser: ArgumentParser) -> None:
    options.forum(parser)
    parser.add_argument("--board", metavar="BOARD", required=True, help="the board's id or title")
    parser.add_argument("--subject", metavar="S", required=True, help="the topic's title")
    options.text(parser)
    options.sending(parser)


def _edit(parser: ArgumentParser) -> None:
    options.forum(parser)
    options.topic(parser)
    options.post(parser)
    parser.add_argument("--subject", metavar="S", help="another subject; without it: as it was")
    options.text(parser)
    options.sending(parser)


def _delete(parser: ArgumentParser) -> None:
    options.forum(parser)
    options.topic(parser)
    options.post(parser)
    parser.add_argument("--key", metavar="KEY", help="the same key is done only once, however often it is tried")
    options.sending(parser)


def _outbox_parts(parser: ArgumentParser, others: Sequence[tuple[str, str, Callable[[ArgumentParser], None]]]) -> None:
    def listing(part: ArgumentParser) -> None:
        options.formats(part)

    options.parts(parser, "what", [("list", "list them", listing), *others], default="list")
    options.formats(parser)


def _drafts(parser: ArgumentParser) -> None:
    _outbox_parts(
        parser,
        [
            ("send", "send a draft", options.uid),
            ("discard", "throw a draft away", options.uid),
        ],
    )


def _outbox(parser: ArgumentParser) -> None:
    def retry(part: ArgumentParser) -> None:
        options.uid(part)
        part.add_argument("--arrived", action="store_true", help="it did arrive: do not send it again")
        part.add_argument("--mine", action="store_true", help="somebody changed the post: send your edit over that")
        part.add_argument("--theirs", action="store_true", help="somebody changed the post: drop your edit")

    def discard(part: ArgumentParser) -> None:
        options.uid(part)
        part.add_argument("--anyway", action="store_true", help="also what may have arrived; the forum keeps it if so")

    _outbox_parts(
        parser,
        [
            ("send", "send what waits, now", lambda _: None),
            ("retry", "send again what was refused or is uncertain", retry),
            ("discard", "throw away what did not arrive", discard),
        ],
    )


def _mark(parser: ArgumentParser) -> None:
    options.forum(parser)
    options.topic(parser)
    parser.add_argument("posts", metavar="NUMBER", nargs="*", help="the posts' numbers; without: the whole topic")
    kind = parser.add_mutually_exclusive_group(required=True)
    for name, text in [
        ("read", "as read"),
        ("unread", "as unread"),
        ("bookmark", "with a bookmark"),
        ("no-bookmark", "without a bookmark"),
        ("like", "as liked (posts only)"),
        ("no-like", "as no longer liked (posts only)"),
    ]:
        kind.add_argument(f"--{name}", action="store_const", dest="kind", const=name, help=f"mark {text}")
    options.offline(parser)


def _catchup(parser: ArgumentParser) -> None:
    options.forum(parser, optional=True)
    parser.add_argument("--board", metavar="BOARD", help="only this board (its id or title) and those below it")
    parser.add_argument("--older", type=options.count, metavar="DAYS", help="only what is older than so many days")


def _host(parser: ArgumentParser) -> None:
    from forumtui.cli.host import arguments

    arguments.add(parser)


def _serve(parser: ArgumentParser) -> None:
    from forumtui.cli.host import serve_arguments

    serve_arguments.add(parser)


def _import(parser: ArgumentParser) -> None:
    from forumtui.forum.export_format import ImportFormat

    parser.add_argument("source", metavar="FILE", type=Path, help="a forum page saved as text or HTML, or an export")
    parser.add_argument("--into", metavar="FORUM", type=Path, required=True, help="the forum file; made if missing")
    parser.add_argument("--dry-run", action="store_true", help="say what is in FILE, and import nothing")
    parser.add_argument(
        "--role",
        metavar="NAME",
        action="append",
        default=[],
        dest="words",
        help="a word that a page puts beside its members' names; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="say what was found as one object")
    parser.add_argument(
        "--format", choices=[each.value for each in ImportFormat], help="what FILE is; without it: found out"
    )
    parser.add_argument(
        "--roles", action="store_true", help="of an export: give the roles that its forum gave; without it: only words"
    )


def _export(parser: ArgumentParser) -> None:
    from forumtui.forum.export_format import ExportFormat

    options.forum(parser)
    parser.add_argument("--board", metavar="BOARD", help="only this board (its id or title)")
    parser.add_argument("--topic", metavar="TOPIC_ID", help="only this topic")
    parser.add_argument(
        "--format",
        choices=[each.value for each in ExportFormat],
        default=ExportFormat.JSONL.value,
        help="jsonl (the default; comes back equal by import), markdown or text",
    )
    parser.add_argument("--out", metavar="FILE", type=Path, help="write here instead of to the standard output")
    parser.add_argument("--force", action="store_true", help="write over the file that is there")


def _sample(parser: ArgumentParser) -> None:
    parser.add_argument("--path", action="store_true", help="only say where its file is")
    parser.add_argument("--reset", action="store_true", help="restore it as it was at the first start")


def _keys(parser: ArgumentParser) -> None:
    options.formats(parser)


def _config(parser: ArgumentParser) -> None:
    parser.add_argument("--path", action="store_true", help="only say where the file is")
    parser.add_argument("--force", action="store_true", help="write over the file that is there")


def _doctor(parser: ArgumentParser) -> None:
    _selftest(parser)
    parser.add_argument(
        "--requests", action="store_true", help="only how often forums were asked, of what each is known to allow"
    )


def _selftest(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_const", dest="form", const="json", default="plain", help="one array of objects"
    )


def _completion(parser: ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=["bash", "zsh", "fish"], help="bash, zsh or fish")


_ARGUMENTS: dict[str, Callable[[ArgumentParser], None]] = {
    "open": _open,
    "accounts": _accounts,
    "sync": _sync,
    "pack": _pack,
    "check": _check,
    "boards": _boards,
    "topics": _topics,
    "read": _read,
    "search": _search,
    "recognise": _recognise,
    "reply": _reply,
    "new": _new_topic,
    "edit": _edit,
    "delete": _delete,
    "drafts": _drafts,
    "outbox": _outbox,
    "mark": _mark,
    "catchup": _catchup,
    "host": _host,
    "serve": _serve,
    "import": _import,
    "export": _export,
    "sample": _sample,
    "keys": _keys,
    "config": _config,
    "completion": _completion,
    "doctor": _doctor,
    "selftest": _selftest,
}

_WITH_PARTS = {"accounts", "drafts", "outbox", "host"}
