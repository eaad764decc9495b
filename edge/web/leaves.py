"""What leaves my shop: each kind of record with each of its fields, by purpose, from one list (row 89).

The words say what an area is and why it goes; types and fields are read from `model/closed_list.py`, which is what the
terminal's codec writes: this page cannot say less than what leaves.
"""

from __future__ import annotations

from edge.codec.topics import Up
from edge.model.closed_list import CLOSED_LIST, Purpose
from edge.model.records import Stream
from edge.web.site import Asking, Shown, View

BESIDE = tuple(up for up in Up if up.value not in set(Stream))
"""What goes to the cloud beside records."""


class RecordShown(Shown):
    type: str
    fields: tuple[str, ...]


class AreaShown(Shown):
    """Records whose types begin alike; `area` is that beginning."""

    area: str
    records: tuple[RecordShown, ...]


class PurposeShown(Shown):
    purpose: Purpose
    areas: tuple[AreaShown, ...]


class Leaves(Shown):
    """`beside`: messages that are no records, by the last level of their topic."""

    purposes: tuple[PurposeShown, ...]
    beside: tuple[str, ...]


def leaves_view() -> View:
    shown = Leaves(purposes=tuple(map(_purpose, Purpose)), beside=tuple(up.value for up in BESIDE))

    def read(_: Asking) -> Leaves:
        return shown

    return View("leaves", "/leaves", Leaves, read)


def _purpose(purpose: Purpose) -> PurposeShown:
    areas: dict[str, list[RecordShown]] = {}
    for kind, leaves in CLOSED_LIST.items():
        if leaves.purpose is purpose:
            record = RecordShown(type=kind, fields=tuple(sorted(leaves.fields)))
            areas.setdefault(kind.partition(".")[0], []).append(record)
    return PurposeShown(
        purpose=purpose,
        areas=tuple(AreaShown(area=area, records=tuple(records)) for area, records in areas.items()),
    )
