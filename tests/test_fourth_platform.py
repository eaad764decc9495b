"""A platform that no Python knows sells its services and brings its goods, from tests/fourth_platform.toml alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, Habits
from purchase_bench import PurchaseBench, offer
from service_bench import EXACT, TICKETS, TOP_UP, ServiceBench, open_shop
from test_jws import KEYS

from edge.model.service_order import ServiceState
from edge.platform_file import load_platforms

FOURTH = load_platforms([], Path(__file__).with_name("fourth_platform.toml"))


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop", habits=Habits(command_keys=KEYS, platforms=FOURTH))


def test_its_card_is_charged_by_its_own_number_and_amounts(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.scan("HB12345678")
    shop.keys("30E")
    assert shop.prompts[-1] == "svc.amount_wrong", "there are 20 and 50"
    shop.keys("20EE")
    shop.answer(shop.asked()[-1])
    shop.keys("E")
    shop.card(EXACT)
    shop.serve()
    (order,) = shop.orders()
    assert (order.offer, order.price, order.state) == ("FISH_CARD", 2_000, ServiceState.COMPLETED)
    assert "海港集市提供服务" in shop.slips("办理成功")[0]


def test_its_ferry_is_sold_with_a_ticket(shop: ServiceBench) -> None:
    shop.card(TICKETS)
    shop.scan("TRIP-k7Q2-00")
    shop.answer(shop.asked()[-1])
    shop.keys("E")
    shop.card(EXACT)
    shop.serve()
    (order,) = shop.orders()
    assert (order.offer, order.state) == ("FERRY", ServiceState.COMPLETED)
    assert "凭二维码上船" in shop.slips("办理成功")[0]


def test_its_wholesaler_is_ordered_of_with_its_own_threshold_and_words(tmp_path: Path) -> None:
    offers = [replace(offer("HARBOUR", sku, pack, cost), lead_days=1) for sku, pack, cost in
              ((COLA, 24, 4_800), (NOODLES, 12, 3_600))]  # fmt: skip
    shop = PurchaseBench(tmp_path, offers=offers, suppliers=FOURTH.suppliers)
    order = shop.suggested()
    assert order.supplier == "HARBOUR"
    (paper,) = shop.papers()
    assert "海港批发" in " ".join(paper)
    assert shop.confirmed().supplier == "HARBOUR"
    assert "签收前请点数" in shop.papers()[-1]
