"""The reference cloud on a real file with a clock that a test moves, and messages to feed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from edge.codec.bodies import BODIES
from edge.codec.json_text import pack_object, read_object
from edge.codec.topics import Topics
from edge.codec.wire import read_down
from edge.messages import Publish
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.intake import StoredSale
from edge.reference_cloud.report import CloudReport, LaneReport
from edge.reference_cloud.store import CloudStore

TID = "T7K3M9Q2"
EPOCH = "01KAQ3Z8F0S7J6W2R9XDBN4V5C"
NEW_EPOCH = "01KAQ5M2C4T8K1V6P0YBHZ3N7D"


@dataclass
class StillClock:
    """A clock that a test moves."""

    mono_s: float = 1000.0
    at: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 2, 14, tzinfo=UTC))

    def pass_s(self, seconds: float) -> None:
        self.mono_s += seconds
        self.at += timedelta(seconds=seconds)

    def mono(self) -> float:
        return self.mono_s

    def wall(self) -> datetime:
        return self.at

    def up_ms(self) -> int:
        return int(self.mono_s * 1000)

    def boot_id(self) -> str:
        return "cloud"

    def synced(self) -> bool:
        return True


class Cloud:
    """An ingest on a real file, its answers read as a terminal would read them."""

    def __init__(self, path: Path, clock: StillClock | None = None) -> None:
        self.path = path
        self.clock = clock or StillClock()
        self.sales: list[StoredSale] = []
        self.store = CloudStore(path)
        self.store.open()
        self.ingest = Ingest(self.store, self.clock, Random(1), told=self.sales.append)
        self.report = CloudReport(path)

    def hear(self, leaf: str, message: dict[str, Any], *, tid: str = TID) -> list[dict[str, Any]]:
        self.ingest.take(f"stores/v1/{tid}/up/{leaf}", pack_object(message))
        return self.said(self.ingest.commit())

    def said(self, published: list[Publish]) -> list[dict[str, Any]]:
        for message in published:
            read_down(Topics(), message.topic, message.payload)
        return [read_object(message.payload) for message in published]

    def lane(self, stream: str = "tx", epoch: str = EPOCH) -> LaneReport:
        return next(lane for lane in self.report.lanes(TID) if (lane.stream, lane.epoch) == (stream, epoch))

    def seqs(self, stream: str = "tx") -> list[int]:
        return [row.seq for row in self.report.rows(TID, stream)]


def event_id(n: int) -> str:
    return f"019aadf2-18f1-7c3e-9d51-{n:012x}"


def event(seq: int, *, n: int | None = None, kind: str = "sale.completed", **changes: Any) -> dict[str, Any]:
    body = BODIES[kind].EXAMPLE if kind in BODIES else {"as": "it comes"}
    return {"seq": seq, "id": event_id(seq if n is None else n), "type": kind, "sv": 1,
            "at": "2026-11-23T02:14:58.004Z", "boot": 17, "up": 1000 * seq,
            "clk": "ok", "data": body} | changes  # fmt: skip


def batch(
    *events: dict[str, Any], base: int | None = None, epoch: str = EPOCH, stream: str = "tx", **more: Any
) -> dict[str, Any]:
    return {"v": 1, "tid": TID, "stream": stream, "epoch": epoch,
            "base": base if base is not None else events[0]["seq"], "n": len(events),
            "sent": "2026-11-23T02:16:12.003Z", "evs": list(events)} | more  # fmt: skip


def hello(*, sess: int = 412, epoch: str = EPOCH, tx: tuple[int, int] = (0, 0), **more: Any) -> dict[str, Any]:
    none = {"first": 0, "head": 0, "acked": 0}
    return {"v": 1, "tid": TID, "sess": sess, "nonce": "q0b3Zp8dT6mV1yXc4Rk2wA", "boot": 17, "app": "0.1.0",
            "proto": [1], "caps": ["gzip"], "epoch": epoch, "cfg_ver": 31, "cat_ver": 20881,
            "streams": {"tx": {"first": 1, "head": tx[0], "acked": tx[1]}, "pk": none, "ev": none}} | more  # fmt: skip


def acks(said: list[dict[str, Any]]) -> list[int]:
    return [message["upto"] for message in said if message.get("t") == "ack"]


def of_kind(said: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [message for message in said if message.get("t") == kind]


def request(n: int, kind: str, **args: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "tid": TID,
        "cid": event_id(n),
        "type": kind,
        "at": "2026-11-23T02:14:02.000Z",
        "exp_s": 3,
        "args": args,
    }
