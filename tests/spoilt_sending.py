"""What spoils parcels that are sent in a simulated year, each with the sentence of the invariant that must see it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from edge.sim.year import invariants as inv
from edge.sim.year import send_invariants as sending
from edge.sim.year.send_books import Fee
from edge.sim.year.witness import _ROW, Row, Witness

FEE, OTHER = Fee("S", 2_300), Fee("T", 2_300)
LABEL = {"parcel": "s-1", "waybill": "SF1000000000001", "fee": 2_300, "sale": "S"}
SHIPMENT = "INSERT INTO shipment VALUES ('s-1', 'SF1000000000001', 'SF', '', '', 1250, 2300, '', '[]', 'S')"


class Comes:
    """Rows of the journal come: (type, body). `paid` and `label` were there before."""

    def __init__(self, *rows: tuple[str, dict[str, Any]], paid: Fee | None = None, label: Fee | None = None) -> None:
        self._rows, self._paid, self._label = rows, paid, label

    def __call__(self, seen: Witness) -> None:
        books = seen.books.sending
        if self._paid is not None:
            books.fees["s-1"] = self._paid
        if self._label is not None:
            books.labels["s-1"] = self._label
            books.waybills[str(LABEL["waybill"])] = "s-1"
        row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
        seen.new = [replace(row, id="S", type=kind, body=json.dumps(body)) for kind, body in self._rows]


def of_sale(kind: str) -> tuple[str, dict[str, Any]]:
    return f"sale.{kind}", {"lines": [{"n": 1, "sku": "send:s-1", "amt": 2_300}]}


go = sending.each_fee_has_its_label
SENDING_IN_BOOKS: tuple[tuple[inv.Check, Any, str], ...] = (
    (go, Comes(of_sale("completed")), "its label is for None"),
    (go, Comes(of_sale("completed"), paid=OTHER, label=OTHER), "is paid by S and by T"),
    (go, Comes(("parcel.labelled", LABEL)), "was paid as None"),
    (go, Comes(("parcel.labelled", LABEL | {"fee": 1_800}), paid=FEE), "its label is for"),
    (go, Comes(("parcel.labelled", LABEL), paid=FEE, label=FEE), "is labelled for .* and was for"),
    (go, Comes(("parcel.labelled", LABEL | {"parcel": "s-2"}), paid=FEE, label=FEE), "and of s-1"),
    (go, Comes(("parcel.accepted", LABEL)), "is taken in without a label"),
    (go, Comes(of_sale("refunded"), of_sale("voided"), paid=FEE, label=FEE), "goes back twice"),
    (sending.fees_are_what_their_carriers_asked, Comes(paid=FEE), "its carrier asked for None"),
)
SENDING_IN_LEDGER: tuple[tuple[inv.Check, str, str], ...] = (
    (sending.labels_are_in_their_table, SHIPMENT, "None in the journal"),
)
