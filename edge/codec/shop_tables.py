"""Tables of the shop's own data that stand at its page beside `own_books`: goods with prices, and customers' tabs.

Money in yuan, quantities in pieces or kilograms. What a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edge.codec.own_books import Cells, text_cell
from edge.model.goods_row import GoodsRow
from edge.model.money import Fen, quantity_text, yuan
from edge.model.tab_row import TabRow

GOODS, TABS = "goods.csv", "tabs.csv"
HEADS: Mapping[str, Mapping[str, Cells]] = MappingProxyType({
    "zh-CN": {
        GOODS: ("编码", "商品", "售价", "目录价", "库存", "条码", "单位", "称重", "PLU", "年龄"),
        TABS: ("顾客", "欠", "额度", "从何时欠", "最近一次"),
    },
    "en": {
        GOODS: ("code", "goods", "price", "catalogue price", "on hand", "barcode", "unit", "weighed", "PLU", "age"),
        TABS: ("customer", "owes", "limit", "owes since", "last"),
    },
})  # fmt: skip


def goods_row(goods: GoodsRow) -> Cells:
    """What another box reads as it stands (`codec.goods_file`)."""
    return (
        text_cell(goods.sku), text_cell(goods.name), _yuan(goods.price), _yuan(goods.listed),
        "" if goods.on_hand is None else quantity_text(goods.on_hand),
        text_cell(goods.barcode), text_cell(goods.unit), "1" if goods.weighed else "", text_cell(goods.plu),
        "" if goods.age is None else str(goods.age),
    )  # fmt: skip


def tab_row(tab: TabRow) -> Cells:
    """A customer by four signs: nobody's debts are told by a file that was left on a desk."""
    return f"…{tab.mark}", yuan(tab.balance), yuan(tab.limit), tab.since, tab.last


def _yuan(fen: Fen | None) -> str:
    return "" if fen is None else yuan(fen)
