"""Silence where the counter waits: the next step is said once, twice more, then no more (row 99)."""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.messages import Asked, BadgeScanned, KeyPressed, Say, ScanData, Started, Tone
from edge.model.counter import Verb
from edge.model.records import PaymentChanged, PaymentReceived
from edge.model.sale import State
from edge.ports import Transaction
from edge.services.basket import question
from edge.services.checkout import WaitOver
from edge.services.owner_gate import armed

PAUSES_S = (8.0, 30.0, 30.0)
"""Of silence before each hint. Who has not answered the third has gone away."""


@dataclass(frozen=True, slots=True)
class HintDue:
    """A timer: has it been silent for long enough?"""


class Hints:
    """Built after the services that change the counter: it looks at what they made of a message.

    A scan, a key, and each new thing that is waited for begin the silence anew. What changes the counter says so, so
    that whatever is said is a reason to look. One timer at most, and none where the counter waits for nobody: a hundred
    scans are no reason for a hundred timers.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._hint: Say | None = None
        """The next step of now; None: nobody is waited for."""
        self._since_mono = float("-inf")
        self._said = 0
        self._armed = False
        for touch in (ScanData, KeyPressed):
            bus.on(touch, self._touched)
        for kind in (Started, Say, BadgeScanned, WaitOver, PaymentChanged, PaymentReceived):
            bus.on(kind, self._changed)
        bus.on(HintDue, self._look)
        bus.on(Asked, self._help)

    def _touched(self, touch: ScanData | KeyPressed, tx: Transaction) -> None:
        self._begin(touch.at_mono)
        self._changed(touch, tx)

    def _changed(self, _: object, tx: Transaction) -> None:
        hint = hint_for(tx)
        if hint != self._hint:
            self._hint = hint
            self._begin(max(self._since_mono, tx.stamp.mono))
        if hint is not None and not self._armed and self._said < len(PAUSES_S):
            self._arm(tx.stamp.mono)

    def _begin(self, since_mono: float) -> None:
        self._since_mono, self._said = since_mono, 0

    def _help(self, asked: Asked, tx: Transaction) -> None:
        """Key / or card 帮助: the next step, at any moment (row 99)."""
        if asked.verb is Verb.HELP:
            tx.after_commit(hint_for(tx) or Say("sys.help_idle", Tone.ATTENTION))

    def _due_mono(self) -> float:
        return self._since_mono + sum(PAUSES_S[: self._said + 1])

    def _arm(self, now_mono: float) -> None:
        """In a long pause it looks early: another silence may have begun, whose first hint must not wait for it."""
        self._armed = True
        self._bus.at(min(self._due_mono(), now_mono + PAUSES_S[0]), HintDue())

    def _look(self, due: HintDue, tx: Transaction) -> None:
        self._armed = False
        if (hint := hint_for(tx)) is not None and hint == self._hint and tx.stamp.mono >= self._due_mono():
            self._said += 1
            tx.after_commit(hint)
        self._changed(due, tx)


def hint_for(tx: Transaction) -> Say | None:
    """The next step where the counter waits for somebody; None where it waits for nobody."""
    counter = tx.counter
    if (asked := question(counter)) is not None:
        return asked
    if armed(tx) is not None:
        return Say("owner.armed", Tone.ATTENTION)
    if counter.pieces is not None:
        return Say("qty.wait", Tone.ATTENTION, words=(("n", str(counter.pieces // 1000)),))
    sale = counter.sale
    if sale is None or (sale.state is State.OPEN and not sale.standing) or sale.state not in _BY_STATE:
        return None
    if sale.state is State.SUBTOTAL and sale.due <= 0:
        return Say("pay.nothing_due", Tone.ATTENTION)
    if sale.state is State.PAYING and (payment := tx.payments.find(sale.payment)) is not None and payment.given_up:
        return Say("pay.cancelling", Tone.ATTENTION)
    return Say(_BY_STATE[sale.state], Tone.ATTENTION)


_BY_STATE: dict[State, str] = {
    State.OPEN: "help.open", State.SUBTOTAL: "help.subtotal", State.PAYING: "help.paying",
    State.PAY_UNKNOWN: "help.pay_unknown",
}  # fmt: skip
