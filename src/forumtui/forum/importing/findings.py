"""What was found on a saved page, said before and after it is imported."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.forum.importing.byline import is_role
from forumtui.forum.store import ImportedTopic
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Unplaced:
    """A line that no part of the forum is for certain; ``why`` says what became of it."""

    number: int
    text: str
    why: str


@quick_dataclass(frozen=True, slots=True)
class Findings:
    """How much a page holds.  ``roles``: the forum's words; ``new``: those of them that forums do not commonly use."""

    posts: int
    topics: int
    members: int
    roles: tuple[str, ...]
    new: frozenset[str]
    unplaced: tuple[Unplaced, ...]

    @classmethod
    def of(cls, topics: Sequence[ImportedTopic], unplaced: Sequence[Unplaced]) -> Findings:
        """Count."""
        posts = [post for topic in topics for post in topic.posts]
        roles = sorted({(post.role or "").split(",")[0] for post in posts} - {""})
        return cls(
            len(posts),
            len({topic.origin for topic in topics}),
            len({post.author for post in posts}),
            tuple(roles),
            frozenset(role for role in roles if not is_role(role)),
            tuple(unplaced),
        )

    def __str__(self) -> str:
        roles = ", ".join(f"{role} (new)" if role in self.new else role for role in self.roles) or "none"
        return (
            f"{_counted(self.posts, 'post')} in {_counted(self.topics, 'topic')} by {_counted(self.members, 'member')}; "
            f"roles: {roles}; {_counted(len(self.unplaced), 'line')} not placed"
        )


def _counted(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"
