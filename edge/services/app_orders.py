"""Orders from apps come in: put aside, said, printed; and are cancelled before they are handed out (product row 76).

order.place ──► placed, its goods put aside, slip and voice, said again until somebody picks it
order.cancel ──► cancelled, its goods the shop's again; one that comes first lets the order of later come to nothing
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec import wire_order as wire
from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.errors import WireError
from edge.messages import Say, Started, Tone
from edge.model.app_order import AppLine, AppOrder, AppOrderEvent, AppOrderState
from edge.model.app_order_records import OrderCancelled, OrderPlaced
from edge.model.app_order_slip import bag_label, off_slip, pick_slip
from edge.model.counter import Verb, Waiting, at_rest
from edge.model.licence_records import ServiceBarred
from edge.model.money import Fen
from edge.model.platform import Platforms, ServiceKind
from edge.ports import Catalogue, Licences, Transaction
from edge.services.basket import basket_view
from edge.services.commands import Answered, Ordered
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of

REMIND_S = 180.0
"""An order that nobody picks is said again: its customer waits."""
MAX_OPEN = 100
"""Put aside at one time: more is a shop that nobody picks in, and the cloud must stop selling."""


@dataclass(frozen=True, slots=True)
class OrdersWait:
    """A timer: is there an order that nobody picks?"""


@dataclass(frozen=True, slots=True)
class OrderPapers:
    """Slips of orders, as the shop prints them now."""

    shop: str
    language: str
    zone: ZoneInfo
    platforms: Platforms

    def pick(self, order: AppOrder, tx: Transaction) -> None:
        print_slip(pick_slip(order, _code(order), **self._words(order, tx)), tx)

    def bag(self, order: AppOrder, tx: Transaction) -> None:
        print_slip(bag_label(order, _code(order), **self._words(order, tx)), tx)

    def off(self, order: AppOrder, tx: Transaction) -> None:
        words = {key: word for key, word in self._words(order, tx).items() if key != "platform"}
        print_slip(off_slip(order, **words), tx)

    def _words(self, order: AppOrder, tx: Transaction) -> dict[str, str]:
        language = manner_of(tx, self.language).language
        platform = self.platforms.text(order.platform).spoken(language)
        now = local_time(tx.stamp.at, self.zone)
        return {"shop": self.shop, "platform": platform, "local_time": now, "language": language}


class AppOrders:
    """`key`: what the codes that customers show are hashed with."""

    def __init__(
        self, bus: Bus, catalogue: Catalogue, papers: OrderPapers, key: bytes, licences: Licences
    ) -> None:  # fmt: skip
        self._key = key
        self._bus = bus
        self._catalogue = catalogue
        self._papers = papers
        self._licences = licences
        self._armed = False
        bus.on(Started, self._start)
        bus.on(OrderPlaced, self._remind_later)
        bus.on(OrdersWait, self._remind)

    def place(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Carry out order.place in the transaction in which its cid is stored."""
        try:
            told = wire.read_placed(ordered.args)
        except WireError as error:
            return Answered(ordered.cid, "rejected", code=error.code, msg=error.what)
        known = tx.app_orders.find(told.oid)
        if known is not None:
            return Answered(ordered.cid, "done", out={"state": known.state.value})
        if (refused := self._refused(ordered.cid, told.platform, tx)) is not None:
            return refused
        code = wire.order_code_hash(self._key, told.code)
        other = tx.app_orders.by_code(code)
        if other is not None and other.state in (AppOrderState.PLACED, AppOrderState.PICKING, AppOrderState.PACKED):
            return Answered(ordered.cid, "failed", code="service.conflict", msg="another order has this code")
        if len(tx.app_orders.open()) >= MAX_OPEN:
            return Answered(ordered.cid, "failed", code="quota.exceeded", msg="too many orders wait here")
        order = AppOrder(told.oid, told.no, told.platform, code, self._lines(told), tx.stamp.at)
        tx.append(OrderPlaced(order))
        self._papers.pick(order, tx)
        tx.after_commit(Say("app.new", Tone.ATTENTION, words=(("n", str(order.pieces)),)))
        return Answered(ordered.cid, "done", out={"state": order.state.value})

    def _refused(self, cid: str, platform: str, tx: Transaction) -> Answered | None:
        """Orders are of a platform that licenses this shop to take them; what was placed before its end is handed out.

        Nobody stands here who asked for it: it is journaled, and not said.
        """
        offers = [offer for offer in self._papers.platforms.of_kind(ServiceKind.ORDER) if offer.platform == platform]
        if not offers:
            return Answered(cid, "rejected", code="service.refused", msg="no platform of this shop has such orders")
        refusals = [self._licences.why_not(offer.id, tx.stamp.at) for offer in offers]
        if None in refusals:
            return None
        why = refusals[0] or ""
        tx.append(ServiceBarred(offers[0].id, platform, why))
        return Answered(cid, "failed", code="service.refused", msg=why)

    def _lines(self, told: wire.PlaceArgs) -> tuple[AppLine, ...]:
        """The same goods at the same price are one line."""
        found: dict[tuple[str, int], AppLine] = {}
        for line in told.lines:
            item = self._catalogue.by_sku(line.sku)
            name = item.name if item is not None else line.name or line.sku
            one = found.get((line.sku, line.price), AppLine(line.sku, name, 0, Fen(line.price)))
            found[line.sku, line.price] = replace(one, asked=one.asked + line.qty)
        return tuple(found.values())

    def cancel(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Carry out order.cancel; one that is not known yet is never placed."""
        try:
            told = wire.read_cancelled(ordered.args)
        except WireError as error:
            return Answered(ordered.cid, "rejected", code=error.code, msg=error.what)
        order = tx.app_orders.find(told.oid)
        if order is None:
            never = AppOrder(told.oid, "", "", "", (), tx.stamp.at, AppOrderState.CANCELLED)
            tx.append(OrderCancelled(never, told.why))
        elif order.state is AppOrderState.HANDED_OVER:
            return Answered(ordered.cid, "failed", code="service.conflict", msg="it was handed out")
        elif order.state is not AppOrderState.CANCELLED:
            self._call_off(order, told.why, tx)
        return Answered(ordered.cid, "done", out={"state": AppOrderState.CANCELLED.value})

    def _call_off(self, order: AppOrder, why: str, tx: Transaction) -> None:
        off = order.moved(AppOrderEvent.CANCEL, tx.stamp.at)
        tx.append(OrderCancelled(off, why))
        self._papers.off(off, tx)
        tx.after_commit(Say("app.off", Tone.ALARM, words=(("n", order.no),)))
        counter = tx.counter
        is_in_hand = counter.waiting is Waiting.ORDER and counter.barcode == order.id
        if is_in_hand and counter.verb in (Verb.PICK_ORDER, Verb.COLLECT_ORDER):
            tx.keep(at_rest(counter.sale))
            tx.after_commit(basket_view(tx.counter))

    # --- nobody picks it -------------------------------------------------------------------------------------------

    def _start(self, _: Started, tx: Transaction) -> None:
        if tx.app_orders.open():
            self._arm()

    def _remind_later(self, _: OrderPlaced, tx: Transaction) -> None:
        self._arm()

    def _arm(self) -> None:
        if not self._armed:
            self._armed = True
            self._bus.after(REMIND_S, OrdersWait())

    def _remind(self, _: OrdersWait, tx: Transaction) -> None:
        self._armed = False
        waiting = [order for order in tx.app_orders.open() if order.state is AppOrderState.PLACED]
        if waiting:
            self._arm()
            tx.after_commit(Say("app.waits", Tone.ATTENTION, words=(("n", str(len(waiting))),)))


def _code(order: AppOrder) -> str:
    return slip_code(OwnSlip(SlipKind.SERVICE, order.slip))
