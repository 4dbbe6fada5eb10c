"""Whether a line can say who wrote what is below it: a name, mostly with a role, in the shapes that forums use.

Everything works on lines of bounded length, word by word, so that no line takes longer than its length.
"""

from __future__ import annotations

from forumtui.forum.importing.line import squeezed, word_set
from forumtui.forum.importing.origin import folded
from forumtui.text.sanitise import clean_line
from forumtui.values import quick_dataclass

_LONGEST_BYLINE = 160
_LONGEST_NAME = 80
_LONGEST_ROLE = 40
_MOST_NAME_WORDS = 8
ROLES = word_set(
    "member editor moderator administrator admin expert leader guest contributor author owner founder coordinator "
    "facilitator mentor teacher student manager mitglied redakteur redakteurin moderatorin gast autor autorin leiter "
    "leiterin experte expertin membre éditeur éditrice rédacteur modérateur modératrice administrateur invité auteur "
    "miembro miembra moderador moderadora administrador administradora invitado editora membro moderatore ospite "
    "autore redattore lid redacteur beheerder gastlid medlem redaktör redaktør gäst jäsen toimittaja członek redaktor "
    "gość člen redaktorka tag szerkesztő üye editör участник участница редактор модератор гость администратор член "
    "учасник μέλος συντάκτης 会员 成员 编辑 版主 管理员 會員 編輯 会員 メンバー 編集者 회원 편집자 عضو محرر חבר עורך"
)
"""The last word of a role that forums use, in some languages; other roles are found by their shape."""
_PARTICLES = word_set("von van de der den del della da di du la le el bin ibn al ter ten zu zur y e und and af av dos")
_SMALL = word_set("of for de für the and & du des der van del in at")
_CLOSINGS = frozenset(
    {
        "kind regards", "best regards", "regards", "warm regards", "best wishes", "best", "yours", "yours sincerely",
        "sincerely", "yours truly", "yours faithfully", "cheers", "all the best", "many thanks", "thanks and regards",
        "mit freundlichen grüssen", "viele grüsse", "freundliche grüsse", "beste grüsse", "liebe grüsse", "mfg",
        "cordialement", "bien cordialement", "amicalement", "saludos", "un saludo", "atentamente", "cordiali saluti",
        "saluti", "met vriendelijke groet", "groeten", "med vänliga hälsningar", "atenciosamente", "abraços",
        "с уважением", "pozdrawiam",
    }
)  # fmt: skip
_ASIDE = ("ps ", "ps:", "ps.", "p.s", "pps", "p.p.s")


@quick_dataclass(frozen=True, slots=True)
class Byline:
    """Who, and the forum's word for what they are ("" where the line says none); ``known``: a role forums use."""

    author: str
    role: str
    known: bool


def byline(line: str, more: frozenset[str] = frozenset()) -> Byline | None:
    """What a line says if it is one; ``more``: roles that are known besides, folded."""
    text = squeezed(line)
    if not text or len(text) > _LONGEST_BYLINE:
        return None
    return _bracketed(text, more) or _separated(text, more) or _bare(text)


def _bracketed(text: str, more: frozenset[str]) -> Byline | None:
    """``Anna Berg (Member)``."""
    if not text.endswith(")") or "(" not in text:
        return None
    author, _, role = text[:-1].rpartition("(")
    return _made(author.strip().rstrip(","), role.strip(), more)


def _separated(text: str, more: frozenset[str]) -> Byline | None:
    """``Anna Berg, PhD, Member, USA``; other signs than a comma count where a known role follows."""
    parts = [part.strip() for part in text.split(",")]
    for at in range(len(parts) - 1, 0, -1):
        if is_role(parts[at], more) and all(_is_place(part) for part in parts[at + 1 :]):
            return _made(", ".join(parts[:at]), ", ".join(parts[at:]), more, known=True)
    for sign in (" - ", " – ", " — ", " | ", " · ", " • "):
        author, _, role = text.rpartition(sign)
        if author and is_role(role, more):
            return _made(author, role, more)
    if 2 <= len(parts) <= 3 and all(_is_place(part) for part in parts[2:]):
        return _made(parts[0], ", ".join(parts[1:]), more)
    return None


def _bare(text: str) -> Byline | None:
    """``Anna Berg``."""
    return Byline(clean_line(text), "", known=False) if is_full_name(text) else None


def _made(author: str, role: str, more: frozenset[str], *, known: bool = False) -> Byline | None:
    known = known or is_role(role, more)
    if not _is_name(author) or not (known or all(_can_be_role(part) for part in role.split(", "))):
        return None
    if not known and len(role) > _LONGEST_ROLE:
        return None
    return Byline(clean_line(author), clean_line(role), known)


def is_role(text: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether this is a word of forums for a kind of member, with at most three words before it."""
    words = text.split()
    if not 0 < len(words) <= 4 or len(text) > _LONGEST_ROLE:
        return False
    if folded(text) in more:
        return True
    return folded(words[-1]) in _FOLDED_ROLES and all(_is_capital(word) for word in words[:-1])


def _can_be_role(text: str) -> bool:
    """Whether a forum could call its members that: short, capitalised, no sentence."""
    words = text.split()
    return (
        0 < len(words) <= 4
        and len(text) <= _LONGEST_ROLE
        and _is_capital(words[0])
        and all(_is_capital(word) or word in _SMALL for word in words)
        and not any(sign in text for sign in '.!?:;@/"“”()[]<>=')
    )


def _is_place(text: str) -> bool:
    return _can_be_role(text.replace(".", ""))


def _is_name(text: str) -> bool:
    """Whether somebody can be called that; of many words, few are in small letters."""
    words = text.replace(",", " ").split()
    if not 0 < len(words) <= _MOST_NAME_WORDS or len(text) > _LONGEST_NAME or text[0] in "@-*•>#\"“'":
        return False
    if any(sign in text for sign in '!?:;<>=[]{}"“”…') or not any(sign.isalnum() for sign in text):
        return False
    if text.endswith(".") and len(words[-1]) > 4:
        return False
    return len(words) <= 2 or all(_is_capital(word) or word.casefold() in _PARTICLES for word in words)


def is_full_name(text: str) -> bool:
    """Whether this is surely a name: two to five words, each with a capital letter or of a script without."""
    words = text.split()
    return (
        2 <= len(words) <= 5
        and _is_name(text)
        and _is_capital(words[0])
        and all(_is_capital(word) or word in _PARTICLES for word in words)
        and not any(sign.isdigit() or sign in ",|/&+" for sign in text)
        and not is_role(words[-1])
    )


def _is_capital(word: str) -> bool:
    first = next((sign for sign in word if sign.isalnum()), "")
    return bool(first) and (first.isupper() or not first.islower())


def is_closing(line: str) -> bool:
    """Whether a letter ends with such words, and a signature follows."""
    text = squeezed(line).rstrip(",.!")
    return folded(text).replace("ß", "ss") in _CLOSINGS


def is_aside(line: str) -> bool:
    """Whether this is what comes after a signature."""
    return folded(line[:12]).startswith(_ASIDE) or folded(line[:4]) == "ps"


_FOLDED_ROLES = frozenset(map(folded, ROLES))
