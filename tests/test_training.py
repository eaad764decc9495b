"""Practice: everything is as it would be, and nothing comes of it (product row 37)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, STRANGE, CounterBench, Habits
from test_shifts import EXACT, MEMBER, REPORT, papers, said, told

from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.services.training import TRAINING_S

TRAINING, HOLD, RECALL, CANCEL, MINUS = (card_code(number) for number in (187, 107, 108, 106, 105))
ON, OFF = "练习模式，不是真的收银", "练习结束，现在真收银"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    shop = CounterBench(tmp_path / "shop")
    shop.printer_ready()
    return shop


def texts(shop: CounterBench) -> list[str]:
    return [speech.text for speech in shop.spoken]


def kinds(shop: CounterBench) -> set[str]:
    return {row["type"] for row in shop.records()} - {"boot", "printer.ok"}


def test_a_sale_of_practice_leaves_nothing_but_an_event_and_a_marked_paper(shop: CounterBench) -> None:
    shop.scan(TRAINING)
    assert said(shop) == ON
    shop.hush()
    shop.scan(COLA, NOODLES, STRANGE)
    shop.keys("2E")
    assert texts(shop).count(ON) == 1, "once for each sale"
    shop.keys("20E")
    assert said(shop) == "收您二十元，找您十元五角"
    assert kinds(shop) == {"training.sale"}
    (sale,) = told(shop, "training.sale")
    assert (sale["total"], sale["pay"]) == (950, [{"m": "cash", "amt": 950, "tendered": 2_000, "change": 1_050}])
    assert shop.records("training.sale")[0]["stream"] == "ev"
    assert shop.kicked == [] and shop.sale is None
    tx = shop.begin()
    assert (tx.sales.last(), tx.stock.on_hand(COLA), tx.learned.price(STRANGE)) == (None, None, None)
    assert tx._read("SELECT count(*) FROM stock").fetchone() == (0,)
    paper = papers(shop)[0]
    assert paper.startswith("\n练习 无效") and paper.endswith("练习 无效\n") and "单号" not in paper
    shop.scan(REPORT)
    assert said(shop) == "到现在零单，实收零元"


def test_the_next_sale_says_it_again_and_a_real_one_has_the_first_number(shop: CounterBench) -> None:
    shop.scan(TRAINING, COLA, EXACT)
    shop.hush()
    shop.scan(COLA, EXACT)
    assert texts(shop)[0] == ON
    shop.scan(TRAINING)
    assert said(shop) == OFF
    shop.hush()
    shop.sell(COLA)
    assert ON not in texts(shop)
    assert [sale["receipt"] for sale in shop.sales()] == ["261123-1-0001"]


def test_it_ends_by_itself_after_half_an_hour(shop: CounterBench) -> None:
    shop.scan(TRAINING)
    shop.pass_s(TRAINING_S - 5)
    shop.scan(COLA, EXACT)
    assert kinds(shop) == {"training.sale"}
    shop.pass_s(10)
    assert said(shop) == OFF
    shop.sell(COLA)
    assert len(shop.sales()) == 1


def test_the_timer_of_a_practice_that_is_over_does_not_end_the_next_one(shop: CounterBench) -> None:
    shop.scan(TRAINING)
    shop.pass_s(TRAINING_S / 2)
    shop.scan(TRAINING, TRAINING)
    shop.pass_s(TRAINING_S / 2 + 10)
    shop.scan(COLA, EXACT)
    assert shop.sales() == []


def test_it_ends_with_the_day(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(TRAINING)
    shop.end_day()
    assert OFF in texts(shop)
    shop.sell(COLA)
    assert len(shop.sales()) == 2


@pytest.mark.parametrize("hold_it", [False, True])
def test_a_basket_of_practice_never_becomes_a_real_one(hold_it: bool, shop: CounterBench) -> None:
    """After a power cut practice is off; the basket that was begun in it still is what it was."""
    shop.scan(TRAINING, COLA)
    if hold_it:
        shop.scan(HOLD)
    shop.hush()
    shop.restart()
    shop.printer_ready()
    assert (ON in texts(shop)) is not hold_it, "whoever goes on with it hears what it is"
    if hold_it:
        shop.scan(RECALL)
        assert said(shop) == "没有挂单", "in earnest there is none"
        shop.scan(TRAINING, RECALL)
    shop.scan(NOODLES, EXACT)
    assert (said(shop) == OFF) is not hold_it, "where practice was over it is said when its basket is gone"
    assert (shop.sales(), [sale["total"] for sale in told(shop, "training.sale")]) == ([], [750])
    if hold_it:
        shop.scan(TRAINING)
    shop.sell(COLA)
    assert [sale["total"] for sale in shop.sales()] == [300]


def test_it_begins_and_ends_between_sales_only(shop: CounterBench) -> None:
    shop.scan(COLA, TRAINING)
    assert said(shop) == "先结完这一单"
    shop.scan(EXACT, TRAINING, COLA, TRAINING)
    assert said(shop) == "先结完这一单"
    shop.scan(EXACT)
    assert (len(shop.sales()), len(told(shop, "training.sale"))) == (1, 1)


@pytest.mark.parametrize("into", ["practice", "earnest"])
def test_an_emptied_basket_does_not_carry_over(into: str, shop: CounterBench) -> None:
    if into == "earnest":
        shop.scan(TRAINING)
    shop.scan(COLA)
    shop.keys("-")
    shop.scan(TRAINING, COLA, EXACT)
    assert (len(shop.sales()), len(told(shop, "training.sale"))) == ((0, 1) if into == "practice" else (1, 0))


def test_what_is_cancelled_emptied_or_expired_in_practice_is_not_told(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(TRAINING, COLA, CANCEL, CANCEL, COLA, HOLD, COLA)
    shop.keys("-")
    shop.pass_s(40)
    shop.end_day()
    assert told(shop, "sale.cancelled") == []
    (z,) = told(shop, "report.z")
    assert (z["cancelled"], z["expired"], z["sales"]) == (0, 0, 1)


# --- nothing real happens meanwhile ----------------------------------------------------------------------------------


def test_a_member_card_before_the_goods_begins_practice_too(shop: CounterBench) -> None:
    shop.scan(TRAINING)
    shop.hush()
    shop.scan(MEMBER, COLA, EXACT)
    assert texts(shop)[0] == ON
    assert (kinds(shop), shop.kicked) == ({"training.sale"}, [])


@pytest.mark.parametrize("number", [110, 163, 161, 162, 164, 165])
def test_what_is_real_is_not_done_in_practice(number: int, shop: CounterBench) -> None:
    """Refund, drawer, shifts, cash in and out."""
    shop.sell(COLA)
    shop.scan(TRAINING)
    shop.hush()
    rows = len(shop.records())
    shop.scan(card_code(number))
    assert said(shop) == "练习时不做这个"
    shop.keys("10E")
    shop.pass_s(1)
    shop.keys("E")
    assert (len(shop.records()), shop.kicked) == (rows, [])
    shop.scan(TRAINING)
    shop.scan(card_code(number))
    assert said(shop) != "练习时不做这个"


def test_the_last_real_sale_is_not_taken_back_in_practice(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(TRAINING)
    shop.as_owner(card_code(202))
    assert said(shop) == "练习时不做这个"
    shop.pass_s(1)
    shop.keys("E")
    assert shop.records("sale.voided") == []


def test_the_end_of_the_day_ends_practice_before_it_asks(shop: CounterBench) -> None:
    shop.scan(card_code(161))
    shop.keys("100EE")
    shop.sell(COLA)
    shop.scan(TRAINING)
    shop.hush()
    shop.as_owner(card_code(201))
    assert texts(shop)[-2:] == [OFF, "请数钱，输入金额"]


def test_a_real_sale_that_stands_aside_is_not_recalled_in_practice(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD, TRAINING, RECALL)
    assert (said(shop), shop.sale) == ("没有挂单", None)
    shop.scan(slip_code(OwnSlip(SlipKind.HOLD, "000001")))
    assert (said(shop), shop.sale) == ("练习时不做这个", None)
    shop.scan(NOODLES, HOLD, TRAINING)
    shop.scan(slip_code(OwnSlip(SlipKind.HOLD, "000002")))
    assert (said(shop), shop.sale) == ("这单是练习的，取不了", None)
    assert "练习 无效" in papers(shop)[-1]
    shop.scan(RECALL)
    assert said(shop) == "已取单，一共三元", "one of each kind is one"


def test_practice_needs_no_shift(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(require_shift=True))
    shop.printer_ready()
    shop.scan(TRAINING, COLA, EXACT)
    assert kinds(shop) == {"training.sale"}


def test_the_half_hour_does_not_end_under_a_basket_of_practice(shop: CounterBench) -> None:
    shop.scan(TRAINING, COLA)
    shop.hush()
    shop.pass_s(1_900)
    assert OFF not in texts(shop), "it would be true of the next basket only"
    shop.scan(EXACT)
    assert (said(shop), shop.sales()) == (OFF, [])
    shop.sell(COLA)
    assert len(shop.sales()) == 1


def test_the_shops_price_is_nothing_to_practise_with(shop: CounterBench) -> None:
    shop.scan(TRAINING, card_code(113))
    assert said(shop) == "练习时不做这个"
