"""What is asked of the cloud and not answered yet: how a question leaves, and what an answer is about (contract P16).

What belongs to one trade subclasses it, and says how its questions are told apart.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, ClassVar

from edge.clock import iso_ms
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_term import Part
from edge.codec.wire_up import Request
from edge.messages import Publish
from edge.ports import Transaction

MAX_ASKED = 1_000
"""Questions whose answers are told apart; what an older one was about is asked again anyway."""


class CloudQuestions:
    """`online` tells whether the cloud is there. Open questions are in RAM: after a start all is asked anew."""

    expires_s: ClassVar[int] = 90
    """How long an answer is worth something."""

    def __init__(self, *, tid: str, topics: Topics, online: Callable[[], bool]) -> None:
        self._tid = tid
        self._topics = topics
        self.online = online
        self._asked: dict[str, tuple[str, str]] = {}

    def ask(self, kind: str, args: Part, about: str, tx: Transaction, *, cid: str = "") -> str:
        """Ask; `cid` of before for the same question again. Returns the cid, empty while there is no link."""
        if not self.online():
            return ""
        cid = cid or tx.new_id()
        self._asked[cid] = (kind, about)
        for old in list(islice(self._asked, max(0, len(self._asked) - MAX_ASKED))):
            del self._asked[old]
        request = Request(
            tid=self._tid, cid=cid, type=kind, at=iso_ms(tx.stamp.at), exp_s=self.expires_s, args=_told(args)
        )
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))
        return cid

    def asked(self, cid: str) -> tuple[str, str] | None:
        """(kind, about what) of the question `cid`; None: it is none of ours."""
        return self._asked.get(cid)


def _told(args: Part) -> dict[str, Any]:
    """Absent keys mean "not applicable"."""
    return args.model_dump(mode="json", exclude_none=True)
