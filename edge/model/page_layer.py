"""The page's layer of settings: what may be set at the page, and which of it stands above what the cloud set.

    the shop's file  ◄─ what the page set ◄─ what the cloud set ◄─ what the page set of LOCAL keys and of devices

A device's table stands for the whole device, since the keys of one driver mean nothing to another; None: there is no
such device, whatever the file says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from edge.errors import ModelError

DEVICES = "devices"
LOCAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "terminal": ("shop_name", "language", "time_zone", "till", "day_starts", "quantity", "double_read_ms"),
        "receipt": ("header", "footer", "print"),
        "voice": ("yao",),
        "parcels": ("shelf",),
    }
)
"""What only who stands in the shop can judge: the page's value wins."""
SHARED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "terminal": ("rounding",),
        "promotions": ("hint_percent",),
        "parcels": ("code_days",),
        "replenishment": ("service_percent", "max_cover_days"),
    }
)  # fmt: skip
"""What the page may set, too, as long as the cloud does not: about money, its word counts. Limits that hold the
technician, too (refunds, cut prices, shifts), are the file's and the cloud's: nobody sets their own.
"""


@dataclass(frozen=True, slots=True)
class Change:
    """`back`: what the page set is forgotten, and what lies below counts again."""

    table: str
    key: str
    value: Any = None
    back: bool = False


def may_set(table: str, key: str) -> bool:
    return table == DEVICES or key in LOCAL.get(table, ()) or key in SHARED.get(table, ())


def wins(table: str, key: str) -> bool:
    """Whether what the page set stands above what the cloud set."""
    return table == DEVICES or key in LOCAL.get(table, ())


def changed(body: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """The layer after these changes. Raises ModelError for what is not the page's to set."""
    tables = {table: dict(keys) for table, keys in body.items()}
    for one in changes:
        if not may_set(one.table, one.key):
            raise ModelError("this is not set at the page", where=f"{one.table}.{one.key}")
        keys = tables.setdefault(one.table, {})
        if one.back:
            keys.pop(one.key, None)
        else:
            keys[one.key] = one.value
    return {table: keys for table, keys in tables.items() if keys}


def parted(body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what lies below the cloud's layer, what lies above it)."""
    below: dict[str, Any] = {}
    above: dict[str, Any] = {}
    for table, keys in body.items():
        for key, value in keys.items():
            (above if wins(table, key) else below).setdefault(table, {})[key] = value
    return below, above
