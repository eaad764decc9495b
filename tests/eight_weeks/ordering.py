"""Ways to order on a Monday: the same list each week, by eye, or what the terminal suggests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.model.fill import delivery_fee
from edge.model.money import Fen
from edge.model.platform import Supplier
from edge.model.reorder import suggested
from eight_weeks.buying import BuyingDesk
from eight_weeks.customers import LEARNED_DAYS
from eight_weeks.goods import SUPPLIERS, WARES, WHOLESALERS, Ware

Order = dict[str, int]
"""Pieces by sku, whole packs."""


@dataclass(frozen=True, slots=True)
class Bought:
    """What one supplier will deliver. `paid` for it, without the `fee`; `purchase`: the terminal's order of it."""

    supplier: Supplier
    pieces: Order
    paid: Fen
    fee: Fen
    purchase: str = ""


class Ordering(Protocol):
    def order(
        self, week: int, on_hand: Mapping[str, int], on_order: Mapping[str, int], desk: BuyingDesk
    ) -> Sequence[Bought]: ...  # fmt: skip


@dataclass(slots=True)
class SameEachWeek:
    """An average week of the four before, times `generosity`; a pack that lasts longer than a week comes less often."""

    sold: Mapping[str, int]
    """In the four weeks."""
    generosity: float = 1.0

    def order(
        self, week: int, on_hand: Mapping[str, int], on_order: Mapping[str, int], desk: BuyingDesk
    ) -> Sequence[Bought]:  # fmt: skip
        packs = {ware.sku: self._packs(ware, week + 1) - self._packs(ware, week) for ware in WARES}
        return _of_each({ware.sku: packs[ware.sku] * ware.pack for ware in WARES})

    def _packs(self, ware: Ware, weeks: int) -> int:
        """Ordered by then, rounded to the nearest pack."""
        return int(self.sold[ware.sku] * 7 / LEARNED_DAYS * self.generosity * weeks / ware.pack + 0.5)


@dataclass(slots=True)
class ToppedUp:
    """Whoever looks at the shelf on a Monday and tops it up to `days` of what sold in the four weeks before."""

    sold: Mapping[str, int]
    days: int = 14

    def order(
        self, week: int, on_hand: Mapping[str, int], on_order: Mapping[str, int], desk: BuyingDesk
    ) -> Sequence[Bought]:  # fmt: skip
        return _of_each({ware.sku: self._packs(ware, on_hand, on_order) * ware.pack for ware in WARES})

    def _packs(self, ware: Ware, on_hand: Mapping[str, int], on_order: Mapping[str, int]) -> int:
        up_to = -(-self.sold[ware.sku] * self.days // LEARNED_DAYS)
        return suggested(up_to, on_hand[ware.sku] + on_order[ware.sku], ware.pack)


@dataclass(slots=True)
class AsSuggested:
    """Card, slips, owner's card, Enter, as the terminal has them. `large_packs`: also those that last too long."""

    large_packs: bool = True

    def order(
        self, week: int, on_hand: Mapping[str, int], on_order: Mapping[str, int], desk: BuyingDesk
    ) -> Sequence[Bought]:  # fmt: skip
        suppliers = {supplier.id: supplier for supplier in SUPPLIERS}
        return [
            Bought(
                suppliers[order.supplier],
                {line.sku: line.pieces for line in order.taken},
                order.goods,
                order.fee,
                order.id,
            )
            for order in desk.order(large_packs=self.large_packs)
        ]


def worth(pieces: Mapping[str, int]) -> Fen:
    """At what their wholesalers ask."""
    return Fen(sum(ware.cost * pieces.get(ware.sku, 0) for ware in WARES))


def _of_each(order: Order) -> list[Bought]:
    """What each wholesaler will deliver of it."""
    found = []
    for wholesaler in WHOLESALERS:
        part = {ware.sku: order[ware.sku] for ware in WARES if ware.wholesaler == wholesaler.id and order[ware.sku]}
        if part:
            fee = delivery_fee(worth(part), wholesaler.free_delivery, wholesaler.delivery_fee)
            found.append(Bought(wholesaler, part, worth(part), fee))
    return found
