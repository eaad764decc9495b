"""One of each record of orders that came from an app."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from edge.model import app_order_records as r
from edge.model.app_order import AppLine, AppOrder, AppOrderState
from edge.model.money import Fen

AT = datetime(2026, 11, 23, 2, 0, 5, 1_999, UTC)
LINE = AppLine("6901234567892", "可乐", 2, Fen(300))
PLACED = AppOrder("T-20261123-000817", "17", "alibaba", "0" * 64, (LINE,), AT)
_PACKED = replace(PLACED, lines=(replace(LINE, picked=1),), state=AppOrderState.PACKED)

ORDER_SAMPLES: list[r.OrderRecord] = [
    r.OrderPlaced(PLACED),
    r.OrderPacked(_PACKED),
    r.OrderHandedOver(replace(_PACKED, state=AppOrderState.HANDED_OVER), date(2026, 11, 23)),
    r.OrderCancelled(replace(PLACED, state=AppOrderState.CANCELLED), "customer"),
    r.OrderCancelled(AppOrder("T-1", "", "", "", (), AT, AppOrderState.CANCELLED), "customer"),
]
