"""Bugs to plant in orders from apps, each with the sentence by which the simulated year must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from edge.model.app_order import AppOrder, AppOrderState
from edge.model.app_order_records import OrderHandedOver
from edge.ports import Transaction
from edge.services.app_orders import AppOrders
from edge.services.commands import Answered, Ordered
from edge.services.order_picking import OrderPicking
from edge.store.tables.app_orders import AppOrderTable
from edge.store.tables.stock import StockTable

Plant = Callable[[pytest.MonkeyPatch], None]


def answer_and_forget(patch: pytest.MonkeyPatch) -> None:
    """Every third order is told to be here, and is not."""
    place = AppOrders.place

    def careless(orders: Any, ordered: Ordered, tx: Transaction) -> Answered:
        if int(str(ordered.args["no"])) % 3 == 0:
            return Answered(ordered.cid, "done", out={"state": "placed"})
        return place(orders, ordered, tx)

    patch.setattr(AppOrders, "place", careless)


def call_off_in_words_only(patch: pytest.MonkeyPatch) -> None:
    """Whoever does not want it any more is told yes, and its bag waits."""

    def deaf(orders: Any, ordered: Ordered, tx: Transaction) -> Answered:
        return Answered(ordered.cid, "done", out={"state": "cancelled"})

    patch.setattr(AppOrders, "cancel", deaf)


def put_a_piece_more_into_the_bag(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        AppOrder, "with_one_more",
        lambda order, sku: replace(
            order, lines=tuple(replace(line, picked=line.asked + 1) for line in order.lines)
        ) if order.has(sku) else None,
    )  # fmt: skip


def hand_a_bag_over_twice(patch: pytest.MonkeyPatch) -> None:
    hand = OrderPicking._hand_over

    def twice(picking: Any, order: AppOrder, tx: Transaction) -> None:
        hand(picking, order, tx)
        gone = tx.app_orders.find(order.id)
        if gone is not None and gone.state is AppOrderState.HANDED_OVER:
            tx.append(OrderHandedOver(gone, tx.stamp.at.date()))

    patch.setattr(OrderPicking, "_hand_over", twice)


def hear_nothing_of_what_is_picked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(OrderPicking, "_scanned", lambda *_: None)


def forget_it_in_the_stock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(StockTable, "book_order", lambda *_: None)


def keep_it_as_it_was(patch: pytest.MonkeyPatch) -> None:
    """What is handed over stays put aside."""
    keep = AppOrderTable.keep

    def stubborn(table: Any, order: AppOrder) -> None:
        if order.state is not AppOrderState.HANDED_OVER:
            keep(table, order)

    patch.setattr(AppOrderTable, "keep", stubborn)


APPS_QUIET: tuple[tuple[Plant, str], ...] = (
    (answer_and_forget, "was never placed"),
    (call_off_in_words_only, "its customer has paid|its platform was told done to order.cancel"),
    (put_a_piece_more_into_the_bag, "more in its bag than was asked for"),
    (hand_a_bag_over_twice, "was handed_over and is handed_over|a fault of ours"),
    (hear_nothing_of_what_is_picked, "no answer"),
    (forget_it_in_the_stock, "stock says"),
    (keep_it_as_it_was, "and is packed|in its table|is gone, and the box asks"),
)
