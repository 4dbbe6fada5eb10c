"""What waits in an account's outbox, told apart: what will still be sent, and what only its author can settle."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.cli import output
from forumtui.cli.call import DONE, FAILED, NEEDS_YOU, QUEUED, complain
from forumtui.cli.session import Session, now
from forumtui.reader.rows import AccountRow, OutRow, OutState
from forumtui.values import quick_dataclass

_RANK = (DONE, QUEUED, NEEDS_YOU, FAILED)


@quick_dataclass(frozen=True, slots=True)
class Queue:
    """Rows that are to be sent, rows that the forum refused, and rows of which only the user can say."""

    to_send: Sequence[OutRow]
    refused: Sequence[OutRow]
    asked: Sequence[OutRow]

    @classmethod
    async def of(cls, session: Session, account: AccountRow) -> Queue:
        """What waits there now."""
        return cls.among(await session.library.outbox.rows(drafts=False, account=account.key))

    @classmethod
    def among(cls, rows: Sequence[OutRow]) -> Queue:
        """What waits among these."""
        return cls(
            [row for row in rows if row.state.is_waiting],
            [row for row in rows if row.state is OutState.REFUSED],
            [row for row in rows if row.state is OutState.ATTENTION],
        )

    @property
    def waiting(self) -> int:
        """How many there are."""
        return len(self.to_send) + len(self.refused) + len(self.asked)

    @property
    def facts(self) -> list[str]:
        """How many of each, for people; none of which there are none."""
        counts = ((self.to_send, "still to be sent"), (self.refused, "refused"), (self.asked, "need your answer"))
        return [f"{len(rows)} {said}" for rows, said in counts if rows]

    @property
    def said(self) -> str:
        """``2 texts wait (1 still to be sent, 1 refused)``."""
        number = self.waiting
        return f"{output.counted(number, 'text')} {'waits' if number == 1 else 'wait'} ({', '.join(self.facts)})"

    @property
    def code(self) -> int:
        """The exit code that this means."""
        return NEEDS_YOU if self.refused or self.asked else QUEUED if self.to_send else DONE

    def complain(self) -> None:
        """Name what only the user can settle, with its reason."""
        for row in (*self.refused, *self.asked):
            complain(f"{output.out_line(row, now())}; forumtui outbox retry or discard {row.uid[:8]} settles it.")


def worse(one: int, other: int) -> int:
    """Of two exit codes, the one that asks for more."""
    return max(one, other, key=_RANK.index)
