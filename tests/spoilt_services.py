"""What spoils service orders in a simulated year, each with the sentence of the invariant that must see it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from edge.sim.year import invariants as inv
from edge.sim.year import money_invariants as money
from edge.sim.year import service_invariants as services
from edge.sim.year.box import TID
from edge.sim.year.service_books import Line, Order
from edge.sim.year.witness import _ROW, Row, Witness

SOID, SALE = "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f", "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"
ORDER = {"soid": SOID, "kind": "top_up", "offer": "ALI_TOP_UP", "price": 1000}
QUOTED = Order("top_up", "ALI_TOP_UP", 1000, "quoted")
PAID_BY = Line(SALE, 1000, 0)


def provider_has(state: str) -> str:
    """A row of the cloud's providers."""
    row = {
        "soid": SOID, "tid": TID, "offer": "ALI_TOP_UP", "kind": "top_up", "amount": 1000, "price": 1000, "plan": "00",
        "state": state, "turn": "", "heard": 1, "told": 1, "sale": SALE, "body": "", "at": "",
    }  # fmt: skip
    return f"INSERT INTO service({', '.join(row)}) VALUES ({', '.join(repr(v) for v in row.values())})"


class Books:
    """As the journal would have told it."""

    def __init__(self, state: str, *, line: Line | None = PAID_BY, back: int = 0) -> None:
        self._order = replace(QUOTED, state=state, sale=SALE)
        self._line, self._back = line, back

    def __call__(self, seen: Witness) -> None:
        books = seen.books.services
        books.orders[SOID] = self._order
        if self._line is not None:
            books.lines[SOID] = self._line
        if self._back:
            books.refunds[SOID] = ("R", self._back)


class Told:
    """A row of the journal comes, of an order that `was` so before."""

    def __init__(self, row: str, was: str, /, **body: Any) -> None:
        self._row, self._was, self._body = row, was, body

    def __call__(self, seen: Witness) -> None:
        if self._was:
            Books(self._was, line=None)(seen)
        row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
        seen.new = [replace(row, type=self._row, body=json.dumps(ORDER | self._body))]


class Sold(Told):
    """A sale has so many lines of the order."""

    def __init__(self, state: str, *amounts: int) -> None:
        lines = [{"n": n, "sku": f"svc:{SOID}", "qty": "1", "amt": fen} for n, fen in enumerate(amounts, 1)]
        super().__init__(
            "sale.completed", state, receipt="R", total=sum(amounts), rounding=0, pay=[], lines=lines, bday="2026-01-02"
        )


def see_it_leave_unpaid(seen: Witness) -> None:
    asked = {"type": "service.submit", "args": {"soid": SOID, "sale": SALE}}
    seen.wrong += seen.services.leaving(json.dumps(asked).encode(), seen.rows)


def give_it_back(state: str, fen: int) -> Told:
    line = {"n": 1, "sku": f"svc:{SOID}", "qty": "1", "amt": fen}
    return Told("sale.refunded", state, of=SALE, receipt="R2", of_receipt="R", bday="2026-01-02", total=fen,
                lines=[line], pay=[])  # fmt: skip


add_up = money.payments_and_refunds_add_up
IN_BOOKS: tuple[tuple[inv.Check, Any, str], ...] = (
    (inv.what_was_seen_was_right, see_it_leave_unpaid, "leaves for its provider"),
    (add_up, Told("service.paid", "", state="paid", sale=SALE), "was nothing and is paid"),
    (add_up, Told("service.paid", "quoted", state="paid", sale=SALE), "its line is None"),
    (add_up, Told("service.submitted", "refunded", state="submitted", sale=SALE), "was refunded and is submitted"),
    (add_up, Told("service.submitted", "paid", state="submitted", sale="S"), "and now by S"),
    (add_up, Told("service.submitted", "paid", state="submitted", sale=SALE, price=900), "'price': 900"),
    (add_up, Sold("completed", 1000), "pays for order .*completed"),
    (add_up, Sold("quoted", 900), "costs 1000 fen"),
    (add_up, Sold("quoted", 1000, 1000), "is paid by .* and by"),
    (add_up, give_it_back("completed", 1000), "gives back order"),
    (add_up, give_it_back("failed", 900), "gives 900 fen of order"),
    (services.every_service_has_its_end, Books("submitted"), "is submitted"),
    (services.every_service_has_its_end, Books("unknown"), "nobody asks about it"),
    (services.every_service_is_paid_once, Books("completed"), "never heard of it"),
    (services.every_service_is_paid_once, Books("expired"), "paid 1000 fen for order"),
    (services.money_of_services_goes_back_once, Books("refunded"), "0 fen went back"),
    (services.money_of_services_goes_back_once, Books("completed", back=1000), "1000 fen went back"),
    (services.services_are_in_their_table, Books("unknown"), "and not in its table"),
)
IN_CLOUD: tuple[tuple[inv.Check, tuple[Any, ...], str, str], ...] = (
    (services.every_service_is_paid_once, (), provider_has("completed"), "the journal no such order"),
    (services.every_service_is_paid_once, (Books("completed", line=None),), provider_has("completed"), "its line is"),
    (services.every_service_is_paid_once, (Books("refunded"),), provider_has("completed"), "is refunded, its provider"),
    (services.every_service_has_its_end, (Books("unknown"),), provider_has("completed"), "is unknown, its provider"),
    (services.licences_are_the_newest, (), "UPDATE licence SET signed = 'x'", "is not the newest one"),
)
