"""One day of members and coupons, from the first card to the evening's paper (product rows 21, 22 and 93)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, TISSUES, CounterBench, Habits, goods
from test_coupons import coupon
from test_jws import KEYS
from test_promotions_at_the_till import EXACT, HOLD, MEMBER, OTHER_MEMBER, RECALL, REFUND, UNDO, promotions
from test_shifts import REPORT, papers, said

from edge.codec.command_card import card_code, receipt_code
from edge.model.money import Fen

ALL = card_code(206)
SHELF = (
    goods(COLA, "可乐", 300, cost=Fen(210)), goods(NOODLES, "方便面", 450, cost=Fen(300)),
    goods(TISSUES, "纸巾", 1251, cost=Fen(900)),
)  # fmt: skip
NUMBERS = re.compile(rf"(?<!\d)({MEMBER[1:-1]}|{OTHER_MEMBER[1:-1]})\d?(?!\d)")
"""Of the cards; the digits of goods hold one of them."""


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    bench = CounterBench(tmp_path / "shop", Habits(promotions=promotions(), command_keys=KEYS), items=SHELF)
    bench.printer_ready()
    return bench


def paper_coupon(id: str) -> str:
    return coupon(id, "tissue-coupon")


def a_day(shop: CounterBench) -> None:
    """What each sale comes to stands behind it."""
    shop.sell(NOODLES)  # 4.20: the price of November, for anybody
    shop.sell(MEMBER, NOODLES)  # 4.00: a member's, the card first
    shop.sell(NOODLES, COLA, OTHER_MEMBER)  # 7.00: the card last
    shop.sell(TISSUES, paper_coupon("c-1"))  # 11.51
    shop.scan(TISSUES, paper_coupon("c-1"))
    assert said(shop) == "这张券用过了"
    shop.card(EXACT)  # 12.51: used twice is refused, and the goods are sold
    shop.scan(paper_coupon("c-2"), TISSUES)
    shop.card(HOLD)
    shop.restart()
    shop.printer_ready()
    shop.sell(COLA)  # 3.00
    shop.card(RECALL)
    shop.scan(MEMBER, NOODLES)
    shop.card(EXACT)  # 15.51: the coupon came back with the basket, and a member's noodles
    shop.scan(MEMBER, NOODLES)
    shop.card(UNDO, UNDO)
    shop.scan(NOODLES)
    shop.card(EXACT)  # 4.20: the card was taken back


TOTALS = [420, 400, 700, 1151, 1251, 300, 1551, 420]


def test_each_sale_has_the_price_that_its_cards_give_it_and_no_other(shop: CounterBench) -> None:
    a_day(shop)
    assert [sale["total"] for sale in shop.sales()] == TOTALS
    assert [row["data"]["coupon"] for row in shop.records("coupon.used")] == ["c-1", "c-2"]


def test_nobody_learns_who_the_members_were(shop: CounterBench) -> None:
    a_day(shop)
    written = json.dumps(shop.records(), ensure_ascii=False) + "".join(speech.text for speech in shop.spoken)
    assert NUMBERS.search(written + "\n".join(papers(shop))) is None


def test_the_evening_counts_what_was_paid_not_what_was_marked(shop: CounterBench) -> None:
    a_day(shop)
    shop.scan(REPORT)
    text = papers(shop)[-1]
    marked = 5 * 450 + 2 * 300 + 3 * 1251
    assert f"实收|￥{sum(TOTALS) / 100:.2f}" in text and f"优惠|-{(marked - sum(TOTALS)) / 100:.2f}" in text
    earned = sum(TOTALS) - 5 * 300 - 2 * 210 - 3 * 900
    assert f"毛利（估）|￥{earned / 100:.2f}" in text
    assert "卖得最好|\n纸巾 ×3|35.53\n方便面 ×5|" in text


def test_a_members_goods_come_back_for_what_the_member_paid(shop: CounterBench) -> None:
    shop.sell(MEMBER, NOODLES)
    shop.scan(REFUND, receipt_code(str(shop.sales()[0]["receipt"])), ALL)
    shop.pass_s(1)
    shop.keys("E")
    assert shop.records("sale.refunded")[0]["data"]["total"] == 400
