"""`edge run`, but wrong: what the broker has taken counts as stored in the cloud. A control, run by test_control only.

Everything else is the product's own, so that what it loses is lost by this one belief. It has two halves: the cursor
moves on PUBACK, and what lies behind the cursor is done with, so resends are not obeyed. The first half alone loses
nothing in this chaos: the next hello shows the cloud what it lacks, and the journal still has it.
"""

from __future__ import annotations

import sys

import edge.daemon
from edge.__main__ import main
from edge.clock import iso_ms
from edge.codec.wire_down import Ack, Resend
from edge.messages import CloudAccepted
from edge.model.records import Stream
from edge.ports import Transaction
from edge.services.sync import Sync


class BelievingSync(Sync):
    """Moves the cursor on PUBACK; what has left is done with."""

    def _accepted(self, accepted: CloudAccepted, tx: Transaction) -> None:
        super()._accepted(accepted, tx)
        if accepted.token not in self._lanes:
            return
        lane = self._lanes[Stream(accepted.token)]
        if lane.in_flight:
            told = Ack(
                tid=self._tid, stream=lane.stream.value, epoch=tx.outbox.epoch, upto=lane.in_flight[0],
                at=iso_ms(tx.stamp.at),
            )  # fmt: skip
            self._acknowledged(told, tx)

    def _resend_asked(self, asked: Resend, tx: Transaction) -> None:
        return


if __name__ == "__main__":
    edge.daemon.Sync = BelievingSync  # type: ignore[attr-defined]
    sys.exit(main())
