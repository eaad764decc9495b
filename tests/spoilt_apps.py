"""What spoils orders from apps in a simulated year, each with the sentence of the invariant that must see it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from edge.codec.wire_order import CANCEL, PLACE
from edge.reference_cloud.marketplace import app_order
from edge.sim.year import app_invariants as apps
from edge.sim.year import invariants as inv
from edge.sim.year.app_market import Wanted
from edge.sim.year.witness import _ROW, Row, Witness

OID = "T-00000017"
LINE = {"sku": "cola", "qty": "2", "got": "2", "price": 300}
PIECES = {("cola", 300): (2, 2)}
ARGS = app_order(17, [("cola", 2, 300)], code="2611230017")


class Comes:
    """A row of the journal, of an order that `was` so before; `lines` as they were, `now` as they are told."""

    def __init__(self, was: str, state: str, *lines: dict[str, Any], **body: Any) -> None:
        self._was, self._state = was, state
        self._body = {"oid": OID, "lines": lines or (LINE,), "back": 0, "bday": "2026-01-02"} | body

    def __call__(self, seen: Witness) -> None:
        seen.apps.orders[OID] = Wanted(ARGS)
        if self._was:
            seen.books.apps.states[OID], seen.books.apps.lines[OID] = self._was, PIECES
        row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
        seen.new = [replace(row, type=f"order.{self._state}", body=json.dumps(self._body))]


class Stands:
    """The shop's word, and the platform's."""

    def __init__(self, state: str, **wanted: Any) -> None:
        self._state, self._wanted = state, wanted

    def __call__(self, seen: Witness) -> None:
        seen.apps.orders[OID] = Wanted(ARGS, **({"kind": PLACE, "answer": "done"} | self._wanted))
        if self._state:
            seen.books.apps.states[OID] = self._state


go = apps.app_orders_go_their_way
forgotten = apps.no_order_of_an_app_is_forgotten
APPS_IN_BOOKS: tuple[tuple[inv.Check, Any, str], ...] = (
    (go, Comes("placed", "handed_over"), "was placed and is handed_over"),
    (go, Comes("handed_over", "cancelled", why="customer"), "was handed_over and is cancelled"),
    (go, Comes("placed", "packed", LINE | {"qty": "3"}), "was of .* and is of"),
    (go, Comes("placed", "packed", LINE | {"got": "3"}), "more in its bag"),
    (go, Comes("placed", "packed", LINE | {"got": "1"}), "0 fen are to go back, missing are 300"),
    (go, Comes("packed", "handed_over", LINE | {"got": "1"}), "was packed with"),
    (go, Comes("", "placed", LINE | {"price": 400}), "asked for were"),
    (forgotten, Stands("placed", kind=""), "the platform waits for an answer"),
    (forgotten, Stands(""), "is nothing, its customer has paid"),
    (forgotten, Stands("cancelled", is_promised=True, is_off=True, kind=CANCEL), "was never placed"),
    (forgotten, Stands("cancelled", given=True, is_off=True, kind=CANCEL), "its bag was given"),
    (forgotten, Stands("handed_over"), "its bag was kept"),
    (forgotten, Stands("handed_over", given=True, is_off=True, kind=CANCEL), "its platform was told done to order.can"),
    (apps.the_platform_knows_what_the_shop_knows, Stands("cancelled"), "the cloud was told None"),
    (apps.what_is_put_aside_is_for_somebody, Stands("packed"), "and not in its table"),
)
