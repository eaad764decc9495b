"""The ledger: one SQLite file, one writer, checked at boot; a damaged one is set aside and what it says is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from edge.clock import Clk, Clock, Timeline
from edge.codec.basket import read_counter
from edge.errors import CodecError, CorruptStore, DiskFull, StoreError
from edge.model.counter import Counter
from edge.model.ids import ulid
from edge.model.records import ClockStepped, Stream
from edge.ports import Transaction
from edge.store.aside import set_aside
from edge.store.durability import disk_errors, sync_folder
from edge.store.journal import pruned, verify
from edge.store.salvage import salvage
from edge.store.schema import migrate
from edge.store.transaction import TILL_KEY, Heads, LedgerTransaction, translated

LINKS_AFTER_CLEAN_STOP = 1_000
LINKS_AFTER_CRASH = 10_000
"""How far back the chain is checked at boot (decisions 1); the whole of it weekly and by `journal --verify`."""
_RESCUED = "ledger.new.db"
"""A new ledger under construction, until the damaged one is aside."""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY_MS = 5_000
"""How long a write waits for the command line's writer (`catalogue import`) to finish its one row."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A damaged file: what it is called now, why, and how many un-acknowledged rows were carried over."""

    kept_as: Path
    reason: str
    carried: int


class Ledger:
    """Open with `Ledger.open`; `begin` gives the dispatcher one transaction at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path, clock: Clock, chance: Random) -> None:
        self._connection = connection
        self._chance = chance
        self.path = path
        self.set_aside: SetAside | None = None
        self.quiet = False
        """At 95 % of the disk events are no longer journaled (contract P11)."""
        stopped = _meta(connection, "clean")
        self.clean = stopped == "1"
        self.fresh = stopped is None
        """Never opened by a terminal before."""
        self._check(LINKS_AFTER_CLEAN_STOP if self.clean else LINKS_AFTER_CRASH)
        self._epoch = [self._found_epoch(clock)]
        self._heads = self._read_heads()
        self.timeline = Timeline(clock, boot=self._count_boot(clock), floor=self._last_at())

    @classmethod
    def open(cls, path: Path, clock: Clock, chance: Random) -> Ledger:
        """Open or create. A damaged file is set aside; its readable un-acknowledged rows move to a new file and epoch.

        Raises StoreError when the disk does not let itself be read or written at all.
        """
        rescued = path.with_name(_RESCUED)
        if rescued.exists() and not path.exists():
            # The power went between the two names: the damaged file is aside already, the new one is whole.
            _rename(rescued, path)
        try:
            return cls(connect(path), path, clock, chance)
        except (CorruptStore, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode not in _DAMAGE:
                raise StoreError(f"the ledger cannot be opened: {error}", where=str(path)) from error
            return cls._anew(path, clock, chance, str(error))

    @classmethod
    def _anew(cls, path: Path, clock: Clock, chance: Random, reason: str) -> Ledger:
        rescued = path.with_name(_RESCUED)
        with disk_errors(path, "the ledger cannot be replaced"):
            rescued.unlink(missing_ok=True)
        connection = connect(rescued)
        carried = salvage(path, connection, epoch=ulid(clock.wall(), chance), today=clock.wall().date())
        connection.close()
        kept_as = set_aside(path, at=clock.wall(), reason="damaged")
        _rename(rescued, path)
        ledger = cls(connect(path), path, clock, chance)
        ledger.set_aside = SetAside(kept_as, reason, carried)
        return ledger

    @property
    def epoch(self) -> str:
        return self._epoch[0]

    @property
    def last_n(self) -> int:
        """The number of the newest journal row."""
        return self._heads.n

    def begin(self, on_record: Callable[[Any, Transaction], None]) -> LedgerTransaction:
        """A transaction stamped now; `on_record` is called for each record it appends."""
        stamp = self.timeline.stamp()
        tx = LedgerTransaction(
            self._connection,
            self._heads,
            self._epoch,
            stamp,
            self._chance,
            on_record,
            self.timeline.steps,
            quiet=self.quiet,
        )
        # First of all, so that no row with the new time lies below the step's `up` (contract P12).
        source = "ntp" if stamp.clk is Clk.OK else "rtc"
        for step in self.timeline.steps:
            tx.append(ClockStepped(step.before, step.after, step.step_ms, source))
        return tx

    def close(self, *, clean: bool) -> None:
        """Let go of the file; `clean` is remembered, so that the next boot trusts more of it."""
        if clean:
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('clean', '1')")
        self._connection.close()

    def _check(self, links: int) -> None:
        chain = verify(self._connection, last_links=links)
        if chain.broken_at is not None:
            raise CorruptStore(chain.why, where=str(self.path))
        for stream, head in self._connection.execute("SELECT stream, head FROM pos").fetchall():
            epoch = _meta(self._connection, "epoch")
            (newest,) = self._connection.execute(
                "SELECT max(seq) FROM journal WHERE stream = ? AND epoch = ?", (stream, epoch)
            ).fetchone()
            if newest is not None and newest != head:
                raise CorruptStore(f"stream {stream} ends at {newest}, its head says {head}", where=str(self.path))
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('clean', '0')")

    def _found_epoch(self, clock: Clock) -> str:
        epoch = _meta(self._connection, "epoch")
        if epoch is None:
            epoch = ulid(clock.wall(), self._chance)
            self._connection.execute("INSERT INTO meta VALUES ('epoch', ?)", (epoch,))
        return epoch

    def _read_heads(self) -> Heads:
        row = self._connection.execute("SELECT n, hash FROM journal ORDER BY n DESC LIMIT 1").fetchone()
        n, digest = row or pruned(self._connection)
        seqs = {stream.value: 0 for stream in Stream}
        seqs.update(self._connection.execute("SELECT stream, head FROM pos").fetchall())
        return Heads(n, digest, self._read_counter(), seqs)

    def _read_counter(self) -> Counter:
        row = self._connection.execute("SELECT body FROM counter WHERE till = ?", (TILL_KEY,)).fetchone()
        if row is None:
            return Counter()
        try:
            return read_counter(row[0])
        except CodecError as error:
            raise CorruptStore("the open basket cannot be read", where=str(self.path)) from error

    def _last_at(self) -> datetime | None:
        row = self._connection.execute("SELECT at FROM journal ORDER BY n DESC LIMIT 1").fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def _count_boot(self, clock: Clock) -> int:
        boot_id, boot = clock.boot_id(), int(_meta(self._connection, "boot") or 0)
        if _meta(self._connection, "boot_id") != boot_id:
            boot += 1
            self._connection.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", [("boot", str(boot)), ("boot_id", boot_id)]
            )
        return boot


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in WAL mode with `synchronous=FULL`; the newest schema unless it only reads."""
    try:
        if read_only:
            return sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_MS}", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        migrate(connection)
    except OSError as error:
        raise StoreError(f"the ledger cannot be opened: {error}", where=str(path)) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise DiskFull("the disk is full", where=str(path)) from error
        raise
    return connection


def _rename(source: Path, target: Path) -> None:
    with disk_errors(target, "the ledger cannot be replaced"):
        source.rename(target)
        sync_folder(target.parent)


def name_next_catalogue(path: Path, name: str) -> None:
    """Let the dispatcher activate catalogue file `name` between sales; the one row that another process may write."""
    connection = connect(path)
    try:
        connection.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)", [("catalogue_next", name), ("catalogue_eff", "")]
        )
    except sqlite3.OperationalError as error:
        raise translated(error) from error
    finally:
        connection.close()


def _meta(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT v FROM meta WHERE k = ?", (key,)).fetchone()
    return str(row[0]) if row else None
