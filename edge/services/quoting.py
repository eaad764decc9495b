"""What desks of services share: whether they may begin, and a question that is asked until it is answered.

A question is in RAM alone: after a power cut the customer begins again, and an answer that comes later is for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edge.codec import wire_service as wire
from edge.codec.wire_down import Response
from edge.messages import Say, Tone
from edge.model.platform import ServiceOffer
from edge.ports import Licences, Transaction
from edge.services.licences import licensed
from edge.services.refusal import refuse
from edge.services.service_requests import ServiceRequests

AGAIN_S = 4.0
TIMES = 3
"""A question without an answer leaves again after AGAIN_S, so many times in all; then it is too late."""


class Quoting:
    """`full`: no room for services (contract P11)."""

    def __init__(self, requests: ServiceRequests, licences: Licences, *, full: Callable[[], bool]) -> None:
        self._requests = requests
        self._licences = licences
        self._full = full
        self.question: wire.ServiceQuoteArgs | None = None
        """What is asked; it names the order by its id from now on."""
        self._cid = ""

    def is_closed(self, offers: Sequence[ServiceOffer], tx: Transaction) -> bool:
        """Whether none of `offers` can be sold now; why, is said then."""
        if not self._requests.online():
            refuse(Say("svc.offline", Tone.ERROR), tx, offer=offers[0].id if offers else "")
        elif self._full():
            tx.after_commit(Say("store.full", Tone.ERROR))
        else:
            return not licensed(offers, self._licences, tx)
        return True

    def forget(self) -> None:
        self.question, self._cid = None, ""

    def ask(self, question: wire.ServiceQuoteArgs, tx: Transaction) -> bool:
        """Whether it left: there is a link."""
        self.question, self._cid = question, self._requests.send(wire.QUOTE, question, tx)
        return bool(self._cid)

    def ask_again(self, asked: int, tx: Transaction) -> bool:
        """The same question under the same cid, while somebody still waits; False: it was asked often enough."""
        if self.question is None or asked >= TIMES:
            return False
        self._requests.send(wire.QUOTE, self.question, tx, cid=self._cid)
        return True

    def is_answered(self, response: Response) -> bool:
        """Whether this is the answer to the question that is out."""
        return not response.more and self.question is not None and response.cid == self._cid
