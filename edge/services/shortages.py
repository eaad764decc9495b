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
from edge.model.reorder import daily_mean, reorder_point
from edge.model.supplier_offer import ALONE, Best, SupplierOffer, Wanted, best, shown_piece
from edge.ports import Catalogue, Transaction

PIECE = 1000


@dataclass(frozen=True, slots=True)
class Selling:
    """What was sold. `skus`: all that there are days of; `daily`: of one, the last four weeks, the oldest first, None:
    a day that does not count. `reserved`: promised to somebody and still on the shelf.
    """

    skus: Callable[[Transaction], Sequence[str]]
    daily: Callable[[str, Transaction], Sequence[Milli | None]]
    reserved: Callable[[str, Transaction], Milli] = lambda sku, tx: Milli(0)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is of some goods. `available`: pieces that can be sold, with what is on order; `lasts`: days, None:
    they do not sell. `on_hand` None: never counted.
    """

    item: Item
    on_hand: Milli | None
    available: int
    daily: tuple[Milli | None, ...]

    @property
    def mean(self) -> Milli:
        return daily_mean(self.daily) or Milli(0)

    @property
    def lasts(self) -> Fraction | None:
        return Fraction(max(0, self.available) * PIECE, self.mean) if self.mean > 0 else None


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


class Shortages:
    """`z_centi`: how sure the shop wants to be, in hundredths of z (model/reorder.py)."""

    def __init__(
        self, catalogue: Catalogue, suppliers: Sequence[Supplier], selling: Selling, *, z_centi: int
    ) -> None:  # fmt: skip
        self._z_centi = z_centi
        self._catalogue = catalogue
        self._suppliers: Mapping[str, Supplier] = {supplier.id: supplier for supplier in suppliers}
        self._selling = selling

    def supplier(self, supplier_id: str) -> Supplier | None:
        return self._suppliers.get(supplier_id)

    def find(self, tx: Transaction, *, without: Collection[str] = ()) -> Found:
        """What is short, the most urgent first; `without`: skus that somebody is about to order."""
        if not tx.supplier_offers.version():
            return Found((), 0, offered=False)
        on_order = pieces_on_order(tx)
        candidates: list[tuple[Shelf, list[Wanted]]] = []
        wishes = self._wished(on_order, tx)
        candidates += [(shelf, wanted) for shelf, wanted in wishes if shelf.item.sku not in without]
        wished = {shelf.item.sku for shelf, _ in wishes}
        uncounted, offered = 0, bool(wishes)
        for sku in self.selling_skus(tx):
            if sku in wished:
                continue
            item = self._catalogue.by_sku(sku)
            offers = self.offers(item, tx) if item is not None and sku not in without and not item.blocked else []
            if item is None or not offers:
                continue
            offered = True
            shelf = self.shelf(item, on_order.get(sku, 0), tx)
            if shelf.on_hand is None:
                uncounted += 1
            elif wanted := self._wanted(shelf, offers):
                candidates.append((shelf, wanted))
        return Found(tuple(sorted(self._chosen(candidates), key=lambda short: short.urgency)), uncounted, offered)

    def offers(self, item: Item, tx: Transaction) -> list[SupplierOffer]:
        """Of suppliers that the shop works with."""
        return [offer for offer in tx.supplier_offers.of(item.sku, item.gtin) if offer.supplier in self._suppliers]

    def shelf(self, item: Item, on_order: int, tx: Transaction) -> Shelf:
        on_hand = tx.stock.on_hand(item.sku)
        free = (on_hand or 0) - self._selling.reserved(item.sku, tx)
        return Shelf(item, on_hand, max(0, free) // PIECE + on_order, tuple(self._selling.daily(item.sku, tx)))

    def rop(self, shelf: Shelf, offer: SupplierOffer, supplier: Supplier) -> int:
        """Pieces below which these goods may run out before what is ordered of this supplier is here."""
        return reorder_point(shelf.daily, offer.lead_days, supplier.review_days, self._z_centi)

    def item(self, sku: str) -> Item | None:
        return self._catalogue.by_sku(sku)

    def selling_skus(self, tx: Transaction) -> Sequence[str]:
        return [sku for sku in self._selling.skus(tx) if not tx.plans.is_dropped(sku)]

    def _wished(self, on_order: Mapping[str, int], tx: Transaction) -> list[tuple[Shelf, list[Wanted]]]:
        """One pack of each goods that a plan brought, once somebody offers them, known to the catalogue or not yet."""
        found = []
        for wish in tx.plans.wishes():
            item = self._catalogue.by_sku(wish.sku) or Item(wish.sku, wish.name, None, Gtin14(wish.sku.zfill(14)))
            offers = self.offers(item, tx) if not on_order.get(wish.sku) else []
            if offers:
                shelf = Shelf(item, tx.stock.on_hand(wish.sku), 0, ())
                found.append((shelf, [Wanted(offer, 1) for offer in offers]))
        return found

    def _wanted(self, shelf: Shelf, offers: Sequence[SupplierOffer]) -> list[Wanted]:
        """What each offer would bring; none while there is enough for each of them."""
        found = []
        for offer in offers:
            missing = self.rop(shelf, offer, self._suppliers[offer.supplier]) - shelf.available
            if missing > 0:
                found.append(Wanted(offer, missing))
        return found

    def _chosen(self, candidates: Sequence[tuple[Shelf, list[Wanted]]]) -> list[Shortage]:
        """First by the goods alone; then with what the delivery of so much adds to each supplier's price."""
        first = [_best(shelf, wanted, lambda _: Fraction(0)) for shelf, wanted in candidates]
        goods: dict[str, int] = {}
        for found in first:
            supplier = found.wanted.offer.supplier
            goods[supplier] = goods.get(supplier, 0) + found.wanted.amount
        return [
            Shortage(shelf, _best(shelf, wanted, self._share_of(found.wanted, goods)))
            for (shelf, wanted), found in zip(candidates, first, strict=True)
        ]

    def _share_of(self, first: Wanted, goods: Mapping[str, int]) -> Callable[[Wanted], Fraction]:
        """`goods`: what each supplier would deliver; `first`: what of these goods is in that already."""

        def share(wanted: Wanted) -> Fraction:
            supplier = self._suppliers[wanted.offer.supplier]
            amount = goods.get(supplier.id, 0) + (0 if wanted is first else wanted.amount)
            return Fraction(supplier.fee(Fen(amount)), amount) if amount else Fraction(0)

        return share


def _best(shelf: Shelf, wanted: Sequence[Wanted], share_of: Callable[[Wanted], Fraction]) -> Best:
    return best(wanted, share_of, lasts_days=shelf.lasts, daily_milli=shelf.mean)


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
        n, item.sku, item.name, offer.pack, min(MAX_PACKS, chosen.wanted.packs), offer.net,
        on_hand=short.shelf.on_hand, carton=offer.carton, why="" if chosen.why == ALONE else chosen.why,
        compared=compared if len(compared) > 1 else (),
    )  # fmt: skip
