"""``keys`` and ``config``."""

from __future__ import annotations

from dataclasses import fields

from forumtui.cli import output
from forumtui.cli.call import DONE, Call, say
from forumtui.errors import FileProblem, StorageFull
from forumtui.settings import SAYS, Settings

_INTRODUCTION = """\
# forumtui: configuration.  A line that begins with # does nothing; take the # away to change a setting.
# docs/configuration.md tells more.
"""


def keys(call: Call) -> int:
    """List the keys of the reader as they are configured."""
    from forumtui.tui.keys.commands import GROUPS
    from forumtui.tui.keys.keymap import Keymap, shown

    keymap = Keymap.build(call.settings.keys, mutt=call.settings.keymap == "mutt")
    with output.Printer(call.args.form) as printer:
        for title, commands in GROUPS:
            if call.args.form == "plain":
                print(f"{title}:" if not printer.printed else f"\n{title}:")
            for command in commands:
                bound = keymap.keys[command.name]
                record = {
                    "command": command.name,
                    "group": title,
                    "title": command.title,
                    "keys": list(bound),
                    "where": sorted(command.where),
                }
                said = ", ".join(shown(key) for key in bound)
                printer.add(record, f"  {said:<18} {command.title}  [{command.name}]")
    return DONE


def config(call: Call) -> int:
    """Write a configuration file in which everything is a comment, or say where it is."""
    file = call.paths.config_file
    if call.args.path:
        print(file)
        return DONE
    if file.exists() and not call.args.force:
        raise FileProblem(f"There is a configuration already: {file}; --force writes over it.")
    part = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.touch(mode=0o600)  # it names the command that ctrl+o runs
        part.write_text(default_config(), encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise StorageFull(f"{file} can not be written: {error.strerror or error}.") from error
    say(f"Wrote {file}; everything in it is a comment, and means what happens without it.")
    return DONE


def default_config() -> str:
    """A configuration file that changes nothing."""
    from forumtui.tui.keys.commands import GROUPS

    lines = [_INTRODUCTION]
    says = {setting.name: setting.metadata[SAYS] for setting in fields(Settings)}
    for setting in fields(Settings):
        if setting.name != "keys":
            lines += [f"# {says[setting.name]}", f"# {setting.name} = {_toml(setting.default)}", ""]
    lines += [f"# {says['keys']}", "[keys]"]
    for title, commands in GROUPS:
        lines += ["", f"# -- {title}"]
        lines += [
            f"# {command.name} = [{', '.join(_toml(key) for key in command.keys)}]  # {command.title}"
            for command in commands
        ]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)
