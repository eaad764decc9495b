"""The world of one seed: a shop, its cloud, its customers and its misfortunes, for as many days as asked.

While somebody stands at the counter, every timer rings at its moment. While nobody does, time goes in strides: what is
due within one rings late, once, as on a machine that was asleep. That is what makes a year fit into half a minute.
"""

from __future__ import annotations

import gc
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from edge.clock import SystemClock
from edge.sim.year.agenda import Agenda
from edge.sim.year.box import TID, Box
from edge.sim.year.clerk import Clerk
from edge.sim.year.clock import TrueClock, YearClock
from edge.sim.year.cloud import SimulatedCloud
from edge.sim.year.faults import CALM, Faults
from edge.sim.year.goods import Shelf
from edge.sim.year.gremlin import DAY_S, Gremlin
from edge.sim.year.invariants import AFTER_EVERY_STEP, AT_REST, hold
from edge.sim.year.network import Network
from edge.sim.year.witness import Violation, Witness

CUSTOMERS = 8
"""A quiet day; a year of them has every fault in it."""
CROWD, CROWD_EVERY = 300, 50
"""One day in fifty the whole village comes."""
OPENS_S, CLOSES_S = 7 * 3600.0, 22 * 3600.0
BUSY_S = 8.0
"""After a gesture time runs finely for so long: linger, print and answer fall into it."""
STRIDE_S = (600.0, 7200.0)
INVENTORY_EVERY = 30
"""Days until all is healed and everything is compared with everything."""
AFTERMATH_S = 8 * 3600.0
"""Every misfortune that was planned has happened by then."""
REST_STRIDE_S = (10.0, 60.0)
REST_MAX_S = 12 * 3600.0
"""RTO, back-off at its cap and a hundred receipts that wait fit in it several times."""
PRICES_EVERY = 7
ORDERS_EVERY = 5
NIGHT_OFF = 0.05
"""How often the box is stopped in the evening, as one should."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `digest` is the hash of the newest journal row: the same seed gives the same."""

    seed: int
    days: int
    sales: int
    rows: int
    messages: int
    cuts: int
    seconds: float
    faults: Counter[str]
    digest: str


class Simulation:
    """Built on an empty `folder`; `run` raises Violation, with the day on which it was seen."""

    def __init__(self, folder: Path, *, seed: int, days: int, faults: Faults, customers: int = CUSTOMERS) -> None:
        chance = Random(seed)
        self._seed, self._days, self._customers, self._faults = seed, days, customers, faults
        self._chance = Random(chance.random())
        self._clock = YearClock()
        self._agenda = Agenda(self._clock)
        self._network = Network(self._agenda, Random(chance.random()), faults, self._hurry)
        self._cloud = SimulatedCloud(
            folder, self._agenda, TrueClock(self._clock), self._network, Random(chance.random())
        )
        self.witness = Witness(self._cloud)
        self._box = Box(folder / "box", self._agenda, self._clock, self._network, Random(chance.random()), self.witness)
        self._shelf = Shelf(Random(chance.random()))
        self._clerk = Clerk(
            self._box,
            self._shelf,
            self.witness,
            self._clock,
            Random(chance.random()),
            faults,
            self.witness.wrong.append,
            self._hurry,
        )
        self._gremlin = Gremlin(
            faults, self._box, self._clerk, self._network, self._cloud, self.witness, self._agenda, self._clock,
            Random(chance.random()), self._judge,
        )  # fmt: skip
        self._day = 0
        self._busy_until = 0.0
        self._judged = (-1, 0, 0)

    def run(self) -> Outcome:
        clock, begun = SystemClock(), SystemClock().mono()
        with _quiet_logs():
            try:
                self._open_shop()
                while self._day < self._days:
                    self._day += 1
                    self._live_a_day()
                    if self._day % INVENTORY_EVERY == 0 or self._day == self._days:
                        self._take_inventory()
            except Violation as violation:
                raise Violation(f"day {self._day}, {self._clock.true_at():%Y-%m-%d %H:%M:%S}: {violation}") from None
            finally:
                self.witness.close()
                self._box.stop()
                self._cloud.kill()
        books = self.witness.books
        return Outcome(
            self._seed, self._days, self.witness.completed, len(self.witness.ever),
            self._box.handled + self._network.messages, self._box.cuts, clock.mono() - begun, self._gremlin.done,
            books.last_hash.hex(),
        )  # fmt: skip

    # --- days ------------------------------------------------------------------------------------------------------

    def _open_shop(self) -> None:
        self._cloud.start()
        self._cloud.publish_catalogue(TID, self._shelf.all())
        self._box.power_on()
        self._hurry(60.0)
        self._pass(OPENS_S)

    def _live_a_day(self) -> None:
        begun = self._clock.mono_s
        self._gremlin.visit_day()
        if self._day % PRICES_EVERY == 0:
            self._cloud.publish_catalogue(TID, self._shelf.change())
        if self._day % ORDERS_EVERY == 0:
            self._cloud.order(TID, "message.show")
        is_crowded = self._day % CROWD_EVERY == CROWD_EVERY // 2
        self._agenda.play(self._customers_come(CROWD if is_crowded else self._customers))
        self._pass(CLOSES_S - OPENS_S)
        self._gremlin.back_up()
        if self._chance.random() < NIGHT_OFF:
            self._box.stop()
        self._pass(begun + DAY_S - self._clock.mono_s)
        self._box.power_on()

    def _customers_come(self, customers: int) -> Iterator[float]:
        """One after the other, each at a time of its own."""
        opened = self._clock.mono_s
        for hour in sorted(self._chance.uniform(0, CLOSES_S - OPENS_S - 3600) for _ in range(customers)):
            yield max(0.0, opened + hour - self._clock.mono_s)
            self._gremlin.visit_customer()
            yield from self._clerk.serve()

    def _take_inventory(self) -> None:
        """No more misfortunes, all is put right, everything comes to rest: then all books must agree."""
        self._set_faults(CALM)
        self._pass(AFTERMATH_S)
        self._gremlin.put_right()
        until = self._clock.mono_s + REST_MAX_S
        while not self._rests():
            if self._clock.mono_s > until:
                raise Violation(f"it does not come to rest: {self._unrest()}")
            self._pass(self._chance.uniform(*REST_STRIDE_S))
        hold(AT_REST, self.witness)
        self._set_faults(self._faults)

    def _set_faults(self, faults: Faults) -> None:
        self._gremlin.faults = self._network.faults = self._clerk.faults = faults

    def _rests(self) -> bool:
        return self._box.terminal is not None and not any(self._unrest())

    def _unrest(self) -> tuple[int, int, int]:
        """Rows that are not acknowledged, papers that wait, orders of a resend."""
        counts = (
            "SELECT sum(head - acked) FROM pos",
            "SELECT count(*) FROM print_job WHERE state IN ('queued', 'sending')",
            "SELECT count(*) FROM resend",
        )
        unsent, waiting, resends = (self.witness.rows(sql)[0][0] for sql in counts)
        missing = sum(lane.missing for lane in self._cloud.report.lanes(TID))
        return (unsent, waiting, resends + missing)

    # --- time ------------------------------------------------------------------------------------------------------

    def _hurry(self, seconds: float = BUSY_S) -> None:
        self._busy_until = max(self._busy_until, self._clock.mono_s + seconds)

    def _pass(self, seconds: float) -> None:
        """Let time go by, and judge after every step."""
        until = self._clock.mono_s + seconds
        while True:
            self._box.settle()
            self._judge()
            due = self._next_mono()
            if due > until:
                self._clock.mono_s = until
                return
            self._clock.mono_s = max(self._clock.mono_s, due)
            if self._agenda.next_mono <= self._clock.mono_s:
                self._agenda.run_next()

    def _next_mono(self) -> float:
        now = self._clock.mono_s
        if now < self._busy_until:
            return min(self._agenda.next_mono, self._box.next_mono)
        return min(self._agenda.next_mono, now + self._chance.uniform(*STRIDE_S))

    def _judge(self) -> None:
        """After each step in which something happened."""
        state = (self._box.handled, self._box.cuts, self._box.ends)
        if state != self._judged:
            self._judged = state
            self.witness.look()
            hold(AFTER_EVERY_STEP, self.witness)


@contextmanager
def _quiet_logs() -> Iterator[None]:
    """What goes wrong here goes wrong on purpose. Garbage is collected at the end of a run: nothing here is large."""
    log = logging.getLogger("edge")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    gc.freeze()
    try:
        yield
    finally:
        log.setLevel(before)
        gc.unfreeze()
