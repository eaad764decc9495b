"""What leaves for the cloud about wallet money, and which payment or refund an answer is about (contract P16)."""

from __future__ import annotations

from edge.codec import wire_payment as wire
from edge.ports import Transaction
from edge.services.cloud_questions import CloudQuestions

Args = wire.PayArgs | wire.PaymentArgs | wire.RefundArgs


class PaymentRequests(CloudQuestions):
    expires_s = wire.EXPIRES_S

    def send(self, cid: str, kind: str, args: Args, *, about: str, tx: Transaction) -> None:
        """Ask, about a payment or a refund by its id. Nothing while there is no link: whoever asks does so again."""
        self.ask(kind, args, about, tx, cid=cid)

    def about(self, cid: str) -> str:
        """The id that the question `cid` was about. The first request of a payment is asked under its own id."""
        found = self.asked(cid)
        return found[1] if found is not None else cid
