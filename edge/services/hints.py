"""Silence where the counter waits: the next step is said once, twice more, then no more (row 99).

While a wallet pays it is never silent for long: that would be taken for a payment that is stuck, or done.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.messages import Asked, BadgeScanned, KeyPressed, Say, ScanData, Started, Tone
from edge.model.counter import Verb, Waiting
from edge.model.payment import Payment, PaymentState
from edge.model.records import PaymentChanged, PaymentReceived
from edge.model.sale import Sale, State
from edge.ports import Transaction
from edge.services.basket import question
from edge.services.checkout import WaitOver
from edge.services.owner_gate import armed
from edge.services.printer_trouble import printer_complaint

PAUSES_S = (8.0, 30.0, 30.0)
"""Of silence before each hint. Who has not answered the third has gone away."""
STILL_S = 15.0
"""Between two words that a wallet is still waited for; the payment itself ends this, after 90 s at the latest."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done next, and what is said after it for as long as it lasts."""

    say: Say
    still: Say | None = None


_AT_WORK = frozenset({Waiting.PARCEL_IN, Waiting.TAKE_BACK})
_AT_SHELVES = frozenset({Waiting.RECEIVE, Waiting.COUNT, Waiting.WRITE_OFF})


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
        self._step: Step | None = None
        """The next one of now; None: nobody is waited for."""
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
        step = step_for(tx)
        if step != self._step:
            self._step = step
            self._begin(max(self._since_mono, tx.stamp.mono))
        if step is not None and not self._armed and (step.still is not None or self._said < len(PAUSES_S)):
            self._arm(step, tx.stamp.mono)

    def _begin(self, since_mono: float) -> None:
        self._since_mono, self._said = since_mono, 0

    def _help(self, asked: Asked, tx: Transaction) -> None:
        """Key / or card 帮助: the next step, at any moment (row 99)."""
        if asked.verb is Verb.HELP:
            step, complaint = step_for(tx, asked=True), printer_complaint(tx)
            tx.after_commit(complaint)
            if step is not None or complaint is None:
                tx.after_commit(step.say if step is not None else Say("sys.help_idle", Tone.ATTENTION))

    def _due_mono(self, step: Step) -> float:
        pauses = PAUSES_S[: self._said + 1] if step.still is None else (PAUSES_S[0], self._said * STILL_S)
        return self._since_mono + sum(pauses)

    def _arm(self, step: Step, now_mono: float) -> None:
        """In a long pause it looks early: another silence may have begun, whose first hint must not wait for it."""
        self._armed = True
        self._bus.at(min(self._due_mono(step), now_mono + PAUSES_S[0]), HintDue())

    def _look(self, due: HintDue, tx: Transaction) -> None:
        self._armed = False
        step = step_for(tx)
        if step is not None and step == self._step and tx.stamp.mono >= self._due_mono(step):
            tx.after_commit(step.say if step.still is None or self._said == 0 else step.still)
            self._said += 1
        self._changed(due, tx)


def step_for(tx: Transaction, *, asked: bool = False) -> Step | None:
    """The next step where the counter waits for somebody; None where it waits for nobody. `asked`: somebody wants to
    know, though hands are at work.
    """
    counter = tx.counter
    if counter.waiting in _AT_SHELVES and counter.barcode is not None and counter.verb is None and not asked:
        return None  # who walks along a shelf has heard it when it began
    if counter.waiting in _AT_WORK and counter.verb is None:
        return None  # a courier carries parcels, or stands at an open door: what is to be scanned next is no help
    if (waited := question(counter)) is not None:
        return Step(waited)
    basket = counter.sale is not None and counter.sale.last is not None
    if armed(tx) is not None and not basket:
        return Step(Say("owner.armed", Tone.ATTENTION))
    if counter.pieces is not None:
        return Step(Say("qty.wait", Tone.ATTENTION, words=(("n", str(counter.pieces // 1000)),)))
    return _step_of(counter.sale, tx) if counter.sale is not None else None


def _step_of(sale: Sale, tx: Transaction) -> Step | None:
    match sale.state:
        case State.OPEN if sale.last is not None:
            return Step(Say("help.open", Tone.ATTENTION))
        case State.SUBTOTAL:
            return Step(Say("help.subtotal" if sale.due > 0 else "pay.nothing_due", Tone.ATTENTION))
        case State.PAYING if (payment := tx.payments.find(sale.payment)) is not None:
            return _step_with(payment)
        case State.PAY_UNKNOWN:
            return Step(Say("help.pay_unknown", Tone.ATTENTION))
        case _:
            return None


def _step_with(payment: Payment) -> Step:
    waits, cancelling = Say("help.paying", Tone.ATTENTION), Say("pay.cancelling", Tone.ATTENTION)
    match payment.state:
        case PaymentState.CANCELLING:
            return Step(cancelling, still=cancelling)
        case PaymentState.WAIT_CUSTOMER:
            return Step(waits, still=Say("pay.password", Tone.ATTENTION))
        case _:
            return Step(waits, still=Say("pay.still", Tone.ATTENTION, words=(("channel", payment.channel),)))
