"""What a parcel station keeps for who ordered it: however long it lies here, and however many parcels bring it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from order_bench import CHANCE, OrderBench, open_shop
from parcel_bench import IN, STOP, waybill
from service_bench import EXACT
from test_forgetting import wait

from edge.clock import iso_ms
from edge.codec.topics import Down
from edge.codec.wire_parcel import EXPECT
from edge.model.ids import uuid7
from edge.model.parcel import ParcelState
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


# --- how many --------------------------------------------------------------------------------------------------------


def expect(shop: OrderBench, order: ServiceOrder, number: int, parcel: str = "") -> str:
    """The cloud tells of one more parcel that brings it; its waybill."""
    told = {"parcel": parcel or f"m-{number}", "waybill": waybill(number), "carrier": "JT", "soid": order.id}
    now = shop.clock.wall()
    command = {"cid": uuid7(now, CHANCE), "type": EXPECT, "iat": iso_ms(now), "ttl_s": 600, "by": "svc:m"}
    shop.hear(Down.CMD, command | {"args": {"parcels": [told]}})
    return waybill(number)


def take_in(shop: OrderBench, number: str) -> str:
    shop.card(IN)
    shop.scan(number)
    shop.card(STOP)
    return number


def test_a_second_parcel_of_an_order_does_not_free_the_first(shop: OrderBench) -> None:
    order = shop.placed()
    first = take_in(shop, expect(shop, order, 1))
    second = take_in(shop, expect(shop, order, 2))
    for number, code in ((first, "123456"), (second, "654321")):
        shop.reset_code(number, code)
        shop.code(code)
        assert shop.known(number).state is ParcelState.STORED
    assert shop.lines == [("电饭锅 3L", 4_900)]
    shop.card(EXACT)
    shop.scan(first, second)
    assert [shop.known(number).state for number in (first, second)] == [ParcelState.PICKED_UP] * 2
    assert shop.told().count("handed_over") == 1


def test_what_comes_later_is_fetched_by_the_same_slip(shop: OrderBench) -> None:
    order = shop.bought()
    first = take_in(shop, expect(shop, order, 1))
    second = expect(shop, order, 2)
    shop.scan(shop.slip(order), first)
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "ord.gone", "that may have been all"
    take_in(shop, second)
    shop.scan(shop.slip(order), second)
    assert shop.known(second).state is ParcelState.PICKED_UP


def test_a_parcel_that_is_here_stays_its_own_orders(shop: OrderBench) -> None:
    """Whoever names it for an order that is paid does not free it."""
    unpaid, paid = shop.placed(), shop.bought()
    take_in(shop, expect(shop, unpaid, 1))
    expect(shop, paid, 1)
    tx = shop.begin()
    assert kept_by("m-1", tx) == unpaid.id
    tx.rollback()


def test_an_order_is_not_brought_by_a_parcel_of_another_waybill(shop: OrderBench) -> None:
    take_in(shop, waybill(1))
    other, order = shop.known(waybill(1)).id, shop.placed()
    expect(shop, order, 2, other)
    tx = shop.begin()
    assert kept_by(other, tx) == ""
    tx.rollback()
