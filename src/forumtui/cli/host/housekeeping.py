"""The ``host`` commands that keep house: boards, rules, and the stored forum itself."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from forumtui.cli import output
from forumtui.cli.call import DONE, FAILED, Call, complain, say
from forumtui.cli.host.reaching import Work, board_named, house_of, my_name
from forumtui.errors import FileProblem, UsageError
from forumtui.model import BoardId
from forumtui.text.sanitise import guard

if TYPE_CHECKING:
    from forumtui.forum.house import BoardDraft, House, Policy

# -- boards


async def _board_add(call: Call) -> int:
    async with house_of(call) as house:
        board = await house.add_board(await _draft(house, call), by=my_name(call))
    say(f"Added the board {call.args.title} [{board}].")
    return DONE


async def _board_edit(call: Call) -> int:
    async with house_of(call) as house:
        board = board_named(await house.boards(), call.args.board)
        await house.edit_board(board.id, await _draft(house, call), by=my_name(call))
    say(f"Changed the board {call.args.title or board.title} [{board.id}].")
    return DONE


async def _board_list(call: Call) -> int:
    async with house_of(call) as house:
        boards = await house.boards()
    with output.Printer(call.args.form) as printer:
        depths: dict[BoardId | None, int] = {None: -1}
        for board in boards:
            depth = depths[board.id] = depths.get(board.parent, -1) + 1
            facts = [
                output.counted(board.topics or 0, "topic"),
                f"led by {board.leader}" if board.leader else "leader wanted" if board.leader_wanted else "",
                "members only" if board.members_only else "",
            ]
            said = ", ".join(fact for fact in facts if fact)
            record = {
                "id": board.id,
                "title": board.title,
                "parent": board.parent,
                "description": board.description,
                "leader": board.leader,
                "leader_wanted": board.leader_wanted,
                "members_only": board.members_only,
                "topics": board.topics,
                "position": board.position,
            }
            printer.add(record, f"{'  ' * depth}{board.title} ({said}) [{board.id}]")
    return DONE


async def _draft(house: House, call: Call) -> BoardDraft:
    from forumtui.forum.house import BoardDraft

    args = call.args
    parent: BoardId | None = None
    if args.parent is not None:
        parent = board_named(await house.boards(), args.parent).id
    return BoardDraft(
        title=args.title,
        parent=parent,
        description=args.description,
        leader=args.leader,
        leader_wanted=False if args.leader else args.leader_wanted,
        links=args.links,
        further_study=args.further_study,
        notice=args.notice,
        position=args.position,
        members_only=None if args.reading is None else args.reading == "members",
    )


# -- rules


async def _policy(call: Call) -> int:
    from forumtui.forum.house import Approval, Policy
    from forumtui.model import Registration

    args = call.args
    change = Policy(
        None if args.registration is None else Registration(args.registration),
        None if args.reading is None else args.reading == "members",
        None if args.approval is None else Approval(args.approval),
    )
    async with house_of(call) as house:
        if change != Policy():
            await house.set_policy(change, by=my_name(call))
        rules = await house.policy()
    for line in policy_lines(rules):
        print(line)
    return DONE


def policy_lines(rules: Policy) -> list[str]:
    """What the rules mean, a line each."""
    from forumtui.forum.house import Approval
    from forumtui.model import Registration

    registration, approval = Registration(str(rules.registration)), Approval(str(rules.approval))
    return [
        f"registration: {registration}.  {registration.meaning}",
        "reading: members.  Guests see the title only."
        if rules.members_only
        else "reading: public.  Boards may be for members only.",
        f"approval: {approval}.  {approval.meaning}",
    ]


async def _set_text(call: Call, fields: Mapping[str, str], said: str) -> int:
    async with house_of(call) as house:
        await house.set_info(fields, by=my_name(call))
    say(said)
    return DONE


async def _notice(call: Call) -> int:
    text: str = call.args.text
    return await _set_text(call, {"notice": text}, "Set the notice." if text else "Took the notice away.")


async def _rules(call: Call) -> int:
    text: str | None = call.args.text
    if call.args.file is not None:
        try:
            text = call.args.file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise FileProblem(f"{call.args.file} can not be read: {getattr(error, 'strerror', error)}.") from error
    if text is None:
        raise UsageError("Say the rules: TEXT, or --file FILE.")
    return await _set_text(call, {"rules": text}, "Set the rules." if text else "Took the rules away.")


# -- the stored forum


async def _stats(call: Call) -> int:
    async with house_of(call) as house:
        stats = await house.stats()
    counts = {
        "boards": stats.boards,
        "topics": stats.topics,
        "posts": stats.posts,
        "members": stats.members,
        "active": stats.active,
        "waiting": stats.waiting,
        "size": stats.size,
    }
    said = {
        "boards": ("board", "boards"),
        "topics": ("topic", "topics"),
        "posts": ("post", "posts"),
        "members": ("member", "members"),
        "active": ("member who wrote within 30 days", "members who wrote within 30 days"),
        "waiting": ("waiting for moderators", "waiting for moderators"),
        "size": ("byte", "bytes"),
    }
    with output.Printer(call.args.form) as printer:
        printer.add(counts, *(output.counted(count, *said[name]) for name, count in counts.items()))
    return DONE


async def _backup(call: Call) -> int:
    target: Path = call.args.target
    there = _is_there(target)
    try:
        async with house_of(call) as house:
            await house.backup(target)
    except asyncio.CancelledError:  # ctrl+c
        whole = not there and _is_there(target)
        left = f"{target} was whole by then" if whole else f"{target} was not written, and nothing is left of it"
        complain(f"Stopped; {left}.")
        raise
    say(f"Wrote and verified {target}.")
    return DONE


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)


async def _check(call: Call) -> int:
    async with house_of(call) as house:
        wrong = await house.check()
    for sentence in wrong:
        print(guard(sentence))
    if wrong:
        return FAILED
    say("The forum is sound.")
    return DONE


WORKS: dict[str, Work] = {
    "board add": _board_add,
    "board edit": _board_edit,
    "board list": _board_list,
    "policy": _policy,
    "notice": _notice,
    "rules": _rules,
    "stats": _stats,
    "backup": _backup,
    "check": _check,
}
"""The command's words, and what it does."""
