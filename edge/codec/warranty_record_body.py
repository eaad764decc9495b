"""The record of a serial number that was not captured → the body of its event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.warranty_records import SerialSkipped


def _skipped(record: SerialSkipped) -> dict[str, object]:
    return {"sale": record.sale, "n": record.n, "sku": record.sku}


WARRANTY_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType({SerialSkipped: _skipped})
"""Their part of `record_body`."""
