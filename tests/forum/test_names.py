"""Names of new members: ordinary ones in any script, and none that would be taken for somebody else's or a role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

pytest.importorskip("zxcvbn", reason="the server is an extra: pip install 'forumtui[server]'")

from hypothesis import given
from hypothesis import strategies as st
from tests.forum.forum_files import act, forum, imported, sql

from forumtui.errors import Conflict, Forbidden, Refused
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.file.forum_file import APPLICATION_ID
from forumtui.forum.file.names import new_name
from forumtui.forum.file.structure import STEPS
from forumtui.forum.house import BoardDraft, Policy
from forumtui.forum.permissions import Role
from forumtui.forum.store import ImportedBoard, ImportedMember, ImportedTopic
from forumtui.model import ACTORS, BoardId, Body, Listing, NewTopic, Registration, Window
from forumtui.sqlite.connection import connect

ORDINARY = [
    "anna", "Ann Snider", "O'Brien", "O’Brien", "Jean-Luc", "José", "Jose\u0301", "Zoë", "Ørsted", "Łukasz", "İpek",
    "Nguyễn Thị Minh", "李", "王小明", "さくら", "田中 太郎", "カタカナー", "한지민", "Дмитрий", "Ђорђе", "Νίκος", "Ελένη",
    "محمد", "علی\u200cرضا", "שָׁלוֹם", "प्रिया", "शक्\u200dति", "ঈশান", "தமிழ்", "สมชาย", "ខ្មែរ", "Արամ", "გიორგი", "ተስፋዬ",
    "x", "42", "r2d2", "anna.b", "anna_b", "a+b", "Dr. No", "van 't Hoff", "moderato", "Madmina", "Systema", "Modeste",
    "keepers'", "Stafford", "Memberley", "root", "edit",
]  # fmt: skip
RESERVED = [
    "keeper", "Keeper", "the keeper", "The-Keeper", "кeeper", "keеper", "k e e p e r", "KEEPER", "\u2800keeper",
    "ke\u17b4eper", "ᴋᴇᴇᴘᴇʀ", "admin", "Admin", "ADMIN", "Adm1n", "AdmIn", "Аdmin", "ádmin", "a\u0338dmin", "[admin]",
    "_admin_", "Admins", "administrator", "mod", "rnod", "MOD", "m0d", "moderator", "rnoderator", "Moderators", "Editor",
    "Leader", "member", "system", "sуstem", "SYSTEM", "Ѕystem", "staff", "guest", "somebody", "unknown author",
    "Author Unknown", "deleted post", "forumtui", "🅰dmin", "𝒂𝒅𝒎𝒊𝒏", "ａｄｍｉｎ", "ad\u200cmin", "ad\u115fmin", "admın",
]  # fmt: skip
UNSEEN = [
    "x/tokens",
    "a/b",
    "an\u115fna",
    "an\u2800na",
    "\u17b4anna",
    "an\u200cna",
    "a\ue000b",
    "a\ufe0f",
]


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_names_will_do(name: str) -> None:
    assert new_name(name)


@pytest.mark.parametrize("name", [*RESERVED, *ACTORS, *Role, *UNSEEN, "", "@anna", "...", "x" * 41])
def test_names_of_roles_and_of_the_log_and_names_that_do_not_show_will_not(name: str) -> None:
    with pytest.raises(Refused):
        new_name(name)


@given(st.text())
def test_no_name_holds_what_divides_or_steers(name: str) -> None:
    try:
        stored = new_name(name)
    except Refused:
        return
    assert "/" not in stored
    assert stored.replace("\u200c", "").replace("\u200d", "").isprintable()
    assert new_name(stored) == stored


LIKE = [
    ("anna", "аnna"),
    ("anna", "ANNA"),
    ("anna", "ᴀnnɐ"[:3] + "a"),
    ("Marn", "Mam"),
    ("bill", "biII"),
    ("Νίκος", "ΝΊΚΟΣ"),
]


def ways(store: SqliteForumStore, board: BoardId, name: str) -> list[Callable[[], Awaitable[object]]]:
    """How somebody may come to be called so."""
    return [
        lambda: store.identities.register(name, "correct horse battery"),
        lambda: store.house.add_member(name),
        lambda: store.house.set_role(name, "Member"),
        lambda: store.house.edit_board(board, BoardDraft(leader=name)),
        lambda: store.perform(name, act(NewTopic(board, "T", Body("x")))),
    ]


@pytest.mark.parametrize(("known", "name"), LIKE)
async def test_no_way_makes_a_member_who_looks_like_another(tmp_path: Path, known: str, name: str) -> None:
    async with forum(tmp_path) as (store, board):
        await store.house.set_policy(Policy(registration=Registration.OPEN))
        await store.house.add_member(known)
        for way in ways(store, board, name):
            with pytest.raises(Conflict, match="looks like"):
                await way()
        await store.house.set_unix_user(known, "daemon")
        with pytest.raises(Forbidden, match="host member link"):
            await store.identities.peer(4711, name)
        assert known in {member.name for member in await store.members(None)}
        assert name not in {member.name for member in await store.members(None)}


@pytest.mark.parametrize("name", ["keeper", "Adm1n", "x/tokens"])
async def test_no_way_makes_a_member_who_is_called_like_the_forum(tmp_path: Path, name: str) -> None:
    async with forum(tmp_path) as (store, board):
        await store.house.set_policy(Policy(registration=Registration.OPEN))
        for way in ways(store, board, name):
            with pytest.raises(Refused):
                await way()
        with pytest.raises(Forbidden, match="link"):
            await store.identities.peer(4711, name)
        assert [member.name for member in await store.members(None)] == []


async def test_who_has_such_a_name_keeps_it(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        for name in ("Keeper", "x/tokens", "anna", "Аnna"):
            sql(store.path, f"INSERT INTO member (name, joined) VALUES ('{name}', 1)")
        for name in ("Keeper", "x/tokens", "anna", "Аnna"):
            assert (await store.perform(name, act(NewTopic(board, "T", Body("x"))))).outcome == "created"
            await store.house.set_role(name, "Editor")
            await store.house.set_suspended(name, suspended=True)
            await store.house.set_suspended(name, suspended=False)
            await store.identities.set_password(name, "", "correct horse battery")
            await store.identities.log_in(name, "correct horse battery")
        found = await store.house.check()
        assert found == [
            "The member Keeper is called like a role, or like the forum itself.",
            "The name of the member x/tokens has a slash in it.",
            "The names of the members anna and Аnna look alike.",
        ]


async def test_an_import_brings_its_texts_and_nobody_who_is_taken_for_one_of_here(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        await store.house.set_policy(Policy(registration=Registration.OPEN))
        await store.identities.register("Anna", "correct horse battery")
        boards = [ImportedBoard("b", "Board", draft=BoardDraft(leader="the keeper"))]
        names = ["Аnna", "admin", "x/tokens", "bob", "Bob", "Anna"]
        posts = [imported(f"p{number}", author=name) for number, name in enumerate(names)]
        topics = [ImportedTopic("t", "b", "Topic", posts=posts)]
        for again in (False, True):
            await store.import_boards(boards)
            done = await store.import_topics(topics)
            await store.import_members([ImportedMember("Moderator", "Admin", given=True)], roles=True)
            assert bool(done.added) is not again
            topic = (await store.topics(None, Listing(), None, 1)).items[0]
            shown = (await store.posts(None, topic.id, Window())).items
            assert [post.author and post.author.name for post in shown] == [
                "Аnna (elsewhere)", "admin (elsewhere)", "x/tokens", "bob", "Bob", "Anna",
            ]  # fmt: skip
            assert (await store.boards(None))[1].leader == "the keeper (elsewhere)"
            assert {member.name for member in await store.members(None)} == {
                *(post.author.name for post in shown if post.author),
                "the keeper (elsewhere)",
                "Moderator (elsewhere)",
            }


async def test_what_an_older_rule_stored_of_a_look_is_worked_out_anew(tmp_path: Path) -> None:
    connection = connect(tmp_path / "forum.db")
    older = [step for step in STEPS if step.name < "0007"]
    for step in older:
        connection.execute(step.read_text(encoding="utf-8"))
    connection.execute(f"PRAGMA user_version = {len(older)}; PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(
        "INSERT INTO forum (id, uuid, epoch, title) VALUES (1, 'u', 'e', 'Old');"
        "INSERT INTO member (name, look) VALUES ('Manfred', 'manfred')"
    )
    connection.close()
    async with forum(tmp_path) as (store, _):
        with pytest.raises(Conflict, match="looks like"):
            await store.house.add_member("Rnanfred")
