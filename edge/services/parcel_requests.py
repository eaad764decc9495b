"""What leaves for the cloud about parcels, and which parcel an answer is about (contract P16)."""

from __future__ import annotations

from edge.codec import wire_parcel as wire
from edge.ports import Transaction
from edge.services.cloud_questions import CloudQuestions


class ParcelRequests(CloudQuestions):
    expires_s = wire.EXPIRES_S

    def send(self, kind: str, args: wire.Args, *, about: str, tx: Transaction, cid: str = "") -> str:
        """Ask; `cid` of before for the same question again. Returns the cid, empty while there is no link."""
        return self.ask(kind, args, about, tx, cid=cid)

    def about(self, kind: str, cid: str) -> str | None:
        """What the question `cid` of this kind was about; None: it is none of ours."""
        found = self.asked(cid)
        return found[1] if found is not None and found[0] == kind else None
