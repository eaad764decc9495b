"""Goods that were ordered come: their slip or their parcel opens the receiving, which knows what should be in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, NOODLES, Habits
from parcel_bench import ParcelBench
from purchase_bench import STOP, PurchaseBench, Shelves, offer, slip_of

from edge.codec.command_card import card_code
from edge.codec.gtin import check_digit
from edge.model.counter import Waiting
from edge.model.purchase import PurchaseOrder, PurchaseState

RECEIVE, LOSS, PARCEL_IN = card_code(171), card_code(176), card_code(131)
WAYBILL = "YT7500000000001"
CARTON = f"1{COLA[:12]}" + check_digit(f"1{COLA[:12]}")


class StationBench(PurchaseBench, ParcelBench):
    """A parcel station that also orders."""


def shipped(folder: Path, *, parcels: bool = False, bench: type[PurchaseBench] = PurchaseBench) -> PurchaseBench:
    """Two packs of cola and three of noodles are on their way."""
    offers = [offer("NEAR", COLA, 24, 4_800, carton=CARTON), offer("NEAR", NOODLES, 12, 3_600)]
    shelves = Shelves({COLA: 6, NOODLES: 3}, {COLA: 7, NOODLES: 2})
    shop = bench(folder, offers=offers, shelves=shelves, habits=Habits(parcels=parcels))
    shop.go_online()
    shop.confirmed()
    shop.news("placed", 1)
    shop.news("shipped", 3, waybills=[WAYBILL])
    shop.hush()
    return shop


def on_hand(shop: PurchaseBench, sku: str) -> int:
    tx = shop.begin()
    found: Any = tx.stock.on_hand(sku)
    tx.rollback()
    return int(found) // 1000


def order(shop: PurchaseBench) -> PurchaseOrder:
    return shop.order()


def take_all(shop: PurchaseBench) -> None:
    shop.scan(COLA)
    shop.keys("48*")
    shop.scan(NOODLES)
    shop.keys("36*")


def finish(shop: PurchaseBench) -> None:
    shop.keys("EE")


def test_the_slip_opens_the_receiving_and_all_of_it_came(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    shop.scan(slip_of(order(shop)))
    assert shop.last_words == "这单有两种，请扫商品"
    assert order(shop).state is PurchaseState.RECEIVING
    take_all(shop)
    finish(shop)
    assert order(shop).state is PurchaseState.RECEIVED
    assert (on_hand(shop, COLA), on_hand(shop, NOODLES)) == (55, 38)
    (row,) = shop.records("purchase.received")
    assert row["data"]["state"] == "received"
    assert shop.records("purchase.claimed") == []
    shop.scan(slip_of(order(shop)))
    assert shop.last_words == "这单已经收货"


def test_the_card_first_and_then_the_slip(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    shop.card(RECEIVE)
    shop.scan(slip_of(order(shop)))
    assert shop.last_words == "这单有两种，请扫商品"
    take_all(shop)
    finish(shop)
    assert order(shop).state is PurchaseState.RECEIVED


def test_short_over_and_damaged_make_a_claim_and_the_order_is_over(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    shop.scan(slip_of(order(shop)), COLA)
    shop.keys("40*")
    shop.scan(COLA)
    shop.keys("2*")
    shop.card(LOSS)
    finish(shop)
    assert order(shop).state is PurchaseState.RECEIVED_WITH_DIFF
    (row,) = shop.records("purchase.received")
    assert {line["sku"]: (line["ordered"], line["got"], line.get("damaged", 0)) for line in row["data"]["lines"]} == {
        COLA: (48, 42, 2), NOODLES: (36, 0, 0),
    }  # fmt: skip
    (claim,) = shop.records("purchase.claimed")
    assert claim["data"]["order"] == order(shop).number
    assert on_hand(shop, COLA) == 47


def test_a_suppliers_parcel_opens_the_receiving(tmp_path: Path) -> None:
    for parcels in (False, True):
        folder = tmp_path / str(parcels)
        folder.mkdir()
        shop = shipped(folder, parcels=parcels)
        shop.scan(WAYBILL)
        assert shop.last_words == "这单有两种，请扫商品"
        assert shop.begin().counter.waiting is Waiting.RECEIVE
        assert shop.records("parcel.stored") == []


def test_a_suppliers_parcel_is_no_customers_parcel_while_a_courier_brings_some(tmp_path: Path) -> None:
    shop = shipped(tmp_path, parcels=True, bench=StationBench)
    shop.card(PARCEL_IN)
    assert shop.begin().counter.waiting is Waiting.PARCEL_IN
    shop.scan(WAYBILL)
    assert "recv.not_parcel" in shop.prompts
    assert shop.records("parcel.stored") == []


def test_a_carton_stands_for_the_pieces_that_were_ordered(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    shop.scan(slip_of(order(shop)), CARTON, CARTON)
    shop.scan(NOODLES)
    shop.keys("36*")
    finish(shop)
    assert order(shop).state is PurchaseState.RECEIVED
    assert on_hand(shop, COLA) == 55


def test_a_parcel_that_comes_while_a_slip_is_read_opens_the_receiving(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    shop.count({COLA: -500})
    shop.card(card_code(173))
    (proposed,) = shop.orders(PurchaseState.PROPOSED)
    shop.scan(slip_of(proposed), WAYBILL)
    assert shop.begin().counter.waiting is Waiting.RECEIVE


def test_what_came_is_not_on_order_any_more(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    shop.scan(slip_of(order(shop)), COLA)
    shop.keys("24*")
    finish(shop)
    done = order(shop)
    shop.card(card_code(173))
    (again,) = (one for one in shop.orders() if one.state is PurchaseState.PROPOSED)
    assert {line.sku: line.suggested for line in again.lines} == {COLA: 1, NOODLES: 3}
    assert again.id != done.id


def test_a_power_cut_in_the_middle_loses_no_beep(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    shop.scan(slip_of(order(shop)))
    shop.scan(COLA)
    shop.keys("48*")
    shop.restart()
    assert order(shop).state is PurchaseState.RECEIVING
    shop.scan(slip_of(order(shop)))
    shop.scan(NOODLES)
    shop.keys("36*")
    finish(shop)
    assert order(shop).state is PurchaseState.RECEIVED
    assert (on_hand(shop, COLA), on_hand(shop, NOODLES)) == (55, 38)
    assert shop.failed == []


def test_news_that_comes_while_it_is_taken_in_changes_nothing_but_its_parcels(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    shop.scan(slip_of(order(shop)))
    news = {"po": order(shop).id, "rev": 4, "state": "shipped", "waybills": ["YT7500000000002"]}
    assert shop.told(news)["out"] == {"how": "taken"}
    assert (order(shop).state, len(order(shop).waybills)) == (PurchaseState.RECEIVING, 2)
    shop.card(STOP)
    shop.scan("YT7500000000002")
    assert shop.begin().counter.waiting is Waiting.RECEIVE


@pytest.mark.parametrize("state", ["rejected", "cancelled"])
def test_nothing_is_received_of_what_does_not_come(tmp_path: Path, state: str) -> None:
    shop = PurchaseBench(tmp_path)
    shop.go_online()
    done = shop.confirmed()
    shop.news(state, 1)
    shop.card(RECEIVE)
    shop.scan(slip_of(done))
    assert shop.last_words == "没有这个订单，直接扫"


@pytest.mark.parametrize(("came", "state"), [("30", "received"), ("28", "received_with_diff")])
def test_goods_that_a_supplier_sends_in_two_packs_are_counted_together(tmp_path: Path, came: str, state: str) -> None:
    offers = [offer("NEAR", COLA, 24, 4_800)]
    shop = PurchaseBench(tmp_path, offers=offers, shelves=Shelves({COLA: 6}, {COLA: 7}))
    shop.go_online()
    shop.confirmed()
    packs = [{"n": n, "sku": COLA, "pack": size, "packs": 1, "cost": cost} for n, size, cost in
             ((1, 24, 4_800), (2, 6, 1_350))]  # fmt: skip
    shop.news("changed", 1, lines=packs, fee=0)
    shop.as_owner()
    shop.scan(slip_of(order(shop)))
    shop.keys("E")
    shop.news("shipped", 2)
    shop.hush()
    shop.scan(slip_of(order(shop)))
    assert shop.last_words == "这单有一种，请扫商品"
    shop.scan(COLA)
    shop.keys(f"{came}*")
    finish(shop)
    assert order(shop).state is PurchaseState(state)
    claimed = [row["data"]["lines"] for row in shop.records("purchase.claimed")]
    assert claimed == ([] if came == "30" else [[{"sku": COLA, "short": "2"}]])
    (row,) = shop.records("purchase.received")
    told = [(line["n"], line["ordered"], line["got"]) for line in row["data"]["lines"]]
    assert told == [(1, 24, 24), (2, 6, int(came) - 24)]
    tx = shop.begin()
    assert tx.stock.last_cost(COLA) == (24 * 200 + 6 * 225) // 30
    tx.rollback()


@pytest.mark.parametrize("first", [card_code(187), COLA])
def test_a_scan_that_is_refused_leaves_the_order_as_it_was(tmp_path: Path, first: str) -> None:
    shop = shipped(tmp_path)
    shop.scan(first)
    before = order(shop)
    shop.scan(WAYBILL)
    assert shop.prompts[-1] in ("train.not_now", "sale.finish_first")
    assert order(shop) == before
    tx = shop.begin()
    assert tx.stock.packed(CARTON) is None
    tx.rollback()


def test_the_parcel_of_another_order_is_refused_while_goods_of_one_are_taken_in(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    done = order(shop)
    tx = shop.begin()
    tx.purchases.keep(replace(done, id="other", number="999999999", waybills=("YT7500000000009",)))
    tx.commit()
    shop.scan(slip_of(done), COLA, "YT7500000000009")
    assert shop.prompts[-1] == "recv.other"
    states = {one.number: one.state for one in shop.orders()}
    assert states == {done.number: PurchaseState.RECEIVING, "999999999": PurchaseState.IN_TRANSIT}
