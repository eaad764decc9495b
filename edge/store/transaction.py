"""One message's transaction on the ledger: begun at its first write, committed once, then its effects leave."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from edge.clock import Stamp, Step, iso_ms
from edge.codec.basket import write_counter
from edge.codec.record_body import SV, record_body
from edge.errors import DiskFull, ModelError, StoreError
from edge.model.counter import Counter
from edge.model.ids import uuid7
from edge.model.records import Record, SaleCompleted, Stream
from edge.ports import Entry, Transaction
from edge.store.journal import link, verify_slice
from edge.store.outbox import OutboxTable
from edge.store.retention import RetentionTable
from edge.store.tables.commands import CommandTable
from edge.store.tables.drawer_kicks import DrawerKickTable
from edge.store.tables.learned_prices import LearnedPriceTable
from edge.store.tables.print_jobs import PrintJobTable
from edge.store.tables.sales import SalesTable
from edge.store.tables.stock import StockTable

MAX_DEPTH = 4
"""Records that handlers of records append (decisions 1); deeper is a loop of ours."""
MAX_BODY_OCTETS = 16_384
"""One event on the wire (contract B8)."""
TILL_KEY = "counter"


@dataclass(slots=True)
class Heads:
    """What the ledger knows by heart between transactions: the newest link and the counter."""

    n: int
    hash: bytes
    counter: Counter
    seqs: dict[str, int] = field(default_factory=dict)


class LedgerTransaction:
    """See `edge.ports.Transaction`. Reads see its own writes; nothing is written before the first write."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        heads: Heads,
        epoch: list[str],
        stamp: Stamp,
        chance: Random,
        on_record: Callable[[Any, Transaction], None],
        steps: list[Step],
        *,
        quiet: bool,
    ) -> None:
        self._connection = connection
        self._committed = heads
        self._heads = Heads(heads.n, heads.hash, heads.counter, dict(heads.seqs))
        self._epoch_committed = epoch
        self._epoch = list(epoch)
        self.stamp = stamp
        self._chance = chance
        self._on_record = on_record
        self._steps = steps
        self._quiet = quiet
        self._steps_told = len(steps)
        self._begun = False
        self._depth = 0
        self.effects: list[object] = []
        self.print_jobs = PrintJobTable(self._read, self._write)
        self.kicks = DrawerKickTable(self._read, self._write)
        self.sales = SalesTable(self._read, self._write)
        self.stock = StockTable(self._read, self._write)
        self.learned = LearnedPriceTable(self._read, self._write)
        self.outbox = OutboxTable(self._read, self._write, self._epoch, self._heads.seqs)
        self.retention = RetentionTable(self._read, self._write)
        self.commands = CommandTable(self._read, self._write, iso_ms(stamp.at))

    @property
    def counter(self) -> Counter:
        return self._heads.counter

    def append(self, record: Record, *, id: str | None = None) -> Entry:
        """Journal, projections, then the handlers of the record's type; raises ModelError beyond depth 4 or 16 KiB.

        While the disk is nearly full, events are not journaled: their Entry has n 0 (P11).
        """
        if self._depth >= MAX_DEPTH:
            raise ModelError("records append records without end", where=record.type, expected=f"depth {MAX_DEPTH}")
        if self._quiet and record.stream is Stream.EV:
            entry = Entry(0, record.stream, 0, "")
        else:
            entry = self._journal(record, id or self.new_id())
        if isinstance(record, SaleCompleted):
            self.sales.book(record, entry.n)
            self.stock.book_sale(record, entry.n)
        self._depth += 1
        self._on_record(record, self)
        self._depth -= 1
        return entry

    def after_commit(self, effect: object) -> None:
        self.effects.append(effect)

    def keep(self, counter: Counter) -> None:
        if counter == self._heads.counter:
            return
        self._write("INSERT OR REPLACE INTO counter VALUES (?, ?)", (TILL_KEY, write_counter(counter)))
        self._heads.counter = counter

    def get(self, key: str) -> str | None:
        row = self._read("SELECT v FROM meta WHERE k = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def put(self, key: str, value: str) -> None:
        self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def new_id(self) -> str:
        return uuid7(self.stamp.at, self._chance)

    def check_chain(self, first: int, rows: int) -> tuple[int, str]:
        """Verify a slice of the journal; (the next n to check from, what is wrong or an empty text)."""
        chain = verify_slice(self._connection, first, rows)
        return chain.last + 1 if chain.rows >= rows else 1, chain.why

    def commit(self) -> None:
        """Make all of it durable, or raise: DiskFull when there was no room, StoreError: the outcome is not known."""
        if self._begun:
            self._run("COMMIT", ())
            self._begun = False
        self._committed.n, self._committed.hash = self._heads.n, self._heads.hash
        self._committed.counter, self._committed.seqs = self._heads.counter, self._heads.seqs
        self._epoch_committed[:] = self._epoch
        del self._steps[: self._steps_told]

    def rollback(self) -> None:
        """Undo all of it. SQLite may have rolled back by itself already."""
        self.effects.clear()
        self._begun = False
        if self._connection.in_transaction:
            self._run("ROLLBACK", ())

    def _journal(self, record: Record, record_id: str) -> Entry:
        body = json.dumps(record_body(record), ensure_ascii=False, separators=(",", ":"))
        if len(body) * 3 > MAX_BODY_OCTETS and len(body.encode()) > MAX_BODY_OCTETS:
            raise ModelError("a record is too large for one event", where=record.type, expected="16 KiB")
        heads, stamp, kind, sv = self._heads, self.stamp, record.type, SV[record.type]
        stream = record.stream
        seq = heads.seqs[stream] + 1
        n, at = heads.n + 1, iso_ms(stamp.at)
        digest = link(heads.hash, n, record_id, kind, sv, at, stamp.boot, stamp.up_ms, body)
        self._write(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            (n, stream, self._epoch[0], seq, record_id, kind, sv, at, stamp.boot, stamp.up_ms, stamp.clk, body, digest),
        )
        self._write("UPDATE pos SET head = ? WHERE stream = ?", (seq, stream))
        heads.n, heads.hash, heads.seqs[stream] = n, digest, seq
        return Entry(n, stream, seq, record_id)

    def _read(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        return self._run(sql, values)

    def _write(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        if not self._begun:
            self._run("BEGIN IMMEDIATE", ())
            self._begun = True
        return self._run(sql, values)

    def _run(self, sql: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, values)
        except sqlite3.OperationalError as error:
            raise translated(error) from error
        except sqlite3.DatabaseError as error:
            raise StoreError(f"the ledger failed: {error}", where=sql.split(" ", 1)[0]) from error


def translated(error: sqlite3.OperationalError) -> StoreError:
    """SQLITE_FULL is a rolled-back write; any other failure leaves the outcome to be read from the disk."""
    if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return DiskFull("the disk is full", cure="Nothing was booked. Free space or call the technician.")
    return StoreError(f"the ledger failed: {error}", where=error.sqlite_errorname)
