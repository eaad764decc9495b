"""The numeric pad: keys become a number, the number and the next key become a request (product C1)."""

from __future__ import annotations

from edge.bus import Bus
from edge.errors import ModelError
from edge.messages import Asked, Key, KeyPressed, Say, Show, Tone, View
from edge.model.counter import Verb, Waiting
from edge.model.money import parse_yuan
from edge.ports import Transaction

MAX_DIGITS = 9
"""RMB 999999.99; one key more is a child or a book lying on the pad."""

_PLAIN = {
    Key.ENTER: Verb.ENTER,
    Key.PLUS: Verb.REPEAT_LAST,
    Key.MINUS: Verb.REMOVE_LAST,
    Key.HELP: Verb.HELP,
    Key.CANCEL: Verb.STOP,
}


class Keypad:
    """Keeps the number under construction in memory: a power cut forgets a number, never a sale."""

    def __init__(self, bus: Bus) -> None:
        self._number = ""
        bus.on(KeyPressed, self._pressed)

    def _pressed(self, press: KeyPressed, tx: Transaction) -> None:
        key = press.key
        if key is Key.POINT or key.value.isdigit():
            self._type(key.value, tx)
            return
        number, self._number = self._number, ""
        if key is Key.BACKSPACE:
            tx.after_commit(Show(View.TEXT, name="0"))
        elif not number or key in (Key.MINUS, Key.HELP, Key.CANCEL):
            self._plain(key, press.at_mono, tx)
        else:
            self._with_number(key, number, press.at_mono, tx)

    def _type(self, text: str, tx: Transaction) -> None:
        if len(self._number) >= MAX_DIGITS or (text == "." and "." in self._number):
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        self._number += text
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
        """`3 *` is a quantity, `2.5 +` a price, `20 Enter` cash, or the price that was asked for."""
        if key is Key.TIMES:
            return Verb.PIECES, int(number)
        if waiting is Waiting.PRICE:
            return Verb.KEYED_PRICE, parse_yuan(number)
        return (Verb.CASH if key is Key.ENTER else Verb.OPEN_PRICE), parse_yuan(number)
