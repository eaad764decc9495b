"""Goods that were ordered for a customer and do not come: told once, then asked about each day (product row 75).

its day is over ──► journaled, said ──► up/req service.query once a day ──► its provider lets it go: money back
                                  └──► the customer does not wait: card 取消这个业务 and its slip
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.bus import Bus
from edge.codec import wire_service as wire
from edge.messages import Say, Started, Tone
from edge.model.online_order import OnlineOrder
from edge.model.service_records import ServiceOverdue
from edge.ports import Transaction
from edge.services.order_custody import is_late
from edge.services.service_papers import ServicePapers
from edge.services.service_requests import ServiceRequests

LOOK_EVERY_S = 600.0
MAX_LATE = 200
"""Looked at, at one time, with those that lie here and that nobody fetches."""

_ASKED = "orders.asked"
"""In `meta`: the day on which late orders were asked about."""


@dataclass(frozen=True, slots=True)
class LateLook:
    """A timer: has a day gone by on which something was to come?"""


class LateOrders:
    """A clock that nobody trusts makes nothing late."""

    def __init__(self, bus: Bus, requests: ServiceRequests, papers: ServicePapers) -> None:
        self._bus = bus
        self._requests = requests
        self._papers = papers
        bus.on(Started, lambda _, tx: self._bus.after(0, LateLook()))
        bus.on(LateLook, self._look)

    def _look(self, _: LateLook, tx: Transaction) -> None:
        self._bus.after(LOOK_EVERY_S, LateLook())
        if late := late_orders(self._papers, tx):
            self._tell([goods for goods in late if not goods.late], tx)
            self._ask(late, tx)

    def _tell(self, news: Sequence[OnlineOrder], tx: Transaction) -> None:
        for goods in news:
            order = tx.services.find(goods.id)
            if order is not None and goods.comes_on is not None:
                tx.append(ServiceOverdue(order, goods.comes_on))
        if news:
            tx.after_commit(Say("ord.not_come", Tone.ATTENTION, words=(("n", str(len(news))),)))

    def _ask(self, late: Sequence[OnlineOrder], tx: Transaction) -> None:
        """Once a day, as soon as the cloud is there."""
        today = self._papers.today(tx).isoformat()
        if tx.get(_ASKED) != today and self._requests.online():
            tx.put(_ASKED, today)
            for goods in late:
                self._requests.send(wire.QUERY, wire.ServiceOrderArgs(soid=goods.id), tx)


def late_orders(papers: ServicePapers, tx: Transaction) -> list[OnlineOrder]:
    today = papers.today(tx)
    return [goods for goods in tx.online_orders.late(today, limit=MAX_LATE) if is_late(goods, today, tx)]
