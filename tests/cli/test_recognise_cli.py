"""``recognise``: by the text, by what is known here, and by asking a server on this machine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.cli.running import Cli
from tests.reader.sync.stage import World, fill

from forumtui.model import Recognised, What
from forumtui.reader.sync.engine import Engines

NOTHING = dict.fromkeys(["software", "base", "what", "id", "post", "title"])
DISCOURSE = '<meta name="generator" content="Discourse 3.5"><meta property="og:title" content="Soup">'


@contextmanager
def serving(answer: Callable[[str], tuple[int, str]]) -> Iterator[str]:
    """A web server that answers a path with a status and a page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = answer(self.path)
            self.send_response(status)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "https://news.ycombinator.com/item?id=8863",
            ("hackernews", "https://news.ycombinator.com", "topic", "8863", None),
        ),
        ("http://www.lobste.rs/s/abc123#c_xyz789", ("lobsters", "https://lobste.rs", "topic", "abc123", "xyz789")),
        ("https://meta.discourse.org/t/x/12/3", ("discourse", "https://meta.discourse.org", "topic", "12", "3")),
        ("https://meta.discourse.org/u/sam", ("discourse", "https://meta.discourse.org", "member", "sam", None)),
        ("unix:/run/forum.sock", ("remote", "unix:/run/forum.sock", "forum", None, None)),
    ],
)
def test_the_text_may_be_enough(cli: Cli, address: str, expected: tuple[str | None, ...]) -> None:
    found = cli("recognise", address, "--json", "--offline").json
    assert found == dict(zip(NOTHING, [*expected, None], strict=True))


def test_a_forum_file_has_a_title(cli: Cli, forum: Path) -> None:
    assert cli("recognise", "team.db", "--json").json["title"]
    assert '(local): "' in cli("recognise", "team.db").out


def test_a_site_is_asked_and_named(cli: Cli) -> None:
    with serving(lambda path: (200, DISCOURSE)) as site:
        found = cli("recognise", f"{site}/t/soup/12/3", "--json").json
        assert found == {
            "software": "discourse", "base": site, "what": "topic", "id": "12", "post": "3", "title": "Soup"
        }  # fmt: skip
        said = cli("recognise", f"{site}/t/soup/12/3").out
        assert said == f'the topic 12, at post 3, of the forum at {site} (discourse): "Soup"\n'


def test_what_is_no_forum_is_null_and_one_sentence(cli: Cli) -> None:
    with serving(lambda path: (200, "<title>A blog</title>")) as site:
        ran = cli("recognise", f"{site}/a-post", "--json", code=1)
        assert ran.json == NOTHING
        assert ran.err == f"forumtui: There is no forum that forumtui knows at {site}/a-post.\n"
    ran = cli("recognise", f"{site}/a-post", "--json", code=1)  # nobody is there any more
    assert ran.json == NOTHING
    assert "cannot be reached" in ran.err
    for address in ("https://example.org/t/x/1", "https://ann:secret@example.org/", "no such thing"):
        ran = cli("recognise", address, "--json", "--offline", code=1)
        assert ran.json == NOTHING
        assert "secret" not in ran.err
        assert ran.err.count("\n") == 1


def test_software_that_is_not_read_is_named_and_not_opened(cli: Cli) -> None:
    with serving(lambda path: (200, '<meta name="generator" content="NodeBB">')) as site:
        ran = cli("recognise", f"{site}/topic/7/soup/3", "--json")
        assert (ran.json["software"], ran.json["id"], ran.json["post"]) == ("nodebb", "7", "3")
        sentence = f"{site} is a NodeBB forum; forumtui does not read those yet."
        assert sentence in ran.err
        assert sentence in cli("accounts", "add", f"{site}/topic/7/soup", code=2).err


def test_the_address_of_a_post_prints_its_topic_from_there(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    base = "https://forum.example/team"
    world = World()
    asyncio.run(fill(world.forum(base, "The Team"), topics=2, posts=6))

    async def recognise(location: str) -> Recognised:
        found = Recognised("remote", base, What.TOPIC, "1", numbered=True)
        return replace(found, post=location.rpartition("/")[2])

    made = partial(Engines, open_backend=world.open, recognise=recognise)
    monkeypatch.setattr("forumtui.reader.sync.engine.Engines", made)
    printed = cli(f"{base}/t/x/1/5", "--plain").out
    assert printed.startswith("Topic 0\n")
    assert "Topic 0, post 5" in printed
    assert "Topic 0, post 4" not in printed
    assert f"forumtui read {base} 1 --all" in printed
    assert "That post is not there" in cli(f"{base}/t/x/1/99", "--plain").err
    assert [row["name"] for row in cli("accounts", "--json").json] == []  # only visited
