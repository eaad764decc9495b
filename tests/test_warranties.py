"""Goods under warranty: a serial number is scanned with them, and a slip goes with them (the JD profile)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from counter_bench import COLA, CounterBench, Habits, ean, goods
from counter_goods import SHELF
from parcel_bench import ParcelBench

from edge.codec.command_card import card_code
from edge.messages import Outcome
from edge.model.counter import Waiting
from edge.model.warranty_slip import months_later
from edge.platform_file import load_platforms

KETTLE = ean("692000000001")
EXACT, STOP, UNDO = card_code(102), card_code(190), card_code(105)
SERIAL, OTHER = "JDK2026A00817", "JDK2026A00818"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    shop = CounterBench(tmp_path / "shop", items=(*SHELF, goods(KETTLE, "电热水壶", 5_900, dept="家电")))
    shop.printer_ready()
    shop.hush()
    return shop


def waits(shop: CounterBench) -> Waiting:
    tx = shop.begin()
    found: Waiting = tx.counter.waiting
    tx.rollback()
    return found


def slips(shop: CounterBench) -> list[str]:
    rows = shop.ledger._connection.execute("SELECT slip FROM print_job ORDER BY id").fetchall()
    return [slip for (slip,) in rows if slip and "保修单" in slip]


def test_the_serial_number_stands_in_the_record_on_the_receipt_and_on_the_warranty_slip(shop: CounterBench) -> None:
    shop.scan(KETTLE)
    assert shop.last_words == "请扫机身序列号"
    shop.scan(SERIAL.lower())
    assert shop.last_words == "序列号记好了"
    shop.scan(COLA)
    shop.card(EXACT)
    kettle, cola = shop.sales()[0]["lines"]
    assert kettle["serial"] == SERIAL and "serial" not in cola
    receipt = str(shop.printed[0].slip)
    assert f"SN {SERIAL}" in receipt
    (slip,) = slips(shop)
    assert SERIAL in slip and "2027-11-23" in slip and "凭此单和发票保修" in slip
    shop.paper(Outcome.DONE)


def test_a_line_that_waits_is_not_paid_and_nothing_else_is_sold_meanwhile(shop: CounterBench) -> None:
    shop.scan(KETTLE, COLA)
    assert (shop.prompts[-1], shop.lines) == ("serial.scan", [("电热水壶", 5_900)])
    shop.card(EXACT)
    assert (shop.prompts[-1], shop.sales()) == ("serial.scan", [])
    shop.scan("no")
    assert shop.prompts[-1] == "serial.wrong"


def test_enter_says_that_there_is_none_and_the_journal_says_so(shop: CounterBench) -> None:
    shop.scan(KETTLE)
    shop.keys("E")
    assert (shop.prompts[-1], waits(shop)) == ("serial.skipped", Waiting.NOTHING)
    assert shop.records("serial.skipped")[0]["data"]["sku"] == KETTLE
    shop.card(EXACT)
    assert "未登记" in slips(shop)[0]


def test_two_pieces_have_two_numbers_and_none_twice(shop: CounterBench) -> None:
    shop.scan(KETTLE, SERIAL, KETTLE, SERIAL)
    assert shop.prompts[-1] == "serial.twice"
    shop.scan(OTHER)
    shop.card(EXACT)
    assert [line["serial"] for line in shop.sales()[0]["lines"]] == [SERIAL, OTHER]
    assert len(slips(shop)) == 2


def test_minus_takes_the_goods_out(shop: CounterBench) -> None:
    shop.scan(KETTLE)
    shop.keys("B")
    shop.card(UNDO)
    assert waits(shop) is Waiting.NOTHING


def test_a_power_cut_waits_for_the_number_again(shop: CounterBench) -> None:
    shop.scan(KETTLE)
    shop.restart()
    assert (shop.prompts[-1], waits(shop)) == ("serial.scan", Waiting.SERIAL)
    shop.scan(SERIAL)
    shop.restart()
    assert waits(shop) is Waiting.NOTHING
    shop.card(EXACT)
    assert shop.sales()[0]["lines"][0]["serial"] == SERIAL
    assert shop.verdict() == ""


def test_without_the_platform_nobody_asks(tmp_path: Path) -> None:
    habits = Habits(platforms=load_platforms(["alibaba"]))
    shop = CounterBench(tmp_path / "shop", habits, items=(*SHELF, goods(KETTLE, "电热水壶", 5_900, dept="家电")))
    shop.sell(KETTLE)
    assert "serial.scan" not in shop.prompts and len(shop.sales()) == 1


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [(date(2026, 11, 23), 12, date(2027, 11, 23)), (date(2026, 8, 31), 6, date(2027, 2, 28)),
     (date(2027, 11, 30), 3, date(2028, 2, 29)), (date(2026, 12, 31), 1, date(2027, 1, 31))],
)  # fmt: skip
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int, end: date) -> None:
    assert months_later(day, months) == end


def test_beside_a_parcel_station_a_serial_number_is_a_warrantys_alone(tmp_path: Path) -> None:
    kettle = goods(KETTLE, "电热水壶", 5_900, dept="家电")
    shop = ParcelBench(tmp_path / "shop", habits=Habits(parcels=True), items=(*SHELF, kettle))
    shop.scan(KETTLE)
    shop.hush()
    shop.scan(SERIAL)
    assert shop.prompts == ["serial.ok"]
    shop.scan("JDK2026A00819")
    assert shop.prompts[-1] == "scan.unknown", "nobody waits for it"
