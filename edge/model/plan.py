"""A curated plan: what the platform, from the shop's own sales and those of shops like it, would add, drop or reprice.

It is advice. A line does nothing until the shopkeeper scans its barcode, and a price not before Enter (row 92).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from edge.model.campaign import Wording
from edge.model.money import Fen

MAX_LINES = 12
"""Of one plan: more advice than fits one evening is no advice."""
MAX_NAME = 60
MAX_REASON = 60


class Advice(StrEnum):
    ADD = "add"
    """To the wish list, which orders are written from."""
    DROP = "drop"
    """No longer suggested for ordering."""
    REPRICE = "reprice"
    """At another price in this shop."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """`number` is the shop's own, in the barcode; 0 before it has one. `price` is of REPRICE. `accepted`: by a scan."""

    advice: Advice
    sku: str
    name: str
    why: Wording
    price: Fen | None = None
    number: int = 0
    plan: str = ""
    until: date | None = None
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """Goods that the shopkeeper wants to sell, and that nobody has ordered yet."""

    sku: str
    name: str
