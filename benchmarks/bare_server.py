"""The least a server can do for two lists: a query, a token check, JSON.  `python bare_server.py FORUM PORT`.

Only to be measured beside `forumtui serve`, with the same database, driver and HTTP parser.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from forumtui.sqlite.connection import connect

TOPICS = """
SELECT t.id, t.board_id AS board, t.title, m.name AS author, m.role, t.created, t.last_post, t.posts, t.pinned,
  t.closed, t.tags
FROM topic t LEFT JOIN member m ON m.id = t.author_id
ORDER BY t.pinned DESC, t.activity DESC, t.id DESC LIMIT ?
"""
POSTS = """
SELECT p.id, p.topic_id AS topic, p.number, p.subject, p.parent_id AS parent, m.name AS author, m.role, p.created,
  p.edited, p.deleted, p.marks, p.likes_here, p.source, p.format, p.mentions
FROM post p LEFT JOIN member m ON m.id = p.author_id WHERE p.topic_id = ? ORDER BY p.number LIMIT ?
"""
TOKEN = "SELECT member_id FROM token WHERE hash = ?"


def make(path: Path) -> Starlette:
    """The application over a forum file."""
    connection = connect(path, read_only=True)

    def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
        cursor = connection.execute(sql, values)
        names: list[str] = []
        found = []
        for row in cursor:
            names = names or [column[0] for column in cursor.get_description()]
            found.append(dict(zip(names, row, strict=True)))
        return found

    def known(request: Request) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return connection.execute(TOKEN, (sha256(token.encode()).digest(),)).fetchone() is not None

    async def topics(request: Request) -> JSONResponse:
        if not known(request):
            return JSONResponse({"detail": "Who are you?"}, 401)
        return JSONResponse({"items": rows(TOPICS, int(request.query_params.get("limit", "50")))})

    async def posts(request: Request) -> JSONResponse:
        if not known(request):
            return JSONResponse({"detail": "Who are you?"}, 401)
        limit = int(request.query_params.get("limit", "100"))
        return JSONResponse({"items": rows(POSTS, int(request.path_params["topic"]), limit)})

    return Starlette(routes=[Route("/api/v1/topics", topics), Route("/api/v1/topics/{topic}/posts", posts)])


if __name__ == "__main__":
    uvicorn.run(make(Path(sys.argv[1])), port=int(sys.argv[2]), http="httptools", log_level="warning", access_log=False)
