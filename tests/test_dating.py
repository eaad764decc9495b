"""Dates of what lies on the shelf, and what is written off (product row 88)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, STRANGE
from stock_bench import CANCEL, EXPIRY, MILK, MILK_CARTON, RECEIVE, STOP, WRITE_OFF, StockBench, texts

from edge.codec.command_card import card_code
from edge.model.counter import Counter, Waiting

SHIFT_OPEN = card_code(161)


@pytest.fixture
def shop(tmp_path: Path) -> StockBench:
    found = StockBench(tmp_path / "shop")
    for sku in (COLA, NOODLES, MILK):
        found.count(sku, 10)
    found.hush()
    return found


def in_days(shop: StockBench, days: int) -> str:
    return f"{shop.clock.wall() + timedelta(days=days):%d%m%y}"


def lots(shop: StockBench) -> list[tuple[str, int, int]]:
    """(sku, days from today, pieces) of all."""
    tx, today = shop.begin(), shop.clock.wall().date()
    found = tx.stock.lots_until(today + timedelta(days=10_000), limit=100)
    tx.rollback()
    return [(lot.sku, (lot.until - today).days, lot.qty // 1000) for lot in found]


def note(shop: StockBench, sku: str, pieces: int, days: int) -> None:
    shop.card(EXPIRY)
    shop.scan(sku)
    shop.keys(f"{pieces}E")
    shop.keys(f"{in_days(shop, days)}E")
    shop.keys("E")


def test_goods_and_their_date_are_noted_by_hand(shop: StockBench) -> None:
    shop.card(EXPIRY)
    assert shop.prompts == ["exp.none", "exp.scan"]
    shop.scan(MILK)
    assert shop.last_words == "牛奶十件，请输日月年", "all that lies here and has no date"
    shop.keys("6E")
    shop.keys(f"{in_days(shop, 20)}E")
    assert shop.prompts[-1] == "exp.noted"
    shop.scan(MILK)
    assert shop.prompts[-1] == "exp.key"
    shop.keys("4E")
    shop.keys(f"{in_days(shop, 5)}E")
    shop.keys("E")
    assert (shop.prompts[-1], shop.counter.waiting) == ("exp.done", Waiting.NOTHING)
    assert lots(shop) == [(MILK, 5, 4), (MILK, 20, 6)]
    assert {row["data"]["how"] for row in shop.records("lot.noted")} == {"noted"}


def test_a_label_that_tells_the_date_needs_no_key(shop: StockBench) -> None:
    shop.card(EXPIRY)
    shop.scan(f"]C101{int(MILK):014d}17{shop.clock.wall() + timedelta(days=3):%y%m%d}")
    assert shop.prompts[-1] == "exp.noted"
    shop.card(STOP)
    assert lots(shop) == [(MILK, 3, 10)]


def test_a_wrong_date_is_keyed_anew_and_minus_takes_goods_back(shop: StockBench) -> None:
    shop.card(EXPIRY)
    shop.scan(MILK)
    shop.keys("991226E")
    assert shop.prompts[-1] == "exp.date"
    shop.keys(f"{in_days(shop, 2)}E")
    shop.keys(f"{in_days(shop, 12)}E")
    shop.scan(COLA)
    shop.keys(f"{in_days(shop, 4)}E")
    shop.keys("-")
    shop.keys("E")
    assert lots(shop) == [(MILK, 12, 10)]


def test_what_got_no_date_is_as_if_it_had_not_been_scanned(shop: StockBench) -> None:
    shop.card(EXPIRY)
    shop.scan(MILK)
    shop.keys("E")
    assert (lots(shop), shop.counter.waiting) == ([], Waiting.NOTHING)


def test_a_carton_has_the_date_of_all_in_it(shop: StockBench) -> None:
    shop.card(EXPIRY)
    shop.scan(MILK_CARTON)
    shop.keys(f"{in_days(shop, 30)}E")
    shop.keys("E")
    assert lots(shop) == [(MILK, 30, 12)]


def test_dates_that_beeped_are_noted_though_the_power_went(shop: StockBench) -> None:
    shop.card(EXPIRY)
    shop.scan(MILK)
    shop.keys(f"{in_days(shop, 3)}E")
    shop.restart()
    assert lots(shop) == [(MILK, 3, 10)]
    shop.restart()
    assert lots(shop) == [(MILK, 3, 10)]


def test_a_customers_question_stands_though_dates_of_before_the_cut_are_noted(shop: StockBench) -> None:
    shop.card(EXPIRY)
    shop.scan(MILK)
    shop.keys(f"{in_days(shop, 3)}E")
    tx = shop.begin()
    tx.keep(Counter(waiting=Waiting.PRICE, barcode=STRANGE))
    tx.commit()
    shop.restart()
    assert (lots(shop), shop.counter.waiting) == ([(MILK, 3, 10)], Waiting.PRICE)


def test_what_is_sold_is_of_the_oldest_date(shop: StockBench) -> None:
    note(shop, MILK, 4, 5)
    note(shop, MILK, 6, 20)
    shop.sell(MILK, MILK, MILK, MILK, MILK)
    assert lots(shop) == [(MILK, 20, 5)]
    shop.sell(MILK)
    shop.as_owner(card_code(202))
    shop.keys("E")
    assert (shop.pieces(MILK), lots(shop)) == (5, [(MILK, 20, 4)]), "which date comes back, nobody knows"


def test_no_more_goods_have_dates_than_there_are(shop: StockBench) -> None:
    note(shop, MILK, 4, 5)
    note(shop, MILK, 6, 20)
    shop.count(MILK, 3)
    assert lots(shop) == [(MILK, 20, 3)]


def test_the_card_prints_what_expires_within_a_week_and_what_is_over(shop: StockBench) -> None:
    for sku, days in ((MILK, 8), (COLA, 7), (NOODLES, 0), (STRANGE, -1)):
        note(shop, sku, 2, days)
    shop.hush()
    shop.card(EXPIRY)
    assert shop.prompts == ["exp.today", "exp.scan"]
    slip = shop.slip()
    assert [text for text in slip if text in ("牛奶", "可乐", "方便面", f"新商品{STRANGE[-4:]}")] == [
        f"新商品{STRANGE[-4:]}", "方便面", "可乐",
    ]  # fmt: skip
    assert slip.index("已经过期，请下架") < slip.index("今天到期") < slip.index("七天内到期")


def test_the_morning_says_what_expires_today_and_the_evening_lists_it(shop: StockBench) -> None:
    note(shop, MILK, 2, 1)
    shop.sleep_s(86_400)
    shop.hush()
    shop.card(SHIFT_OPEN)
    shop.keys("0EE")
    assert "exp.today" in shop.prompts
    shop.as_owner(card_code(201))
    shop.keys("0EE")
    assert "日结单" in shop.slip()
    assert "保质期" in [text for block in shop.printed[-2].slip.blocks for text in texts(block)]


# --- writing off -----------------------------------------------------------------------------------------------------


def test_what_expired_leaves_the_books_and_the_list(shop: StockBench) -> None:
    note(shop, MILK, 4, -1)
    note(shop, MILK, 6, 20)
    shop.card(WRITE_OFF)
    shop.scan(MILK)
    shop.keys("4E")
    assert shop.last_words == "牛奶，报损四件"
    shop.keys("E")
    assert shop.prompts[-1] == "loss.all_q"
    shop.keys("E")
    assert (shop.pieces(MILK), lots(shop)) == (6, [(MILK, 20, 6)])
    (moved,) = shop.records("stock.moved")
    assert moved["data"]["why"] == "expired"
    assert moved["data"]["moves"] == [{"sku": MILK, "qty": "-4"}]
    slip = shop.slip()
    assert slip[slip.index("原因") + 1] == "过期"


@pytest.mark.parametrize(("key", "why"), [("1", "expired"), ("2", "damaged"), ("3", "lost"), ("4", "used")])
def test_another_reason_is_a_number(shop: StockBench, key: str, why: str) -> None:
    shop.card(WRITE_OFF)
    shop.scan(COLA, COLA)
    shop.keys("E")
    shop.keys(f"{key}E")
    assert shop.records("stock.moved")[-1]["data"]["why"] == why
    assert (shop.pieces(COLA), shop.counter.waiting) == (8, Waiting.NOTHING)


def test_the_next_write_off_is_expired_again(shop: StockBench) -> None:
    for answer in ("3E", "E"):
        shop.card(WRITE_OFF)
        shop.scan(COLA)
        shop.keys("E")
        shop.pass_s(1)
        shop.keys(answer)
    assert [row["data"]["why"] for row in shop.records("stock.moved")] == ["lost", "expired"]


def test_a_write_off_survives_a_power_cut_and_can_be_dropped(shop: StockBench) -> None:
    shop.card(WRITE_OFF)
    shop.scan(COLA)
    shop.restart()
    assert "loss.open" in shop.prompts
    shop.card(WRITE_OFF)
    shop.keys("E")
    shop.pass_s(1)
    shop.keys("E")
    assert shop.pieces(COLA) == 9
    shop.card(WRITE_OFF)
    shop.scan(COLA)
    shop.card(CANCEL, CANCEL)
    assert (shop.pieces(COLA), len(shop.records("stock.moved"))) == (9, 1)


def test_a_number_that_is_no_reason_is_how_many(shop: StockBench) -> None:
    shop.card(WRITE_OFF)
    shop.scan(COLA)
    shop.keys("E")
    shop.keys("5E")
    assert (shop.last_words, shop.counter.waiting) == ("可乐，报损五件", Waiting.WRITE_OFF)
    shop.card(RECEIVE)
    assert shop.prompts[-1] == "recv.scan"


def test_a_date_that_was_keyed_the_year_first_is_refused_or_heard_with_its_year(shop: StockBench) -> None:
    shop.card(EXPIRY)
    shop.scan(MILK)
    shop.keys("261130E")
    assert shop.last_words == "日期太远，先日后月再年"
    shop.keys("261128E")
    assert (shop.prompts[-1], shop.last_words) == ("exp.noted", "牛奶，十件，2028年11月26日到期")
    assert lots(shop) == []
    shop.card(STOP)
    assert len(lots(shop)) == 1
