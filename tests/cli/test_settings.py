from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from forumtui.errors import ConfigError
from forumtui.settings import SAYS, Settings, is_key, load_settings

COMMANDS = {"next-unread", "page-down", "go-top"}


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml") == Settings()


def test_all_settings_are_read(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'name = "anna"\ntheme = "nord"\neditor = "vim -f"\njoin_days = 3\nmouse = false\n'
        '[keys]\nnext-unread = "n"\ngo-top = ["g g", "home"]\npage-down = []\n',
    )
    assert load_settings(file, COMMANDS) == Settings(
        name="anna",
        theme="nord",
        editor="vim -f",
        join_days=3,
        mouse=False,
        keys={"next-unread": ("n",), "go-top": ("g g", "home"), "page-down": ()},
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('thme = "nord"', 'did you mean "theme"?'),
        ('zzzz = "nord"', 'no setting "zzzz".'),
        ('keymap = "emacs"', "there are: default, mutt"),
        ("join_days = true", "must be a whole number"),
        ("join_days = -1", "less than 0"),
        ("mouse = 1", "must be true or false"),
        ("name = 1", "must be a text"),
        ("keys = 3", "must be a table"),
        ('[keys]\nnext-unred = "n"', 'did you mean "next-unread"?'),
        ('[keys]\nnext-unread = "pagedwn"', 'did you mean "pagedown"?'),
        ('[keys]\nnext-unread = "hyper+x"', "not the name of a key"),
        ("[keys]\nnext-unread = 4", "must be a text or a list"),
        ('[keys]\nnext-unread = ""', "not the name of a key"),
        ("name = ", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(written(tmp_path, text), COMMANDS)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="can not be read"):
        load_settings(file)


@pytest.mark.parametrize("key", ["j", "G", "+", "ctrl++", "ctrl+s", "alt+shift+f5", "g g", "space", "?", "ä", "z ä"])
def test_key_names(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize("key", ["", " ", "gg", "ctrl+", "ctrl+ctrl+x", "meta+x", "g  g", "f25", "\t", "+ctrl"])
def test_no_key_names(key: str) -> None:
    assert not is_key(key)


def test_every_setting_says_what_it_is_and_is_documented_with_its_default() -> None:
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.split("## Keys")[0].splitlines() if line.startswith("| `")]
    documented = {row[0].strip("| `"): row for row in rows}
    names = [setting.name for setting in fields(Settings)]
    assert documented.keys() ^ set(names) == set()
    assert list(documented) == names
    for setting in fields(Settings):
        _, default, says = documented[setting.name]
        assert setting.metadata.get(SAYS), f"the setting {setting.name} lacks its sentence"
        if setting.name != "keys":  # the page has a part on these
            assert default == f"`{toml(setting.default)}`", setting.name
            assert says.removesuffix(" |").replace("`", "") == setting.metadata[SAYS].replace("  ", " ")


def toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
