"""Weighed goods: the counter waits for a weight at rest, and the line is weight × price, cut to the fen (row 7)."""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.codec.scale_frame import frame_text
from edge.messages import (
    Asked,
    CommandRefused,
    DeviceDown,
    DeviceUp,
    ItemScanned,
    Say,
    Show,
    Tone,
    View,
    Weigh,
    WeighAsked,
    WeightRead,
    WeightTaken,
)
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.item import Item
from edge.model.money import Fen, line_amount
from edge.model.sale import add_item
from edge.model.weight import Reading
from edge.ports import Catalogue, Transaction
from edge.services.basket import basket_view, question
from edge.services.new_line import put_in
from edge.services.offers import Offers

WAIT_S = 5.0
REMIND_S = 2.0
"""Goods settle within one; who leans on the scale is told before the wait is over."""
WATCH_S = 60.0
"""How long after a weight was taken the scale is looked at, to see the goods leave it."""


@dataclass(frozen=True, slots=True)
class WeightDue:
    """A timer of the wait that began at `since_ms`. `last`: it is over, else it is time for a reminder."""

    since_ms: int
    last: bool


class Weighing:
    """`scale` is the device's name in the settings, None where the shop has none.

    What it remembers is only the newest reading, for the word at the end of a wait in vain.
    """

    def __init__(self, bus: Bus, catalogue: Catalogue, offers: Offers, *, scale: str | None) -> None:
        self._bus = bus
        self._catalogue = catalogue
        self._offers = offers
        self._scale = scale
        self._newest: WeightRead | None = None
        bus.on(Asked, self._asked)
        bus.on(WeighAsked, self._begin)
        bus.on(WeightRead, self._read)
        bus.on(WeightDue, self._due)
        bus.on(DeviceUp, self._up)
        bus.on(DeviceDown, self._down)
        bus.on(CommandRefused, self._refused)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.WEIGH:
            tx.keep(Counter(sale=tx.counter.sale, waiting=Waiting.WEIGHT))
            tx.after_commit(question(tx.counter))
        elif asked.verb is Verb.PLU:
            item = self._catalogue.by_plu(str(asked.value))
            tx.after_commit(ItemScanned(item, asked.asked_mono) if item else Say("plu.unknown", Tone.ERROR))

    def _begin(self, wanted: WeighAsked, tx: Transaction) -> None:
        if self._scale is None:
            self._give_up("scale.bad", tx)
            return
        since_ms = int(tx.stamp.mono * 1000)
        self._newest = None
        if tx.counter.pieces is not None:
            tx.after_commit(Say("weigh.again", Tone.ERROR))
        sku, price = wanted.item.sku, wanted.price
        tx.keep(Counter(tx.counter.sale, Waiting.WEIGHT, sku, Verb.WEIGH, since_ms, per_kilo=price))
        tx.after_commit(Weigh(tx.stamp.mono + WAIT_S))
        tx.after_commit(weighed_view(wanted, tx.counter))
        self._bus.after(REMIND_S, WeightDue(since_ms, last=False))
        self._bus.after(WAIT_S, WeightDue(since_ms, last=True))

    def _read(self, read: WeightRead, tx: Transaction) -> None:
        counter = tx.counter
        if read.device != self._scale or not is_weighing(counter) or read.at_mono * 1000 < counter.value:
            return
        self._newest = read
        grams = read.reading.grams
        item = self._catalogue.by_sku(counter.barcode or "")
        price = counter.per_kilo
        if item is None or price is None:  # another catalogue came meanwhile
            self._give_up("err.generic", tx)
        elif read.emptied and read.reading.sellable and grams is not None and line_amount(price, grams) > 0:
            self._sell(item, price, read.reading, tx)

    def _sell(self, item: Item, price: Fen, reading: Reading, tx: Transaction) -> None:
        grams, frame = reading.grams, frame_text(reading.frame)
        assert grams is not None
        sold = put_in(lambda sale, _: add_item(sale, item, qty=grams, price=price, scale=frame), self._offers, tx)
        tx.after_commit(WeightTaken(WATCH_S) if sold else Weigh(0.0))

    def _due(self, due: WeightDue, tx: Transaction) -> None:
        if not is_weighing(tx.counter) or tx.counter.value != due.since_ms:
            return
        if due.last:
            self._give_up(why_not(self._newest), tx)
        else:
            tx.after_commit(question(tx.counter))

    def _give_up(self, prompt: str, tx: Transaction) -> None:
        """No line, one sentence with the next step."""
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        # Who is told to take the goods off does it now: the scale must be looked at, or it never sees them go.
        tx.after_commit(WeightTaken(WATCH_S) if prompt == "scale.again" else Weigh(0.0))
        tx.after_commit(Say(prompt, Tone.ERROR))

    def _up(self, up: DeviceUp, tx: Transaction) -> None:
        """After a restart the goods of the newest line may lie on the scale still."""
        sale = tx.counter.sale
        if up.device == self._scale and sale is not None and sale.last is not None and sale.last.weighed:
            tx.after_commit(WeightTaken(0.0))

    def _down(self, down: DeviceDown, tx: Transaction) -> None:
        if down.device == self._scale and is_weighing(tx.counter):
            self._give_up("scale.bad", tx)

    def _refused(self, refused: CommandRefused, tx: Transaction) -> None:
        is_begun = isinstance(refused.command, Weigh) and refused.command.until_mono > tx.stamp.mono
        if is_begun and is_weighing(tx.counter):
            self._give_up("scale.bad", tx)


def weighed_view(wanted: WeighAsked, counter: Counter) -> Show:
    """The goods and what a kilogram of them costs, with the total so far."""
    item, total = wanted.item, counter.sale.total if counter.sale else Fen(0)
    return Show(View.ITEM, name=item.name, name_en=item.name_en or "", price=wanted.price, amount=total)


def is_weighing(counter: Counter) -> bool:
    """Whether it waits for the weight of goods that are known."""
    return counter.waiting is Waiting.WEIGHT and counter.barcode is not None


def why_not(newest: WeightRead | None) -> str:
    """The prompt for what kept a weight from being taken."""
    if newest is None:
        return "scale.bad"
    reading = newest.reading
    if reading.over:
        return "scale.over"
    if reading.under or reading.negative:
        return "scale.under"
    if reading.faults:
        return "scale.bad"
    if not newest.emptied:
        return "scale.again"
    if reading.stable is not True:
        return "scale.moving"
    return "scale.unit" if reading.weight is not None and reading.grams is None else "scale.empty"
