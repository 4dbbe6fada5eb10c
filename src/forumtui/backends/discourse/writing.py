"""Acts on a Discourse site: sending them, and finding out what became of one.

A site knows no keys, so nothing but looking tells whether an act arrived.  It refuses a text that the same member
wrote anywhere within the last minutes, and says so in the member's language only; so such a refusal is looked into.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from forumtui.backends.discourse.asking import Asking
from forumtui.backends.discourse.reading import LIKE, MESSAGES, can_on, is_gone, like_on, named
from forumtui.backends.discourse.windows import LAST, is_number, number_in, topic_path
from forumtui.backends.web.fields import Fields
from forumtui.errors import Conflict, Forbidden, Missing, NotYet, Overtaken, Refused, Unanswered, Unsupported
from forumtui.model import (
    Ability,
    Act,
    Action,
    Can,
    Delete,
    Edit,
    Like,
    Millis,
    NewTopic,
    PostId,
    Receipt,
    Reply,
    TopicId,
)
from forumtui.model.keys import begun
from forumtui.text.imprint import imprint, words_of
from forumtui.values import quick_dataclass

TYPED = 5000
"""Ms that are said to have been spent on typing: a site takes who needs none for a machine, and silences them."""
ALIKE_SECONDS = 300.0
"""So long a site refuses the same text by the same member (`unique_posts_mins`, as it comes)."""
_PICTURE = re.compile(r"!\[[^\]\n]*\]\([^)\s]*\)|https?://\S+\.(?:png|jpe?g|gif|webp|avif|svg)\b\S*", re.IGNORECASE)
_SKEW = 600_000
"""Ms by which the site's clock may be behind ours."""


@quick_dataclass(frozen=True, slots=True)
class Written:
    """A post as its author wrote it."""

    id: str
    topic: TopicId
    number: int
    author: str
    raw: str
    created: Millis
    gone: bool
    liked: bool
    refusals: Can


def written(row: Fields) -> Written:
    """Raises `Unreadable`."""
    like = like_on(row)
    return Written(
        row.the_id(),
        TopicId(row.the_id("topic_id")),
        row.the_number("post_number"),
        row.text("username"),
        row.text("raw"),
        row.time("created_at") or Millis(0),
        is_gone(row),
        like is not None and like.flag("acted"),
        can_on(row, like),
    )


class Writing:
    """The acts of one member; ``now``: ms UTC."""

    def __init__(self, asking: Asking, me: str, *, now: Callable[[], float] = lambda: time.time() * 1000) -> None:
        self._asking = asking
        self._me = me
        self._now = now

    async def perform(self, act: Act) -> Receipt:
        """Carry it out.  Raises what the site answers, and `Overtaken` where other words stand than those edited."""
        match act:
            case NewTopic(board, subject, body, tags):
                if board == MESSAGES:
                    raise Unsupported("forumtui can not begin a private message yet.")
                if not is_number(board):
                    raise Missing("There is no such category.")
                given = {"title": subject, "category": int(board), "tags": [*tags]}
                return await self._create(body.source, given if tags else {**given, "tags": None}, None)
            case Reply(topic, body, parent, subject):
                topic_path(topic)
                number = number_in(topic, parent) if parent is not None else None
                if parent is not None:
                    await self._by_name(parent)
                text = _with_subject(subject, body.source)
                return await self._create(text, {"topic_id": int(topic), "reply_to_post_number": number}, topic)
            case Edit(topic, post, body, _, base):
                return await self._edit(topic, post, body.source, base)
            case Delete(topic, post):
                found = await self._of(topic, post, Ability.DELETE)
                await self._asking.send("DELETE", f"posts/{found.id}", {})
                return Receipt("done", topic, post)
            case Like(topic, post, on):
                return await self._like(topic, post, on=on)
        raise Unsupported("This forum does not offer it.")

    async def _create(self, raw: str, given: dict[str, Any], topic: TopicId | None) -> Receipt:
        asked = {name: value for name, value in given.items() if value is not None}
        times = {"typing_duration_msecs": TYPED, "composer_open_duration_msecs": 2 * TYPED, "nested_post": True}
        try:
            answer = await self._asking.send("POST", "posts", {"raw": raw, **asked, **times})
        except Refused as refusal:
            if type(refusal) is Refused:
                await self._look_into_refusal(raw, topic)
            raise
        match answer.text("action", "create_post"):
            case "create_post":
                post = answer.inner("post") if "post" in answer else answer
                made = TopicId(post.the_id("topic_id"))
                number = post.number("post_number") or (await self._by_id(post.the_id())).number
                return Receipt("created", made, named(made, number))
            case "enqueued":
                return Receipt("held")
        return Receipt("done")

    async def _look_into_refusal(self, raw: str, topic: TopicId | None) -> None:
        """What a refused text has to do with the same one of a moment ago.

        Raises `Unanswered` where that is where this one should be, because it may be this one: requests are repeated
        on the way.  Raises `NotYet` where it is elsewhere: this one will be taken later.
        """
        try:
            rows = await self._asking.get(
                "posts", into=lambda answer: [written(row) for row in answer.each("latest_posts")]
            )
            if topic is not None:  # which may be a private one, that no list of all posts has
                rows = [*rows, *await self._last(topic)]
        except Refused:
            return
        left: dict[bool, float] = {}
        for post in rows:
            if self._is_mine(post, raw, None) and not post.gone:
                is_here = post.number == 1 if topic is None else post.topic == topic
                ends = post.created / 1000 + ALIKE_SECONDS - self._now() / 1000
                left[is_here] = max(left.get(is_here, 0.0), ends)
        if left.get(True, 0.0) > 0:
            raise Unanswered("The site has the same text of yours here already; it is looked whether it is this one.")
        if left.get(False, 0.0) > 0:
            raise NotYet(
                "You wrote the same text a moment ago, and the site takes it only once in a while; it is sent again.",
                left[False],
            )

    async def _edit(self, topic: TopicId, post: PostId, raw: str, base: str | None) -> Receipt:
        found = await self._of(topic, post, Ability.EDIT)
        if base is not None and imprint(words_of(None, found.raw)) != base and not _alike(found.raw, raw):
            raise Overtaken("The post has other words by now.")
        change = {"post": {"raw": raw, "original_text": found.raw}}
        try:
            await self._asking.send("PUT", f"posts/{found.id}", change, safe=True)
        except Conflict:
            raise Overtaken("The post has other words by now.") from None
        return Receipt("done", topic, post)

    async def _like(self, topic: TopicId, post: PostId, *, on: bool) -> Receipt:
        """A second like would be forbidden, and one that is not there can not be taken back: so it looks first."""
        found = await self._of(topic, post)
        if found.liked is not on:
            _check(found, Ability.LIKE)
        if found.liked is not on and on:
            act = {"id": int(found.id), "post_action_type_id": LIKE, "flag_topic": False}
            await self._asking.send("POST", "post_actions", act)
        elif found.liked is not on:
            await self._asking.send("DELETE", f"post_actions/{found.id}", {}, params={"post_action_type_id": LIKE})
        return Receipt("done", topic, post)

    # -- what became of one

    async def find(self, action: Action) -> Receipt | None:
        """Whether it is there.  What was written before the act was begun is not it."""
        since = begun(action.key)
        match action.act:
            case NewTopic(_, subject, body):
                found = await self._find_topic(subject, body.source, since)
                return found or await self._find_held(None, body.source, since, subject)
            case Reply(topic, body, _, subject):
                text = _with_subject(subject, body.source)
                return await self._find_reply(topic, text, since) or await self._find_held(topic, text, since)
            case Edit(topic, post, body):
                stands = (await self._of(topic, post)).raw
                return Receipt("done", topic, post) if _alike(stands, body.source) else None
            case Delete(topic, post):
                try:
                    gone = (await self._of(topic, post)).gone
                except Missing:
                    gone = True
                return Receipt("done", topic, post) if gone else None
            case Like(topic, post, on):
                return Receipt("done", topic, post) if (await self._of(topic, post)).liked is on else None
        raise Unsupported("This forum does not tell what arrived.")

    async def _find_reply(self, topic: TopicId, raw: str, since: Millis | None) -> Receipt | None:
        """In the topic's last posts, and where these do not reach back far enough, among what we wrote."""
        last = await self._last(topic)
        found = None
        for post in reversed(last):
            whole = post if post.raw or post.gone or not self._is_by_me(post, since) else await self._by_id(post.id)
            if self._is_mine(whole, raw, since):
                found = whole
                break
        if found is None and last and last[0].number > 1 and (since is None or last[0].created > since - _SKEW):
            found = await self._among_mine(topic, raw, since)
        return None if found is None else Receipt("created", topic, named(topic, found.number))

    async def _last(self, topic: TopicId) -> Sequence[Written]:
        path, params = f"{topic_path(topic)}/{LAST}", {"include_raw": "true"}
        return await self._asking.get(path, params=params, into=lambda answer: _rows(answer.the_inner("post_stream")))

    async def _among_mine(self, topic: TopicId, raw: str, since: Millis | None) -> Written | None:
        params = {"username": self._me, "filter": "5"}
        rows = await self._asking.get("user_actions", params=params, into=lambda answer: [*answer.each("user_actions")])
        for row in rows:
            number, created = row.number("post_number"), row.time("created_at") or Millis(0)
            if row.some_id("topic_id") == topic and number is not None and (since is None or created > since - _SKEW):
                post = await self._by_name(named(topic, number))
                if self._is_mine(post, raw, since):
                    return post
        return None

    async def _find_topic(self, subject: str, raw: str, since: Millis | None) -> Receipt | None:
        path = f"topics/created-by/{self._me}"
        rows = await self._asking.get(path, into=lambda answer: [*answer.the_inner("topic_list").each("topics")])
        for row in rows:
            if _words(row.text("title")) == _words(subject):
                post = await self._by_name(named(row.the_id(), 1))
                if self._is_mine(post, raw, since):
                    return Receipt("created", post.topic, named(post.topic, 1))
        return None

    async def _find_held(
        self, topic: TopicId | None, raw: str, since: Millis | None, subject: str = ""
    ) -> Receipt | None:
        """Among what waits for the moderators, which older sites do not tell of.  ``topic``: None for a new one."""
        try:
            rows = await self._asking.get(
                f"posts/{self._me}/pending", into=lambda answer: [*answer.each("pending_posts")]
            )
        except (Missing, Forbidden, Unsupported):
            return None
        here = [
            row
            for row in rows
            if row.some_id("topic_id") == topic and (topic or _words(row.text("title")) == _words(subject))
        ]
        times = [row.time("created_at") or Millis(0) for row in here if is_same_text(row.text("raw_text"), raw)]
        return Receipt("held") if any(since is None or time > since - _SKEW for time in times) else None

    def _is_mine(self, post: Written, raw: str, since: Millis | None) -> bool:
        return self._is_by_me(post, since) and is_same_text(post.raw, raw)

    def _is_by_me(self, post: Written, since: Millis | None) -> bool:
        return post.author.casefold() == self._me.casefold() and (since is None or post.created > since - _SKEW)

    # -- one post

    async def _of(self, topic: TopicId, post: PostId, ability: Ability | None = None) -> Written:
        """Raises `Forbidden` where the ability is refused on it, in the words that were shown beforehand."""
        number_in(topic, post)
        found = await self._by_name(post)
        if ability is not None:
            _check(found, ability)
        return found

    async def _by_name(self, post: PostId) -> Written:
        topic, _, number = post.partition("/")
        return await self._asking.get(f"posts/by_number/{topic}/{number}", into=written)

    async def _by_id(self, key: str) -> Written:
        return await self._asking.get(f"posts/{key}", into=written)


def _with_subject(subject: str | None, text: str) -> str:
    """A reply's text: posts have no subjects there, so one that was typed stands above it."""
    return f"**{subject}**\n\n{text}" if subject else text


def _check(post: Written, ability: Ability) -> None:
    reason = post.refusals.refusal(ability)
    if reason is not None:
        raise Forbidden(f"{reason.capitalize()}.")


def _rows(stream: Fields) -> Sequence[Written]:
    return sorted((written(row) for row in stream.each("posts")), key=lambda post: post.number)


def is_same_text(stored: str, sent: str) -> bool:
    """Whether a site may have made the one of the other.

    It writes blanks and accents its own way, and pictures that it has fetched have addresses of its own.
    """
    return _folded(stored) == _folded(sent)


def _folded(text: str) -> str:
    return " ".join(_PICTURE.sub("![]", unicodedata.normalize("NFC", text)).split())


def _alike(stored: str, sent: str) -> bool:
    """The same of an edit, which may be of blanks alone: a site changes only those at ends of lines."""
    return _bare(stored) == _bare(sent)


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n"))


def _words(title: str) -> list[str]:
    """A title's words: a site changes its capitals and its marks at the end."""
    return re.findall(r"\w+", title.casefold())
