"""Goods that a supplier brought, by the piece and by the carton (product row 86)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, STRANGE, TISSUES
from stock_bench import (
    BEEF,
    CHIPS,
    CHIPS_CARTON,
    COLA_CARTON,
    EXPIRY,
    MILK,
    MILK_CARTON,
    RECEIVE,
    STOP,
    WRITE_OFF,
    StockBench,
    carton,
)

from edge.codec.command_card import card_code
from edge.codec.gs1 import GS
from edge.model.counter import Waiting


@pytest.fixture
def shop(tmp_path: Path) -> StockBench:
    found = StockBench(tmp_path / "shop")
    for sku in (COLA, NOODLES, MILK, CHIPS):
        found.count(sku, 10)
    found.hush()
    return found


def test_what_came_is_on_the_shelf_and_on_paper(shop: StockBench) -> None:
    shop.card(RECEIVE)
    assert shop.prompts == ["recv.scan"]
    shop.scan(COLA, COLA, NOODLES)
    shop.keys("12E")
    assert shop.last_words == "收到方便面，十二件"
    assert shop.pieces(COLA) == 10, "nothing is booked before the end"
    shop.done()
    assert shop.last_words == "收货记好了，两种"
    assert (shop.pieces(COLA), shop.pieces(NOODLES)) == (12, 22)
    (moved,) = shop.records("stock.moved")
    assert moved["data"]["why"] == "received"
    assert moved["data"]["moves"] == [{"sku": COLA, "qty": "2"}, {"sku": NOODLES, "qty": "12"}]
    slip = shop.slip()
    assert slip[slip.index("方便面") + 1] == "12"
    assert shop.records("purchase.claimed") == []


def test_a_carton_of_the_catalogue_is_so_many_pieces(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan(COLA_CARTON)
    assert shop.last_words == "收到可乐，二十四件"
    shop.keys("3E")
    assert shop.last_words == "收到可乐，七十二件", "three cartons"
    shop.done()
    assert shop.pieces(COLA) == 82
    assert shop.on_hand(COLA_CARTON) is None


def test_a_carton_that_no_catalogue_has_is_known_by_the_goods_in_it(shop: StockBench) -> None:
    shop.received(MILK_CARTON)
    assert shop.pieces(MILK) == 22


def test_a_carton_of_unknown_size_is_asked_about_once_for_all_time(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan(CHIPS_CARTON)
    assert shop.prompts[-1] == "stock.carton"
    shop.keys("E")
    assert shop.prompts[-1] == "stock.carton", "Enter alone is no answer"
    shop.keys("0E")
    assert shop.prompts[-1] == "err.amount"
    shop.keys("20E")
    shop.keys("2E")
    assert shop.last_words == "收到薯片，四十件"
    shop.done()
    shop.received(CHIPS_CARTON)
    assert shop.pieces(CHIPS) == 70


def test_a_question_for_a_cartons_size_is_asked_again_after_a_power_cut(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan(COLA, CHIPS_CARTON)
    shop.restart()
    shop.card(RECEIVE)
    assert shop.prompts[-1] == "stock.carton"
    shop.keys("20E")
    shop.done()
    assert (shop.pieces(COLA), shop.pieces(CHIPS)) == (11, 30)


def test_a_carton_of_goods_that_nobody_knows_counts_as_what_is_in_it(shop: StockBench) -> None:
    shop.count(STRANGE, 1)
    shop.card(RECEIVE)
    shop.scan(carton(STRANGE))
    shop.keys("6E")
    shop.done()
    assert shop.pieces(STRANGE) == 7


def test_what_came_broken_is_claimed_and_does_not_go_on_the_shelf(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan(COLA)
    shop.keys("10E")
    shop.scan(COLA)
    shop.keys("2E")
    shop.card(WRITE_OFF)
    assert shop.last_words == "可乐，坏了两件"
    shop.card(WRITE_OFF)
    assert shop.last_words == "收到可乐，十二件", "the card again takes it back"
    shop.card(WRITE_OFF)
    shop.done()
    assert shop.prompts[-1] == "recv.differs"
    assert shop.pieces(COLA) == 20
    (claim,) = shop.records("purchase.claimed")
    assert claim["data"]["lines"] == [{"sku": COLA, "damaged": "2"}]
    assert claim["data"]["of"] == shop.records("stock.moved")[0]["data"]["of"]
    assert "order" not in claim["data"]
    assert "  坏" in shop.slip()


def test_stock_that_was_never_counted_stays_unknown_and_a_later_count_is_right(shop: StockBench) -> None:
    shop.received(TISSUES, TISSUES)
    assert shop.on_hand(TISSUES) is None
    shop.count(TISSUES, 5)
    shop.received(TISSUES)
    assert shop.pieces(TISSUES) == 6


def test_goods_that_come_while_a_count_is_open_are_netted(shop: StockBench) -> None:
    shop.card(card_code(172))
    shop.scan(COLA)
    shop.keys("10E")
    shop.card(RECEIVE)
    shop.scan(COLA_CARTON)
    shop.done()
    assert shop.pieces(COLA) == 34
    shop.card(card_code(172))
    shop.done()
    assert shop.pieces(COLA) == 34


def test_a_date_is_keyed_or_read_and_makes_a_lot(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan(MILK, MILK)
    shop.keys("311226E")
    assert shop.last_words == "牛奶，两件，12月31日到期", "of both scans"
    shop.scan(f"]C101{int(NOODLES):014d}17261201")
    shop.scan(COLA)
    shop.keys("320126E")
    assert shop.prompts[-1] == "exp.date"
    shop.keys("010203E")
    assert shop.prompts[-1] == "exp.passed"
    shop.done()
    lots = [row["data"] for row in shop.records("lot.noted")]
    assert lots == [
        {"sku": MILK, "qty": "2", "until": "2026-12-31", "how": "received"},
        {"sku": NOODLES, "qty": "1", "until": "2026-12-01", "how": "received"},
        {"sku": COLA, "qty": "1", "until": "2003-02-01", "how": "received"},
    ]


def test_the_card_of_dates_asks_for_one_while_goods_come(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan(MILK)
    shop.card(EXPIRY)
    assert (shop.prompts[-1], shop.counter.waiting) == ("exp.key", Waiting.RECEIVE)
    shop.keys("311226E")
    assert shop.prompts[-1] == "exp.noted"


def test_a_pallet_label_says_what_is_on_it_and_how_much(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan(f"]C100{'106141412345678908'}02{int(COLA):014d}37{48}")
    assert shop.last_words == "收到可乐，四十八件"
    shop.scan(f"]C100{'106141412345678908'}02{COLA_CARTON}37{2}{GS}17261201")
    assert shop.last_words == "收到可乐，九十六件"


def test_weighed_goods_come_by_the_kilogram(shop: StockBench) -> None:
    shop.count(BEEF, 1)
    shop.card(RECEIVE)
    shop.scan(BEEF)
    shop.keys("10.5E")
    shop.done()
    assert shop.on_hand(BEEF) == 11_500
    assert "10.5 kg" in shop.slip()


def test_a_power_cut_keeps_each_beep_and_a_customer_is_served_between(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan(COLA_CARTON, MILK)
    shop.keys("311226E")
    shop.restart()
    assert "recv.open" in shop.prompts
    shop.sell(COLA)
    shop.card(RECEIVE)
    shop.scan(NOODLES)
    shop.card(STOP)
    shop.sell(NOODLES)
    shop.card(RECEIVE)
    shop.done()
    assert (shop.pieces(COLA), shop.pieces(NOODLES), shop.pieces(MILK)) == (33, 10, 11)
    assert len(shop.records("lot.noted")) == 1
    assert shop.verdict() == ""


def test_nothing_real_comes_while_somebody_practises(shop: StockBench) -> None:
    shop.card(card_code(187))
    shop.card(RECEIVE)
    assert shop.prompts[-1] == "train.not_now"


def test_a_wallets_code_and_a_receipt_are_no_goods(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan("134567890123456789")
    assert shop.prompts[-1] == "stock.stop_first"
    assert shop.counter.waiting is Waiting.RECEIVE


# --- cartons in sales ------------------------------------------------------------------------------------------------


def test_a_carton_that_is_sold_moves_its_pieces_and_comes_back_so(shop: StockBench) -> None:
    shop.sell(COLA_CARTON, COLA)
    assert (shop.pieces(COLA), shop.on_hand(COLA_CARTON)) == (-15, None)
    shop.as_owner(card_code(202))
    shop.keys("E")
    assert shop.pieces(COLA) == 10


def test_a_carton_that_is_sold_is_so_many_pieces_wanted_that_day(shop: StockBench) -> None:
    def wanted() -> list[int | None]:
        tx = shop.begin()
        found: list[int | None] = tx.sales_days.daily(COLA, tx.sales.last_business_day(), 1)
        tx.rollback()
        return found

    shop.sell(COLA_CARTON, COLA)
    assert wanted() == [25_000]
    shop.as_owner(card_code(202))
    shop.keys("E")
    assert wanted() == [0]


def test_a_carton_that_no_catalogue_has_moves_what_is_in_it_at_a_keyed_price(shop: StockBench) -> None:
    shop.scan(MILK_CARTON)
    shop.keys("55E")
    shop.card(card_code(102))
    assert len(shop.sales()) == 1
    assert shop.pieces(MILK) == -2


def test_less_than_nothing_stands_in_the_days_report(shop: StockBench) -> None:
    shop.sell(COLA_CARTON)
    shop.end_day()
    slip = shop.slip()
    assert slip[slip.index("可乐") + 1] == "-14"
