"""What a person can ask of the counter, and what it must still know after a power cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from edge.model.money import Fen, Milli
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
    LINE = "line"
    """Value: the place of goods on the receipt that they come back of, or their number."""
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
    LOUDER = "louder"
    QUIETER = "quieter"
    SLOWER = "slower"
    LANGUAGE = "language"
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
    DAY_COUNTED = "day_counted"
    """Only ever asked about and confirmed; value: fen that lie in the drawer at the day's end."""
    TRAINING = "training"
    STOP = "stop"
    ALLOW_REMOTE = "allow_remote"
    TECHNICIAN_PIN = "technician_pin"
    MUTE_ADS = "mute_ads"
    WEIGH = "weigh"
    TAB = "tab"
    """Value, confirmed: what the customer then owes."""
    TAB_LIMIT = "tab_limit"
    """Only ever asked about and confirmed; value: fen."""
    TAB_LOOK = "tab_look"
    """A customer's tab was looked at: Enter prints it, an amount is paid back. Value: what is owed."""
    CHANGE_PRICE = "change_price"
    """Of the last line; value, confirmed: fen."""
    SHELF_PRICE = "shelf_price"
    """What goods cost in this shop from now on; value: fen, zero gives the shop's own price up."""
    PARCEL_IN = "parcel_in"
    PARCEL_CARRIER = "parcel_carrier"
    """Only ever asked about: two carriers have numbers like this."""
    PARCEL_CONSENT = "parcel_consent"
    """Only ever asked about and confirmed: the recipient was called, and wants it here."""
    PARCEL_OUT = "parcel_out"
    FIND_PARCEL = "find_parcel"
    RETURN_PARCEL = "return_parcel"
    OVERDUE = "overdue"
    SEND_PARCEL = "send_parcel"
    SEND_QUOTE = "send_quote"
    """Never asked for: the cloud was asked what a parcel costs; value: grams."""
    SEND_OFFER = "send_offer"
    """Only ever asked about and confirmed: a parcel is sent for so much; value: fen."""
    TOP_UP = "top_up"
    TOP_UP_AMOUNT = "top_up_amount"
    """Value: fen that a phone is charged with; never money that was received."""
    BILL_AMOUNT = "bill_amount"
    """Never asked for: how much of a bill that leaves it open is paid; value, to be confirmed: fen."""
    SERVICE_QUOTE = "service_quote"
    """Never asked for: the cloud was asked what a service costs; value: fen, where they are known."""
    SERVICE_OFFER = "service_offer"
    """Only ever asked about and confirmed: the order `Counter.barcode`, for so much; value: fen."""
    SERVICE_BACK = "service_back"
    """Only ever asked about and confirmed: the money of an order that failed is given back; value: fen."""
    SERVICE_TWICE = "service_twice"
    """Only ever asked about and confirmed: `Counter.barcode` too goes into a bill that has one like it; value: fen."""
    PAY_BILL = "pay_bill"
    ORDER = "order"
    """Goods that the shop does not stock are ordered for a customer."""
    COLLECT_ORDER = "collect_order"
    """The slip of such an order is shown, or the code of one from an app; while one is offered: it is to be paid when
    it is fetched.
    """
    ORDER_SLOT = "order_slot"
    """Never asked for: when ordered goods are to be brought and installed; value: the number of the choices."""
    SERIAL = "serial"
    """Only ever confirmed, by Enter: no serial number can be read; value: the line."""
    PICK_ORDER = "pick_order"
    """Never asked for: the goods of an order from an app are picked."""
    TICKETS = "tickets"
    AGENT_OUT = "agent_out"
    AGENT_IN = "agent_in"
    """Cash against a slip of the bank's own terminal, to the customer or from them; value, confirmed: fen."""
    LOAN = "loan"
    LOAN_QUOTE = "loan_quote"
    """Never asked for, as the next five: the lender was asked for an offer."""
    LOAN_OFFER = "loan_offer"
    """The token once more accepts the offer of the loan `Counter.barcode`; value: fen."""
    LOAN_CODE = "loan_code"
    """The lender's authorisation of the loan `Counter.barcode` is keyed."""
    LOAN_CHECK = "loan_check"
    LOAN_PAY = "loan_pay"
    """Cash goes to the customer; Enter once it has. Value: fen."""
    LOAN_DOUBT = "loan_doubt"
    """Whether it did: yes, no, or what lies in the drawer. Value: fen."""
    LAST_PAYMENTS = "last_payments"
    CANCEL_SERVICE = "cancel_service"
    CANCEL_BACK = "cancel_back"
    """Only ever asked about and confirmed: a service is cancelled, and so much comes back; value: fen."""
    RECEIVE = "receive"
    COUNT = "count"
    SUGGEST_ORDER = "suggest_order"
    FILL_ORDER = "fill_order"
    EXPIRY = "expiry"
    WRITE_OFF = "write_off"
    DATA_SWITCH = "data_switch"
    """What leaves the shop; value, confirmed: 1 pauses insight, 0 lets it go on."""
    ALL_SCANNED = "all_scanned"
    """Only ever asked about and confirmed: a delivery, a count or what is written off is complete. Value: how much."""
    CHECK_DEVICES = "check_devices"
    CALL_SUPPORT = "call_support"
    OF_AGE = "of_age"
    """The customer is old enough: only ever confirmed, by Enter."""
    PLU = "plu"
    """Value: the number of goods without a barcode."""


ENDS_NUMBER = frozenset({Verb.SUBTOTAL, Verb.EXACT_CASH})
"""Cards that are Enter to whoever has keyed a number first."""
OWNER_VERBS = frozenset({Verb.DAY_CLOSE, Verb.POST_VOID, Verb.ALLOW_REMOTE, Verb.TECHNICIAN_PIN, Verb.DATA_SWITCH})
"""Only after the owner's card (`services/owner_gate.py`); their services then ask for Enter or a number."""
EARNEST_VERBS = frozenset(
    {
        Verb.REFUND, Verb.REFUND_ALL, Verb.POST_VOID, Verb.OPEN_DRAWER, Verb.SHIFT_OPEN, Verb.SHIFT_CLOSE,
        Verb.CASH_IN, Verb.CASH_OUT, Verb.SHELF_PRICE, Verb.SEND_PARCEL, Verb.RECEIVE, Verb.COUNT, Verb.EXPIRY,
        Verb.WRITE_OFF, Verb.SUGGEST_ORDER, Verb.FILL_ORDER, Verb.TOP_UP, Verb.PAY_BILL, Verb.TICKETS,
        Verb.CANCEL_SERVICE, Verb.AGENT_OUT, Verb.AGENT_IN, Verb.LOAN, Verb.ORDER, Verb.COLLECT_ORDER,
    }
)  # fmt: skip
"""Real money, whoever practises: not before practice is over (row 37). The day's end ends practice."""
SHIFT_VERBS = frozenset(
    {
        Verb.REFUND, Verb.REFUND_ALL, Verb.POST_VOID, Verb.CASH_IN, Verb.CASH_OUT, Verb.AGENT_OUT, Verb.AGENT_IN,
    }
)  # fmt: skip
"""Money beside the sales: it would open a shift by itself, in a shop where somebody must count first (row 34)."""

NOTHING_TO_NOTE = frozenset({
    Verb.CHECK_DEVICES, Verb.CALL_SUPPORT, Verb.OVERDUE,
})  # fmt: skip
"""Asked in vain while nobody takes them up, and nothing is lost that a pencil could keep."""


class Waiting(StrEnum):
    """What the next scan or number means, when it is not simply the next thing to sell."""

    NOTHING = "nothing"
    PRICE = "price"
    """Of `Counter.barcode`, which is unknown or has no price."""
    PRICE_CHECK = "price_check"
    REMOVE = "remove"
    SHELF_PRICE = "shelf_price"
    """Goods that are to get another price."""
    RECEIPT = "receipt"
    """Of the sale that something comes back of."""
    REFUND = "refund"
    """Goods of `Counter.refund`, or Enter."""
    CANCEL = "cancel"
    """The same card or Enter confirms."""
    AMOUNT = "amount"
    """Of cash, for `Counter.verb`: what lies in the drawer, or what goes in or out."""
    CONFIRM = "confirm"
    """Enter confirms `Counter.verb`: an open price above the shop's limit, or a quantity above 99."""
    WEIGHT = "weight"
    """Of `Counter.barcode`, since `Counter.value` (milliseconds of the monotonic clock); None: which goods?"""
    CUSTOMER = "customer"
    """The card of the customer whose tab `Counter.verb` is about."""
    SERIAL = "serial"
    """The serial number of goods in line `value`; Enter says that there is none."""
    AGE = "age"
    """Enter says that the customer is old enough for what is in the basket."""
    PARCEL_IN = "parcel_in"
    """A waybill, of each parcel that comes."""
    PICKUP = "pickup"
    """A pick-up code."""
    RELEASE = "release"
    """The waybill of a parcel that is handed out from a shelf."""
    FIND = "find"
    """The waybill of a parcel that is looked for."""
    REFUSE = "refuse"
    """The waybill of a parcel that its recipient gives back."""
    CELL = "cell"
    """Whether something lies in the cell `Counter.barcode`: Enter and minus are yes and no."""
    SEND = "send"
    """What an app shows to who sends a parcel; then its weight (WEIGH, or COUNTED where it is keyed), the cloud's word
    (SEND_QUOTE), and Enter (SEND_OFFER of the parcel `Counter.barcode`).
    """
    BANK_SLIP = "bank_slip"
    """The number of the slip that the bank's terminal printed, for `Counter.verb`; `value`: the most that can be."""
    LOAN = "loan"
    """For a loan what `verb` names: the token of the customer's app (LOAN), the lender's word, Enter, a code."""
    SERVICE = "service"
    """For a service what `verb` names: the number (TOP_UP, PAY_BILL), an amount, or Enter once there is a `value`
    (TOP_UP_AMOUNT, BILL_AMOUNT), the cloud's word (SERVICE_QUOTE), Enter (SERVICE_OFFER of the order
    `Counter.barcode`).
    """
    ORDER = "order"
    """For goods to be ordered what `verb` names: their barcode (ORDER), pieces or Enter (PIECES, with their number as
    the `value`), the cloud's word (SERVICE_QUOTE), when they are installed (ORDER_SLOT), Enter
    (SERVICE_OFFER of the order `Counter.barcode`); or the slip or
    code of what is fetched, then the bag of `Counter.barcode` (COLLECT_ORDER); or goods of the order `Counter.barcode`,
    with a `value` Enter though some are missing (PICK_ORDER).
    """
    TAKE_BACK = "take_back"
    """The waybill of a parcel that the courier of `Counter.barcode` takes back."""
    OPEN_DOOR = "open_door"
    """Whether the cell `Counter.barcode` is to be opened though something lies in it; `verb` tells who wants it:
    ALLOW_REMOTE the cloud, PARCEL_OUT the owner.
    """
    TAKE_IN = "take_in"
    """Whether the parcel `Counter.barcode`, scanned while goods are sold, is to be taken in."""
    PURCHASE = "purchase"
    """What of the order whose number is `Counter.barcode` is to be bought: lines of its slip, packs, Enter. `value`:
    the line that was scanned last, 0: none.
    """
    MESSAGE = "message"
    """Whether somebody reads the message `Counter.barcode` of the cloud now; with a `value` it is printed."""
    TEST_DOORS = "test_doors"
    """Whether the doors are to be tested, by the badge `Counter.barcode`; with a `value`, door `value` to be shut."""
    RECEIVE = "receive"
    """Goods that came. Here and in the next three `Counter.barcode` is what was scanned last, and `Counter.verb` a
    question about all of it: ALL_SCANNED, or CANCEL_SALE.
    """
    COUNT = "count"
    """Goods that are counted on their shelf."""
    WRITE_OFF = "write_off"
    """Goods that nobody will buy any more."""
    EXPIRY = "expiry"
    """Goods, then their dates."""


STORE_ROOM = frozenset({Waiting.RECEIVE, Waiting.COUNT, Waiting.WRITE_OFF, Waiting.EXPIRY})
"""Goods are scanned and not sold: a number is how many, or a date."""
DESK = frozenset(
    {
        Waiting.PARCEL_IN, Waiting.PICKUP, Waiting.RELEASE, Waiting.FIND, Waiting.REFUSE, Waiting.TAKE_BACK,
        Waiting.SEND, Waiting.SERVICE, Waiting.BANK_SLIP, Waiting.LOAN, Waiting.ORDER,
    }
)  # fmt: skip
"""What the parcel desk and the desk for services wait for: goods are not sold meanwhile, and a number is no money."""
YES_OR_NO = frozenset({Waiting.CELL, Waiting.OPEN_DOOR, Waiting.TEST_DOORS, Waiting.TAKE_IN, Waiting.MESSAGE})
"""Yes or no about a parcel, a door or a message: goods may be scanned meanwhile, and the question gives way to them."""
ORDERING = frozenset(
    {Verb.ENTER, Verb.REMOVE_LAST, Verb.UNDO, Verb.PIECES, Verb.PIECES_CARD, Verb.REPEAT_LAST, Verb.CASH,
     Verb.FILL_ORDER, Verb.CANCEL_SERVICE}
)  # fmt: skip
"""What a purchase order in hand answers itself; goods may be scanned meanwhile: it lies in the ledger."""
AT_DESK = frozenset({Verb.ENTER, Verb.REMOVE_LAST, Verb.UNDO})
"""What the desk answers itself while it waits, or asks yes or no."""
IN_STORE_ROOM = AT_DESK | {
    Verb.STOP, Verb.PIECES, Verb.PIECES_CARD, Verb.REPEAT_LAST, Verb.CANCEL_SALE, Verb.RECEIVE, Verb.COUNT, Verb.EXPIRY,
    Verb.WRITE_OFF,
}  # fmt: skip
"""What the store room answers itself."""


@dataclass(frozen=True, slots=True)
class Pack:
    """What a scale's label says of the goods whose price is asked: `qty` in grams, or in milli-pieces."""

    label: str
    qty: Milli
    weighed: bool


@dataclass(frozen=True, slots=True)
class Counter:
    """Committed at each beep, not journaled (decisions 1)."""

    sale: Sale | None = None
    waiting: Waiting = Waiting.NOTHING
    barcode: str | None = None
    """Of goods, or the number of a customer."""
    verb: Verb | None = None
    value: int = 0
    """`verb` and `value`: what CONFIRM confirms, what AMOUNT is asked for, since when WEIGHT waits."""
    pieces: Milli | None = None
    """Quantity keyed before the scan it belongs to."""
    per_kilo: Fen | None = None
    """Of the goods that WEIGHT waits for: their price as the wait began."""
    pack: Pack | None = None
    """Of the goods that PRICE asks about: the price is of a kilogram or of a piece, and this is how much lies here."""
    refund: Refund | None = None
    """Goods that come back; there is no sale on the counter meanwhile."""


def takes_amount(counter: Counter) -> bool:
    """Whether a keyed number is the amount that is asked for, or another one instead of what is to be confirmed."""
    return counter.waiting is Waiting.AMOUNT or (counter.waiting is Waiting.CONFIRM and counter.verb in _REPLACED)


_REPLACED = frozenset(
    {
        Verb.TAB_LOOK, Verb.CHANGE_PRICE, Verb.SHIFT_OPEN, Verb.SHIFT_CLOSE, Verb.DAY_CLOSE, Verb.DAY_COUNTED,
        Verb.AGENT_OUT, Verb.AGENT_IN,
    }
)  # fmt: skip


def settled(counter: Counter) -> Counter:
    """The counter once its question is answered or dropped: it waits for nothing but what its basket asks."""
    waiting = Waiting.AGE if counter.sale is not None and counter.sale.asks_age else Waiting.NOTHING
    return replace(counter, waiting=waiting, barcode=None, verb=None, value=0, per_kilo=None, pack=None)


def at_rest(sale: Sale | None) -> Counter:
    """A counter with this basket and nothing begun."""
    return settled(Counter(sale=sale))
