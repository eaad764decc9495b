"""A purchase order in each of its records, for the tests of what is written and drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from edge.model import purchase_records as records
from edge.model.money import Fen, Milli
from edge.model.purchase import MAX_LINES, Compared, PurchaseLine, PurchaseOrder, PurchaseState

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
LINES = (
    PurchaseLine(1, "6901234567892", "可乐 330ml", 24, 2, Fen(4_800), 2, on_hand=Milli(7_000)),
    PurchaseLine(2, "6901234567905", "方便面", 12, 3, Fen(3_600), 3, carton="16901234567902", why="cheaper",
                 compared=(Compared("LST", Fen(311), 12, 2), Compared("ULE", Fen(325), 24, 3))),
)  # fmt: skip
ORDER = PurchaseOrder(
    "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "041772935", "LST", PurchaseState.CONFIRMED, LINES, Fen(1_500), AT, AT,
    Fen(28_800), Fen(1_500), by="3f9a0c61d2be",
)  # fmt: skip
LONGEST = replace(
    ORDER, lines=tuple(PurchaseLine(n, f"{n:032d}", "名" * 80, 9_999, 999, Fen(10**8 - 1), 999, on_hand=Milli(-(10**9)))
                       for n in range(1, MAX_LINES + 1)),
)  # fmt: skip
PURCHASE_RECORDS: list[records.PurchaseRecord] = [
    records.PurchaseSuggested(replace(ORDER, state=PurchaseState.PROPOSED)),
    records.PurchaseConfirmed(ORDER),
    records.PurchasePlaced(replace(ORDER, rev=1)),
    records.PurchaseAccepted(replace(ORDER, rev=2)),
    records.PurchaseChanged(replace(ORDER, rev=2, offered=LINES[:1], offered_fee=Fen(1_500), why="short of stock")),
    records.PurchaseRejected(replace(ORDER, rev=2, why="not delivered here")),
    records.PurchaseShipped(replace(ORDER, rev=3, waybills=("YT7500000000001",))),
    records.PurchaseReceived(
        replace(ORDER, rev=3, state=PurchaseState.RECEIVED_WITH_DIFF),
        (records.Got(1, "6901234567892", 48), records.Got(2, "6901234567905", 30, damaged=2), records.Got(0, "690", 1)),
    ),
    records.PurchaseCancelled(replace(ORDER, why="owner")),
    records.PurchaseExpired(ORDER),
    records.PurchaseSuggested(LONGEST),
    records.PurchaseConfirmed(LONGEST),
    records.PurchaseChanged(replace(LONGEST, offered=LONGEST.lines)),
]
