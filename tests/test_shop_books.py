"""What the page reads of a shop that has sold: its days, its Z reports, its goods; and prices that are set there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from counter_bench import COLA, NOODLES, SHELF, CounterBench
from stock_bench import MILK, StockBench
from tab_bench import enrol, on_the_tab, repay

from edge.codec.command_card import card_code, receipt_code
from edge.messages import PageAnswer, PageOrder
from edge.model.money import Fen
from edge.model.sold_day import SoldDay
from edge.model.tab_row import TabSum
from edge.store.catalogue_build import build_full
from edge.store.days_over import _ROWS, DaysOver
from edge.store.goods_list import GoodsList
from edge.store.money_days import _ROWS as _MONEY
from edge.store.money_days import MoneyDays
from edge.store.reading import reading
from edge.store.sold_days import _BACK, _LAST, _RAN_OUT, _SOLD, MOST_DAYS, SoldDays
from edge.store.tab_list import TabList

ZONE = ZoneInfo("Asia/Shanghai")
REFUND, CONFIRM = card_code(110), "E"
NEWEST = 2**62
DAY = "2026-11-23"


def sold(shop: CounterBench) -> SoldDays:
    return SoldDays(shop.ledger.path, ZONE)


def today(shop: CounterBench) -> SoldDay:
    days = sold(shop)
    last = days.newest()
    assert last is not None
    (found,) = days.days(last, 1)
    return found


def set_price(shop: CounterBench, cid: str, sku: object, price: object, by: str = "owner") -> tuple[str, str]:
    """(state, code) of what is answered."""
    answers: list[PageAnswer] = []
    shop.bus.route(PageAnswer, answers.append)
    shop.tell(PageOrder(f"019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5{cid}", "price.set", {"sku": sku, "price": price}, by))
    return answers[-1].result["state"], answers[-1].result.get("err", {}).get("code", "")


def test_a_shop_that_never_sold_has_no_day(tmp_path: Path) -> None:
    assert sold(CounterBench(tmp_path / "shop")).newest() is None


def test_a_day_is_told_by_the_hour_of_the_shop_and_by_its_goods(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell(COLA, COLA, NOODLES)
    hour = shop.clock.wall().astimezone(ZONE).hour
    day = today(shop)
    total = shop.sales()[0]["total"]
    assert day.sales == 1 and day.fen == total and day.hours[hour] == (1, total)
    assert day.goods[COLA].qty == 2000 and day.goods[COLA].fen + day.goods[NOODLES].fen == total


def test_what_comes_back_is_taken_off_its_day_and_its_goods(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell(COLA, NOODLES)
    before = today(shop)
    shop.scan(REFUND, receipt_code(shop.sales()[0]["receipt"]), COLA)
    shop.keys("EE")
    if not shop.records("sale.refunded"):
        shop.card(card_code(108))
    (refund,) = shop.records("sale.refunded")
    day = today(shop)
    assert day.fen == before.fen - refund["data"]["total"] and day.goods[COLA].qty == 0


def test_a_day_that_is_over_is_read_once(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell()
    days = sold(shop)
    first = days.newest()
    assert first is not None
    shop.sleep_s(86_400.0)
    shop.sell()
    last = days.newest()
    assert last == first + timedelta(days=1)
    before = days.days(last, 2)[0]
    assert before.sales == 1 and days.days(last, 2)[0] is before
    assert len(days.days(last, 1_000)) == MOST_DAYS


def test_goods_that_ran_out_are_told(tmp_path: Path) -> None:
    shop = StockBench(tmp_path / "shop")
    shop.count(MILK, 1)
    shop.sell(MILK)
    day = today(shop).day
    (found,) = sold(shop).ran_out(day, day)
    assert found.sku == MILK and found.is_out and found.days == 1
    assert not sold(shop).ran_out(day - timedelta(days=9), day - timedelta(days=1))


def test_days_and_shifts_that_were_closed_stand_newest_first(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    for _ in range(2):
        shop.sell(COLA)
        shop.end_day()
        shop.sleep_s(86_400.0)
    over = DaysOver(shop.ledger.path)
    newer, older = over.days(NEWEST, 9)
    assert (newer.no, older.no) == (2, 1) and older.sales == 1 and older.paid[0].method == "cash"
    assert older.total == older.paid[0].fen == shop.sales()[0]["total"] and older.first == older.last
    assert [day.no for day in over.days(newer.n, 9)] == [1] and over.days(older.n, 9) == []
    assert len(over.days(NEWEST, 1)) == 1


def test_no_question_of_the_page_reads_the_whole_journal(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell()
    with reading(shop.ledger.path) as connection:
        said: list[str] = []
        for statement, values in (
            (_ROWS, ("report.z", 9, 3)), (_SOLD, (DAY,)), (_BACK, (DAY,)), (_RAN_OUT, (DAY, DAY, 9)), (_LAST, ()),
            (_MONEY, (DAY,)),
        ):  # fmt: skip
            said += [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert not [step for step in said if step.startswith("SCAN") and "USING" not in step]


# --- goods and their prices -------------------------------------------------------------------------------------------


def goods_of(shop: CounterBench, folder: Path) -> GoodsList:
    """The bench's shelf as a catalogue beside its ledger."""
    file = build_full(folder, SHELF, version=1).path
    tx = shop.begin()
    tx.put("catalogue", file.name)
    tx.commit()
    return GoodsList(shop.ledger.path, folder)


def test_goods_are_found_by_name_code_and_barcode_with_price_and_stock(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    goods = goods_of(shop, tmp_path / "shop")
    (cola,) = goods.find(COLA, 0, 9)
    assert cola.sku == COLA and cola.price == cola.listed and cola.own is None and cola.on_hand is None
    assert [one.sku for one in goods.find(cola.name[:2], 0, 9)].count(COLA) == 1
    assert goods.find("100%", 0, 9) == [] == goods.find("_", 0, 9)
    every = goods.find("", 0, 100)
    assert len(every) == len(SHELF)
    assert list(goods.find("", 2, 2)) == list(every)[2:4]
    assert goods.names([COLA, "nothing"]) == {COLA: cola.name}


def test_goods_that_come_and_go_between_two_parts_neither_drop_nor_double_another(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    goods = goods_of(shop, tmp_path / "shop")
    skus = sorted(item.sku for item in SHELF)
    first = goods.after("", 2)
    tx = shop.begin()
    tx.learned.learn("0000000000017", 880)  # before all that were read
    tx.learned.learn(skus[2], 990)
    tx.commit()
    rest = goods.after(first[-1].sku, 100)
    assert [one.sku for one in (*first, *rest)] == skus and rest[0].own == 990
    assert goods.after(skus[-1], 100) == []
    assert [one.sku for one in goods.after("", 100)] == ["0000000000017", *skus]


def test_without_a_catalogue_there_are_the_goods_whose_price_was_learnt(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    tx = shop.begin()
    tx.learned.learn("6909999999990", 880)
    tx.commit()
    goods = GoodsList(shop.ledger.path, tmp_path)
    (found,) = goods.find("", 0, 9)
    assert found.sku == "6909999999990" and found.name == "" and found.price == 880
    assert goods.find("9999", 0, 9) == [found] and goods.find("tea", 0, 9) == [] and goods.names(["x"]) == {}


def test_a_price_that_is_set_counts_at_the_next_scan_and_stands_in_the_books(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    assert set_price(shop, "a", COLA, 990) == ("done", "") == set_price(shop, "a", COLA, 990)
    shop.sell(COLA)
    assert shop.sales()[0]["total"] == 990
    assert [row["data"] for row in shop.records("price.set")] == [
        {"sku": COLA, "cur": "CNY", "price": 990, "by": "owner"}
    ], "sent twice it is done once"
    assert set_price(shop, "b", COLA, 0) == ("done", "") == set_price(shop, "c", COLA, 0)
    assert [row["data"] for row in shop.records("price.set")][1:] == [{"sku": COLA, "cur": "CNY", "by": "owner"}]
    assert goods_of(shop, shop.folder).find(COLA, 0, 1)[0].own is None


def test_a_basket_that_is_open_keeps_its_price(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.scan(COLA)
    before = shop.begin()
    total = before.counter.sale.total
    before.rollback()
    set_price(shop, "a", COLA, 990)
    shop.card(card_code(102))
    assert shop.sales()[0]["total"] == total


def test_far_below_the_price_only_the_owner_goes(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    assert set_price(shop, "a", COLA, 1, "technician") == ("rejected", "auth.denied")
    assert set_price(shop, "b", COLA, 9_000, "technician") == ("done", "")
    assert set_price(shop, "c", COLA, 1) == ("done", "")
    assert len(shop.records("price.set")) == 2


def test_giving_up_a_price_that_is_far_above_the_list_is_the_owners_too(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    set_price(shop, "a", COLA, 9_000)
    assert set_price(shop, "b", COLA, 0, "technician") == ("rejected", "auth.denied")
    assert set_price(shop, "c", COLA, 0) == ("done", "")


@pytest.mark.parametrize(("sku", "price"), [
    ("nothing", 100), (COLA, -1), (COLA, 10_000_001), (COLA, "1"), (COLA, True), (COLA, None), (None, 1), ("open", 1),
    ("tab:1", 1),
])  # fmt: skip
def test_what_is_no_goods_or_no_price_changes_nothing(tmp_path: Path, sku: object, price: object) -> None:
    shop = CounterBench(tmp_path / "shop")
    assert set_price(shop, "a", sku, price) == ("rejected", "schema.invalid")
    assert shop.records("price.set") == []


def test_a_power_cut_leaves_price_and_record_both_or_neither(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    set_price(shop, "a", COLA, 990)
    shop.restart()
    assert len(shop.records("price.set")) == 1
    shop.sell(COLA)
    assert shop.sales()[0]["total"] == 990


# --- tabs -------------------------------------------------------------------------------------------------------------


def test_a_tab_is_told_by_four_signs_and_since_when_it_owes(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    tabs = TabList(shop.ledger.path)
    assert tabs.rows(0, 9) == [] and tabs.sum() == TabSum(0, Fen(0))
    enrol(shop, "50")
    on_the_tab(shop, COLA)
    (paid_back,) = tabs.rows(0, 9)
    repay(shop, "3")
    shop.sleep_s(3_600.0)
    (even,) = tabs.rows(0, 9)
    assert even.balance == 0 and even.since == "" and even.last
    on_the_tab(shop, COLA, COLA)
    first = shop.records("tab.charged")[1]["at"]
    shop.sleep_s(3_600.0)
    on_the_tab(shop, COLA)
    (found,) = tabs.rows(0, 9)
    assert len(found.mark) == 4
    assert found.since == first and found.last > first and found.limit == 5_000
    assert tabs.sum() == TabSum(1, found.balance) and tabs.every() == [found]
    assert tabs.rows(1, 9) == [] and paid_back.balance == 300


def test_a_days_sales_and_what_came_back_are_read_in_their_order(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell(COLA)
    shop.as_owner(card_code(202))
    shop.keys("E")
    day = today(shop).day
    rows = MoneyDays(shop.ledger.path).rows(day)
    assert [kind for kind, _, _ in rows] == ["sale.completed", "sale.voided"]
    assert MoneyDays(shop.ledger.path).rows(day - timedelta(days=1)) == []
