"""Orders, loans and the bank's notes go in their time, and not before their end (product row 91)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from app_order_samples import PLACED
from parcel_bench import ParcelBench
from purchase_samples import ORDER as PURCHASE
from service_samples import ORDER as SERVICE
from test_forgetting import A_DAY, rows, wait

from edge.model import records, service_records
from edge.model.agent_note import AgentNote, Way
from edge.model.app_order import AppOrderState
from edge.model.loan import Loan, LoanState
from edge.model.money import Fen
from edge.model.online_order import OnlineOrder
from edge.model.purchase import PurchaseState
from edge.model.service_order import ServiceState
from edge.ports import Transaction
from edge.services.forgetting import KEEP, KEEP_AGENT_NOTES, KEEP_PARCELS, KEEP_SERVICES, forget

LOAN = Loan("019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f", "9f86d081884c7d65", "JD_LOAN", SERVICE.at)
NOTE = AgentNote("POST_CASH", "00012345", Way.OUT, Fen(50_000))
Keep = Callable[[Transaction], object]


def _loan(state: LoanState) -> Keep:
    return lambda tx: tx.append(records.LoanMoved(replace(LOAN, state=state, at=tx.stamp.at), "test"))


def _service(state: ServiceState) -> Keep:
    def keep(tx: Transaction) -> None:
        order = replace(SERVICE, state=ServiceState.QUOTED, at=tx.stamp.at, until=tx.stamp.at)
        tx.append(service_records.ServiceQuoted(order))
        if state is ServiceState.EXPIRED:
            tx.append(service_records.ServiceExpired(replace(order, state=state)))
        tx.online_orders.keep(OnlineOrder(order.id, "6901234500018", 1))

    return keep


def _purchase(state: PurchaseState) -> Keep:
    return lambda tx: tx.purchases.keep(replace(PURCHASE, state=state, at=tx.stamp.at))


def _app(state: AppOrderState) -> Keep:
    return lambda tx: tx.app_orders.keep(replace(PLACED, state=state, at=tx.stamp.at))


def _note(tx: Transaction) -> None:
    tx.append(records.AgentNoted(NOTE, "", date(2026, 11, 23), "1"))


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    bench = ParcelBench(tmp_path / "shop")
    bench.go_online()
    return bench


@pytest.mark.parametrize(
    ("keep", "table", "time"),
    [
        (_loan(LoanState.PAID_OUT), "loan", KEEP),
        (_note, "agent_note", KEEP_AGENT_NOTES),
        (_app(AppOrderState.HANDED_OVER), "app_order", KEEP_PARCELS),
        (_app(AppOrderState.CANCELLED), "app_order", KEEP_PARCELS),
        (_purchase(PurchaseState.RECEIVED), "purchase", KEEP),
        (_service(ServiceState.EXPIRED), "service_order", KEEP_SERVICES),
        (_service(ServiceState.EXPIRED), "online_order", KEEP_SERVICES),
    ],
)
def test_what_is_over_goes_in_its_time(shop: ParcelBench, keep: Keep, table: str, time: timedelta) -> None:
    tx = shop.begin()
    keep(tx)
    tx.commit()
    wait(shop, time - A_DAY)
    assert rows(shop, table) == 1
    wait(shop, 2 * A_DAY)
    assert rows(shop, table) == 0


@pytest.mark.parametrize(
    ("keep", "table"),
    [
        (_loan(LoanState.PAYING_OUT), "loan"),
        (_loan(LoanState.UNKNOWN), "loan"),
        (_app(AppOrderState.PACKED), "app_order"),
        (_purchase(PurchaseState.ACCEPTED), "purchase"),
    ],
)
def test_what_has_no_end_yet_stays(shop: ParcelBench, keep: Keep, table: str) -> None:
    tx = shop.begin()
    keep(tx)
    tx.commit()
    wait(shop, 3 * KEEP)
    assert rows(shop, table) == 1


def test_on_a_full_disk_a_slip_of_the_bank_is_remembered_all_the_same(shop: ParcelBench) -> None:
    """Else it could be noted again, and its cash be given twice."""
    tx = shop.begin()
    _note(tx)
    _app(AppOrderState.HANDED_OVER)(tx)
    tx.commit()
    shop.sleep_s(60 * 86_400)
    tx = shop.begin()
    while forget(tx, limit=500, short_of_room=True):
        pass
    tx.commit()
    assert (rows(shop, "agent_note"), rows(shop, "app_order")) == (1, 0)
