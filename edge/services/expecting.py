"""What the cloud says will come: parcels before they are here, and whose they are (parcel.expect, class N)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from edge.codec.wire_parcel import EXPECT, Expected, read_expected
from edge.errors import WireError
from edge.model.cell import Size
from edge.model.parcel import HERE, Parcel, ParcelState
from edge.model.parcel_records import ParcelExpected
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered

__all__ = ["EXPECT", "expect"]

FORGOTTEN = timedelta(days=30)
"""What was announced so long ago and never came is not waited for any more."""


def expect(ordered: Ordered, tx: Transaction) -> Answered:
    """Carry out parcel.expect in the transaction in which its cid is stored. What is here already stays as it is."""
    try:
        told = read_expected(ordered.args)
    except WireError as error:
        return Answered(ordered.cid, "rejected", code=error.code, msg=error.what)
    tx.parcels.forget_expected(tx.stamp.at - FORGOTTEN)
    for parcel in told:
        _take(parcel, tx)
    return Answered(ordered.cid, "done", out={"parcels": len(told)})


def _bring(order_id: str, parcel: str, tx: Transaction) -> None:
    """One more parcel brings what was ordered here for a customer, who fetches it with the slip of the order."""
    goods = tx.online_orders.find(order_id)
    if goods is not None and parcel not in goods.parcels:
        tx.online_orders.keep(replace(goods, parcels=(*goods.parcels, parcel)))


def _take(told: Expected, tx: Transaction) -> None:
    known = tx.parcels.by_waybill(told.waybill)
    other = tx.parcels.find(told.parcel)
    if known is not None and known.state in HERE:
        if told.soid is not None and tx.online_orders.of_parcel(known.id) is None:
            _bring(told.soid, known.id, tx)  # one that another order keeps is not freed by this one
        return
    if other is not None and other.waybill != told.waybill:
        return
    if told.soid is not None:
        _bring(told.soid, told.parcel, tx)
    size = Size[told.size] if told.size else Size.S
    parcel = Parcel(
        told.parcel, told.waybill, told.carrier or "", ParcelState.EXPECTED, told.recipient, told.consent, size,
        at=tx.stamp.at,
    )  # fmt: skip
    if other is None or other.state is ParcelState.EXPECTED:
        tx.append(ParcelExpected(parcel))
