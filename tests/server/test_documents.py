"""The OpenAPI document: complete, and true of what the wire carries."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from tests.server.kit import api

from forumtui import model, wire
from forumtui.forum import bounds
from forumtui.forum import house as kept
from forumtui.forum.identities import Credentials
from forumtui.model.ids import is_id
from forumtui.server.app import DOCUMENT
from forumtui.server.documents import access, acts, admin, contents
from forumtui.server.documents import schema as making
from forumtui.server.documents.examples import ACTIONS
from forumtui.server.problems import MEDIA_TYPE, NAMES

BODY = model.Body("words")
AUTHOR = model.Author(model.MemberId("anna"), "anna", "Member")
MEMBER = model.Member(model.MemberId("anna"), "anna", "Editor", model.Millis(1), "bees")
CAN = model.Can({model.Ability.REPLY: "", model.Ability.EDIT: "no"})
TOPIC = model.Topic(
    model.TopicId("1"), model.BoardId("2"), "T", AUTHOR, model.Millis(1), model.Millis(2), 3, True, True, ("a",), "u", CAN
)  # fmt: skip
POST = model.Post(
    model.PostId("5"), model.TopicId("1"), 1, 1, "S", model.PostId("4"), AUTHOR, model.Millis(1), model.Millis(2), True,
    frozenset(model.Mark), 3, True, BODY, BODY, ("anna",), "u", CAN, True, 1,
)  # fmt: skip
SECTION = model.Section(
    model.Mark.EXPERT_TIP, "Tips", 1, (model.SectionItem(model.TopicId("1"), model.PostId("5"), "T", "anna"),)
)
BOARD = model.Board(
    model.BoardId("2"), "B", model.BoardId("1"), "d", "anna", True, (model.Link("t", "u"),), (SECTION,), "n", "f", 1, 4, CAN, True
)  # fmt: skip
INFO = model.ForumInfo(
    "T", "u", "e", "t", "n", "v", "d", (model.InfoPage("rules", "Rules", BODY),), MEMBER, CAN, model.Registration.OPEN
)
QUEUED = model.QueueItem(
    model.QueueId("1"), model.QueueKind.HELD, model.Millis(1), "anna", model.BoardId("2"), "T", "t",
    model.TopicId("1"), model.PostId("5"), "bob",
)  # fmt: skip
LOGGED = model.LogEntry(
    "1", model.Millis(1), "anna", "pin", "d", model.TopicId("1"), model.PostId("5"), model.BoardId("2")
)
CHANGED = model.ChangedTopic(model.TopicId("1"), TOPIC, (POST,))
CHANGES = model.Changes((CHANGED,), model.Cursor("e:1:"), True, True, True)


def page(*items: Any) -> model.Page[Any]:
    return model.Page(items, model.Cursor("b"), model.Cursor("a"), complete=False)


SHOWN: list[tuple[type[BaseModel], object]] = [
    (contents.Body, BODY),
    (contents.Author, AUTHOR),
    (contents.Member, MEMBER),
    (contents.Topic, TOPIC),
    (contents.Post, POST),
    (contents.SectionItem, SECTION.items[0]),
    (contents.Section, SECTION),
    (contents.Link, BOARD.links[0]),
    (contents.Board, BOARD),
    (contents.InfoPage, INFO.pages[0]),
    (contents.ForumInfo, INFO),
    (contents.Hit, model.Hit(TOPIC, POST)),
    (contents.TopicPage, page(TOPIC)),
    (contents.PostPage, page(POST)),
    (contents.HitPage, page(model.Hit(TOPIC, POST))),
    (contents.ChangedTopic, CHANGED),
    (contents.Changes, CHANGES),
    (admin.QueueItem, QUEUED),
    (admin.QueuePage, page(QUEUED)),
    (admin.LogEntry, LOGGED),
    (admin.LogPage, page(LOGGED)),
    (admin.Policy, kept.DEFAULT_POLICY),
    (admin.TokenInfo, kept.TokenInfo("1", "anna", "l", ("read",), model.Millis(1), model.Millis(2), model.Millis(3))),
    (admin.Stats, kept.Stats(1, 2, 3, 4, 5, 6, 7)),
    (acts.Receipt, model.Receipt("created", model.TopicId("1"), model.PostId("5"))),
    (access.Credentials, Credentials(MEMBER, "t", model.Millis(1))),
]


@pytest.mark.parametrize(("document", "value"), SHOWN, ids=[document.__name__ for document, _ in SHOWN])
def test_what_the_wire_carries_is_what_is_documented(document: type[BaseModel], value: Any) -> None:
    sparse = {
        field.name: None
        for field in dataclasses.fields(value)
        if field.default is None and document is not admin.Policy  # of which None would leave a rule as it is
    }
    assert set(document.model_fields) == {field.name for field in dataclasses.fields(value)}
    for shown in (value, dataclasses.replace(value, **sparse)):
        encoded = json.loads(json.dumps(wire.encode(shown)))
        again = document.model_validate(encoded, strict=True).model_dump(mode="json", exclude_unset=True)
        assert again == encoded
    for name in document.model_fields:  # and the document is not lenient
        encoded = wire.encode(value)
        with pytest.raises(ValidationError):
            document.model_validate(encoded | {name: object()}, strict=True)
        if name != "can":
            del encoded[name]
            with pytest.raises(ValidationError):
                document.model_validate(encoded, strict=True)


ACT = TypeAdapter[Any](acts.Act)


def test_every_act_is_documented() -> None:
    kinds = {
        str(kind.model_fields["kind"].annotation).split("'")[1]: kind
        for kind in making.Asked.__subclasses__()
        if "kind" in kind.model_fields
    }
    assert set(kinds) == set(wire.KINDS)
    for word, document in kinds.items():
        fields = dataclasses.fields(wire.KINDS[word])
        assert set(document.model_fields) - {"kind"} == {field.name for field in fields}
        required = {field.name for field in fields if field.default is dataclasses.MISSING}
        assert {name for name, field in document.model_fields.items() if field.is_required()} - {"kind"} == required


@settings(max_examples=60)
@given(st.data())
def test_every_act_that_a_client_sends_passes_the_document_unchanged(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(wire.KINDS.values(), key=lambda kind: kind.__name__)))
    act = data.draw(st.builds(kind, **_SANE.get(kind, {})))
    sent = json.loads(json.dumps(wire.encode(act)))
    assert wire.decode_act(ACT.validate_python(sent).model_dump()) == act


_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_BODY = st.builds(model.Body, _TEXT, st.sampled_from(["plain", "markdown", "html"]))
_SANE: dict[Any, Any] = {
    kind: {
        field.name: {
            "body": _BODY,
            "tags": st.lists(_TEXT, max_size=bounds.TAGS).map(tuple),
            "mark": st.sampled_from(model.Mark),
        }.get(field.name, st.booleans() if field.name in {"on", "opens", "approve"} else _TEXT.filter(is_id))
        for field in dataclasses.fields(kind)
    }
    for kind in wire.KINDS.values()
}


OFFERED = {
    "GET": [
        "/forum", "/boards", "/topics", "/topics/{topic}", "/topics/{topic}/posts", "/posts/{post}", "/search", "/changes",
        "/events", "/members", "/members/{name}", "/queue", "/log", "/me", "/me/tokens", "/policy", "/tokens", "/stats", "/check", "/backup",
    ],
    "POST": [
        "/actions", "/actions/find", "/register", "/login", "/password", "/boards", "/members", "/members/{name}/tokens",
        "/invitations",
    ],
    "PATCH": ["/boards/{board}", "/forum", "/policy", "/members/{name}"],
    "DELETE": ["/login", "/me/tokens", "/me/tokens/{token}", "/tokens/{token}"],
}  # fmt: skip


async def test_the_document_is_complete(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        answer = await it.http.get(DOCUMENT)
        assert answer.headers["content-type"] == "application/json"
        document = answer.json()
        assert document["openapi"].startswith("3.1")
        operations = {
            f"{method.upper()} {path}": operation
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        }
        assert set(operations) == {f"{method} /api/v1{path}" for method, paths in OFFERED.items() for path in paths}
        ids = [operation["operationId"] for operation in operations.values()]
        assert len(set(ids)) == len(ids)
        assert all(name.replace("_", "").isalpha() and len(name) < 20 for name in ids), ids
        schemas = document["components"]["schemas"]
        for name, operation in operations.items():
            _check_operation(name, operation)
        for name, schema in schemas.items():
            assert schema.get("description"), f"{name} is not described"
        text = json.dumps(document)
        for used in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
            assert used in schemas
        assert "HTTPValidationError" not in schemas
        examples = json.dumps(document["paths"]["/api/v1/actions"]["post"]["requestBody"])
        assert examples.count('"summary"') >= 3
        for path in ("/docs", "/redoc", "/openapi.json"):
            assert (await it.http.get(path)).status_code == 404


def _check_operation(name: str, operation: dict[str, Any]) -> None:
    assert operation["summary"], name
    assert len(operation["description"]) > 12, name
    assert "security" in operation, name
    for parameter in operation.get("parameters", ()):
        assert parameter["description"], name
    statuses = set(operation["responses"])
    assert statuses >= {"400", "429", "500", "503", "422"}, name
    if "requestBody" in operation:
        assert statuses >= {"408", "413", "415"}, name
    for status, answer in operation["responses"].items():
        assert answer["description"], (name, status)
        if int(status) >= 400:
            ((media, content),) = answer["content"].items()
            assert media == MEDIA_TYPE
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["status"] == int(status)
            assert content["example"]["type"].endswith(NAMES[int(status)][0])
        elif int(status) not in {204, 304}:
            (content,) = answer["content"].values()
            assert content["schema"], (name, status)


def test_examples_in_the_document_are_true() -> None:
    for action in ACTIONS.values():
        wire.decode_act(acts.Action.model_validate(action["value"]).act.model_dump())
    for kind in making.Shown.__subclasses__():
        extra: Any = kind.model_config.get("json_schema_extra") or {}
        for example in extra.get("examples", ()):
            kind.model_validate(example)


@pytest.mark.parametrize(("document", "value"), SHOWN, ids=[document.__name__ for document, _ in SHOWN])
def test_what_a_field_means_is_what_the_model_says(document: type[BaseModel], value: Any) -> None:
    told = document.model_json_schema(ref_template="{model}")["properties"]
    said = re.findall(r'^    (\w+): .*\n    """(.+)"""$', inspect.getsource(type(value)), re.MULTILINE)
    for name, text in said if not isinstance(value, model.Page) else ():
        assert told[name]["description"].lower() == text.replace("``", "`").replace("None", "null").lower()
    assert said or document in {contents.Hit, contents.SectionItem}


def test_documents_are_there_also_where_the_source_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    told = contents.Post.model_json_schema()
    making._docstrings.cache_clear()
    monkeypatch.setattr(type(model.forum.__spec__.loader), "get_source", lambda *_: None)
    try:
        bare = contents.Post.model_json_schema()
    finally:
        making._docstrings.cache_clear()
    assert told["properties"]["sort"]["description"]
    assert "description" not in bare["properties"]["sort"]
    assert bare["properties"].keys() == told["properties"].keys()
    assert bare["required"] == told["required"]
