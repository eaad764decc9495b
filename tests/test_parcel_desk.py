"""At the parcel desk: whose parcel, which carrier, what the courier takes back, what is looked for, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, STRANGE
from parcel_bench import IN, OPENS_S, OUT, STOP, ParcelBench, waybill

from edge.codec.command_card import card_code
from edge.model.cell import CellState
from edge.model.counter import Waiting
from edge.model.masking import Recipient
from edge.model.parcel import ParcelState

A, B, C = waybill(1), waybill(2), waybill(3)
FIND, REFUSE, OVERDUE = card_code(133), card_code(134), card_code(135)
TWO_CARRIERS = "5112345678901"
DAY_S = 86_400.0


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    shop = ParcelBench(tmp_path / "shop")
    shop.go_online()
    shop.hush()
    return shop


def on_shelf(shop: ParcelBench, *numbers: str, carrier: str = "SF") -> None:
    shop.courier(carrier)
    shop.scan(*numbers)
    shop.card(STOP)


def overdue(shop: ParcelBench) -> None:
    """Four days later."""
    shop.sleep_s(4 * DAY_S)
    shop.pass_s(700)
    shop.hush()


# --- which carrier, whose parcel -------------------------------------------------------------------------------------


def test_a_number_of_two_carriers_is_asked_about(shop: ParcelBench) -> None:
    shop.card(IN)
    shop.scan(TWO_CARRIERS)
    assert shop.prompts[-1] == "parcel.which"
    assert shop.records("parcel.stored") == []
    shop.keys("2E")
    assert shop.records("parcel.stored")[0]["data"]["carrier"] == "CHINA_POST"


def test_a_number_that_is_asked_about_may_be_left_for_another_parcel(shop: ParcelBench) -> None:
    shop.card(IN)
    shop.scan(TWO_CARRIERS, A)
    assert [row["data"]["waybill"] for row in shop.records("parcel.stored")] == [A]
    shop.keys("2E")
    assert len(shop.records("parcel.stored")) == 1, "nothing is asked any more"


def test_a_parcel_whose_recipient_has_not_agreed_is_refused_until_somebody_called(shop: ParcelBench) -> None:
    shop.expect(A, Recipient("r1", "张*", "5678"), consent=False)
    shop.card(IN)
    shop.scan(A)
    assert shop.prompts[-1] == "parcel.consent"
    shop.keys("-")
    assert (shop.prompts[-1], shop.records("parcel.stored")) == ("parcel.not_taken", [])
    shop.scan(A)
    shop.keys("E")
    (stored,) = shop.records("parcel.stored")
    assert stored["data"]["consent"] is True and stored["data"]["parcel"] == f"p-{A}"


def test_a_sticker_has_a_masked_name_and_four_digits(shop: ParcelBench) -> None:
    shop.expect(A, Recipient("r1", "张*", "5678"))
    shop.printer_ready()
    shop.card(IN)
    shop.scan(A)
    printed = str(shop.printed[-1].slip)
    assert "张* 5678" in printed and "1-1-0001" in printed


def test_goods_are_not_sold_while_parcels_come_in(shop: ParcelBench) -> None:
    shop.card(IN)
    shop.scan(COLA)
    assert (shop.prompts[-1], shop.lines) == ("parcel.scan", [])
    shop.card(STOP)
    shop.scan(COLA)
    assert shop.lines != []


def test_a_basket_stands_while_a_parcel_is_handed_out(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.scan(COLA)
    shop.code("111111")
    shop.scan(A)
    assert shop.known(A).state is ParcelState.PICKED_UP
    assert len(shop.lines) == 1


def test_a_full_disk_takes_no_parcel_in_and_hands_out_what_is_here(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.disk_full = True
    shop.card(IN)
    shop.scan(B)
    assert shop.prompts[-1] == "parcel.no_room"
    shop.code("111111")
    shop.scan(A)
    assert shop.known(A).state is ParcelState.PICKED_UP


# --- many for one ----------------------------------------------------------------------------------------------------


def test_one_code_hands_out_all_parcels_of_its_recipient_door_after_door(shop: ParcelBench) -> None:
    whose = Recipient("r1", "张*", "5678")
    for number in (A, B, C):
        shop.expect(number, whose)
    shop.in_cell(A, 1)
    shop.in_cell(B, 2)
    on_shelf(shop, C)
    shop.reset_code(B, "222222")
    shop.hush()
    shop.code("222222")
    shop.pass_s(OPENS_S)
    assert "parcel.many" in shop.prompts
    assert shop.open_doors == [2], "its own first, the next when this one is shut"
    shop.take_out(2)
    assert shop.open_doors == [1]
    shop.take_out(1)
    shop.scan(C)
    assert {shop.known(number).state for number in (A, B, C)} == {ParcelState.PICKED_UP}


def test_the_end_of_a_phone_number_tells_how_many_and_asks_for_the_code(shop: ParcelBench) -> None:
    shop.expect(A, Recipient("r1", "张*", "5678"))
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.card(OUT)
    shop.keys("5678E")
    assert (shop.prompts[-1], shop.waits_for()) == ("parcel.count", Waiting.PICKUP)
    shop.keys("111111E")
    assert shop.prompts[-1] == "parcel.where"


def test_a_code_of_somebody_else_is_as_wrong_as_none(shop: ParcelBench) -> None:
    shop.expect(A, Recipient("r1", "张*", "5678"))
    shop.expect(B, Recipient("r2", "李*", "1234"))
    on_shelf(shop, A, B)
    shop.reset_code(B, "222222")
    shop.card(OUT)
    shop.keys("5678E")
    shop.keys("222222E")
    foreign = shop.spoken[-1].text
    shop.card(OUT)
    shop.keys("E")
    shop.pass_s(61)
    shop.card(OUT)
    shop.keys("5678E")
    shop.keys("999999E")
    assert shop.spoken[-1].text == foreign.replace("两", "一").replace("2", "1")


def test_a_code_that_is_over_is_as_wrong_as_none(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.sleep_s(9 * DAY_S)
    shop.code("111111")
    assert shop.prompts[-1] == "parcel.where", "three days free, and seven more"
    shop.scan(STOP)
    shop.sleep_s(2 * DAY_S)
    shop.code("111111")
    assert shop.prompts[-1] == "parcel.wrong_code"


# --- the courier takes back ------------------------------------------------------------------------------------------


def test_a_parcel_that_lies_here_too_long_is_overdue_and_can_still_be_collected(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    overdue(shop)
    assert shop.known(A).state is ParcelState.OVERDUE
    assert len(shop.records("parcel.overdue")) == 1
    assert [row["data"]["hours"] for row in shop.records("parcel.reminded")] != []
    shop.code("111111")
    shop.scan(A)
    assert shop.known(A).state is ParcelState.PICKED_UP


def test_a_courier_hears_what_is_overdue_and_takes_it_back_from_shelf_and_cell(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.in_cell(B, 1)
    overdue(shop)
    shop.courier()
    assert "parcel.overdue_n" in shop.prompts
    shop.card(OVERDUE)
    shop.scan(A)
    assert shop.known(A).state is ParcelState.RETURNED
    shop.keys("E")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]
    shop.take_out(1)
    assert shop.known(B).state is ParcelState.RETURNED
    assert shop.cell(1).state is CellState.FREE
    assert {row["data"]["why"] for row in shop.records("parcel.returned")} == {"overdue"}


def test_a_courier_of_another_carrier_takes_nothing_along(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    overdue(shop)
    shop.courier("YTO")
    assert "parcel.overdue_n" not in shop.prompts
    shop.card(OVERDUE)
    assert shop.prompts[-1] == "parcel.none_overdue"
    assert shop.known(A).state is ParcelState.OVERDUE


def test_what_is_not_overdue_stays(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    overdue(shop)
    on_shelf(shop, B)
    shop.courier()
    shop.card(OVERDUE)
    shop.scan(B)
    assert (shop.prompts[-1], shop.known(B).state) == ("parcel.not_yours", ParcelState.STORED)


# --- looked for, given back ------------------------------------------------------------------------------------------


def test_a_parcel_is_found_by_its_waybill(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.in_cell(B, 1)
    shop.card(FIND)
    for number, prompt in ((A, "parcel.where"), (B, "parcel.behind"), (C, "parcel.never")):
        shop.scan(number)
        assert shop.prompts[-1] == prompt


def test_a_parcel_that_is_given_back_on_the_spot_waits_for_its_courier(shop: ParcelBench) -> None:
    shop.in_cell(A, 1)
    shop.reset_code(A, "111111")
    shop.code("111111")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    shop.card(REFUSE)
    shop.scan(A)
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1], "the same one"
    shop.put_in(1)
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.REFUSED, CellState.OCCUPIED)
    assert len(shop.records("parcel.refused")) == 1
    shop.courier()
    shop.card(OVERDUE)
    shop.keys("E")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    assert shop.records("parcel.returned")[0]["data"]["why"] == "refused"


def test_after_five_minutes_it_is_too_late_to_refuse(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.code("111111")
    shop.scan(A)
    shop.pass_s(301)
    shop.card(REFUSE)
    shop.scan(A)
    assert (shop.prompts[-1], shop.known(A).state) == ("parcel.no_refuse", ParcelState.PICKED_UP)


# --- doors -----------------------------------------------------------------------------------------------------------


def test_a_door_that_nobody_asked_to_open_is_an_alarm_and_a_record(shop: ParcelBench) -> None:
    shop.in_cell(A, 1)
    shop.hush()
    shop.leaf(1).is_open = True
    shop.pass_s(3)
    assert shop.prompts == ["door.forced"]
    (forced,) = shop.records("locker.forced")
    assert forced["data"] == {"box": "B01", "parcel": shop.known(A).id}


def test_a_door_that_stays_open_is_mentioned_five_times_and_told_to_the_cloud(shop: ParcelBench) -> None:
    shop.in_cell(A, 1)
    shop.reset_code(A, "111111")
    shop.code("111111")
    shop.pass_s(OPENS_S)
    shop.hush()
    shop.pass_s(1000)
    assert shop.prompts.count("door.left") == 5
    assert len(shop.records("locker.left_open")) == 1
    shop.take_out(1)
    assert shop.known(A).state is ParcelState.PICKED_UP


def test_a_board_that_is_gone_opens_nothing_and_says_so(shop: ParcelBench) -> None:
    shop.in_cell(A, 1)
    shop.reset_code(A, "111111")
    shop.model.boards[1].answers = False
    shop.pass_s(20)
    assert "door.board_lost" in shop.prompts and "一号锁控板没反应" in [speech.text for speech in shop.spoken]
    shop.code("111111")
    shop.pass_s(6)
    assert shop.known(A).state is ParcelState.STORED
    shop.model.boards[1].answers = True
    shop.pass_s(20)
    assert shop.open_doors == [], "nothing opens when it is back"
    shop.code("111111")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    assert shop.known(A).state is ParcelState.PICKED_UP


def test_without_a_sensor_a_cell_to_be_looked_into_is_free_again_by_a_word(tmp_path: Path) -> None:
    blind = ParcelBench(tmp_path / "blind", protocol="8a")
    blind.go_online()
    blind.courier()
    blind.keys("1E")
    blind.scan(A)
    blind.pass_s(OPENS_S)
    blind.keys("-")
    blind.shut(1)
    assert (blind.prompts[-1], blind.waits_for()) == ("door.full_ask", Waiting.CELL)
    blind.keys("-")
    assert blind.cell(1).state is CellState.FREE
    blind.scan(B)
    blind.pass_s(OPENS_S)
    assert blind.open_doors == [1], "the courier goes on"


def test_goods_whose_price_is_asked_are_not_left_out_for_a_cell_to_be_looked_into(tmp_path: Path) -> None:
    blind = ParcelBench(tmp_path / "blind", protocol="8a")
    blind.go_online()
    blind.courier()
    blind.keys("1E")
    blind.scan(A)
    blind.pass_s(OPENS_S)
    blind.keys("-")
    blind.card(STOP)
    blind.scan(STRANGE)
    assert blind.waits_for() is Waiting.PRICE
    blind.shut(1)
    assert (blind.prompts[-1], blind.waits_for()) == ("door.look", Waiting.PRICE)


def test_a_couriers_badge_drops_neither_a_question_nor_goods_that_come_back(shop: ParcelBench) -> None:
    shop.scan(STRANGE)
    shop.courier()
    assert shop.waits_for() is Waiting.PRICE
    shop.keys("5E")
    shop.card(card_code(102), card_code(110))
    shop.courier()
    assert (shop.prompts[-1], shop.waits_for()) == ("parcel.later", Waiting.RECEIPT)
