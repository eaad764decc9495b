"""What lies on the counter: goods of a corner shop, and the command cards that the terminal knows."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from edge.codec.catalogue_csv import read_catalogue
from edge.codec.command_card import card_code
from edge.codec.gtin import check_digit

CATALOGUE = "goods.csv"
STRANGER_DIGITS = "690099990000"
"""Of a product that no catalogue has: the terminal asks for its price."""

_CARDS = (
    (101, "结账", "Subtotal"), (102, "现金正好", "Exact cash"), (104, "删除一项", "Remove an item"),
    (105, "撤销", "Undo"), (106, "整单取消", "Cancel sale"),
    (107, "挂单", "Hold"), (108, "取单", "Recall"), (109, "查价", "Price check"), (111, "重打小票", "Reprint"),
    (121, "×2", "×2"), (122, "×3", "×3"), (123, "×5", "×5"), (125, "×10", "×10"),
    (161, "开班", "Start shift"), (162, "交班", "End shift"), (163, "开钱箱", "Open drawer"),
    (164, "放入零钱", "Cash in"), (165, "取出现金", "Cash out"), (166, "今日报告", "Today's report"),
    (201, "日结", "Close the day"),
    (187, "练习模式", "Training"), (181, "帮助", "Help"), (182, "再说一遍", "Say again"), (190, "停", "Stop"),
)  # fmt: skip
"""Card number, what stands on it in Chinese and in English (product C2)."""


@dataclass(frozen=True, slots=True)
class Good:
    """`price` in fen; None: the terminal asks for it."""

    code: str
    name: str
    name_en: str
    price: int | None
    unit: str
    dept: str


@dataclass(frozen=True, slots=True)
class Card:
    code: str
    name: str
    name_en: str


def catalogue_bytes() -> bytes:
    return resources.files(__package__).joinpath(CATALOGUE).read_bytes()


def goods() -> list[Good]:
    items = read_catalogue(catalogue_bytes(), name=CATALOGUE).items
    return [Good(i.sku, i.name, i.name_en or "", i.price, i.unit, i.dept or "") for i in items]


def cards() -> list[Card]:
    return [Card(card_code(number), name, name_en) for number, name, name_en in _CARDS]


def stranger() -> str:
    """A valid code that is in no catalogue."""
    return STRANGER_DIGITS + str(check_digit(STRANGER_DIGITS))
