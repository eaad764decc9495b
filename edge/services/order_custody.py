"""What holds an order, or a parcel that brings what was ordered: a bill, a hand at a door, a price that is not paid."""

from __future__ import annotations

from datetime import date

from edge.clock import Clk
from edge.model.online_order import OnlineOrder
from edge.model.parcel import Parcel, ParcelState
from edge.model.service_order import ServiceOrder, ServiceState, ordered
from edge.ports import Transaction

_NOT_SEEN = frozenset({ParcelState.EXPECTED, ParcelState.CANCELLED})


def skus_in_baskets(tx: Transaction) -> set[str]:
    """Of service orders, also in a bill that stands aside: whoever pays it has them."""
    baskets = [tx.counter.sale, *(tx.held.find(number) for number in tx.held.numbers())]
    return {line.sku for sale in baskets if sale is not None for line in ordered(sale.standing)}


def in_a_basket(order: ServiceOrder, tx: Transaction) -> bool:
    return order.sku in skus_in_baskets(tx)


def is_on_its_way(order: ServiceOrder, tx: Transaction) -> bool:
    """Whether goods were ordered by it that nobody has fetched."""
    goods = tx.online_orders.find(order.id)
    return goods is not None and goods.handed_at is None


def parcels_of(goods: OnlineOrder, tx: Transaction) -> list[Parcel]:
    """Those that bring it and are known here, wherever they are."""
    return [parcel for id in goods.parcels if (parcel := tx.parcels.find(id)) is not None]


def is_late(goods: OnlineOrder, today: date, tx: Transaction) -> bool:
    """Whether its day is over and none of its parcels was ever seen; by a clock that nobody trusts none is late."""
    if tx.stamp.clk is Clk.UNSYNC or not goods.is_late(today):
        return False
    return all(parcel.state in _NOT_SEEN for parcel in parcels_of(goods, tx))


def is_being_fetched(order: ServiceOrder, tx: Transaction) -> bool:
    """Whether somebody pays for it or gets it at this moment: what happens to it is decided afterwards."""
    goods = tx.online_orders.find(order.id)
    parcels = parcels_of(goods, tx) if goods is not None else []
    is_released = any(parcel.state is ParcelState.RELEASING for parcel in parcels)
    return is_released or (order.state is ServiceState.COMPLETED and in_a_basket(order, tx))


def kept_by(parcel: str, tx: Transaction) -> str:
    """The order that keeps this parcel here, as it is not paid or does not stand; empty: it may go."""
    goods = tx.online_orders.of_parcel(parcel)
    order = tx.services.find(goods.id) if goods is not None else None
    if goods is None:
        return ""
    is_paid = order is not None and order.state is ServiceState.COMPLETED and bool(order.sale)
    return "" if is_paid else goods.id
