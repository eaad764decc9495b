"""Help from afar, while the owner allows it at the counter (support.session, row 135).

    support.session ──► "help is offered": waits ──► owner's card, card 允许远程, Enter ──► on, for an hour: done
                                      └── nobody did within WAITS_S: failed, cmd.timeout
    on ──► an hour is over │ the card again │ the terminal starts anew ──► off

On, the terminal tells how it is every half minute instead of every five; nothing is opened, and there is no shell.
What the cloud may command it may command without this, too. Beginning and end are spoken and journaled.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.codec.wire import checked
from edge.codec.wire_command import SupportArgs
from edge.errors import WireError
from edge.messages import Asked, Confirmed, Say, Started, Tone
from edge.model.cloud_records import SupportClosed, SupportOpened
from edge.model.counter import Verb
from edge.ports import Transaction
from edge.services.basket import ask_confirm, basket_view, question
from edge.services.commands import Answered, Ordered
from edge.services.owner_gate import spend_on_question
from edge.services.telemetry import WatchClosely

LASTS_S = 3_600.0
WAITS_S = 600.0
_OPEN = "remote.until"
"""In `meta`: when it is over, in monotonic seconds of this start; empty: it is off."""
_ASKS = "remote.asks"
"""In `meta`: "{cid} {by}" of the command that waits for the card."""


@dataclass(frozen=True, slots=True)
class HelpOver:
    """A timer: the hour is over; only of the help that lasts `until_mono`."""

    until_mono: float


@dataclass(frozen=True, slots=True)
class NobodyAllowed:
    """A timer: the command `cid` has waited long enough."""

    cid: str


class RemoteHelp:
    """Built before `Commands`: after a start what waited for the card is not known any more."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        bus.on(Started, self._start)
        bus.on(Asked, self._asked)
        bus.on(Confirmed, self._confirmed)
        bus.on(HelpOver, self._over)
        bus.on(NobodyAllowed, self._gave_up)

    def order(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of support.session. Where it is on already, it is done."""
        try:
            checked(SupportArgs, dict(ordered.args), where=ordered.type)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what)
        if tx.get(_OPEN):
            return Answered(ordered.cid, "done", out=_left(tx))
        if tx.get(_ASKS):
            return Answered(ordered.cid, "failed", "cmd.busy", "somebody waits for the card already")
        tx.put(_ASKS, f"{ordered.cid} {ordered.by}")
        tx.after_commit(Say("remote.asked", Tone.ATTENTION))
        self._bus.after(WAITS_S, NobodyAllowed(ordered.cid))
        return Answered(ordered.cid, "running", out={"wait": "card"})

    def _gave_up(self, waited: NobodyAllowed, tx: Transaction) -> None:
        cid, _ = _asking(tx)
        if cid == waited.cid:
            tx.put(_ASKS, "")
            tx.after_commit(Answered(cid, "failed", "cmd.timeout", "nobody at the counter allowed it"))

    # --- at the counter --------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        """The card of who knows what it is for: whether somebody asked for help or will, and once more to end it."""
        if asked.verb is not Verb.ALLOW_REMOTE:
            return
        if question(tx.counter) is not None and tx.counter.verb is asked.verb:
            tx.after_commit(question(tx.counter))
        elif spend_on_question(tx) is not None:
            ask_confirm(asked.verb, 0 if tx.get(_OPEN) else 1, tx)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """`value`: what it shall be, so that a question that is answered twice switches once."""
        if confirmed.verb is not Verb.ALLOW_REMOTE:
            return
        tx.after_commit(basket_view(tx.counter))
        if confirmed.value and not tx.get(_OPEN):
            self._open(tx)
        elif not confirmed.value:
            self._close("card", tx)

    def _open(self, tx: Transaction) -> None:
        cid, by = _asking(tx)
        until = tx.stamp.mono + LASTS_S
        tx.put(_OPEN, str(until))
        tx.put(_ASKS, "")
        tx.append(SupportOpened(by, round(LASTS_S / 60)))
        tx.after_commit(Say("remote.on", Tone.ATTENTION))
        tx.after_commit(WatchClosely(until))
        self._bus.after(LASTS_S, HelpOver(until))
        if cid:
            tx.after_commit(Answered(cid, "done", out=_left(tx)))

    def _over(self, over: HelpOver, tx: Transaction) -> None:
        if tx.get(_OPEN) == str(over.until_mono):
            self._close("over", tx)

    def _start(self, _: Started, tx: Transaction) -> None:
        if tx.get(_ASKS):
            tx.put(_ASKS, "")
        self._close("restart", tx)

    def _close(self, why: str, tx: Transaction) -> None:
        if not tx.get(_OPEN):
            return
        tx.put(_OPEN, "")
        tx.append(SupportClosed(why))
        tx.after_commit(Say("remote.off", Tone.ATTENTION))
        tx.after_commit(WatchClosely(0.0))


def _asking(tx: Transaction) -> tuple[str, str]:
    """(cid, by) of the command that waits; both empty: none."""
    cid, _, by = (tx.get(_ASKS) or "").partition(" ")
    return cid, by


def _left(tx: Transaction) -> dict[str, int]:
    return {"minutes": max(0, round((float(tx.get(_OPEN) or 0) - tx.stamp.mono) / 60))}
