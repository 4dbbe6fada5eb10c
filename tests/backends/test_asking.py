"""Who answers at an address: by few requests, in one order, never further than it may be followed."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forumtui.backends.asking import recognise
from forumtui.backends.seen import Seen
from forumtui.backends.site import MOST_ASKED
from forumtui.backends.web import Answer, Request
from forumtui.errors import BackendError, ForumtuiError, NotFound, Offline, RateLimited, Refused, Unreadable, UsageError
from forumtui.model import Recognised, What

HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}
PROBLEM = {"content-type": "application/problem+json"}
NOTHING = Answer(404, b"<html><title>Not found</title></html>", HTML)


def page(head: str, title: str = "", *, status: int = 200, body: str = "") -> Answer:
    said = f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return Answer(status, said.encode(), HTML)


def to(location: str, status: int = 301) -> Answer:
    return Answer(status, b"", {"location": location})


def data(value: object, status: int = 200, headers: Mapping[str, str] = JSON) -> Answer:
    return Answer(status, json.dumps(value).encode(), headers)


class Net:
    """All there is to be asked: an answer by address, without its query where none is given with it."""

    def __init__(self, answers: Mapping[str, Answer | Exception], other: Answer | Exception = NOTHING) -> None:
        self.answers = answers
        self.other = other
        self.asked: list[str] = []

    async def __call__(self, request: Request) -> Answer:
        self.asked.append(request.url)
        assert request.method == "GET"
        assert not {"authorization", "cookie"} & set(request.headers)
        url = request.url
        answer = self.answers.get(url, self.answers.get(url.partition("?")[0].rstrip("/"), self.other))
        if isinstance(answer, Exception):
            raise answer
        return answer


def discourse(base: str = "/") -> str:
    return (
        '<meta name="generator" content="Discourse 3.5.2 - https://github.com/discourse/discourse version 0a1b">'
        f'<meta name="discourse-base-uri" content="{base}"><meta property="og:title" content="Soup &amp; bread">'
    )


LOBSTERS = '<meta content=\'{"O":"Off-topic"}\'name="story-flags">'
FORUM = "https://forum.example"
OURS = {"title": "Team", "uuid": "0b6f", "me": None}


async def test_a_topic_of_a_discourse_is_known_by_its_own_page_at_that_post() -> None:
    net = Net({f"{FORUM}/t/soup/12/3": page(discourse(), "Soup & bread - Kitchen - Forum")})
    found = await recognise(f"{FORUM}/t/soup/12/3?u=ann", transport=net)
    assert found == Recognised("discourse", FORUM, What.TOPIC, "12", "3", "Soup & bread", numbered=True)
    assert len(net.asked) == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (f"{FORUM}/community", ("https://forum.example/community", What.FORUM, "", "")),
        (f"{FORUM}/community/", ("https://forum.example/community", What.FORUM, "", "")),
        (f"{FORUM}/community/t/soup/12/3", ("https://forum.example/community", What.TOPIC, "12", "3")),
        (f"{FORUM}/community/guidelines", ("https://forum.example/community", What.FORUM, "", "")),
    ],
)
async def test_the_base_of_a_forum_in_a_folder_is_found(address: str, expected: tuple[str, What, str, str]) -> None:
    found = await recognise(address, transport=Net({}, page(discourse("/community"))))
    assert (found.base, found.what, found.id, found.post) == expected


async def test_a_short_address_is_named_by_where_it_leads() -> None:
    net = Net({f"{FORUM}/p/398": to("/t/soup/12/3"), f"{FORUM}/t/soup/12/3": page(discourse())})
    found = await recognise(f"{FORUM}/p/398", transport=net)
    assert (found.what, found.id, found.post) == (What.TOPIC, "12", "3")


async def test_a_forum_that_wants_a_log_in_is_known_and_its_topic_too() -> None:
    net = Net({f"{FORUM}/t/soup/12/3": to("/login", 302), f"{FORUM}/login": page(discourse(), "Log in")})
    found = await recognise(f"{FORUM}/t/soup/12/3", transport=net)
    assert found == Recognised("discourse", FORUM, What.TOPIC, "12", "3", numbered=True)  # not called "Log in"


async def test_a_forum_behind_the_log_in_of_another_site_is_asked_for_its_description() -> None:
    basic = {"title": "Forum", "description": "", "logo_url": "/x.png", "login_required": True}
    net = Net(
        {f"{FORUM}/t/soup/12": to("https://id.example/sso?x=1", 302), f"{FORUM}/site/basic-info.json": data(basic)}
    )
    found = await recognise(f"{FORUM}/t/soup/12", transport=net)
    assert (found.software, found.base, found.id) == ("discourse", FORUM, "12")
    assert all(url.startswith(FORUM) for url in net.asked)


async def test_a_deleted_topic_is_a_topic_of_its_forum_without_a_title() -> None:
    found = await recognise(f"{FORUM}/t/soup/12", transport=Net({}, page(discourse(), "Oops", status=404)))
    assert found == Recognised("discourse", FORUM, What.TOPIC, "12")


async def test_a_sister_site_of_lobsters_is_known_with_the_comment_that_is_meant() -> None:
    net = Net({"https://sister.example/s/abc123/a_story": page(LOBSTERS, "A story | Sister")})
    found = await recognise("https://sister.example/s/abc123/a_story#c_xyz789", transport=net)
    assert found == Recognised("lobsters", "https://sister.example", What.TOPIC, "abc123", "xyz789", "A story | Sister")


@pytest.mark.parametrize("address", [f"{FORUM}/team", f"{FORUM}/team/", f"{FORUM}/team/api/v1/forum"])
async def test_our_own_server_is_known_by_its_description(address: str) -> None:
    nothing = data({"type": "urn:forumtui:problem:missing"}, 404, PROBLEM)
    net = Net({f"{FORUM}/team/api/v1/forum": data(OURS)}, nothing)
    found = await recognise(address, transport=net)
    assert found == Recognised("remote", f"{FORUM}/team", title="Team")
    assert len(net.asked) <= 2


async def test_our_own_server_is_known_when_only_members_may_read() -> None:
    closed = data({"type": "urn:forumtui:problem:auth-required", "title": "Log in first."}, 401, PROBLEM)
    found = await recognise(FORUM, transport=Net({}, closed))
    assert (found.software, found.base) == ("remote", FORUM)


async def test_our_own_server_beside_a_web_page_is_found() -> None:
    net = Net({FORUM: page("", "Our team"), f"{FORUM}/api/v1/forum": data(OURS)})
    assert (await recognise(FORUM, transport=net)).software == "remote"


@pytest.mark.parametrize(
    ("head", "software"),
    [
        ('<meta name="generator" content="NodeBB">', "nodebb"),
        ("<meta content=vBulletin name=generator>", "vbulletin"),
        ('<meta name="generator" content="phpBB">', "phpbb"),
        ('<meta name="generator" content="Discuz! X3.5">', "discuz"),
        ('<script id="flarum-json-payload" type="application/json">{}</script>', "flarum"),
        ("<script>window.isoData = {}</script>", "lemmy"),
    ],
)
async def test_software_that_is_not_read_is_named_by_its_pages(head: str, software: str) -> None:
    net = Net({}, page(head))
    found = await recognise(f"{FORUM}/some/page", transport=net)
    assert (found.software, found.base, len(net.asked)) == (software, FORUM, 1)


@pytest.mark.parametrize("name", ["lemmy", "piefed", "mbin"])
async def test_servers_that_describe_themselves_are_known_behind_any_page(name: str) -> None:
    about = data({"version": "2.1", "software": {"name": name, "version": "1.0"}})
    net = Net({f"{FORUM}/nodeinfo/2.1": about, f"{FORUM}/post/180": page("", "Another client")})
    found = await recognise(f"{FORUM}/post/180", transport=net)
    assert (found.software, found.base) == (name, FORUM)
    if name != "mbin":
        assert (found.what, found.id) == (What.TOPIC, "180")


@pytest.mark.parametrize(
    ("other", "kind", "sentence"),
    [
        (page("", "A blog"), NotFound, "no forum that forumtui knows at https://forum"),
        (page('<meta name="generator" content="WordPress 6.7">'), NotFound, "no forum"),
        (
            page("", body="Use &lt;meta name=&quot;generator&quot; content=&quot;Discourse&quot;&gt;."),
            NotFound,
            "no forum",
        ),
        (page("", body='<code>data-shortid="x" flarum.core window.isoData</code>'), NotFound, "no forum"),
        (NOTHING, NotFound, r"\(HTTP 404\)"),
        (Answer(502, b"<h1>Bad gateway</h1>", HTML), Offline, "has trouble"),
        (Answer(511, b"<h1>Hotel</h1>", HTML), Unreadable, "log in"),
        (Answer(401, b"", {"www-authenticate": "Basic"}), Unreadable, "log in"),
        (Answer(403, b"Just a moment", {**HTML, "cf-mitigated": "challenge"}), Unreadable, "a browser first"),
        (to("https://portal.hotel.example/pay", 302), Unreadable, "not the forum that was asked"),
        (to("http://forum.example/", 301), Unreadable, "moved to http://forum"),
        (to("http://192.168.1.1/admin", 301), Unreadable, "moved to"),
        (to("/round", 302), Unreadable, "circles"),
        (ConnectionRefusedError("refused"), Offline, "cannot be reached"),
        (TimeoutError("silence"), Offline, "did not answer in time"),
        (Answer(429, b"<h1>Slow down</h1>", {**HTML, "retry-after": "20"}), RateLimited, "pause"),
        (Answer(200, b"[" * 100_000, JSON), NotFound, "no forum"),
        (Answer(200, b"\x1f\x8b\x08garbled", {**HTML, "content-encoding": "gzip"}), Unreadable, "cannot be understood"),
        (Answer(200, b"<meta " * 100_000, HTML), NotFound, "no forum"),
    ],
)
async def test_what_is_no_forum_is_told_in_a_sentence(
    other: Answer | Exception, kind: type[ForumtuiError], sentence: str
) -> None:
    net = Net({}, other)
    with pytest.raises(kind, match=sentence) as caught:
        await recognise(f"{FORUM}/2026/11/a-post", transport=net)
    assert "\n" not in str(caught.value)
    assert len(net.asked) <= 2 * MOST_ASKED  # a redirect within the site is followed at once
    assert all(url.startswith(FORUM) for url in net.asked)


async def test_a_web_page_that_shows_nothing_costs_four_requests() -> None:
    net = Net({}, page("", "A blog"))
    with pytest.raises(NotFound):
        await recognise(f"{FORUM}/2026/11/a-post", transport=net)
    assert net.asked == [
        f"{FORUM}/2026/11/a-post",
        f"{FORUM}/2026/11/a-post/api/v1/forum",
        f"{FORUM}/api/v1/forum",
        f"{FORUM}/nodeinfo/2.1",
    ]


@pytest.mark.parametrize(("status", "where"), [(301, "https://new.example"), (308, "https://new.example/folder")])
async def test_a_forum_that_moved_for_good_is_found_where_it_is(status: int, where: str) -> None:
    net = Net({f"{FORUM}/t/soup/12/3": to(f"{where}/t/soup/12/3", status)}, page(discourse(where[19:] or "/")))
    found = await recognise(f"{FORUM}/t/soup/12/3", transport=net)
    assert (found.base, found.id, found.post) == (where, "12", "3")


async def test_the_same_host_may_say_where_it_is_in_any_way() -> None:
    net = Net({"http://forum.example/t/soup/12": to(f"{FORUM}/t/soup/12", 302)}, page(discourse()))
    found = await recognise("http://forum.example/t/soup/12", transport=net)
    assert (found.base, found.id) == (FORUM, "12")


async def test_a_chain_of_moves_comes_to_an_end() -> None:
    async def on_and_on(request: Request) -> Answer:
        number = int(request.url.partition("//n")[2].partition(".")[0])
        return to(f"https://n{number + 1}.example/")

    with pytest.raises(Unreadable):
        await recognise("https://n1.example/", transport=on_and_on)


@pytest.mark.parametrize(
    ("address", "software"),
    [
        ("https://news.ycombinator.com/item?id=8863", "hackernews"),
        ("https://lobste.rs/s/abc123", "lobsters"),
        ("https://old.reddit.com/r/x", "reddit"),
        ("news:comp.lang.c", "nntp"),
        ("unix:/run/forum.sock", "remote"),
    ],
)
async def test_nobody_is_asked_where_the_text_is_certain(address: str, software: str) -> None:
    net = Net({})
    assert (await recognise(address, transport=net)).software == software
    assert net.asked == []


async def test_nothing_is_sent_of_an_address_with_credentials() -> None:
    net = Net({})
    with pytest.raises(Refused, match="log in instead"):
        await recognise("https://ann:secret@forum.example/", transport=net)
    for address in ("gopher://x.org/", "no such thing", "", "https://", "http://[::1"):
        with pytest.raises(UsageError):
            await recognise(address, transport=net)
    assert net.asked == []


@pytest.mark.parametrize("host", ["[2001:db8::1]:3000", "forum.example:8443", "b\u00fccher.example", "127.0.0.1:4567"])
async def test_hosts_of_all_kinds_are_asked_as_they_are(host: str) -> None:
    net = Net({}, page(discourse()))
    found = await recognise(f"http://{host}/t/soup/12/3", transport=net)
    assert (found.id, found.post) == ("12", "3")
    assert net.asked[0].startswith(found.base)
    assert found.base == f"http://{host}".replace("b\u00fccher", "xn--bcher-kva")


async def test_little_is_read_of_an_endless_page() -> None:
    read = 0

    async def endless() -> AsyncGenerator[bytes, None]:
        nonlocal read
        while True:
            read += 1000
            yield b"<p>" + b"x" * 997

    async def drip(request: Request) -> Answer:
        return Answer(200, b"", HTML, endless()) if request.path == "/" else NOTHING

    with pytest.raises(NotFound):
        await recognise(FORUM, transport=drip)
    assert read <= 200_000


@given(
    status=st.sampled_from([200, 204, 301, 400, 403, 404, 500]),
    headers=st.dictionaries(
        st.sampled_from(["content-type", "location", "content-encoding", "retry-after"]),
        st.sampled_from(["text/html", "application/json", "text/html; charset=punycode", "gzip", "//", "/x", "\u00e9"]),
    ),
    body=st.binary(max_size=300)
    | st.text(st.sampled_from('<>meta name="generator" content=Discourse{}[]:/'), max_size=300).map(str.encode),
)
async def test_whatever_answers_it_is_a_forum_or_a_sentence(status: int, headers: dict[str, str], body: bytes) -> None:
    with suppress(BackendError, NotFound):
        await recognise(f"{FORUM}/t/soup/12", transport=Net({}, Answer(status, body, headers)))


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ('<meta name="generator" content="A">', "A"),
        ("<META CONTENT='A &amp; B' NAME=generator />", "A & B"),
        ('<meta property="generator" content="\x1b[31mred">', "[31mred"),
        ('<meta name="generators" content="A">', ""),
        ("<meta name=generator>", ""),
    ],
)
def test_what_a_page_says_of_itself(tag: str, said: str) -> None:
    assert Seen(FORUM, 200, HTML, tag).meta("generator") == said
    assert Seen(FORUM, 200, JSON, tag).meta("generator") == ""
