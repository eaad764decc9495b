"""The ledger: one SQLite file, one writer, checked at boot; a damaged one is set aside and what it says is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from edge.clock import Clk, Clock, Stamp, Step, Timeline
from edge.codec.basket import read_counter
from edge.errors import CodecError, CorruptStore, DiskFull, StoreError
from edge.model.counter import Counter
from edge.model.ids import Ids, ulid
from edge.model.records import ClockStepped, Stream
from edge.model.supplier_offer import SupplierOffer
from edge.ports import Transaction
from edge.store.aside import COMPANIONS, set_aside
from edge.store.disk import Disk
from edge.store.durability import disk_errors, sync_folder
from edge.store.journal import pruned, verify, verify_positions
from edge.store.outbox import KEEP_CURSOR, Positions
from edge.store.salvage import salvage
from edge.store.schema import has_all_columns, migrate
from edge.store.sound_days import verify_days
from edge.store.tables.supplier_offers import SupplierOfferTable
from edge.store.transaction import TILL_KEY, Heads, LedgerTransaction, failure

LINKS_AFTER_CLEAN_STOP = 1_000
LINKS_AFTER_CRASH = 10_000
"""How far back the chain is checked at boot (decisions 1); the whole of it weekly and by `journal --verify`."""
_RESCUED = "ledger.new.db"
"""A new ledger under construction, until the damaged one is aside."""
_SUSPECT = "ledger.suspect"
"""Left by a statement that met a damaged page: the next boot reads the whole file before it trusts it."""
PAGE_OCTETS = 2_048
"""Of a new file. A commit writes whole pages: with SQLite's 4,096 a sale wore the card nearly twice as much."""
_BUSY_MS = 5_000
"""How long a write waits for the command line's writer (`catalogue import`, `offers import`) to finish."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A damaged file: what it is called now, why, and how many un-acknowledged rows were carried over."""

    kept_as: Path
    reason: str
    carried: int


class Ledger:
    """Open with `Ledger.open`; `begin` gives the dispatcher one transaction at a time."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, clock: Clock, chance: Random, *, suspect: bool = False
    ) -> None:
        self._connection = connection
        self._chance = chance
        self._ids = Ids(chance)
        self.path = path
        self.set_aside: SetAside | None = None
        self.quiet = False
        """At 95 % of the disk events are no longer journaled (contract P11)."""
        stopped = _meta(connection, "clean")
        self.clean = stopped == "1"
        self.fresh = stopped is None
        """Never opened by a terminal before."""
        self._check(None if suspect else LINKS_AFTER_CLEAN_STOP if self.clean else LINKS_AFTER_CRASH)
        self._epoch = [self._found_epoch(clock)]
        self._heads = self._read_heads()
        self.timeline = Timeline(clock, boot=self._count_boot(clock), floor=self._last_at())

    @classmethod
    def open(cls, path: Path, clock: Clock, chance: Random, disk: Disk | None = None) -> Ledger:
        """Open or create. A damaged file is set aside; its readable un-acknowledged rows move to a new file and epoch.

        Raises StoreError when the disk does not let itself be read or written at all.
        """
        rescued, disk = path.with_name(_RESCUED), disk or Disk()
        if rescued.exists() and not path.exists():
            # The power went between the two names: the damaged file is aside already, the new one is whole. A WAL that
            # still lies here belongs to the damaged file, which has its copy; SQLite would play it into the new one.
            _discard(path)
            _rename(rescued, path)
        try:
            ledger = cls._found(path, clock, chance, disk)
            _discard(rescued)
        except CorruptStore as error:
            ledger = cls._anew(path, clock, chance, disk, str(error))
        with disk_errors(path, "the ledger cannot be trusted yet"):
            path.with_name(_SUSPECT).unlink(missing_ok=True)
        return ledger

    @classmethod
    def _found(cls, path: Path, clock: Clock, chance: Random, disk: Disk) -> Ledger:
        """The ledger as it lies there; raises CorruptStore for any damage, its connection closed."""
        if path.is_file() and not path.stat().st_size:
            raise CorruptStore("the ledger is empty", where=str(path))
        with _opening(path), _closed_on_error(connect(path, disk)) as connection:
            suspect = path.with_name(_SUSPECT).exists()
            if suspect:
                (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
                if verdict != "ok":
                    raise CorruptStore(f"the ledger is damaged: {verdict}", where=str(path))
            return cls(connection, path, clock, chance, suspect=suspect)

    @classmethod
    def _anew(cls, path: Path, clock: Clock, chance: Random, disk: Disk, reason: str) -> Ledger:
        rescued = path.with_name(_RESCUED)
        _discard(rescued)
        with _opening(rescued), closing(connect(rescued, disk)) as connection:
            carried = salvage(path, connection, epoch=ulid(clock.wall(), chance), today=clock.wall().date())
        disk.reached("ledger salvaged")
        kept_as = set_aside(path, at=clock.wall(), reason="damaged")
        disk.reached("ledger set aside")
        _rename(rescued, path)
        ledger = cls._found(path, clock, chance, disk)
        ledger.set_aside = SetAside(kept_as, reason, carried)
        return ledger

    @property
    def epoch(self) -> str:
        return self._epoch[0]

    @property
    def last_n(self) -> int:
        """The number of the newest journal row."""
        return self._heads.n

    @property
    def counter(self) -> Counter:
        """What the counter holds, as of the last commit."""
        return self._heads.counter

    def begin(self, on_record: Callable[[Any, Transaction], None]) -> LedgerTransaction:
        """A transaction stamped now; `on_record` is called for each record it appends."""
        stamp = self.timeline.stamp()
        tx = self._transaction(stamp, on_record, self.timeline.steps)
        # First of all, so that no row with the new time lies below the step's `up` (contract P12).
        source = {Clk.OK: "ntp", Clk.CERT: "cert", Clk.UNSYNC: "rtc"}[stamp.clk]
        try:
            for step in self.timeline.steps:
                tx.append(ClockStepped(step.before, step.after, step.step_ms, source))
        except DiskFull:
            # The step waits for room. A message that writes will find none either, one that only reads goes on.
            tx.rollback()
            return self._transaction(stamp, on_record, [])
        return tx

    def _transaction(
        self, stamp: Stamp, on_record: Callable[[Any, Transaction], None], steps: list[Step]
    ) -> LedgerTransaction:
        return LedgerTransaction(
            self._connection, self._heads, self._epoch, stamp, self._ids, on_record, steps, quiet=self.quiet,
            on_damage=self.suspect,
        )  # fmt: skip

    def suspect(self) -> None:
        """The next boot reads the whole file before it trusts it."""
        with disk_errors(self.path, "the damage cannot be noted"):
            self.path.with_name(_SUSPECT).touch()

    def close(self, *, clean: bool) -> None:
        """Let go of the file; `clean` is remembered, so that the next boot trusts more of it."""
        try:
            if clean:
                self._connection.executemany(KEEP_CURSOR, self._heads.positions.unkept())
                self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('clean', '1')")
        except sqlite3.Error as error:
            raise failure(error, self.path) from error
        finally:
            self._connection.close()

    def _check(self, links: int | None) -> None:
        if not has_all_columns(self._connection):
            raise CorruptStore("a table or a column is missing", where=str(self.path))
        chain = verify(self._connection, last_links=links)
        if chain.broken_at is not None:
            raise CorruptStore(chain.why, where=str(self.path))
        epoch, streams = _meta(self._connection, "epoch"), {stream.value for stream in Stream}
        positioned = {name for (name,) in self._connection.execute("SELECT stream FROM pos")}
        if positioned != streams or (epoch is None and self._read_heads().n):
            raise CorruptStore("the epoch or a stream's position is missing", where=str(self.path))
        if why := verify_positions(self._connection, epoch or "") or verify_days(self._connection):
            raise CorruptStore(why, where=str(self.path))
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
        positions = Positions.of(self._connection.execute("SELECT stream, head, acked FROM pos"))
        return Heads(n, digest, self._read_counter(), positions)

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


def connect(path: Path, disk: Disk) -> sqlite3.Connection:
    """A connection in WAL mode with `synchronous=FULL` to a file of the newest schema."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = disk.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    except OSError as error:
        raise StoreError(f"the ledger cannot be opened: {error}", where=str(path)) from error
    with _closed_on_error(opened) as connection:
        for pragma in (
            f"page_size={PAGE_OCTETS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            f"busy_timeout={_BUSY_MS}",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        migrate(connection)
    return connection


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """Tell a disk that fails from a file that says nonsense, whose values can be of any type."""
    try:
        yield
    except sqlite3.Error as error:
        raise failure(error, path) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise CorruptStore(f"the ledger cannot be read: {error!r}", where=str(path)) from error


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Closed, what a damaged file's WAL holds is in the file before it is read for salvage and set aside."""
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _discard(path: Path) -> None:
    with disk_errors(path, "the ledger cannot be replaced"):
        for suffix in ("", *COMPANIONS):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _rename(source: Path, target: Path) -> None:
    with disk_errors(target, "the ledger cannot be replaced"):
        source.rename(target)
        sync_folder(target.parent)


def name_next_catalogue(path: Path, name: str) -> None:
    """Let the dispatcher activate catalogue file `name` between sales; the one row that another process may write."""
    with _opening(path), closing(connect(path, Disk())) as connection:
        connection.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)", [("catalogue_next", name), ("catalogue_eff", "")]
        )


def import_offers(path: Path, offers: Sequence[SupplierOffer]) -> int:
    """What suppliers ask from now on, in one commit; which version that is. The terminal only ever reads them."""
    with _opening(path), closing(connect(path, Disk())) as connection:
        connection.execute("BEGIN IMMEDIATE")
        version = SupplierOfferTable(connection.execute, connection.execute).replace_all(offers)
        connection.execute("COMMIT")
        return version


def latest_catalogue(path: Path) -> str | None:
    """The name of the catalogue's file that is active, or will be from the next sale on; None: there is none."""
    with _opening(path), closing(connect(path, Disk())) as connection:
        return _meta(connection, "catalogue_next") or _meta(connection, "catalogue") or None


def _meta(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT v FROM meta WHERE k = ?", (key,)).fetchone()
    return str(row[0]) if row else None
