"""Bugs to plant in the sending of parcels, each with the sentence by which the simulated year must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from edge.codec import wire_parcel
from edge.model.parcel_records import ParcelLabelled
from edge.model.records import Record
from edge.model.shipment import add_fee
from edge.services import sending
from edge.services.fee_expiry import FeeExpiry
from edge.store.transaction import LedgerTransaction

Plant = Callable[[pytest.MonkeyPatch], None]


def label_what_is_paid_by_halves(patch: pytest.MonkeyPatch) -> None:
    """Every other label is forgotten: the customer has paid, and the parcel has no number."""
    append = LedgerTransaction.append

    def forgetful(tx: Any, record: Record, *, id: str | None = None) -> Any:
        if isinstance(record, ParcelLabelled) and tx._heads.n % 2:
            return None
        return append(tx, record, id=id)

    patch.setattr(LedgerTransaction, "append", forgetful)


def label_it_twice(patch: pytest.MonkeyPatch) -> None:
    append = LedgerTransaction.append

    def twice(tx: Any, record: Record, *, id: str | None = None) -> Any:
        if isinstance(record, ParcelLabelled):
            append(tx, record)
        return append(tx, record, id=id)

    patch.setattr(LedgerTransaction, "append", twice)


def ask_more_than_the_carrier(patch: pytest.MonkeyPatch) -> None:
    read = wire_parcel.read_quote

    def dearer(out: object) -> wire_parcel.Quote | None:
        quote = read(out)
        return quote.model_copy(update={"fee": quote.fee + 100}) if quote is not None else None

    patch.setattr(wire_parcel, "read_quote", dearer)


def take_half_of_the_fee(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        sending, "add_fee", lambda sale, told: add_fee(sale, replace(told, fee=type(told.fee)(told.fee // 2)))
    )


def keep_a_fee_that_ran_out(patch: pytest.MonkeyPatch) -> None:
    """It stays in the bill, and the carrier hears of it a day later."""
    patch.setattr(FeeExpiry, "_due", lambda *_: None)


SENDING_QUIET: tuple[tuple[Plant, str], ...] = (
    (label_what_is_paid_by_halves, "its label is for None"),
    (label_it_twice, "is labelled for"),
    (ask_more_than_the_carrier, "it takes"),
    (take_half_of_the_fee, "its label is for|asked for|the box has"),
    (keep_a_fee_that_ran_out, "ran out and is in the bill|the box has"),
)
