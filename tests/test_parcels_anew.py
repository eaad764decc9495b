"""A parcel that comes a second time, a courier after another, and a display that says no more what is over."""

from __future__ import annotations

from pathlib import Path

import pytest
from parcel_bench import OPENS_S, OUT, SEEN_S, STOP, ParcelBench, waybill

from edge.codec.command_card import card_code
from edge.messages import View
from edge.model.cell import CellState
from edge.model.masking import Recipient
from edge.model.parcel import ParcelState

A, B, C = waybill(1), waybill(2), waybill(3)
FIND, OVERDUE = card_code(133), card_code(135)
DAY_S = 86_400.0
WHOSE = Recipient("u1", "张*", "5678")


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    shop = ParcelBench(tmp_path / "shop")
    shop.go_online()
    shop.hush()
    return shop


def test_what_was_cancelled_and_comes_again_is_still_its_recipients(shop: ParcelBench) -> None:
    shop.expect(A, WHOSE, consent=False)
    for _ in range(2):  # asked once: what the courier was told the first time is written down
        shop.courier()
        shop.keys("1E")
        shop.scan(A)
        shop.keys("E")
        shop.pass_s(OPENS_S)
        shop.keys("-")
        shop.shut(1)
        assert shop.known(A).state is ParcelState.CANCELLED
    assert shop.prompts.count("parcel.consent") == 1
    shop.keys("0E")
    shop.scan(A)
    parcel = shop.known(A)
    assert (parcel.state, parcel.recipient, parcel.consent) == (ParcelState.STORED, WHOSE, True)


def test_without_consent_it_is_refused_however_often_it_is_tried(shop: ParcelBench) -> None:
    shop.expect(A, WHOSE, consent=False)
    for _ in range(2):
        shop.courier()
        shop.scan(A)
        shop.keys("-")
    assert shop.prompts.count("parcel.consent") == 2
    assert shop.known(A).state is ParcelState.EXPECTED


def test_the_newest_parcel_with_a_number_counts_whatever_its_id(shop: ParcelBench) -> None:
    shop.expect(A, WHOSE)
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(OPENS_S)
    shop.keys("-")
    shop.shut(1)
    shop.pass_s(1)
    shop.scan(A)
    shop.pass_s(OPENS_S)
    shop.put_in(1)
    shop.card(STOP)
    shop.reset_code(A, "111111")
    shop.code("111111")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    assert shop.known(A).state is ParcelState.PICKED_UP


def test_a_second_courier_gets_a_slip_of_his_own(shop: ParcelBench) -> None:
    shop.courier("SF")
    shop.scan(A, B)
    shop.courier("JD")
    assert shop.prompts[-2:] == ["parcel.done", "parcel.scan"]
    shop.scan(C)
    shop.card(STOP)
    assert [speech.text for speech in shop.spoken if speech.prompt == "parcel.done"] == ["收了两件", "收了一件"]
    assert shop.known(A).by != shop.known(C).by


def test_a_wrong_code_is_on_the_display_no_more(shop: ParcelBench) -> None:
    shop.card(OUT)
    asked = shop.shown[-1]
    shop.keys("111111E")
    assert (shop.prompts[-1], shop.shown[-1]) == ("parcel.wrong_code", asked)


def test_what_was_taken_back_or_is_gone_is_on_the_display_no_more(shop: ParcelBench) -> None:
    shop.in_cell(A, 1)
    shop.sleep_s(4 * DAY_S)
    shop.pass_s(700)
    shop.courier()
    shop.card(OVERDUE)
    shop.keys("E")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    assert (shop.prompts[-1], shop.shown[-1].view) == ("parcel.all_back", View.IDLE)
    shop.courier()
    shop.scan(B)
    shop.card(STOP)
    shop.card(FIND)
    shop.scan(B, A)
    assert (shop.prompts[-1], shop.shown[-1].view) == ("parcel.gone_back", View.IDLE)


def test_a_door_that_was_shut_is_on_the_display_no_more(shop: ParcelBench) -> None:
    shop.in_cell(A, 1)
    shop.reset_code(A, "111111")
    shop.code("111111")
    shop.pass_s(OPENS_S)
    assert shop.shown[-1].name == "1"
    shop.take_out(1)
    assert shop.shown[-1].view is View.IDLE


def test_what_is_gone_from_a_forced_cell_is_missed_at_once_and_may_come_back(shop: ParcelBench) -> None:
    shop.in_cell(A, 1)
    shop.hush()
    shop.leaf(1).is_open = True
    shop.pass_s(SEEN_S)
    shop.take_out(1)
    assert shop.prompts == ["door.forced", "parcel.missing"]
    assert (shop.cell(1).state, shop.known(A).state) == (CellState.CHECK, ParcelState.MISSING)
    shop.leaf(1).is_open = True
    shop.pass_s(SEEN_S)
    shop.put_in(1)
    assert (shop.cell(1).state, shop.cell(1).parcel) == (CellState.OCCUPIED, shop.known(A).id)
    assert shop.known(A).state is ParcelState.STORED
    assert [len(shop.records(f"parcel.{what}")) for what in ("missing", "found")] == [1, 1]
