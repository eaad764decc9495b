"""A coupon with an amount is a way of paying: once, up to what is due, and nobody turns it into cash (row 22)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, TISSUES, CounterBench, Habits
from service_bench import open_shop
from test_coupons import EXACT, HOLD, UNDO, used
from test_jws import KEYS, SECRET

from edge.codec.command_card import receipt_code
from edge.codec.coupon import Coupon, read_coupon
from edge.codec.jws import COUPON_TYP, write_jws
from edge.errors import WireError
from edge.messages import Outcome
from edge.model.slip import Row

REFUND, ALL = "ZZ1106", "ZZ2066"
TISSUES_FEN = 1251


def voucher(fen: Any = 1000, id: str = "v-1", **more: Any) -> str:
    told = {"id": id, "amt": fen, "cur": "CNY"} | more
    return write_jws(told, kid="cmd-2026q4", sign=SECRET.sign, typ=COUPON_TYP)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop", Habits(command_keys=KEYS))


def paid(shop: CounterBench) -> list[tuple[str, int, str]]:
    return [(part["m"], part["amt"], part.get("ref", "")) for part in shop.sales()[-1]["pay"]]


def test_it_pays_a_part_and_cash_the_rest(shop: CounterBench) -> None:
    shop.scan(TISSUES, voucher())
    assert shop.last_words == "券抵十元，还差两元五角一分" and shop.sales() == []
    shop.card(EXACT)
    assert paid(shop) == [("coupon", 1000, "v-1"), ("cash", 251, "")]
    assert used(shop) == ["v-1"] and shop.verdict() == ""


def test_it_pays_the_whole_and_what_is_over_is_lost(shop: CounterBench) -> None:
    shop.scan(TISSUES, voucher(5000))
    assert shop.last_words == "券抵十二元五角一分，付清了"
    assert paid(shop) == [("coupon", TISSUES_FEN, "v-1")] and shop.sales()[0]["total"] == TISSUES_FEN
    assert shop.kicked == [], "no cash has moved"


def test_it_is_good_once(shop: CounterBench) -> None:
    shop.scan(TISSUES, voucher(), voucher())
    assert shop.last_words == "这张券已经算上了"
    shop.card(EXACT)
    shop.scan(TISSUES, voucher())
    assert shop.last_words == "这张券用过了"
    shop.card(EXACT)
    assert paid(shop) == [("cash", TISSUES_FEN, "")]


def test_two_of_them_pay_together(shop: CounterBench) -> None:
    shop.scan(TISSUES, voucher(), voucher(id="v-2"))
    assert paid(shop) == [("coupon", 1000, "v-1"), ("coupon", 251, "v-2")] and used(shop) == ["v-1", "v-2"]


def test_undo_gives_it_back_as_good_as_before(shop: CounterBench) -> None:
    shop.scan(TISSUES, voucher())
    shop.card(UNDO)
    assert shop.last_words == "优惠券退回，一共十二元五角一分"
    shop.scan(voucher())
    shop.card(EXACT)
    assert paid(shop)[0] == ("coupon", 1000, "v-1")


def test_a_power_cut_keeps_it_with_its_sale_which_is_paid_before_another_begins(shop: CounterBench) -> None:
    shop.scan(TISSUES, voucher())
    shop.restart()
    shop.card(HOLD)
    assert shop.last_words == "还差两元五角一分，不买先扫撤销"
    shop.card(EXACT)
    assert paid(shop) == [("coupon", 1000, "v-1"), ("cash", 251, "")] and used(shop) == ["v-1"]


def test_of_what_comes_back_the_money_goes_first_and_the_coupon_to_nobody(shop: CounterBench) -> None:
    """Of 12.51 and 3.00 the coupon paid 10.00: more than the 5.51 in cash is not given."""
    shop.printer_ready()
    shop.scan(TISSUES, COLA, voucher())
    shop.card(EXACT)
    shop.paper(Outcome.DONE)
    for goods, words in ((COLA, "退现金三元"), (TISSUES, "退现金两元五角一分")):
        shop.card(REFUND)
        shop.scan(receipt_code(shop.sales()[0]["receipt"]))
        shop.scan(goods)
        shop.keys("E")
        shop.pass_s(1)
        shop.keys("E")
        shop.paper(Outcome.DONE)
        assert words in [speech.text for speech in shop.spoken]
    assert "券抵的十元不退" in [speech.text for speech in shop.spoken]
    back = [row["data"]["pay"] for row in shop.records("sale.refunded")]
    assert back == [[{"m": "cash", "amt": 300}], [{"m": "cash", "amt": 251}, {"m": "coupon", "amt": 1000}]]
    assert Row("券抵的不退", "10.00") in shop.printed[-1].slip.blocks and shop.verdict() == ""


def test_once_the_money_has_come_back_the_drawer_stays_shut(shop: CounterBench) -> None:
    shop.scan(TISSUES, voucher(5000))
    shop.card(REFUND)
    shop.scan(receipt_code(shop.sales()[0]["receipt"]))
    shop.card(ALL)
    shop.pass_s(1)
    shop.keys("E")
    assert (shop.last_words, shop.kicked) == ("券抵的十二元五角一分不退", [])


@pytest.mark.parametrize(
    "text",
    [
        voucher(0), voucher(-5), voucher(True), voucher("1000"), voucher(10**12), voucher(cur="USD"),
        voucher(promo="tissues-one"), voucher(id=""),
    ],
)  # fmt: skip
def test_what_is_no_coupon_is_refused_and_pays_nothing(shop: CounterBench, text: str) -> None:
    with pytest.raises(WireError):
        read_coupon(text, KEYS)
    shop.scan(TISSUES, text)
    assert shop.last_words == "这张券认不出，不能用"
    shop.card(EXACT)
    assert paid(shop) == [("cash", TISSUES_FEN, "")]


def test_it_is_read_as_it_was_signed() -> None:
    assert read_coupon(voucher(), KEYS) == Coupon("v-1", "", None, 1000)  # type: ignore[arg-type]


def test_without_goods_it_waits_for_them(shop: CounterBench) -> None:
    shop.scan(voucher())
    assert shop.last_words == "请先扫商品"


def test_it_pays_no_services(tmp_path: Path) -> None:
    desk = open_shop(tmp_path / "shop")
    desk.in_bill()
    desk.scan(voucher())
    assert desk.last_words == "充值缴费不能用券"
    desk.card(EXACT)
    assert [part["m"] for part in desk.sales()[-1]["pay"]] == ["cash"]


def test_a_service_that_comes_after_the_coupon_is_paid_with_money_alone(tmp_path: Path) -> None:
    """Else a coupon for goods would buy it once the goods are taken out again."""
    desk = open_shop(tmp_path / "shop")
    order = desk.quote()
    desk.keys("-")
    desk.scan(TISSUES, voucher(900))
    desk.scan(desk.slip(order))
    desk.card(EXACT)
    assert (desk.prompts[-1], desk.sales()) == ("coupon.no_services", [])
    desk.card(UNDO)
    assert desk.prompts[-1] == "undo.coupon"
    desk.card(EXACT)
    assert [part["m"] for part in desk.sales()[-1]["pay"]] == ["cash"]


def test_in_practice_it_stays_the_customers(shop: CounterBench) -> None:
    shop.card("ZZ1878")
    shop.scan(TISSUES, voucher())
    assert shop.prompts[-1] == "train.cash"
