"""Money that was taken and service that is not: each has a way out that moves it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from counter_bench import COLA
from order_bench import OrderBench, open_shop
from service_bench import DROP, EXACT, POST_VOID, REFUND, phone
from test_retention import acknowledge_all, prune

from edge.codec.command_card import receipt_code
from edge.model.counter import Waiting
from edge.model.service_order import ServiceEvent, ServiceOrder, ServiceState
from edge.model.service_records import ServiceCancelled
from edge.ports import Transaction

S = ServiceState


@pytest.fixture
def shop(tmp_path: Path) -> OrderBench:
    return open_shop(tmp_path / "shop")


@dataclass(frozen=True, slots=True)
class CallOff:
    order: str


def call_off(message: CallOff, tx: Transaction) -> None:
    order = tx.services.find(message.order)
    assert order is not None
    tx.append(ServiceCancelled(order.moved(ServiceEvent.DROP, tx.stamp.at), "recalled"))


def in_bill(shop: OrderBench) -> ServiceOrder:
    """Goods that are paid on arrival."""
    order = shop.placed()
    shop.arrive(order)
    shop.scan(COLA, shop.slip(order))
    return order


def test_a_bill_lets_go_of_what_is_called_off(shop: OrderBench) -> None:
    order = in_bill(shop)
    shop.bus.on(CallOff, call_off)
    shop.tell(CallOff(order.id))
    shop.pass_s(1)
    assert [name for name, _ in shop.lines] == ["可乐"]


def paid_for_nothing(shop: OrderBench) -> ServiceOrder:
    """It was called off, and nobody heard of that before the bill was paid."""
    order = in_bill(shop)
    tx = shop.begin()
    call_off(CallOff(order.id), tx)
    tx.commit()
    shop.card(EXACT)
    assert "svc.no_order" in shop.prompts
    return order


def test_what_was_paid_for_nothing_goes_back_by_its_receipt(shop: OrderBench) -> None:
    paid_for_nothing(shop)
    shop.scan(REFUND, receipt_code(shop.sales()[-1]["receipt"]), "ZZ2066")
    shop.as_owner()
    shop.keys("EE")
    (back,) = [row["data"] for row in shop.records("sale.refunded")]
    assert len(back["lines"]) == 2
    shop.scan(REFUND, receipt_code(shop.sales()[-1]["receipt"]))
    assert shop.prompts[-1] == "refund.over"


def test_a_sale_that_paid_for_nothing_is_taken_back_as_a_whole(shop: OrderBench) -> None:
    paid_for_nothing(shop)
    shop.as_owner(POST_VOID)
    shop.keys("E")
    assert len(shop.records("sale.voided")) == 1


# --- the sale is gone ------------------------------------------------------------------------------------------------


def lose_sale(shop: OrderBench, order: ServiceOrder) -> None:
    """As a damaged ledger that was salvaged does."""
    shop.ledger._connection.execute("DELETE FROM sale WHERE id = ?", (order.sale,))


def test_what_failed_without_its_receipt_is_given_back_under_the_owners_card(shop: OrderBench) -> None:
    order = shop.paid(phone(93))
    lose_sale(shop, order)
    shop.serve(700)
    assert (shop.state(order), "svc.no_sale" in shop.prompts) == (S.FAILED, True)
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.counter().waiting) == ("owner.first", Waiting.NOTHING)
    shop.as_owner(shop.slip(order))
    shop.keys("E")
    (back,) = [row["data"] for row in shop.records("sale.refunded")]
    assert (shop.state(order), back["total"], back["pay"]) == (S.REFUNDED, 1_000, [{"m": "cash", "amt": 1_000}])
    assert back["by"]
    shop.as_owner(shop.slip(order))
    shop.keys("E")
    assert len(shop.records("sale.refunded")) == 1


def test_what_is_taken_back_without_its_receipt_is_not_told_as_given_back(shop: OrderBench) -> None:
    order = shop.ticket()
    lose_sale(shop, order)
    shop.card(DROP)
    shop.scan(shop.slip(order))
    shop.keys("E")
    shop.serve(60)
    assert (shop.state(order), shop.records("sale.refunded")) == (S.CANCELLING, [])
    assert (shop.prompts.count("svc.no_sale"), "svc.taken_back" in shop.prompts) == (1, False)
    shop.as_owner(DROP)
    shop.scan(shop.slip(order))
    shop.serve(2)
    (back,) = [row["data"] for row in shop.records("sale.refunded")]
    assert (shop.state(order), back["total"]) == (S.CANCELLED_REFUNDED, 900)


def test_the_sale_of_a_service_that_is_owed_is_not_forgotten(shop: OrderBench) -> None:
    order = shop.paid(phone(93))
    shop.pass_s(200)
    shop.serve(700)
    assert shop.state(order) is S.FAILED
    shop.clock.at += timedelta(days=2)
    shop.sell()
    acknowledge_all(shop)
    prune(shop)
    shop.scan(shop.slip(order))
    shop.keys("E")
    assert shop.state(order) is S.REFUNDED
    acknowledge_all(shop)
    assert prune(shop) > 0
