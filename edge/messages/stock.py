"""What a scan means where goods are not sold but received, counted, dated or written off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from edge.model.item import Gtin14
from edge.model.money import Milli


@dataclass(frozen=True, slots=True)
class DeliveryScanned:
    """The slip of an order, or the waybill of its parcel: what comes now is of `order`."""

    order: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class GoodsScanned:
    """`gtin` None: a label of the shop's scale, whose number is `plu`. `pieces`, `weight` (grams) and the last day
    `until` stand on the label; None: they do not.
    """

    gtin: Gtin14 | None
    plu: str
    pieces: Milli | None
    weight: Milli | None
    until: date | None
    asked_mono: float
