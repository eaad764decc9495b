"""Practice: sales that are none, said at each of them (product row 37). The sale itself carries the mark.

Off at a boot, after TRAINING_S and at the end of the day. A basket that was begun in practice stays one until it ends,
whatever happens meanwhile: it has no receipt number, moves no goods and no money, and opens no drawer.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import Asked, Say, Started, Tone
from edge.model.counter import Counter, Verb
from edge.model.day_records import DayClosed, TrainingSale
from edge.model.receipt import ReceiptText
from edge.model.sale import Sale
from edge.model.training_slip import training_slip
from edge.ports import Transaction
from edge.services.basket import end_emptied
from edge.services.receipts import PrintMode
from edge.services.slips import lay_ready, local_time, print_slip
from edge.services.spoken_manner import on_paper

TRAINING_KEY = "training"
TRAINING_S = 1_800.0
"""Whoever practises longer scans the card again; whoever forgot it sells again (row 37)."""


@dataclass(frozen=True, slots=True)
class TrainingOver:
    """A timer; `id` names the practice that it ends."""

    id: str


class Training:
    """Whether it is on stands in the ledger beside the basket: a rollback undoes both."""

    def __init__(self, bus: Bus, text: ReceiptText, *, zone: ZoneInfo, mode: PrintMode) -> None:
        self._bus = bus
        self._text = text
        self._zone = zone
        self._mode = mode
        bus.on(Started, self._start)
        bus.on(Asked, self._asked)
        bus.on(TrainingOver, self._over)
        bus.on(DayClosed, lambda _, tx: end_practice(tx))
        bus.on(TrainingSale, self._sold)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is not Verb.TRAINING:
            return
        sale = tx.counter.sale
        if sale is not None and sale.standing:
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
            return
        end_emptied(tx)  # of the other kind: goods put into it would be what it is
        tx.keep(Counter())
        if practising(tx):
            end_practice(tx)
        else:
            self._begin(tx)

    def _start(self, _: Started, tx: Transaction) -> None:
        """Whoever goes on with a basket of practice must hear what it is."""
        _switch_off(tx)
        if _in_basket(tx):
            tx.after_commit(Say("train.on", Tone.ATTENTION))

    def _begin(self, tx: Transaction) -> None:
        practice = tx.new_id()
        tx.put(TRAINING_KEY, practice)
        self._bus.after(TRAINING_S, TrainingOver(practice))
        tx.after_commit(Say("train.on", Tone.ATTENTION))

    def _over(self, over: TrainingOver, tx: Transaction) -> None:
        """Under a basket it is over with the basket, and not said before: it would be true of the next one only."""
        if tx.get(TRAINING_KEY) == over.id:
            if _in_basket(tx):
                _switch_off(tx)
            else:
                end_practice(tx)

    def _sold(self, record: TrainingSale, tx: Transaction) -> None:
        if not tx.get(TRAINING_KEY):  # a power cut or the half hour ended it with this basket on the counter
            tx.after_commit(Say("train.off", Tone.ATTENTION))
        if self._mode is not PrintMode.NEVER:
            now = local_time(tx.stamp.at, self._zone)
            slip = training_slip(record.sale, till=record.till, local_time=now, text=on_paper(self._text, tx))
            (print_slip if self._mode is PrintMode.ALWAYS else lay_ready)(slip, tx)


def practising(tx: Transaction) -> bool:
    """It is on, or a basket of practice stands on the counter."""
    return bool(tx.get(TRAINING_KEY)) or _in_basket(tx)


def _in_basket(tx: Transaction) -> bool:
    sale = tx.counter.sale
    return sale is not None and sale.training and bool(sale.standing)


def end_practice(tx: Transaction) -> None:
    """Off, with a word; nothing where it is not on."""
    if tx.get(TRAINING_KEY):
        _switch_off(tx)
        tx.after_commit(Say("train.off", Tone.ATTENTION))


def new_sale(tx: Transaction) -> Sale:
    """For the first goods of a customer; in practice it is marked, and that is said."""
    is_practice = practising(tx)
    if is_practice:
        tx.after_commit(Say("train.on", Tone.ATTENTION))
    return Sale(id=tx.new_id(), training=is_practice)


def _switch_off(tx: Transaction) -> None:
    if tx.get(TRAINING_KEY):
        tx.put(TRAINING_KEY, "")
