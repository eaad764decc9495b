"""What was paid is submitted once, and asked about until it has an end; the end is booked, printed and said (B4).

sale completed ──► paid ──► submitted ──► completed, proof slip          failed, failure slip, money back
                              └── no answer, no link, no power ──► unknown, slip 处理中 ──► asked about, ever less often
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from itertools import count

from edge.bus import Bus
from edge.codec import wire_service as wire
from edge.codec.day_record_body import CURRENCY
from edge.codec.wire_down import Response
from edge.messages import MessageFailed, Say, Started, Tone
from edge.model import service_records as r
from edge.model.records import SaleCompleted
from edge.model.service_order import OPEN, ServiceEvent, ServiceOrder, ServiceState, ordered, ordered_by
from edge.ports import Transaction
from edge.services.link import LinkLost, Welcomed
from edge.services.order_custody import is_late
from edge.services.refusal import refuse
from edge.services.service_ends import ServiceEnds
from edge.services.service_papers import ServicePapers
from edge.services.service_requests import ServiceRequests

AGAIN_S = 4.0
TIMES = 3
"""A submission that has no answer leaves again after AGAIN_S, so many times in all; then nobody knows how it ended."""
FIRST_S, LONGEST_S = 5.0, 600.0
"""Between two questions about an order lies half of the time since nobody knows, within these."""
RETRY_S = 2.0
"""How soon a step that found no room on the disk is tried again."""

_ASKED = {ServiceState.UNKNOWN: wire.QUERY, ServiceState.CANCELLING: wire.CANCEL}

_log = logging.getLogger("edge.service")


@dataclass(frozen=True, slots=True)
class SubmitService:
    """An effect: this order is paid, and is to be carried out."""

    order: str


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """An effect: this order is to be carried out, and paid when it is fetched."""

    order: str


@dataclass(frozen=True, slots=True)
class ServiceSilent:
    """A timer: has this submission been answered? `times`: how often it left."""

    order: str
    times: int


@dataclass(frozen=True, slots=True)
class AskService:
    """A timer: has this order an end? Only the newest `chain` of questions goes on."""

    order: str
    chain: int


_STEPS = (SubmitService, PlaceOrder, ServiceSilent)
"""Each comes once: one that fails comes again. An AskService arms the next one before anything can fail."""


class ServiceOrders:
    def __init__(self, bus: Bus, requests: ServiceRequests, papers: ServicePapers, ends: ServiceEnds) -> None:
        self._bus = bus
        self._requests = requests
        self._papers = papers
        self._ends = ends
        self._numbers = count(1)
        self._chains: dict[str, int] = {}
        bus.on(Started, self._resume)
        bus.on(SaleCompleted, self._sold)
        bus.on(SubmitService, self._submit)
        bus.on(PlaceOrder, self._place)
        bus.on(ServiceSilent, self._silent)
        bus.on(AskService, self._ask_again)
        bus.on(r.ServiceCancelled, self._cancelled)
        bus.on(Response, self._answered)
        bus.on(LinkLost, self._link_lost)
        bus.on(Welcomed, self._welcomed)
        bus.on(MessageFailed, self._not_done)

    # --- asked for -------------------------------------------------------------------------------------------------

    def _sold(self, record: SaleCompleted, tx: Transaction) -> None:
        """It leaves after this commit: until then a power cut leaves nothing paid and nothing submitted."""
        for line in ordered(record.sale.standing):
            order = tx.services.find(ordered_by(line.sku) or "")
            is_payable = order is not None and (order.state is ServiceState.QUOTED or order.is_due)
            if order is None or not is_payable:
                _log.error("a line was paid for a service that nobody ordered: %s", line.sku)
                tx.after_commit(Say("svc.no_order", Tone.ALARM))
                continue
            paid = order.moved(ServiceEvent.PAY, tx.stamp.at)
            paid = replace(paid, sale=record.sale.id, paid_at=tx.stamp.at)
            tx.append(r.ServicePaid(paid, record.business_day))
            if paid.state is ServiceState.PAID:
                tx.after_commit(SubmitService(order.id))

    def _place(self, place: PlaceOrder, tx: Transaction) -> None:
        """Not yet while the cloud cannot be asked: its slip stays good, and nobody was told otherwise."""
        order = tx.services.find(place.order)
        if order is None or order.state is not ServiceState.QUOTED:
            return
        if self._requests.online():
            self._begin(order.moved(ServiceEvent.PLACE, tx.stamp.at), tx)
            tx.after_commit(Say("ord.placed", Tone.OK))
        else:
            refuse(Say("svc.offline", Tone.ERROR), tx, offer=order.offer, order=order.id)

    def _submit(self, submit: SubmitService, tx: Transaction) -> None:
        order = tx.services.find(submit.order)
        if order is None or order.state is not ServiceState.PAID:
            return
        if not self._requests.online():
            self._lose(order, "offline", tx)
            return
        self._begin(order.moved(ServiceEvent.SUBMIT, tx.stamp.at), tx)

    def _begin(self, submitted: ServiceOrder, tx: Transaction) -> None:
        self._bus.after(AGAIN_S, ServiceSilent(submitted.id, 1))
        tx.append(r.ServiceSubmitted(submitted))
        self._send(submitted, tx)

    def _send(self, order: ServiceOrder, tx: Transaction) -> None:
        """Under its own id each time: the provider does it once (row 70)."""
        goods = tx.online_orders.find(order.id)
        slot = goods.slot or None if goods is not None else None
        args = wire.ServiceSubmitArgs(
            soid=order.id, sale=order.sale or None, cur=CURRENCY, price=order.price, slot=slot
        )  # fmt: skip
        self._requests.send(wire.SUBMIT, args, tx, cid=order.id)

    def _silent(self, silent: ServiceSilent, tx: Transaction) -> None:
        order = tx.services.find(silent.order)
        if order is None or order.state is not ServiceState.SUBMITTED:
            return
        if silent.times >= TIMES:
            self._lose(order, "silence", tx)
            return
        self._bus.after(AGAIN_S, ServiceSilent(order.id, silent.times + 1))
        self._send(order, tx)
        if silent.times == 1:
            tx.after_commit(Say("svc.wait", Tone.ATTENTION))

    # --- nobody knows ----------------------------------------------------------------------------------------------

    def _lose(self, order: ServiceOrder, why: str, tx: Transaction) -> None:
        """Once: the slip says where to ask, and from now on it is asked about."""
        lost = order.moved(ServiceEvent.LOSE, tx.stamp.at)
        tx.append(r.ServiceUnknown(lost, why))
        self._papers.pending(lost, tx)
        tx.after_commit(Say("svc.pending", Tone.ATTENTION))
        self._begin_chain(lost, tx)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """Power was lost in the middle: what was being done nobody knows. It is never forgotten, nor done twice."""
        for order in tx.services.open():
            if order.state in (ServiceState.PAID, ServiceState.SUBMITTED):
                self._lose(order, "power", tx)
            else:
                self._begin_chain(order, tx)

    def _link_lost(self, _: LinkLost, tx: Transaction) -> None:
        for order in tx.services.open():
            if order.state is ServiceState.SUBMITTED:
                self._lose(order, "link", tx)

    def _cancelled(self, record: r.ServiceCancelled, tx: Transaction) -> None:
        """The provider is to be asked to take it back: at once, and until it has answered."""
        if record.order.state is ServiceState.CANCELLING:
            self._begin_chain(record.order, tx)
            self._ask(record.order, tx)

    def _begin_chain(self, order: ServiceOrder, tx: Transaction) -> None:
        """A chain of before ends."""
        self._chains[order.id] = next(self._numbers)
        self._bus.after(_wait_s(order, tx), AskService(order.id, self._chains[order.id]))

    def _ask_again(self, again: AskService, tx: Transaction) -> None:
        """While the link is down only the time goes by."""
        order = tx.services.find(again.order)
        if again.chain != self._chains.get(again.order):
            return
        if order is None or order.state not in _ASKED:
            del self._chains[again.order]
            return
        self._bus.after(_wait_s(order, tx), again)
        self._ask(order, tx)

    def _ask(self, order: ServiceOrder, tx: Transaction) -> None:
        if order.state in _ASKED:
            self._requests.send(_ASKED[order.state], wire.ServiceOrderArgs(soid=order.id), tx)

    def _welcomed(self, _: Welcomed, tx: Transaction) -> None:
        """The cloud is back: all that is open is asked at once, beside the timers."""
        for order in tx.services.open():
            self._ask(order, tx)

    def _not_done(self, failed: MessageFailed, tx: Transaction) -> None:
        if isinstance(failed.message, _STEPS):
            self._bus.after(RETRY_S, failed.message)

    # --- what the cloud says ---------------------------------------------------------------------------------------

    def _answered(self, response: Response, tx: Transaction) -> None:
        """Believed by the question that this box asked, by id and by price, and only while the order has no end, or
        its goods do not come. What else comes of it later is believed when it is signed (`ServiceEnds.changed`).
        """
        kind, order_id = self._requests.about(response.cid)
        order = tx.services.find(order_id) if kind != wire.QUOTE else None
        if order is None:
            return
        if not response.ok:
            self._refused(response, kind, order, tx)
        elif (answer := wire.read_answer(response)) is None:
            _log.warning("an answer about service order %s cannot be read: %s", order.id, response.state)
        elif answer.soid != order.id or not self._ends.fits(answer, order, response.state or "", tx):
            if order.state is ServiceState.SUBMITTED:
                self._lose(order, "amount", tx)
        elif kind == wire.QUERY and order.state is ServiceState.COMPLETED and self._is_late(order, tx):
            self._ends.hear(order, response.state or "", answer, tx, kind=kind)
        elif order.state not in OPEN:
            self._ends.note(order, response.state or "", tx)
        elif response.state == "quoted":
            if order.state is ServiceState.UNKNOWN:  # it never arrived, or was never sent
                self._send(order, tx)
        elif response.state == "unknown":
            if order.state is ServiceState.SUBMITTED:
                self._lose(order, "provider", tx)
        else:
            self._ends.hear(order, response.state or "", answer, tx, kind=kind)

    def _is_late(self, order: ServiceOrder, tx: Transaction) -> bool:
        """Whether goods are asked about that do not come (`LateOrders`)."""
        goods = tx.online_orders.find(order.id)
        return goods is not None and is_late(goods, self._papers.today(tx), tx)

    def _refused(self, response: Response, kind: str, order: ServiceOrder, tx: Transaction) -> None:
        """The request was not carried out. For good that is an end; but another order under the same id is none."""
        code, again = (response.err.code, response.err.retry) if response.err else ("internal", True)
        _log.warning("%s of service order %s was refused: %s", kind, order.id, code)
        if again or kind == wire.QUERY:
            return
        if code == "service.conflict":
            if order.state is ServiceState.SUBMITTED:
                self._lose(order, "conflict", tx)
        elif kind == wire.SUBMIT and order.state in (ServiceState.SUBMITTED, ServiceState.UNKNOWN):
            self._ends.fail(order, code, tx)
        elif kind == wire.CANCEL and order.state is ServiceState.CANCELLING:
            self._ends.keep(order, tx)


def _wait_s(order: ServiceOrder, tx: Transaction) -> float:
    """Ever longer, also over restarts: it follows from the ledger alone."""
    return min(LONGEST_S, max(FIRST_S, (tx.stamp.at - order.at).total_seconds() / 2))
