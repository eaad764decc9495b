"""The protocols of lock boards by their areas of `vectors.json`, for a technician's magnifying glass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge.codec import lock_8a, lock_cu16, lock_cu48, lock_dc, lock_modbus, lock_wkly

LOCK_AREAS: dict[str, Callable[[bytes, bytes | None], dict[str, Any]]] = {
    "lock_8a": lock_8a.describe,
    "lock_cu16": lock_cu16.describe,
    "lock_cu48": lock_cu48.describe,
    "lock_dc": lock_dc.describe,
    "lock_wkly": lock_wkly.describe,
    "modbus": lock_modbus.describe,
}
