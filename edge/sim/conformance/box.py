"""What a terminal says, made with the models that terminals speak by: one life of its database, one epoch."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from edge.clock import Clock, iso_ms
from edge.codec.bodies import BODIES
from edge.codec.wire_up import Batch, Hello, Request
from edge.model.ids import Ids, ulid

SALE, PARCEL, NOTE = "sale.completed", "parcel.expected", "disk.level"
"""An event of each stream."""
KINDS = {"tx": SALE, "pk": PARCEL, "ev": NOTE}

Wire = dict[str, Any]


class Box:
    """Its events have ids of their own, so that a cloud can be tried again and again."""

    def __init__(self, tid: str, clock: Clock, chance: Random, ids: Ids) -> None:
        self.tid = tid
        self.epoch = ulid(clock.wall(), chance)
        self._clock = clock
        self._chance = chance
        self._ids = ids

    def hello(self, sess: int, *, head: int = 0, acked: int = 0, **more: object) -> Wire:
        """`head` and `acked` are those of the stream tx; the others are empty."""
        empty = {"first": 0, "head": 0, "acked": 0}
        told = {
            "tid": self.tid, "sess": sess, "nonce": f"{self._chance.getrandbits(128):032x}", "boot": 1,
            "boot_reason": "power_on", "app": "conformance", "proto": (1,), "caps": ("gzip", "resend"),
            "epoch": self.epoch, "cfg_ver": 0, "cat_ver": 0,
            "streams": {"tx": {"first": 1, "head": head, "acked": acked}, "pk": empty, "ev": empty},
        }  # fmt: skip
        return Hello.model_validate(told).wire() | more

    def event(self, seq: int, kind: str = SALE, **changes: object) -> Wire:
        now = self._clock.wall()
        body = BODIES[kind].EXAMPLE if kind in BODIES else {"as": "it comes"}
        if kind == SALE:
            body = body | {"receipt": f"{now:%y%m%d}-1-{seq:04d}", "bday": f"{now:%Y-%m-%d}"}
        return {"seq": seq, "id": self._ids.new(now), "type": kind, "sv": 1, "at": iso_ms(now), "boot": 1,
                "up": self._clock.up_ms(), "clk": "ok", "data": body} | changes  # fmt: skip

    def events(self, lo: int, hi: int, kind: str = SALE) -> list[Wire]:
        return [self.event(seq, kind) for seq in range(lo, hi + 1)]

    def batch(self, events: Sequence[object], *, base: int, stream: str = "tx", **more: object) -> Wire:
        """`events` as they are, whatever is wrong with them."""
        told = {"tid": self.tid, "stream": stream, "epoch": self.epoch, "base": base, "n": len(events),
                "sent": iso_ms(self._clock.wall()), "evs": []}  # fmt: skip
        return Batch.model_validate(told).wire() | {"evs": list(events)} | more

    def request(self, kind: str, *, exp_s: int, **args: object) -> Wire:
        now = self._clock.wall()
        told = {"tid": self.tid, "cid": self._ids.new(now), "type": kind, "at": iso_ms(now), "exp_s": exp_s,
                "args": args}  # fmt: skip
        return Request.model_validate(told).wire()
