"""Card 凑满免运费: an order is filled with what the shop will need soonest, until its delivery is free.

What is added is in the order at once, marked on a new slip: minus drops it, as any line. Where nothing fits, nothing
is added: a fee is cheaper than goods that nobody buys (row 84).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.errors import ModelError
from edge.messages import Asked, Say, Tone
from edge.model.counter import Verb
from edge.model.fill import Need, Pick, fill
from edge.model.platform import Supplier
from edge.model.purchase import PROPOSALS, PurchaseLine, PurchaseOrder
from edge.model.supplier_offer import SupplierOffer
from edge.ports import Transaction
from edge.services.goods_walk import GoodsWalks, Walk
from edge.services.ordering import FillWanted, OrderFilled
from edge.services.shortages import Shelf, Shortages, pieces_on_order
from edge.services.suggesting import PurchasePapers, expire_old


@dataclass(frozen=True, slots=True)
class _Offered:
    """Goods that a supplier has, by their shelf without what the order would bring; `offers` are his."""

    shelf: Shelf
    offers: tuple[SupplierOffer, ...]


class Filling:
    def __init__(self, bus: Bus, walks: GoodsWalks, shortages: Shortages, papers: PurchasePapers) -> None:
        self._walks = walks
        self._shortages = shortages
        self._papers = papers
        bus.on(Asked, self._asked)
        bus.on(FillWanted, self._wanted)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        """Without an order in hand it is the newest proposal that a hand has chosen of, else the newest."""
        if asked.verb is not Verb.FILL_ORDER:
            return
        expire_old(tx)
        proposals = list(tx.purchases.in_states(PROPOSALS))
        touched = [order for order in proposals if order.is_touched]
        if not proposals:
            tx.after_commit(Say("fill.no_order", Tone.ATTENTION))
        else:
            self._fill((touched or proposals)[-1], tx)

    def _wanted(self, wanted: FillWanted, tx: Transaction) -> None:
        order = tx.purchases.find(wanted.order)
        if order is None or order.state not in PROPOSALS:
            tx.after_commit(Say("fill.free", Tone.ATTENTION))
        else:
            self._fill(order, tx)

    def _fill(self, order: PurchaseOrder, tx: Transaction) -> None:
        """All goods of its supplier are looked at first, in turns."""
        supplier = self._shortages.supplier(order.supplier)
        if supplier is None or not _as_taken(order, tx).gap:
            tx.after_commit(Say("fill.free", Tone.ATTENTION))
            return
        on_order, found = pieces_on_order(tx), list[_Offered]()

        def look(sku: str, tx: Transaction) -> None:
            item = None if tx.plans.is_dropped(sku) else self._shortages.item(sku)
            offers = self._shortages.offers(item, tx) if item is not None and not item.blocked else []
            his = tuple(offer for offer in offers if offer.supplier == supplier.id)
            if item is not None and his:
                shelf = self._shortages.shelf(item, on_order.get(sku, 0), tx)
                if shelf.on_hand is not None:
                    found.append(_Offered(shelf, his))

        self._walks.begin(Walk(look, lambda tx: self._fill_with(found, order.id, supplier, tx)), tx)

    def _fill_with(self, found: Sequence[_Offered], order_id: str, supplier: Supplier, tx: Transaction) -> None:
        """Of the order as it stands now: a hand may have been at it meanwhile."""
        order = tx.purchases.find(order_id)
        if order is None or order.state not in PROPOSALS:
            tx.after_commit(Say("fill.free", Tone.ATTENTION))
            return
        order = _as_taken(order, tx)
        if order.free_from is None or not order.gap:
            tx.after_commit(Say("fill.free", Tone.ATTENTION))
            return
        candidates = _candidates(order, found)
        needs = [_need(shelf, offer, supplier, self._shortages) for shelf, offer in candidates]
        picks = fill(order.goods, order.free_from, needs, self._shortages.cover_days)
        try:
            filled = _filled(order, picks, candidates, tx)
        except ModelError:
            filled = order
        if filled.gap or filled is order:
            tx.after_commit(Say("fill.none", Tone.ATTENTION))
            return
        tx.purchases.keep(filled)
        self._papers.print_proposal(filled, tx)
        tx.after_commit(OrderFilled(filled.id))
        tx.after_commit(Say("fill.done", words=(("n", str(len(picks))),)))
        tx.after_commit(Say("buy.total", amounts=(("a", filled.total),)))


def _as_taken(order: PurchaseOrder, tx: Transaction) -> PurchaseOrder:
    """Of a slip that nobody touched all of it is taken first."""
    return order if order.is_touched else order.with_all(tx.stamp.at)


def _candidates(order: PurchaseOrder, found: Sequence[_Offered]) -> list[tuple[Shelf, SupplierOffer]]:
    """In the pack of the order or in the smallest; what is in the order counts, what a hand took out stays out."""
    in_order = {line.sku: line for line in order.lines}
    candidates = []
    for goods in found:
        line = in_order.get(goods.shelf.item.sku)
        offers = [offer for offer in goods.offers if line is None or offer.pack == line.pack]
        if not offers or (line is not None and line.dropped):
            continue
        offer, taken = min(offers, key=lambda one: one.pack), line.pieces if line is not None else 0
        if taken or offer.least == 1:
            candidates.append((replace(goods.shelf, available=goods.shelf.available + taken), offer))
    return candidates


def _need(shelf: Shelf, offer: SupplierOffer, supplier: Supplier, shortages: Shortages) -> Need:
    return Need(
        shelf.item.sku, offer.net, offer.pack, shortages.rop(shelf, offer, supplier),
        shelf.available, shelf.demand.mean, shelf.item.shelf_max,
    )  # fmt: skip


def _filled(
    order: PurchaseOrder, picks: Sequence[Pick], candidates: Sequence[tuple[Shelf, SupplierOffer]], tx: Transaction
) -> PurchaseOrder:
    """More packs of a line that there is, or a new line. Raises ModelError when there is no room."""
    by_sku = {shelf.item.sku: (shelf, offer) for shelf, offer in candidates}
    lines = {line.sku: line for line in order.lines}
    new = []
    for pick in picks:
        line = lines.get(pick.sku)
        if line is not None:
            order = order.with_packs(line.n, line.packs + pick.packs, tx.stamp.at)
        else:
            new.append(_line(*by_sku[pick.sku], pick.packs))
    return order.with_lines(tuple(new), tx.stamp.at) if new else order


def _line(shelf: Shelf, offer: SupplierOffer, packs: int) -> PurchaseLine:
    return replace(
        PurchaseLine(0, shelf.item.sku, shelf.item.name, offer.pack, packs, offer.net, packs),
        on_hand=shelf.on_hand, carton=offer.carton, fills=True, daily=shelf.demand.mean,
    )  # fmt: skip
