"""A reference cloud that was told of days of sales whose truth a test knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from cloud_bench import EPOCH, TID, Cloud, batch
from test_jws import SEED

from edge.clock import iso_ms
from edge.codec.wire_term import MAX_EVENTS
from edge.model.ids import uuid7
from edge.reference_cloud.campaigns import CampaignOffice
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.shop_sales import ShopSales, shop_sales

MONDAY = date(2026, 9, 28)
UTC_OF_SHOP = timedelta(hours=8)
PRICE = 350
SIGNER = Signer("cmd-2026q4", SEED)


def at(day: date, hour: float) -> datetime:
    """A local hour of the shop."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour) - UTC_OF_SHOP


class InsightBench(Cloud):
    """See `Cloud`; any number of shops."""

    def __init__(self, path: Path, *, seed: int = 1) -> None:
        super().__init__(path)
        self.chance = Random(seed)
        self._seqs: dict[tuple[str, str], int] = {}
        self._waiting: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.office = CampaignOffice(self.store, Orders(self.store, self.clock, self.chance), self.clock, SIGNER)

    def tell(self, kind: str, data: dict[str, Any], when: datetime, *, stream: str = "tx", tid: str = TID) -> str:
        """One event; it goes up with `flush`. Its id."""
        lane = (tid, stream)
        seq = self._seqs[lane] = self._seqs.get(lane, 0) + 1
        event_id = uuid7(when, self.chance)
        self._waiting.setdefault(lane, []).append(
            {"seq": seq, "id": event_id, "type": kind, "sv": 1, "at": iso_ms(when), "boot": 1, "up": seq,
             "clk": "ok", "data": data}
        )  # fmt: skip
        return event_id

    def sale(self, goods: Mapping[str, int], when: datetime, *, tid: str = TID, price: int = PRICE) -> str:
        """Pieces by sku, all at one price."""
        lines = [
            {"n": n, "kind": "item", "sku": sku, "name": f"货{sku[-3:]}", "qty": str(pieces), "price": price,
             "amt": pieces * price}
            for n, (sku, pieces) in enumerate(goods.items(), 1)
        ]  # fmt: skip
        total = sum(goods.values()) * price
        day = (when + UTC_OF_SHOP).date().isoformat()
        return self.tell(
            "sale.completed",
            {"receipt": f"r-{self._seqs.get((tid, 'tx'), 0)}", "bday": day, "till": "1", "cur": "CNY", "total": total,
             "rounding": 0, "disc": 0, "lines": lines, "pay": [{"m": "cash", "amt": total}]},
            when, tid=tid,
        )  # fmt: skip

    def flush(self) -> None:
        for (tid, stream), events in self._waiting.items():
            for part in _chunks(events):
                told = batch(*part, stream=stream, epoch=EPOCH)
                self.hear(stream, told | {"tid": tid}, tid=tid)
        self._waiting.clear()

    def of_shop(self, tid: str = TID) -> ShopSales:
        self.flush()
        return shop_sales(self.report, tid)


def _chunks(events: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (events[begin : begin + MAX_EVENTS] for begin in range(0, len(events), MAX_EVENTS))
