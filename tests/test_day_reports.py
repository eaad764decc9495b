"""X and Z: what they sum, when a business day ends, and what that does to what is held (product rows 15, 35, 38)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, SCANNER, STRANGE, CounterBench
from test_shifts import CLOSE, EXACT, IN, OPEN, OUT, REPORT, papers, said, told

from edge.codec.command_card import card_code, receipt_code
from edge.messages import ScanData, Show, View
from edge.services.day_reports import BEHIND_RECEIPT_S

HOLD, CANCEL, NO_SALE, RECALL, REFUND, POST_VOID = (card_code(number) for number in (107, 106, 163, 108, 110, 202))


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    shop = CounterBench(tmp_path / "shop")
    shop.printer_ready()
    return shop


def at(shop: CounterBench, day: int, hour: int, minute: int = 0) -> None:
    """Of November 2026, UTC; Shanghai is eight hours ahead."""
    shop.clock.pass_s((datetime(2026, 11, day, hour, minute, tzinfo=UTC) - shop.clock.at).total_seconds())


def days(shop: CounterBench) -> list[str]:
    return [str(sale["bday"]) for sale in shop.sales()]


def test_a_report_of_today_changes_nothing_and_can_be_had_again(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sell(NOODLES)
    rows = len(shop.records())
    shop.scan(REPORT)
    assert said(shop) == "到现在两单，实收七元五角，方便面最好卖"
    shop.scan(REPORT)
    assert len(shop.records()) == rows
    first, second = papers(shop)
    assert first == second
    assert "今日报告" in first and "实收|￥7.50" in first and "销售 2 单|7.50" in first
    assert "小票|261123-1-0001" in first and "|261123-1-0002" in first


def test_a_report_of_nothing_is_a_report(shop: CounterBench) -> None:
    shop.scan(REPORT)
    assert said(shop) == "到现在零单，实收零元"
    assert "没有销售" in papers(shop)[0]


def test_the_day_is_closed_with_all_that_was_booked(shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.sell(COLA)
    shop.sell(NOODLES)
    shop.scan(NO_SALE, IN)
    shop.keys("50E")
    shop.scan(OUT)
    shop.keys("20E")
    shop.scan(COLA, CANCEL, CANCEL)
    shop.scan(CLOSE)
    shop.keys("138EE")
    shop.scan(OPEN)
    shop.keys("138EE")
    shop.sell(COLA)
    shop.end_day()
    assert said(shop) == "数好钱，输金额，按确认", "a shift that was opened with a count is closed with one"
    shop.keys("140EE")
    assert said(shop) == "日结好了，三单，实收十元五角"
    (z,) = told(shop, "report.z")
    assert z == {
        "no": 1, "bday": "2026-11-23", "till": "1", "cur": "CNY", "sales": 3, "total": 1_050, "rounding": 0, "disc": 0,
        "repaid": 0, "no_receipt": 0,
        "pay": [{"m": "cash", "n": 3, "amt": 1_050}], "refunds": 0, "refunded": 0, "voids": 0, "voided": 0, "back": [],
        "paid_in": 5_000, "paid_out": 2_000, "no_sale": 1, "cancelled": 1, "expired": 0, "shifts": 2,
        "over_short": 50 - 100, "first": "261123-1-0001", "last": "261123-1-0003",
    }  # fmt: skip
    assert shop.begin().day.shift() is None
    assert "第 1 号" in papers(shop)[-1] and "交班少|0.50" in papers(shop)[-1]


def test_a_shift_that_opened_by_itself_ends_with_the_day_without_a_count(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.end_day()
    (closed,) = told(shop, "shift.closed")
    assert "counted" not in closed and closed["expected"] == 300
    assert told(shop, "report.z")[0]["shifts"] == 0


def test_a_second_closing_says_that_there_is_nothing_new(shop: CounterBench) -> None:
    shop.end_day()
    assert (said(shop), told(shop, "report.z")) == ("没有新的账，不用日结", [])
    shop.sell(COLA)
    shop.end_day()
    shop.end_day()
    assert said(shop) == "没有新的账，不用日结"
    assert [z["no"] for z in told(shop, "report.z")] == [1]


def test_what_comes_after_a_closing_is_in_the_next_one(shop: CounterBench) -> None:
    """The same business day again: the receipts go on, and the second report has what is new."""
    shop.sell(COLA)
    shop.end_day()
    shop.sell(NOODLES)
    shop.sell(NOODLES)
    shop.end_day()
    assert [(z["no"], z["bday"], z["total"], z["first"], z["last"]) for z in told(shop, "report.z")] == [
        (1, "2026-11-23", 300, "261123-1-0001", "261123-1-0001"),
        (2, "2026-11-23", 900, "261123-1-0002", "261123-1-0003"),
    ]


def test_a_basket_on_the_counter_is_finished_first(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.end_day()
    assert (said(shop), told(shop, "report.z")) == ("先结完这一单", [])
    assert shop.lines == [("可乐", 300)]


def test_after_a_closing_at_night_a_new_day_begins_before_the_hour_at_which_days_start(shop: CounterBench) -> None:
    at(shop, 23, 15, 30)  # 23:30
    shop.sell(COLA)
    shop.end_day()
    at(shop, 23, 16, 30)  # 00:30
    shop.sell(COLA)
    at(shop, 23, 19, 30)  # 03:30
    shop.sell(COLA)
    at(shop, 24, 1)  # 09:00
    shop.sell(COLA)
    assert days(shop) == ["2026-11-23", "2026-11-24", "2026-11-24", "2026-11-24"]
    assert [sale["receipt"] for sale in shop.sales()][1:] == [f"261124-1-000{n}" for n in (1, 2, 3)]


def test_a_day_that_nobody_closed_ends_with_the_first_sale_of_the_next(shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.sell(COLA)
    shop.scan(NOODLES, HOLD)
    shop.sell(COLA)
    at(shop, 24, 1)
    shop.scan(NO_SALE, REPORT)
    assert "营业日 2026-11-23" in papers(shop)[-1] and told(shop, "report.z") == [], "it can still be closed"
    shop.sell(COLA)
    shop.pass_s(BEHIND_RECEIPT_S)
    (z,) = told(shop, "report.z")
    assert (z["bday"], z["auto"], z["sales"], z["expired"]) == ("2026-11-23", True, 2, 1)
    receipt, report = (
        shop.begin()._read("SELECT of, slip FROM print_job WHERE state = 'queued' ORDER BY id").fetchall()[-2:]
    )
    assert (receipt[0], report[1] is None) == (shop.records("sale.completed")[-1]["id"], False), "the customer's first"
    assert "第 1 号" in papers(shop)[-1] and "挂单作废|\n方便面|4.50\n" in papers(shop)[-1]
    assert [speech.text for speech in shop.spoken][-2:] == ["上个营业日已自动日结", "作废挂单一单"]
    assert days(shop) == ["2026-11-23", "2026-11-23", "2026-11-24"]
    shop.scan(CLOSE)
    shop.keys("109EE")
    assert told(shop, "shift.closed")[0]["expected"] == 10_900, "the shift goes on over the turn of the day"
    shop.end_day()
    assert [(z["no"], z["sales"], z["total"]) for z in told(shop, "report.z")] == [(1, 2, 600), (2, 1, 300)]
    assert shop.begin()._read("SELECT * FROM tally") == [], "what no report needs any more is gone"


def test_what_is_held_ends_with_the_day_and_the_report_says_so(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(NOODLES, HOLD, COLA, COLA, HOLD)
    shop.end_day()
    assert [(row["why"], row["total"]) for row in told(shop, "sale.cancelled")] == [("expired", 450), ("expired", 600)]
    assert told(shop, "report.z")[0]["expired"] == 2
    assert "挂单作废|2" in papers(shop)[-1]
    shop.scan(RECALL)
    assert (said(shop), shop.lines) == ("没有挂单", [])


def test_a_held_sale_that_cannot_be_read_stays_aside_and_the_day_ends(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(NOODLES, HOLD)
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE held SET body = '{}'")
        connection.commit()
    shop.end_day()
    assert len(told(shop, "report.z")) == 1
    assert [number for number, _ in shop.begin().held.damaged()] == [1]


def test_goods_of_which_less_than_nothing_is_there_stand_on_the_report(shop: CounterBench) -> None:
    shop.sell(COLA)
    tx = shop.begin()
    tx._write("UPDATE stock SET on_hand = -2000 WHERE sku = ?", (COLA,))
    tx._write("INSERT INTO stock VALUES (?, 1500, 0), (?, 2000, 0)", (NOODLES, STRANGE))
    tx.commit()
    shop.end_day()
    assert "库存不对|请盘点\n可乐|-2\n方便面|1.5\n" in papers(shop)[-1]


def test_the_number_goes_on_after_a_restart_and_after_damage(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.end_day()
    shop.restart()
    shop.printer_ready()
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.sell(NOODLES)
    shop.ledger.close(clean=True)
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE journal SET body = '{}' WHERE n = 1")
        connection.commit()
    shop.boot()
    assert shop.ledger.set_aside is not None
    shop.sell(COLA)
    shop.end_day()
    shop.keys("107.5EE")
    z, closed = told(shop, "report.z")[-1], told(shop, "shift.closed")[-1]
    assert (z["no"], z["total"], closed["expected"], closed["over_short"]) == (2, 750, 10_750, 0)


def test_a_nearly_full_disk_keeps_the_report(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.ledger.quiet = True
    shop.end_day()
    assert [z["no"] for z in told(shop, "report.z")] == [1]


def test_a_sale_after_a_closed_day_needs_no_network(shop: CounterBench) -> None:
    assert shop.link.online() is False
    shop.sell(COLA)
    shop.end_day()
    shop.scan(COLA, EXACT)
    assert len(shop.sales()) == 2 and shop.verdict() == ""


def test_what_went_back_is_taken_off_by_shift_and_report(shop: CounterBench) -> None:
    shop.sell(COLA, NOODLES)
    shop.scan(REFUND, receipt_code("261123-1-0001"), COLA)
    shop.keys("E")
    shop.pass_s(2)
    shop.keys("E")
    shop.sell(NOODLES)
    shop.as_owner(POST_VOID)
    shop.pass_s(2)
    shop.keys("E")
    shop.end_day()
    (z,) = told(shop, "report.z")
    assert (z["sales"], z["total"], z["refunds"], z["refunded"], z["voids"], z["voided"]) == (2, 1_200, 1, 300, 1, 450)
    assert z["back"] == [{"m": "cash", "n": 2, "amt": 750}]
    (closed,) = told(shop, "shift.closed")
    assert (closed["cash_sales"], closed["cash_refunds"], closed["expected"]) == (1_200, 750, 450)
    assert [row["shift"] for row in (*told(shop, "sale.refunded"), *told(shop, "sale.voided"))] == [closed["shift"]] * 2
    assert "退货 1 单|-3.00\n冲正 1 单|-4.50\n\n实收|￥4.50" in papers(shop)[-1]


def test_a_refund_alone_begins_a_business_day_and_ends_the_one_before(shop: CounterBench) -> None:
    shop.sell(COLA)
    at(shop, 24, 1)
    shop.scan(REFUND, receipt_code("261123-1-0001"), COLA)
    shop.keys("E")
    shop.pass_s(2)
    shop.keys("E")
    shop.sell(NOODLES)
    shop.end_day()
    assert [(z["bday"], z["sales"], z["refunds"]) for z in told(shop, "report.z")] == [
        ("2026-11-23", 1, 0), ("2026-11-24", 1, 1),
    ]  # fmt: skip
    assert told(shop, "sale.refunded")[0]["bday"] == "2026-11-24"


@pytest.mark.parametrize(("card", "what"), [(IN, "paid_in"), (OUT, "paid_out")])
def test_cash_that_moves_in_the_morning_is_of_the_new_day(shop: CounterBench, card: str, what: str) -> None:
    shop.sell(COLA)
    at(shop, 24, 1)
    shop.scan(card)
    shop.keys("50E")
    assert [(z["bday"], z[what], z["auto"]) for z in told(shop, "report.z")] == [("2026-11-23", 0, True)]
    assert "day.turned" in shop.prompts
    shop.sell(NOODLES)
    shop.end_day()
    assert [(z["bday"], z[what], z["sales"]) for z in told(shop, "report.z")] == [
        ("2026-11-23", 0, 1), ("2026-11-24", 5_000, 1),
    ]  # fmt: skip
    assert told(shop, "cash.moved")[0]["bday"] == "2026-11-24"


def test_a_shift_that_is_opened_in_the_morning_and_what_its_count_lacks_are_of_the_new_day(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(CLOSE)
    shop.keys("3E")
    shop.keys("E")
    at(shop, 24, 1)
    shop.scan(OPEN)
    shop.keys("100E")
    shop.keys("E")
    shop.scan(CLOSE)
    shop.keys("99E")
    shop.keys("E")
    assert [(z["bday"], z["shifts"], z["over_short"]) for z in told(shop, "report.z")] == [("2026-11-23", 0, 0)]
    shop.sell(COLA)
    shop.end_day()
    assert told(shop, "report.z")[1]["over_short"] == -100


def test_yesterday_can_be_closed_in_the_morning_by_whoever_counts_first(shop: CounterBench) -> None:
    shop.sell(COLA)
    at(shop, 24, 1)
    shop.end_day()
    shop.scan(IN)
    shop.keys("50E")
    assert [(z["bday"], z["paid_in"]) for z in told(shop, "report.z")] == [("2026-11-23", 0)]
    shop.sell(COLA)
    shop.end_day()
    assert [(z["bday"], z["paid_in"]) for z in told(shop, "report.z")][1:] == [("2026-11-24", 5_000)]


def test_goods_that_come_back_are_finished_first(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(REFUND)
    shop.end_day()
    assert (said(shop), told(shop, "report.z")) == ("请扫小票，没有就扫停", [])


def test_a_power_cut_does_not_lose_the_paper_of_a_day_that_nobody_closed(shop: CounterBench) -> None:
    shop.sell(COLA)
    at(shop, 24, 1)
    shop.scan(COLA)
    shop.bus.post(ScanData(SCANNER, EXACT, shop.clock.mono_s + 1))
    while not told(shop, "report.z"):
        shop.bus.run_once()
    shop.restart()
    shop.printer_ready()
    assert "第 1 号" in papers(shop)[-1] and len(papers(shop)) == 1
    shop.restart()
    assert len(papers(shop)) == 1, "once"


def test_the_voice_says_what_stands_largest_on_the_paper(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sell(NOODLES)
    shop.scan(REFUND, receipt_code(str(shop.sales()[0]["receipt"])), card_code(206))
    shop.pass_s(1)
    shop.keys("E")
    shop.end_day()
    assert said(shop) == "日结好了，两单，实收四元五角"
    assert "实收|￥4.50" in papers(shop)[-1]
    shop.scan(REFUND, receipt_code(str(shop.sales()[1]["receipt"])), card_code(206))
    shop.pass_s(1)
    shop.keys("E")
    shop.scan(REPORT)
    assert said(shop) == "到现在零单，净退四元五角"


def test_a_number_where_nobody_had_to_count_is_the_count(shop: CounterBench) -> None:
    """What was typed is neither swallowed nor left on the display."""
    shop.sell(COLA)
    shop.as_owner(card_code(201))
    assert said(shop) == "日结？共卖三元，按确认"
    shop.keys("5E")
    assert (said(shop), told(shop, "report.z")) == ("五元，对吗？按确认", [])
    shop.pass_s(1)
    shop.keys("E")
    assert told(shop, "shift.closed")[0]["counted"] == 500
    assert shop.shown[-1] == Show(View.IDLE)


def test_the_count_at_the_days_end_can_be_corrected(shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.sell(COLA)
    shop.end_day()
    shop.keys("1030E103E")
    assert said(shop) == "一百零三元，对吗？按确认"
    shop.pass_s(1)
    shop.keys("E")
    assert [closed["counted"] for closed in told(shop, "shift.closed")] == [10_300]
    assert len(told(shop, "report.z")) == 1


def test_a_sale_takes_goods_off_a_known_count_below_nothing_too(shop: CounterBench) -> None:
    """Whoever counts one and sells two finds it on the report; goods that nobody counted are not wrong (row 38)."""
    shop.sell(COLA)
    tx = shop.begin()
    tx._write("UPDATE stock SET on_hand = 1000 WHERE sku = ?", (COLA,))
    tx.commit()
    shop.sell(COLA, NOODLES)
    assert shop.begin().stock.on_hand(COLA) == 0
    shop.sell(COLA)
    shop.end_day()
    assert "库存不对|请盘点\n可乐|-1\n" in papers(shop)[-1] and "方便面" not in papers(shop)[-1]
