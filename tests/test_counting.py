"""Counting what is on the shelves while the shop sells on (product row 87)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, STRANGE, TISSUES, Habits
from stock_bench import BEEF, CANCEL, COUNT, EXACT_CASH, JUICE, RECEIVE, STOP, StockBench
from tab_bench import MEMBER

from edge.codec.gtin import check_digit
from edge.codec.instore import LabelTemplate
from edge.codec.line_display import DisplayKind, show_commands
from edge.model.counter import Waiting
from edge.model.money import Fen, Milli
from edge.model.records import PurchaseClaimed, StockCounted, StockMoved
from edge.model.stock import Act, Desk
from edge.model.stock_records import LINES_MAX, ClaimLine, CountedLine
from edge.services.store_room import QUIET_S


@pytest.fixture
def shop(tmp_path: Path) -> StockBench:
    return StockBench(tmp_path / "shop")


def test_unknown_stock_is_known_once_it_is_counted(shop: StockBench) -> None:
    shop.sell(COLA)
    assert shop.on_hand(COLA) is None
    shop.card(COUNT)
    shop.scan(COLA, COLA, COLA, NOODLES)
    shop.keys("12E")
    shop.done()
    assert (shop.pieces(COLA), shop.pieces(NOODLES)) == (3, 12)
    assert shop.last_words == "盘点好了，第一次数两种"
    assert shop.counter.waiting is Waiting.NOTHING
    (record,) = shop.records("stock.counted")
    assert record["data"]["lines"] == [{"sku": COLA, "qty": "3"}, {"sku": NOODLES, "qty": "12"}]
    assert "第一次数" in shop.slip()


def test_a_scan_is_a_piece_a_number_sets_it_and_the_sum_is_said(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(COLA)
    assert shop.last_words == "可乐，数了一件"
    shop.keys("20E")
    assert shop.last_words == "可乐，数了二十件"
    shop.scan(COLA)
    assert shop.last_words == "可乐，数了二十一件"
    shop.keys("+")
    assert shop.last_words == "可乐，数了二十二件"
    shop.keys("-")
    shop.keys("-")
    assert shop.last_words == "减掉了，可乐还有二十件"
    shop.done()
    assert shop.pieces(COLA) == 20


def test_a_display_without_chinese_shows_at_least_how_many(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(TISSUES)
    shop.keys("24E")
    assert b"24" in b"".join(show_commands(shop.shown[-1], DisplayKind.CD5220, chinese=False))


def test_where_the_number_comes_first_it_is_for_the_next_scan(tmp_path: Path) -> None:
    shop = StockBench(tmp_path / "shop", Habits(pieces_before_scan=True))
    shop.card(COUNT)
    shop.keys("12*")
    shop.scan(COLA, NOODLES)
    shop.done()
    assert (shop.pieces(COLA), shop.pieces(NOODLES)) == (12, 1)


def test_what_is_as_in_the_books_is_said_so_once_something_was_compared(shop: StockBench) -> None:
    shop.count(COLA, 10)
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys("10E")
    shop.scan(NOODLES)
    shop.done()
    assert shop.prompts[-1] == "count.right"


def test_an_empty_shelf_is_counted_as_nothing(shop: StockBench) -> None:
    shop.count(COLA, 5)
    shop.count(COLA, 0)
    assert shop.pieces(COLA) == 0


def test_what_is_sold_after_the_scan_comes_off_the_count(shop: StockBench) -> None:
    shop.count(COLA, 10)
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys("9E")
    shop.card(STOP)
    assert shop.prompts[-1] == "count.paused"
    shop.sell(COLA, COLA)
    shop.card(COUNT)
    shop.done()
    assert shop.pieces(COLA) == 7, "nine lay there, two were sold since"
    assert shop.records("stock.counted")[-1]["data"]["lines"] == [{"sku": COLA, "qty": "9", "was": "10", "moved": "-2"}]


def test_what_is_sold_between_two_scans_of_the_same_goods_comes_off_too(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(COLA, COLA)
    shop.card(COUNT)
    shop.sell(COLA)
    shop.card(COUNT)
    shop.scan(COLA)
    shop.done()
    assert shop.pieces(COLA) == 2


def test_the_card_again_lets_the_counter_sell_and_a_third_time_counts_on(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(COLA)
    shop.card(COUNT)
    shop.sell(NOODLES)
    assert len(shop.sales()) == 1
    shop.card(COUNT)
    shop.scan(COLA)
    assert shop.last_words == "可乐，数了两件"


def test_a_difference_above_a_fifth_is_counted_again_once(shop: StockBench) -> None:
    shop.count(COLA, 10)
    shop.count(NOODLES, 10)
    shop.hush()
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys("7E")
    shop.scan(NOODLES)
    shop.keys("8E")
    shop.keys("E")
    assert shop.prompts[-1] == "count.again"
    assert "可乐" in shop.slip()
    assert "方便面" not in shop.slip(), "exactly a fifth is not above it"
    assert not any("10" in text for text in shop.slip() if text != shop.slip()[4]), "the slip does not tell the number"
    shop.scan(COLA)
    assert shop.last_words == "可乐，数了一件", "it begins anew"
    shop.keys("9E")
    shop.done()
    assert (shop.pieces(COLA), shop.pieces(NOODLES)) == (9, 8)
    lines = shop.records("stock.counted")[-1]["data"]["lines"]
    assert lines == [{"sku": NOODLES, "qty": "8", "was": "10"}, {"sku": COLA, "qty": "9", "was": "10", "again": True}]
    assert "  (数过两遍)" in shop.slip()


def test_what_nobody_counts_again_is_booked_as_it_was_counted_and_marked(shop: StockBench) -> None:
    shop.count(COLA, 10)
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys("5E")
    shop.keys("E")
    shop.done()
    assert shop.pieces(COLA) == 5
    assert "  (没再数)" in shop.slip()


def test_goods_that_turn_up_late_are_added_though_others_are_counted_again(shop: StockBench) -> None:
    shop.count(COLA, 10)
    shop.count(JUICE, 10)
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys("1E")
    shop.scan(JUICE)
    shop.keys("9E")
    shop.keys("E")
    shop.scan(JUICE, COLA)
    shop.keys("10E")
    shop.done()
    assert (shop.pieces(JUICE), shop.pieces(COLA)) == (10, 10)


def test_a_second_count_knows_nothing_of_the_first_ones_doubts(shop: StockBench) -> None:
    shop.count(COLA, 10)
    shop.count(COLA, 1)
    shop.hush()
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys("9E")
    shop.keys("E")
    assert shop.prompts[-1] == "count.again"


def test_a_power_cut_keeps_each_beep_and_the_counter_sells(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(COLA, COLA)
    shop.keys("7E")
    shop.hush()
    shop.restart()
    assert "count.open" in shop.prompts
    assert shop.counter.waiting is Waiting.NOTHING
    shop.sell(COLA)
    shop.card(COUNT)
    shop.scan(COLA)
    shop.done()
    assert shop.pieces(COLA) == 8, "one, seven and one were counted, one was sold"


def test_a_power_cut_in_the_second_round_is_still_the_second_round(shop: StockBench) -> None:
    shop.count(COLA, 10)
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys("3E")
    shop.keys("E")
    shop.restart()
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys("10E")
    shop.done()
    assert shop.pieces(COLA) == 10


def test_enter_twice_by_mistake_after_the_end_books_nothing_again(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(COLA)
    shop.done()
    shop.done()
    assert len(shop.records("stock.counted")) == 1


def test_a_count_can_be_dropped_whole(shop: StockBench) -> None:
    shop.count(COLA, 10)
    shop.card(COUNT)
    shop.scan(COLA)
    shop.card(CANCEL)
    assert shop.prompts[-1] == "stock.drop_q"
    shop.keys("-")
    assert shop.counter.waiting is Waiting.COUNT, "minus drops the question, not the count"
    shop.card(CANCEL, CANCEL)
    assert shop.prompts[-1] == "stock.dropped"
    assert (shop.pieces(COLA), len(shop.records("stock.counted"))) == (10, 1)


def test_nothing_else_is_done_while_goods_are_counted(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(COLA)
    shop.card(EXACT_CASH)
    assert shop.prompts[-1] == "stock.stop_first"
    shop.keys("*")
    shop.keys("3+")
    assert shop.prompts[-1] == "err.amount"
    assert shop.sale is None
    assert shop.counter.waiting is Waiting.COUNT


def test_goods_on_the_counter_are_sold_before_a_count_begins(shop: StockBench) -> None:
    shop.scan(COLA)
    shop.card(COUNT)
    assert shop.prompts[-1] == "sale.finish_first"
    assert shop.counter.waiting is Waiting.NOTHING


def test_ten_minutes_without_a_scan_let_the_counter_sell(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(COLA)
    shop.pass_s(QUIET_S - 1)
    shop.scan(COLA)
    shop.pass_s(QUIET_S - 1)
    assert shop.counter.waiting is Waiting.COUNT
    shop.pass_s(2)
    assert (shop.counter.waiting, shop.prompts[-1]) == (Waiting.NOTHING, "count.paused")


def test_hints_begin_and_end_with_the_first_scan_and_help_always_answers(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.hush()
    shop.pass_s(9)
    assert shop.prompts == ["count.scan"]
    shop.scan(COLA)
    shop.hush()
    shop.pass_s(60)
    assert shop.prompts == []
    shop.keys("/")
    assert shop.prompts == ["count.scan"]


def test_weighed_goods_wait_for_their_kilograms(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(BEEF)
    assert shop.prompts[-1] == "stock.kilos"
    shop.scan(COLA)
    assert shop.prompts[-1] == "stock.kilos"
    shop.keys("2.35E")
    assert shop.last_words == "牛肉，数了二点三五件"
    shop.done()
    assert shop.on_hand(BEEF) == 2350


def test_a_label_of_the_scale_that_has_the_weight_needs_no_key(tmp_path: Path) -> None:
    template = LabelTemplate("FFWWWWWNNNNNC", ("25",))
    shop = StockBench(tmp_path / "shop", Habits(labels=(template,)))
    head = "250001200735"
    shop.card(COUNT)
    shop.scan(f"{head}{check_digit(head)}")
    assert shop.last_words == "牛肉，数了零点七三五件"
    shop.done()
    assert shop.on_hand(BEEF) == 735


def test_a_coupon_and_a_member_card_begin_no_sale_in_the_middle_of_a_count(shop: StockBench) -> None:
    shop.card(COUNT)
    for code in (MEMBER, "CP1:a:b:c"):
        shop.scan(code)
        assert shop.sale is None
        assert shop.counter.waiting is Waiting.COUNT


def test_the_longest_names_fit_the_record(shop: StockBench) -> None:
    longest = tuple(
        CountedLine(f"{number:02d}" + "货" * 126, Milli(99_999_999), Milli(-99_999_999), Milli(-99_999_999), again=True)
        for number in range(LINES_MAX)
    )  # fmt: skip
    tx = shop.begin()
    tx.append(StockCounted(tx.new_id(), longest))
    tx.append(StockMoved(tx.new_id(), "received", tuple((line.sku, line.qty) for line in longest),
                         tuple((line.sku, Fen(99_999_999)) for line in longest)))  # fmt: skip
    tx.append(PurchaseClaimed(tx.new_id(), "P" * 20, tuple(
        ClaimLine(line.sku, Milli(99_999_999), Milli(99_999_999), Milli(99_999_999)) for line in longest
    )))  # fmt: skip
    tx.commit()
    assert shop.verdict() == ""


def test_what_no_catalogue_has_is_counted_by_its_barcode(shop: StockBench) -> None:
    shop.count(STRANGE, 4)
    assert shop.pieces(STRANGE) == 4


@pytest.mark.parametrize("number", ["1.5", "100000", "999999999"])
def test_a_number_that_is_none_changes_nothing(shop: StockBench, number: str) -> None:
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys(f"{number}E")
    assert shop.prompts[-1] == "err.amount"
    shop.done()
    assert shop.pieces(COLA) == 1


def test_a_number_before_the_first_scan_is_of_nothing(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.keys("5E")
    assert shop.prompts[-1] == "count.scan"
    shop.scan(COLA)
    shop.card(STOP, COUNT)
    shop.keys("5E")
    assert shop.prompts[-1] == "count.scan", "whoever comes back scans first"


def test_a_count_of_a_thousand_goods_is_many_records_and_one_slip(shop: StockBench) -> None:
    shop.card(COUNT)
    tx = shop.begin()
    for number in range(200):
        tx.stock_acts.add(Desk.COUNT, Act(f"sku-{number:03d}", "货", Milli(1000)))
    tx.commit()
    shop.done()
    records = shop.records("stock.counted")
    assert sum(len(record["data"]["lines"]) for record in records) == 200
    assert len({record["data"]["count"] for record in records}) == 1
    assert (shop.pieces("sku-007"), shop.verdict()) == (1, "")


def test_another_card_of_the_store_room_leaves_the_count_open(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(COLA)
    shop.card(RECEIVE)
    assert shop.counter.waiting is Waiting.RECEIVE
    shop.scan(TISSUES)
    shop.done()
    shop.card(COUNT)
    shop.done()
    assert (shop.pieces(COLA), shop.on_hand(TISSUES)) == (1, None)
