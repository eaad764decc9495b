"""Records of the parcel station → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from edge.model import parcel_records as r
from edge.model.parcel import Parcel


def _parcel(parcel: Parcel) -> dict[str, object]:
    """What it is and where it lies. Whose it is the cloud knows: neither name nor phone goes out."""
    told: dict[str, object] = {"parcel": parcel.id, "waybill": parcel.waybill, "carrier": parcel.carrier}
    if parcel.cell:
        told |= {"box": parcel.cell, "size": parcel.size.name}
    return told | ({"shelf": parcel.shelf} if parcel.shelf else {})


def _filled(**words: object) -> dict[str, object]:
    """Absent keys mean "not applicable" (contract B3)."""
    return {key: value for key, value in words.items() if value not in ("", None)}


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _expected(record: r.ParcelExpected) -> dict[str, object]:
    return _parcel(record.parcel) | _filled(consent=record.parcel.consent)


def _stored(record: r.ParcelStored) -> dict[str, object]:
    parcel = record.parcel
    told = _filled(
        auth="courier" if parcel.by else "owner", courier=parcel.by, how=record.how, dev=record.device,
        door=record.door, due=_at(parcel.due_at), consent=parcel.consent,
    )  # fmt: skip
    return _parcel(parcel) | told | {"photo": None}


def _cancelled(record: r.ParcelCancelled | r.ParcelRefused) -> dict[str, object]:
    return _parcel(record.parcel) | {"why": record.why}


def _collected(record: r.ParcelCollected) -> dict[str, object]:
    told = _filled(how=record.how, dev=record.device, door=record.door, by=record.by)
    return _parcel(record.parcel) | told


def _overdue(record: r.ParcelOverdue) -> dict[str, object]:
    return _parcel(record.parcel) | _filled(due=_at(record.parcel.due_at))


def _whereabouts(record: r.ParcelMissing | r.ParcelFound) -> dict[str, object]:
    return _parcel(record.parcel)


def _returned(record: r.ParcelReturned) -> dict[str, object]:
    return _parcel(record.parcel) | _filled(why=record.why, courier=record.courier, door=record.door)


def _accepted(record: r.ParcelLabelled | r.ParcelAccepted) -> dict[str, object]:
    return _parcel(record.parcel) | {"grams": record.grams, "cur": "CNY", "fee": record.fee} | _filled(sale=record.sale)


def _handed_over(record: r.ParcelHandedOver) -> dict[str, object]:
    return _parcel(record.parcel) | {"courier": record.courier}


def _notified(record: r.ParcelNotified) -> dict[str, object]:
    return {"parcel": record.parcel, "waybill": record.waybill, "state": record.state} | _filled(why=record.why)


def _reminded(record: r.ParcelReminded) -> dict[str, object]:
    return {"parcel": record.parcel, "waybill": record.waybill, "hours": record.hours}


def _opened(record: r.LockerOpened) -> dict[str, object]:
    return {"box": record.cell, "why": record.why} | _filled(parcel=record.parcel, by=record.by)


def _closed(record: r.LockerClosed) -> dict[str, object]:
    told: dict[str, object] = {"box": record.cell, "item": record.content}
    return told | _filled(parcel=record.parcel, open_s=record.open_s)


def _forced(record: r.LockerForced) -> dict[str, object]:
    return {"box": record.cell} | _filled(parcel=record.parcel)


def _cell(record: r.CellChanged) -> dict[str, object]:
    return {"box": record.cell, "state": record.state, "why": record.why} | _filled(parcel=record.parcel)


def _ended(record: r.DoorEnded) -> dict[str, object]:
    told: dict[str, object] = {"pulse": record.pulse, "box": record.cell, "outcome": record.outcome}
    return told | _filled(reason=record.reason[:200])


def _left_open(record: r.DoorLeftOpen) -> dict[str, object]:
    return {"box": record.cell, "since": _at(record.since)} | _filled(parcel=record.parcel)


def _locked(record: r.CodesRefused) -> dict[str, object]:
    return {"dev": record.device, "wrong": record.wrong, "wait_s": record.wait_s}


PARCEL_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {
        r.ParcelExpected: _expected,
        r.ParcelStored: _stored,
        r.ParcelCancelled: _cancelled,
        r.ParcelCollected: _collected,
        r.ParcelRefused: _cancelled,
        r.ParcelOverdue: _overdue,
        r.ParcelReturned: _returned,
        r.ParcelMissing: _whereabouts,
        r.ParcelFound: _whereabouts,
        r.ParcelLabelled: _accepted,
        r.ParcelAccepted: _accepted,
        r.ParcelHandedOver: _handed_over,
        r.ParcelNotified: _notified,
        r.ParcelReminded: _reminded,
        r.LockerOpened: _opened,
        r.LockerClosed: _closed,
        r.LockerForced: _forced,
        r.CellChanged: _cell,
        r.DoorEnded: _ended,
        r.DoorLeftOpen: _left_open,
        r.CodesRefused: _locked,
    }
)
"""Their part of `record_body`."""
