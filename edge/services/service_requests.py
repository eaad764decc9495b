"""What leaves for the cloud about service orders, and which order an answer is about (contract P16)."""

from __future__ import annotations

from edge.codec import wire_service as wire
from edge.ports import Transaction
from edge.services.cloud_questions import CloudQuestions


class ServiceRequests(CloudQuestions):
    expires_s = wire.EXPIRES_S

    def send(self, kind: str, args: wire.Args, tx: Transaction, *, cid: str = "") -> str:
        """Ask; `cid` of before for the same question again. Returns the cid, empty while there is no link."""
        return self.ask(kind, args, args.soid, tx, cid=cid)

    def cancel(self, order: str, tx: Transaction) -> None:
        """Ask the provider to take it back; asked again it is not taken back again."""
        self.send(wire.CANCEL, wire.ServiceOrderArgs(soid=order), tx)

    def about(self, cid: str) -> tuple[str, str]:
        """(kind, order id) of the question `cid`. An order is submitted under its own id, also before a restart."""
        return self.asked(cid) or (wire.SUBMIT, cid)
