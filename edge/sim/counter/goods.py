"""What lies on the counter: goods of a corner shop, command cards that the terminal knows, a customer's card."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from edge.card_table import load_cards
from edge.codec.catalogue_csv import read_catalogue
from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.codec.gtin import check_digit

CATALOGUE = "goods.csv"
APPLIANCES = "appliances.csv"
"""Goods under warranty, whose serial number is asked for; with the same columns."""
LABEL_DIGITS = ("210004500584", "220004600500")
"""On packs from the label scale: apples for 5.84, and half a kilogram of bananas (layouts: `shop_file.py`)."""
STRANGER_DIGITS = "690099990000"
"""Of a product that no catalogue has: the terminal asks for its price."""

CUSTOMER = "87654321"
"""The number of the member card of a customer, who has no tab yet."""

_ON_THE_COUNTER = {
    "sell": (101, 102, 104, 105, 106, 107, 108, 109, 112, 129, 121, 122, 123, 124, 125, 126, 127),
    "pay": (241, 242, 243, 244, 245, 103, 128, 110, 206, 111),
    "day": (161, 162, 163, 164, 165, 166, 151),
    "services": (141, 142, 143, 144, 145, 146, 149, 150, 153, 154, 147, 148, 152),
    "goods": (113, 173, 174, 171, 172, 175, 176),
    "help": (181, 182, 183, 184, 185, 186, 187),
    "owner": (201, 202, 203, 207, 205, 204),
    "parcels": (131, 132, 133, 134, 135, 136),
    "stop": (190,),
}
"""Numbers of the cards that lie there, by the heap that they lie in: the whole sheet but its page of keys, which the
pad has, and what nothing takes up yet (NOT_YET).
"""
NOT_YET = frozenset({188, 189})
CUSTOMERS_HEAP = "pay"


@dataclass(frozen=True, slots=True)
class Good:
    """`price` in fen, of a kilogram where it is weighed; None: the terminal asks for it."""

    code: str
    name: str
    name_en: str
    price: int | None
    unit: str
    dept: str
    weighed: bool = False
    plu: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """`heap`: of _ON_THE_COUNTER; empty for what is no card."""

    code: str
    name: str
    name_en: str
    heap: str = ""


def catalogue_bytes() -> bytes:
    """Of all that the shop sells, as one file."""
    _, _, lines = _read(APPLIANCES).partition(b"\n")
    return _read(CATALOGUE) + lines


def goods() -> list[Good]:
    """What a corner shop has."""
    return _goods(CATALOGUE)


def appliances() -> list[Good]:
    return _goods(APPLIANCES)


def cards() -> list[Card]:
    known = load_cards()
    own = [
        Card(card_code(number), known[number].name, known[number].name_en, heap)
        for heap, numbers in _ON_THE_COUNTER.items()
        for number in numbers
    ]
    member = slip_code(OwnSlip(SlipKind.MEMBER, CUSTOMER))
    return [*own, Card(member, "顾客的会员卡", "Customer's card", CUSTOMERS_HEAP)]


def stranger() -> str:
    """A valid code that is in no catalogue."""
    return STRANGER_DIGITS + str(check_digit(STRANGER_DIGITS))


def labels() -> list[Card]:
    """Packs with a label of the shop's own scale, by the names of what is in them."""
    by_plu = {good.plu: good for good in goods()}
    found = [(digits + check_digit(digits), by_plu[digits[2:7].lstrip("0")]) for digits in LABEL_DIGITS]
    return [Card(code, good.name, good.name_en) for code, good in found]


def _goods(name: str) -> list[Good]:
    items = read_catalogue(_read(name), name=name).items
    return [Good(i.sku, i.name, i.name_en or "", i.price, i.unit, i.dept or "", i.weighed, i.plu) for i in items]


def _read(name: str) -> bytes:
    return resources.files(__package__).joinpath(name).read_bytes()
