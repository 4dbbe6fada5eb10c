"""What anybody may send, by the server's own description: no failure, and no answer that is not documented."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("schemathesis", reason="a tool of development: pip install 'forumtui[dev]'")

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from tests.server.kit import UNLIMITED, Api

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.model import Body, NewTopic, Reply
from forumtui.server.app import DOCUMENT, create_app

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
THERE = {"topic": "1", "post": "2", "board": "1", "name": "bob"}
"""Ids that there are; only a lucky guess would be one of them."""
_keys = itertools.count()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    async def opened(path: Path) -> tuple[SqliteForumStore, str]:
        store = await SqliteForumStore.open(path, create=True, title="Bees")
        board = await store.house.add_board(BoardDraft(title="Hives"))
        it = Api(store, None, None, board)  # type: ignore[arg-type]  # only what goes around HTTP
        topic, first = await it.behind("anna", NewTopic(board, "Winter", Body("How?")))
        await it.behind("bob", Reply(topic, Body("Wrap it."), first))
        await store.house.set_role("ada", "Admin")
        token = await store.house.issue_token("ada")
        await store.identities.identify(token)
        await asyncio.gather(*store.identities._noting)
        return store, token

    store, token = asyncio.run(opened(tmp_path_factory.mktemp("forum") / "forum.db"))
    app = create_app(store, UNLIMITED)
    app.state.token = token
    yield app
    asyncio.run(store.close())


@pytest.fixture(scope="module")
def described(served: Any) -> Any:
    return schemathesis.openapi.from_asgi(DOCUMENT, served)


schema = schemathesis.pytest.from_fixture("described").exclude(path_regex="/(events|login|backup|check|me/tokens)$")


@schema.auth()
class Token:
    """The admin's, but where a request is meant to come without."""

    def get(self, case: Any, _: Any) -> str:
        return str(case.operation.app.state.token)

    def set(self, case: Any, token: str, _: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


@schema.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)
def test_whatever_is_sent(case: Any) -> None:
    if sum(map(ord, f"{case.path_parameters}{case.body}")) % 2:
        case.path_parameters = _there(case.path_parameters)
        if isinstance(case.body, dict) and isinstance(case.body.get("act"), dict):
            case.body = case.body | {"act": _there(case.body["act"]), "key": f"key {next(_keys)}"}
    case.call_and_validate(checks=CHECKS)


def _there(named: dict[str, Any]) -> dict[str, Any]:
    """What names something that is not there, likely, named after something that is."""
    return {name: THERE.get(name, value) if isinstance(value, str) else value for name, value in named.items()}
