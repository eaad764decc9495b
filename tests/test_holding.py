"""Hold and recall: the next customer is served, the basket comes back once, also after a power cut (row 15)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, STRANGE, CounterBench
from test_shifts import papers

from edge.codec.command_card import OwnSlip, SlipKind, card_code, receipt_code, slip_code
from edge.model.sale import State
from edge.model.slip import Barcode
from edge.services.holding import MAX_HELD

HOLD, RECALL = card_code(107), card_code(108)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    shop = CounterBench(tmp_path / "shop")
    shop.printer_ready()
    return shop


def basket(shop: CounterBench) -> list[str]:
    sale = shop.begin().counter.sale
    return [line.sku for line in sale.standing] if sale is not None else []


def said(shop: CounterBench) -> str:
    return shop.spoken[-1].text


def code_of(number: int) -> str:
    return slip_code(OwnSlip(SlipKind.HOLD, f"{number:06d}"))


def test_a_held_sale_makes_room_and_comes_back_as_it_was(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES, HOLD)
    assert (basket(shop), said(shop)) == ([], "已挂单，七元五角")
    shop.sell(COLA)
    shop.scan(RECALL)
    assert basket(shop) == [COLA, NOODLES]
    assert said(shop) == "已取单，一共七元五角"
    assert shop.begin().counter.sale.state is State.OPEN
    shop.card(card_code(102))
    assert [sale["total"] for sale in shop.sales()] == [300, 750]


def test_its_slip_says_whose_it_is_and_brings_it_back(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD, NOODLES, HOLD)
    first, second = (next(b for b in job.slip.blocks if isinstance(b, Barcode)).text for job in shop.printed[:1] * 2)
    assert first == second == code_of(1), "one paper at a time"
    shop.scan(code_of(2))
    assert basket(shop) == [NOODLES]


def test_with_several_the_card_asks_for_a_slip(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD, NOODLES, HOLD, RECALL)
    assert (basket(shop), said(shop)) == ([], "挂着两单，请扫挂单条")


def test_a_slip_opens_its_sale_once(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD, code_of(1))
    shop.card(card_code(102))
    shop.scan(code_of(1))
    assert (basket(shop), said(shop)) == ([], "没有挂单")
    shop.scan(NOODLES, HOLD)
    shop.scan(code_of(1))
    assert basket(shop) == [], "the number of a slip is never given again"


def test_nothing_is_recalled_into_the_basket_of_another(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD, NOODLES, RECALL)
    assert (basket(shop), said(shop)) == ([NOODLES], "先结完这一单")
    shop.card(card_code(102))
    shop.scan(RECALL)
    assert basket(shop) == [COLA]


@pytest.mark.parametrize("card", [HOLD, RECALL])
def test_where_there_is_nothing_the_card_says_so(shop: CounterBench, card: str) -> None:
    shop.scan(card)
    assert said(shop) in ("还没有商品", "没有挂单")


def test_goods_whose_price_is_asked_are_not_held_without_them(shop: CounterBench) -> None:
    shop.scan(COLA, STRANGE, HOLD)
    assert basket(shop) == [COLA]
    assert said(shop) == "没有这个货，输价格按确认"


def test_a_power_cut_keeps_what_is_held(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD)
    shop.restart()
    shop.scan(RECALL)
    assert basket(shop) == [COLA]
    shop.restart()
    assert basket(shop) == [COLA]
    assert shop.begin().held.numbers() == [], "back, and not twice"


def test_too_many_are_refused_and_nothing_is_lost(shop: CounterBench) -> None:
    for _ in range(MAX_HELD):
        shop.scan(COLA, HOLD)
    shop.scan(NOODLES, HOLD)
    assert (basket(shop), said(shop)) == ([NOODLES], "挂单太多，请先取单")


def spoil(shop: CounterBench, number: int) -> None:
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE held SET body = replace(body, '\"state\"', '\"stat\"') WHERE no = ?", (number,))
        connection.commit()


def test_a_damaged_one_is_said_and_blocks_no_other(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD)
    spoil(shop, 1)
    shop.scan(code_of(1))
    assert (basket(shop), said(shop)) == ([], "有张挂单坏了，请重扫商品")
    shop.scan(NOODLES, HOLD, RECALL)
    assert (basket(shop), said(shop)) == ([NOODLES], "已取单，一共四元五角")


def test_at_the_next_start_a_damaged_one_is_told_once_and_kept_where_it_is_in_nobodys_way(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD, NOODLES, HOLD)
    spoil(shop, 1)
    shop.restart()
    assert "sale.held_damaged" in shop.prompts
    (told,) = shop.records("store.set_aside")
    assert told["data"] == {"file": "ledger.db", "kept_as": "held.aside.1", "reason": "held sale 1 cannot be read"}
    assert (shop.begin().held.damaged(), shop.begin().held.numbers()) == ([], [2])
    assert COLA in shop.begin().get("held.aside.1")
    shop.hush()
    shop.restart()
    assert "sale.held_damaged" not in shop.prompts
    shop.scan(code_of(1))
    assert said(shop) == "有张挂单坏了，请重扫商品"


def emptied(shop: CounterBench) -> list[str]:
    return [row["data"]["why"] for row in shop.records("sale.cancelled")]


@pytest.mark.parametrize("otherwise", [RECALL, code_of(1), card_code(110)])
def test_a_basket_that_was_emptied_is_booked_before_the_counter_turns_to_something_else(
    shop: CounterBench, otherwise: str
) -> None:
    shop.scan(NOODLES, HOLD)
    shop.scan(COLA)
    shop.keys("-")
    shop.scan(otherwise)
    assert emptied(shop) == ["empty"]
    assert [line["sku"] for line in shop.records("sale.cancelled")[0]["data"]["lines"]] == [COLA, COLA]


def test_so_it_is_before_the_last_sale_is_taken_back(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(NOODLES)
    shop.keys("-")
    shop.as_owner("ZZ2028")
    assert emptied(shop) == ["empty"]


def test_a_hold_slip_amid_a_refund_is_refused_and_the_refund_goes_on(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(NOODLES)
    shop.card(HOLD)
    shop.card(card_code(110), receipt_code(shop.sales()[-1]["receipt"]))
    shop.scan(code_of(1))
    assert shop.begin().counter.refund is not None and basket(shop) == []
    assert shop.prompts[-1] == "refund.goods"
    shop.scan(COLA)
    assert shop.prompts[-1] == "refund.item"


def test_the_open_basket_is_said_first_not_the_slip_to_look_for(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD, NOODLES, HOLD, COLA, RECALL)
    assert said(shop) == "先结完这一单"


def test_its_slip_has_the_pieces_the_sum_and_the_goods(shop: CounterBench) -> None:
    shop.scan(COLA, COLA, NOODLES, HOLD)
    paper = papers(shop)[-1]
    assert "可乐" in paper and "件数 3|" in paper and "合计|￥10.50" in paper
