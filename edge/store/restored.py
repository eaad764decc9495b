"""A ledger that comes out of a backup: what it must not believe any more, since its shop may have gone on without it.

rows that the cloud lacks      → a new epoch, same ids: what the cloud has by now it has once (contract P6)
papers that wait               → unknown: they may have been printed since; a person wants a copy, or does not
receipt and hold numbers       → go on far above the last known: no two papers of a day share one
drawer, doors, payments        → as after a power cut (decisions 1): expired, what the sensor says, asked
cells, free or full           → to be looked into: a parcel may have come or gone since
the open basket                → stays: goods may lie there, and money may be in it; a person ends it
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from random import Random

from edge.model.cell import CellEvent, CellState
from edge.model.ids import ulid
from edge.model.ledger_rows import EffectState
from edge.model.parcel_records import CellChanged
from edge.model.records import PrintEnded, SequenceRotated
from edge.ports import Transaction
from edge.store.ledger import Ledger
from edge.store.salvage import JUMP_AGAIN, LAST_JUMP, MAX_HELD_NUMBER, RECEIPT_JUMP

HELD_JUMP = 1_000
WHY = "restored"
PRINTED_FINGERPRINT = "technician.fingerprint"
"""In `meta`: of the page's certificate on the newest slip. It is another box's, and no alarm here."""
NOT_KNOWN = "a backup was put in: it may have been printed since"


def begin_anew(ledger: Ledger, chance: Random) -> None:
    """One transaction. Raises StoreError."""
    tx = ledger.begin(lambda record, tx: None)
    new = ulid(tx.stamp.at, chance)
    tx.append(SequenceRotated(tx.outbox.rotate(new), new, WHY))
    for job in tx.print_jobs.in_state(EffectState.QUEUED):
        tx.print_jobs.move(job.id, EffectState.UNKNOWN, NOT_KNOWN)
        tx.append(PrintEnded(job.id, job.of, job.copy_no, EffectState.UNKNOWN.value, NOT_KNOWN))
    _doubt_cells(tx)
    tx.put(PRINTED_FINGERPRINT, "")
    _raise_receipt_numbers(tx, ledger.last_n)
    tx.commit()


def _doubt_cells(tx: Transaction) -> None:
    """A free one may hold a parcel of which this ledger never heard: the next one must not be laid upon it."""
    for state in (CellState.FREE, CellState.OCCUPIED):
        for cell in tx.cells.in_state(state):
            tx.cells.keep(cell.moved(CellEvent.DOUBT))
            tx.append(CellChanged(cell.id, CellState.CHECK.value, WHY, cell.parcel))


def _raise_receipt_numbers(tx: Transaction, rows: int) -> None:
    """Until the day after; `SalesTable.next_receipt_no` reads this row, which salvage writes, too."""
    last, sale = tx.sales.last_business_day(), tx.sales.last()
    today = tx.stamp.at.date()
    number = tx.sales.next_receipt_no(last, sale.till) - 1 if last is not None and sale is not None else 0
    raised = min(number + (RECEIPT_JUMP if number < RECEIPT_JUMP else JUMP_AGAIN), max(LAST_JUMP, number))
    until = max(today, last or today) + timedelta(days=1)
    tx.put("receipt_floor", f"{until.isoformat()}:{raised}:{rows}:{last.isoformat() if last else ''}")


def raise_hold_numbers(ledger: sqlite3.Connection) -> None:
    """A slip of a sale that was held since must not open another one."""
    found = ledger.execute("SELECT seq FROM sqlite_sequence WHERE name = 'held'").fetchone()
    raised = min((found[0] if found else 0) + HELD_JUMP, MAX_HELD_NUMBER)
    with ledger:
        ledger.execute("DELETE FROM sqlite_sequence WHERE name = 'held'")
        ledger.execute("INSERT INTO sqlite_sequence VALUES ('held', ?)", (raised,))
