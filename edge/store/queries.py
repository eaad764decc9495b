"""A read-only view of the ledger on a connection of its own, for the page and the command line."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.codec.basket import read_counter
from edge.model.backup import saved_mark
from edge.model.cell import Cell, CellState
from edge.model.counter import Counter
from edge.model.ledger_rows import CommandRow, CompletedSale, PrintJob
from edge.model.parcel import HERE, Parcel
from edge.model.records import Stream
from edge.model.takings import Takings
from edge.store.journal import Chain, verify, verify_positions
from edge.store.parcel_trail import trail
from edge.store.reading import reading
from edge.store.tables.cells import CellTable
from edge.store.tables.commands import CommandTable
from edge.store.tables.parcels import ParcelTable
from edge.store.tables.print_jobs import PrintJobTable
from edge.store.tables.sales import SalesTable
from edge.store.tables.till_day import TillDayTable
from edge.store.transaction import TILL_KEY

SQLITE = sqlite3.sqlite_version


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

    def last_sale(self) -> CompletedSale | None:
        with self._reading() as connection:
            return SalesTable(connection.execute, connection.execute).last()

    def doubtful_papers(self, since: datetime) -> list[tuple[PrintJob, CompletedSale | None]]:
        """See `ports.PrintJobs.doubtful`; each with the sale that it is of, if it is of one."""
        with self._reading() as connection:
            jobs = PrintJobTable(connection.execute, connection.execute).doubtful(since)
            sales = SalesTable(connection.execute, connection.execute)
            return [(job, sales.by_id(job.of)) for job in jobs]

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

    def held_cells(self) -> frozenset[str]:
        """Ids of the cells in which something lies, or nobody knows what."""
        with self._reading() as connection:
            table = CellTable(connection.execute, connection.execute)
            return frozenset(cell.id for state in CellState for cell in table.in_state(state) if cell.is_held)

    def parcels(self, waybills: Iterable[str] = ()) -> list[Parcel]:
        """All that are in the station's custody, the longest here first, and whatever is known of `waybills`."""
        with self._reading() as connection:
            table = ParcelTable(connection.execute, connection.execute)
            here = list(table.in_state(HERE))
            others = [table.by_waybill(waybill) for waybill in waybills]
        known = {parcel.id for parcel in here}
        return here + [parcel for parcel in others if parcel is not None and parcel.id not in known]

    def unsaved(self) -> int:
        """Rows of money and custody that neither the cloud nor a backup that was fetched has."""
        with self._reading() as connection:
            meta = dict(connection.execute("SELECT k, v FROM meta WHERE k IN ('epoch', 'backup.saved')").fetchall())
            places = {name: (head, acked) for name, head, acked in connection.execute("SELECT * FROM pos")}
        (tx, tx_acked), (pk, pk_acked) = places[Stream.TX], places[Stream.PK]
        is_saved = meta.get("backup.saved") == saved_mark(meta.get("epoch", ""), tx, pk)
        return 0 if is_saved else int(tx - tx_acked + pk - pk_acked)

    def custody(self) -> int:
        """Parcels that are here and sales that stand aside: what belongs to somebody who will ask for it."""
        with self._reading() as connection:
            here = len(ParcelTable(connection.execute, connection.execute).in_state(HERE))
            (held,) = connection.execute("SELECT count(*) FROM held").fetchone()
        return here + int(held)

    def noted(self, key: str) -> str | None:
        """What stands under this key of `meta`; None: nothing."""
        with self._reading() as connection:
            row = connection.execute("SELECT v FROM meta WHERE k = ?", (key,)).fetchone()
            return str(row[0]) if row else None

    def unsent(self) -> int:
        """Rows that the cloud has not acknowledged."""
        with self._reading() as connection:
            (count,) = connection.execute("SELECT coalesce(sum(head - acked), 0) FROM pos").fetchone()
            return int(count)

    def _reading(self) -> AbstractContextManager[sqlite3.Connection]:
        return reading(self._path)
