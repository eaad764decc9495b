"""Goods that the shop does not stock, ordered for a customer: paid at once, or when they are fetched (row 75)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from counter_bench import COLA
from order_bench import COLLECT, FAN, ORDER, RICE_COOKER, OrderBench, article, open_shop
from parcel_bench import STOP
from service_bench import DROP, EXACT

from edge.codec import wire_service as wire
from edge.model.counter import Waiting
from edge.model.parcel import ParcelState
from edge.model.service_order import ServiceState

S = ServiceState


@pytest.fixture
def shop(tmp_path: Path) -> OrderBench:
    return open_shop(tmp_path / "shop")


# --- ordered ---------------------------------------------------------------------------------------------------------


def test_goods_of_the_booklet_are_ordered_and_paid_with_the_rest_of_the_bill(shop: OrderBench) -> None:
    shop.scan(COLA)
    shop.card(ORDER)
    assert shop.last_words == "请扫要订的商品码"
    shop.scan(RICE_COOKER)
    assert shop.last_words == "电饭锅 3L，四十九元，要几件？"
    shop.keys("2E")
    assert shop.last_words == "订两件，对吗？按确认"
    shop.keys("E")
    (question,) = shop.asked()
    assert (question.args["ref"], question.args["qty"], question.args["kind"]) == (RICE_COOKER, 2, "order")
    shop.answer(question)
    assert "电饭锅 3L ×2，九十八元，三天到？按确认" in [speech.text for speech in shop.spoken]
    assert shop.prompts[-1] == "ord.or_later"
    (slip,) = shop.slips("业务单")
    assert "预计" in slip and "98.00" in slip
    shop.keys("E")
    assert shop.lines == [("可乐", 300), ("电饭锅 3L ×2", 9_800)]
    shop.card(EXACT)
    shop.serve(2)
    assert shop.told() == ["quoted", "paid", "submitted", "completed"]
    (order,) = shop.orders()
    assert shop.slip(order) in shop.slips("已下单")[0]


def test_once_more_the_same_barcode_is_one_more_piece(shop: OrderBench) -> None:
    shop.card(ORDER)
    shop.scan(RICE_COOKER, RICE_COOKER, RICE_COOKER)
    assert shop.last_words == "订三件，对吗？按确认"
    shop.scan(FAN)
    assert shop.last_words == "电风扇，五十元，要几件？"
    shop.keys("E")
    assert (shop.asked()[-1].args["offer"], shop.asked()[-1].args["qty"]) == ("JD_ORDER", 1)


def test_what_the_shop_has_run_out_of_can_be_ordered_too(shop: OrderBench) -> None:
    shop.card(ORDER)
    shop.scan(COLA)
    assert shop.last_words == "可乐，要几件？"
    assert shop.sale is None
    shop.keys("E")
    shop.answer(shop.asked()[-1])
    assert shop.counter().waiting is Waiting.ORDER


def test_what_no_platform_has_is_said_so(shop: OrderBench) -> None:
    shop.card(ORDER)
    shop.scan(article(80))
    shop.keys("E")
    shop.answer(shop.asked()[-1])
    assert (shop.prompts[-1], shop.orders()) == ("ord.unknown", [])


@pytest.mark.parametrize("pieces", ["0", "100"])
def test_a_number_of_pieces_that_nobody_orders_is_refused(shop: OrderBench, pieces: str) -> None:
    shop.card(ORDER)
    shop.scan(RICE_COOKER)
    shop.keys(f"{pieces}E")
    assert shop.prompts[-1] == "ord.most"
    shop.keys("E")
    assert shop.asked()[-1].args["qty"] == 1


def test_without_a_network_or_a_licence_nothing_is_ordered(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", licensed=False)
    shop.card(ORDER)
    assert shop.prompts[-1].startswith("lic.")
    shop.down()
    shop.card(ORDER)
    assert shop.prompts[-1] == "svc.offline"


def test_an_answer_that_never_comes_ends_the_order(shop: OrderBench) -> None:
    shop.card(ORDER)
    shop.scan(RICE_COOKER)
    shop.keys("E")
    shop.pass_s(13)
    assert (shop.prompts[-1], shop.counter().waiting) == ("svc.no_answer", Waiting.NOTHING)
    shop.answer(shop.asked()[-1])
    assert shop.orders() == []


def test_nobody_there_ends_it_and_the_slip_stays_good(shop: OrderBench) -> None:
    order = shop.quote_goods()
    shop.pass_s(121)
    assert shop.counter().waiting is Waiting.NOTHING
    shop.scan(shop.slip(order))
    assert shop.lines == [("电饭锅 3L", 4_900)]


def test_minus_and_stop_drop_it(shop: OrderBench) -> None:
    shop.card(ORDER)
    shop.scan(RICE_COOKER)
    shop.card(STOP)
    shop.keys("E")
    assert shop.asked() == []


# --- paid on arrival -------------------------------------------------------------------------------------------------


def test_it_is_ordered_without_money_and_paid_when_it_is_fetched(shop: OrderBench) -> None:
    order = shop.placed()
    assert shop.told() == ["quoted", "submitted", "completed"]
    assert "sale" not in shop.asked(wire.SUBMIT)[0].args
    assert "到货付款" in shop.slips("已下单")[0]
    assert shop.records("sale.completed") == []
    waybill = shop.arrive(order)
    assert shop.said("ord.here")
    shop.card(COLLECT)
    assert shop.last_words == "请扫单子，或输取货码"
    shop.scan(shop.slip(order))
    assert shop.lines == [("电饭锅 3L", 4_900)]
    assert shop.prompts[-1] == "ord.pay_first"
    assert shop.parcel(order).state is ParcelState.STORED
    shop.card(EXACT)
    assert (shop.waits_for(), shop.parcel(order).state) == (Waiting.RELEASE, ParcelState.RELEASING)
    shop.scan(waybill)
    assert shop.parcel(order).state is ParcelState.PICKED_UP
    assert shop.told()[-2:] == ["paid", "handed_over"]
    assert shop.records("parcel.collected")[0]["data"]["how"] == "slip"
    assert shop.goods(order).handed_at is not None


def test_no_code_fetches_what_is_not_paid(shop: OrderBench) -> None:
    order = shop.placed()
    waybill = shop.arrive(order)
    shop.reset_code(waybill, "123456")
    shop.code("123456")
    assert shop.parcel(order).state is ParcelState.STORED
    assert shop.lines == [("电饭锅 3L", 4_900)]
    shop.card(EXACT)
    assert shop.parcel(order).state is ParcelState.RELEASING


def test_an_offer_that_must_be_paid_at_once_is_not_placed(shop: OrderBench) -> None:
    shop.quote_goods(FAN)
    assert not shop.said("ord.or_later")
    shop.card(COLLECT)
    assert shop.prompts[-1] == "ord.pay_now"
    assert shop.asked(wire.SUBMIT) == []
    shop.keys("E")
    assert shop.lines == [("电风扇", 5_000)]


def test_the_marketplace_declines_an_order_that_nobody_paid(shop: OrderBench) -> None:
    order = shop.placed(article(90))
    assert (shop.state(order), shop.told()[-1]) == (S.CANCELLED, "cancelled")
    assert shop.said("ord.off") and shop.records("sale.refunded") == []
    shop.news(order, "failed")
    assert shop.told().count("cancelled") == 1 and "disputed" not in shop.told()


def test_an_order_whose_answer_is_lost_is_asked_about_until_it_has_an_end(shop: OrderBench) -> None:
    order = shop.quote_goods(article(91))
    shop.card(COLLECT)
    shop.serve(14)
    assert shop.state(order) in (S.UNKNOWN, S.COMPLETED)
    shop.serve(20)
    assert shop.state(order) is S.COMPLETED
    assert len({request.cid for request in shop.asked(wire.SUBMIT)}) == 1


def test_before_it_is_fetched_a_customer_can_give_an_order_back(shop: OrderBench) -> None:
    order = shop.bought()
    shop.card(DROP)
    shop.scan(shop.slip(order))
    shop.keys("E")
    shop.serve(2)
    assert (shop.state(order), shop.told()[-1]) == (S.CANCELLED_REFUNDED, "cancelled")
    waybill = shop.arrive(order)
    shop.reset_code(waybill, "123456")
    shop.code("123456")
    assert (shop.parcel(order).state, shop.prompts[-1]) == (ParcelState.STORED, "ord.called_off")


def test_one_that_is_not_paid_is_given_back_without_money(shop: OrderBench) -> None:
    order = shop.placed()
    shop.card(DROP)
    shop.scan(shop.slip(order))
    shop.keys("E")
    shop.serve(2)
    assert shop.state(order) is S.CANCELLED_REFUNDED
    assert shop.records("sale.refunded") == []


# --- fetched ---------------------------------------------------------------------------------------------------------


def test_the_slip_alone_fetches_what_is_paid_also_without_a_network(shop: OrderBench) -> None:
    order = shop.bought()
    waybill = shop.arrive(order)
    shop.down()
    shop.scan(shop.slip(order))
    assert shop.waits_for() is Waiting.RELEASE
    shop.scan(waybill)
    assert shop.parcel(order).state is ParcelState.PICKED_UP
    shop.scan(shop.slip(order))
    assert shop.last_words == "已经取走了"
    assert shop.told().count("handed_over") == 1


def test_before_it_is_here_its_slip_says_when(shop: OrderBench) -> None:
    order = shop.bought()
    shop.card(COLLECT)
    shop.scan(shop.slip(order))
    assert shop.last_words == "还没到，大约三天后到"
    shop.sleep_s(3 * 86_400)
    shop.scan(shop.slip(order))
    assert shop.last_words == "还没到，请再等等"


def test_a_parcel_that_came_before_the_cloud_told_of_it_is_found_as_well(shop: OrderBench) -> None:
    order = shop.bought()
    waybill = shop.arrive(order, announced=False)
    shop.announce(order)
    shop.scan(shop.slip(order))
    shop.scan(waybill)
    assert shop.parcel(order).state is ParcelState.PICKED_UP


def test_out_of_a_cell_its_door_opens(shop: OrderBench) -> None:
    order = shop.bought()
    waybill = shop.announce(order)
    shop.in_cell(waybill, 1)
    shop.card(COLLECT)
    shop.scan(shop.slip(order))
    shop.pass_s(1)
    assert shop.open_doors == [1]
    shop.take_out(1)
    assert shop.told()[-1] == "handed_over"


# --- late, and cancelled ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["failed", "cancelled", "reversed"])
def test_what_does_not_come_is_paid_back_by_its_slip(shop: OrderBench, state: str) -> None:
    order = shop.bought()
    shop.pass_s(600)
    shop.news(order, state, why="late")
    assert (shop.state(order), shop.told()[-1]) == (S.FAILED, "failed")
    assert shop.said("svc.fail_later")
    shop.scan(shop.slip(order))
    shop.keys("E")
    assert shop.state(order) is S.REFUNDED
    assert len(shop.records("sale.refunded")) == 1
    shop.news(order, state, why="late")
    assert shop.told().count("failed") == 1 and "disputed" not in shop.told()


def test_what_is_called_off_is_not_handed_out(shop: OrderBench) -> None:
    order = shop.bought()
    waybill = shop.arrive(order)
    shop.pass_s(600)
    shop.news(order, "failed", why="recalled")
    shop.reset_code(waybill, "123456")
    shop.code("123456")
    assert (shop.parcel(order).state, shop.prompts[-1]) == (ParcelState.STORED, "ord.called_off")


def test_while_it_is_paid_or_handed_out_the_cloud_must_wait(shop: OrderBench) -> None:
    order = shop.placed()
    shop.arrive(order)
    shop.scan(shop.slip(order))
    shop.news(order, "failed")
    assert shop.sent("res")[-1].err.code == "cmd.busy"
    shop.card(EXACT)
    shop.news(order, "failed")
    assert (shop.state(order), shop.parcel(order).state) == (S.COMPLETED, ParcelState.RELEASING)


def test_once_it_is_handed_out_it_is_the_owners_affair(shop: OrderBench) -> None:
    order = shop.bought()
    waybill = shop.arrive(order)
    shop.scan(shop.slip(order), waybill)
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "svc.no_cancel"
    shop.news(order, "reversed")
    assert shop.state(order) is S.REVERSED
    assert shop.records("sale.refunded") == []


# --- power -----------------------------------------------------------------------------------------------------------


def test_a_power_cut_at_each_step_forgets_no_order_and_charges_none_twice(shop: OrderBench) -> None:
    def cut() -> None:
        shop.restart()
        shop.go_online()

    shop.card(ORDER)
    shop.scan(RICE_COOKER)
    cut()
    assert shop.counter().waiting is Waiting.NOTHING
    order = shop.quote_goods()
    cut()
    shop.scan(shop.slip(order))
    cut()
    assert shop.lines == [("电饭锅 3L", 4_900)]
    shop.card(EXACT)
    cut()
    shop.serve(20)
    assert shop.state(order) is S.COMPLETED
    waybill = shop.arrive(order)
    cut()
    shop.scan(shop.slip(order))
    cut()
    assert shop.parcel(order).state is ParcelState.STORED
    shop.scan(shop.slip(order), waybill)
    cut()
    assert shop.goods(order).handed_at is not None
    assert len(shop.sales()) == 1
    assert [shop.told().count(step) for step in ("paid", "completed", "handed_over")] == [1, 1, 1]
    assert shop.verdict() == ""


def test_a_power_cut_between_order_and_payment_on_arrival_asks_for_the_money_again(shop: OrderBench) -> None:
    order = shop.quote_goods()
    shop.card(COLLECT)
    shop.restart()
    shop.go_online()
    shop.serve(20)
    assert shop.state(order) is S.COMPLETED
    waybill = shop.arrive(order)
    shop.scan(shop.slip(order))
    shop.restart()
    shop.go_online()
    assert shop.lines == [("电饭锅 3L", 4_900)]
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "svc.in_bill"
    shop.card(EXACT)
    shop.restart()
    shop.go_online()
    shop.scan(shop.slip(order), waybill)
    assert shop.parcel(order).state is ParcelState.PICKED_UP
    assert len(shop.sales()) == 1


def test_a_day_that_no_calendar_has_is_the_booklets(shop: OrderBench) -> None:
    shop.card(ORDER)
    shop.scan(RICE_COOKER)
    shop.keys("E")
    shop.answer(shop.asked()[-1], eta="2026-02-31")
    assert shop.goods(shop.orders()[-1]).comes_on == date(2026, 11, 26)
