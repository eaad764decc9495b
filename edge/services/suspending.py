"""The cloud pauses this terminal: no new services, no new parcels; cash, pick-up and what is under way go on (row 129).

terminal.suspend, signed, `on` or not. It outlives a power cut. A till that takes cash is never stopped from afar.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.codec.wire import checked
from edge.codec.wire_command import SUSPEND, SuspendArgs
from edge.errors import WireError
from edge.messages import Say, Started, Tone
from edge.model.cloud_records import TerminalSuspended
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered

SUSPENDED = "suspended"
"""In `meta`: why, or "yes"; empty: it is not."""
WORDS = "term.suspended"
"""What whoever asks for a service hears."""


@dataclass(frozen=True, slots=True)
class SuspensionKept:
    """An effect: it is on the disk."""

    on: bool


class Suspending:
    """`is_on` is what stands in the ledger; services ask for it through the licences, the parcel desk by itself."""

    def __init__(self, bus: Bus) -> None:
        self._on = False
        bus.on(Started, lambda _, tx: tx.after_commit(SuspensionKept(bool(tx.get(SUSPENDED)))))
        bus.route(SuspensionKept, self._keep)

    def is_on(self) -> bool:
        return self._on

    def order(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of SUSPEND; the same again changes nothing."""
        try:
            args = checked(SuspendArgs, dict(ordered.args), where=SUSPEND)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what)
        if args.on is not bool(tx.get(SUSPENDED)):
            tx.put(SUSPENDED, (args.why or "yes") if args.on else "")
            tx.append(TerminalSuspended(args.on, ordered.by, args.why or ""))
            tx.after_commit(SuspensionKept(args.on))
            tx.after_commit(Say(WORDS if args.on else "term.resumed", Tone.ALARM if args.on else Tone.ATTENTION))
        return Answered(ordered.cid, "done", out={"on": args.on})

    def _keep(self, kept: SuspensionKept) -> None:
        self._on = kept.on
