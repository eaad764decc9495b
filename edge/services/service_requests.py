"""What leaves for the cloud about service orders, and which order an answer is about (contract P16)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from edge.clock import iso_ms
from edge.codec import wire_service as wire
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_up import Request
from edge.messages import Publish
from edge.ports import Transaction

MAX_ASKED = 1_000
"""Questions whose answers are told apart; about an older one it is asked again anyway."""


class ServiceRequests:
    """`online` tells whether the cloud is there. Open questions are in RAM: after a start all is asked anew."""

    def __init__(self, *, tid: str, topics: Topics, online: Callable[[], bool]) -> None:
        self._tid = tid
        self._topics = topics
        self.online = online
        self._asked: dict[str, tuple[str, str]] = {}

    def send(self, kind: str, args: wire.Args, tx: Transaction, *, cid: str = "") -> str:
        """Ask; `cid` of before for the same question again. Returns the cid, empty while there is no link."""
        if not self.online():
            return ""
        cid = cid or tx.new_id()
        self._asked[cid] = (kind, args.soid)
        for old in list(islice(self._asked, max(0, len(self._asked) - MAX_ASKED))):
            del self._asked[old]
        request = Request(
            tid=self._tid, cid=cid, type=kind, at=iso_ms(tx.stamp.at), exp_s=wire.EXPIRES_S, args=wire.args_of(args)
        )
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))
        return cid

    def cancel(self, order: str, tx: Transaction) -> None:
        """Ask the provider to take it back; asked again it is not taken back again."""
        self.send(wire.CANCEL, wire.ServiceOrderArgs(soid=order), tx)

    def about(self, cid: str) -> tuple[str, str]:
        """(kind, order id) of the question `cid`. An order is submitted under its own id, also before a restart."""
        return self._asked.get(cid, (wire.SUBMIT, cid))
