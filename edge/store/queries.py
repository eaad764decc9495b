"""A read-only view of the ledger on a connection of its own, for the page and the command line."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from edge.codec.basket import read_counter
from edge.errors import CorruptStore, StoreError
from edge.model.cell import Cell
from edge.model.counter import Counter
from edge.model.ledger_rows import CommandRow, CompletedSale
from edge.model.parcel import HERE, Parcel
from edge.model.records import Stream
from edge.model.takings import Takings
from edge.store.journal import Chain, verify, verify_positions
from edge.store.parcel_trail import trail
from edge.store.tables.cells import CellTable
from edge.store.tables.commands import CommandTable
from edge.store.tables.parcels import ParcelTable
from edge.store.tables.sales import SalesTable
from edge.store.tables.till_day import TillDayTable
from edge.store.transaction import TILL_KEY, failure


class LedgerQueries:
    """Each call opens and closes its own connection, so that it can come from any thread and holds nothing up."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def journal(self, *, stream: Stream | None = None, since: int = 0) -> Iterator[dict[str, Any]]:
        """Rows with n ≥ `since` in order of n, with the keys of decisions 5; raises StoreError."""
        sql = (
            "SELECT j.n, j.stream, j.epoch, j.seq, j.id, j.type, j.sv, j.at, j.clk, j.boot, j.up, j.body, j.rej,"
            " j.epoch <> (SELECT v FROM meta WHERE k = 'epoch') OR j.seq <= p.acked"
            " FROM journal j JOIN pos p ON p.stream = j.stream WHERE j.n >= ?1"
            " AND (?2 IS NULL OR j.stream = ?2) ORDER BY j.n"
        )
        with self._reading() as connection:
            for row in connection.execute(sql, (since, stream)):
                n, of, epoch, seq, id, type, sv, at, clk, boot, up, body, rej, acked = row
                entry = {
                    "n": n, "stream": of, "epoch": epoch, "seq": seq, "id": id, "type": type, "sv": sv, "at": at,
                    "clk": clk, "boot": boot, "up": up, "data": json.loads(body) if body else None,
                    "acked": bool(acked),
                }  # fmt: skip
                yield entry if rej is None else {**entry, "rej": rej}

    def waybill(self, waybill: str) -> list[dict[str, Any]]:
        """All rows of one parcel (`parcel_trail.trail`); raises StoreError."""
        with self._reading() as connection:
            return list(trail(connection, waybill))

    def receipt(self, receipt: str) -> CompletedSale | None:
        """The sale with this receipt number; None when the box does not have it."""
        with self._reading() as connection:
            return SalesTable(connection.execute, connection.execute).by_receipt(receipt)

    def newest_receipt(self) -> str | None:
        """The number of the newest sale; None while nothing was sold."""
        with self._reading() as connection:
            last = SalesTable(connection.execute, connection.execute).last()
        return last.receipt if last is not None else None

    def commands(self, newest: int) -> list[CommandRow]:
        """Of cloud and page, newest first."""
        with self._reading() as connection:
            return CommandTable(connection.execute, connection.execute, "").newest(newest)

    def counter(self) -> Counter:
        """What lies on the counter now, as it was committed."""
        with self._reading() as connection:
            row = connection.execute("SELECT body FROM counter WHERE till = ?", (TILL_KEY,)).fetchone()
            return read_counter(row[0]) if row is not None else Counter()

    def takings(self) -> Takings:
        """What was taken since the last Z report."""
        with self._reading() as connection:
            return TillDayTable(connection.execute, connection.execute, "").takings()

    def verify(self) -> tuple[Chain, str]:
        """The whole chain from the last pruned row on, and what is wrong with the positions (empty: nothing)."""
        with self._reading() as connection:
            epoch = connection.execute("SELECT v FROM meta WHERE k = 'epoch'").fetchone()
            return verify(connection), verify_positions(connection, epoch[0]) if epoch else ""

    def cells(self, ids: Iterable[str]) -> list[Cell]:
        """What the books say of these cells."""
        with self._reading() as connection:
            table = CellTable(connection.execute, connection.execute)
            return [table.find(cell) for cell in ids]

    def parcels(self, waybills: Iterable[str] = ()) -> list[Parcel]:
        """All that are in the station's custody, the longest here first, and whatever is known of `waybills`."""
        with self._reading() as connection:
            table = ParcelTable(connection.execute, connection.execute)
            here = list(table.in_state(HERE))
            others = [table.by_waybill(waybill) for waybill in waybills]
        known = {parcel.id for parcel in here}
        return here + [parcel for parcel in others if parcel is not None and parcel.id not in known]

    def unsent(self) -> int:
        """Rows that the cloud has not acknowledged."""
        with self._reading() as connection:
            (count,) = connection.execute("SELECT coalesce(sum(head - acked), 0) FROM pos").fetchone()
            return int(count)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A damaged file is one clear error for whoever looks; the terminal repairs it at its next boot."""
        if not self._path.exists():
            raise StoreError("there is no ledger yet", where=str(self._path), cure="Run edge run once, or edge demo.")
        address = f"file:{self._path}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
        except (ValueError, TypeError) as error:
            raise CorruptStore(f"the ledger cannot be read: {error!r}", where=str(self._path)) from error
