"""A sale that is paid is completed: journal, stock, print job, drawer pulse and outbox row in the one commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from edge.messages import SaleBooked, Say, Tone
from edge.model.counter import Counter
from edge.model.day_records import TrainingSale
from edge.model.records import SaleCompleted
from edge.model.sale import Line, Method, Sale
from edge.model.service_order import ServiceState, ordered, ordered_by
from edge.model.shipment import fees, sent_by
from edge.ports import Licences, Transaction
from edge.services.licences import bars, licensed
from edge.services.refusal import refuse
from edge.services.till_day import TillRules, day_and_shift


class Completion:
    """`online` tells whether the cloud was there when the sale was made; it never decides whether it is made."""

    def __init__(self, rules: TillRules, licences: Licences, *, online: Callable[[], bool]) -> None:
        self.rules = rules
        self.online = online
        self._licences = licences

    def is_closed_to(self, sale: Sale, tx: Transaction) -> bool:
        """Whether no money is taken for `sale` now; why, is said then.

        What others do for the customer is paid while they can be asked (row 72), while a licence lets it be sold, and
        with money: what a coupon paid is given back to nobody.
        """
        orders = [tx.services.find(ordered_by(line.sku) or "") for line in ordered(sale.standing)]
        if orders and not self.online():
            refuse(Say("svc.offline", Tone.ERROR), tx, order=orders[0].id if orders[0] is not None else "")
            return True
        if (orders or fees(sale.standing)) and any(tender.method is Method.COUPON for tender in sale.tenders):
            refuse(Say("coupon.no_services", Tone.ERROR), tx)
            return True
        for order in orders:
            if order is None or order.state is not ServiceState.QUOTED:
                continue  # goods that have come are paid whoever may order new ones
            if bars(order.offer, self._licences, tx):
                return True
        return any(self._bars_fee(line, tx) for line in fees(sale.standing))

    def _bars_fee(self, line: Line, tx: Transaction) -> bool:
        """Parcels are sent by a platform's licence. A fee of which nothing is known leaves by itself (`FeeExpiry`)."""
        shipment = tx.shipments.find(sent_by(line.sku) or "")
        offers = self._licences.platforms.sending(shipment.carrier) if shipment is not None else ()
        return shipment is not None and not licensed(offers, self._licences, tx)

    def complete(self, sale: Sale, tx: Transaction, *, asked_mono: float, on_counter: bool = True) -> None:
        """Book `sale`, which is COMPLETED. Not `on_counter`: it was parked, and another may lie on the counter.

        Of practice only an event is kept (row 37).
        """
        if on_counter:
            tx.keep(Counter())
        if sale.training:
            tx.append(TrainingSale(sale, self.rules.till))
            return
        day, receipt, shift = self.number(tx)
        completed = SaleCompleted(sale, receipt, day, self.rules.till, offline=not self.online(), shift=shift)
        entry = tx.append(completed, id=sale.id)
        tx.after_commit(SaleBooked(entry.n, receipt, sale.total, len(sale.standing), asked_mono))

    def number(self, tx: Transaction) -> tuple[date, str, str]:
        """The business day of now, its next receipt number, and the open shift; each begins with what is booked."""
        day, shift = day_and_shift(tx, self.rules)
        number = tx.sales.next_receipt_no(day, self.rules.till)
        return day, f"{day:%y%m%d}-{self.rules.till}-{number:04d}", shift
