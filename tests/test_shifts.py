"""Shifts and cash beside the sales: what is counted, expected, moved and printed (product rows 34 and 36)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, CounterBench, Habits

from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.messages import PrinterState, Show, View
from edge.model.slip import Row, Text

OPEN, CLOSE, IN, OUT, REPORT, STOP, EXACT = (card_code(number) for number in (161, 162, 164, 165, 166, 190, 102))
DAY_CLOSE = card_code(201)
MEMBER = slip_code(OwnSlip(SlipKind.MEMBER, "12345678"))
COUNT = "数好钱，输金额，按确认"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    shop = CounterBench(tmp_path / "shop")
    shop.printer_ready()
    return shop


def said(shop: CounterBench) -> str:
    return shop.last_words


def told(shop: CounterBench, kind: str) -> list[dict[str, object]]:
    return [row["data"] for row in shop.records(kind)]


def papers(shop: CounterBench) -> list[str]:
    """The text of each slip that is no receipt, the oldest first."""
    rows = shop.begin()._read("SELECT id FROM print_job WHERE slip IS NOT NULL ORDER BY id")
    jobs = [shop.begin().print_jobs.find(job) for (job,) in rows]
    return ["\n".join(_line(block) for block in job.slip.blocks) for job in jobs]


def _line(block: object) -> str:
    match block:
        case Text(text):
            return text
        case Row(left, right):
            return f"{left}|{right}"
        case _:
            return ""


# --- shifts ----------------------------------------------------------------------------------------------------------


def test_the_first_sale_opens_a_shift_by_itself_and_names_it(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sell(NOODLES)
    (opened,) = told(shop, "shift.opened")
    assert (opened["float"], opened["auto"], opened["bday"]) == (0, True, "2026-11-23")
    assert [sale["shift"] for sale in shop.sales()] == [opened["shift"]] * 2
    assert shop.records("shift.opened")[0]["id"] == opened["shift"]


def test_a_shift_is_opened_with_a_count_and_closed_with_a_blind_one(shop: CounterBench) -> None:
    shop.scan(OPEN)
    assert said(shop) == COUNT
    shop.keys("300EE")
    assert said(shop) == "开班了，有三百元"
    shop.sell(COLA)
    shop.sell(NOODLES)
    shop.hush()
    shop.scan(CLOSE)
    assert [speech.text for speech in shop.spoken] == [COUNT], "what is expected is not told before the count"
    shop.keys("307EE")
    assert [speech.text for speech in shop.spoken][-2:] == ["应有三百零七元五角", "少五角"]
    (closed,) = told(shop, "shift.closed")
    assert closed == {
        "shift": closed["shift"], "bday": "2026-11-23", "till": "1", "cur": "CNY", "float": 30_000, "cash_sales": 750,
        "cash_refunds": 0, "paid_in": 0, "paid_out": 0, "expected": 30_750, "counted": 30_700, "over_short": -50,
        "sales": 2,
    }  # fmt: skip
    assert [(count["why"], count["amt"]) for count in told(shop, "cash.counted")] == [
        ("open", 30_000),
        ("close", 30_700),
    ]
    slip = papers(shop)[-1]
    assert "应有现金|307.50" in slip and "实点现金|307.00" in slip and "少|￥0.50" in slip
    assert "没有点钱" not in slip


@pytest.mark.parametrize(("counted", "words"), [("3", "正好"), ("5.5", "多两元五角"), ("0", "少三元")])
def test_over_short_or_exact_is_said(counted: str, words: str, shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.keys("0EE")
    shop.sell(COLA)
    shop.scan(CLOSE)
    shop.keys(f"{counted}EE")
    assert said(shop) == words


def test_where_nobody_counted_at_the_start_nobody_knows_what_is_over(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(CLOSE)
    shop.keys("100EE")
    assert said(shop) == "开班没点钱，差多少不知道"
    (closed,) = told(shop, "shift.closed")
    assert closed["counted"] == 10_000 and "over_short" not in closed
    assert "开班没有点钱" in papers(shop)[-1] and "￥97.00" not in papers(shop)[-1]
    shop.end_day()
    assert [(z["shifts"], z["over_short"]) for z in told(shop, "report.z")] == [(0, 0)]


def test_a_shift_that_a_sale_opened_can_still_be_opened_with_a_count(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(COLA, OPEN)
    assert said(shop) == "先结完这一单"
    shop.scan(EXACT, OPEN)
    shop.keys("106EE")
    assert said(shop) == "开班了，有一百零六元"
    shop.sell(COLA)
    shop.scan(CLOSE)
    shop.keys("109EE")
    first, second = told(shop, "shift.closed")
    assert ("counted" in first, second["expected"], second["over_short"]) == (False, 10_900, 0)


def test_an_empty_drawer_is_a_count_and_an_empty_answer_is_none(shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.keys("E")
    assert (said(shop), told(shop, "shift.opened")) == (COUNT, [])
    shop.keys("0EE")
    assert [shift["float"] for shift in told(shop, "shift.opened")] == [0]


@pytest.mark.parametrize("typed", ["1.2.3E", "1.234E", "..E", "100001E", "1234567E", "9999999999E"])
def test_nonsense_is_one_sentence_and_the_question_stands(typed: str, shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.hush()
    shop.keys(typed)
    assert (said(shop), told(shop, "shift.opened")) == ("数字不对，请重新输", [])
    shop.keys("200EE")
    assert [shift["float"] for shift in told(shop, "shift.opened")] == [20_000]


def test_letters_are_a_scan_and_no_count(shop: CounterBench) -> None:
    shop.scan(OPEN, "ABC", "12x")
    assert told(shop, "shift.opened") == []
    shop.keys("5EE")
    assert [shift["float"] for shift in told(shop, "shift.opened")] == [500]


def test_a_second_opening_and_a_closing_of_nothing_say_the_next_step(shop: CounterBench) -> None:
    shop.scan(CLOSE)
    assert said(shop) == "没有开班，不用交班"
    shop.scan(OPEN)
    shop.keys("1EE")
    shop.scan(OPEN)
    assert said(shop) == "已经开班，先交班"


def test_a_shift_is_not_closed_over_a_basket(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(NOODLES, CLOSE)
    assert said(shop) == "先结完这一单"
    shop.scan(EXACT)
    assert len(shop.sales()) == 2


def test_stop_and_minus_leave_the_count_and_a_customer_must_wait_for_them(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(CLOSE, STOP)
    shop.keys("3E")
    assert told(shop, "shift.closed") == [] and said(shop) == "还没有商品"
    shop.scan(CLOSE, COLA)
    assert (said(shop), shop.sale) == (COUNT, None), "else the count would be taken for this customer's cash"
    shop.keys("-")
    shop.scan(COLA)
    shop.keys("5E")
    assert (told(shop, "shift.closed"), len(shop.sales())) == ([], 2)


def test_cash_is_not_taken_for_the_count_that_is_asked(shop: CounterBench) -> None:
    shop.scan(COLA, OPEN, EXACT)
    assert (said(shop), shop.sales()) == (COUNT, [])
    shop.keys("300EE")
    assert shop.sales() == [] and len(told(shop, "shift.opened")) == 1
    shop.scan(EXACT)
    assert [sale["total"] for sale in shop.sales()] == [300]


def test_silence_has_the_question_said_again(shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.hush()
    shop.pass_s(9)
    assert [speech.text for speech in shop.spoken] == [COUNT]


@pytest.mark.parametrize("card", [OPEN, CLOSE, IN, OUT, DAY_CLOSE])
def test_a_power_cut_forgets_the_question_and_books_nothing(card: str, shop: CounterBench) -> None:
    if card != OPEN:
        shop.scan(OPEN)
        shop.keys("100EE")
    shop.as_owner(card)
    before = [row["type"] for row in shop.records()]
    shop.restart()
    shop.keys("5E")
    assert said(shop) == "还没有商品", "an amount that nobody asked for is no count"
    after = [row["type"] for row in shop.records()]
    assert [kind for kind in after if kind.startswith(("shift", "cash", "report"))] == [
        kind for kind in before if kind.startswith(("shift", "cash", "report"))
    ]


def test_a_shop_that_asks_for_a_shift_sells_nothing_without_one(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(require_shift=True))
    shop.scan(COLA)
    assert (said(shop), shop.sales(), shop.lines) == ("请先开班", [], [])
    shop.scan(MEMBER)
    assert (said(shop), shop.sale) == ("请先开班", None), "a member card begins a sale, too"
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.scan(COLA, EXACT)
    assert [sale["total"] for sale in shop.sales()] == [300]


def test_neither_an_emptied_basket_nor_a_held_sale_gets_round_the_shift(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(require_shift=True))
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.scan(COLA, card_code(107), MEMBER, CLOSE)
    shop.keys("100EE")
    shop.scan(COLA)
    assert (said(shop), shop.lines) == ("请先开班", [])
    shop.pass_s(40)
    shop.scan(card_code(108))
    assert (said(shop), shop.lines) == ("请先开班", [])


@pytest.mark.parametrize(("card", "kind"), [(OPEN, "shift.opened"), (CLOSE, "shift.closed")])
def test_a_count_is_said_once_more_and_another_number_takes_its_place(card: str, kind: str, shop: CounterBench) -> None:
    if card == CLOSE:
        shop.sell(COLA)
    shop.scan(card)
    shop.keys("1000E")
    assert (said(shop), told(shop, kind)) == ("一千元，对吗？按确认", [])
    shop.pass_s(9)
    assert said(shop) == "一千元，对吗？按确认", "and again in silence"
    shop.keys("100E")
    assert (said(shop), told(shop, kind)) == ("一百元，对吗？按确认", [])
    shop.pass_s(1)
    shop.keys("E")
    assert [count["amt"] for count in told(shop, "cash.counted")] == [10_000] and len(told(shop, kind)) == 1
    assert shop.shown[-1] == Show(View.IDLE), "no digits stay on the display"


def test_enter_that_bounces_confirms_no_count(shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.keys("100")
    shop.bounce()
    assert told(shop, "shift.opened") == []
    shop.pass_s(1)
    shop.keys("E")
    assert [shift["float"] for shift in told(shop, "shift.opened")] == [10_000]


def test_stop_and_a_power_cut_book_no_count(shop: CounterBench) -> None:
    for power_goes in (False, True):
        shop.scan(OPEN)
        shop.keys("100E")
        shop.restart() if power_goes else shop.scan(STOP)
        shop.pass_s(1)
        shop.keys("E")
        assert told(shop, "shift.opened") == []


# --- cash ------------------------------------------------------------------------------------------------------------


def test_cash_in_and_out_is_booked_printed_said_and_expected(shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.sell(COLA)
    shop.scan(IN)
    assert said(shop) == "放入多少？输入金额"
    shop.keys("50.5E")
    assert said(shop) == "放入五十元五角"
    shop.scan(OUT)
    shop.keys("20E")
    assert said(shop) == "取出二十元"
    assert [(moved["why"], moved["amt"]) for moved in told(shop, "cash.moved")] == [
        ("pay_in", 5_050),
        ("pay_out", 2_000),
    ]
    assert "放入零钱" in papers(shop)[0] and "金额|￥50.50" in papers(shop)[0]
    assert [row["why"] for row in told(shop, "drawer.opened")] == ["shift_open", "pay_in", "pay_out"]
    shop.scan(CLOSE)
    shop.keys("133.5EE")
    (closed,) = told(shop, "shift.closed")
    assert (closed["paid_in"], closed["paid_out"], closed["expected"]) == (5_050, 2_000, 13_350)
    assert said(shop) == "正好"


@pytest.mark.parametrize("card", [IN, OUT])
@pytest.mark.parametrize("typed", ["0E", "100001E"])
def test_nothing_and_too_much_are_not_moved(card: str, typed: str, shop: CounterBench) -> None:
    shop.scan(card)
    shop.keys(typed)
    assert (said(shop), told(shop, "cash.moved")) == ("数字不对，请重新输", [])
    shop.keys("7E")
    assert [moved["amt"] for moved in told(shop, "cash.moved")] == [700]


def test_more_than_the_till_knows_of_can_be_taken_out(shop: CounterBench) -> None:
    """Nobody counted the float: what it expects stands below zero, on paper, and is not spoken."""
    shop.sell(COLA)
    shop.scan(OUT)
    shop.keys("200E")
    shop.hush()
    shop.scan(CLOSE)
    shop.keys("0EE")
    (closed,) = told(shop, "shift.closed")
    assert closed["expected"] == -19_700
    assert [speech.text for speech in shop.spoken] == [COUNT, "零元，对吗？按确认", "开班没点钱，差多少不知道"]
    assert "应有现金|-197.00" in papers(shop)[-1]


def test_a_drawer_that_stands_open_gets_no_second_pulse(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(drawer_open_level=True))
    shop.printer_ready()
    shop.sell(COLA)
    shop.scan(CLOSE)
    shop.printer(PrinterState.READY, pin3_high=True)
    shop.keys("3EE")
    shop.scan(OPEN)
    assert [row["why"] for row in told(shop, "drawer.opened")] == ["shift_close"]
    shop.printer(PrinterState.READY, pin3_high=False)
    shop.keys("3EE")
    shop.scan(CLOSE)
    assert [row["why"] for row in told(shop, "drawer.opened")] == ["shift_close", "shift_close"]


def test_a_shop_without_a_drawer_counts_as_well(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(drawer=False))
    shop.scan(OPEN)
    shop.keys("1EE")
    assert (told(shop, "drawer.opened"), len(told(shop, "shift.opened"))) == ([], 1)


def test_a_basket_stands_while_cash_is_moved(shop: CounterBench) -> None:
    shop.scan(COLA, IN)
    shop.keys("10E")
    assert shop.lines == [("可乐", 300)]
    shop.scan(EXACT)
    assert [sale["total"] for sale in shop.sales()] == [300]


@pytest.mark.parametrize("card", [IN, card_code(110)])
def test_money_beside_the_sales_does_not_get_round_the_shift_either(card: str, tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(require_shift=True))
    shop.scan(card)
    assert (said(shop), told(shop, "shift.opened")) == ("请先开班", [])


@pytest.mark.parametrize("counted", [True, False])
def test_a_shift_goes_on_over_a_day_that_turned_by_itself(shop: CounterBench, counted: bool) -> None:
    """Both days' cash lies in the drawer when it is counted."""
    if counted:
        shop.scan(OPEN)
        shop.keys("100EE")
    shop.sell(COLA)
    shop.sleep_s(24 * 3600)
    shop.sell(NOODLES)
    assert len(shop.records("report.z")) == 1
    shop.scan(CLOSE)
    cash = 100 * counted + 7.5
    shop.keys(f"{cash}EE")
    (closed,) = shop.records("shift.closed")
    assert (closed["data"]["sales"], closed["data"].get("over_short")) == (2, 0 if counted else None)
