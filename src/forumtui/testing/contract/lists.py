"""Contract: boards, listings, topics, texts, search."""
# ruff: noqa: D102 - the name of a test says what it is for

from __future__ import annotations

import asyncio

import pytest

from forumtui.errors import BackendError, Refused, Unsupported
from forumtui.forum.house import BoardDraft
from forumtui.model import (
    Ability,
    Action,
    BoardId,
    Body,
    Cursor,
    Listing,
    Mark,
    NewTopic,
    Page,
    PostId,
    SetMark,
    TopicId,
    Window,
)
from forumtui.testing.contract.lacking import no_leaders, where
from forumtui.testing.contract.stage import MODERATOR, OTHER, ContractTests, Stage, all_topics, on_stage

MANY = 250
"""More than a page of most forums."""


class ReadingContract(ContractTests):
    """What is there can be read, all of it, once."""

    @on_stage
    async def test_info_names_the_forum_and_me(self, stage: Stage) -> None:
        await stage.store.house.set_info({"title": "The Forum", "notice": "Be kind."})
        info = await stage.backend.info()
        assert info.notice == ("Be kind." if self.has_notice else "")
        assert info.title
        assert (info.title == "The Forum") == self.has_title
        if self.can_write:
            assert info.me is not None
        assert info.me is None or info.me.name == stage.me

    @where("has_boards", "boards_nest")
    async def test_boards_come_parents_first(self, stage: Stage) -> None:
        top = await stage.board("Top")
        below = await stage.board("Below", top)
        await stage.board("Other")
        await stage.board("Lowest", below)
        boards = await stage.backend.boards()
        assert sorted(board.title for board in boards) == sorted(["Below", "Lowest", "Other", "Top", *self.own_boards])
        seen: set[BoardId | None] = {None}
        for board in boards:
            assert board.parent in seen
            seen.add(board.id)
        assert {board.title for board in boards if board.parent is not None} == {"Below", "Lowest"}

    @where("has_boards")
    async def test_board_tells_about_itself(self, stage: Stage) -> None:
        draft = BoardDraft(
            title="Led", description="About leading.", leader=OTHER, links=[("A link", "https://a.example/")]
        )
        await stage.store.house.add_board(draft)
        await stage.store.house.add_board(BoardDraft(title="Vacant", leader_wanted=True))
        boards = {board.title: board for board in await stage.backend.boards()}
        assert boards.keys() >= {"Led", "Vacant"}
        led, vacant = boards["Led"], boards["Vacant"]
        assert led.description == "About leading."
        if self.lacks("has_leaders"):
            await no_leaders(stage)
            return
        assert (led.leader, led.leader_wanted) == (OTHER, False)
        assert [(link.title, link.url) for link in led.links] == [("A link", "https://a.example/")]
        assert (vacant.leader, vacant.leader_wanted, vacant.links) == (None, True, ())

    @where("can_mark")
    async def test_marked_posts_stand_on_the_boards_page(self, stage: Stage) -> None:
        await stage.store.house.set_role(MODERATOR, "Moderator")
        board = await stage.board()
        topic, post = await stage.open_topic(board)
        await stage.store.perform(MODERATOR, Action(stage.key(), SetMark(topic, post, Mark.BEST_PRACTICE)))
        found = {section.mark: section for section in (await stage.backend.boards())[0].sections}
        assert found[Mark.BEST_PRACTICE].total == 1
        assert [item.post for item in found[Mark.BEST_PRACTICE].items] == [post]
        assert Mark.EXPERT_TIP not in found or found[Mark.EXPERT_TIP].items == ()
        assert (await stage.backend.post(post)).marks == {Mark.BEST_PRACTICE}

    @on_stage
    async def test_pages_of_a_listing_are_the_forum(self, stage: Stage) -> None:
        board, other = await stage.board(), await stage.board("Other")
        here = [(await stage.open_topic(board, f"Topic {number}"))[0] for number in range(MANY)]
        there, _ = await stage.open_topic(other)
        on_board = here if self.has_boards else [*here, there]
        assert [topic.id for topic in await all_topics(stage.backend, Listing(board=board))] == on_board[::-1]
        everywhere = [topic.id for topic in await all_topics(stage.backend, Listing())]
        assert sorted(everywhere) == sorted([*here, there])
        assert await all_topics(stage.backend, Listing()) == await all_topics(stage.backend, Listing())

    @on_stage
    async def test_listing_goes_on_from_any_cursor(self, stage: Stage) -> None:
        board = await stage.board()
        for number in range(MANY):
            await stage.open_topic(board, f"Topic {number}")
        listing = Listing(board=board)
        whole = await all_topics(stage.backend, listing)
        seen = 0
        after: Cursor | None = None
        while True:
            assert await all_topics(stage.backend, listing, after) == whole[seen:]
            page = await stage.backend.topics(listing, after)
            seen, after = seen + len(page.items), page.after
            if after is None:
                break
        assert seen == MANY

    @where("goes_by_activity")
    async def test_newest_activity_comes_first(self, stage: Stage) -> None:
        board = await stage.board()
        old, _ = await stage.open_topic(board, "Old")
        await asyncio.sleep(0.002)
        await stage.open_topic(board, "New")
        await asyncio.sleep(0.002)
        await stage.add_post(old)
        assert [topic.title for topic in await all_topics(stage.backend, Listing())] == ["Old", "New"]

    @on_stage
    async def test_post_added_while_listing_moves_only_its_own_topic(self, stage: Stage) -> None:
        board = await stage.board()
        topics = [(await stage.open_topic(board, f"Topic {number}"))[0] for number in range(MANY)]
        first = await stage.backend.topics(Listing(board=board))
        if first.after is None:
            return
        await asyncio.sleep(0.002)
        await stage.add_post(topics[0])
        await stage.open_topic(board, "Added meanwhile")
        rest = await all_topics(stage.backend, Listing(board=board), first.after)
        seen = [topic.id for topic in (*first.items, *rest)]
        assert len(seen) == len(set(seen))
        assert set(topics[1:]) <= set(seen)

    @on_stage
    async def test_empty_board_is_an_empty_page(self, stage: Stage) -> None:
        board = await stage.board()
        assert await stage.backend.topics(Listing(board=board)) == Page((), complete=True)

    @on_stage
    async def test_topic_header_agrees_with_the_listing(self, stage: Stage) -> None:
        board = await stage.board()
        topic, _ = await stage.open_topic(board, "Counted")
        await stage.add_post(topic)
        header = await stage.backend.topic(topic)
        assert (header.title, header.board, header.posts, header.closed) == ("Counted", board, 2, False)
        assert header.author is not None
        assert header.author.name == OTHER
        assert (await stage.backend.topics(Listing(board=board))).items == (header,)

    @on_stage
    async def test_unknown_things_are_refused(self, stage: Stage) -> None:
        for unknown in ("999999", "no such id", "", "-1", "9" * 40, "\0"):
            with pytest.raises(Refused):
                await stage.backend.topic(TopicId(unknown))
            with pytest.raises(Refused):
                await stage.backend.post(PostId(unknown))
            with pytest.raises(Refused):
                await stage.backend.posts(TopicId(unknown), Window())
            with pytest.raises(Refused):
                await stage.backend.topics(Listing(board=BoardId(unknown)))

    @on_stage
    async def test_cursor_of_elsewhere_is_a_backend_error(self, stage: Stage) -> None:
        board = await stage.board()
        await stage.open_topic(board)
        with pytest.raises(BackendError):
            await stage.backend.topics(Listing(board=board), Cursor("never given out"))

    @on_stage
    async def test_listing_of_no_known_name_is_unsupported(self, stage: Stage) -> None:
        with pytest.raises(Unsupported):
            await stage.backend.topics(Listing("no such listing"))

    @pytest.mark.parametrize(
        "text",
        [
            "emoji 👩‍👩‍👧 and 漢字",
            "‘curly’ “quotes”",
            "tabs\tand   spaces",
            "x" * 65536,
            "esc \x1b[31m red \x1b]52;;\x07",
            "rtl \u05e9 \u2067x\u2069",
        ],
        ids=["emoji", "quotes", "spaces", "64 kB", "escape", "bidi"],
    )
    def test_text_arrives_as_written(self, text: str) -> None:
        async def check(_: object, stage: Stage) -> None:
            board = await stage.board()
            receipt = await self.act(stage, NewTopic(board, "Text", Body(text)))
            assert receipt.post is not None
            post = await stage.backend.post(receipt.post)
            assert post.words is not None
            assert self.text_of(post.words) == text

        on_stage(check)(self)

    @on_stage
    async def test_line_ends_are_told_one_way(self, stage: Stage) -> None:
        board = await stage.board()
        receipt = await self.act(stage, NewTopic(board, "Lines", Body("one\r\ntwo\rthree\n")))
        assert receipt.post is not None
        post = await stage.backend.post(receipt.post)
        assert post.words is not None
        text = self.text_of(post.words)
        assert text.split(self.keeps_line_ends_as)[:2] == ["one", "two"]
        assert "\r" not in text or self.keeps_line_ends_as != "\n"

    @on_stage
    async def test_what_cannot_be_stored_does_no_harm(self, stage: Stage) -> None:
        board = await stage.board()
        act = NewTopic(board, "Odd\0 \ud800title\nof two lines", Body("nul \0 and a lone surrogate \udfff"))
        receipt = await self.act(stage, act)
        assert receipt.topic is not None
        header = await stage.backend.topic(receipt.topic)
        assert header.title.isprintable()
        header.title.encode()

    @where("can_search")
    async def test_search_finds_what_is_there(self, stage: Stage) -> None:
        board = await stage.board()
        topic, first = await stage.open_topic(board, "Penguins", "About the Zürich penguin house.")
        second = await stage.add_post(topic, "The penguin house is closed.")
        await stage.add_post(topic, "Nothing to see.")
        page = await stage.backend.search("penguin house")
        assert [hit.post.id for hit in page.items] == [second, first]
        assert {hit.topic.title for hit in page.items} == {"Penguins"}
        assert (await stage.backend.search("unheard-of")).items == ()
        assert (await stage.backend.search('"( * AND')).items == ()
        assert (await stage.backend.info()).can.refusal(Ability.SEARCH) is None

    @where("can_search")
    async def test_search_pages_without_repeats(self, stage: Stage) -> None:
        _, posts = await stage.thread(MANY)
        found: list[PostId] = []
        page = await stage.backend.search("post")
        while True:
            found += [hit.post.id for hit in page.items]
            if page.after is None:
                break
            page = await stage.backend.search("post", page.after)
        assert found == posts[::-1]

    @on_stage
    async def test_cancelled_call_leaves_the_session_usable(self, stage: Stage) -> None:
        topic, posts = await stage.thread(30)
        for wait in (0.0, 0.0005, 0.002):
            call = asyncio.create_task(stage.backend.posts(topic, Window()))
            await asyncio.sleep(wait)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
        page = await stage.backend.posts(topic, Window())
        assert [post.id for post in page.items] == posts

    @on_stage
    async def test_values_say_only_what_is_known(self, stage: Stage) -> None:
        board = await stage.board()
        _, post = await stage.open_topic(board)
        shown = await stage.backend.post(post)
        assert shown.created is None or shown.created > 0
        assert shown.edited is None
        assert (shown.parent, shown.deleted, shown.liked, shown.marks) == (None, False, False, frozenset())
