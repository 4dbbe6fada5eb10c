"""What members do, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field

from forumtui.forum import bounds
from forumtui.server.documents.contents import Asked, Format, Id, Mark, Shown

Tags: TypeAlias = list[Annotated[str, Field(max_length=bounds.TAG)]]
On: TypeAlias = Annotated[bool, Field(description="False: no longer.")]


class Text(Asked):
    """A text that somebody wrote."""

    source: str = Field(  # the store counts it: a length checked here would refuse half characters, which it mends
        description="The text.",
        json_schema_extra={"maxLength": bounds.BODY},
        examples=["Wrap it, but let it breathe."],
    )
    format: Format = Field("markdown", description="What it is written in.")


class NewTopic(Asked):
    """Open a topic on a board."""

    kind: Literal["new-topic"]
    board: Id
    subject: str = Field(description="The topic's title.", max_length=bounds.TITLE, examples=["How to winter a hive"])
    body: Text
    tags: Tags = Field([], max_length=bounds.TAGS, examples=[["winter"]])


class Reply(Asked):
    """Answer a topic, or one post of it."""

    kind: Literal["reply"]
    topic: Id
    body: Text
    parent: Id | None = None
    subject: str | None = Field(None, description="A subject of its own.", max_length=bounds.TITLE)


class Edit(Asked):
    """Replace the text of a post."""

    kind: Literal["edit"]
    topic: Id
    post: Id
    body: Text
    subject: str | None = Field(None, description="Null: as it was.", max_length=bounds.TITLE)
    base: str | None = Field(
        None,
        description="The words that the edit was made from: SHA-256 (64 hexadecimal digits) of the UTF-8 text made of the "
        "post's subject (nothing for null), a line feed, and its `body.source`, as they were read.  If the post has other "
        "words by now, nothing is changed, and the problem is a 409 of the type `urn:forumtui:problem:overtaken`.  Null: "
        "go over whatever stands there.  Under the same key, an edit with another base is the same act.",
        max_length=bounds.IMPRINT,
    )


class Delete(Asked):
    """Take a post back; a placeholder stays."""

    kind: Literal["delete"]
    topic: Id
    post: Id


class Like(Asked):
    """Like a post, or no longer."""

    kind: Literal["like"]
    topic: Id
    post: Id
    on: On = True


class SetMark(Asked):
    """Distinguish a post, or no longer.  For the board's leader, editors and moderators."""

    kind: Literal["set-mark"]
    topic: Id
    post: Id
    mark: Mark
    on: On = True


class Pin(Asked):
    """Keep a topic at the top of its lists, or no longer.  For the board's leader and moderators."""

    kind: Literal["pin"]
    topic: Id
    on: On = True


class Close(Asked):
    """Let nobody answer in a topic, or let them again.  For the board's leader and moderators."""

    kind: Literal["close"]
    topic: Id
    on: On = True


class Move(Asked):
    """Put a topic on another board.  For the board's leader and moderators.

    From a board for members to one that guests see: for moderators only, and only with `opens`.
    """

    kind: Literal["move"]
    topic: Id
    board: Id
    opens: bool = Field(False, description="Whether guests may see from now on what was for members only.")


class Hide(Asked):
    """Show a post to moderators only, or restore it.  For the board's leader and moderators."""

    kind: Literal["hide"]
    topic: Id
    post: Id
    on: On = True
    reason: str = Field("", description="Why, for the audit log.", max_length=bounds.REASON)


class SetTags(Asked):
    """Give a topic other tags; an empty list takes them all away.  For the board's leader and moderators."""

    kind: Literal["set-tags"]
    topic: Id
    tags: Tags = Field(max_length=bounds.TAGS, examples=[["winter", "hives"]])


class Remove(Asked):
    """Show a topic to moderators only, or restore it.  For the board's leader and moderators."""

    kind: Literal["remove"]
    topic: Id
    on: On = True
    reason: str = Field("", description="Why, for the audit log.", max_length=bounds.REASON)


class Report(Asked):
    """Ask the moderators to look at a post."""

    kind: Literal["report"]
    topic: Id
    post: Id
    reason: str = Field(
        description="What is wrong with it.", max_length=bounds.WORDS, examples=["This is an advertisement."]
    )


class Volunteer(Asked):
    """Offer to lead a board that wants a leader."""

    kind: Literal["volunteer"]
    board: Id
    text: str = Field("", description="Why you.", max_length=bounds.WORDS)


class Decide(Asked):
    """Settle an item of the moderators' queue.  For the board's leader and moderators."""

    kind: Literal["decide"]
    item: Id
    approve: bool = Field(
        description="True: publish the held post, accept the volunteer, or hide the reported post; false: reject, "
        "decline, or leave the reported post as it is."
    )
    reason: str = Field("", description="What the author of a rejected post is told.", max_length=bounds.REASON)


class SetProfile(Asked):
    """Say something about yourself."""

    kind: Literal["set-profile"]
    about: str = Field(max_length=bounds.WORDS)


Act: TypeAlias = Annotated[
    NewTopic
    | Reply
    | Edit
    | Delete
    | Like
    | SetMark
    | Pin
    | Close
    | Move
    | Hide
    | SetTags
    | Remove
    | Report
    | Volunteer
    | Decide
    | SetProfile,
    Field(discriminator="kind"),
]


class Action(Asked):
    """An act, under the key that makes it unique."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: str = Field(
        description="Made up by you, another one for each act; best 128 random bits or more.  The same key with the "
        "same act is done once, however often it is sent.",
        min_length=1,
        max_length=bounds.KEY,
        examples=["0197a1c4-7d1e-7b8f-9d55-2a3c0c7f1f10"],
    )
    act: Act


class Receipt(Shown):
    """What became of an act."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "created", "topic": "17", "post": "52"}]})

    outcome: Literal["created", "held", "done"] = Field(
        description="`held`: it is shown when a moderator has approved it."
    )
    topic: Id | None
    post: Id | None


class Found(Shown):
    """The receipt of an act that was done before under the same key."""

    receipt: Receipt | None = Field(description="Null: there is no trace of it.")


ACTION_EXAMPLES: dict[str, Any] = {
    "reply": {
        "summary": "Answer a post",
        "value": {
            "key": "0197a1c4-7d1e-7b8f-9d55-2a3c0c7f1f10",
            "act": {
                "kind": "reply",
                "topic": "17",
                "parent": "50",
                "body": {"source": "Wrap it, but let it breathe.", "format": "markdown"},
            },
        },
    },
    "new-topic": {
        "summary": "Open a topic",
        "value": {
            "key": "0197a1c4-83aa-7d02-8f3b-6e0d1f5a2b77",
            "act": {
                "kind": "new-topic",
                "board": "2",
                "subject": "How to winter a hive",
                "body": {"source": "It is my first winter.", "format": "markdown"},
                "tags": ["winter"],
            },
        },
    },
    "set-mark": {
        "summary": "Mark a post as best practice",
        "value": {
            "key": "0197a1c4-9b10-7c4e-9a1d-0c9e8d7f6a55",
            "act": {"kind": "set-mark", "topic": "17", "post": "51", "mark": "best-practice"},
        },
    },
}
