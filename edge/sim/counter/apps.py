"""Customers in apps: an order that the cloud tells the shop of, and what whoever fetches it shows at the counter."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from edge.clock import Clock
from edge.codec.json_text import read_object
from edge.codec.wire_order import CODE_DIGITS, PLACE
from edge.reference_cloud.marketplace import app_order
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.store import CloudStore
from edge.sim.counter.goods import goods

TTL_S = 3_600
KINDS = 2
"""Of goods in one order."""
WANTED = ("drinks", "snacks", "home")
_OVER = frozenset({"order.handed_over", "order.cancelled"})


def order_in_app(cloud_file: Path, tid: str, clock: Clock, chance: Random) -> None:
    """Somebody orders goods of this shop, and pays in the app."""
    on_the_shelf = [good for good in goods() if good.dept in WANTED and good.price is not None and good.plu is None]
    lines = [(good.code, chance.choice((1, 2)), good.price or 0) for good in chance.sample(on_the_shelf, KINDS)]
    code = f"{chance.randrange(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    store = CloudStore(cloud_file)
    store.open()
    try:
        args = app_order(len(_placed(store, tid)) + 1, lines, code=code)
        Orders(store, clock, chance).order(tid, PLACE, args, ttl_s=TTL_S, by="svc:apps", hand_in=True)
        store.commit()
    finally:
        store.close()


def fetching_code(cloud_file: Path, tid: str) -> str:
    """What is shown for the oldest order that nobody has fetched; empty: there is none."""
    store = CloudStore(cloud_file)
    store.open()
    try:
        placed = _placed(store, tid)
    finally:
        store.close()
    over = {row.data["oid"] for row in CloudReport(cloud_file).rows(tid, "tx") if row.type in _OVER}
    return next((code for oid, code in placed.items() if oid not in over), "")


def _placed(store: CloudStore, tid: str) -> dict[str, str]:
    """The codes of all orders by their ids, the oldest first."""
    rows = store.rows("SELECT body FROM command WHERE tid = ? ORDER BY cid", (tid,))
    told: list[dict[str, Any]] = [read_object(str(body).encode()) for (body,) in rows]
    return {command["args"]["oid"]: command["args"]["code"] for command in told if command["type"] == PLACE}
