"""The numeric pad: keys become a number, the number and the next key become a request (product C1)."""

from __future__ import annotations

from edge.bus import Bus
from edge.errors import ModelError
from edge.messages import Asked, Key, KeyPressed, Say, ScanData, Show, Tone, View
from edge.model.counter import Verb, Waiting
from edge.model.day_records import TrainingSale
from edge.model.money import parse_yuan
from edge.model.records import SaleCancelled, SaleCompleted
from edge.ports import Transaction
from edge.services.basket import basket_view
from edge.services.scanning import DOUBLE_READ_S

MAX_DIGITS = 9
"""RMB 999999.99; one key more is a child or a book lying on the pad."""
NUMBER_LASTS_S = 30.0
"""A number that was typed longer ago belongs to nobody who still stands here."""

_PLAIN = {
    Key.ENTER: Verb.ENTER,
    Key.PLUS: Verb.REPEAT_LAST,
    Key.MINUS: Verb.REMOVE_LAST,
    Key.HELP: Verb.HELP,
    Key.CANCEL: Verb.STOP,
}


class Keypad:
    """Keeps the number under construction in memory: a power cut forgets a number, never a sale.

    A number is for the key that follows it: a scan, the end of the sale and NUMBER_LASTS_S without a key end it.
    """

    def __init__(self, bus: Bus) -> None:
        self._number = ""
        self._typed_mono = float("-inf")
        self._scan: ScanData | None = None
        bus.on(KeyPressed, self._pressed)
        bus.on(ScanData, self._scanned)
        bus.on(SaleCompleted, self._sale_ended)
        bus.on(SaleCancelled, self._sale_ended)
        bus.on(TrainingSale, self._sale_ended)

    def _scanned(self, scan: ScanData, tx: Transaction) -> None:
        """Not a scan: what a stand reads over and over while somebody types (row 3)."""
        last, self._scan = self._scan, scan
        again = last is not None and (last.device, last.text) == (scan.device, scan.text)
        if again and last is not None and scan.at_mono - last.at_mono < DOUBLE_READ_S:
            return
        if self._number:
            self._number = ""
            tx.after_commit(basket_view(tx.counter))

    def _sale_ended(self, _: SaleCompleted | SaleCancelled | TrainingSale, tx: Transaction) -> None:
        self._number = ""

    def _pressed(self, press: KeyPressed, tx: Transaction) -> None:
        key, is_old = press.key, press.at_mono - self._typed_mono >= NUMBER_LASTS_S
        if key is Key.POINT or key.value.isdigit():
            self._number = "" if is_old else self._number
            self._typed_mono = press.at_mono
            self._type(key.value, tx)
            return
        number, self._number = self._number, ""
        if key is Key.BACKSPACE:
            tx.after_commit(Show(View.TEXT, name="0"))
        elif not number or key in (Key.MINUS, Key.HELP, Key.CANCEL):
            self._plain(key, press.at_mono, tx)
        elif is_old:
            # Not as if the key stood alone: Enter would be exact cash to somebody who still sees a number.
            tx.after_commit(basket_view(tx.counter))
            tx.after_commit(Say("err.amount", Tone.ERROR))
        else:
            self._with_number(key, number, press.at_mono, tx)

    def _type(self, text: str, tx: Transaction) -> None:
        """What cannot become a number any more stays wrong until the key that ends it, and is said at once."""
        if _is_wrong(self._number):
            return
        self._number += text
        if _is_wrong(self._number):
            tx.after_commit(Say("err.amount", Tone.ERROR))
        else:
            tx.after_commit(Show(View.TEXT, name=self._number))

    def _plain(self, key: Key, at_mono: float, tx: Transaction) -> None:
        verb = _PLAIN.get(key)
        if verb is not None:
            tx.after_commit(Asked(verb, 0, at_mono))

    def _with_number(self, key: Key, number: str, at_mono: float, tx: Transaction) -> None:
        try:
            verb, value = self._meaning(key, number, tx.counter.waiting)
        except (ModelError, ValueError):
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        tx.after_commit(Asked(verb, value, at_mono))

    def _meaning(self, key: Key, number: str, waiting: Waiting) -> tuple[Verb, int]:
        """`3 *` is a quantity, `2.5 +` a price, `20 Enter` cash, or the price or the amount that was asked for."""
        if key is Key.TIMES and waiting is not Waiting.AMOUNT:
            return Verb.PIECES, int(number)
        if waiting is Waiting.PRICE:
            return Verb.KEYED_PRICE, parse_yuan(number)
        if waiting is Waiting.AMOUNT:
            return Verb.COUNTED, parse_yuan(number)
        return (Verb.CASH if key is Key.ENTER else Verb.OPEN_PRICE), parse_yuan(number)


def _is_wrong(number: str) -> bool:
    return len(number) > MAX_DIGITS or number.count(".") > 1
