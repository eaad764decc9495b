"""Goods that a supplier brought: scanned piece by piece or by the carton, with an order or without (product row 86)."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import DeliveryScanned, Say, Show, Tone, View
from edge.model.counter import DESK, Counter, Verb, Waiting
from edge.model.money import Milli, quantity_text
from edge.model.receiving_slip import receiving_slip
from edge.model.records import LotNoted, PurchaseClaimed, StockMoved
from edge.model.slip import Slip
from edge.model.stock import Act, Arrived, Delivery, Desk, arrivals, lots_of, portions
from edge.model.stock_records import LINES_MAX
from edge.ports import Deliveries, Transaction
from edge.services.basket import end_emptied
from edge.services.drawer_count import SlipWords, has_basket
from edge.services.lots import Dates
from edge.services.slips import local_time, print_slip
from edge.services.store_room import enter, tell
from edge.services.training import practising

_ORDER = "receiving.order"
"""In `meta`: the order that what was scanned is of; empty: none is known."""
_FREE_HANDS = frozenset({Waiting.NOTHING, Waiting.RECEIVE, Waiting.PURCHASE})
"""A slip that is read gives way to the goods."""


class Receiving:
    """A trade of `StoreRoom`. `deliveries` knows what was ordered, and is told in the same transaction what came."""

    asks, desk, waiting, verb = True, Desk.RECEIVE, Waiting.RECEIVE, Verb.RECEIVE

    def __init__(self, bus: Bus, deliveries: Deliveries, words: SlipWords, zone: ZoneInfo) -> None:
        self._deliveries = deliveries
        self.words = words
        self._zone = zone
        self._dates = Dates(words, zone)
        bus.on(DeliveryScanned, self._opened)

    def _opened(self, scanned: DeliveryScanned, tx: Transaction) -> None:
        """The order's slip or its waybill: at rest it opens the receiving, while goods come it says of what."""
        before, waiting = tx.get(_ORDER) or "", tx.counter.waiting
        delivery = self._deliveries.expected(scanned.order, tx)
        if delivery is None:
            tx.after_commit(Say("recv.no_order", Tone.ERROR))
        elif waiting in DESK:
            tx.after_commit(Say("recv.not_parcel", Tone.ERROR))
        elif practising(tx):
            tx.after_commit(Say("train.not_now", Tone.ATTENTION))
        elif waiting not in _FREE_HANDS or has_basket(tx):
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
        elif before not in ("", scanned.order) and tx.stock_acts.size(Desk.RECEIVE):
            tx.after_commit(Say("recv.other", Tone.ERROR))
        else:
            end_emptied(tx)
            tx.put(_ORDER, scanned.order)
            self._deliveries.begun(scanned.order, tx)
            enter(self, tx)
            tx.after_commit(Say("recv.order", Tone.ATTENTION, words=(("n", str(len(delivery.lines))),)))

    def opened(self, tx: Transaction) -> None:
        """The question is enough."""

    def prepared(self, act: Act, tx: Transaction) -> Act:
        return replace(act, damaged=False)

    def total(self, sku: str, tx: Transaction) -> Milli:
        return tx.stock_acts.total(Desk.RECEIVE, sku)

    def told(self, act: Act, total: Milli, tx: Transaction) -> Say:
        return Say("stock.recv", words=(("item", act.name), ("n", quantity_text(total))))

    def by_number(self, text: str, tx: Transaction) -> bool:
        """Six digits are the date of what was scanned last, and of the same goods scanned before it without one."""
        return self._dates.keyed(Desk.RECEIVE, text, tx, all_before=True)

    def by_card(self, verb: Verb, tx: Transaction) -> bool:
        """报损: what was scanned last came broken, or not after all. 保质期: its date is asked."""
        act, counter = tx.stock_acts.newest(Desk.RECEIVE), tx.counter
        if act is None or act.qty is None or counter.barcode is None or verb not in (Verb.WRITE_OFF, Verb.EXPIRY):
            return False
        if verb is Verb.EXPIRY:
            tx.after_commit(Say("exp.key", Tone.ATTENTION, words=(("item", act.name), ("n", quantity_text(act.qty)))))
            return True
        turned = replace(act, damaged=not act.damaged)
        tx.stock_acts.change(turned)
        tx.keep(Counter(waiting=Waiting.RECEIVE, barcode=counter.barcode))
        if turned.damaged:
            tx.after_commit(Show(View.TEXT, name=f"{act.name} {quantity_text(act.qty)}"))
            tx.after_commit(Say("recv.damaged", words=(("item", act.name), ("n", quantity_text(act.qty)))))
        else:
            tell(self, turned, tx)
        return True

    def all_scanned(self, tx: Transaction) -> int | None:
        return len({act.sku for act in tx.stock_acts.of(Desk.RECEIVE)})

    def book(self, tx: Transaction) -> None:
        acts, of, order = tx.stock_acts.of(Desk.RECEIVE), tx.new_id(), tx.get(_ORDER) or ""
        delivery = self._deliveries.expected(order, tx) if order else None
        came = arrivals(acts, delivery)
        for some in portions((one for one in came if one.whole), LINES_MAX):
            costs = tuple((one.sku, one.cost) for one in some if one.cost is not None)
            tx.append(StockMoved(of, "received", tuple((one.sku, one.whole) for one in some), costs))
        for lot in lots_of(acts):
            tx.append(LotNoted(lot.sku, lot.qty, lot.until, "received"))
        for claimed in portions((one.claim for one in came if one.is_claimed), LINES_MAX):
            tx.append(PurchaseClaimed(of, order, claimed))
        if delivery is not None:
            self._deliveries.arrived(delivery, of, came, tx)
        print_slip(self._slip(came, delivery, tx), tx, of=of)
        differ = sum(1 for one in came if one.is_claimed)
        prompt = "recv.differs" if differ else "recv.done"
        tx.after_commit(Say(prompt, words=(("n", str(differ or len(came))),)))

    def dropped(self, tx: Transaction) -> None:
        tx.put(_ORDER, "")

    def _slip(self, came: tuple[Arrived, ...], delivery: Delivery | None, tx: Transaction) -> Slip:
        now = local_time(tx.stamp.at, self._zone)
        return receiving_slip(came, delivery, shop=self.words.shop, now=now, language=self.words.spoken(tx))
