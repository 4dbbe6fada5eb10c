"""Every text that the API takes has a length, which its document tells and which holds before any work is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.kit import PASSWORD, api, check_problem

from forumtui.forum import bounds
from forumtui.server.app import DOCUMENT

Document = dict[str, Any]
SCHEMAS = "#/components/schemas/"


def strings(
    document: Document, schema: Any, where: str, seen: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Any]]:
    """Each schema of a text that is not one of a few words, with where it is."""
    if isinstance(schema, list):
        for number, each in enumerate(schema):
            yield from strings(document, each, f"{where}[{number}]", seen)
    elif isinstance(schema, dict):
        if (name := schema.get("$ref", "").removeprefix(SCHEMAS)) and name not in seen:
            yield from strings(document, document["components"]["schemas"][name], f"{where} {name}", seen | {name})
        if schema.get("type") == "string" and not {"enum", "const"} & schema.keys():
            yield where, schema
        for key, value in schema.items():
            if key == "properties":
                for field, each in value.items():
                    yield from strings(document, each, f"{where}.{field}", seen)
            elif key in {"items", "anyOf", "oneOf", "allOf", "additionalProperties", "prefixItems", "schema"}:
                yield from strings(document, value, where, seen)


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


async def test_every_text_that_is_taken_has_a_length(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        document = (await it.http.get(DOCUMENT)).json()
        found = 0
        for method, path, operation in operations(document):
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            given = [each for each in operation.get("parameters", ()) if each["in"] != "header"]
            for where, schema in strings(document, [body, *given], f"{method} {path}"):
                found += 1
                assert 0 < schema.get("maxLength", 0) <= bounds.BODY, where
        assert found > 50


def lengths(schema: Document) -> Iterator[int]:
    """How long a field or parameter may be, if it is a text."""
    for each in [schema, *schema.get("anyOf", ())]:
        if each.get("type") == "string" and "maxLength" in each:
            yield each["maxLength"]


async def test_what_is_longer_is_a_problem_document(tmp_path: Path) -> None:
    async with api(tmp_path) as it:
        ada = await it.token("ada", "Admin")
        document = (await it.http.get(DOCUMENT)).json()
        tried = 0
        for method, path, operation in operations(document):
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            fields = document["components"]["schemas"].get(body.get("$ref", "").removeprefix(SCHEMAS), {})
            given = [(each["name"], each["in"], each["schema"]) for each in operation.get("parameters", ())]
            given += [(name, "body", schema) for name, schema in fields.get("properties", {}).items()]
            for name, place, schema in given:
                for most in lengths(schema):
                    tried += 1
                    long = "x" * (most + 1)
                    at = (
                        (path.replace(f"{{{name}}}", long) if place == "path" else path)
                        .replace("{", "")
                        .replace("}", "")
                    )
                    query, sent = ({name: long} if place == kind else {} for kind in ("query", "body"))
                    with_body: dict[str, Any] = {"json": sent} if body else {}
                    answer = await it.http.request(method, at, params=query, headers=ada, **with_body)
                    said = check_problem(answer, 422, "refused")
                    assert f'"{name}": string should have at most {most} characters' in said, (method, path, said)
        assert tried > 50


async def test_a_password_that_is_no_password_is_never_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with api(tmp_path) as it:
        anna = await it.token("anna")

        async def refused(*_: Any) -> str:
            raise AssertionError("it was hashed")

        monkeypatch.setattr(it.store.identities._passwords, "hash", refused)
        monkeypatch.setattr(it.store.identities._passwords, "verify", refused)
        for length, status, word in ((1001, 422, "refused"), (900_000, 422, "refused"), (10_000_000, 413, "too-large")):
            long = "x" * length
            for path, body, who in (
                ("login", {"name": "anna", "password": long}, None),
                ("login", {"name": long, "password": PASSWORD}, None),
                ("register", {"name": "dora", "password": long}, None),
                ("password", {"old": long, "new": PASSWORD}, anna),
                ("password", {"old": "", "new": long}, anna),
            ):
                check_problem(await it.send(path, body, who), status, word)
