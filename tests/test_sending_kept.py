"""What is kept of a parcel that was sent: as long as its fee could be asked back, and over a damaged ledger."""

from __future__ import annotations

from pathlib import Path

from send_bench import EXACT, SEND, STOP, SendBench
from test_ledger_damage import sql

from edge.codec.command_card import card_code
from edge.model.parcel import ParcelState
from edge.model.records import Stream
from edge.services.forgetting import KEEP, KEEP_PARCELS, KEEP_UNPAID

DAY_S = 86_400.0
SUBTOTAL = card_code(101)


def acknowledge_all(shop: SendBench) -> None:
    tx = shop.begin()
    for stream in Stream:
        tx.outbox.acknowledge(stream, tx.outbox.position(stream).head)
    tx.commit()


def is_known(shop: SendBench, waybill: str) -> tuple[bool, bool]:
    """(the parcel, what the cloud said of it)."""
    tx = shop.begin()
    ((parcels,),) = tx._read("SELECT count(*) FROM parcel WHERE waybill = ?", (waybill,))
    ((shipments,),) = tx._read("SELECT count(*) FROM shipment WHERE waybill = ?", (waybill,))
    tx.rollback()
    return bool(parcels), bool(shipments)


def pass_days(shop: SendBench, days: float) -> None:
    shop.sleep_s(days * DAY_S)
    acknowledge_all(shop)
    for _ in range(2):
        shop.sleep_s(1300)


def test_a_parcel_that_was_sent_is_known_as_long_as_the_sale_of_its_fee(tmp_path: Path) -> None:
    shop = SendBench(tmp_path / "shop")
    shop.go_online()
    quote = shop.accepted()
    shop.courier()
    shop.scan(quote.waybill)
    assert shop.known(quote.waybill).state is ParcelState.HANDED_OVER
    pass_days(shop, KEEP_PARCELS.days + 1)
    assert is_known(shop, quote.waybill) == (True, True)
    shop.sell()
    pass_days(shop, KEEP.days)
    pass_days(shop, 1)
    assert is_known(shop, quote.waybill) == (False, False)


def test_a_fee_in_a_bill_that_is_paid_in_part_is_known_when_it_is_paid_days_later(tmp_path: Path) -> None:
    shop = SendBench(tmp_path / "shop", scale=False)
    shop.go_online()
    quote = shop.in_basket()
    shop.card(SUBTOTAL)
    shop.keys("5E")
    pass_days(shop, KEEP_UNPAID.days + 2)
    shop.card(SEND)
    shop.card(STOP)
    shop.card(EXACT)
    assert is_known(shop, quote.waybill) == (True, True)
    assert [row["data"]["parcel"] for row in shop.records("parcel.labelled")] == [quote.parcel]


def test_a_parcel_that_waits_for_its_courier_comes_out_of_a_damaged_ledger(tmp_path: Path) -> None:
    shop = SendBench(tmp_path / "shop")
    shop.go_online()
    quote = shop.accepted()
    shop.ledger.close(clean=True)
    sql("UPDATE journal SET hash = x'00' WHERE n = 1")(shop.ledger.path)
    shop.boot()
    assert shop.ledger.set_aside is not None
    shop.courier()
    shop.scan(quote.waybill)
    assert shop.known(quote.waybill).state is ParcelState.HANDED_OVER
