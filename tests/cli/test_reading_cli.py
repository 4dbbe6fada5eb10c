"""boards, topics, read, search, check, mark, catchup and the overview, on forum files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.cli.running import Cli
from tests.cli.test_writing_cli import SqliteFile

SEED_PAGE = Path(__file__).parents[1] / "data" / "action-centered-leadership-forum.txt"
TOPIC_FIELDS = "id board title author replies unread created last_post pinned closed removed tags url".split()  # noqa: SIM905
POST_FIELDS = "id number subject author role created edited parent marks likes unread deleted deleted_by hidden event whisper format body".split()  # noqa: SIM905


@pytest.fixture
def seed(cli: Cli, page: Path, tmp_path: Path) -> Path:
    forum = tmp_path / "seed.db"
    cli("import", page, "--into", forum)
    return forum


@pytest.fixture
def talk(cli: Cli, forum: Path) -> Path:
    """A forum with three topics, the first of 6 posts."""
    cli("new", forum, "--board", "general", "--subject", "First", "--text", "Number 1")
    for number in range(2, 7):
        cli("reply", forum, "1", "--text", f"Number {number}", *(["--to", "2"] if number == 4 else []))
    cli("new", forum, "--board", "General", "--subject", "Second", "--text", "Apples")
    cli("new", forum, "--board", "General", "--subject", "Third", "--text", "Pears")
    return forum


def test_topics_as_json_have_exactly_the_promised_fields(cli: Cli, seed: Path) -> None:
    (topic,) = cli("topics", seed, "--json").json
    assert list(topic) == TOPIC_FIELDS
    assert topic["title"] == "Span of control"
    assert topic["board"] == "Leadership"
    assert topic["author"] == "Anna Berg"
    assert topic["replies"] == 1
    assert topic["created"] is None
    assert topic["last_post"] is None
    assert (topic["pinned"], topic["closed"], topic["tags"], topic["url"]) == (False, False, [], None)


def test_posts_as_json_have_exactly_the_promised_fields(cli: Cli, seed: Path) -> None:
    (topic,) = cli("topics", seed, "--json").json
    posts = cli("read", seed, topic["id"], "--json").json
    assert [list(post) for post in posts] == [POST_FIELDS, POST_FIELDS]
    assert [(post["number"], post["author"], post["role"]) for post in posts] == [
        (1, "Anna Berg", "Editor"),
        (2, "Bo Lind", "Member"),
    ]
    assert [post["created"] for post in posts] == [None, None]
    assert posts[1]["body"].startswith("Seven, they say.")
    assert posts[1]["marks"] == []
    assert posts[1]["format"] in {"plain", "markdown"}


def test_times_are_iso_and_parents_are_ids(cli: Cli, talk: Path) -> None:
    posts = cli("read", talk, "1", "--json").json
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", post["created"]) for post in posts)
    by_number = {post["number"]: post for post in posts}
    assert by_number[4]["parent"] == by_number[2]["id"]
    assert by_number[3]["parent"] is None


def test_boards(cli: Cli, talk: Path) -> None:
    cli("host", "board", "add", talk, "--title", "Inner", "--parent", "General", "--leader-wanted")
    general, inner = cli("boards", talk, "--json").json
    assert (general["title"], general["topics"], general["parent"]) == ("General", 3, None)
    assert (inner["parent"], inner["leader"], inner["leader_wanted"]) == (general["id"], None, True)
    assert "  Inner (0 topics, leader wanted)" in cli("boards", talk).out


def test_limit_all_and_jsonl(cli: Cli, talk: Path) -> None:
    some = cli("topics", talk, "--limit", "2", "--jsonl")
    assert [json.loads(line)["title"] for line in some.out.splitlines()] == ["Third", "Second"]
    assert "first 2" in some.err
    assert len(cli("topics", talk, "--all", "--json").json) == 3
    posts = cli("read", talk, "1", "--limit", "4", "--json")
    assert [post["number"] for post in posts.json] == [1, 2, 3, 4]
    assert "first 4 of 6" in posts.err
    assert len(cli("read", talk, "1", "--all", "--json").json) == 6


def test_a_long_topic_is_read_whole(cli: Cli, page: Path, tmp_path: Path) -> None:
    cli("import", page, "--into", "long.db")
    lines = cli("export", "long.db").out.splitlines()
    post = next(line for line in lines if "Seven, they say." in line)
    lines[-1] = lines[-1].replace('"posts":2', '"posts":452')
    more = [
        post.replace("Seven", f"Seven{n}")
        .replace('"origin":"', f'"origin":"{n}')
        .replace('"number":2', f'"number":{n + 3}')
        for n in range(450)
    ]
    at = lines.index(post)
    Path("long.jsonl").write_text("\n".join([*lines[: at + 1], *more, *lines[at + 1 :]]) + "\n", encoding="utf-8")
    shutil.rmtree(tmp_path / "home", ignore_errors=True)
    cli("import", "long.jsonl", "--into", "longer.db")
    assert len(cli("read", "longer.db", "1", "--all", "--jsonl").out.splitlines()) == 452
    assert len(cli("read", "longer.db", "1", "--limit", "300", "--json").json) == 300


def test_board_filters_and_an_unknown_board_names_the_nearest(cli: Cli, talk: Path) -> None:
    cli("host", "board", "add", talk, "--title", "Other")
    assert cli("topics", talk, "--board", "other", "--json").out == "[]\n"
    assert len(cli("topics", talk, "--board", "1", "--json").json) == 3
    assert 'did you mean "Other"?' in cli("topics", talk, "--board", "Othr", code=1).err


def test_plain_posts_have_a_heading_that_says_everything(cli: Cli, talk: Path) -> None:
    cli("host", "mark", talk, "2", "best-practice")
    out = cli("read", talk, "1", "--plain").out
    assert out.startswith("First\nTeam room > General\n")
    assert re.search(r"^#2 \S+ \(Admin\), just now, best practice", out, re.MULTILINE)
    assert re.search(r"^#4 \S+ \(Admin\), answers #2 \S+, just now", out, re.MULTILINE)
    assert "\nNumber 6\n" in out


def test_hostile_text_never_reaches_the_terminal(cli: Cli, talk: Path) -> None:
    cli("reply", talk, "2", "--subject", "a\x1b[2Jb", "--text", "evil \x1b]52;c;x\x07 \x9b1m \u202e end")
    for words in (["read", talk, "2"], ["read", talk, "2", "--json"], ["topics", talk], ["search", talk, "evil"]):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", cli(*words).out)
    assert cli("read", talk, "2", "--json").json[1]["body"] == "evil \x1b]52;c;x\x07 \x9b1m \u202e end"


def test_reading_marks_nothing_unless_asked(cli: Cli, seed: Path) -> None:
    cli("accounts", "add", seed, "--name", "seed")
    cli("mark", "seed", "1", "--unread")
    assert len(cli("read", "seed", "1", "--unread", "--json").json) == 2
    assert len(cli("read", "seed", "1", "--unread", "--json", "--mark-read").json) == 2
    assert cli("read", "seed", "1", "--unread", "--json").json == []
    assert cli("topics", "seed", "--unread", "--json").json == []


def test_mark_catchup_and_check(cli: Cli, seed: Path) -> None:
    cli("accounts", "add", seed, "--name", "seed")
    cli("catchup", "seed")
    assert cli("check", "--offline", code=3).out == ""
    cli("mark", "seed", "1", "2", "--unread")
    assert "seed: 1 unread post in 1 topic" in cli("check").out
    assert cli("check", "seed", "--json").json[0]["unread"] == 1
    cli("catchup", "seed", "--board", "Leadership")
    cli("check", code=3)
    cli("mark", "seed", "1", "--bookmark")
    assert "bookmarked" in cli("topics", "seed").out
    cli("mark", "seed", "1", "--no-bookmark")
    assert "bookmarked" not in cli("topics", "seed").out
    cli("mark", "seed", "1", "2", "--like")
    assert cli("read", "seed", "1", "--json").json[1]["likes"] == 1
    cli("mark", "seed", "1", "--like", code=2)
    cli("mark", "seed", "1", "99", "--read", code=1)


def test_search_asks_here_and_in_the_forum(cli: Cli, talk: Path) -> None:
    (hit,) = cli("search", talk, "pears", "--json").json
    assert (hit["title"], hit["number"], hit["topic"]) == ("Third", 1, "3")
    assert cli("search", talk, "nothing-like-it", "--json").json == []
    assert "Third" in cli("search", talk, "pears").out


def test_unknown_things_are_one_sentence(cli: Cli, talk: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    (tmp_path / "text.db").write_text("Not a forum", encoding="utf-8")
    data = talk.read_bytes()
    (tmp_path / "cut.db").write_bytes(data[: len(data) // 3])
    cases: list[tuple[list[str | Path], str]] = [
        (["topics", "missing.db"], "no file"),
        (["topics", "empty.db"], "empty"),
        (["topics", "text.db"], "not a database"),
        (["topics", "cut.db"], ""),
        (["topics", tmp_path], "folder"),
        (["topics", "topiks"], 'no forum file or account "topiks".'),
        (["topiks", "--plain"], 'did you mean "topics"?'),
        (["open", "topics"], 'no forum file or account "topics".'),
        (["read", talk, "999"], 'no topic "999"'),
        (["read", talk, "x'y"], "no topic"),
        (["reply", talk, "1", "--to", "99", "--text", "x"], "no post number 99"),
        (["reply", talk, "999", "--text", "x"], 'no topic "999"'),
        (["new", talk, "--board", "Genral", "--subject", "x", "--text", "y"], 'did you mean "General"?'),
    ]
    for words, part in cases:
        said = cli(*words, code=1)
        assert part in said.err, words
        assert len(said.err.splitlines()) == 1, said.err
        assert said.out == ""
    assert cli("outbox", "--json").json == []


def test_another_forum_at_a_known_path_is_said(cli: Cli, talk: Path, seed: Path) -> None:
    cli("topics", talk)
    for side in talk.parent.glob("team.db*"):
        side.unlink()
    shutil.copy(seed, talk)
    assert "Another forum" in cli("topics", talk, code=1).err


def test_without_a_terminal_an_overview_is_printed(cli: Cli, talk: Path) -> None:
    out = cli("open", talk).out
    assert "General (3 topics" in out
    assert "Newest:" in out
    assert "3: Third" in out
    assert "forumtui read" in out


def test_first_start_without_a_terminal_shows_the_sample(cli: Cli) -> None:
    out = cli().out
    assert "Unread:" in out
    assert "read" in out
    assert cli("accounts", "--json").json[0]["name"] == "sample"
    assert cli("check").out.startswith("sample: ")


def test_the_sample_is_restored(cli: Cli, home: Path) -> None:
    assert cli("sample").out.strip() == str(home / "sample.db")
    cli()
    before = cli("topics", "sample", "--all", "--json").json
    cli("new", "sample", "--board", "The Porch", "--subject", "Mine", "--text", "x")
    assert len(cli("topics", "sample", "--all", "--json").json) == len(before) + 1
    assert "Restored" in cli("sample", "--reset").out
    after = cli("topics", "sample", "--all", "--json").json
    assert [topic["title"] for topic in after] == [topic["title"] for topic in before]
    assert cli("accounts", "--json").json[0]["name"] == "sample"


def test_a_forum_that_is_gone_is_said_and_its_copy_stays_readable(cli: Cli, talk: Path) -> None:
    cli("accounts", "add", talk, "--name", "team")
    cli("read", "team", "1")
    for side in talk.parent.glob("team.db*"):
        side.unlink()
    assert "no file" in cli("topics", "team", code=1).err
    assert "no file" in cli("sync", code=1).err
    assert "no file" in cli("check", code=1).err
    assert len(cli("read", "team", "1", "--offline", "--json").json) == 6


def test_a_dumb_terminal_gets_the_overview_and_code_1(
    cli: Cli, talk: Path, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    said = cli(talk, code=1)
    assert "TERM is dumb" in said.err
    assert "Newest:" in said.out


def test_a_bad_forum_is_said_before_the_screen_opens(
    cli: Cli, tmp_path: Path, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "no file" in cli(tmp_path / "missing.db", code=1).err
    assert 'did you mean "topics"?' in cli("topcs", code=1).err
    assert 'no forum file or account "topics".' in cli("open", "topics", code=1).err


def test_a_search_that_finds_a_title_alone(cli: Cli, forum: Path) -> None:
    cli("new", forum, "--board", "General", "--subject", "Zeppelins", "--text", "About ships in the air")
    cli("topics", forum)
    assert "Zeppelins" in cli("search", forum, "zeppelins", "--offline").out
    with SqliteFile(forum.parent / "home/library.db") as library:
        library.execute("DELETE FROM post")
    assert "Zeppelins" in cli("search", forum, "zeppelins", "--offline").out
    (found,) = cli("search", forum, "zeppelins", "--offline", "--json").json
    assert (found["title"], found["id"]) == ("Zeppelins", None)
