"""What comes out of a damaged ledger: all that can be read, and nothing that would keep the new one from opening."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from counter_bench import COLA, CounterBench
from link_bench import online
from order_bench import open_shop as open_orders
from service_bench import open_shop
from tab_bench import NUMBER, enrol, on_the_tab, owed, repay
from test_app_orders import AppBench
from test_ledger_damage import ACKED, shop_with_history, sql

from edge.codec.command_card import card_code
from edge.model.parcel import ParcelState
from edge.model.service_order import ServiceState
from edge.store.ledger import PAGE_OCTETS
from edge.store.salvage import KEPT_TABLES, LEFT_BEHIND, TREATED
from edge.store.schema import migrate

SALES = 40
BROKEN_TEXT = "CAST(x'31ca32' AS TEXT)"
"""SQLite keeps it as text; it is no UTF-8."""

LOST_COLUMN = (
    "PRAGMA writable_schema = 1; UPDATE sqlite_master SET"
    " sql = replace(sql, ', sold INTEGER NOT NULL DEFAULT 0', '') WHERE name = 'stock'"
)


def leaf_pages(path: Path) -> list[int]:
    """Where the leaves of the journal begin: pages of the kind 0D that hold its rows."""
    octets = path.read_bytes()
    pages = range(PAGE_OCTETS, len(octets), PAGE_OCTETS)
    return [at for at in pages if octets[at] == 0x0D and b"sale.completed" in octets[at : at + PAGE_OCTETS]]


def test_the_row_in_front_of_a_damaged_page_is_carried_over(tmp_path: Path) -> None:
    shop = shop_with_history(tmp_path / "shop", sales=SALES)
    path = shop.ledger.path
    whole, receipts = path.read_bytes(), [sale["receipt"] for sale in shop.sales()]
    leaves = leaf_pages(path)
    assert len(leaves) > 5
    hit = leaves[len(leaves) // 2]
    path.write_bytes(whole[:hit] + b"\xff" * PAGE_OCTETS + whole[hit + PAGE_OCTETS :])
    on_it = [receipt for receipt in receipts if receipt.encode() in whole[hit : hit + PAGE_OCTETS]]
    assert on_it
    again = CounterBench(path.parent, seed=9)
    kept = [sale["receipt"] for sale in again.sales()]
    assert kept == [receipt for receipt in receipts[ACKED:] if receipt not in on_it]


def test_rows_behind_a_damaged_first_page_are_carried_over_however_high_they_are_numbered(tmp_path: Path) -> None:
    """As in a shop of some years, whose old rows the cloud has and the ledger has no longer."""
    shop = shop_with_history(tmp_path / "shop", sales=SALES)
    path = shop.ledger.path
    sql("UPDATE journal SET n = -1000000 - n", "UPDATE journal SET n = -n", "COMMIT", "VACUUM")(path)
    first, *_ = leaf_pages(path)
    whole, receipts = path.read_bytes(), [sale["receipt"] for sale in shop.sales()]
    on_it = [receipt for receipt in receipts if receipt.encode() in whole[first : first + PAGE_OCTETS]]
    path.write_bytes(whole[:first] + b"\xff" * PAGE_OCTETS + whole[first + PAGE_OCTETS :])
    again = CounterBench(path.parent, seed=9)
    kept = [sale["receipt"] for sale in again.sales()]
    assert kept == [receipt for receipt in receipts[ACKED:] if receipt not in on_it] and len(kept) > SALES // 2


@pytest.mark.parametrize(
    "damage",
    [
        f"UPDATE print_job SET of = {BROKEN_TEXT}", f"UPDATE print_job SET reason = {BROKEN_TEXT}",
        f"UPDATE stock SET sku = {BROKEN_TEXT} WHERE sku = (SELECT min(sku) FROM stock)",
        f"INSERT INTO cmd VALUES ({BROKEN_TEXT}, 'reboot', 'final', '', '', '', '')",
        f"INSERT INTO learned_price VALUES ({BROKEN_TEXT}, 100)", f"UPDATE counter SET body = {BROKEN_TEXT}",
        f"UPDATE meta SET v = {BROKEN_TEXT} WHERE k = 'sess'",
        "UPDATE stock SET sold = x'ff'",
        LOST_COLUMN,
        "UPDATE sale SET bday = '9999-12-31' WHERE no = 1", "UPDATE sale SET no = 'x'", "UPDATE sale SET no = 1e300",
        "UPDATE journal SET body = replace(body, '-0010', '-99999999999999999999')",
        "UPDATE journal SET body = replace(body, '-0010', '\\ud800-0010')",
        "UPDATE meta SET v = '2026-11-24:99999999999999999999:x:9999-12-31' WHERE k = 'receipt_floor'",
    ],
)  # fmt: skip
def test_no_strange_value_keeps_the_new_ledger_from_opening(damage: str, tmp_path: Path) -> None:
    shop = shop_with_history(tmp_path / "shop")
    sql("UPDATE journal SET body = body || ' ' WHERE n = 3", *damage.split("; "))(shop.ledger.path)
    again = CounterBench(shop.folder, seed=9)
    assert again.ledger.set_aside is not None
    assert again.ledger.set_aside.carried > 0
    again.card("ZZ1064", "ZZ1064")
    sold = len(again.sales())
    again.sell(COLA)
    assert len(again.sales()) == sold + 1


def test_the_voice_speaks_as_before_from_a_salvaged_ledger(tmp_path: Path) -> None:
    shop = CounterBench(shop_with_history(tmp_path / "shop").folder, seed=8)
    shop.card(card_code(183), card_code(186))
    before = shop.spoken[-1].manner
    shop.ledger.close(clean=True)
    sql("UPDATE journal SET body = body || ' ' WHERE n = 3")(shop.ledger.path)
    again = CounterBench(shop.folder, seed=9)
    assert again.ledger.set_aside is not None
    again.card(card_code(182))
    assert again.spoken[-1].manner == before


def test_promotions_of_the_cloud_come_out_of_a_damaged_ledger_but_for_what_cannot_be_read(tmp_path: Path) -> None:
    shop = shop_with_history(tmp_path / "shop")
    sql("UPDATE journal SET body = body || ' ' WHERE n = 3",
        """INSERT INTO promotion_set VALUES ('a', 1, '{"x": {}}', 1), ('a', 2, '{}', 0), ('b', 1, '{"x', 1)""",
        "INSERT INTO promotion_set VALUES (x'ff', 1, '{}', 0), ('c', 1, x'ff', 0)")(shop.ledger.path)  # fmt: skip
    again = CounterBench(shop.folder, seed=9)
    assert again.ledger.set_aside is not None
    kept = again.begin().promotion_sets.all()
    assert [(one.name, one.version, one.body, one.in_force) for one in kept] == [
        ("a", 1, '{"x": {}}', True), ("a", 2, "{}", False)
    ]  # fmt: skip


def test_what_customers_owe_comes_out_of_a_damaged_ledger_and_goes_on(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    enrol(shop, "50")
    on_the_tab(shop, COLA)
    shop.ledger.close(clean=False)
    sql(*LOST_COLUMN.split("; "))(shop.ledger.path)
    again = CounterBench(shop.ledger.path.parent, seed=9)
    assert list((tmp_path / "shop" / "aside").iterdir())
    assert owed(again) == 300
    repay(again, "1")
    assert owed(again) == 200
    tx = again.begin()
    assert [(move.kind, move.balance) for move in tx.tabs.newest(NUMBER, 9)] == [("charged", 300), ("repaid", 200)]
    tx.rollback()


def test_an_order_that_is_paid_is_asked_about_from_a_salvaged_ledger(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop")
    order = shop.paid()
    shop.ledger.close(clean=False)
    sql("UPDATE journal SET body = body || ' ' WHERE n = 3")(shop.ledger.path)
    shop.boot()
    assert shop.ledger.set_aside is not None
    online(shop)
    shop.serve(120)
    assert shop.state(order) is ServiceState.COMPLETED


def test_goods_that_were_ordered_are_kept_and_handed_out_from_a_salvaged_ledger(tmp_path: Path) -> None:
    shop = open_orders(tmp_path / "shop")
    order = shop.placed()
    waybill = shop.arrive(order)
    shop.ledger.close(clean=False)
    sql("UPDATE journal SET body = body || ' ' WHERE n = 3")(shop.ledger.path)
    shop.boot()
    assert shop.ledger.set_aside is not None
    online(shop)
    shop.reset_code(waybill, "123456")
    shop.code("123456")
    assert shop.parcel(order).state is ParcelState.STORED, "it is not paid"
    shop.card(card_code(102))
    assert shop.parcel(order).state is ParcelState.RELEASING


def test_an_order_of_an_app_is_picked_from_a_salvaged_ledger(tmp_path: Path) -> None:
    shop = AppBench(tmp_path / "shop")
    shop.go_online()
    order = shop.packed()
    shop.ledger.close(clean=False)
    sql("UPDATE journal SET body = body || ' ' WHERE n = 3")(shop.ledger.path)
    shop.boot()
    assert shop.ledger.set_aside is not None
    tx = shop.begin()
    assert tx.app_orders.find(order.id) == order
    tx.rollback()


def test_each_table_is_carried_over_or_it_is_said_why_not(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "new.db")) as fresh:
        migrate(fresh)
        tables = {name for (name,) in fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(KEPT_TABLES).isdisjoint(TREATED) and set(KEPT_TABLES).isdisjoint(LEFT_BEHIND)
    assert {*KEPT_TABLES, *TREATED, *LEFT_BEHIND} == {name for name in tables if not name.startswith("sqlite_")}
    assert all(LEFT_BEHIND.values())
