"""What leaves for the cloud about loans, and which loan an answer is about (contract P16)."""

from __future__ import annotations

from edge.codec import wire_loan as wire
from edge.codec.wire_term import Part
from edge.ports import Transaction
from edge.services.cloud_questions import CloudQuestions


class LoanRequests(CloudQuestions):
    """A question holds the customer's token or code, so it leaves once: what has no answer is asked for anew."""

    expires_s = wire.EXPIRES_S

    def send(self, kind: str, args: Part, loan_id: str, tx: Transaction) -> str:
        """Ask; the cid, empty while there is no link."""
        return self.ask(kind, args, loan_id, tx)

    def about(self, cid: str) -> tuple[str, str] | None:
        """(kind, loan id) of the question `cid`; None: it is none of ours."""
        return self.asked(cid)
