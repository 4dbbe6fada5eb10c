"""The looks of things, links, copying, and the program itself."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from forumtui.errors import UsageError
from forumtui.reader.rows import PostKey, PostRow, ThreadOrder, TopicRow
from forumtui.text.ages import exact
from forumtui.text.flat import plain_lines
from forumtui.text.links import is_link
from forumtui.text.quoting import reply_subject
from forumtui.text.typed import source_or_markdown
from forumtui.tui.acts.adding import open_link
from forumtui.tui.acts.desk import Desk, go_to_link
from forumtui.tui.acts.orders import orders_here
from forumtui.tui.keys.commands import LISTS
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.terminal.lifeline import can_be_woken


async def tree(desk: Desk, _count: int | None) -> None:
    """Tree or flat order."""
    reader = desk.reader
    reader.order = ThreadOrder.FLAT if reader.order is ThreadOrder.TREE else ThreadOrder.TREE
    await reader.thread.set_order(reader.order)
    desk.say("In order of answers." if reader.order is ThreadOrder.TREE else "In order of time.")


async def fold(desk: Desk, _count: int | None) -> None:
    """Fold this post and its answers, or the boards below."""
    if desk.reader.pane is Pane.THREAD:
        desk.reader.thread.folding.toggle_fold()
    elif not await desk.reader.boards.toggle_fold():
        desk.say("No boards are below this one.")


async def fold_all(desk: Desk, _count: int | None) -> None:
    """Fold all posts."""
    desk.reader.thread.folding.fold_all()


async def open_all(desk: Desk, _count: int | None) -> None:
    """Open all posts."""
    desk.reader.thread.folding.open_all()


async def quotes(desk: Desk, _count: int | None) -> None:
    """Shorten long quotes, or show them whole."""
    desk.reader.thread.folding.toggle_quotes()


async def uncover(desk: Desk, _count: int | None) -> None:
    """Show what this post hides, or cover it again."""
    if not desk.reader.thread.folding.toggle_cover():
        desk.say("Nothing is hidden in this post.")


async def times(desk: Desk, _count: int | None) -> None:
    """Exact times, or ages."""
    desk.reader.thread.folding.toggle_exact_times()


async def choose_lines(desk: Desk, _count: int | None) -> None:
    """Choose lines, then > quotes and y copies them."""
    thread = desk.reader.thread
    if thread.choosing.choose_lines(not thread.choosing.active):
        desk.screen.say("j and k choose lines; > quotes them, y copies them, Esc ends", seconds=None)


async def zoom(desk: Desk, _count: int | None) -> None:
    """Zoom this pane."""
    desk.reader.zoomed = not desk.reader.zoomed
    desk.reader.lay_out_panes()


async def links(desk: Desk, _count: int | None) -> None:
    """Choose a link by its letter."""
    thread = desk.reader.thread
    found = thread.linking.links_on_screen()
    if not found:
        desk.say("No links on this screen.")
        return
    thread.linking.show_link_hints(True)
    try:
        letters = {label: "" for label, _ in found}
        typed = await desk.choose("Which link? Type its letters", letters, seen=thread.linking.show_link_hints)
    finally:
        thread.linking.show_link_hints(False)
    target = next((target for label, target in found if label == typed), None)
    if target is not None:
        await open_link(desk, target.url)


def _post(desk: Desk) -> PostRow | None:
    return desk.reader.thread.current if desk.reader.pane is Pane.THREAD else None


def _link(desk: Desk) -> str:
    post, topic = _post(desk), desk.reader.here.topic
    url = (post.url if post is not None else None) or (topic.url if topic is not None else None)
    if url is None:
        raise UsageError("This forum gives its posts no links; Y copies the text, g y a citation.")
    if not is_link(url):
        raise UsageError("The forum's link is none that a browser should open; Y copies the text, g y a citation.")
    return url


async def browse(desk: Desk, _count: int | None) -> None:
    """Open in the browser (over SSH: copy the link)."""
    go_to_link(desk, _link(desk))


async def copy_link(desk: Desk, _count: int | None) -> None:
    """Copy the link."""
    chosen = desk.reader.thread.choosing.chosen_text() if desk.reader.pane is Pane.THREAD else None
    if chosen is not None:
        desk.app.copy_to_clipboard(chosen[1])
        desk.reader.thread.choosing.choose_lines(False)
        desk.say("The chosen lines are in the clipboard.", "success")
        return
    desk.app.copy_to_clipboard(_link(desk))
    desk.say("The link is in the clipboard.", "success")


async def copy_text(desk: Desk, _count: int | None) -> None:
    """Copy the text."""
    post = _post(desk)
    if post is not None and post.words is not None:
        desk.app.copy_to_clipboard(await asyncio.to_thread(source_or_markdown, post.words, post.url or ""))
        desk.say("The post's text is in the clipboard.", "success")


async def copy_citation(desk: Desk, _count: int | None) -> None:
    """Copy a citation."""
    post, topic, account = _post(desk), desk.reader.topic, desk.reader.here.account
    if post is None or topic is None or account is None:
        return
    author = post.author.name if post.author is not None else "somebody"
    number = f" #{post.number}" if post.number is not None else ""
    when = f", {exact(post.created)}" if post.created is not None else ""
    where = f" <{post.url}>" if post.url else ""
    inside = f" in “{topic.title}”" if reply_subject(post.subject or topic.title) != reply_subject(topic.title) else ""
    title = f"“{post.subject or topic.title}”{inside}"
    desk.app.copy_to_clipboard(f"{author}, {title}{number}, {account.title}{when}{where}")
    desk.say("A citation is in the clipboard.", "success")


async def save(desk: Desk, _count: int | None) -> None:
    """Save the post or topic to a file."""
    topic, post = desk.reader.here.topic, _post(desk)
    if topic is None:
        return
    suggested = re.sub(r"[^\w.-]+", "-", topic.title).strip("-.")[:60] or "topic"
    typed = await desk.prompt("Save this post as" if post is not None else "Save this topic as", f"{suggested}.txt")
    if not typed or not typed.strip():
        return
    file, there = _file(typed.strip())
    if there and not await desk.confirm(f"{file} is there already. Replace it?"):
        return
    text = await _as_text(desk, topic, post)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} can not be written: {error.strerror}.") from error
    desk.say(f"Saved as {file}.", "success")


def _file(typed: str) -> tuple[Path, bool]:
    """The file that a name means, and whether it is there."""
    file = Path(typed).expanduser()
    return file, file.exists()


async def _as_text(desk: Desk, topic: TopicRow, post: PostRow | None) -> str:
    if post is not None:
        return "\n".join([topic.title, "", *_lines(post)]) + "\n"
    parts = [topic.title]
    keys: list[PostKey] = list((await desk.library.reading.outline(topic.key)).keys)
    for start in range(0, len(keys), 200):
        rows = await desk.library.reading.posts(topic.key, keys[start : start + 200])
        parts += ["\n".join(["", *_lines(rows[key])]) for key in keys[start : start + 200] if key in rows]
    return "\n".join(parts) + "\n"


def _lines(post: PostRow) -> list[str]:
    who = post.happened or (post.author.name if post.author is not None else "")
    head = "  ".join(part for part in (who, exact(post.created), post.subject or "") if part)
    state = [f"({post.state})"] if post.state else []
    body = plain_lines(post.body, base=post.url or "") if post.body is not None else []
    return [f"-- {head}", *state, *body]


async def help(desk: Desk, _count: int | None) -> None:  # noqa: A001 - the command's name
    """The keys that work here."""
    from forumtui.tui.screens.help import HelpScreen

    screen, reader = desk.screen, desk.reader
    if isinstance(screen, HelpScreen) and screen.about is screen.place:
        desk.say("These are the keys that work here.")
        return
    await desk.push_over(
        HelpScreen(reader.keymap, screen.place, lambda command: screen.refusal(command) or reader.refusal(command))
    )


async def palette(desk: Desk, _count: int | None) -> None:
    """Find a command."""
    from forumtui.tui.screens.chooser import Palette

    orders = await orders_here(desk) if desk.screen.place in LISTS else []
    await desk.push_over(Palette(desk.reader.keymap, desk.screen, orders))


async def command_line(desk: Desk, _count: int | None) -> None:
    """Type a command."""
    from forumtui.tui.acts.command_line import complete, run

    typed = await desk.prompt("Command:", completions=complete)
    if typed and typed.strip():
        await run(desk, typed.strip())


async def redraw(desk: Desk, _count: int | None) -> None:
    """Draw the screen again."""
    desk.app.redraw_terminal()


async def suspend(desk: Desk, _count: int | None) -> None:
    """Suspend to the shell."""
    if not await asyncio.to_thread(can_be_woken):
        leave = desk.reader.keymap.label("quit")
        raise UsageError(f"No shell is waiting that could wake the reader again, so it goes on; {leave} quits.")
    await desk.reader.whereabouts.keep()
    desk.app.action_suspend_process()


async def quit(desk: Desk, _count: int | None) -> None:  # noqa: A001 - the command's name
    """Quit."""
    await desk.leave()


async def quit_writing(desk: Desk, _count: int | None) -> None:
    """Keep the draft and quit."""
    await desk.leave()
