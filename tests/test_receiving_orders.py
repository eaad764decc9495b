"""Goods that come as a supplier was asked for them, or otherwise (product row 86)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, TISSUES, Habits
from parcel_bench import ParcelBench
from stock_bench import CANCEL, COLA_CARTON, COUNT, JUICE, MILK, RECEIVE, STOP, WRITE_OFF, StockBench

from edge.codec.command_card import card_code
from edge.messages import DeliveryScanned
from edge.model.counter import Waiting
from edge.model.money import Fen, Milli
from edge.model.parcel import Parcel, ParcelState
from edge.model.stock import Arrived, Delivery, Expected
from edge.ports import Transaction

ORDER, WAYBILL = "P26112300017", "YT7512345678901"
ASKED_FOR = Delivery(
    ORDER, "批发部",
    (Expected(COLA, Milli(48_000), "可乐", Fen(210)), Expected(NOODLES, Milli(12_000), "方便面", Fen(330)),
     Expected(TISSUES, Milli(6_000), "纸巾")),
)  # fmt: skip


class Orders:
    """What buying knows: one order, and what was told of its arrival."""

    def __init__(self) -> None:
        self.open = {ORDER: ASKED_FOR, "P2": Delivery("P2", "批发部", (Expected(MILK, Milli(1_000)),))}
        self.came: list[tuple[str, str, Sequence[Arrived]]] = []

    def of_waybill(self, waybill: str, tx: Transaction) -> str | None:
        return ORDER if waybill == WAYBILL else None

    def expected(self, order: str, tx: Transaction) -> Delivery | None:
        return self.open.get(order)

    def begun(self, order: str, tx: Transaction) -> None:
        """A fixed order has no states."""

    def arrived(self, delivery: Delivery, of: str, came: Sequence[Arrived], tx: Transaction) -> None:
        self.came.append((delivery.order, of, came))


@pytest.fixture
def orders() -> Orders:
    return Orders()


@pytest.fixture
def shop(tmp_path: Path, orders: Orders) -> StockBench:
    found = StockBench(tmp_path / "shop", Habits(deliveries=orders, parcels=True))
    for sku in (COLA, NOODLES, TISSUES, MILK):
        found.count(sku, 0)
    found.hush()
    return found


def open_slip(shop: StockBench, order: str = ORDER) -> None:
    """As the order's own slip does."""
    shop.tell(DeliveryScanned(order, shop.clock.mono_s))


def scan_all(shop: StockBench) -> None:
    shop.scan(COLA_CARTON, COLA_CARTON, NOODLES)
    shop.keys("12E")
    shop.scan(TISSUES)
    shop.keys("6E")


def test_a_suppliers_waybill_at_rest_opens_the_receiving_of_its_order(shop: StockBench, orders: Orders) -> None:
    shop.scan(WAYBILL)
    assert (shop.counter.waiting, shop.prompts[-1]) == (Waiting.RECEIVE, "recv.order")
    assert shop.last_words == "这单有三种，请扫商品"
    scan_all(shop)
    shop.done()
    assert shop.prompts[-1] == "recv.done"
    assert [shop.pieces(sku) for sku in (COLA, NOODLES, TISSUES)] == [48, 12, 6]
    assert shop.records("purchase.claimed") == []
    (told,) = orders.came
    assert told[:2] == (ORDER, shop.records("stock.moved")[0]["data"]["of"])
    assert not any(one.is_claimed for one in told[2])
    assert "全部对得上" in shop.slip()


def test_what_a_piece_cost_is_known_from_the_order(shop: StockBench) -> None:
    open_slip(shop)
    scan_all(shop)
    shop.done()
    tx = shop.begin()
    assert [tx.stock.last_cost(sku) for sku in (COLA, NOODLES, TISSUES)] == [210, 330, None]
    tx.rollback()
    moves = shop.records("stock.moved")[0]["data"]["moves"]
    assert moves[0] == {"sku": COLA, "qty": "48", "cost": 210}


def test_what_is_written_off_is_worth_what_it_cost(shop: StockBench) -> None:
    open_slip(shop)
    scan_all(shop)
    shop.done()
    shop.card(WRITE_OFF)
    shop.scan(COLA, COLA, NOODLES)
    shop.done()
    slip = shop.slip()
    assert slip[slip.index("进价合计") + 1] == "7.50"


def test_short_over_and_broken_are_printed_claimed_and_told(shop: StockBench, orders: Orders) -> None:
    open_slip(shop)
    shop.scan(COLA)
    shop.keys("40E")
    shop.scan(COLA)
    shop.keys("3E")
    shop.card(WRITE_OFF)
    shop.scan(NOODLES)
    shop.keys("13E")
    shop.scan(JUICE)
    shop.done()
    assert shop.last_words == "收货记好了，四种有出入"
    assert (shop.pieces(COLA), shop.pieces(NOODLES), shop.on_hand(JUICE)) == (40, 13, None)
    (claim,) = shop.records("purchase.claimed")
    assert claim["data"]["order"] == ORDER
    assert claim["data"]["lines"] == [
        {"sku": COLA, "short": "5", "damaged": "3"}, {"sku": NOODLES, "over": "1"}, {"sku": JUICE, "over": "1"},
        {"sku": TISSUES, "short": "6"},
    ]  # fmt: skip
    assert [(one.short, one.over, one.damaged) for one in orders.came[0][2]] == [
        (5_000, 0, 3_000), (0, 1_000, 0), (0, 1_000, 0), (6_000, 0, 0),
    ]  # fmt: skip
    slip = shop.slip()
    assert [text for text in ("  少", "  多", "  坏") if text not in slip] == []
    assert "有出入，已记下" in slip


def test_the_waybill_of_what_is_being_received_says_what_it_is_of(shop: StockBench, orders: Orders) -> None:
    shop.card(RECEIVE)
    shop.scan(COLA_CARTON, WAYBILL, COLA_CARTON)
    shop.done()
    assert orders.came[0][0] == ORDER
    assert shop.pieces(COLA) == 48


def test_the_order_is_remembered_over_a_power_cut_and_a_customer(shop: StockBench, orders: Orders) -> None:
    shop.scan(WAYBILL, COLA_CARTON)
    shop.restart()
    shop.sell(COLA)
    shop.card(RECEIVE)
    shop.scan(COLA_CARTON)
    shop.done()
    assert orders.came[0][0] == ORDER
    assert shop.pieces(COLA) == 47


def test_the_next_delivery_is_of_no_order_again(shop: StockBench, orders: Orders) -> None:
    shop.scan(WAYBILL)
    shop.scan(COLA)
    shop.done()
    shop.received(COLA)
    shop.scan(WAYBILL, COLA)
    shop.card(CANCEL, CANCEL)
    shop.received(COLA)
    assert len(orders.came) == 1


def test_two_deliveries_are_not_mixed(shop: StockBench, orders: Orders) -> None:
    open_slip(shop)
    shop.scan(COLA)
    open_slip(shop, "P2")
    assert shop.prompts[-1] == "recv.other"
    shop.done()
    assert [order for order, _, _ in orders.came] == [ORDER]
    open_slip(shop, "P2")
    assert (shop.prompts[-1], shop.counter.waiting) == ("recv.order", Waiting.RECEIVE)


def test_an_order_that_is_closed_or_unknown_is_said_and_opens_nothing(shop: StockBench) -> None:
    open_slip(shop, "P999")
    assert (shop.prompts[-1], shop.counter.waiting) == ("recv.no_order", Waiting.NOTHING)


def test_an_order_that_is_cancelled_meanwhile_is_received_as_it_was_scanned(shop: StockBench, orders: Orders) -> None:
    shop.scan(WAYBILL, COLA)
    orders.open.clear()
    shop.done()
    assert (shop.pieces(COLA), orders.came, shop.records("purchase.claimed")) == (1, [], [])


def test_a_customers_parcel_never_opens_receiving(shop: StockBench) -> None:
    shop.scan("YT7512345678902")
    assert "recv.order" not in shop.prompts
    shop.card(STOP, RECEIVE)
    shop.scan("YT7512345678902")
    assert shop.prompts[-1] == "stock.stop_first"
    assert shop.counter.waiting is Waiting.RECEIVE


def test_a_number_that_a_customers_parcel_has_is_that_parcels(shop: StockBench) -> None:
    tx = shop.begin()
    tx.parcels.keep(Parcel("p", WAYBILL, "YTO", ParcelState.EXPECTED))
    tx.commit()
    shop.scan(WAYBILL)
    assert shop.counter.waiting is not Waiting.RECEIVE


@pytest.mark.parametrize(
    ("first", "prompt"), [(COLA, "sale.finish_first"), (COUNT, "sale.finish_first"), (card_code(187), "train.not_now")]
)
def test_the_shops_own_delivery_waits_for_what_is_begun(shop: StockBench, first: str, prompt: str) -> None:
    shop.scan(first)
    before = shop.counter
    shop.scan(WAYBILL)
    assert (shop.prompts[-1], shop.counter) == (prompt, before)


def test_the_parcel_desk_does_not_take_the_shops_own_delivery_in(tmp_path: Path, orders: Orders) -> None:
    station = ParcelBench(tmp_path / "station", habits=Habits(deliveries=orders, parcels=True))
    station.go_online()
    station.courier()
    station.scan(WAYBILL)
    assert station.prompts[-1] == "recv.not_parcel"
    tx = station.begin()
    assert tx.parcels.by_waybill(WAYBILL) is None
    tx.rollback()
