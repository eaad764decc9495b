"""What a parcel station keeps for who ordered it: however long it lies here, and however many parcels bring it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from order_bench import OrderBench, open_shop
from test_forgetting import wait

from edge.model.service_order import ServiceOrder, ServiceState
from edge.services.forgetting import KEEP_SERVICES
from edge.services.order_custody import kept_by

S = ServiceState


@pytest.fixture
def shop(tmp_path: Path) -> OrderBench:
    return open_shop(tmp_path / "shop")


def is_kept(shop: OrderBench, order: ServiceOrder) -> bool:
    """Whether its parcel goes with nobody, whatever is shown."""
    tx = shop.begin()
    found = kept_by(shop.parcel(order).id, tx)
    tx.rollback()
    return found == order.id


# --- how long --------------------------------------------------------------------------------------------------------


def test_an_order_that_nobody_paid_is_not_forgotten_while_its_parcel_is_here(shop: OrderBench) -> None:
    order = shop.placed()
    shop.arrive(order)
    wait(shop, KEEP_SERVICES + timedelta(days=20))
    assert is_kept(shop, order)
    assert shop.state(order) is S.COMPLETED and shop.goods(order).handed_at is None


def test_one_that_was_called_off_is_not_forgotten_while_its_parcel_is_here(shop: OrderBench) -> None:
    order = shop.placed()
    shop.arrive(order)
    shop.pass_s(600)
    shop.news(order, "failed", why="recalled")
    assert shop.state(order) is S.CANCELLED
    wait(shop, KEEP_SERVICES + timedelta(days=20))
    assert is_kept(shop, order)


def test_one_that_was_handed_out_is_forgotten(shop: OrderBench) -> None:
    order = shop.bought()
    waybill = shop.arrive(order)
    shop.scan(shop.slip(order), waybill)
    tx = shop.begin()
    tx._write("DELETE FROM sale")
    tx.commit()
    wait(shop, KEEP_SERVICES + timedelta(days=20))
    tx = shop.begin()
    assert (tx.services.find(order.id), tx.online_orders.find(order.id)) == (None, None)
    tx.rollback()
