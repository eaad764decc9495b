"""A box, its cloud and the line between them on one virtual clock, and the one who watches.

While somebody stands at the counter, every timer rings at its moment. While nobody does, time goes in strides: what is
due within one rings late, once, as on a machine that was asleep. That is what makes a year fit into half a minute.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

from edge.sim.year.agenda import Agenda
from edge.sim.year.app_market import AppMarket
from edge.sim.year.box import Box
from edge.sim.year.clock import TrueClock, YearClock
from edge.sim.year.cloud import SimulatedCloud
from edge.sim.year.deals import Deals
from edge.sim.year.faults import Faults
from edge.sim.year.invariants import AFTER_EVERY_STEP, hold
from edge.sim.year.network import Network
from edge.sim.year.post import Post
from edge.sim.year.wall import Wall
from edge.sim.year.witness import Witness

BUSY_S = 8.0
"""After a gesture time runs finely for so long: linger, print and answer fall into it."""
STRIDE_S = (600.0, 7200.0)


class World:
    """Built on an empty `folder`; nothing runs until cloud and box are started. `station`: with parcels and a wall."""

    def __init__(self, folder: Path, chance: Random, faults: Faults, *, station: bool = False) -> None:
        self.clock = YearClock()
        self.agenda = Agenda(self.clock)
        self.network = Network(self.agenda, Random(chance.random()), faults, self.hurry)
        self.cloud = SimulatedCloud(folder, self.agenda, TrueClock(self.clock), self.network, Random(chance.random()))
        deals = Deals(Random(chance.random()))
        post = Post(Wall(Random(chance.random())), Random(chance.random())) if station else None
        self.witness = Witness(self.cloud, deals, post)
        self.box = Box(
            folder / "box", self.agenda, self.clock, self.network, Random(chance.random()), self.witness, deals.text,
            post.wall if post is not None else None,
        )  # fmt: skip
        market = AppMarket(self.cloud, self.network, self.clock, Random(chance.random()))
        self.witness.follow(market)
        self._chance = Random(chance.random())
        self._busy_until = 0.0
        self._judged = (-1, 0, 0)

    def hurry(self, seconds: float = BUSY_S) -> None:
        """Somebody stands here, or something has just begun: no strides for so long."""
        self._busy_until = max(self._busy_until, self.clock.mono_s + seconds)

    def pass_s(self, seconds: float) -> None:
        """Let time go by, and judge after every step. Raises Violation."""
        until = self.clock.mono_s + seconds
        while True:
            self.box.settle()
            self.judge()
            due = self._next_mono()
            if due > until:
                self.clock.mono_s = until
                return
            self.clock.mono_s = max(self.clock.mono_s, due)
            if self.agenda.next_mono <= self.clock.mono_s:
                self.agenda.run_next()

    def judge(self) -> None:
        """After each step in which something happened. Raises Violation."""
        state = (self.box.handled, self.box.cuts, self.box.ends)
        if state != self._judged:
            self._judged = state
            self.witness.look()
            hold(AFTER_EVERY_STEP, self.witness)

    def close(self) -> None:
        self.witness.close()
        self.box.stop()
        self.cloud.kill()

    def _next_mono(self) -> float:
        now = self.clock.mono_s
        if now < self._busy_until:
            return min(self.agenda.next_mono, self.box.next_mono)
        return min(self.agenda.next_mono, now + self._chance.uniform(*STRIDE_S))
