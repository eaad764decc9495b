"""What leaves for the cloud about wallet money, and which payment or refund an answer is about (contract P16)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from edge.clock import iso_ms
from edge.codec import wire_payment as wire
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_up import Request
from edge.messages import Publish
from edge.ports import Transaction

MAX_ASKED = 1_000
"""Questions whose answers are told apart; of an older one the payment is asked again anyway."""

Args = wire.PayArgs | wire.PaymentArgs | wire.RefundArgs


class PaymentRequests:
    """`online` tells whether the cloud is there. Open questions are in RAM: after a start all is asked anew."""

    def __init__(self, *, tid: str, topics: Topics, online: Callable[[], bool]) -> None:
        self._tid = tid
        self._topics = topics
        self._online = online
        self._asked: dict[str, str] = {}

    def send(self, cid: str, kind: str, args: Args, *, about: str, tx: Transaction) -> None:
        """Ask, about a payment or a refund by its id. Nothing while there is no link: whoever asks does so again."""
        if not self._online():
            return
        self._asked[cid] = about
        for old in list(islice(self._asked, max(0, len(self._asked) - MAX_ASKED))):
            del self._asked[old]
        request = Request(
            tid=self._tid, cid=cid, type=kind, at=iso_ms(tx.stamp.at), exp_s=wire.EXPIRES_S,
            args=args.model_dump(mode="json"),
        )  # fmt: skip
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))

    def about(self, cid: str) -> str:
        """The id that the question `cid` was about. The first request of a payment is asked under its own id."""
        return self._asked.get(cid, cid)
