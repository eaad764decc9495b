"""What lies on the counter: goods of a corner shop, and the command cards that the terminal knows."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from edge.codec.catalogue_csv import read_catalogue
from edge.codec.command_card import card_code
from edge.codec.gtin import check_digit

CATALOGUE = "goods.csv"
LABEL_DIGITS = ("210004500584", "220004600500")
"""On packs from the label scale: apples for 5.84, and half a kilogram of bananas (layouts: `shop_file.py`)."""
STRANGER_DIGITS = "690099990000"
"""Of a product that no catalogue has: the terminal asks for its price."""

_CARDS = (
    (101, "结账", "Subtotal"), (102, "现金正好", "Exact cash"), (104, "删除一项", "Remove an item"),
    (105, "撤销", "Undo"), (106, "整单取消", "Cancel sale"),
    (107, "挂单", "Hold"), (108, "取单", "Recall"), (109, "查价", "Price check"), (111, "重打小票", "Reprint"),
    (112, "称重", "Weigh"),
    (121, "×2", "×2"), (122, "×3", "×3"), (123, "×5", "×5"), (125, "×10", "×10"),
    (163, "开钱箱", "Open drawer"), (181, "帮助", "Help"), (182, "再说一遍", "Say again"), (190, "停", "Stop"),
)  # fmt: skip
"""Card number, what stands on it in Chinese and in English (product C2)."""


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
    code: str
    name: str
    name_en: str


def catalogue_bytes() -> bytes:
    return resources.files(__package__).joinpath(CATALOGUE).read_bytes()


def goods() -> list[Good]:
    items = read_catalogue(catalogue_bytes(), name=CATALOGUE).items
    return [Good(i.sku, i.name, i.name_en or "", i.price, i.unit, i.dept or "", i.weighed, i.plu) for i in items]


def cards() -> list[Card]:
    return [Card(card_code(number), name, name_en) for number, name, name_en in _CARDS]


def stranger() -> str:
    """A valid code that is in no catalogue."""
    return STRANGER_DIGITS + str(check_digit(STRANGER_DIGITS))


def labels() -> list[Card]:
    """Packs with a label of the shop's own scale, by the names of what is in them."""
    by_plu = {good.plu: good for good in goods()}
    found = [(digits + check_digit(digits), by_plu[digits[2:7].lstrip("0")]) for digits in LABEL_DIGITS]
    return [Card(code, good.name, good.name_en) for code, good in found]
