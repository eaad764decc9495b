"""An order that its owner confirmed goes to the cloud until the cloud has it, and what becomes of it comes back (B5).

It is placed under the same id each time, so that lost and late answers never make two of it. What the supplier says
later comes as a command, is asked for at each welcome, and counts once by its `rev`. An order that nobody has heard of
yet waits in the ledger; nobody needs to do anything for it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.codec import wire_purchase as wire
from edge.codec.wire_down import Response
from edge.model.purchase import TO_TELL, PurchaseEvent, PurchaseOrder, PurchaseState
from edge.model.purchase_records import PurchaseRejected
from edge.ports import Transaction
from edge.services.link import Welcomed
from edge.services.ordering import PurchaseToTell
from edge.services.purchase_news import PurchaseTidings
from edge.services.purchase_requests import PurchaseRequests

WAITS_S = (5.0, 10.0, 20.0, 60.0, 300.0)
"""Between two questions that nobody answered; the last one stands."""
MAX_ASKED_AT_ONCE = 20
"""Orders under way that are asked about at a welcome, the newest first: no shop has more that matter."""
_PLACED = frozenset({PurchaseState.PLACED, PurchaseState.ACCEPTED})
_UNDER_WAY = frozenset(
    {PurchaseState.PLACED, PurchaseState.ACCEPTED, PurchaseState.CHANGED, PurchaseState.IN_TRANSIT,
     PurchaseState.RECEIVING}
)  # fmt: skip

_log = logging.getLogger("edge.purchase")


@dataclass(frozen=True, slots=True)
class TellAgain:
    """A timer: has the cloud answered about this order? `chain`: only the newest one goes on."""

    order: str
    chain: int
    waits: int = 0


class Placing:
    def __init__(self, bus: Bus, requests: PurchaseRequests, tidings: PurchaseTidings) -> None:
        self._bus = bus
        self._requests = requests
        self._tidings = tidings
        self._chains: dict[str, int] = {}
        bus.on(PurchaseToTell, self._to_tell)
        bus.on(TellAgain, self._again)
        bus.on(Welcomed, self._welcomed)
        bus.on(Response, self._answered)

    def _welcomed(self, _: Welcomed, tx: Transaction) -> None:
        for order in tx.purchases.in_states(TO_TELL):
            self._tell(order, 0, tx)
        for order in list(tx.purchases.in_states(_UNDER_WAY))[-MAX_ASKED_AT_ONCE:]:
            self._requests.send(wire.QUERY, wire.PurchaseArgs(po=order.id), tx=tx)

    def _to_tell(self, wanted: PurchaseToTell, tx: Transaction) -> None:
        order = tx.purchases.find(wanted.order)
        if order is not None and order.state in TO_TELL:
            self._tell(order, 0, tx)

    def _again(self, due: TellAgain, tx: Transaction) -> None:
        order = tx.purchases.find(due.order)
        if due.chain != self._chains.get(due.order):
            return
        if order is None or order.state not in TO_TELL:
            del self._chains[due.order]
        else:
            self._tell(order, due.waits + 1, tx)

    def _tell(self, order: PurchaseOrder, waits: int, tx: Transaction) -> None:
        """That it may have been heard is in the ledger before it leaves. Without a link the welcome asks anew."""
        if not self._requests.online():
            return
        chain = self._chains[order.id] = self._chains.get(order.id, 0) + 1
        if not order.sent:
            order = replace(order, sent=True)
            tx.purchases.keep(order)
        if order.state is PurchaseState.CONFIRMED:
            self._requests.send(wire.PLACE, wire.place_args(order), tx=tx)
        else:
            self._requests.send(wire.CANCEL, wire.PurchaseArgs(po=order.id), tx=tx)
        self._bus.after(WAITS_S[min(waits, len(WAITS_S) - 1)], TellAgain(order.id, chain, waits))

    # --- what the cloud said ---------------------------------------------------------------------------------------

    def _answered(self, response: Response, tx: Transaction) -> None:
        asked = self._requests.about(response.cid)
        if asked is None or response.more:
            return
        kind, po = asked
        if not response.ok:
            self._refused(kind, po, response, tx)
            return
        news = wire.read_news(response.out)
        if news is None or news.po != po:
            _log.error("order %s was answered with something else", po)
            return
        self._tidings.hear(news, tx)

    def _refused(self, kind: str, po: str, response: Response, tx: Transaction) -> None:
        """What may succeed later is asked again by its timer. An order that the cloud will never take is over; one that
        it had and has no more, since it was restored, is placed once more under its id.
        """
        code = response.err.code if response.err is not None else "internal"
        _log.warning("%s of order %s: %s", kind, po, code)
        order = tx.purchases.find(po)
        is_final = response.err is not None and not response.err.retry
        if order is None or not is_final:
            return
        if kind == wire.QUERY and order.state in _PLACED:
            self._requests.send(wire.PLACE, wire.place_args(order), tx=tx)
        elif kind == wire.PLACE and order.state is PurchaseState.CONFIRMED:
            rejected = replace(order, why=code).moved(PurchaseEvent.REJECT, tx.stamp.at)
            tx.append(PurchaseRejected(rejected))
            self._tidings.tell(rejected, tx)
