"""What leaves for the cloud about loans, and which loan an answer is about (contract P16)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from edge.clock import iso_ms
from edge.codec import wire_loan as wire
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_term import Part
from edge.codec.wire_up import Request
from edge.messages import Publish
from edge.ports import Transaction

MAX_ASKED = 1_000
"""Questions whose answers are told apart; about an older one it is asked again anyway."""


class LoanRequests:
    """`online` tells whether the cloud is there. Open questions are in RAM: after a start all is asked anew.

    A question holds the customer's token or code, so it leaves once: what has no answer is asked for anew.
    """

    def __init__(self, *, tid: str, topics: Topics, online: Callable[[], bool]) -> None:
        self._tid = tid
        self._topics = topics
        self.online = online
        self._asked: dict[str, tuple[str, str]] = {}

    def send(self, kind: str, args: Part, loan_id: str, tx: Transaction) -> str:
        """Ask; the cid, empty while there is no link."""
        if not self.online():
            return ""
        cid = tx.new_id()
        self._asked[cid] = (kind, loan_id)
        for old in list(islice(self._asked, max(0, len(self._asked) - MAX_ASKED))):
            del self._asked[old]
        request = Request(
            tid=self._tid, cid=cid, type=kind, at=iso_ms(tx.stamp.at), exp_s=wire.EXPIRES_S, args=wire.args_of(args)
        )
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))
        return cid

    def about(self, cid: str) -> tuple[str, str] | None:
        """(kind, loan id) of the question `cid`; None: it is none of ours."""
        return self._asked.get(cid)
