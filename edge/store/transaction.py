"""One message's transaction on the ledger: begun at its first write, committed once, then its effects leave."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from edge.clock import Stamp, Step, iso_ms
from edge.codec.basket import write_counter
from edge.codec.json_text import compact
from edge.codec.record_body import SV, record_body
from edge.errors import CorruptStore, DiskFull, ModelError, StoreError
from edge.model.closed_list import INSIGHT_TYPES, PAUSED
from edge.model.counter import Counter
from edge.model.day_records import DayClosed
from edge.model.ids import Ids
from edge.model.ledger_rows import Entry
from edge.model.records import (
    ClockStepped,
    DiskLevelChanged,
    Record,
    SequenceRotated,
    StoreSetAside,
    Stream,
)
from edge.ports import Transaction
from edge.store.journal import link, verify_slice
from edge.store.outbox import OutboxTable, Positions
from edge.store.projections import PROJECTIONS
from edge.store.retention import RetentionTable
from edge.store.table_shelf import TableShelf

MAX_DEPTH = 4
"""Records that handlers of records append (decisions 1); deeper is a loop of ours."""
MAX_BODY_OCTETS = 16_384
"""One event on the wire (contract B8)."""
TILL_KEY = "counter"
_EVEN_WHEN_QUIET = (ClockStepped, DayClosed, DiskLevelChanged, SequenceRotated, StoreSetAside)
"""Without the first the cloud would date sales wrongly, the second is money; the others tell why so little comes."""
_OF_THE_DISK = frozenset(
    {sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
     sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL}
)  # fmt: skip
"""What says nothing about the file's content. A missing table, a text that is no UTF-8, a torn page: damage."""

Found = TypeVar("Found")


@dataclass(slots=True)
class Heads:
    """What the ledger knows by heart between transactions: the newest link, the counter, the streams' positions."""

    n: int
    hash: bytes
    counter: Counter
    positions: Positions


class LedgerTransaction(TableShelf):
    """See `edge.ports.Transaction`. Reads see its own writes; nothing is written before the first write."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        heads: Heads,
        epoch: list[str],
        stamp: Stamp,
        ids: Ids,
        on_record: Callable[[Any, Transaction], None],
        steps: list[Step],
        *,
        quiet: bool,
        on_damage: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._committed = heads
        self._heads = Heads(heads.n, heads.hash, heads.counter, heads.positions.copy())
        self._epoch_committed = epoch
        self._epoch = list(epoch)
        self.stamp = stamp
        self._ids = ids
        self._on_record = on_record
        self._steps = steps
        self._quiet = quiet
        self._on_damage = on_damage
        self._steps_told = len(steps)
        self._begun = False
        self._depth = 0
        self.effects: list[object] = []

    @cached_property
    def outbox(self) -> OutboxTable:
        return OutboxTable(self._read, self._write, self._epoch, self._heads.positions)

    @cached_property
    def retention(self) -> RetentionTable:
        return RetentionTable(self._read, self._write, self.outbox.keep_cursors)

    @cached_property
    def _at(self) -> str:
        return iso_ms(self.stamp.at)

    @property
    def counter(self) -> Counter:
        return self._heads.counter

    def append(self, record: Record, *, id: str | None = None) -> Entry:
        """Journal, projections, then the handlers of the record's type; raises ModelError beyond depth 4 or 16 KiB.

        While the disk is nearly full, events are not journaled: their Entry has n 0 (P11). Nor are those for insight
        while the owner has switched that off.
        """
        if self._depth >= MAX_DEPTH:
            raise ModelError("records append records without end", where=record.type, expected=f"depth {MAX_DEPTH}")
        if self._is_left_out(record):
            entry = Entry(0, record.stream, 0, "")
        else:
            entry = self._journal(record, id or self.new_id())
        self.day.book(record)
        for project in PROJECTIONS.get(type(record), ()):
            project(self, record, entry.n)
        self._depth += 1
        self._on_record(record, self)
        self._depth -= 1
        return entry

    def _is_left_out(self, record: Record) -> bool:
        if record.type in INSIGHT_TYPES and self.get(PAUSED) == "1":
            return True
        return self._quiet and record.stream is Stream.EV and not isinstance(record, _EVEN_WHEN_QUIET)

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
        return self._ids.new(self.stamp.at)

    def check_chain(self, first: int, rows: int) -> tuple[int, str]:
        """Verify a slice of the journal; (the next n to check from, what is wrong or an empty text)."""
        chain = verify_slice(self._connection, first, rows)
        return chain.last + 1 if chain.rows >= rows else 1, chain.why

    def commit(self) -> None:
        """Make all of it durable, or raise: DiskFull when there was no room, StoreError: the outcome is not known."""
        if self._begun:
            self.outbox.keep_cursors()
            self._run("COMMIT", ())
            self._begun = False
        self._committed.n, self._committed.hash = self._heads.n, self._heads.hash
        self._committed.counter, self._committed.positions = self._heads.counter, self._heads.positions
        self._epoch_committed[:] = self._epoch
        del self._steps[: self._steps_told]

    def rollback(self) -> None:
        """Undo all of it. SQLite may have rolled back by itself already."""
        self.effects.clear()
        self._begun = False
        if self._connection.in_transaction:
            self._run("ROLLBACK", ())

    def _journal(self, record: Record, record_id: str) -> Entry:
        body = compact(record_body(record))
        if len(body) * 3 > MAX_BODY_OCTETS and len(body.encode()) > MAX_BODY_OCTETS:
            raise ModelError("a record is too large for one event", where=record.type, expected="16 KiB")
        heads, stamp, kind, sv = self._heads, self.stamp, record.type, SV[record.type]
        stream = record.stream
        seq = heads.positions.head[stream] + 1
        n, at = heads.n + 1, self._at
        digest = link(heads.hash, n, record_id, kind, sv, at, stamp.boot, stamp.up_ms, body)
        self._write(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            (n, stream, self._epoch[0], seq, record_id, kind, sv, at, stamp.boot, stamp.up_ms, stamp.clk, body, digest),
        )
        self._write("UPDATE pos SET head = ? WHERE stream = ?", (seq, stream))
        heads.n, heads.hash, heads.positions.head[stream] = n, digest, seq
        return Entry(n, stream, seq, record_id)

    def _read(self, sql: str, values: tuple[Any, ...] = ()) -> Rows:
        return self._guarded(lambda: Rows(self._connection.execute(sql, values)))

    def _write(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        if not self._begun:
            self._run("BEGIN IMMEDIATE", ())
            self._begun = True
        return self._run(sql, values)

    def _run(self, sql: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        return self._guarded(lambda: self._connection.execute(sql, values))

    def _guarded(self, act: Callable[[], Found]) -> Found:
        try:
            return act()
        except sqlite3.IntegrityError as error:
            # Two rows of one key are a fault of ours, or a damaged index: the next boot looks.
            self._note_damage(error)
            raise
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError):
            raise  # a fault of ours: this message is rolled back and reported, the file is as good as before
        except sqlite3.Error as error:
            trouble = failure(error)
            if isinstance(trouble, CorruptStore):
                self._note_damage(error)
            raise trouble from error
        except UnicodeDecodeError as error:
            # What SQLite has to say of a table's own text, once a wound in it has made that no text.
            self._note_damage(error)
            raise CorruptStore(f"the ledger is damaged: {error}", where="ledger") from error

    def _note_damage(self, error: Exception) -> None:
        """A note that cannot be written must not take the place of what it is about."""
        try:
            self._on_damage()
        except StoreError as trouble:
            error.add_note(f"and it cannot be noted: {trouble}")


class Rows(list[tuple[Any, ...]]):
    """All that a query found, read at once: a damaged page shows here, not later in a service."""

    def fetchone(self) -> tuple[Any, ...] | None:
        return self[0] if self else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self


def failure(error: sqlite3.Error, path: Path | None = None) -> StoreError:
    """DiskFull: the write was rolled back. CorruptStore: the file is damaged. StoreError: only the disk knows."""
    where, code = str(path or "ledger"), getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return DiskFull("the disk is full", where=where, cure="Nothing was booked. Free space or call the technician.")
    if code in _OF_THE_DISK or (path is None and code == sqlite3.SQLITE_ERROR):
        what = "the ledger cannot be opened" if path else "the ledger failed"
        return StoreError(f"{what}: {error}", where=where)
    return CorruptStore(f"the ledger is damaged: {error}", where=where)
