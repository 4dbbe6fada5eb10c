"""The ``host`` commands for members and their ways in: roles, tokens, invitations."""

from __future__ import annotations

from forumtui.cli import output
from forumtui.cli.call import DONE, Call, say
from forumtui.cli.host.reaching import Work, house_of, my_name
from forumtui.cli.session import now
from forumtui.model import Millis
from forumtui.text.ages import iso

DAY_MS = 24 * 3600 * 1000


async def _member_add(call: Call) -> int:
    async with house_of(call) as house:
        await house.add_member(call.args.member, call.args.role, by=my_name(call))
    say(f"{call.args.member} is a member now ({call.args.role}).")
    say(f'Next: forumtui host token {call.args.forum} "{call.args.member}"')
    return DONE


async def _member_role(call: Call) -> int:
    from forumtui.forum.permissions import Role

    async with house_of(call) as house:
        await house.set_role(call.args.member, call.args.role, by=my_name(call))
    own = "" if call.args.role.title() in set(Role) else f"  (The forum's own word: it allows what {Role.MEMBER} does.)"
    say(f"{call.args.member} is {call.args.role} now.{own}")
    return DONE


async def _member_suspend(call: Call) -> int:
    suspended: bool = call.args.how == "suspend"
    async with house_of(call) as house:
        await house.set_suspended(call.args.member, suspended, by=my_name(call))
    what = "may neither log in nor write now" if suspended else "may log in and write again"
    say(f"{call.args.member} {what}.")
    return DONE


async def _member_link(call: Call) -> int:
    async with house_of(call) as house:
        await house.set_unix_user(call.args.member, call.args.user, by=my_name(call))
    what = f"is the Unix user {call.args.user}" if call.args.user else "is no Unix user"
    say(f"{call.args.member} {what} now.")
    return DONE


async def _member_list(call: Call) -> int:
    async with house_of(call) as house:
        members = await house.members()
    with output.Printer(call.args.form) as printer:
        for member in members:
            record = {
                "name": member.name,
                "role": member.role,
                "joined": iso(member.joined),
                "about": member.about,
                "claimed": member.claimed,
            }
            role = f"says {member.role}" if member.claimed else member.role or "Member"
            joined = f", joined {output.ago(member.joined, now())}" if member.joined is not None else ""
            printer.add(record, f"{member.name} ({role}{joined})")
    return DONE


def _expiry(call: Call) -> Millis | None:
    return None if call.args.days is None else Millis(now() + call.args.days * DAY_MS)


async def _token(call: Call) -> int:
    args = call.args
    async with house_of(call) as house:
        token = await house.issue_token(
            args.member, label=args.label, scopes=args.scopes, expires=_expiry(call), by=my_name(call)
        )
    say(f"A token for {args.member}; it is shown only now:")
    print(token)
    return DONE


async def _tokens(call: Call) -> int:
    args = call.args
    async with house_of(call) as house:
        if args.revoke is not None:
            await house.revoke_token(args.revoke, by=my_name(call))
            say(f"The token {args.revoke} is good no longer.")
            return DONE
        tokens = await house.tokens(args.member)
    with output.Printer(args.form) as printer:
        for token in tokens:
            record = {
                "id": token.id,
                "member": token.member,
                "label": token.label,
                "scopes": list(token.scopes),
                "created": iso(token.created),
                "expires": iso(token.expires),
                "used": iso(token.used),
            }
            facts = [
                ", ".join(token.scopes),
                output.good_until(token.expires),
                output.used(token.used, now()),
            ]
            label = f" {token.label}" if token.label else ""
            printer.add(record, f"{token.id} {token.member}{label}: {'; '.join(facts)}")
    return DONE


async def _invite(call: Call) -> int:
    args = call.args
    async with house_of(call) as house:
        code = await house.invite(uses=args.uses, expires=_expiry(call), role=args.role, by=my_name(call))
    say(f"An invitation for {output.counted(args.uses, 'registration')}; it is shown only now:")
    print(code)
    return DONE


WORKS: dict[str, Work] = {
    "member add": _member_add,
    "member role": _member_role,
    "member suspend": _member_suspend,
    "member restore": _member_suspend,
    "member link": _member_link,
    "member list": _member_list,
    "token": _token,
    "tokens": _tokens,
    "invite": _invite,
}
"""The command's words, and what it does."""
