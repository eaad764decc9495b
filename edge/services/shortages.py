"""What runs out before the next delivery, and who should deliver it: the sums behind the suggestion slip (rows 82, 83).

What counts is what can be sold, less what is reserved, with what is on order; goods that were never counted are told by
their number alone, since nobody knows what lies there. Goods of an accepted plan (docs/insight.md) are short until they
are ordered; what such a plan dropped never is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from edge.model.item import Gtin14, Item
from edge.model.money import Fen, Milli
from edge.model.platform import Supplier
from edge.model.purchase import MAX_PACKS, ON_ORDER, Compared, PurchaseLine
from edge.model.reorder import NO_DEMAND, Demand, is_too_much, reorder_point, suggested
from edge.model.supplier_offer import ALONE, Best, SupplierOffer, Wanted, best, shown_piece
from edge.ports import Catalogue, Transaction

PIECE = 1000


@dataclass(frozen=True, slots=True)
class Selling:
    """What is sold. `next_sku`: of all that there are days of, the one behind another, None: that was the last.
    `reserved`: promised to somebody and still on the shelf.
    """

    next_sku: Callable[[str, Transaction], str | None]
    demand: Callable[[str, Transaction], Demand]
    reserved: Callable[[str, Transaction], Milli] = lambda sku, tx: Milli(0)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is of some goods. `available`: pieces that can be sold, with what is on order; `lasts`: days, None:
    they do not sell. `on_hand` None: never counted.
    """

    item: Item
    on_hand: Milli | None
    available: int
    demand: Demand

    @property
    def lasts(self) -> Fraction | None:
        mean = self.demand.mean
        return Fraction(max(0, self.available) * PIECE, mean) if mean > 0 else None

    @property
    def least(self) -> int:
        """Pieces that the shop wants to see there."""
        return self.item.shelf_min or 0


@dataclass(frozen=True, slots=True)
class Shortage:
    shelf: Shelf
    best: Best

    @property
    def urgency(self) -> tuple[Fraction, str]:
        return self.shelf.lasts or Fraction(0), self.shelf.item.sku


@dataclass(frozen=True, slots=True)
class Found:
    """`uncounted` goods that sell and that suppliers have, but whose stock nobody knows; `offered`: any offer fits."""

    shortages: tuple[Shortage, ...]
    uncounted: int
    offered: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Goods that are short, what each offer would bring, and which is `first` by the goods' price alone."""

    shelf: Shelf
    wanted: list[Wanted]
    first: Wanted


def _candidate(shelf: Shelf, wanted: list[Wanted]) -> Candidate:
    return Candidate(shelf, wanted, best(wanted, lambda _: Fraction(0), lasts_days=shelf.lasts).wanted)


class Search:
    """What a walk has found short so far. `without`: skus that somebody is about to order."""

    def __init__(self, shortages: Shortages, without: Collection[str], tx: Transaction) -> None:
        self._shortages = shortages
        self._on_order = pieces_on_order(tx)
        self._candidates = [
            _candidate(shelf, wanted)
            for shelf, wanted in shortages.wished(self._on_order, tx)
            if shelf.item.sku not in without
        ]
        self._passed = {*without, *(candidate.shelf.item.sku for candidate in self._candidates)}
        self._uncounted = 0
        self._offered = bool(self._candidates)

    def look(self, sku: str, tx: Transaction) -> None:
        item = None if sku in self._passed or tx.plans.is_dropped(sku) else self._shortages.item(sku)
        offers = self._shortages.offers(item, tx) if item is not None and not item.blocked else []
        if item is None or not offers:
            return
        self._offered = True
        shelf = self._shortages.shelf(item, self._on_order.get(sku, 0), tx)
        if shelf.on_hand is None:
            self._uncounted += 1
        elif wanted := self._shortages.wanted(shelf, offers):
            self._candidates.append(_candidate(shelf, wanted))

    def found(self) -> Found:
        """The most urgent first."""
        chosen = self._shortages.chosen(self._candidates)
        by_urgency = tuple(sorted(chosen, key=lambda short: short.urgency))
        return Found(by_urgency, self._uncounted, self._offered)


class Shortages:
    """`z_centi`: how sure the shop wants to be, in hundredths of z (model/reorder.py); `cover_days`: for how long goods
    shall lie there at most, by whatever is ordered unasked.
    """

    def __init__(
        self, catalogue: Catalogue, suppliers: Sequence[Supplier], selling: Selling, *, z_centi: int, cover_days: int
    ) -> None:  # fmt: skip
        self.cover_days = cover_days
        self._z_centi = z_centi
        self._catalogue = catalogue
        self._suppliers: Mapping[str, Supplier] = {supplier.id: supplier for supplier in suppliers}
        self._selling = selling

    def supplier(self, supplier_id: str) -> Supplier | None:
        return self._suppliers.get(supplier_id)

    def offers(self, item: Item, tx: Transaction) -> list[SupplierOffer]:
        """Of suppliers that the shop works with."""
        return [offer for offer in tx.supplier_offers.of(item.sku, item.gtin) if offer.supplier in self._suppliers]

    def shelf(self, item: Item, on_order: int, tx: Transaction) -> Shelf:
        on_hand = tx.stock.on_hand(item.sku)
        free = (on_hand or 0) - self._selling.reserved(item.sku, tx)
        return Shelf(item, on_hand, max(0, free) // PIECE + on_order, self._selling.demand(item.sku, tx))

    def rop(self, shelf: Shelf, offer: SupplierOffer, supplier: Supplier) -> int:
        """Pieces below which these goods may run out before what is ordered of this supplier is here."""
        return reorder_point(shelf.demand, offer.lead_days, supplier.review_days, self._z_centi)

    def item(self, sku: str) -> Item | None:
        return self._catalogue.by_sku(sku)

    def wished(self, on_order: Mapping[str, int], tx: Transaction) -> list[tuple[Shelf, list[Wanted]]]:
        """One pack of each goods that a plan brought, once somebody offers them, known to the catalogue or not yet."""
        found = []
        for wish in tx.plans.wishes():
            item = self._catalogue.by_sku(wish.sku) or Item(wish.sku, wish.name, None, Gtin14(wish.sku.zfill(14)))
            offers = self.offers(item, tx) if not on_order.get(wish.sku) else []
            if offers:
                shelf = Shelf(item, tx.stock.on_hand(wish.sku), 0, NO_DEMAND)
                found.append((shelf, [Wanted(offer, offer.least) for offer in offers]))
        return found

    def wanted(self, shelf: Shelf, offers: Sequence[SupplierOffer]) -> list[Wanted]:
        """What each offer would bring; none while there is enough for the quickest of them, or no room for a pack.

        The quickest decides: else what was ordered of him today would be ordered of a slower one once more.
        """
        found, item = [], shelf.item
        points = [self.rop(shelf, offer, self._suppliers[offer.supplier]) for offer in offers]
        if shelf.available >= max(min(points, default=0), shelf.least):
            return []
        for offer, rop in zip(offers, points, strict=True):
            packs = suggested(
                rop, shelf.available, offer.pack, least=offer.least, shelf_min=shelf.least, shelf_max=item.shelf_max
            )
            if packs:
                packs = min(MAX_PACKS, packs)
                after, enough = shelf.available + packs * offer.pack, max(rop, shelf.least)
                too_much = item.shelf_max is None and is_too_much(after, enough, shelf.demand, self.cover_days)
                found.append(Wanted(offer, packs, too_much))
        return found

    def chosen(self, candidates: Sequence[Candidate]) -> list[Shortage]:
        """With what the delivery of all that was first chosen adds to each supplier's price."""
        goods: dict[str, int] = {}
        for first in (candidate.first for candidate in candidates):
            goods[first.offer.supplier] = goods.get(first.offer.supplier, 0) + _taken_unasked(first)
        return [Shortage(one.shelf, self._chosen(one, goods)) for one in candidates]

    def _chosen(self, candidate: Candidate, goods: Mapping[str, int]) -> Best:
        share_of = self._share_of(candidate.first, goods)
        return best(candidate.wanted, share_of, lasts_days=candidate.shelf.lasts)

    def _share_of(self, first: Wanted, goods: Mapping[str, int]) -> Callable[[Wanted], Fraction]:
        """`goods`: what each supplier would deliver unasked; `first`: what of these goods may be in that already."""

        def share(wanted: Wanted) -> Fraction:
            supplier = self._suppliers[wanted.offer.supplier]
            amount = goods.get(supplier.id, 0) + wanted.amount - (_taken_unasked(wanted) if wanted is first else 0)
            return Fraction(supplier.fee(Fen(amount)), amount) if amount else Fraction(0)

        return share


def _taken_unasked(wanted: Wanted) -> Fen:
    return Fen(0) if wanted.too_much else wanted.amount


def pieces_on_order(tx: Transaction) -> dict[str, int]:
    """What may still come, by sku."""
    found: dict[str, int] = {}
    for order in tx.purchases.in_states(ON_ORDER):
        for line in order.taken:
            found[line.sku] = found.get(line.sku, 0) + line.pieces
    return found


def line_for(short: Shortage, n: int) -> PurchaseLine:
    """What a slip says of it."""
    offer, item, chosen = short.best.wanted.offer, short.shelf.item, short.best
    all_of_them = ((chosen.wanted, chosen.piece), *chosen.others)
    compared = tuple(
        Compared(one.offer.supplier, shown_piece(piece), one.offer.pack, one.offer.lead_days)
        for one, piece in all_of_them
    )
    return PurchaseLine(
        n, item.sku, item.name, offer.pack, chosen.wanted.packs, offer.net,
        on_hand=short.shelf.on_hand, carton=offer.carton, why="" if chosen.why == ALONE else chosen.why,
        compared=compared if len(compared) > 1 else (), daily=short.shelf.demand.mean, too_much=chosen.wanted.too_much,
    )  # fmt: skip
