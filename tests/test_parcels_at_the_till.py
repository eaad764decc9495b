"""Parcels where goods are sold: a waybill that is scanned at the till, and the list for whoever keeps the shop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from counter_bench import COLA
from parcel_bench import OPENS_S, OUT, STOP, ParcelBench, waybill
from test_parcel_desk import OVERDUE, TWO_CARRIERS, on_shelf, overdue

from edge.codec.command_card import card_code
from edge.messages import Outcome
from edge.model.counter import Waiting
from edge.model.masking import Recipient, recipient
from edge.model.parcel import ParcelState

A, B = waybill(1), waybill(2)


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    shop = ParcelBench(tmp_path / "shop")
    shop.go_online()
    shop.hush()
    return shop


# --- a waybill while goods are sold ----------------------------------------------------------------------------------


def test_a_waybill_at_the_till_is_asked_about_and_enter_takes_it_in(shop: ParcelBench) -> None:
    shop.scan(A)
    assert (shop.last_words, shop.waits_for()) == ("这是快递单，要入库吗？", Waiting.TAKE_IN)
    assert shop.records("parcel.stored") == []
    shop.keys("E")
    (stored,) = shop.records("parcel.stored")
    assert (stored["data"]["waybill"], stored["data"]["carrier"]) == (A, "SF")
    shop.scan(B)
    assert len(shop.records("parcel.stored")) == 2, "the desk stays for the next one"


def test_a_waybill_at_the_till_that_is_not_taken_in_leaves_the_sale_as_it_was(shop: ParcelBench) -> None:
    shop.scan(COLA, A)
    shop.keys("-")
    assert (shop.prompts[-1], len(shop.lines)) == ("ask.dropped", 1)
    shop.scan(A, COLA)
    assert (shop.waits_for(), len(shop.lines)) == (Waiting.NOTHING, 2)
    shop.scan(A)
    shop.pass_s(21)
    shop.keys("EE")
    assert (len(shop.sales()), shop.records("parcel.stored")) == (1, []), "a late Enter is for the money"


def test_a_basket_stands_while_a_parcel_of_the_till_is_taken_in(shop: ParcelBench) -> None:
    shop.scan(COLA, A)
    shop.keys("E")
    shop.card(STOP)
    assert len(shop.lines) == 1
    assert shop.known(A).state is ParcelState.STORED


def test_a_number_of_two_carriers_at_the_till_is_no_waybill_before_it_is_expected(shop: ParcelBench) -> None:
    shop.scan(TWO_CARRIERS)
    assert shop.waits_for() is not Waiting.TAKE_IN
    shop.card(STOP)
    shop.expect(TWO_CARRIERS, Recipient("r1", "张*", "5678"))
    shop.scan(TWO_CARRIERS)
    assert shop.waits_for() is Waiting.TAKE_IN


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_card_of_overdue_parcels_prints_them_and_whom_nobody_could_tell_masked(shop: ParcelBench) -> None:
    shop.expect(A, recipient("r1", "张三丰", "13812345678"))
    shop.expect(B, recipient("r2", "李四", "13900001234"))
    on_shelf(shop, A)
    overdue(shop)
    on_shelf(shop, B)
    tx = shop.begin()
    tx.parcels.keep(replace(tx.parcels.by_waybill(B), told="failed"))
    tx.commit()
    shop.pass_s(70)
    shop.printer_ready()
    papers = 0
    while len(shop.printed) > papers:  # what was taken in has its stickers and slips first
        papers = len(shop.printed)
        shop.paper(Outcome.DONE)
    shop.hush()
    shop.card(OVERDUE)
    assert [speech.text for speech in shop.spoken] == ["超期的有一件", "没通知到一人"]
    printed = str(shop.printed[-1].slip)
    assert "张** 5678" in printed and "李* 1234" in printed and A in printed and B in printed
    assert "三丰" not in printed and "13812345678" not in printed


def test_where_there_is_nothing_to_see_to_no_paper_is_used(shop: ParcelBench) -> None:
    shop.printer_ready()
    shop.card(OVERDUE)
    assert shop.prompts == ["parcel.overdue_here"]
    assert shop.printed == []


# --- one thing at a time ---------------------------------------------------------------------------------------------


def test_the_end_of_a_phone_number_that_somebody_left_behind_is_not_held_against_a_qr_code(shop: ParcelBench) -> None:
    shop.expect(A, Recipient("r1", "张*", "5678"))
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.card(OUT)
    shop.keys("1234E")
    shop.card(STOP)
    shop.qr("111111")
    assert shop.prompts[-1] == "parcel.where"


def test_a_qr_code_does_not_drop_goods_that_come_back(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.card(card_code(110))
    shop.scan("111111")
    assert (shop.prompts[-1], shop.waits_for()) == ("scan.unknown", Waiting.RECEIPT)
    assert shop.known(A).state is ParcelState.STORED


@pytest.mark.parametrize("code", ["111111", "222222", "3-1-3001"])
def test_without_the_card_a_code_is_nothing_and_locks_no_scanner(shop: ParcelBench, code: str) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.hush()
    for _ in range(5):
        shop.pass_s(2)
        shop.scan(code)
    assert shop.prompts == ["scan.unknown"] * 5
    assert shop.known(A).state is ParcelState.STORED
    shop.qr("111111")
    assert shop.prompts[-1] == "parcel.where"


def test_a_place_on_a_shelf_is_no_wrong_code(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.card(OUT)
    shop.hush()
    for _ in range(5):
        shop.pass_s(2)
        shop.scan("3-1-3001")
    assert (shop.prompts, shop.waits_for()) == (["scan.unknown"] * 5, Waiting.PICKUP)
    shop.scan("111111")
    assert shop.prompts[-1] == "parcel.where"


def test_three_wrong_qr_codes_and_the_scanner_waits(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    for code in ("222222", "333333", "444444"):
        shop.qr(code)
    shop.qr("111111")
    assert shop.prompts[-1] == "parcel.locked"
    assert shop.known(A).state is ParcelState.STORED


def test_a_parcel_that_nobody_scanned_is_kept_also_where_the_counter_went_on(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.code("111111")
    assert shop.known(A).state is ParcelState.RELEASING
    shop.card(card_code(133))
    shop.pass_s(200)
    assert (shop.known(A).state, shop.waits_for()) == (ParcelState.STORED, Waiting.FIND)


def test_the_owner_and_the_courier_are_not_held_up_by_somebody_elses_wrong_codes(shop: ParcelBench) -> None:
    for _ in range(3):
        shop.code("000000")
    assert shop.prompts[-1] == "parcel.locked"
    shop.as_owner(OUT)
    shop.keys("3E")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [3]
    shop.shut(3)
    shop.courier()
    assert shop.waits_for() is Waiting.PARCEL_IN
