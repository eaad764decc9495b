"""The two sets of books held against each other: the terminal's journal and what the cloud has stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from edge.model.money import Fen, yuan
from edge.model.records import Stream
from edge.reference_cloud.report import CloudReport, CloudRow
from edge.store.queries import LedgerQueries

ROWS_SHOWN = 14
_SALE = "sale.completed"


@dataclass(frozen=True, slots=True)
class Balance:
    """Rows here, rows there. `lost`: the terminal holds them for delivered and the cloud lacks them. `doubled`: stored
    twice under one id or one receipt, or not from this journal. `sales` and `takings` (fen) are the cloud's.
    """

    journal: int = 0
    cloud: int = 0
    unsent: int = 0
    lost: int = 0
    doubled: int = 0
    sales: int = 0
    takings: int = 0


class Books:
    """Reads both files as they grow. One thread at a time."""

    def __init__(self, ledger: Path, cloud: Path, tid: str) -> None:
        self._queries = LedgerQueries(ledger)
        self._cloud = CloudReport(cloud)
        self._tid = tid
        self._numbers: dict[str, int] = {}
        self._unsent: set[str] = set()
        self._from_n = 0
        self._state: tuple[int, int, int] | None = None
        self._balance = Balance()
        self.newest: list[CloudRow] = []
        """Rows that the cloud has stored, the highest journal number first."""

    def read(self) -> Balance:
        """Raises StoreError for the ledger and SettingsError for the cloud's file when one is not there."""
        state = (self._cloud.count(), self._queries.unsent(), self._read_journal())
        if state != self._state:
            self._state = state
            self._balance = self._compare()
        return self._balance

    def number(self, id: str) -> int | None:
        """Where a row stands in the journal."""
        return self._numbers.get(id)

    def verify(self) -> str:
        """What is wrong with the chain of the whole journal or with its positions; empty: nothing."""
        chain, positions = self._queries.verify()
        return "; ".join(fault for fault in (chain.why, positions) if fault)

    def _read_journal(self) -> int:
        """The highest number. Rows are read again until they are acknowledged."""
        rows = list(self._queries.journal(since=self._from_n))
        for row in rows:
            self._numbers[row["id"]] = row["n"]
            if row["acked"]:
                self._unsent.discard(row["id"])
            else:
                self._unsent.add(row["id"])
        waiting = [row["n"] for row in rows if not row["acked"]]
        last = rows[-1]["n"] if rows else self._from_n - 1
        self._from_n = min(waiting, default=last + 1)
        return int(last)

    def _compare(self) -> Balance:
        rows = [row for stream in Stream for row in self._cloud.rows(self._tid, stream)]
        self.newest = sorted(rows, key=lambda row: self._numbers.get(row.id, 0), reverse=True)[:ROWS_SHOWN]
        ids = Counter(row.id for row in rows)
        sales = [row for row in rows if row.type == _SALE]
        receipts = Counter(str(row.data.get("receipt")) for row in sales)
        strangers = sum(1 for id in ids if id not in self._numbers)
        return Balance(
            journal=len(self._numbers), cloud=len(rows), unsent=len(self._unsent),
            lost=sum(1 for id in self._numbers if id not in ids and id not in self._unsent),
            doubled=_surplus(ids) + _surplus(receipts) + strangers, sales=len(sales),
            takings=sum(int(row.data.get("total", 0)) for row in sales),
        )  # fmt: skip


def row_line(row: CloudRow, number: int | None) -> dict[str, object]:
    """A stored row as the page shows it."""
    total = row.data.get("total")
    return {
        "n": number, "stream": row.stream, "seq": row.seq, "type": row.type, "receipt": row.data.get("receipt", ""),
        "amount": yuan(Fen(total)) if isinstance(total, int) else "",
    }  # fmt: skip


def _surplus(counts: Counter[str]) -> int:
    return sum(count - 1 for count in counts.values())
