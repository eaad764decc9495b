"""What leaves for the cloud about parcels, and which parcel an answer is about (contract P16)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from edge.clock import iso_ms
from edge.codec import wire_parcel as wire
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_up import Request
from edge.messages import Publish
from edge.ports import Transaction

MAX_ASKED = 1_000
"""Questions whose answers are told apart; what an older one was about is asked again at the next welcome."""


class ParcelRequests:
    """`online` tells whether the cloud is there. Open questions are in RAM: after a start all is asked anew."""

    def __init__(self, *, tid: str, topics: Topics, online: Callable[[], bool]) -> None:
        self._tid = tid
        self._topics = topics
        self.online = online
        self._asked: dict[str, tuple[str, str]] = {}

    def send(self, kind: str, args: wire.Args, *, about: str, tx: Transaction, cid: str = "") -> str:
        """Ask; `cid` of before for the same question again. Returns the cid, empty while there is no link."""
        if not self.online():
            return ""
        cid = cid or tx.new_id()
        self._asked[cid] = (kind, about)
        for old in list(islice(self._asked, max(0, len(self._asked) - MAX_ASKED))):
            del self._asked[old]
        request = Request(
            tid=self._tid, cid=cid, type=kind, at=iso_ms(tx.stamp.at), exp_s=wire.EXPIRES_S, args=wire.args_of(args)
        )
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))
        return cid

    def about(self, kind: str, cid: str) -> str | None:
        """What the question `cid` of this kind was about; None: it is none of ours."""
        found = self._asked.get(cid)
        return found[1] if found is not None and found[0] == kind else None
