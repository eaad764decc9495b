"""What people order of the shop in an app: the platform's memory, which says each thing until it is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from edge.codec.wire_order import CANCEL, CODE_DIGITS, PLACE
from edge.reference_cloud.marketplace import app_order
from edge.sim.year.box import TID
from edge.sim.year.clock import YearClock
from edge.sim.year.cloud import SimulatedCloud
from edge.sim.year.network import Network

TTL_S = 900
"""Of what is said once; then it is said again, as the same order."""
KIND = "app_order"


@dataclass(slots=True)
class Wanted:
    """An order that was paid in an app. `is_off`: its customer does not want it any more, or the shop cannot have it.

    `kind` and `cid` are of the command that was given last, `answer` is how the box ended it. `given`: whoever showed
    its code has the bag. `is_promised`: the shop has said yes to it.
    """

    args: dict[str, Any]
    is_off: bool = False
    kind: str = ""
    cid: str = ""
    until_mono: float = 0.0
    answer: str = ""
    given: bool = False
    is_promised: bool = False

    @property
    def wish(self) -> str:
        return CANCEL if self.is_off else PLACE

    @property
    def is_answered(self) -> bool:
        """Whether the box has said yes, or that it was too late."""
        return self.kind == self.wish and (self.answer == "done" or (self.is_off and self.answer == "failed"))


class AppMarket:
    """`orders` by their ids. `ends` counts what became of them, with what the witness counts of others."""

    def __init__(self, cloud: SimulatedCloud, network: Network, clock: YearClock, chance: Random) -> None:
        self.orders: dict[str, Wanted] = {}
        self.ends: Counter[tuple[str, str]] = Counter()
        self._cloud = cloud
        self._network = network
        self._clock = clock
        self._chance = chance

    @property
    def is_away(self) -> bool:
        """Whether nothing comes through between shop and platform."""
        return not self._network.well or self._network.swallows

    @property
    def rests(self) -> bool:
        return all(wanted.is_answered for wanted in self.orders.values())

    def order(self, lines: Sequence[tuple[str, int, int]]) -> None:
        """(sku, pieces, fen) of each line; each order has a code of its own."""
        n = len(self.orders) + 1
        code = f"{n:04d}" + "".join(self._chance.choice("0123456789") for _ in range(CODE_DIGITS - 4))
        args = app_order(n, lines, code=code)
        self.orders[args["oid"]] = Wanted(args)
        self.say()

    def call_off(self, oid: str) -> None:
        self.orders[oid].is_off = True
        self.say()

    def close(self) -> None:
        """Whoever has not fetched it by now does not want it any more."""
        for wanted in self.orders.values():
            wanted.is_off |= not wanted.given

    def say(self) -> None:
        """What the box has not answered yet, once more when it is time."""
        for oid, wanted in self.orders.items():
            if wanted.is_answered:
                continue
            state = self._cloud.command_state(wanted.cid) if wanted.cid else ""
            if wanted.kind == wanted.wish and state in ("done", "failed"):
                self._hear(wanted, state)
            if not wanted.is_answered and not self._waits(wanted, state):
                self._say(oid, wanted)

    def _hear(self, wanted: Wanted, state: str) -> None:
        """A shop that cannot have it is one that declines."""
        wanted.answer = state
        wanted.is_promised |= (wanted.kind, state) == (PLACE, "done")
        if state == "failed" and not wanted.is_off:
            wanted.is_off = True
            self.ends[KIND, "decline"] += 1

    def _waits(self, wanted: Wanted, state: str) -> bool:
        """Whether the answer to what was said last may still come."""
        is_out = state in ("sent", "accepted", "running") and self._clock.mono_s < wanted.until_mono
        return wanted.kind == wanted.wish and is_out

    def _say(self, oid: str, wanted: Wanted) -> None:
        wish = wanted.wish
        self.ends[KIND, "expiry"] += (
            bool(wanted.cid) and wanted.kind == wish and wanted.until_mono <= self._clock.mono_s
        )
        args = wanted.args if wish == PLACE else {"oid": oid, "why": "customer"}
        wanted.kind, wanted.answer, wanted.until_mono = wish, "", self._clock.mono_s + TTL_S
        wanted.cid = self._cloud.command(TID, wish, args, ttl_s=TTL_S)
