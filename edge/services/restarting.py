"""The program anew, or the whole box: when nobody is being served, and within a quarter of an hour (row 125).

    service.restart, reboot ──► accepted ──► nobody is served: "马上重启，请稍等" ──► planned stop ──► started: done
                                         └── 15 minutes of work: failed, cmd.busy; nothing was cut off

`force` does not exist: what a person does here goes before.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.codec.wire_command import REBOOT, RESTART
from edge.messages import Say, Tone
from edge.model.counter import Waiting
from edge.model.ledger_rows import EffectState
from edge.model.parcel import ParcelState
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered

WAITS_S = 900.0
LOOK_S = 2.0
SPOKEN_S = 4.0
"""Between the word and the stop."""

STOPS = frozenset({RESTART, REBOOT})
_WANTED = "restart.wanted"
"""In `meta`: "{cid} {type}" of the stop that is on its way; the next start answers it."""


@dataclass(frozen=True, slots=True)
class StopDue:
    """A timer: is nobody served? `until_mono`: when it is given up; `is_told`: it was announced, and now it is done."""

    cid: str
    until_mono: float
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class StopNow:
    """An effect: end the process, for RESTART or REBOOT. All that was booked is on the disk."""

    why: str


class Restarting:
    """`reboots`: whether this box can restart as a whole. Whoever runs the terminal hears of StopNow."""

    def __init__(self, bus: Bus, *, reboots: bool) -> None:
        self._bus = bus
        self._reboots = reboots
        bus.on(StopDue, self._due)

    def order(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of STOPS."""
        if ordered.type == REBOOT and not self._reboots:
            return Answered(ordered.cid, "rejected", "cmd.unsupported", "this machine is not the terminal's to restart")
        if any(kind in STOPS and cid != ordered.cid for cid, kind in tx.commands.running()):
            return Answered(ordered.cid, "failed", "cmd.busy", "another restart is on its way")
        self._bus.after(0.0, StopDue(ordered.cid, tx.stamp.mono + WAITS_S))
        return Answered(ordered.cid, "accepted")

    def resumed(self, cid: str, tx: Transaction) -> Answered:
        """After a start: it was this one, or the power was quicker."""
        wanted, _, _ = (tx.get(_WANTED) or "").partition(" ")
        if wanted == cid:
            tx.put(_WANTED, "")
            return Answered(cid, "done")
        return Answered(cid, "failed", "cmd.outcome_unknown", "the power went before")

    def _due(self, due: StopDue, tx: Transaction) -> None:
        kind = dict(tx.commands.running()).get(due.cid)
        if kind is None:
            return
        if not is_idle(tx):
            self._wait(due, tx)
        elif not due.is_told:
            tx.after_commit(Say("sys.restart", Tone.ALARM))
            self._bus.after(SPOKEN_S, StopDue(due.cid, due.until_mono, is_told=True))
        else:
            tx.put(_WANTED, f"{due.cid} {kind}")
            tx.after_commit(StopNow(kind))

    def _wait(self, due: StopDue, tx: Transaction) -> None:
        if tx.stamp.mono < due.until_mono:
            self._bus.after(LOOK_S, StopDue(due.cid, due.until_mono))
        else:
            tx.after_commit(Answered(due.cid, "failed", "cmd.busy", "somebody was served all the while"))


_DOOR_OPEN = frozenset({ParcelState.CHECKING_IN, ParcelState.RELEASING})


def is_idle(tx: Transaction, *, but: str = "") -> bool:
    """Whether nobody is being served: no basket, no question, no paper on its way, no door that was opened. `but`: a
    print job that counts as over.
    """
    is_printing = any(job.id != but for job in tx.print_jobs.in_state(EffectState.SENDING))
    return not is_served(tx) and not is_printing and not tx.parcels.in_state(_DOOR_OPEN)


def is_served(tx: Transaction) -> bool:
    """Whether somebody stands at the counter: there is a basket or a question."""
    counter = tx.counter
    is_asked = counter.waiting not in (Waiting.NOTHING, Waiting.MESSAGE)
    return counter.sale is not None or counter.refund is not None or is_asked
