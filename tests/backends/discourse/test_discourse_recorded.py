"""Real sites' answers are read, and every field of theirs that is not read is passed over for a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.backends.recorded import needs_recordings, recorded, unread

from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.web.fields import Fields
from forumtui.model import Cause, Listing, Notification, Page, Place, Post, PostId, Topic, TopicId, Window

pytestmark = needs_recordings

PASSED_OVER = {
    "pictures and colours": "avatar_template uploaded_avatar_id image_url thumbnails color text_color badges_granted "
    "flair_name flair_url flair_color flair_bg_color flair_group_id flair_groups primary_group_name primary_groups "
    "primary_group_id primary_group_flair_url primary_group_flair_color primary_group_flair_bg_color",
    "the site's own pages are laid out by it": "draft draft_key draft_sequence chunk_size message_bus_last_id "
    "timeline_lookup current_post_number per_page show_read_indicator expandable_first_post has_summary is_shared_draft "
    "destination_category_id topic_url post_url linked_post_number extras featured_user_ids top_tags for_period "
    "can_create_category is_uncategorized",
    "a statistic": "views reply_count incoming_link_count reads readers_count score quote_count participant_count "
    "word_count like_count posts_count post_count vote_count avg_time trust_level posts_day posts_week posts_month "
    "posts_year topics_day topics_week topics_month topics_year link_counts highest_post_number last_read_post_id",
    "another field says it as well": "id slug topic_slug fancy_title name display_username visible bumped "
    "last_poster_username last_poster last_posted_at excerpt user_id description staff moderator reply_to_user "
    "updated_at edit_reason hidden_reason_id user_title unpinned has_accepted_answer topic_accepted_answer like_count "
    "participants featured_link category_id tags posters links mentioned_users deleted_by has_deleted pinned_at "
    "pinned_until tags_descriptions actions_summary",
    "besides the matter": "suggested_topics topics related_topics",
    "a guest has none, or may not": "bookmarked bookmarks liked unseen notification_level notifications_reason_id "
    "posted read yours unread_posts last_read_post_number message_archived pending_posts hidden can_act can_edit "
    "can_delete can_recover can_wiki can_vote can_create_post can_create_topic can_accept_answer can_unaccept_answer "
    "can_flag_topic can_invite_to can_invite_via_email can_move_posts can_pin_unpin_topic can_publish_page "
    "can_remove_allowed_users can_reply_as_new_topic can_toggle_topic_visibility can_see_hidden_post can_translate "
    "can_view_edit_history allowed_users allowed_groups",
    "asked for only when one writes": "raw wiki",
    "more than a line of the inbox tells": "high_priority revision_number original_post_id original_post_type "
    "original_username count group_id inbox_count",
    "not shown yet": "polls gaps topic_timer slow_mode_seconds slow_mode_enabled_until auto_close_at auto_close_hours "
    "auto_close_based_on_last_post user_voted discourse_zendesk_plugin_zendesk_id discourse_zendesk_plugin_zendesk_url",
}
"""Why a field is not read: by the last part of its name."""
EXPLAINED = {name for names in PASSED_OVER.values() for name in names.split()}


@dataclass
class Recording:
    """A session with a site that gave one answer."""

    answer: Any

    async def get(self, path: str, *, params: Any = None, into: Callable[[Fields], Any]) -> Any:
        return into(Fields(self.answer, path))


async def read(name: str, call: Callable[[DiscourseBackend], Awaitable[Any]], me: str = "") -> Any:
    """What a recorded answer is read as; it prints that, and holds that no field is left without a reason."""
    answer = recorded("discourse", name)
    session = DiscourseBackend(Recording(answer), "https://talk.example", me)  # type: ignore[arg-type]  # as it is asked
    found = await call(session)
    left = sorted(where for where in unread(answer) if where.rpartition(".")[2] not in EXPLAINED)
    print(name, type(found).__name__, len(found.items) if isinstance(found, Page) else "", "left:", left)
    assert left == []
    return found


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("latest_meta.json", 30),
        ("latest_page0.json", 30),
        ("latest_page1.json", 10),
        ("category_bug_latest.json", 30),
        ("tag_important_latest.json", 2),
        ("private_messages.json", 1),
        ("bookmarks_topiclist.json", 3),
        ("top.json", 50),
        ("search.json", 11),
    ],
)
async def test_lists(name: str, count: int) -> None:
    page: Page[Topic] = await read(name, lambda site: site.topics(Listing()))
    assert len(page.items) == count
    assert all(topic.title and topic.board and topic.last_post for topic in page.items)
    assert all(topic.author is not None for topic in page.items)


async def test_notifications() -> None:
    page: Page[Notification] = await read("notifications.json", lambda site: site.notifications(), "ann")
    assert [(each.title, each.who, each.topic, each.post) for each in page.items] == [
        ("edits your post: edited topic 443", "velesin", "130", "130/1"),
        ("some title", "velesin", "1234", "1234/2"),
        ("likes several posts of yours", "aquaman", None, None),
        ("test", "test2", None, None),
        ("accepts your invitation", "test1", None, None),
        ("takes you into a group: test", None, None, None),
    ]
    assert page.items[1].kind is Cause.REPLY
    assert page.items[3].kind is Cause.MESSAGE


async def test_categories() -> None:
    boards = await read("categories.json", lambda site: site.boards())
    assert all(board.title for board in boards)


@pytest.mark.parametrize(
    ("name", "topic", "count", "whole"),
    [
        ("topic_9_short.json", "9", 1, True),
        ("topic_280_first20.json", "280", 20, True),
        ("topic_28830_replies.json", "28830", 5, True),
        ("topic_12_private_message.json", "12", 2, True),
        ("topic_13_poll.json", "13", 1, True),
        ("topic_2108_near_452.json", "2108", 20, False),
    ],
)
async def test_topics(name: str, topic: str, count: int, whole: bool) -> None:
    async def ask(site: DiscourseBackend) -> Page[Post]:
        head = await site.topic(TopicId(topic))
        assert head.title
        assert head.author is not None
        return await site.posts(TopicId(topic), Window(Place.START if whole else Place.END, limit=count))

    page: Page[Post] = await read(name, ask)
    assert len(page.items) == count
    assert all((post.body or post.event) and post.author is not None for post in page.items)
    assert [post.sort for post in page.items] == sorted({post.sort for post in page.items})


@pytest.mark.parametrize("name", ["post_18.json", "post_398.json", "post_get.json"])
async def test_posts(name: str) -> None:
    post: Post = await read(name, lambda site: site.post(PostId("280/1")))
    assert post.body is not None
    assert post.body.source.startswith("<p>")


async def test_members() -> None:
    for name in ("user_eviltrout.json", "user_card_eviltrout.json"):
        answer = recorded("discourse", name)
        session = DiscourseBackend(Recording(answer), "https://talk.example", "")  # type: ignore[arg-type]  # as it is asked
        member = await session.member("eviltrout")
        assert (member.name, member.role) == ("eviltrout", "Admin")
