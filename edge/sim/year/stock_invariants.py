"""What must hold of goods on the shelves: the ledger's stock is what was counted, came, was sold and written off."""

from __future__ import annotations

import json
from collections.abc import Iterator

from edge.sim.year.stock_books import COUNTED, MOVED
from edge.sim.year.witness import Witness


def stock_is_counted_and_moved(seen: Witness) -> Iterator[str]:
    """What is received comes, what is written off leaves."""
    for row in seen.new:
        if row.type not in (COUNTED, MOVED):
            continue
        data = json.loads(row.body)
        seen.books.stock.enter(row.type, data, seen.books.sold)
        why, lines = seen.books.stock.newest
        seen.deeds[f"goods {why if why in ('counted', 'received') else 'written off'}"] += 1
        if why != "counted" and any((milli > 0) != (why == "received") for milli in lines.values()):
            yield f"goods are {why}: {lines}"


def on_hand_is_what_must_lie_there(seen: Witness) -> Iterator[str]:
    """Counted + received − sold − written off, of each sku that was ever counted; of others nobody knows."""
    books = seen.books
    told = dict(seen.rows("SELECT sku, on_hand FROM stock"))
    for sku in sorted(told.keys() | books.stock.begun.keys()):
        if told.get(sku) != (must := books.stock.on_hand(sku, books.sold)):
            yield f"on hand of {sku}: stock says {told.get(sku)}, {must} must lie there"
    came = dict(seen.rows("SELECT sku, came FROM stock_came"))
    for sku in sorted(came.keys() | books.stock.came.keys()):
        if came.get(sku, 0) != books.stock.came[sku]:
            yield f"came of {sku}: stock says {came.get(sku, 0)}, the journal {books.stock.came[sku]}"
