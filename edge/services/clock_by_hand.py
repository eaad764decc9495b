"""The clock, set by a technician where nothing keeps it: forward only, and believed as little as before (decisions 2).

A box without a network and without a battery for its clock wakes up in the past. What a person sets is a help for the
receipts; it stays `unsync`, until the network or the cloud's certificate says better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.bus import Bus
from edge.clock import Clk
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.untrusted_clock import MOST

SET = "clock.set"
KEPT, BACK, FAR, UNSURE, DENIED = "kept", "back", "far", "unsure", "denied"
"""Why a clock is not set: something keeps it; it would go back; it is years away; it is more than a day away, and
nobody has said that it is meant so; this process may not.
"""
ASKED_BEYOND = timedelta(days=1)
"""It never goes back, so that a mistyped year could not be mended."""


@dataclass(frozen=True, slots=True)
class SetByHand:
    """A message of its own: the clock is set outside of any transaction that could be undone."""

    cid: str
    at: datetime


class ClockByHand:
    """`step` sets the wall clock; False: this process may not."""

    def __init__(self, bus: Bus, step: Callable[[datetime], bool]) -> None:
        self._step = step
        bus.on(SetByHand, self._carry_out)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        """With `at`, ISO 8601 with an offset, and `sure`, whether the year was typed twice."""
        return {SET: self._set}

    def _set(self, ordered: Ordered, tx: Transaction) -> Answered:
        at, now = datetime.fromisoformat(str(ordered.args["at"])), tx.stamp.at
        why = KEPT if tx.stamp.clk is not Clk.UNSYNC else BACK if at <= now else FAR if at > now + MOST else ""
        if not why and at > now + ASKED_BEYOND and ordered.args.get("sure") is not True:
            why = UNSURE
        if why:
            return Answered(ordered.cid, "failed", "internal", why)
        tx.after_commit(SetByHand(ordered.cid, at))
        return Answered(ordered.cid, "accepted")

    def _carry_out(self, order: SetByHand, tx: Transaction) -> None:
        if self._step(order.at):
            tx.after_commit(Answered(order.cid, "done"))
        else:
            tx.after_commit(Answered(order.cid, "failed", "internal", DENIED))
