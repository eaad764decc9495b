"""What an honest observer saw of service orders, beside what the journal tells."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

SUBMIT = b'"service.submit"'
"""In what asks a provider to carry out an order."""
Rows = Callable[..., list[tuple[Any, ...]]]
"""What a query finds on the disk."""


class ServicesSeen:
    """`ends` counts orders by kind, and by what became of them. `forgotten`: of which a past of the box knew more than
    the copy that was put in, with their state then. `handed`: whether the customer of a loan was given its cash.
    `slips`: by the number of a bank's slip, which way how much was to be noted.
    """

    def __init__(self) -> None:
        self.ends: Counter[tuple[str, str]] = Counter()
        self.forgotten: dict[str, str] = {}
        self.handed: dict[str, bool] = {}
        self.slips: dict[str, tuple[str, int]] = {}

    def forget(self, orders: Mapping[str, tuple[str, ...]]) -> None:
        self.forgotten |= {soid: state for soid, (state, *_) in orders.items()}

    def leaving(self, payload: bytes, rows: Rows) -> list[str]:
        """An order leaves for its provider once its sale is on the disk, and not before."""
        if SUBMIT not in payload:
            return []
        args = json.loads(payload)["args"]
        found = rows("SELECT state FROM service_order WHERE id = ? AND sale = ?", args["soid"], args["sale"])
        sold = rows("SELECT count(*) FROM sale WHERE id = ?", args["sale"])
        if found and found[0][0] in ("submitted", "unknown") and sold[0][0]:
            return []
        return [f"order {args['soid']} leaves for its provider, it is {found}, its sale {sold}"]
