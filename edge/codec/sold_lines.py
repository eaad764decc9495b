"""The lines of a sale or a refund as the journal has them, read for sums: no state, no tenders, no promotions."""

from __future__ import annotations

import json

from edge.codec.basket import parse_quantity
from edge.codec.json_text import as_text, as_whole
from edge.errors import CodecError
from edge.model.evening import SoldLine
from edge.model.money import Fen, Milli


def sold_lines(body: str) -> tuple[tuple[SoldLine, ...], Fen]:
    """Of a `sale.completed` body: all lines, voided ones and the voids that take them back; and the total.

    Raises CodecError.
    """
    return _lines(body, 1)


def returned_lines(body: str) -> tuple[SoldLine, ...]:
    """Of a `sale.refunded` or `sale.voided` body: quantities and amounts below zero. Raises CodecError."""
    return _lines(body, -1)[0]


def _lines(body: str, sign: int) -> tuple[tuple[SoldLine, ...], Fen]:
    try:
        document = json.loads(body)
        lines = tuple(
            SoldLine(
                as_text(line["sku"]), as_text(line["name"]), Milli(sign * parse_quantity(line["qty"])),
                Fen(sign * as_whole(line["amt"])), line.get("weighed") is True,
            )
            for line in document["lines"]
        )  # fmt: skip
        return lines, Fen(as_whole(document["total"]))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise CodecError("a sale in the journal cannot be read", got=repr(error)) from error
