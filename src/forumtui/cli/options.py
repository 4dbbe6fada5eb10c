"""The options that several commands share, and the parser that speaks in sentences."""

from __future__ import annotations

from argparse import Action, ArgumentError, ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from forumtui.cli.examples import example
from forumtui.errors import UsageError
from forumtui.settings import nearest

FORUM = "a forum file, an address, or the name of an account"
TOPIC = "the topic's id, as `forumtui topics` lists it"
_UNKNOWN = "unrecognized arguments: "


class Parser(ArgumentParser):
    """Says what is wrong in one sentence, by raising `UsageError`, and what was perhaps meant."""

    def error(self, message: str) -> NoReturn:
        """Called by argparse for whatever it does not understand."""
        if message.startswith(_UNKNOWN):
            message += self._meant(message.removeprefix(_UNKNOWN).split())
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see: {self.prog} --help")

    def _meant(self, words: Sequence[str]) -> str:
        unknown = next((word.partition("=")[0] for word in words if word.startswith("-")), "")
        return nearest(unknown, self._option_string_actions).rstrip(".")

    def _check_value(self, action: Action, value: object) -> None:
        """Called by argparse for the values of what has choices, such as commands below a command."""
        choices = [str(choice) for choice in action.choices or ()]
        if action.choices is not None and value not in action.choices:
            meant = nearest(str(value), choices).rstrip(".")
            raise ArgumentError(action, f'"{value}" is none of {", ".join(choices)}{meant}')


class Part(Parser):
    """A command below a command; it knows best what it does not understand."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Called by the parser above."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"{_UNKNOWN}{' '.join(rest)}")
        return found, rest


def new_parser(prog: str, description: str) -> Parser:
    """A parser that reports errors our way."""
    return Parser(
        prog=prog,
        description=description,
        epilog=example(prog),
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )


def everywhere(parser: ArgumentParser) -> None:
    """What every command has; taken out of the words before they are parsed, so this only documents it."""
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="print what was asked for, and what went wrong, only"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="say on standard error what is being done")
    parser.add_argument("--debug", action="store_true", help="show what went wrong in full, and log more")


def parts(
    parser: ArgumentParser,
    name: str,
    parts: Sequence[tuple[str, str, Callable[[ArgumentParser], None]]],
    default: str | None = None,
) -> None:
    """Commands below a command, such as ``accounts add``; without one, ``default``."""
    below = parser.add_subparsers(dest=name, metavar="WHAT", required=default is None, parser_class=Part)
    for part, summary, arguments in parts:
        child = below.add_parser(
            part,
            help=summary,
            description=f"{summary[:1].upper()}{summary[1:]}.",
            epilog=example(f"{parser.prog} {part}"),
            allow_abbrev=False,
            formatter_class=RawDescriptionHelpFormatter,
        )
        arguments(child)
        if not any(isinstance(action.choices, dict) for action in child._actions):  # noqa: SLF001 - it has no parts
            everywhere(child)
    if default is not None:
        parser.set_defaults(**{name: default})


# -- kinds of values


def count(text: str) -> int:
    """A number of at least 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def setting(text: str) -> tuple[str, str]:
    """``NAME=VALUE``."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name.strip(), value


def link(text: str) -> tuple[str, str]:
    """``TITLE=ADDRESS``."""
    title, equals, url = text.partition("=")
    if not equals or not title.strip() or not url.strip():
        raise ArgumentTypeError(f"{text!r} is not of the form TITLE=ADDRESS")
    return title.strip(), url.strip()


# -- groups of options


def forum(parser: ArgumentParser, *, optional: bool = False) -> None:
    """FORUM, the first word."""
    if optional:
        parser.add_argument("forum", metavar="FORUM", nargs="?", help=f"{FORUM}; without it: every account")
    else:
        parser.add_argument("forum", metavar="FORUM", help=FORUM)


def topic(parser: ArgumentParser) -> None:
    """TOPIC_ID."""
    parser.add_argument("topic", metavar="TOPIC_ID", help=TOPIC)


def post(parser: ArgumentParser) -> None:
    """NUMBER of a post."""
    parser.add_argument("post", metavar="NUMBER", help="the post's number in its topic (its id, if it has no number)")


def forum_file(parser: ArgumentParser) -> None:
    """FORUM, where only a forum file will do."""
    parser.add_argument("file", metavar="FORUM", type=Path, help="a forum file")


def formats(parser: ArgumentParser) -> None:
    """How lists are written."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_const", dest="form", const="json", help="one array of objects")
    form.add_argument("--jsonl", action="store_const", dest="form", const="jsonl", help="one object a line")
    form.add_argument(
        "--plain",
        action="store_const",
        dest="form",
        const="plain",
        help="text for people, pipes and screen readers (the default)",
    )
    parser.set_defaults(form="plain")


def paging(parser: ArgumentParser) -> None:
    """How much of a list."""
    parser.add_argument("--limit", type=count, default=50, metavar="N", help="at most so many (50)")
    parser.add_argument("--all", action="store_true", help="all there are")


def offline(parser: ArgumentParser) -> None:
    """--offline, of commands that read."""
    parser.add_argument("--offline", action="store_true", help="ask nobody: use the copy kept here")


def text(parser: ArgumentParser) -> None:
    """Where a text comes from."""
    parser.add_argument("--text", metavar="TEXT", help="the text, in Markdown")
    parser.add_argument("--file", metavar="FILE", help="read the text from a file; - is the standard input")
    parser.add_argument("stdin", nargs="?", choices=["-"], metavar="-", help="read the text from the standard input")
    parser.add_argument("--key", metavar="KEY", help="the same key never posts twice, however often it is tried")


def listing(parser: ArgumentParser) -> None:
    """What all lists of topics and posts understand."""
    parser.add_argument("--unread", action="store_true", help="only what is unread")
    paging(parser)
    formats(parser)
    offline(parser)


def sending(parser: ArgumentParser) -> None:
    """What all commands that send understand."""
    parser.add_argument("--offline", action="store_true", help="only queue it; forumtui sync sends it")
    parser.add_argument(
        "--json",
        action="store_const",
        dest="form",
        const="json",
        default="plain",
        help="say what became of it as one array of one object",
    )


def uid(parser: ArgumentParser) -> None:
    """UID of a draft or outbox row."""
    parser.add_argument("uid", metavar="UID", help="which one, as the list names it")


def insecure(parser: ArgumentParser) -> None:
    """Whether secrets may go over a line that others can read."""
    parser.add_argument(
        "--insecure",
        action="store_true",
        help="send passwords and tokens to an http:// address too, where whoever is on the way can read them",
    )
