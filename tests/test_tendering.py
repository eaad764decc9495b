"""Subtotal, cash, change and rounding: what is booked is what was paid, and too little books nothing."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from counter_bench import BAG, COLA, NOODLES, STRANGE, TISSUES, CounterBench, Habits
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.line_display import screen_lines
from edge.errors import IllegalMove
from edge.messages import Outcome, View
from edge.model.money import MAX_FEN, Fen, Rounding, cash_rounding
from edge.model.records import Stream
from edge.model.sale import MOVES, Event, Sale, State, add_open_price, moved
from edge.model.settlement import tender_cash
from edge.model.slip import Barcode

EXACT, SUBTOTAL, CANCEL, STOP = "ZZ1021", "ZZ1014", "ZZ1069", "ZZ1908"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def test_enter_speaks_the_total_and_an_amount_gives_change(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("E")
    assert shop.last_words == "一共七元五角"
    assert (shop.shown[-1].view, shop.shown[-1].amount) == (View.TOTAL, 750)
    shop.keys("20E")
    assert shop.last_words == "收您二十元，找您十二元五角"
    assert (shop.shown[-1].view, shop.shown[-1].amount) == (View.CHANGE, 1250)
    assert shop.sales()[-1]["pay"] == [{"m": "cash", "amt": 750, "tendered": 2000, "change": 1250}]
    assert shop.sale is None


def test_an_amount_pays_without_a_subtotal_before_it(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("5E")
    assert shop.sales()[-1]["pay"][0]["change"] == 200


def test_everything_of_a_sale_is_one_commit_and_the_drawer_opens_before_the_paper(shop: CounterBench) -> None:
    shop.printer_ready()
    shop.scan(COLA)
    shop.hush()
    shop.keys("5E")
    kinds = [type(effect).__name__ for effect in shop.left]
    assert kinds.index("SendKick") < kinds.index("SendPrint")
    assert [kick.kick for kick in shop.kicked] == [shop.records("sale.completed")[0]["id"]]
    tx = shop.begin()
    sold = tx.outbox.rows(Stream.TX, 1, 9)
    assert [row.type for row in sold] == ["shift.opened", "sale.completed"]
    assert [job.copy_no for job in tx.print_jobs.of(sold[1].id)] == [0]


def test_too_little_cash_is_a_part_and_says_what_is_missing(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("5E")
    assert shop.last_words == "收五元，还差两元五角"
    assert (shop.sales(), shop.kicked, shop.printed) == ([], [], [])
    assert shop.sale is not None
    assert shop.sale.state is State.SUBTOTAL
    shop.keys("10E")
    assert [(pay["amt"], pay["tendered"], pay["change"]) for pay in shop.sales()[0]["pay"]] == [
        (500, 500, 0), (250, 1000, 750),
    ]  # fmt: skip
    assert len(shop.kicked) == 1


def test_a_part_that_was_keyed_wrong_is_taken_back_by_undo(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("5E")
    shop.card("ZZ1052")
    assert shop.last_words == "退还现金五元"
    shop.keys("50E")
    assert shop.last_words == "收您五十元，找您四十二元五角"


@pytest.mark.parametrize("card", ["ZZ1069", "ZZ1076"])
def test_a_sale_that_is_part_paid_is_neither_cancelled_nor_set_aside(shop: CounterBench, card: str) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("5E")
    shop.card(card, card)
    assert shop.last_words == "还差两元五角，不买先扫撤销"
    shop.keys("2.5E")
    assert shop.sales()[0]["total"] == 750


def test_no_line_can_be_taken_out_of_what_is_paid_already(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("5E-")
    assert shop.last_words == "已收五元，先撤销收款再改"
    assert shop.lines == [("可乐", 300), ("方便面", 450)]
    shop.card("ZZ1052")
    assert shop.last_words == "退还现金五元"
    shop.keys("-")
    assert shop.lines == [("可乐", 300)]


def test_where_the_parts_are_the_whole_enter_ends_the_sale(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("3E-")
    assert shop.last_words == "已删除方便面"
    shop.card("ZZ1076")
    assert shop.last_words == "不用付钱，请按确认"
    shop.keys("E")
    assert shop.last_words == "不用付钱，请按确认"
    shop.pass_s(1)
    shop.keys("E")
    (sale,) = shop.sales()
    assert sale["pay"] == [{"m": "cash", "amt": 300, "tendered": 300, "change": 0}]
    assert shop.last_words == "收您三元，正好"


def test_a_part_is_given_back_by_undo_also_when_goods_were_added_since(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("5E")
    shop.scan(COLA)
    shop.card("ZZ1052")
    assert shop.last_words == "退还现金五元"
    shop.card(EXACT)
    assert shop.sales()[0]["pay"] == [{"m": "cash", "amt": 1050, "tendered": 1050, "change": 0}]


def test_what_is_due_stands_on_the_display_as_what_is_still_to_pay(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("5E")
    shop.card("ZZ1014")
    assert (shop.shown[-1].view, shop.shown[-1].amount) == (View.MISSING, 250)
    shop.scan(COLA)
    assert (shop.shown[-1].view, shop.shown[-1].amount) == (View.ITEM_MISSING, 550)
    assert screen_lines(shop.shown[-1], chinese=True)[1].split() == ["还差", "5.50"]


def test_cash_in_parts_is_rounded_as_if_it_came_at_once(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(rounding=Rounding.JIAO))
    shop.scan(TISSUES)
    shop.keys("0.3E")
    shop.card(EXACT)
    assert (shop.sales()[0]["total"], shop.sales()[0]["rounding"]) == (1251, -51)


def test_what_the_box_cannot_see_is_booked_only_by_card_and_enter(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card("ZZ1038")
    assert shop.last_words == "看到三元到账了？按确认"
    assert shop.sales() == []
    shop.keys("E")
    assert shop.last_words == "已记其他收款三元"
    assert shop.sales()[0]["pay"] == [{"m": "external_unverified", "amt": 300}]
    assert shop.kicked == []


def test_stop_takes_the_question_about_other_payment_away(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card("ZZ1038", STOP)
    assert (shop.sales(), shop.prompts[-1]) == ([], "flow.stopped_sale")
    shop.keys("3E")
    assert shop.sales()[0]["pay"][0]["m"] == "cash"


def test_enter_twice_is_exact_cash_but_not_within_800_milliseconds(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.bounce()
    assert shop.sales() == []
    shop.pass_s(0.8)
    shop.keys("E")
    assert shop.last_words == "收您三元，正好"
    assert len(shop.sales()) == 1


def test_enter_that_bounces_after_too_little_cash_does_not_pay_the_rest(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("E")
    shop.pass_s(5)
    shop.keys("5")
    shop.bounce()
    assert shop.sales() == []
    assert shop.sale is not None


def test_enter_that_bounces_after_the_last_payment_pays_nothing_again(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("20")
    shop.bounce()
    assert len(shop.sales()) == 1


def test_the_exact_cash_card_pays_and_twice_pays_once(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(EXACT, EXACT)
    assert len(shop.sales()) == 1
    assert shop.prompts[-1] == "sale.empty"


@pytest.mark.parametrize("typed", ["E", "5E"])
def test_an_empty_basket_cannot_be_paid(shop: CounterBench, typed: str) -> None:
    shop.keys(typed)
    assert shop.prompts[-1] == "sale.empty"
    shop.scan(COLA)
    shop.keys(f"-{typed}")
    assert shop.prompts[-1] == "sale.empty"
    assert shop.sales() == []


def test_no_cash_at_all_is_no_amount(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("0E")
    assert shop.prompts[-1] == "err.amount"
    assert shop.sales() == []


def test_a_sale_of_gifts_alone_is_completed_with_nothing_paid(shop: CounterBench) -> None:
    shop.scan(BAG)
    shop.card(EXACT)
    assert (shop.sales()[-1]["total"], shop.sale) == (0, None)


def test_another_scan_after_the_subtotal_opens_the_sale_again(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("E")
    shop.scan(NOODLES)
    assert shop.sale is not None
    assert shop.sale.state is State.OPEN
    shop.keys("E")
    assert shop.last_words == "一共七元五角"


def test_the_subtotal_outlives_a_power_cut_and_is_shown_again(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(SUBTOTAL)
    shop.restart()
    assert (shop.shown[-1].view, shop.shown[-1].amount) == (View.TOTAL, 300)
    shop.keys("5E")
    assert shop.sales()[-1]["pay"][0]["change"] == 200


@pytest.mark.parametrize(
    ("rule", "due", "rounding"), [(Rounding.NONE, 1251, 0), (Rounding.FEN, 1250, -1), (Rounding.JIAO, 1200, -51)]
)
def test_cash_is_rounded_down_as_the_shop_says_and_the_rounding_is_its_own_line(
    tmp_path: Path, rule: Rounding, due: int, rounding: int
) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(rounding=rule))
    shop.sell(TISSUES)
    sale = shop.sales()[-1]
    assert (sale["total"], sale["rounding"], sale["pay"][0]["amt"]) == (1251, rounding, due)


@given(st.integers(0, MAX_FEN), st.sampled_from(Rounding))
def test_nobody_ever_pays_more_than_the_exact_total(due: int, rule: Rounding) -> None:
    rounding = cash_rounding(Fen(due), rule)
    assert -100 < rounding <= 0
    assert due + rounding >= 0
    assert (due + rounding) % {Rounding.NONE: 1, Rounding.FEN: 10, Rounding.JIAO: 100}[rule] == 0


@given(st.lists(st.integers(1, 500_000), min_size=1, max_size=20), st.integers(0, 10_000), st.sampled_from(Rounding))
def test_what_is_applied_is_total_and_rounding_and_change_is_the_rest(
    prices: list[int], over: int, rule: Rounding
) -> None:
    sale = Sale("id")
    for price in prices:
        sale = add_open_price(sale, name="x", price=Fen(price))
    due = sale.total + cash_rounding(sale.total, rule)
    paid = tender_cash(moved(sale, Event.SUBTOTAL), Fen(due + over), rule) if due + over else None
    if paid is not None:
        assert paid.state is State.COMPLETED
        assert paid.paid == sale.total + paid.rounding <= sale.total
        assert paid.tenders[0].change == over
        assert paid.due == 0


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_each_pair_of_state_and_event_is_in_the_table_or_changes_nothing(state: State, event: Event) -> None:
    sale = Sale("id", state=state)
    if (state, event) in MOVES:
        assert moved(sale, event).state is MOVES[state, event]
    else:
        with pytest.raises(IllegalMove, match=f"{state} knows no {event}"):
            moved(sale, event)


def test_receipts_are_numbered_from_one_each_business_day_which_turns_at_four(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell()
    shop.sleep_s(15.5 * 3600)  # 03:30 of the next morning
    shop.sell()
    shop.sleep_s(3600)
    shop.sell()
    assert [sale["receipt"] for sale in shop.sales()] == ["261123-1-0001", "261123-1-0002", "261124-1-0001"]


def test_a_clock_that_goes_back_does_not_bring_an_old_business_day_back(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell()
    shop.clock.at = shop.clock.at.replace(day=20)
    shop.sell()
    assert [sale["receipt"] for sale in shop.sales()] == ["261123-1-0001", "261123-1-0002"]


@pytest.mark.parametrize("card", [EXACT, SUBTOTAL])
def test_goods_whose_price_is_asked_for_are_not_left_out_of_the_bill(shop: CounterBench, card: str) -> None:
    shop.scan(COLA, STRANGE)
    shop.card(card)
    assert shop.last_words == "没有这个货，输价格按确认"
    assert (shop.sales(), shop.kicked) == ([], [])
    shop.keys("2E")
    shop.card(EXACT)
    assert shop.sales()[-1]["total"] == 500


@pytest.mark.parametrize(
    ("typed", "question"), [("900+", "九百元，对吗？按确认"), ("150*", "一百五十件，对吗？按确认")]
)
@pytest.mark.parametrize("pay", [EXACT, SUBTOTAL, "20E"])
def test_what_waits_for_a_second_enter_is_answered_before_anything_is_paid(
    shop: CounterBench, typed: str, question: str, pay: str
) -> None:
    shop.scan(COLA)
    shop.keys(typed)
    shop.hush()
    shop.card(pay) if pay.startswith("ZZ") else shop.keys(pay)
    replaced = pay == "20E" and typed == "900+"
    assert [speech.text for speech in shop.spoken] == ["二十元，对吗？按确认" if replaced else question]
    assert shop.sales() == []
    shop.card(STOP, EXACT)
    assert shop.sales()[-1]["total"] == 300


def test_after_9999_receipts_a_day_the_sale_is_made_and_printed_without_a_barcode(shop: CounterBench) -> None:
    shop.printer_ready()
    shop.sell(COLA)
    shop.paper(Outcome.DONE)
    tx = shop.begin()
    tx.put("receipt_floor", "2026-11-23:9998:0:2026-11-23")
    tx.commit()
    shop.hush()
    for _ in range(2):
        shop.sell(COLA)
        shop.paper(Outcome.DONE)
    assert [sale["receipt"] for sale in shop.sales()][1:] == ["261123-1-9999", "261123-1-10000"]
    assert [any(isinstance(block, Barcode) for block in job.slip.blocks) for job in shop.printed] == [True, False]
    assert "261123-1-10000" in repr(shop.printed[1].slip)
    assert shop.last_words == "收您三元，正好"


def test_more_change_than_a_banknote_waits_for_enter(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("999E")
    assert (shop.sales(), shop.last_words) == ([], "收了九百九十九元？按确认")
    shop.keys("9.9E")
    assert shop.sales()[0]["pay"][0]["tendered"] == 990, "another number is what was meant"
    shop.scan(COLA)
    shop.keys("103EE")
    assert shop.sales()[1]["pay"][0]["change"] == 10_000
    shop.scan(COLA)
    shop.keys("102.99E")
    assert len(shop.sales()) == 3, "a hundred-yuan note and small money is what people give"
