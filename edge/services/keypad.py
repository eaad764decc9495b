"""The numeric pad: keys become a number, the number and the next key become a request (product C1).

Cards do as keys: digits and Enter press the pad's (product decision 8).
"""

from __future__ import annotations

from collections.abc import Mapping

from edge.bus import Bus
from edge.codec.command_card import find_own_code
from edge.errors import ModelError
from edge.messages import Key, KeyPressed, NumberKeyed, Say, ScanData, Show, Tone, TotalCardScanned, View
from edge.model.card import Card
from edge.model.counter import DESK, ENDS_NUMBER, STORE_ROOM, Counter, Verb, Waiting, takes_amount
from edge.model.day_records import TrainingSale
from edge.model.money import parse_yuan
from edge.model.records import SaleCancelled, SaleCompleted
from edge.ports import Transaction
from edge.services.basket import basket_view, question
from edge.services.owner_gate import ask

MAX_DIGITS = 9
"""RMB 999999.99; one key more is a child or a book lying on the pad."""
DESK_DIGITS = 32
"""A phone has 11, the number of a bill up to 24; it is a text, and no amount."""
NUMBER_LASTS_S = 30.0
"""A number that was typed longer ago belongs to nobody who still stands here."""

SECOND_ENTER_S = 0.8
"""Enter twice is exact cash or a yes, but not when one press bounced (row 24)."""

_TEXTS = frozenset({Waiting.SERVICE, Waiting.BANK_SLIP, Waiting.LOAN})
"""What is keyed there is no amount."""
_PLAIN = {
    Key.ENTER: Verb.ENTER,
    Key.PLUS: Verb.REPEAT_LAST,
    Key.MINUS: Verb.REMOVE_LAST,
    Key.CANCEL: Verb.STOP,
}


class Keypad:
    """Keeps the number under construction in memory: a power cut forgets a number, never a sale.

    A number is for the key that follows it: a scan, the end of the sale and NUMBER_LASTS_S without a key end it.
    `cards`: which scans are keys. `double_read_s` as `Scanning` has it.
    """

    def __init__(self, bus: Bus, cards: Mapping[int, Card], *, double_read_s: float) -> None:
        self._double_read_s = double_read_s
        self._cards = cards
        self._number = ""
        self._times = False
        # The sign came before its number: `* 3 Enter`.
        self._typed_mono = float("-inf")
        self._entered_mono = float("-inf")
        self._scan: ScanData | None = None
        bus.on(KeyPressed, self._pressed)
        bus.on(ScanData, self._scanned)
        bus.on(TotalCardScanned, self._total_card)
        bus.on(SaleCompleted, self._sale_ended)
        bus.on(SaleCancelled, self._sale_ended)
        bus.on(TrainingSale, self._sale_ended)

    def _scanned(self, scan: ScanData, tx: Transaction) -> None:
        """Not a scan: what a stand reads over and over while somebody types (row 3)."""
        last, self._scan = self._scan, scan
        self._entered_mono = float("-inf")
        self._times = False
        again = last is not None and (last.device, last.text) == (scan.device, scan.text)
        if again and last is not None and scan.at_mono - last.at_mono < self._double_read_s:
            return
        card = self._card(scan.text)
        if card is not None and (card.key or card.verb in ENDS_NUMBER):
            return  # they are for the number
        if self._number:
            self._number = ""
            tx.after_commit(basket_view(tx.counter))

    def _card(self, text: str) -> Card | None:
        number = find_own_code(text)
        return self._cards.get(number) if isinstance(number, int) else None

    def _total_card(self, scanned: TotalCardScanned, tx: Transaction) -> None:
        """After a number the card is Enter, whatever the number answers."""
        if self._number:
            self._pressed(KeyPressed("", Key.ENTER, scanned.at_mono), tx)
        else:
            ask(scanned.verb, 0, scanned.at_mono, tx)

    def _sale_ended(self, record: SaleCompleted | SaleCancelled | TrainingSale, tx: Transaction) -> None:
        """Not one that stood aside: the number is for what lies on the counter."""
        if self._number and tx.held.of(record.sale.id) is None:
            self._number = ""

    def _pressed(self, press: KeyPressed, tx: Transaction) -> None:
        key, is_old = press.key, press.at_mono - self._typed_mono >= NUMBER_LASTS_S
        if key is Key.POINT or key.value.isdigit():
            self._number = "" if is_old else self._number
            self._typed_mono, self._entered_mono = press.at_mono, float("-inf")
            self._type(key.value, tx)
            return
        if key is Key.HELP:  # what is typed and seen stays: the hint may be about it
            ask(Verb.HELP, 0, press.at_mono, tx)
            return
        number, self._number = self._number, ""
        times, self._times = self._times, False
        if times and number and key is Key.ENTER:
            key = Key.TIMES
        bounced = key is Key.ENTER and not number and press.at_mono - self._entered_mono < SECOND_ENTER_S
        self._entered_mono = press.at_mono if key is Key.ENTER else float("-inf")
        if bounced:
            tx.after_commit(question(tx.counter) or basket_view(tx.counter))
        elif key is Key.BACKSPACE:
            tx.after_commit(_typed("______", tx.counter) if _takes_text(tx.counter) else basket_view(tx.counter))
        elif not number or key in (Key.MINUS, Key.CANCEL):
            self._plain(key, press.at_mono, tx)
        elif _takes_text(tx.counter):
            self._for_desk(press, number, tx)
        elif is_old:
            was_refused = self._typed_mono == float("-inf")
            self._refuse("err.amount" if was_refused else "num.old", tx)
        else:
            self._with_number(key, number, press.at_mono, tx)

    def _for_desk(self, press: KeyPressed, number: str, tx: Transaction) -> None:
        """A code is a text: its zeros in front belong to it. Only Enter ends it; another key is a slip of the hand, but
        for the sign that says how many goods.
        """
        if press.key is Key.ENTER:
            tx.after_commit(NumberKeyed(press.device, number, press.at_mono))
        elif press.key is Key.TIMES and tx.counter.waiting in STORE_ROOM and number.isdecimal():
            ask(Verb.PIECES, int(number), press.at_mono, tx)
        else:
            self._refuse("err.amount", tx)

    def _type(self, text: str, tx: Transaction) -> None:
        """What cannot become a number any more stays wrong until the key that ends it, and is said at once."""
        longest = DESK_DIGITS if tx.counter.waiting in _TEXTS else MAX_DIGITS
        if _is_wrong(self._number, longest):
            return
        self._number += text
        if _is_wrong(self._number, longest):
            tx.after_commit(Say("err.amount", Tone.ERROR))
        else:
            tx.after_commit(_typed(self._number, tx.counter))

    def _plain(self, key: Key, at_mono: float, tx: Transaction) -> None:
        verb = _PLAIN.get(key)
        if verb is not None:
            ask(verb, 0, at_mono, tx)
        else:
            self._times = True
            tx.after_commit(Say("qty.first", Tone.ATTENTION))

    def _with_number(self, key: Key, number: str, at_mono: float, tx: Transaction) -> None:
        try:
            verb, value = self._meaning(key, number, tx.counter)
        except (ModelError, ValueError):
            if tx.counter.waiting is Waiting.NOTHING:
                self._number, self._typed_mono = number, float("-inf")
            self._refuse("err.amount", tx)
            return
        ask(verb, value, at_mono, tx)

    def _refuse(self, prompt: str, tx: Transaction) -> None:
        """A number that is wrong, or of long ago. The key does not count as if it stood alone, nor does it the next
        time: Enter would be exact cash to somebody who thinks of a number.
        """
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say(prompt, Tone.ERROR))

    def _meaning(self, key: Key, number: str, counter: Counter) -> tuple[Verb, int]:
        """`3 *` is a quantity, `2.5 +` a price, `20 Enter` cash, or what was asked for: a price, goods, a line of
        a receipt, an amount.
        """
        if key is Key.TIMES and not takes_amount(counter):
            return Verb.PIECES, int(number)
        if counter.waiting is Waiting.WEIGHT and counter.barcode is None:
            return Verb.PLU, int(number)
        if counter.waiting is Waiting.REFUND and key is Key.ENTER:
            return Verb.LINE, int(number)
        if counter.waiting is Waiting.PRICE:
            return Verb.KEYED_PRICE, parse_yuan(number)
        if takes_amount(counter):
            return Verb.COUNTED, parse_yuan(number)
        asked = counter.verb if counter.waiting is Waiting.CONFIRM else None
        if asked in (Verb.KEYED_PRICE, Verb.OPEN_PRICE):  # another price than the one that is to be confirmed
            return (asked if key is Key.PLUS else Verb.COUNTED), parse_yuan(number)
        return (Verb.CASH if key is Key.ENTER else Verb.OPEN_PRICE), parse_yuan(number)


def _typed(number: str, counter: Counter) -> Show:
    """The digits, and below them what they are to pay, if anything."""
    if counter.verb is Verb.LOAN_CODE:  # it is the customer's, and the display is everybody's
        return Show(View.TEXT, name="*" * len(number))
    sale = counter.sale
    if sale is None or not sale.standing or counter.waiting is not Waiting.NOTHING:
        return Show(View.TEXT, name=number, private=counter.waiting is not Waiting.NOTHING)
    return Show(View.MISSING if sale.tenders else View.NUMBER, name=number, amount=sale.due)


def _takes_text(counter: Counter) -> bool:
    return counter.waiting in DESK | STORE_ROOM


def _is_wrong(number: str, longest: int) -> bool:
    return len(number) > longest or number.count(".") > 1
