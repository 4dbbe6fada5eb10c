"""What is searched and what is sought meet after folding, in the index that the library uses."""

from __future__ import annotations

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.text.hostile import texts

from forumtui.text.fold import fold, match_expression


@pytest.fixture
def index() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE VIRTUAL TABLE post USING fts5 (text, tokenize='unicode61 remove_diacritics 2')")
    return connection


def finds(index: apsw.Connection, text: str, query: str) -> bool:
    index.execute("DELETE FROM post")
    index.execute("INSERT INTO post (text) VALUES (?)", (fold(text),))
    expression = match_expression(query)
    return bool(expression) and bool(list(index.execute("SELECT 1 FROM post WHERE post MATCH ?", (expression,))))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("京都のフォーラムと日本語", "京都"),
        ("京都のフォーラムと日本語", "フォーラム"),
        ("京都のフォーラムと日本語", "本"),
        ("京都のフォーラムと日本語", '"日本語"'),
        ("내검색어", "검색"),
        ("Linux内核discussion", "内核"),
        ("Linux内核discussion", "linux"),
        ("Linux内核discussion", "内核disc"),
        ("ﾌｫｰﾗﾑ", "フォーラム"),
        ("Straße und Ёлка", "STRASSE"),
        ("Straße und Ёлка", "елка"),
        ("naïve café", "naive cafe"),
        ("Transformational Leadership", "leadership transf"),
        ("Transformational Leadership", '"transformational leadership"'),
        ("C++ and don't", "don't "),
        ("ﬁnance", "finance"),
        ("in the end", "the end"),
    ],
)
def test_found(index: apsw.Connection, text: str, query: str) -> None:
    assert finds(index, text, query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("京都", "都京"),
        ("日 X 本", "日本"),
        ("Transformational Leadership", "transf "),
        ("Transformational Leadership", '"leadership transformational"'),
        ("Transformational Leadership", "transf leadership"),
        ("anything", ""),
        ("anything", '"'),
        ("anything", "- * ("),
    ],
)
def test_not_found(index: apsw.Connection, text: str, query: str) -> None:
    assert not finds(index, text, query)


@given(st.one_of(texts, st.text(alphabet='ab" *日()-^:{}NOTORAND', max_size=20)))
def test_no_query_is_a_syntax_error(query: str) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE VIRTUAL TABLE post USING fts5 (text, tokenize='unicode61 remove_diacritics 2')")
    expression = match_expression(query)
    if expression:
        list(connection.execute("SELECT 1 FROM post WHERE post MATCH ?", (expression,)))


def test_fold_of_what_is_no_text() -> None:
    assert fold(None) == ""
    assert fold(7) == ""
    assert fold("") == ""
