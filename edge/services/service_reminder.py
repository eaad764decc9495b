"""At the end of a shift the owner hears of services that were paid and have no end, or whose money is here (row 71),
and of goods that were ordered for customers and do not come (row 75).
"""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import Say, Tone
from edge.model.day_records import ShiftClosed
from edge.ports import Transaction
from edge.services.late_orders import late_orders
from edge.services.service_papers import ServicePapers

MAX_LISTED = 20
"""Orders on one slip, the oldest first; with more somebody must look at the cloud anyway."""


class ServiceReminder:
    def __init__(self, bus: Bus, papers: ServicePapers) -> None:
        self._papers = papers
        bus.on(ShiftClosed, self._closed)

    def _closed(self, _: ShiftClosed, tx: Transaction) -> None:
        owing = [order for order in tx.services.owing() if order.sale]  # what is paid later is owed to nobody yet
        found = (tx.services.find(goods.id) for goods in late_orders(self._papers, tx))
        late = [order for order in found if order is not None]
        if owing or late:
            self._papers.owing((owing + late)[:MAX_LISTED], tx)
        if owing:
            tx.after_commit(Say("svc.owing", Tone.ATTENTION, words=(("n", str(len(owing))),)))
        if late:
            tx.after_commit(Say("ord.not_come", Tone.ATTENTION, words=(("n", str(len(late))),)))
