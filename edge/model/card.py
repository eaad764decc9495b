"""A command card: a number in a barcode, the words and the colour around it, and what it asks for (product C2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edge.model.counter import Verb


class Zone(StrEnum):
    """Where a card stands. The first four are the counter's sheet, KEYS its page of numbers; OWNER is never on it."""

    GREEN = "green"
    BLUE = "blue"
    ORANGE = "orange"
    RED = "red"
    KEYS = "keys"
    OWNER = "owner"


class Icon(StrEnum):
    """The drawings that a card can carry."""

    TOTAL = "total"
    CASH = "cash"
    COIN = "coin"
    WALLET = "wallet"
    REMOVE = "remove"
    UNDO = "undo"
    CANCEL = "cancel"
    HOLD = "hold"
    RECALL = "recall"
    SEARCH = "search"
    SCAN = "scan"
    REFUND = "refund"
    REFUND_ALL = "refund_all"
    POST_VOID = "post_void"
    PRINT = "print"
    SCALE = "scale"
    PIECES = "pieces"
    TAB = "tab"
    PRICE = "price"
    SHELF = "shelf"
    PARCEL_IN = "parcel_in"
    PARCEL_OUT = "parcel_out"
    PARCEL = "parcel"
    CLOCK = "clock"
    SEND = "send"
    PHONE = "phone"
    BILL = "bill"
    BASKET = "basket"
    TICKET = "ticket"
    BANK_OUT = "bank_out"
    BANK_IN = "bank_in"
    LOAN = "loan"
    LIST = "list"
    SUN = "sun"
    MOON = "moon"
    DRAWER = "drawer"
    PLUS = "plus"
    MINUS = "minus"
    REPORT = "report"
    DAY_CLOSE = "day_close"
    BOX = "box"
    COUNT = "count"
    TRUCK = "truck"
    BROKEN = "broken"
    HELP = "help"
    REPEAT = "repeat"
    LOUD = "loud"
    QUIET = "quiet"
    MUTE = "mute"
    SLOW = "slow"
    LANGUAGE = "language"
    TRAINING = "training"
    CHECK = "check"
    SUPPORT = "support"
    REMOTE = "remote"
    STOP = "stop"
    DIGIT = "digit"
    """The card's own Chinese text takes the place of a drawing."""
    KEY = "key"
    LOCK = "lock"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Card:
    """`verb` with `value` is what is asked; a card with a `key` presses that key of the pad instead.

    `strip`: one of the eight that are used most, repeated on the first page. `new_row`: begins a row of the sheet.
    """

    number: int
    name: str
    name_en: str
    zone: Zone
    icon: Icon
    verb: Verb | None = None
    value: int = 0
    key: str | None = None
    strip: bool = False
    new_row: bool = False
