"""What leaves for the cloud about purchase orders, and which order an answer is about (contract P16)."""

from __future__ import annotations

from edge.codec import wire_purchase as wire
from edge.ports import Transaction
from edge.services.cloud_questions import CloudQuestions


class PurchaseRequests(CloudQuestions):
    expires_s = wire.EXPIRES_S

    def send(self, kind: str, args: wire.Args, *, tx: Transaction) -> None:
        """Ask. What a place is about is in its `po`, which stays the same: each question has an id of its own."""
        self.ask(kind, args, args.po, tx)

    def about(self, cid: str) -> tuple[str, str] | None:
        """(kind, po) of a question; None: it is none of ours."""
        return self.asked(cid)
