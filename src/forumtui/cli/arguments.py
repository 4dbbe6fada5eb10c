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
    _ARGUMENTS[command](parser)
    options.debug(parser)
    return parser


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

    def remove(part: ArgumentParser) -> None:
        part.add_argument("name", metavar="NAME", help="the account to forget; the forum itself stays as it is")

    options.parts(
        parser,
        "what",
        [
            ("add", "follow a forum", add),
            ("list", "list the forums you follow", options.formats),
            ("remove", "no longer follow a forum", remove),
        ],
        default="list",
    )
    options.formats(parser)


def _sync(parser: ArgumentParser) -> None:
    options.forum(parser, optional=True)


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

    _outbox_parts(
        parser,
        [
            ("send", "send what waits, now", lambda _: None),
            ("retry", "send again what was refused or is uncertain", retry),
            ("discard", "throw away what did not arrive", options.uid),
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
    options.parts(
        parser,
        "what",
        [
            ("create", "make a new, empty forum file", _host_create),
            ("board", "add or change a board", _host_board),
            ("member", "say what a member is", _host_member),
            ("notice", "set the line that every page of the forum shows", _host_notice),
            ("mark", "distinguish a post", _host_mark),
        ],
    )


def _host_create(parser: ArgumentParser) -> None:
    options.forum_file(parser)
    parser.add_argument("--title", metavar="TITLE", help="the forum's title; without it: the file's name")
    parser.add_argument("--tagline", metavar="TEXT", help="what it is about, in a line")


def _host_board(parser: ArgumentParser) -> None:
    def fields(part: ArgumentParser) -> None:
        part.add_argument("--description", metavar="TEXT", help="what belongs there")
        part.add_argument("--parent", metavar="BOARD", help="the board above it (its id or title)")
        part.add_argument("--leader", metavar="MEMBER", help='who leads it; "" for nobody')
        part.add_argument("--leader-wanted", action="store_true", default=None, help="say that a leader is wanted")
        part.add_argument(
            "--link",
            type=options.link,
            action="append",
            metavar="TITLE=URL",
            dest="links",
            help="a link for further study; may be given several times",
        )
        part.add_argument("--further-study", metavar="TEXT", help="a line about further study")
        part.add_argument("--notice", metavar="TEXT", help="a line that the board shows")
        part.add_argument("--position", type=int, metavar="N", help="its place among its neighbours")

    def add(part: ArgumentParser) -> None:
        options.forum_file(part)
        part.add_argument("--title", metavar="TITLE", required=True, help="what it is called")
        fields(part)

    def edit(part: ArgumentParser) -> None:
        options.forum_file(part)
        part.add_argument("board", metavar="BOARD", help="its id or title")
        part.add_argument("--title", metavar="TITLE", help="what it is called")
        fields(part)

    options.parts(parser, "how", [("add", "add a board", add), ("edit", "change a board", edit)])


def _host_member(parser: ArgumentParser) -> None:
    def role(part: ArgumentParser) -> None:
        options.forum_file(part)
        part.add_argument("member", metavar="MEMBER", help="the member's name; made if there is none")
        part.add_argument("role", metavar="ROLE", help="Member, Editor, Moderator or Admin")

    options.parts(parser, "how", [("role", "give a member a role", role)])


def _host_notice(parser: ArgumentParser) -> None:
    options.forum_file(parser)
    parser.add_argument("text", metavar="TEXT", help='the line; "" for none')


def _host_mark(parser: ArgumentParser) -> None:
    options.forum_file(parser)
    parser.add_argument("post", metavar="POST_ID", help="the post's id, as `forumtui read --json` shows it")
    parser.add_argument(
        "mark",
        metavar="MARK",
        choices=["best-practice", "expert-tip", "accepted"],
        help="best-practice, expert-tip or accepted",
    )
    parser.add_argument("--off", action="store_true", help="take the mark away")


def _import(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="FILE", type=Path, help="a forum page saved as text, or an export")
    parser.add_argument("--into", metavar="FORUM", type=Path, required=True, help="the forum file; made if missing")
    parser.add_argument("--format", choices=["page", "jsonl"], help="what FILE is; without it: found out")


def _export(parser: ArgumentParser) -> None:
    options.forum_file(parser)
    parser.add_argument("--board", metavar="BOARD", help="only this board (its id or title)")
    parser.add_argument("--topic", metavar="TOPIC_ID", help="only this topic")
    parser.add_argument(
        "--format",
        choices=["jsonl", "markdown", "text"],
        default="jsonl",
        help="jsonl (the default; comes back equal by import), markdown or text",
    )
    parser.add_argument("--out", metavar="FILE", type=Path, help="write here instead of to the standard output")


def _sample(parser: ArgumentParser) -> None:
    parser.add_argument("--reset", action="store_true", help="restore it as it was at the first start")


def _keys(parser: ArgumentParser) -> None:
    options.formats(parser)


def _config(parser: ArgumentParser) -> None:
    parser.add_argument("--path", action="store_true", help="only say where the file is")
    parser.add_argument("--force", action="store_true", help="write over the file that is there")


def _doctor(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_const", dest="form", const="json", default="plain", help="one array of objects"
    )


_ARGUMENTS: dict[str, Callable[[ArgumentParser], None]] = {
    "open": _open,
    "accounts": _accounts,
    "sync": _sync,
    "check": _check,
    "boards": _boards,
    "topics": _topics,
    "read": _read,
    "search": _search,
    "reply": _reply,
    "new": _new_topic,
    "edit": _edit,
    "delete": _delete,
    "drafts": _drafts,
    "outbox": _outbox,
    "mark": _mark,
    "catchup": _catchup,
    "host": _host,
    "import": _import,
    "export": _export,
    "sample": _sample,
    "keys": _keys,
    "config": _config,
    "doctor": _doctor,
}

_WITH_PARTS = {"accounts", "drafts", "outbox", "host"}
