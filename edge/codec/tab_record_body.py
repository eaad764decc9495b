"""Records of the customer tab → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.codec.day_record_body import CURRENCY
from edge.model.tab_records import TabCharged, TabEnrolled, TabRepaid


def _enrolled(record: TabEnrolled) -> dict[str, object]:
    return {"customer": record.customer, "cur": CURRENCY, "limit": record.limit, "by": record.by}


def _moved(record: TabCharged | TabRepaid) -> dict[str, object]:
    return {
        "customer": record.customer, "sale": record.sale, "cur": CURRENCY, "amt": record.amount,
        "balance": record.balance,
    }  # fmt: skip


TAB_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {TabEnrolled: _enrolled, TabCharged: _moved, TabRepaid: _moved}
)
"""Their part of `record_body`."""
