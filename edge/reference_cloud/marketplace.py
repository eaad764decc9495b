"""A model of the marketplace behind the providers: what goods cost there, the parcels that bring them, and what people
order of a shop in an app (rows 75, 76).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from edge.codec.wire_parcel import Expected
from edge.model.masking import Recipient

DAYS = 3
"""From an order to its parcel."""
LEAST_PRICE, PRICE_STEP = 4_900, 100
"""Of one piece, in fen: it follows from the last two digits of the barcode."""
CARRIER = "JT"
LARGE = "6907"
"""Barcodes of goods that are brought home and installed begin so; the others are fetched in the shop."""


def priced(barcode: str, pieces: int, today: date) -> dict[str, Any]:
    """What a quote says of goods: anything that has a barcode is sold here."""
    digits = "".join(character for character in barcode if character.isdigit())[-2:] or "0"
    price = (LEAST_PRICE + PRICE_STEP * int(digits)) * pieces
    told: dict[str, Any] = {"amt": price, "price": price, "eta": (today + timedelta(days=DAYS)).isoformat()}
    if not barcode.startswith(LARGE):
        return told | {"later": True}
    days = (today + timedelta(days=DAYS + later) for later in (0, 1))
    return told | {
        "slots": [f"{day.month}月{day.day}日{part}" for day, part in zip(days, ("上午", "下午"), strict=True)]
    }


def parcel_of(order: str, recipient: Recipient = Recipient()) -> Sequence[Expected]:  # noqa: B008  # frozen
    """What the terminal is told of the parcel that brings `order`, made of its id."""
    number = f"{CARRIER}{int(order.replace('-', '')[-12:], 16) % 10**13:013d}"
    return (
        Expected(
            parcel=f"m-{order[-12:]}", waybill=number, carrier=CARRIER, soid=order,
            to=recipient.key or None, name=recipient.name or None, tail=recipient.tail or None, consent=True,
        ),
    )  # fmt: skip


def app_order(n: int, lines: Sequence[tuple[str, int, int]], *, code: str) -> dict[str, Any]:
    """Arguments of order.place for the `n`th order of a shop: (sku, pieces, fen of one piece) of each line."""
    return {
        "oid": f"T-{n:08d}", "no": str(n), "platform": "alibaba", "code": code,
        "lines": [{"sku": sku, "qty": qty, "price": price} for sku, qty, price in lines],
    }  # fmt: skip
