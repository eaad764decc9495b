"""What leaves for the cloud about purchase orders, and which order an answer is about (contract P16)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from edge.clock import iso_ms
from edge.codec import wire_purchase as wire
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_up import Request
from edge.messages import Publish
from edge.ports import Transaction

MAX_ASKED = 200
"""Questions whose answers are told apart; what an older one was about is asked again anyway."""


class PurchaseRequests:
    """`online` tells whether the cloud is there. Open questions are in RAM: after a start all is asked anew."""

    def __init__(self, *, tid: str, topics: Topics, online: Callable[[], bool]) -> None:
        self._tid = tid
        self._topics = topics
        self.online = online
        self._asked: dict[str, tuple[str, str]] = {}

    def send(self, kind: str, args: wire.Args, *, tx: Transaction) -> None:
        """Ask. What a place is about is in its `po`, which stays the same: each question has an id of its own."""
        cid = tx.new_id()
        self._asked[cid] = (kind, args.po)
        for old in list(islice(self._asked, max(0, len(self._asked) - MAX_ASKED))):
            del self._asked[old]
        request = Request(
            tid=self._tid, cid=cid, type=kind, at=iso_ms(tx.stamp.at), exp_s=wire.EXPIRES_S, args=wire.args_of(args)
        )
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))

    def about(self, cid: str) -> tuple[str, str] | None:
        """(kind, po) of a question; None: it is none of ours."""
        return self._asked.get(cid)
