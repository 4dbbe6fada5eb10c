"""One value of each kind, from which the documents take their examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forumtui import model, wire
from forumtui.forum.house import Approval, BoardDraft, Policy, TokenInfo
from forumtui.forum.identities import Credentials, Scope
from forumtui.server import answers

_ANNA, _BOB = (
    model.Author(model.MemberId("anna"), "anna", "Editor"),
    model.Author(model.MemberId("bob"), "bob", "Member"),
)
_MEMBER = model.Member(_ANNA.id, "anna", "Editor", model.Millis(1_700_000_000_000), "I keep bees.")
_BOARD, _TOPIC, _FIRST, _POST = model.BoardId("2"), model.TopicId("17"), model.PostId("50"), model.PostId("51")
_TITLE = "How to winter a hive"
_BODY = model.Body("Wrap it, but let it breathe.")
_EARLY, _LATE, _END = model.Millis(1_700_000_000_000), model.Millis(1_700_000_360_000), model.Millis(1_707_776_000_000)
_ITEM = model.SectionItem(_TOPIC, _POST, _TITLE, "bob")
_SECTION = model.Section(model.Mark.BEST_PRACTICE, "Best practices", 1, (_ITEM,))
_LINK = model.Link("The bee book", "https://bees.example/book")
_PAGE = model.InfoPage("rules", "Rules", model.Body("Be kind."))
_AN_ADVERTISEMENT = "This is an advertisement."
_VALUES = (
    _BOB,
    _MEMBER,
    _BODY,
    _ITEM,
    _SECTION,
    _LINK,
    _PAGE,
    model.ForumInfo(
        "Bees", "5d1d67b5-8a93-4fe1-9f6c-9d8f3f9d2b11", "4f1c9a2e77b0", "All about bees", "", "2", "May 2025", (_PAGE,), _MEMBER,
        registration=model.Registration.INVITATION,
    ),
    model.Board(_BOARD, "Hives", None, "Building and buying them", "anna", links=(_LINK,), sections=(_SECTION,), topics=12),
    model.Topic(_TOPIC, _BOARD, _TITLE, _ANNA, _EARLY, _LATE, 3, tags=("winter",)),
    model.Post(
        _POST, _TOPIC, 2, 2, None, _FIRST, _BOB, _LATE, marks=frozenset({model.Mark.BEST_PRACTICE}), likes=4, liked=True, body=_BODY,
        mentions=("anna",),
    ),
    model.Changes((), model.Cursor("4f1c9a2e77b0:812:")),
    model.QueueItem(model.QueueId("4"), model.QueueKind.REPORT, _LATE, "anna", _BOARD, _TITLE, _AN_ADVERTISEMENT, _TOPIC, _POST, "bob"),
    model.LogEntry("90", _LATE, "anna", "hide posts", "an advertisement", _TOPIC, _POST, _BOARD),
    Policy(model.Registration.INVITATION, members_only=False, approval=Approval.NEW),
    Credentials(_MEMBER, "ft_7Zr0…", _END),
    answers.Me(_MEMBER, (Scope.READ, Scope.WRITE)),
    model.OwnToken("3", "my laptop", ("read", "write"), _EARLY, _END, _LATE, current=True),
    TokenInfo("3", "anna", "my laptop", ("read", "write"), _EARLY, _END, _LATE),
    model.Receipt("created", _TOPIC, model.PostId("52")),
    model.NewTopic(_BOARD, _TITLE, _BODY, ("winter",)),
    model.SetTags(_TOPIC, ("winter", "hives")),
    model.Report(_TOPIC, _POST, _AN_ADVERTISEMENT),
)  # fmt: skip
_OF_CLASS: dict[type, object] = {type(value): value for value in _VALUES}
EXAMPLES: Mapping[type, object] = {**_OF_CLASS, BoardDraft: _OF_CLASS[model.Board]}


def _sent(summary: str, action: model.Action) -> dict[str, Any]:
    encoded = wire.encode(action)
    encoded["act"] = {name: value for name, value in encoded["act"].items() if value is not None}
    return {"summary": summary, "value": encoded}


ACTIONS: Mapping[str, dict[str, Any]] = {
    "reply": _sent(
        "Answer a post", model.Action("0197a1c4-7d1e-7b8f-9d55-2a3c0c7f1f10", model.Reply(_TOPIC, _BODY, _FIRST))
    ),
    "new-topic": _sent(
        "Open a topic",
        model.Action(
            "0197a1c4-83aa-7d02-8f3b-6e0d1f5a2b77",
            model.NewTopic(_BOARD, _TITLE, model.Body("It is my first winter."), ("winter",)),
        ),
    ),
    "set-mark": _sent(
        "Mark a post as best practice",
        model.Action("0197a1c4-9b10-7c4e-9a1d-0c9e8d7f6a55", model.SetMark(_TOPIC, _POST, model.Mark.BEST_PRACTICE)),
    ),
}
