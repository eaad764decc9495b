"""Orders in the ledger: found by slip and parcel, kept as long as they matter, carried out of a damaged file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from counter_bench import COLA
from purchase_bench import FILL, OFFERS, SUGGEST, PurchaseBench, Shelves
from test_query_plans import whole_reads

from edge.clock import iso_ms
from edge.model.purchase import PurchaseOrder, PurchaseState

WAYBILL = "YT7500000000001"


def shipped(folder: Path) -> PurchaseBench:
    shop = PurchaseBench(folder, offers=OFFERS[:1], shelves=Shelves({COLA: 6}, {COLA: 7}))
    shop.go_online()
    shop.confirmed()
    shop.news("shipped", 3, waybills=[WAYBILL])
    return shop


def by_waybill(shop: PurchaseBench) -> PurchaseOrder | None:
    tx = shop.begin()
    found: PurchaseOrder | None = tx.purchases.by_waybill(WAYBILL)
    tx.rollback()
    return found


def forget(shop: PurchaseBench, days: float) -> int:
    tx = shop.begin()
    gone: int = tx.retention.forget_purchases(iso_ms(shop.clock.at - timedelta(days=days)), limit=100)
    tx.commit()
    return gone


def test_an_order_under_way_is_kept_and_one_that_is_over_goes_with_its_parcels(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    assert by_waybill(shop) == shop.order()
    shop.sleep_s(100 * 86_400.0)
    assert forget(shop, 90) == 0
    tx = shop.begin()
    tx.purchases.keep(replace(shop.order(), state=PurchaseState.RECEIVED))
    tx.commit()
    assert forget(shop, 101) == 0
    assert forget(shop, 90) == 1
    assert (shop.orders(), by_waybill(shop)) == ([], None)
    assert shop.ledger._connection.execute("SELECT count(*) FROM purchase_waybill").fetchone() == (0,)


def test_an_order_that_cannot_be_read_stops_nobody(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    shop.ledger._connection.execute("UPDATE purchase SET body = 'x'")
    assert by_waybill(shop) is None
    shop.card(SUGGEST)
    assert shop.orders(PurchaseState.PROPOSED)
    assert shop.failed == []


def test_no_statement_about_orders_reads_a_whole_table(tmp_path: Path) -> None:
    shop = shipped(tmp_path)
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    shop.count({COLA: -500})
    shop.shelves.daily = {COLA: 60}
    shop.card(SUGGEST, FILL)
    shop.scan(WAYBILL)
    shop.sleep_s(100 * 86_400.0)
    for _ in range(3):
        shop.sleep_s(1300)
    shop.ledger._connection.set_trace_callback(None)
    assert any("FROM supplier_offer" in sql for sql in said)
    assert any("FROM purchase WHERE state" in sql for sql in said)
    assert list(whole_reads(shop, said)) == []
