"""Every command of the command line: its name, what it is for, and where it is implemented.

Plain data, so that finding out which command is meant costs nothing; `forumtui.cli.arguments` knows the options.
"""

from __future__ import annotations

from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Command:
    """A command; ``handler`` is "module:function" below ``forumtui.cli``."""

    name: str
    summary: str
    handler: str


GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        "Reading",
        (
            Command("open", "open the reader, on a forum file, address or account", "opening:open_reader"),
            Command("accounts", "add, list or remove the forums you follow", "accounts:accounts"),
            Command("sync", "fetch what is new and send what waits", "accounts:sync"),
            Command("pack", "fetch all that is unread, to read it offline", "packing:pack"),
            Command("check", "say which forums have something new", "accounts:check"),
            Command("boards", "list the boards of a forum", "browsing:boards"),
            Command("topics", "list topics", "browsing:topics"),
            Command("read", "print the posts of a topic", "browsing:read"),
            Command("search", "search posts", "browsing:search"),
            Command("recognise", "say which forum an address is of, and what it names there", "recognising:recognise"),
        ),
    ),
    (
        "Writing",
        (
            Command("reply", "answer a topic or a post", "writing:reply"),
            Command("new", "open a topic", "writing:new"),
            Command("edit", "change a post of yours", "writing:edit"),
            Command("delete", "take back a post of yours", "writing:delete"),
            Command("drafts", "list, send or discard drafts", "outbox:drafts"),
            Command("outbox", "list, send, retry or discard what waits to be sent", "outbox:outbox"),
        ),
    ),
    (
        "Keeping track",
        (
            Command("mark", "mark posts as read or unread, bookmark or like them", "marking:mark"),
            Command("catchup", "mark everything as read", "marking:catch_up"),
        ),
    ),
    (
        "A forum of your own",
        (
            Command("host", "make a forum file and keep house in it", "host.hosting:host"),
            Command("serve", "open a forum file to others, over TCP or a Unix socket", "host.serving:serve"),
            Command("import", "bring a saved forum page or an export into a forum file", "host.transfer:import_posts"),
            Command(
                "export", "write a forum file, board or topic as jsonl, Markdown or text", "host.transfer:export_posts"
            ),
            Command("sample", "open the sample forum, or restore it", "host.hosting:sample"),
        ),
    ),
    (
        "The program",
        (
            Command("keys", "list the keys of the reader", "program:keys"),
            Command("config", "write a configuration file to start from", "program:config"),
            Command(
                "completion", "print what makes a shell complete commands, forums and topics", "installed:completion"
            ),
            Command("doctor", "check that everything here is in order", "doctor:doctor"),
            Command("selftest", "open a hostile forum and check what left the terminal", "selftest:selftest"),
        ),
    ),
)

COMMANDS: dict[str, Command] = {command.name: command for _, group in GROUPS for command in group}

USAGE = "usage: forumtui [open] [FORUM]\n       forumtui COMMAND [FORUM] ..."


def overview() -> str:
    """The text of ``forumtui --help``."""
    lines = [USAGE, "", "Every forum you follow, in one terminal, online or off.", ""]
    lines += ["FORUM is a forum file, an address, or the name of an account."]
    for title, group in GROUPS:
        lines += ["", f"{title}:", *(f"  {command.name:<11}{command.summary}" for command in group)]
    lines += [
        "",
        "Options: --version, --help; and of every command: -q or --quiet (say less), -v or --verbose (say more),",
        "--debug (show what went wrong in full).",
        "forumtui COMMAND --help tells more about one command.",
    ]
    return "\n".join(lines)
