"""The forum itself, its boards, topics and posts."""

from __future__ import annotations

from forumtui import model
from forumtui.server.documents.schema import listed, shown, stretch

Body = shown(model.Body)
Author = shown(model.Author)
Member = shown(model.Member)
Members = listed(model.Member, "Members", "All members, by name.")
InfoPage = shown(model.InfoPage)
ForumInfo = shown(model.ForumInfo)
Link = shown(model.Link)
SectionItem = shown(model.SectionItem)
Section = shown(model.Section)
Board = shown(model.Board)
Boards = listed(model.Board, "Boards", "All boards, each before those below it.")
Topic = shown(model.Topic)
TopicPage = stretch(model.Topic, "a list of topics")
Post = shown(model.Post)
PostPage = stretch(model.Post, "a topic", "In the order of `sort`.")
Hit = shown(model.Hit)
HitPage = stretch(model.Hit, "what a search found", "Newest first.")
ChangedTopic = shown(model.ChangedTopic)
Changes = shown(model.Changes)
