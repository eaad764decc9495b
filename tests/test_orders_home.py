"""Goods that are brought home and installed, and what the slips of those say that are fetched (row 75)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import ean
from order_bench import FAN, ORDER, RICE_COOKER, OrderBench, open_shop
from service_bench import EXACT

from edge.codec import wire_service as wire
from edge.model.service_order import ServiceState

S = ServiceState


@pytest.fixture
def shop(tmp_path: Path) -> OrderBench:
    return open_shop(tmp_path / "shop")


def test_large_goods_are_brought_home_and_installed_on_the_day_that_was_chosen(shop: OrderBench) -> None:
    washer = ean("690700000001")
    shop.card(ORDER)
    shop.scan(washer)
    shop.keys("E")
    shop.answer(shop.asked()[-1])
    assert shop.prompts[-3:] == ["ord.slot", "ord.slot", "ord.slots"]
    assert "第二个，11月27日下午送装" in [speech.text for speech in shop.spoken]
    shop.keys("3E")
    assert (shop.prompts[-1], shop.orders()) == ("ord.slots", [])
    shop.keys("2E")
    assert not shop.said("ord.or_later")
    (order,) = shop.orders()
    assert order.lines == ("送装 11月27日下午",)
    shop.keys("E")
    shop.card(EXACT)
    shop.restart()
    shop.go_online()
    shop.serve(20)
    assert shop.state(order) is S.COMPLETED
    assert {request.args["slot"] for request in shop.asked(wire.SUBMIT)} <= {"11月27日下午"}
    (slip,) = shop.slips("已下单")
    assert "送装 11月27日下午" in slip
    assert "送装时出示此单" in slip
    assert "到货后凭此单取件" not in slip
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "ord.at_home"


@pytest.mark.parametrize("barcode", [RICE_COOKER, FAN])
def test_what_is_fetched_here_says_so_and_no_slip_is_a_warranty(shop: OrderBench, barcode: str) -> None:
    shop.bought(barcode)
    (slip,) = shop.slips("已下单")
    assert "到货后凭此单取件" in slip
    assert "保修" not in slip
