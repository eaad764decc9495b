"""What a person sees of the till at any moment, and what its books say: read from the ledger's file, beside it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from day_script import Booked

from edge.codec.basket import read_counter
from edge.codec.command_card import OwnSlip, SlipKind, receipt_code, slip_code
from edge.model.counter import Counter as OpenCounter
from edge.model.counter import Waiting
from edge.model.sale import Sale, State

BUSY_S = 20.0
OPEN_PAYMENTS = "('created', 'sent', 'accepted', 'wait_customer', 'cancelling', 'unknown')"
_WAITS = (State.PAYING, State.PAY_UNKNOWN)


@dataclass(frozen=True, slots=True)
class View:
    """What lies on the counter, what is asked, and how often what was booked since the day began.

    What a wallet brings when it likes is not in it: its sales, and what becomes of its refunds.
    """

    state: str = ""
    lines: tuple[tuple[str, int, int], ...] = ()
    tenders: tuple[tuple[str, int], ...] = ()
    waiting: str = ""
    back: tuple[tuple[str, int], ...] = ()
    practice: bool = False
    booked: tuple[tuple[str, int], ...] = ()

    def since(self, before: View, *, parks: bool) -> View:
        """Booked since `before`. `parks`: slips of held sales do not count."""
        counts = Counter(dict(self.booked))
        counts.subtract(Counter(dict(before.booked)))
        kept = {key: n for key, n in counts.items() if n and not (parks and key in ("held", "papers"))}
        return replace(self, booked=tuple(sorted(kept.items())))


class Eyes:
    """On a ledger that a terminal writes at the same time, or that lost its power."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(self._connected()) as db:
            return db.execute(sql, values).fetchall()

    def counter(self) -> OpenCounter:
        found = self.rows("SELECT body FROM counter")
        return read_counter(found[0][0]) if found else OpenCounter()

    def view(self) -> View:
        """In one read, so that it is of one moment."""
        with closing(self._connected()) as db:
            db.execute("BEGIN")
            found = db.execute("SELECT body FROM counter").fetchall()
            counter = read_counter(found[0][0]) if found else OpenCounter()
            practice = db.execute("SELECT 1 FROM meta WHERE k = 'training' AND v <> ''").fetchone() is not None
            booked = Counter(dict(db.execute(_COUNTS).fetchall()))
        seen = _view_of(counter.sale)
        waiting = "" if counter.waiting is Waiting.NOTHING else f"{counter.waiting} {counter.verb or ''}".strip()
        back = tuple((line.name, line.amount) for line in counter.refund.lines) if counter.refund else ()
        return replace(
            seen, waiting=waiting, back=back, practice=practice and counter.sale is None,
            booked=tuple(sorted(booked.items())),
        )  # fmt: skip

    def is_paying(self) -> bool:
        sale = self.counter().sale
        return sale is not None and sale.state is State.PAYING

    def is_doubtful(self) -> bool:
        sale = self.counter().sale
        return sale is not None and sale.state is State.PAY_UNKNOWN

    def unsettled(self) -> int:
        """Payments and refunds without an end."""
        return int(self.rows(
            f"SELECT (SELECT count(*) FROM payment WHERE state IN {OPEN_PAYMENTS})"
            " + (SELECT count(*) FROM payment_refund WHERE state = 'sent') + (SELECT count(*) FROM refund_pending)"
        )[0][0])  # fmt: skip

    def unsent(self) -> int:
        return int(self.rows("SELECT sum(head - acked) FROM pos")[0][0])

    def papers_waiting(self) -> int:
        return int(self.rows("SELECT count(*) FROM print_job WHERE state IN ('queued', 'sending')")[0][0])

    def pulses_waiting(self) -> int:
        return int(self.rows("SELECT count(*) FROM drawer_kick WHERE state IN ('queued', 'sending')")[0][0])

    def states(self) -> Counter[str]:
        """How many print jobs, drawer pulses and payments have come to each state."""
        tables = {"print": "print_job", "drawer": "drawer_kick", "payment": "payment"}
        return Counter(
            f"{what} {state}" for what, table in tables.items() for (state,) in self.rows(f"SELECT state FROM {table}")
        )  # fmt: skip

    def last_receipt(self) -> str:
        """The barcode of the newest sale's receipt."""
        return receipt_code(self.rows("SELECT receipt FROM sale ORDER BY n DESC LIMIT 1")[0][0])

    def newest_slip(self) -> str:
        """The barcode of the newest slip of a held sale."""
        ((number,),) = self.rows("SELECT max(no) FROM held")
        return slip_code(OwnSlip(SlipKind.HOLD, f"{number:06d}"))

    def journal(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(id, type, body), the oldest first."""
        found = self.rows("SELECT id, type, body FROM journal ORDER BY n")
        return [(row_id, kind, json.loads(body)) for row_id, kind, body in found]

    def stock(self) -> dict[str, int]:
        """Milli-units sold and not brought back, by sku."""
        return {sku: sold for sku, sold in self.rows("SELECT sku, sold FROM stock") if sold}

    def _connected(self) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        return sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)


def booked_in(journal: list[tuple[str, str, dict[str, Any]]]) -> Iterator[Booked]:
    """Each record of money, by what it says."""
    for _, kind, body in journal:
        match kind:
            case "sale.completed":
                yield Booked("sale", body["total"], _pay(body))
            case "sale.refunded":
                yield Booked("refund", body["total"], _pay(body))
            case "sale.voided":
                yield Booked("void", body["total"], _pay(body))
            case "training.sale":
                yield Booked("training", body["total"])
            case "sale.cancelled" if body["why"] != "empty":
                yield Booked("cancelled", body["total"])
            case "cash.moved":
                yield Booked(body["why"], body["amt"])
            case "drawer.opened" if body["why"] == "no_sale":
                yield Booked("no_sale")


def _pay(body: dict[str, Any]) -> tuple[tuple[str, int, int], ...]:
    return tuple((part["m"], part["amt"], _handed_over(part)) for part in body["pay"])


def _handed_over(part: dict[str, Any]) -> int:
    """0 where cash was the exact amount, and for all that is no cash."""
    given = int(part.get("tendered", 0))
    return 0 if given == part["amt"] else given


def _view_of(sale: Sale | None) -> View:
    if sale is None or not (sale.standing or sale.tenders):
        return View()
    return View(
        state="waits" if sale.state in _WAITS else sale.state.value,
        lines=tuple(sorted((line.sku, line.qty, line.amount) for line in sale.standing)),
        tenders=tuple((tender.method.value, tender.applied) for tender in sale.tenders),
    )  # fmt: skip


_BY_WALLET = "(SELECT sale FROM payment)"
_COUNTS = f"""
SELECT type, count(*) FROM journal WHERE type IN ('training.sale', 'shift.opened', 'shift.closed', 'report.z',
  'cash.counted', 'cash.moved') GROUP BY type
UNION ALL SELECT type, count(*) FROM journal WHERE type IN ('drawer.opened', 'sale.cancelled')
  AND json_extract(body, '$.why') IN ('no_sale', 'cancelled') GROUP BY type
UNION ALL SELECT 'sales', count(*) FROM sale WHERE id NOT IN {_BY_WALLET}
UNION ALL SELECT 'refunds', count(*) FROM refund WHERE id NOT IN (SELECT of FROM payment_refund)
UNION ALL SELECT 'payments', count(*) FROM payment
UNION ALL SELECT 'wallet refunds', count(DISTINCT of) FROM payment_refund WHERE of <> payment
UNION ALL SELECT 'held', coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'held'
UNION ALL SELECT 'papers', count(*) FROM print_job WHERE copy_no > 0 OR of NOT IN
  (SELECT id FROM sale UNION SELECT id FROM refund)
"""
