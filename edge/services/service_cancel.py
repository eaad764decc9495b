"""A customer does not want it any more: before it is paid its slip is given up; afterwards the provider decides (74).

card 取消这个业务 ──► scan of its slip ──► not paid: over
                                      done: asked about ──Enter──► up/req service.cancel ──► money back, less the fee
                                                                                         └──► it stays as it was

Cash is given to somebody who stands here: an answer that comes later waits until the slip is scanned once more.
"""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.clock import Clk
from edge.messages import Asked, AskedAtDesk, Confirmed, Say, ServiceSlipScanned, Tone
from edge.model.counter import DESK, Counter, Verb, Waiting, at_rest
from edge.model.service_order import ServiceEvent, ServiceOrder, ServiceState
from edge.model.service_records import ServiceCancelled
from edge.ports import Transaction
from edge.services.basket import ask_confirm, basket_view, question, unanswered
from edge.services.order_custody import in_a_basket, is_being_fetched
from edge.services.refusal import refuse, told
from edge.services.service_ends import ServiceEnds
from edge.services.service_payback import ServicePayback
from edge.services.service_requests import ServiceRequests
from edge.services.service_slips import how_it_stands
from edge.services.shifts import needs_shift


class ServiceCancels:
    def __init__(self, bus: Bus, requests: ServiceRequests, ends: ServiceEnds, payback: ServicePayback) -> None:
        self._requests = requests
        self._payback = payback
        self._ends = ends
        bus.on(Asked, self._asked)
        bus.on(AskedAtDesk, self._by_hand)
        bus.on(ServiceSlipScanned, self._scanned)
        bus.on(Confirmed, self._confirmed)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        """While something is begun at the desk the card drops that, whoever began it."""
        counter = tx.counter
        is_begun = counter.waiting in DESK and counter.verb is not Verb.COLLECT_ORDER
        if asked.verb is not Verb.CANCEL_SERVICE or is_begun:
            return
        if not self._requests.online():
            refuse(Say("svc.offline", Tone.ERROR), tx)
        elif (first := unanswered(counter)) is not None:
            tx.after_commit(first)
        else:
            tx.keep(Counter(counter.sale, Waiting.SERVICE, verb=Verb.CANCEL_SERVICE))
            tx.after_commit(question(tx.counter))

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        if not _is_awaited(tx):
            return
        if asked.verb is Verb.ENTER:
            tx.after_commit(question(tx.counter))
        else:
            self._end("ask.dropped", tx, tone=Tone.OK)

    def _scanned(self, scanned: ServiceSlipScanned, tx: Transaction) -> None:
        if not _is_awaited(tx):
            return
        order = tx.services.by_slip(scanned.number)
        if order is None:
            refuse(Say("svc.not_ours", Tone.ERROR), tx)
        elif order.state is ServiceState.QUOTED and in_a_basket(order, tx):
            self._end("svc.remove_line", tx, order=order)
        elif order.state is ServiceState.QUOTED:
            tx.append(ServiceCancelled(order.moved(ServiceEvent.DROP, tx.stamp.at), "dropped"))
            self._end("svc.dropped", tx, tone=Tone.OK)
        elif order.state is ServiceState.CANCELLING:
            self._ask_again(order, tx)
        elif order.state is not ServiceState.COMPLETED:
            self._end(how_it_stands(order), tx, order=order)
        elif is_being_fetched(order, tx):
            self._end("svc.in_bill", tx, order=order)
        elif not order.cancellable:
            self._end("svc.no_cancel", tx, order=order)
        elif _is_too_late(order, tx):
            self._end("svc.too_late", tx, order=order)
        else:
            self._ask(order, tx)

    def _ask(self, order: ServiceOrder, tx: Transaction) -> None:
        """With what comes back, where its provider has said what it keeps."""
        tx.keep(replace(at_rest(tx.counter.sale), barcode=order.id))
        if order.back_fee is None or not order.sale:
            ask_confirm(Verb.CANCEL_SERVICE, order.price, tx)
        else:
            ask_confirm(Verb.CANCEL_BACK, self._payback.owed(order, tx, fee=order.back_fee), tx)

    def _ask_again(self, order: ServiceOrder, tx: Transaction) -> None:
        """Somebody stands here again to whom the money can be given."""
        self._ends.is_here(order.id, tx)
        self._requests.cancel(order.id, tx)
        self._end("svc.asking_back", tx, tone=Tone.ATTENTION)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        if confirmed.verb not in (Verb.CANCEL_SERVICE, Verb.CANCEL_BACK) or confirmed.barcode is None:
            return
        order = tx.services.find(confirmed.barcode)
        if order is None or order.state is not ServiceState.COMPLETED or is_being_fetched(order, tx):
            self._end("svc.over", tx, order=order)
        elif _is_too_late(order, tx):
            self._end("svc.too_late", tx, order=order)
        elif needs_shift(tx):
            self._end("shift.needed", tx, order=order)
        elif not self._requests.online():
            self._end("svc.offline", tx, order=order)
        else:
            self._ends.is_here(order.id, tx)
            tx.append(ServiceCancelled(order.moved(ServiceEvent.ASK_BACK, tx.stamp.at), "asked"))
            self._end("svc.asking_back", tx, tone=Tone.ATTENTION)

    def _end(
        self, prompt: str, tx: Transaction, *, tone: Tone = Tone.ERROR, order: ServiceOrder | None = None
    ) -> None:  # fmt: skip
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        told(Say(prompt, tone), tx, offer=order.offer if order else "", order=order.id if order else "")


def _is_awaited(tx: Transaction) -> bool:
    return tx.counter.waiting is Waiting.SERVICE and tx.counter.verb is Verb.CANCEL_SERVICE


def _is_too_late(order: ServiceOrder, tx: Transaction) -> bool:
    """By a clock that nobody trusts its provider decides."""
    return order.back_until is not None and tx.stamp.clk is not Clk.UNSYNC and tx.stamp.at >= order.back_until
