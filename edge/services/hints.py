"""Silence where the counter waits for an answer: the next step is said once, twice more, then no more (row 99)."""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.messages import Asked, HoldSlipScanned, ItemScanned, KeyPressed, Say, ScanData, Started, Tone, UnknownScanned
from edge.model.counter import Counter, Verb
from edge.model.sale import State
from edge.ports import Transaction
from edge.services.basket import question

PAUSES_S = (8.0, 30.0, 30.0)
"""Of silence before each hint. Who has not answered the third has gone away."""


@dataclass(frozen=True, slots=True)
class HintDue:
    """A timer: was it silent since `since`? `said`: how many hints there were in this silence."""

    since: float
    said: int = 0


class Hints:
    """Built after the services that change the counter: it looks at what they made of a message.

    One timer at most, and none where the counter waits for nobody: a hundred scans are no reason for a hundred timers.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._heard_mono = float("-inf")
        self._armed = False
        self._looked_mono = float("-inf")
        bus.on(Started, self._start)
        bus.on(ScanData, self._heard)
        bus.on(KeyPressed, self._heard)
        for kind in (Asked, ItemScanned, UnknownScanned, HoldSlipScanned):
            bus.on(kind, self._answered)
        bus.on(HintDue, self._look)
        bus.on(Asked, self._help)

    def _start(self, _: Started, tx: Transaction) -> None:
        """The question of before a power cut is open still."""
        self._heard_mono = tx.stamp.mono
        self._answered(_, tx)

    def _heard(self, what: ScanData | KeyPressed, tx: Transaction) -> None:
        self._heard_mono = what.at_mono
        self._answered(what, tx)

    def _answered(self, _: object, tx: Transaction) -> None:
        """Is it that which is waited for, or the next question?"""
        if not self._armed and hint_for(tx.counter) is not None:
            self._arm(self._heard_mono)

    def _help(self, asked: Asked, tx: Transaction) -> None:
        """Key / or card 帮助: the next step, at any moment (row 99)."""
        if asked.verb is Verb.HELP:
            idle = Say("sys.help_idle" if tx.counter.sale is None else "help.open", Tone.ATTENTION)
            tx.after_commit(hint_for(tx.counter) or idle)

    def _arm(self, silent_since: float, said: int = 0) -> None:
        """In a long pause it looks early: another silence may have begun, whose first hint must not wait for it."""
        self._armed = True
        due = silent_since + sum(PAUSES_S[: said + 1])
        self._bus.at(min(due, max(silent_since, self._looked_mono) + PAUSES_S[0]), HintDue(silent_since, said))

    def _look(self, due: HintDue, tx: Transaction) -> None:
        self._armed, self._looked_mono = False, tx.stamp.mono
        hint = hint_for(tx.counter)
        if hint is None:
            return
        said = due.said if due.since == self._heard_mono else 0  # somebody came meanwhile: it begins anew
        if tx.stamp.mono < self._heard_mono + sum(PAUSES_S[: said + 1]):
            self._arm(self._heard_mono, said)
            return
        tx.after_commit(hint)
        if said + 1 < len(PAUSES_S):
            self._arm(self._heard_mono, said + 1)


def hint_for(counter: Counter) -> Say | None:
    """The next step where the counter waits for somebody; None where it waits for nobody."""
    if (asked := question(counter)) is not None:
        return asked
    state = counter.sale.state if counter.sale is not None else None
    return Say(_BY_STATE[state], Tone.ATTENTION) if state in _BY_STATE else None


_BY_STATE: dict[State | None, str] = {
    State.SUBTOTAL: "help.subtotal", State.PAYING: "help.paying", State.PAY_UNKNOWN: "help.pay_unknown",
}  # fmt: skip
