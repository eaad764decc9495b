"""An answer that nobody asked for: once an order has an end, only the signed notice moves anything (class S)."""

from __future__ import annotations

from pathlib import Path

import pytest
from order_bench import OrderBench, open_shop
from service_bench import EXACT

from edge.model.parcel import ParcelState
from edge.model.service_order import ServiceState

S = ServiceState


@pytest.fixture
def shop(tmp_path: Path) -> OrderBench:
    return open_shop(tmp_path / "shop")


@pytest.mark.parametrize("state", ["failed", "reversed", "cancelled"])
def test_after_its_end_an_unsigned_answer_moves_no_money(shop: OrderBench, state: str) -> None:
    order = shop.bought()
    shop.restart()
    shop.go_online()
    kicks = len(shop.kicked)
    shop.hear_unasked(order, state)
    assert (shop.state(order), shop.records("sale.refunded"), len(shop.kicked)) == (S.COMPLETED, [], kicks)
    assert (shop.told()[-1], shop.prompts[-1]) == ("disputed", "svc.disputed")
    shop.news(order, state)
    assert shop.state(order) is not S.COMPLETED


def test_goods_that_are_being_handed_out_are_not_paid_back_by_an_unsigned_answer(shop: OrderBench) -> None:
    order = shop.placed()
    waybill = shop.arrive(order)
    shop.scan(shop.slip(order))
    shop.card(EXACT)
    assert shop.parcel(order).state is ParcelState.RELEASING
    shop.hear_unasked(order, "failed")
    shop.scan(waybill)
    assert (shop.parcel(order).state, shop.records("sale.refunded")) == (ParcelState.PICKED_UP, [])
    assert shop.state(order) is S.COMPLETED


def test_an_order_that_waits_for_its_money_is_not_dropped_by_an_unsigned_answer(shop: OrderBench) -> None:
    order = shop.placed()
    shop.arrive(order)
    shop.scan(shop.slip(order))
    shop.hear_unasked(order, "failed")
    shop.card(EXACT)
    assert (shop.state(order), "svc.no_order" in shop.prompts) == (S.COMPLETED, False)


def test_after_a_restart_the_answer_to_the_submission_is_still_believed(shop: OrderBench) -> None:
    order = shop.quote_goods()
    shop.keys("E")
    shop.card(EXACT)
    shop.restart()
    shop.go_online()
    assert shop.state(order) is S.UNKNOWN
    shop.hear_unasked(order, "completed")
    assert shop.state(order) is S.COMPLETED
