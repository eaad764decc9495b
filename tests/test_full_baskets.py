"""The longest basket, and the one that is paid in most parts: it can be taken apart, paid, and told in one event."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, TISSUES, CounterBench, ean, goods
from link_bench import online
from wallet_bench import ALIPAY, WalletBench

from edge.codec.bodies import BODIES
from edge.codec.command_card import card_code
from edge.model.item import Item
from edge.model.sale import MAX_LINES
from edge.model.settlement import MAX_TENDERS
from edge.services.new_line import VOIDS_KEPT

UNDO, EXACT, HUNDRED = (card_code(number) for number in (105, 102, 245))


def long_shelf(name: str = "非常非常非常长的商品名字" * 5, fen: int = 4000, unit: str = "瓶") -> list[Item]:
    return [goods(ean(f"6905555{n:05d}"), name, fen, unit=unit) for n in range(MAX_LINES)]


@pytest.mark.parametrize("unit", ["瓶", "箱" * 8])
def test_goods_come_out_of_the_fullest_basket_and_in_again(tmp_path: Path, unit: str) -> None:
    """The room for it is kept when they go in."""
    shelf = long_shelf("酸奶草莓味大瓶装", 450, unit)
    shop = CounterBench(tmp_path / "shop", items=shelf)
    shop.scan(*(item.sku for item in shelf))
    assert shop.sale is not None
    before = len(shop.sale.standing)
    assert (before == MAX_LINES) == (unit == "瓶")
    shop.keys("-")
    shop.card(UNDO)
    assert shop.prompts[-1] == "undo.back"
    for _ in range(VOIDS_KEPT - 2):
        shop.keys("-")
        assert shop.prompts[-1] == "item.removed"
    assert len(shop.sale.standing) == before - VOIDS_KEPT + 2
    shop.scan(shelf[0].sku)
    assert shop.last_words == "这单记不下了，请先结账", "no hundred lines stand"
    while shop.prompts[-1] != "sale.no_change":
        shop.keys("-")
    assert shop.last_words == "这单记满了，结账或取消"
    shop.card(EXACT)
    assert len(shop.sales()) == 1


def test_the_longest_basket_is_paid_in_most_parts_and_then_by_a_wallet(tmp_path: Path) -> None:
    """Else the wallet is charged, and no record holds the sale."""
    shelf = long_shelf()
    shop = WalletBench(tmp_path / "shop", items=shelf)
    online(shop)
    shop.scan(*(item.sku for item in shelf))
    shop.keys("E")
    for _ in range(MAX_TENDERS):
        shop.scan(HUNDRED)
    assert shop.last_words == "分太多次了，请一次收一千一百元"
    shop.scan(ALIPAY)
    shop.answer("approved", out={"ref": "9" * 64})
    (sale,) = shop.sales()
    assert (len(sale["pay"]), sale["pay"][-1]["amt"]) == (MAX_TENDERS, 110_000)
    BODIES["sale.completed"].model_validate(sale)


def test_the_last_part_that_has_room_is_the_one_that_pays_the_rest(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.scan(TISSUES, TISSUES)
    shop.keys("E")
    for _ in range(MAX_TENDERS + 3):
        shop.keys("0.01E")
    assert shop.prompts[-1] == "pay.many_parts"
    assert shop.sale is not None
    assert (len(shop.sale.tenders), shop.sale.due) == (MAX_TENDERS - 1, 2502 - MAX_TENDERS + 1)
    shop.card(UNDO)
    shop.keys("1E")
    shop.scan(COLA)
    shop.keys("30E")
    assert [len(sale["pay"]) for sale in shop.sales()] == [MAX_TENDERS]
