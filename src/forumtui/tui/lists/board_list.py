"""`BoardList`: accounts and their boards as one tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from forumtui.model import Millis
from forumtui.reader.rows import AccountKey, AccountRow, BoardKey, BoardRow
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.lists.window import HeldRows
from forumtui.tui.render.board_row import BoardEntry, BoardRows
from forumtui.tui.services.shared import clock
from forumtui.values import quick_dataclass


def account_entry_key(account: AccountKey) -> str:
    """The key of an account's line."""
    return f"account {account}"


def board_entry_key(board: BoardKey) -> str:
    """The key of a board's line."""
    return f"board {board}"


@quick_dataclass(frozen=True, slots=True)
class BoardForest:
    """Accounts with their boards, depth first, and the keys of the lines that are folded."""

    trees: tuple[tuple[AccountRow, tuple[BoardRow, ...]], ...] = ()
    folded: frozenset[str] = frozenset()

    def entries(self) -> Iterator[BoardEntry]:
        """The lines that folding leaves visible."""
        for account, boards in self.trees:
            yield from self._tree(account, boards)

    def opened(self, board: BoardKey) -> BoardForest:
        """The same with nothing folded that hides this board."""
        rows = {each.key: each for _, boards in self.trees for each in boards}
        above = rows.get(board)
        hiding = {account_entry_key(above.account)} if above is not None else set()
        while above is not None and above.parent_key is not None:
            hiding.add(board_entry_key(above.parent_key))
            above = rows.get(above.parent_key)
        return BoardForest(self.trees, self.folded - hiding)

    def _tree(self, account: AccountRow, boards: Sequence[BoardRow]) -> Iterator[BoardEntry]:
        key = account_entry_key(account.key)
        folded = key in self.folded
        yield BoardEntry(key, account, None, 0, account.unread, bool(boards), folded)
        hidden_below = 0 if folded else None
        for index, board in enumerate(boards):
            if hidden_below is not None and board.depth + 1 > hidden_below:
                continue
            hidden_below = None
            key = board_entry_key(board.key)
            subtree = list(_subtree(boards, index))
            folded = key in self.folded and len(subtree) > 1
            unread = sum(each.unread for each in subtree) if folded else board.unread
            yield BoardEntry(key, account, board, board.depth + 1, unread, len(subtree) > 1, folded)
            if folded:
                hidden_below = board.depth + 1


def _subtree(boards: Sequence[BoardRow], index: int) -> Iterator[BoardRow]:
    """A board and all below it, in a depth-first list."""
    yield boards[index]
    for board in boards[index + 1 :]:
        if board.depth <= boards[index].depth:
            break
        yield board


class BoardList(LineList[BoardEntry]):
    """Accounts and boards under a cursor."""

    def __init__(
        self,
        *,
        empty_text: str = "",
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        self._forest = BoardForest()
        self._held: HeldRows[BoardEntry] = HeldRows()
        super().__init__(self._held, BoardRows(), empty_text=empty_text, now=now, id=id)

    async def show(self, forest: Sequence[tuple[AccountRow, Sequence[BoardRow]]]) -> None:
        """Show these accounts with their boards, depth first; the cursor stays on its line."""
        self._hold(BoardForest(tuple((account, tuple(boards)) for account, boards in forest), self._forest.folded))
        await self.refresh_rows()

    def _hold(self, forest: BoardForest) -> None:
        self._forest = forest
        self._held.rows = tuple(forest.entries())

    async def go_to_account(self, account: AccountKey) -> None:
        """Put the cursor on an account."""
        await self.load(account_entry_key(account))

    async def go_to_board(self, board: BoardKey) -> None:
        """Put the cursor on a board, opening what hides it."""
        self._hold(self._forest.opened(board))
        await self.load(board_entry_key(board))

    async def toggle_fold(self) -> bool:
        """Fold or open the line under the cursor; False: nothing is below it."""
        entry = self.current
        if entry is None or not entry.has_children:
            return False
        self._hold(BoardForest(self._forest.trees, self._forest.folded ^ {entry.key}))
        await self.refresh_rows()
        return True
