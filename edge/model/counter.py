"""What a person can ask of the counter, and what it must still know after a power cut."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edge.model.money import Milli
from edge.model.refund import Refund
from edge.model.sale import Sale


class Verb(StrEnum):
    """What was asked, by a card or by a key. Verbs are cards, nouns are scans, numbers are keys (product C1)."""

    ENTER = "enter"
    SUBTOTAL = "subtotal"
    EXACT_CASH = "exact_cash"
    CASH = "cash"
    """Value: fen received."""
    OTHER_PAYMENT = "other_payment"
    """Money that this box cannot see came; Enter confirms."""
    REMOVE_LAST = "remove_last"
    REMOVE_NEXT = "remove_next"
    """The next scan is removed."""
    UNDO = "undo"
    CANCEL_SALE = "cancel_sale"
    PRICE_CHECK = "price_check"
    HOLD = "hold"
    RECALL = "recall"
    REPRINT = "reprint"
    REFUND = "refund"
    """Asks for the receipt; confirmed: money goes back."""
    REFUND_ALL = "refund_all"
    POST_VOID = "post_void"
    """The last sale is taken back as a whole."""
    PIECES = "pieces"
    """Value: pieces, of the last line or of the next scan by the shop's habit."""
    PIECES_CARD = "pieces_card"
    """Value: pieces, always of the last line."""
    OPEN_PRICE = "open_price"
    """Value: fen, for goods without a barcode."""
    KEYED_PRICE = "keyed_price"
    """Value: fen, for the barcode that was asked about."""
    REPEAT_LAST = "repeat_last"
    HELP = "help"
    SAY_AGAIN = "say_again"
    OPEN_DRAWER = "open_drawer"
    """Without a sale; journaled with its reason."""
    SHIFT_OPEN = "shift_open"
    SHIFT_CLOSE = "shift_close"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    COUNTED = "counted"
    """Value: fen, the answer to a question for an amount."""
    X_REPORT = "x_report"
    DAY_CLOSE = "day_close"
    TRAINING = "training"
    STOP = "stop"


CARDS: dict[int, tuple[Verb, int]] = {
    101: (Verb.SUBTOTAL, 0),
    102: (Verb.EXACT_CASH, 0),
    103: (Verb.OTHER_PAYMENT, 0),
    104: (Verb.REMOVE_NEXT, 0),
    105: (Verb.UNDO, 0),
    106: (Verb.CANCEL_SALE, 0),
    107: (Verb.HOLD, 0),
    108: (Verb.RECALL, 0),
    109: (Verb.PRICE_CHECK, 0),
    110: (Verb.REFUND, 0),
    111: (Verb.REPRINT, 0),
    121: (Verb.PIECES_CARD, 2),
    122: (Verb.PIECES_CARD, 3),
    123: (Verb.PIECES_CARD, 5),
    124: (Verb.PIECES_CARD, 6),
    125: (Verb.PIECES_CARD, 10),
    126: (Verb.PIECES_CARD, 12),
    127: (Verb.PIECES_CARD, 24),
    161: (Verb.SHIFT_OPEN, 0),
    162: (Verb.SHIFT_CLOSE, 0),
    163: (Verb.OPEN_DRAWER, 0),
    164: (Verb.CASH_IN, 0),
    165: (Verb.CASH_OUT, 0),
    166: (Verb.X_REPORT, 0),
    181: (Verb.HELP, 0),
    182: (Verb.SAY_AGAIN, 0),
    187: (Verb.TRAINING, 0),
    190: (Verb.STOP, 0),
    201: (Verb.DAY_CLOSE, 0),
    202: (Verb.POST_VOID, 0),
    206: (Verb.REFUND_ALL, 0),
}
"""The command cards by their number (product C2; the barcode is ZZ + number + check digit)."""


class Waiting(StrEnum):
    """What the next scan or number means, when it is not simply the next thing to sell."""

    NOTHING = "nothing"
    PRICE = "price"
    """Of `Counter.barcode`, which is unknown or has no price."""
    PRICE_CHECK = "price_check"
    REMOVE = "remove"
    RECEIPT = "receipt"
    """Of the sale that something comes back of."""
    REFUND = "refund"
    """Goods of `Counter.refund`, or Enter."""
    CANCEL = "cancel"
    """The same card or Enter confirms."""
    AMOUNT = "amount"
    """Of cash, for `Counter.verb`: what lies in the drawer, or what goes in or out."""
    CONFIRM = "confirm"
    """Enter confirms `Counter.value`, an open price above the shop's limit or a quantity above 99."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Committed at each beep, not journaled (decisions 1)."""

    sale: Sale | None = None
    waiting: Waiting = Waiting.NOTHING
    barcode: str | None = None
    verb: Verb | None = None
    value: int = 0
    """`verb` and `value`: what CONFIRM confirms; `verb`: what AMOUNT is asked for."""
    pieces: Milli | None = None
    """Quantity keyed before the scan it belongs to."""
    refund: Refund | None = None
    """Goods that come back; there is no sale on the counter meanwhile."""
