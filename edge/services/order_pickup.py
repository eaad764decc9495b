"""What was ordered for a customer is fetched: card 到店自提 and its slip, or the slip alone (product rows 72, 75).

slip ──► not here yet: when        here, and paid: its door opens, or its shelf is named
         called off: no            here, not paid: into the bill ──paid──► the same

A parcel that is not paid goes with nobody, whatever code is shown (`order_custody.kept_by`). What is paid and here
is handed out without a network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.messages import Asked, AskedAtDesk, OrderShown, Say, Tone
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.online_order import OnlineOrder
from edge.model.parcel import CLAIMABLE, ParcelState
from edge.model.parcel_records import ParcelCollected, ParcelStored
from edge.model.service_order import ServiceOrder, ServiceState, add_order
from edge.model.service_records import ServiceHandedOver, ServicePaid
from edge.ports import Transaction
from edge.services.basket import basket_view, question, unanswered, waits_for_wallet, wallet_words
from edge.services.new_line import put_in
from edge.services.offers import Offers
from edge.services.order_custody import in_a_basket, is_late, parcels_of
from edge.services.order_desk import is_offered
from edge.services.pickup import CodeRight
from edge.services.refusal import refuse, told
from edge.services.service_desk import LASTS_S
from edge.services.service_papers import ServicePapers

SLIP = "slip"
"""How a parcel was asked for."""


@dataclass(frozen=True, slots=True)
class SlipDue:
    """A timer: has the slip been scanned that the card announced?"""

    serial: int


class OrderPickup:
    """`online`: whether the cloud is there, without which nothing new is paid (row 72)."""

    def __init__(self, bus: Bus, offers: Offers, papers: ServicePapers, *, online: Callable[[], bool]) -> None:
        self._bus = bus
        self._offers = offers
        self._online = online
        self._papers = papers
        self._serial = 0
        bus.on(Asked, self._asked)
        bus.on(AskedAtDesk, self._by_hand)
        bus.on(OrderShown, self._shown)
        bus.on(ServicePaid, self._paid)
        bus.on(ParcelStored, self._arrived)
        bus.on(ParcelCollected, self._collected)
        bus.on(SlipDue, self._due)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is not Verb.COLLECT_ORDER or is_offered(tx.counter):
            return
        if tx.counter.waiting is not Waiting.ORDER and (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
            return
        tx.keep(Counter(tx.counter.sale, Waiting.ORDER, verb=Verb.COLLECT_ORDER))
        self._serial += 1
        self._bus.after(LASTS_S, SlipDue(self._serial))
        tx.after_commit(question(tx.counter))

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        if not _waits(tx.counter):
            return
        if asked.verb is Verb.ENTER:
            tx.after_commit(question(tx.counter))
        else:
            self._rest(tx)
            tx.after_commit(Say("ask.dropped"))

    def _due(self, due: SlipDue, tx: Transaction) -> None:
        if due.serial == self._serial and _waits(tx.counter):
            self._rest(tx)

    def _rest(self, tx: Transaction) -> None:
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))

    # --- who wants it ----------------------------------------------------------------------------------------------

    def _shown(self, shown: OrderShown, tx: Transaction) -> None:
        order, goods = tx.services.find(shown.order), tx.online_orders.find(shown.order)
        if order is None or goods is None:
            refuse(Say("svc.over", Tone.ERROR), tx, order=shown.order)
            return
        if _waits(tx.counter):
            self._rest(tx)
        here = tuple(parcel.id for parcel in parcels_of(goods, tx) if parcel.state in CLAIMABLE)
        if order.state is not ServiceState.COMPLETED:
            refuse(Say("ord.called_off", Tone.ERROR), tx, offer=order.offer, order=order.id)
        elif order.is_due and (here or goods.handed_at is not None):
            self._into_bill(order, tx)
        elif goods.slot:
            tx.after_commit(Say("ord.at_home", Tone.ATTENTION, words=(("what", goods.slot),)))
        elif here:
            tx.after_commit(CodeRight(here, SLIP, ""))
        else:
            told(self._not_here(goods, order, tx), tx, offer=order.offer, order=order.id)

    def _not_here(self, goods: OnlineOrder, order: ServiceOrder, tx: Transaction) -> Say:
        today = self._papers.today(tx)
        if any(parcel.state is ParcelState.MISSING for parcel in parcels_of(goods, tx)):
            return Say("parcel.ask_owner", Tone.ATTENTION)
        if goods.handed_at is not None:
            return Say("ord.gone", Tone.ERROR)
        if is_late(goods, today, tx) and order.cancellable:
            return Say("ord.overdue" if order.sale else "ord.overdue_unpaid", Tone.ATTENTION)
        days = (goods.comes_on - today).days if goods.comes_on is not None else -1
        return Say("ord.coming" if days > 0 else "ord.late", Tone.ATTENTION, words=(("n", str(max(0, days))),))

    def _into_bill(self, order: ServiceOrder, tx: Transaction) -> None:
        if in_a_basket(order, tx):
            refuse(Say("svc.in_bill", Tone.ATTENTION), tx, offer=order.offer, order=order.id)
        elif not self._online():
            refuse(Say("svc.offline", Tone.ERROR), tx, offer=order.offer, order=order.id)
        elif waits_for_wallet(tx.counter):
            tx.after_commit(wallet_words(tx.counter))
        elif (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
        else:
            tx.keep(at_rest(tx.counter.sale))
            language = self._papers.language_of(tx)
            if put_in(lambda sale, _: add_order(sale, order, language), self._offers, tx):
                tx.after_commit(Say("ord.pay_first", Tone.ATTENTION))

    def _paid(self, record: ServicePaid, tx: Transaction) -> None:
        """Its parcel goes with the payment. Of a bill that was paid aside, with its slip."""
        if record.order.state is not ServiceState.COMPLETED:
            return
        if tx.counter.waiting is Waiting.NOTHING and tx.counter.sale is None:
            tx.after_commit(OrderShown(record.order.id))
        else:
            tx.after_commit(Say("ord.paid", Tone.OK))

    # --- where it is -----------------------------------------------------------------------------------------------

    def _arrived(self, record: ParcelStored, tx: Transaction) -> None:
        if tx.online_orders.of_parcel(record.parcel.id) is not None:
            tx.after_commit(Say("ord.here", Tone.OK))

    def _collected(self, record: ParcelCollected, tx: Transaction) -> None:
        """However it went: by its slip, by a code, by the owner's word."""
        goods = tx.online_orders.of_parcel(record.parcel.id)
        order = tx.services.find(goods.id) if goods is not None else None
        if goods is not None and order is not None and goods.handed_at is None:
            handed = replace(order, cancellable=False, at=tx.stamp.at)
            tx.append(ServiceHandedOver(handed, record.parcel.id))


def _waits(counter: Counter) -> bool:
    return counter.waiting is Waiting.ORDER and counter.verb is Verb.COLLECT_ORDER
