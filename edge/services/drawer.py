"""The cash drawer: one pulse per reason, never driven again after a restart (decisions 1)."""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.messages import (
    Asked,
    CommandRefused,
    DrawerWanted,
    KickOutcome,
    MessageFailed,
    Outcome,
    PrinterStatus,
    Say,
    SendKick,
    Started,
    Tone,
    WorkQueued,
)
from edge.model.counter import Verb
from edge.model.ledger_rows import DrawerKick, EffectState
from edge.model.records import DrawerEnded, DrawerOpened, SaleCompleted, SaleRefunded, SaleVoided
from edge.model.sale import Method
from edge.ports import Transaction

KICK_EXPIRES_S = 5.0
"""Nobody stands at a drawer that springs open later than this."""

LEFT_OPEN_S = 30.0
"""An open drawer is mentioned after this, once more after as long, and then ever more rarely (row 33)."""
MENTIONS = 5
"""Who has not shut it by then has a reason."""
NO_SALE = "no_sale"
RETRY_S = 2.0
"""How soon an outcome that found no room is told again."""


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A timer: is the drawer that opened `serial` times still open, and how often was it mentioned?"""

    serial: int
    mentioned: int = 0


_STATES = {
    Outcome.DONE: EffectState.DONE,
    Outcome.NOT_STARTED: EffectState.EXPIRED,
    Outcome.UNKNOWN: EffectState.UNKNOWN,
    Outcome.FAILED: EffectState.EXPIRED,
}


class Drawer:
    """`open_level` is pin 3's level when the drawer is open: True high, False low, None not set up.

    `present`: a printer is set up, and a drawer hangs on it. Without one nothing is queued; what an earlier boot left
    is still settled.
    """

    def __init__(self, bus: Bus, *, open_level: bool | None, present: bool) -> None:
        self._bus = bus
        self._present = present
        self._open_level = open_level if present else None
        self._cut: set[str] = set()
        self._open_serial = 0
        self._is_open = False
        bus.on(Started, self._resume)
        if present:
            bus.on(SaleCompleted, self._kick_for_cash)
            bus.on(SaleRefunded, self._kick_for_refund)
            bus.on(SaleVoided, self._kick_for_refund)
        bus.on(Asked, self._asked)
        bus.on(DrawerWanted, self._wanted)
        bus.on(WorkQueued, self._begin)
        bus.on(KickOutcome, self._ended)
        bus.on(CommandRefused, self._refused)
        bus.on(MessageFailed, self._not_booked)
        bus.on(PrinterStatus, self._sensed)
        bus.on(LeftOpen, self._left_open)

    def _kick_for_cash(self, record: SaleCompleted, tx: Transaction) -> None:
        if any(tender.method is Method.CASH and (tender.applied or tender.tendered) for tender in record.sale.tenders):
            self._queue(record.sale.id, "sale", tx)

    def _kick_for_refund(self, record: SaleRefunded | SaleVoided, tx: Transaction) -> None:
        if any(tender.method is Method.CASH for tender in record.money):
            self._queue(record.refund.id, "refund", tx)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        """No-sale: change for a customer, a look into the till. Each opening is in the journal (row 33)."""
        if asked.verb is not Verb.OPEN_DRAWER:
            return
        if not self._present:
            tx.after_commit(Say("drawer.none", Tone.ERROR))
            return
        self._open(NO_SALE, tx)
        tx.after_commit(Say("drawer.no_sale"))

    def _wanted(self, wanted: DrawerWanted, tx: Transaction) -> None:
        """Not one that stands open: a pulse that comes behind a slip would spring it from under the hand."""
        if self._present and not self._is_open:
            self._open(wanted.why, tx)

    def _open(self, why: str, tx: Transaction) -> None:
        entry = tx.append(DrawerOpened(why))
        self._queue(entry.id, why, tx)

    def _queue(self, kick: str, why: str, tx: Transaction) -> None:
        tx.kicks.queue(DrawerKick(kick, why, EffectState.QUEUED))
        tx.after_commit(WorkQueued())

    def _begin(self, _: WorkQueued, tx: Transaction) -> None:
        for kick in tx.kicks.in_state(EffectState.QUEUED):
            tx.kicks.move(kick.id, EffectState.SENDING)
            tx.after_commit(SendKick(kick.id, tx.stamp.mono + KICK_EXPIRES_S))

    def _ended(self, ended: KickOutcome, tx: Transaction) -> None:
        self._close(ended.kick, _STATES[ended.outcome], ended.reason, tx)

    def _refused(self, refused: CommandRefused, tx: Transaction) -> None:
        if isinstance(refused.command, SendKick):
            self._close(refused.command.kick, EffectState.EXPIRED, "the printer was not there", tx)

    def _not_booked(self, failed: MessageFailed, tx: Transaction) -> None:
        """An outcome that found no room is told again: the pulse would stay `sending` till the next boot."""
        message = failed.message
        if isinstance(message, KickOutcome) or (
            isinstance(message, CommandRefused) and isinstance(message.command, SendKick)
        ):
            self._bus.after(RETRY_S, message)

    def _close(self, kick: str, state: EffectState, reason: str, tx: Transaction) -> None:
        if all(sending.id != kick for sending in tx.kicks.in_state(EffectState.SENDING)):
            return  # told twice
        tx.kicks.move(kick, state, reason)
        if state is not EffectState.DONE:
            tx.append(DrawerEnded(kick, state.value, reason))
            tx.after_commit(Say("drawer.fault", Tone.ATTENTION))

    def _resume(self, _: Started, tx: Transaction) -> None:
        """Queued before the cut: expired. In the middle of it: the sensor tells, or nobody knows."""
        for kick in tx.kicks.in_state(EffectState.QUEUED):
            tx.kicks.move(kick.id, EffectState.EXPIRED, "power was lost before the pulse")
            tx.append(DrawerEnded(kick.id, EffectState.EXPIRED.value, "power was lost before the pulse"))
        self._cut = {kick.id for kick in tx.kicks.in_state(EffectState.SENDING)}
        if self._open_level is None:
            self._resolve(EffectState.UNKNOWN, "power was lost during the pulse", tx)

    def _sensed(self, status: PrinterStatus, tx: Transaction) -> None:
        """A pulse cut by a power failure, seen now: an open drawer was opened by it."""
        if self._open_level is None or status.pin3_high is None:
            return
        is_open = status.pin3_high is self._open_level
        self._resolve(
            EffectState.DONE if is_open else EffectState.UNKNOWN, "told by the drawer's switch after a power cut", tx
        )
        if is_open and not self._is_open:
            self._open_serial += 1
            self._bus.after(LEFT_OPEN_S, LeftOpen(self._open_serial))
        self._is_open = is_open

    def _left_open(self, left: LeftOpen, tx: Transaction) -> None:
        if self._is_open and left.serial == self._open_serial:
            tx.after_commit(Say("drawer.open", Tone.ATTENTION))
            times = left.mentioned + 1
            if times < MENTIONS:
                self._bus.after(LEFT_OPEN_S * 2.0 ** (times - 1), LeftOpen(left.serial, times))

    def _resolve(self, state: EffectState, reason: str, tx: Transaction) -> None:
        """Those that the cut left behind, and only those: a pulse of now is answered by the printer itself."""
        for kick in tx.kicks.in_state(EffectState.SENDING) if self._cut else ():
            if kick.id in self._cut:
                tx.kicks.move(kick.id, state, reason)
                tx.append(DrawerEnded(kick.id, state.value, reason))
