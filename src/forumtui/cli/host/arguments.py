"""The options of the ``host`` commands."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from forumtui.cli import options

_MEMBER = "the member's name"


def add(parser: ArgumentParser) -> None:
    """All that ``host`` can do."""
    options.parts(
        parser,
        "what",
        [
            ("create", "make a new, empty forum file", _create),
            ("board", "add, change or list boards", _board),
            ("member", "add, change or list members", _member),
            ("token", "make a token with which a member's programs log in; it is the last line", _token),
            ("tokens", "list the tokens in force, or revoke one", _tokens),
            ("invite", "make an invitation; its code is the last line", _invite),
            ("policy", "show or change who may register, read, and post at once", _policy),
            ("notice", "set the line that every page of the forum shows", _notice),
            ("rules", "set what members accept when they register", _rules),
            ("mark", "distinguish a post", _mark),
            ("topic", "move a topic, remove it, restore it, or change its tags", _topic),
            ("queue", "list what waits for moderators, or settle it", _queue),
            ("log", "list who did what to keep order", _log),
            ("stats", "count boards, topics, posts and members", _stats),
            ("backup", "write a verified copy while the forum is in use", _backup),
            ("check", "look for damage", options.forum),
        ],
    )


def _create(parser: ArgumentParser) -> None:
    options.forum_file(parser)
    parser.add_argument("--title", metavar="TITLE", help="the forum's title; without it: the file's name")
    parser.add_argument("--tagline", metavar="TEXT", help="what it is about, in a line")


def _board(parser: ArgumentParser) -> None:
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
        part.add_argument("--reading", choices=["public", "members"], help="who sees it: everybody, or members only")

    def new(part: ArgumentParser) -> None:
        options.forum(part)
        part.add_argument("--title", metavar="TITLE", required=True, help="what it is called")
        fields(part)

    def edit(part: ArgumentParser) -> None:
        options.forum(part)
        part.add_argument("board", metavar="BOARD", help="its id or title")
        part.add_argument("--title", metavar="TITLE", help="what it is called")
        fields(part)

    def listing(part: ArgumentParser) -> None:
        options.forum(part)
        options.formats(part)

    options.parts(
        parser,
        "how",
        [("add", "add a board", new), ("edit", "change a board", edit), ("list", "list the boards", listing)],
    )


def _member(parser: ArgumentParser) -> None:
    from forumtui.forum.permissions import NAMES_OF_ROLES, Role

    def new(part: ArgumentParser) -> None:
        _named(part)
        part.add_argument("--role", metavar="ROLE", default=Role.MEMBER.value, help=NAMES_OF_ROLES)

    def role(part: ArgumentParser) -> None:
        options.forum(part)
        part.add_argument("member", metavar="MEMBER", help=f"{_MEMBER}; in a forum file made if there is none")
        part.add_argument("role", metavar="ROLE", help=NAMES_OF_ROLES)

    def listing(part: ArgumentParser) -> None:
        options.forum(part)
        options.formats(part)

    def link(part: ArgumentParser) -> None:
        _named(part)
        part.add_argument("user", metavar="UNIX_USER", help='who that is on the server\'s machine; "" for nobody')

    options.parts(
        parser,
        "how",
        [
            ("add", "add a member", new),
            ("role", "give a member a role", role),
            ("suspend", "let a member neither log in nor write", _named),
            ("restore", "let a suspended member in again", _named),
            ("link", "say which user of the server's machine a member is", link),
            ("list", "list the members", listing),
        ],
    )


def _named(parser: ArgumentParser) -> None:
    options.forum(parser)
    parser.add_argument("member", metavar="MEMBER", help=_MEMBER)


def _token(parser: ArgumentParser) -> None:
    from forumtui.forum.identities import Scope

    _named(parser)
    parser.add_argument("--label", metavar="TEXT", default="", help="what it is for, as the list of tokens shows it")
    parser.add_argument(
        "--scope",
        action="append",
        choices=[scope.value for scope in Scope],
        default=[],
        dest="scopes",
        help="what it may be used for; may be given several times; without it: all that the member may do",
    )
    parser.add_argument("--days", type=options.count, metavar="N", help="how long it is good for; without it: for ever")


def _tokens(parser: ArgumentParser) -> None:
    options.forum(parser)
    parser.add_argument("--member", metavar="MEMBER", help="only this member's")
    parser.add_argument("--revoke", metavar="ID", help="let this token be good no longer")
    options.formats(parser)


def _invite(parser: ArgumentParser) -> None:
    from forumtui.forum.permissions import Role

    options.forum(parser)
    parser.add_argument("--uses", type=options.count, default=1, metavar="N", help="how many may register with it (1)")
    parser.add_argument("--days", type=options.count, metavar="N", help="how long it is good for; without it: for ever")
    parser.add_argument(
        "--role", metavar="ROLE", default=Role.MEMBER.value, help="the role of those who use it (Member)"
    )


def _policy(parser: ArgumentParser) -> None:
    from forumtui.forum.house import Approval
    from forumtui.model import Registration

    options.forum(parser)
    parser.add_argument("--registration", choices=[way.value for way in Registration], help="who may become a member")
    parser.add_argument("--reading", choices=["public", "members"], help="who may read: everybody, or members only")
    parser.add_argument(
        "--approval", choices=[whose.value for whose in Approval], help="whose posts wait for a moderator's approval"
    )


def _notice(parser: ArgumentParser) -> None:
    options.forum(parser)
    parser.add_argument("text", metavar="TEXT", help='the line; "" for none')


def _rules(parser: ArgumentParser) -> None:
    options.forum(parser)
    parser.add_argument("text", metavar="TEXT", nargs="?", help='the rules, in Markdown; "" for none')
    parser.add_argument("--file", metavar="FILE", type=Path, help="read them from a file")


def _mark(parser: ArgumentParser) -> None:
    from forumtui.model import Mark

    marks = [mark.value for mark in Mark]
    options.forum(parser)
    parser.add_argument("post", metavar="POST_ID", help="the post's id, as `forumtui read --json` shows it")
    parser.add_argument(
        "mark",
        metavar="MARK",
        choices=marks,
        help=f"{', '.join(marks[:-1])} or {marks[-1]}",
    )
    parser.add_argument("--off", action="store_true", help="take the mark away")


def _topic(parser: ArgumentParser) -> None:
    def named(part: ArgumentParser) -> None:
        options.forum(part)
        part.add_argument("topic", metavar="TOPIC_ID", help="the topic's id, as `forumtui topics` shows it")

    def remove(part: ArgumentParser) -> None:
        named(part)
        part.add_argument("--reason", metavar="TEXT", default="", help="why, for the audit log")

    def move(part: ArgumentParser) -> None:
        named(part)
        part.add_argument("board", metavar="BOARD", help="the board's id or title")
        part.add_argument(
            "--to-guests", action="store_true", help="also where guests will see what was for members only"
        )

    def tags(part: ArgumentParser) -> None:
        named(part)
        part.add_argument("tags", metavar="TAG", nargs="*", help="all the tags that it has then; without one: none")

    options.parts(
        parser,
        "how",
        [
            ("move", "put a topic on another board", move),
            ("remove", "show a topic to moderators only; nothing of it is lost", remove),
            ("restore", "show a removed topic to everybody again", named),
            ("tags", "give a topic other tags", tags),
        ],
    )


def _queue(parser: ArgumentParser) -> None:
    options.forum(parser)
    decision = parser.add_mutually_exclusive_group()
    decision.add_argument("--approve", metavar="ID", help="publish the post, accept the offer, hide what was reported")
    decision.add_argument("--reject", metavar="ID", help="reject the post or offer, leave what was reported")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why; the author of a rejected post is told")
    options.formats(parser)


def _log(parser: ArgumentParser) -> None:
    options.forum(parser)
    options.paging(parser)
    options.formats(parser)


def _stats(parser: ArgumentParser) -> None:
    options.forum(parser)
    options.formats(parser)


def _backup(parser: ArgumentParser) -> None:
    options.forum(parser)
    parser.add_argument("target", metavar="FILE", type=Path, help="where the copy goes; must not exist yet")
