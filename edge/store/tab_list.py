"""The customers' tabs for the page: the most that is owed first, of each customer four signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from edge.model.money import Fen
from edge.model.tab_row import TabRow, TabSum
from edge.store.reading import reading

_SINCE = (
    "SELECT min(m.at) FROM tab_move m WHERE m.customer = t.customer AND t.balance > 0 AND m.no > coalesce("
    "(SELECT max(e.no) FROM tab_move e WHERE e.customer = t.customer AND e.balance <= 0), 0)"
)
_LAST = "SELECT m.at FROM tab_move m WHERE m.customer = t.customer ORDER BY m.no DESC LIMIT 1"
_ROWS = (
    f"SELECT substr(t.customer, -4), t.cap, t.balance, ({_SINCE}), ({_LAST}) FROM tab t"
    " ORDER BY t.balance DESC, t.customer LIMIT ? OFFSET ?"
)


class TabList:
    """Called from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, skip: int, most: int) -> Sequence[TabRow]:
        return list(self._read(most, skip))

    def every(self) -> Sequence[TabRow]:
        """As they stand at one moment."""
        return list(self._read(-1, 0))

    def sum(self) -> TabSum:
        with reading(self._path) as connection:
            sql = "SELECT count(*), coalesce(sum(balance), 0) FROM tab WHERE balance > 0"
            owing, fen = connection.execute(sql).fetchone()
        return TabSum(owing, Fen(fen))

    def _read(self, most: int, skip: int) -> Iterator[TabRow]:
        with reading(self._path) as connection:
            for mark, limit, balance, since, last in connection.execute(_ROWS, (most, skip)):
                yield TabRow(mark, Fen(limit), Fen(balance), since or "", last or "")
