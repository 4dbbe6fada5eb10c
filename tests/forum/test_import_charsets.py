from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import pytest
from tests.forum.forum_pages import page

from forumtui.errors import FileProblem
from forumtui.forum.importing.charset import decode, wide_charset

WESTERN = page().replace("\xa0", " ")


@pytest.mark.parametrize(
    "encoded",
    [
        page().encode("utf-8"),
        page().encode("utf-8-sig"),
        page().encode("utf-16"),
        codecs.BOM_UTF16_BE + page().encode("utf-16-be"),
        page().encode("utf-16-le"),
        page().encode("utf-16-be"),
        page().encode("utf-32"),
    ],
    ids=["utf-8", "utf-8-sig", "utf-16", "utf-16-be-sig", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_unicode_in_every_spelling(encoded: bytes) -> None:
    assert decode(encoded, Path("page.txt")).lstrip("\ufeff") == page()


@pytest.mark.parametrize("line", ["—————— •••••• ······", "“‘Éà là!’”—… naïve", "°°°° ÿÿÿÿ"])
def test_windows_western_with_odd_lines(line: str) -> None:
    assert decode(line.encode("cp1252"), Path("page.txt")) == line


def test_windows_western() -> None:
    assert decode(WESTERN.encode("cp1252"), Path("page.txt")) == WESTERN


def test_mostly_chinese_utf16_without_a_mark() -> None:
    text = "领导 > Forum Log in\r\n\r\n主题\r\n王, Member\r\n" + "信任需要时间。\r\n" * 40
    assert wide_charset(text.encode("utf-16-le")) == "utf-16-le"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(page().encode()), "binary|charset"),
        (bytes(range(256)) * 20, "binary"),
        ("Здравствуйте, товарищи".encode("koi8-r"), "charset"),
        ("信任需要时间".encode("gbk"), "charset"),
        ("時間がかかる".encode("shift-jis"), "charset"),
        (page().encode("utf-8") + b"\xe2\x80", "UTF-8 but damaged in line"),
        (page().encode("utf-16") + b"\0", "damaged"),
        (b"text \x01\x02\x03\x04 text", "binary"),
    ],
    ids=["gzip", "bytes", "koi8", "gbk", "sjis", "cut-utf8", "cut-utf16", "controls"],
)
def test_what_can_not_be_read_says_why(data: bytes, said: str) -> None:
    with pytest.raises(FileProblem, match=said):
        decode(data, Path("page.txt"))
