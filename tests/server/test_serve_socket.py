"""`forumtui serve --socket`: the kernel says who is there, and nothing that a client sends can change it."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.server.kit import PASSWORD, bearer, check_problem
from tests.server.processes import acting_as, at_socket, served

from forumtui.errors import FileProblem
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.server.callers import Peer, _user_name, peer_of
from forumtui.server.listening import unix_socket

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")
ROOT, NOBODY, DAEMON = (pwd.getpwnam(name).pw_uid for name in ("root", "nobody", "daemon"))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that all users can reach, with a short name: paths of sockets are limited."""
    made = Path(tempfile.mkdtemp(prefix="ft-", dir="/tmp"))
    made.chmod(0o755)

    async def forum() -> None:
        store = await SqliteForumStore.open(made / "forum.db", create=True, title="Bees")
        await store.house.add_board(BoardDraft(title="Hives"))
        await store.close()

    asyncio.run(forum())
    yield made
    shutil.rmtree(made)


def new_topic(client: httpx.Client, key: str, **headers: str) -> httpx.Response:
    act = {"kind": "new-topic", "board": "1", "subject": key, "body": {"source": "x", "format": "plain"}}
    return client.post("/actions", json={"key": key, "act": act}, headers=headers)


def test_the_kernel_says_who_writes(folder: Path) -> None:
    path = str(folder / "s")
    with served(folder / "forum.db", "--socket", path, "--socket-mode", "0666") as server:
        assert server.line == f"Serving Bees at unix:{path} (pid {server.process.pid})\n"
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o666
        with at_socket(path) as root, at_socket(path, NOBODY) as nobody, at_socket(path, DAEMON) as daemon:
            for client, name in ((root, "root"), (nobody, "nobody"), (daemon, "daemon")):
                assert client.get("/forum").json()["me"]["name"] == name
                receipt = new_topic(client, f"by {name}")
                assert receipt.status_code == 201
                topic = client.get(f"/topics/{receipt.json()['topic']}").json()
                assert topic["author"]["name"] == name
            check_problem(nobody.get("/stats"), 403, "forbidden")
            assert {member["name"] for member in root.get("/members").json()["items"]} == {"root", "nobody", "daemon"}
    assert not Path(path).exists()


async def test_no_header_makes_one_another(folder: Path) -> None:
    path = str(folder / "s")
    store = await SqliteForumStore.open(folder / "forum.db")
    await store.house.add_member("ada", "Admin")
    token = await store.house.issue_token("ada")
    await store.close()
    forged = [
        bearer(token), bearer("garbage"), {"Authorization": "Basic cm9vdDo="}, {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-User": "root"}, {"Forwarded": "for=root"}, {"X-Remote-User": "root"}, {"From": "root"},
        {"X-Forwarded-For": "user 0", "X-Real-IP": "127.0.0.1"},
    ]  # fmt: skip
    with served(folder / "forum.db", "--socket", path, "--socket-mode", "0666"), at_socket(path, NOBODY) as client:
        for number, headers in enumerate(forged):
            me = client.get("/me", headers=headers).json()
            assert me["member"] is None or me["member"]["name"] == "nobody"
            receipt = new_topic(client, f"forged {number}", **headers).json()
            assert client.get(f"/topics/{receipt['topic']}").json()["author"]["name"] == "nobody"
            check_problem(client.get("/stats", headers=headers), 403, "forbidden")
        check_problem(client.delete("/login", headers=bearer(token)), 422, "refused")
        gone = client.get("/me", headers={"Connection": "close"})  # a new connection is looked at anew
        assert gone.json()["member"]["name"] == "nobody"
        assert client.get("/me").json()["member"]["name"] == "root"


async def test_a_name_that_somebody_has_is_not_given_away(folder: Path) -> None:
    path = str(folder / "s")

    async def in_file(link: bool) -> None:
        store = await SqliteForumStore.open(folder / "forum.db")
        if link:
            await store.house.set_unix_user("nobody", "nobody")
        else:
            await store.house.add_member("nobody", "Moderator")
            await store.identities.set_password("nobody", "", PASSWORD)
        await store.close()

    await in_file(link=False)
    with served(folder / "forum.db", "--socket", path, "--socket-mode", "0666"), at_socket(path, NOBODY) as client:
        assert "another way" in check_problem(client.get("/me"), 403, "forbidden")
        check_problem(new_topic(client, "k"), 403, "forbidden")
        await in_file(link=True)
        assert client.get("/me").json()["member"]["role"] == "Moderator"
        assert new_topic(client, "k").status_code == 201


def test_a_member_of_the_socket_may_set_a_password_for_elsewhere(folder: Path) -> None:
    path = str(folder / "s")
    forum = folder / "forum.db"
    with served(forum, "--socket", path) as _, served(forum) as tcp, at_socket(path) as client:
        assert new_topic(client, "k").status_code == 201
        assert client.post("/password", json={"old": "", "new": PASSWORD}).status_code == 204
        login = httpx.post(f"{tcp.address}/api/v1/login", json={"name": "root", "password": PASSWORD})
        assert login.json()["member"]["name"] == "root"


async def test_behind_a_proxy_the_socket_names_only_the_proxy(folder: Path) -> None:
    path = str(folder / "s")

    async def token() -> str:
        store = await SqliteForumStore.open(folder / "forum.db")
        await store.house.add_member("ada")
        made = await store.house.issue_token("ada")
        await store.close()
        return made

    ada = bearer(await token())
    options = ("--socket", path, "--behind-proxy", "--name", "forum", "--limit", "reads=3")
    with served(folder / "forum.db", *options), at_socket(path) as client:
        assert client.get("/me", headers={"X-Forwarded-For": "203.0.113.9"}).json()["member"] is None
        assert client.get("/me", headers=ada | {"X-Forwarded-For": "203.0.113.9"}).json()["member"]["name"] == "ada"
        for number in range(5):
            assert client.get("/forum", headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code == 200
        for _ in range(3):
            answer = client.get("/forum", headers={"X-Forwarded-For": "203.0.113.9"})
        check_problem(answer, 429, "rate-limited")


def test_a_proxy_of_a_named_user_is_believed_and_others_are_themselves(folder: Path) -> None:
    path = str(folder / "s")
    folder.chmod(0o755)
    options = ("--socket", path, "--socket-mode", "0666", "--behind-proxy", "nobody", "--name", "forum")
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    with served(folder / "forum.db", *options):
        with at_socket(path, NOBODY) as proxy:
            assert proxy.get("/me", headers=forwarded).json()["member"] is None
        with at_socket(path, ROOT) as client:
            assert client.get("/me", headers=forwarded).json()["member"]["name"] == "root"


def test_only_its_mode_says_who_may_come(folder: Path) -> None:
    path = str(folder / "s")
    with served(folder / "forum.db", "--socket", path):
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o660
        with at_socket(path), socket.socket(socket.AF_UNIX) as stranger:
            with acting_as(NOBODY), pytest.raises(PermissionError):
                stranger.connect(path)
            with acting_as(ROOT):
                stranger.connect(path)


def test_a_socket_that_a_killed_server_left_is_replaced_and_a_living_one_is_not(folder: Path) -> None:
    path, forum = folder / "s", folder / "forum.db"
    with served(forum, "--socket", str(path)) as first:
        first.process.send_signal(signal.SIGKILL)
        first.process.communicate()
    assert path.is_socket()
    with served(forum, "--socket", str(path)):
        with pytest.raises(FileProblem, match="Another server listens"), unix_socket(path, 0o600):
            pass
        with at_socket(str(path)) as client:
            assert client.get("/forum").status_code == 200
    assert not path.exists()


def test_sockets_take_no_place_but_their_own(folder: Path) -> None:
    file = folder / "file"
    file.write_text("precious")
    with pytest.raises(FileProblem, match="no socket; nothing was changed"), unix_socket(file, 0o600):
        pass
    assert file.read_text() == "precious"
    with pytest.raises(FileProblem, match="Nothing can listen"), unix_socket(folder / "missing" / "s", 0o600):
        pass
    with pytest.raises(FileProblem, match="Nothing can listen"), unix_socket(folder / ("s" * 200), 0o600):
        pass
    mask = os.umask(0o022)
    try:
        with unix_socket(folder / "s", 0o606) as listener:
            assert stat.S_IMODE((folder / "s").stat().st_mode) == 0o606
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(folder / "s"))
                accepted, _ = listener.accept()
                with accepted:
                    assert peer_of(accepted) == Peer(ROOT, "root")
                    assert _user_name(4_000_000_000) == "user-4000000000"  # one that is not known here
            (folder / "s").unlink()
            (folder / "s").write_text("somebody else's")
        assert (folder / "s").read_text() == "somebody else's"
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(mask)
