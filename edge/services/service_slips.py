"""A service slip is scanned: into the bill while its quote is good; later it tells how its order stands (row 68).

Whatever cannot be paid now is refused in words, and no money moves: a slip of another shop, one that is over, one that
is in a bill already, or anything while the cloud cannot be asked (row 72).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.messages import (
    Asked,
    BagShown,
    Confirmed,
    HoldSlipScanned,
    OrderShown,
    Say,
    ServiceSlipScanned,
    Started,
    Tone,
)
from edge.model.counter import DESK, Verb, Waiting, at_rest
from edge.model.platform import ServiceKind
from edge.model.sale import Line, Sale, State, void_line
from edge.model.service_order import (
    OPEN,
    UNPAID,
    ServiceEvent,
    ServiceOrder,
    ServiceState,
    add_order,
    ordered,
    ordered_by,
)
from edge.model.service_records import ServiceCancelled, ServiceExpired
from edge.ports import Licences, Transaction
from edge.services.basket import (
    ask_confirm,
    basket_view,
    question,
    refunding,
    unanswered,
    waits_for_wallet,
    wallet_words,
)
from edge.services.licences import bars
from edge.services.new_line import keep_sale, put_in
from edge.services.offers import Offers
from edge.services.order_custody import in_a_basket, skus_in_baskets
from edge.services.refusal import refuse
from edge.services.service_papers import ServicePapers
from edge.services.service_payback import ServicePayback
from edge.services.training import practising

AGAIN_S = 5.0
"""While a wallet is waited for, or a question stands, the bill is left alone for so long."""
EXPIRED_A_TURN = 20
TIDY_S = 60.0

_OURS = (Waiting.SERVICE, Waiting.ORDER)
_STANDS = {
    ServiceState.PAID: "svc.pending", ServiceState.SUBMITTED: "svc.pending", ServiceState.UNKNOWN: "svc.pending",
    ServiceState.COMPLETED: "svc.done_before", ServiceState.CANCELLING: "svc.asking_back",
    ServiceState.REVERSED: "svc.reversed_before",
}  # fmt: skip
"""What the slip of an order tells that cannot be paid any more; of all others it is over."""


@dataclass(frozen=True, slots=True)
class OrderTaken:
    """An effect: this order is in the bill."""

    order: str


@dataclass(frozen=True, slots=True)
class OrdersDue:
    """Has an order of the bill on the counter run out? A timer, or a bill that has just come back."""


@dataclass(frozen=True, slots=True)
class QuotesDue:
    """A timer: which quotes that nobody came back for are over?"""


class ServiceSlips:
    """`online`: whether the cloud is there. `full`: no room for services (contract P11)."""

    def __init__(
        self, bus: Bus, offers: Offers, payback: ServicePayback, papers: ServicePapers, licences: Licences, *,
        online: Callable[[], bool], full: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._bus = bus
        self._offers = offers
        self._payback = payback
        self._papers = papers
        self._platforms = papers.platforms
        self._licences = licences
        self._online = online
        self._full = full
        bus.on(ServiceSlipScanned, self._scanned)
        bus.on(Confirmed, self._confirmed)
        bus.on(OrderTaken, self._taken)
        bus.on(Started, self._start)
        bus.on(Asked, self._recalled)
        bus.on(HoldSlipScanned, self._look_later)
        bus.on(ServiceCancelled, self._look_later)
        bus.on(OrdersDue, self._due)
        bus.on(QuotesDue, self._tidy)

    def _scanned(self, scanned: ServiceSlipScanned, tx: Transaction) -> None:
        counter = tx.counter
        if waits_for_wallet(counter):
            tx.after_commit(wallet_words(counter))
        elif refunding(counter) or (counter.waiting in DESK and counter.waiting not in _OURS):
            tx.after_commit(question(counter) or Say("svc.not_now", Tone.ERROR))
        elif counter.waiting is Waiting.SERVICE and counter.verb is Verb.CANCEL_SERVICE:
            pass  # `ServiceCancels` takes it
        elif practising(tx) or (counter.sale is not None and counter.sale.training):
            tx.after_commit(Say("train.not_now", Tone.ATTENTION))
        elif (order := tx.services.by_slip(scanned.number)) is None:
            bag = tx.app_orders.by_slip(scanned.number)
            if bag is not None:
                tx.after_commit(BagShown(bag.id))
            else:
                refuse(Say("svc.not_ours", Tone.ERROR), tx)
        elif order.state is ServiceState.FAILED:
            tx.keep(at_rest(counter.sale))
            self._payback.ask(order, tx)
        elif order.state in UNPAID:
            self.take(order, tx)
        elif order.state is ServiceState.COMPLETED and order.kind is ServiceKind.ORDER:
            tx.after_commit(OrderShown(order.id))
        elif order.state in OPEN:
            tx.after_commit(Say(how_it_stands(order), Tone.ATTENTION))
        else:
            _refuse(Say(how_it_stands(order), Tone.ATTENTION), order, tx)

    def take(self, order: ServiceOrder, tx: Transaction, *, is_meant: bool = False) -> None:
        """Into the bill, at exactly its price; or why not. `is_meant`: beside one like it."""
        if order.state is ServiceState.CANCELLED:
            _refuse(Say("svc.over", Tone.ERROR), order, tx)
        elif in_a_basket(order, tx):
            _refuse(Say("svc.in_bill", Tone.ATTENTION), order, tx)
        elif order.state is ServiceState.EXPIRED or tx.stamp.at >= order.until:
            self._expire(order, tx)
            _refuse(Say("svc.expired", Tone.ERROR), order, tx)
        elif not self._online():
            _refuse(Say("svc.offline", Tone.ERROR), order, tx)
        elif self._is_above_the_days(order, tx):
            _refuse(Say("svc.day_most", Tone.ERROR), order, tx)
        elif bars(order.offer, self._licences, tx):
            pass
        elif self._full():
            tx.after_commit(Say("store.full", Tone.ERROR))
        elif tx.counter.waiting not in _OURS and (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
        elif not is_meant and _has_one_like(order, tx):
            tx.keep(replace(at_rest(tx.counter.sale), barcode=order.id))
            ask_confirm(Verb.SERVICE_TWICE, order.price, tx)
        else:
            tx.keep(at_rest(tx.counter.sale))
            language = self._papers.language_of(tx)
            if put_in(lambda sale, _: add_order(sale, order, language), self._offers, tx):
                tx.after_commit(OrderTaken(order.id))

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """Both are meant; all else is looked at once more."""
        if confirmed.verb is not Verb.SERVICE_TWICE or confirmed.barcode is None:
            return
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        if (order := tx.services.find(confirmed.barcode)) is not None:
            self.take(order, tx, is_meant=True)

    def _is_above_the_days(self, order: ServiceOrder, tx: Transaction) -> bool:
        """Whether it would be more than the shop may sell of it in a business day, with what lies in a bill already."""
        offer = self._platforms.service(order.offer)
        if offer is None or offer.day_most is None:
            return False
        others = (tx.services.find(ordered_by(sku) or "") for sku in skus_in_baskets(tx) - {order.sku})
        begun = sum(other.price for other in others if other is not None and other.offer == order.offer)
        return tx.services.paid_on(order.offer, self._payback.day(tx)) + begun + order.price > offer.day_most

    # --- over ------------------------------------------------------------------------------------------------------

    def _start(self, started: Started, tx: Transaction) -> None:
        self._bus.after(TIDY_S, QuotesDue())
        self._look_later(started, tx)

    def _taken(self, taken: OrderTaken, tx: Transaction) -> None:
        order = tx.services.find(taken.order)
        if order is not None:
            self._bus.after((order.until - tx.stamp.at).total_seconds(), OrdersDue())

    def _recalled(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb in (Verb.RECALL, Verb.UNDO):
            self._look_later(asked, tx)

    def _look_later(self, _: object, tx: Transaction) -> None:
        """Once the bill lies on the counter again, or an order does not come. No effect: an empty answer stays one."""
        self._bus.after(0.0, OrdersDue())

    def _due(self, _: OrdersDue, tx: Transaction) -> None:
        """A bill that is paid in part keeps what it has: the customer is paying for it."""
        sale = tx.counter.sale
        over = [line for line in ordered(sale.standing) if self._is_over(line, tx)] if sale is not None else []
        if sale is None or not over or sale.tenders:
            return
        if sale.state in (State.OPEN, State.SUBTOTAL) and tx.counter.waiting in (Waiting.NOTHING, *_OURS):
            self._take_out(sale, over, tx)
        else:
            self._bus.after(AGAIN_S, OrdersDue())

    def _is_over(self, line: Line, tx: Transaction) -> bool:
        """One that is still good is looked at again when it ends. Of which nothing is known it is over, too."""
        order = tx.services.find(ordered_by(line.sku) or "")
        if order is not None and order.is_due:
            return False
        if order is None or order.state is not ServiceState.QUOTED:
            return True
        left_s = (order.until - tx.stamp.at).total_seconds()
        if left_s > 0:
            self._bus.after(left_s, OrdersDue())
        return left_s <= 0

    def _take_out(self, sale: Sale, over: list[Line], tx: Transaction) -> None:
        for line in over:
            sale = void_line(sale, line.n)
        if keep_sale(sale, self._offers, tx):
            refuse(Say("svc.expired", Tone.ERROR), tx, order=ordered_by(over[0].sku) or "")

    def _tidy(self, _: QuotesDue, tx: Transaction) -> None:
        self._bus.after(TIDY_S, QuotesDue())
        for order in tx.services.over(tx.stamp.at, limit=EXPIRED_A_TURN):
            if not in_a_basket(order, tx):
                self._expire(order, tx)

    def _expire(self, order: ServiceOrder, tx: Transaction) -> None:
        if order.state is ServiceState.QUOTED:
            tx.append(ServiceExpired(order.moved(ServiceEvent.EXPIRE, tx.stamp.at)))


def _has_one_like(order: ServiceOrder, tx: Transaction) -> bool:
    """Whether this bill has another of its kind and amount for what looks like the same number."""
    sale = tx.counter.sale
    others = [tx.services.find(ordered_by(line.sku) or "") for line in ordered(sale.standing)] if sale else []
    alike = (order.kind, order.subject, order.amount)
    return bool(order.subject) and any(
        one is not None and (one.kind, one.subject, one.amount) == alike for one in others
    )  # fmt: skip


def _refuse(say: Say, order: ServiceOrder, tx: Transaction) -> None:
    refuse(say, tx, offer=order.offer, order=order.id)


def how_it_stands(order: ServiceOrder) -> str:
    """The prompt that tells it of one that is paid."""
    return _STANDS.get(order.state, "svc.over")
