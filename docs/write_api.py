"""Writes docs/api.md from the server's OpenAPI document; `make docs` runs it, a test holds the two together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forumtui.forum.file import SqliteForumStore
from forumtui.server.app import create_app

PAGE = Path(__file__).with_name("api.md")
_HEAD = """\
# The HTTP API

What `forumtui serve` speaks ([hosting.md](hosting.md)). A running server gives this as an OpenAPI {version} document at `/api/v1/openapi.json`; this page is written from it (`make docs`).

{description}
"""
_METHODS = ("get", "post", "patch", "delete")


async def document() -> dict[str, Any]:
    """The server's OpenAPI document."""
    with TemporaryDirectory() as folder:
        store = await SqliteForumStore.open(Path(folder) / "forum.db", create=True)
        try:
            return create_app(store).openapi()
        finally:
            await store.close()


def page(api: dict[str, Any]) -> str:
    """The whole page."""
    lines = [_HEAD.format(version=api["openapi"], description=api["info"]["description"].strip())]
    for tag in api["tags"]:
        lines += [f"## {tag['name']}", "", tag["description"], ""]
        for path, methods in api["paths"].items():
            for method in _METHODS:
                if tag["name"] in methods.get(method, {}).get("tags", ()):
                    lines += _operation(method, path, methods[method])
    lines += ["## Values", ""]
    for name, schema in sorted(api["components"]["schemas"].items()):
        lines += _value(name, schema)
    return "\n".join(lines).rstrip() + "\n"


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"### `{method.upper()} {path}`"
    yield ""
    yield f"{operation['summary']}. {operation.get('description', '').strip()}"
    yield ""
    yield f"Asked by: {_who(operation.get('security', []))}."
    yield ""
    rows = [
        (f"`{given['name']}` ({given['in']})", _type(given["schema"]), given.get("description", ""))
        for given in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        rows.append(("body", _type(body["schema"]), ""))
    if rows:
        yield from _table(("given", "is", ""), rows)
    if body is not None:
        for example in body.get("examples", {}).values():
            yield from (f"{example['summary']}:", "", "```json", json.dumps(example["value"]), "```", "")
    answers = [
        (f"{status}", _content(answer), answer["description"])
        for status, answer in sorted(operation["responses"].items())
    ]
    yield from _table(("answer", "is", ""), answers)


def _who(security: list[dict[str, list[str]]]) -> str:
    if not security or {} in security:
        return "anybody, unless the forum is for members only" if security else "anybody"
    scopes = [scope for each in security for scope in each.get("token", ())]
    return f"members (scope `{scopes[0]}`)" if scopes else "members"


def _value(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    if schema.get("description"):
        yield from (schema["description"].strip(), "")
    if "properties" in schema:
        needed = set(schema.get("required", ()))
        rows = [
            (f"`{field}`" + ("" if field in needed else " (may be left out)"), _type(what), what.get("description", ""))
            for field, what in schema["properties"].items()
        ]
        yield from _table(("field", "is", ""), rows)
    else:
        yield from (f"{_type(schema)}.", "")


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_type(each) for each in schema[several]))
    kind = schema.get("type", "any value")
    if kind == "array":
        most = f"up to {schema['maxItems']:,} of " if "maxItems" in schema else ""
        return f"list of {most}{_type(schema.get('items', {}))}"
    if "maxLength" in schema:
        return f"text of up to {schema['maxLength']:,} characters"
    return {"integer": "whole number", "boolean": "true or false", "string": "text"}.get(kind, kind)


def _content(answer: dict[str, Any]) -> str:
    for kind, content in answer.get("content", {}).items():
        if kind == "application/problem+json":
            return "[Problem](#problem)"
        return _type(content["schema"]) if content.get("schema") and kind == "application/json" else f"`{kind}`"
    return ""


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(' '.join(cell.split()).replace('|', '/') for cell in row)} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(asyncio.run(document())), encoding="utf-8")
