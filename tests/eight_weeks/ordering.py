"""Ways to order on a Monday: the same list each week, or what the terminal suggests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from edge.model.fill import Need, fill
from edge.model.money import Fen, Milli
from edge.model.reorder import suggested
from eight_weeks.customers import LEARNED_DAYS
from eight_weeks.goods import WARES, WHOLESALERS, Ware, Wholesaler

Order = dict[str, int]
"""Pieces by sku, whole packs."""


class Ordering(Protocol):
    def order(self, week: int, on_hand: Mapping[str, int], on_order: Mapping[str, int], tx: Any) -> Order: ...


@dataclass(slots=True)
class SameEachWeek:
    """An average week of the four before, times `generosity`; a pack that lasts longer than a week comes less often."""

    sold: Mapping[str, int]
    """In the four weeks."""
    generosity: float = 1.0

    def order(self, week: int, on_hand: Mapping[str, int], on_order: Mapping[str, int], tx: Any) -> Order:
        return {ware.sku: (self._packs(ware, week + 1) - self._packs(ware, week)) * ware.pack for ware in WARES}

    def _packs(self, ware: Ware, weeks: int) -> int:
        """Ordered by then, rounded to the nearest pack."""
        return int(self.sold[ware.sku] * 7 / LEARNED_DAYS * self.generosity * weeks / ware.pack + 0.5)


@dataclass(slots=True)
class ToppedUp:
    """Whoever looks at the shelf on a Monday and tops it up to `days` of what sold in the four weeks before."""

    sold: Mapping[str, int]
    days: int = 14

    def order(self, week: int, on_hand: Mapping[str, int], on_order: Mapping[str, int], tx: Any) -> Order:
        return {
            ware.sku: suggested(
                -(-self.sold[ware.sku] * self.days // LEARNED_DAYS), on_hand[ware.sku] + on_order[ware.sku], ware.pack
            )
            * ware.pack
            for ware in WARES
        }


@dataclass(slots=True)
class AsSuggested:
    """By the reorder points of the night; where a wholesaler would ask a fee, filled up as the terminal proposes."""

    filled: int = field(default=0)
    """Orders that were filled up."""

    def order(self, week: int, on_hand: Mapping[str, int], on_order: Mapping[str, int], tx: Any) -> Order:
        order: Order = {}
        for wholesaler in WHOLESALERS:
            wares = [ware for ware in WARES if ware.wholesaler == wholesaler.name]
            points = {ware.sku: tx.reorder_points.find(ware.sku) for ware in wares}
            part = {
                ware.sku: suggested(points[ware.sku].pieces, on_hand[ware.sku], on_order[ware.sku], ware.pack)
                for ware in wares
                if points[ware.sku] is not None
            }
            needs = [
                Need(
                    ware.sku, Fen(ware.cost * ware.pack), ware.pack, points[ware.sku].pieces,
                    on_hand[ware.sku] + on_order[ware.sku] + part[ware.sku], Milli(points[ware.sku].daily),
                )
                for ware in wares
                if ware.sku in part
            ]  # fmt: skip
            picks = fill(worth(part), wholesaler.free_from, needs) if worth(part) else ()
            self.filled += bool(picks)
            packs = {ware.sku: ware.pack for ware in wares}
            for pick in picks:
                part[pick.sku] += pick.packs * packs[pick.sku]
            order |= part
        return order


def worth(order: Mapping[str, int], wholesaler: Wholesaler | None = None) -> Fen:
    """At cost; of one wholesaler, or of all."""
    return Fen(
        sum(
            ware.cost * order.get(ware.sku, 0)
            for ware in WARES
            if wholesaler is None or ware.wholesaler == wholesaler.name
        )
    )
