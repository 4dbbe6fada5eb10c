"""The command line as a whole, for what is made of it when a wheel is built: completion files and the manual page.

It needs what only a build has: shtab and argparse-manpage.
"""

from __future__ import annotations

from argparse import Action, ArgumentParser
from collections.abc import Mapping
from functools import partial
from typing import Any

from forumtui.cli import arguments, options
from forumtui.cli.commands import COMMANDS
from forumtui.cli.installed import FILES, MANUAL

_SUMMARY = "every forum you follow, in one terminal, online or off"
_BASH = """\
_forumtui_words() {
  local IFS=$'\\n'
  compgen -W "$(forumtui --complete "$1" "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null | cut -f 1)" -- "$2"
}
_forumtui_forum_files() { _forumtui_words forums "$1"; compgen -f -- "$1"; }
_forumtui_forums() { _forumtui_words forums "$1"; }
_forumtui_topics() { _forumtui_words topics "$1"; }
_forumtui_boards() { _forumtui_words boards "$1"; }
_forumtui_orders() { _forumtui_words orders "$1"; }
"""
_ZSH = """\
_forumtui_words() {
  local -a found
  found=("${(@f)$(forumtui --complete $1 ${words[1,CURRENT-1]} 2>/dev/null)}")
  found=("${(@)found//:/\\\\:}")
  found=("${(@)found/$'\\t'/:}")
  (( ${#found[1]} )) && _describe $1 found
}
_forumtui_forum_files() { _forumtui_words forums; _files }
_forumtui_forums() { _forumtui_words forums }
_forumtui_topics() { _forumtui_words topics }
_forumtui_boards() { _forumtui_words boards }
_forumtui_orders() { _forumtui_words orders }
"""
_FISH = """\
function _forumtui_words
  forumtui --complete $argv[1] (commandline -opc)[2..] 2>/dev/null
end
function _forumtui_forum_files
  _forumtui_words forums
  __fish_complete_path (commandline -ct)
end
function _forumtui_forums; _forumtui_words forums; end
function _forumtui_topics; _forumtui_words topics; end
function _forumtui_boards; _forumtui_words boards; end
function _forumtui_orders; _forumtui_words orders; end
"""
_FUNCTIONS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def files() -> Mapping[str, str]:
    """What is installed beside the program: the text of each file."""
    import shtab

    made = {
        where: shtab.complete(marked(parser()), shell=shell, preamble=_FUNCTIONS[shell])
        for shell, where in FILES.items()
    }
    return {**made, MANUAL: manual()}


def parser() -> ArgumentParser:
    """One parser of all commands."""
    whole = options.new_parser("forumtui", f"{_SUMMARY[:1].upper()}{_SUMMARY[1:]}.")
    whole.add_argument("-V", "--version", action="store_true", help="say which version this is")
    options.everywhere(whole)
    each = [(name, command.summary, partial(arguments.add, name)) for name, command in COMMANDS.items()]
    options.parts(whole, "command", each)
    return whole


def manual() -> str:
    """The manual page."""
    from argparse_manpage.manpage import Manpage

    page = Manpage(_with_examples(parser()), format="single-commands-section")
    page.description, page.manual, page.source = _SUMMARY, "User Commands", "forumtui"
    return str(page)


def _with_examples(parser: ArgumentParser) -> ArgumentParser:
    """The parser, whose commands tell their examples where the page shows them: in what they say of themselves."""
    for action in parser._actions:  # noqa: SLF001 - there is no other way to them
        for part in action.choices.values() if isinstance(action.choices, dict) else ():
            part.description = f"{part.description}\n\n{part.epilog}"
            _with_examples(part)
    return parser


def marked(parser: ArgumentParser) -> ArgumentParser:
    """The parser, with each of its words told apart by what can be offered for it."""
    for action in parser._actions:  # noqa: SLF001 - there is no other way to them
        if isinstance(action.choices, dict):
            for part in action.choices.values():
                marked(part)
        elif (kind := _offered(parser, action)) is not None:
            action.complete = kind  # type: ignore[attr-defined]  # shtab looks for it
    return parser


def _offered(parser: ArgumentParser, action: Action) -> Any:
    """Shtab's word for files, or the functions above."""
    of_accounts = parser.prog.startswith("forumtui accounts ") and not action.option_strings
    if action.metavar in {"FILE", "PATH"}:
        return "file"
    if of_accounts and action.metavar == "NAME":
        return _calls("forums")
    if action.metavar in {"FORUM", "LOCATION"}:
        return _calls("forum_files")
    return _calls({"TOPIC_ID": "topics", "BOARD": "boards", "ORDER": "orders"}.get(str(action.metavar)))


def _calls(what: str | None) -> Mapping[str, str] | None:
    name = f"_forumtui_{what}"
    return None if what is None else {"bash": name, "zsh": name, "fish": f"({name})"}
