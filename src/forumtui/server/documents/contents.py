"""The forum itself, its boards, topics and posts."""

from __future__ import annotations

from forumtui import model
from forumtui.server import answers
from forumtui.server.documents.schema import Shown, shown

__all__ = ["Shown"]

Body = shown(model.Body)
Author = shown(model.Author)
Member = shown(model.Member)
Members = shown(answers.Items[model.Member], name="Members", says="All members, by name.")
InfoPage = shown(model.InfoPage)
ForumInfo = shown(model.ForumInfo)
Link = shown(model.Link)
SectionItem = shown(model.SectionItem)
Section = shown(model.Section)
Board = shown(model.Board)
Boards = shown(answers.Items[model.Board], name="Boards", says="All boards, each before those below it.")
Topic = shown(model.Topic)
TopicPage = shown(model.Page[model.Topic], says="A stretch of a list of topics.")
Post = shown(model.Post)
PostPage = shown(model.Page[model.Post], says="A stretch of a topic.", words={"items": "In the order of `sort`."})
Hit = shown(model.Hit)
HitPage = shown(model.Page[model.Hit], says="A stretch of what a search found.", words={"items": "Newest first."})
ChangedTopic = shown(model.ChangedTopic)
Changes = shown(model.Changes)
