"""The life of one seed: customers, days, misfortunes, and now and then an inventory."""

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
from edge.codec.wire_down import CatOp
from edge.sim.year.box import TID
from edge.sim.year.clerk import Clerk
from edge.sim.year.faults import CALM, Faults
from edge.sim.year.goods import Shelf
from edge.sim.year.gremlin import DAY_S, Gremlin
from edge.sim.year.invariants import AT_REST, hold
from edge.sim.year.licences import PLATFORMS
from edge.sim.year.witness import Violation
from edge.sim.year.world import World

CUSTOMERS = 5
"""A quiet day; a year of them has every fault in it."""
SERVICES = 0.04
"""How many of a customer's wishes are for a service: every sixth customer has one."""
CROWD, CROWD_EVERY = 50, 100
"""One day in a hundred the whole village comes, and couriers with two hundred parcels."""
OPENS_S, CLOSES_S = 7 * 3600.0, 22 * 3600.0
"""Of the first days. An inventory takes hours, and the shop opens when it is over: in a year there are customers at
every hour, also when the business day turns at four."""
INVENTORY_EVERY = 30
"""Days until all is healed and everything is compared with everything."""
AFTERMATH_S = 8 * 3600.0
"""Every misfortune that was planned has happened by then."""
SEEN_SHUT_S = 30.0
"""What stood open was shut, boards that were lost are asked every five seconds."""
LOOKED_INTO_S = 600.0
"""The whole wall, door after door."""
SETTLED_S, RUN_OUT_S = 60.0, 2 * 3600.0
"""For an answer about each loan that is in doubt, and until no authorisation is good any more."""
REST_STRIDE_S = (10.0, 60.0)
REST_MAX_S = 12 * 3600.0
"""RTO, back-off at its cap and a hundred receipts that wait fit in it several times."""
POST = 0.4
"""How often somebody comes to the parcel desk before a customer does."""
BROUGHT_MAX, BROUGHT_AT_ONCE = 6, 4
"""Parcels of a courier on any day, and before each customer of a day on which the whole village comes."""
PRICES_EVERY = 7
ORDERS_EVERY = 5
LAST_PAPER_S = 20.0
"""Whoever stops the box in the evening waits for the last receipt."""
UNFINISHED = (
    "SELECT (SELECT count(*) FROM payment"
    " WHERE state NOT IN ('approved', 'declined', 'cancelled', 'partially_refunded', 'refunded'))"
    " + (SELECT count(*) FROM payment_refund WHERE state = 'sent')"
)
"""Payments and refunds that have no end."""
NIGHT_OFF = 0.05
"""How often the box is stopped in the evening, as one should."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `digest` is the hash of the newest journal row: the same seed gives the same."""

    seed: int
    days: int
    sales: int
    customers: int
    sent_away: int
    """Customers who could not pay in the end."""
    rows: int
    messages: int
    cuts: int
    seconds: float
    faults: Counter[str]
    ends: Counter[tuple[str, str]]
    """Of service orders by kind, and by what became of them."""
    deeds: Counter[str]
    """What was done beside plain sales, by name."""
    digest: str


class Simulation:
    """Built on an empty `folder`; `run` raises Violation, with the day on which it was seen."""

    def __init__(
        self, folder: Path, *, seed: int, days: int, faults: Faults, customers: int = CUSTOMERS, station: bool = True,
        services: float = SERVICES,
    ) -> None:  # fmt: skip
        chance = Random(seed)
        self._seed, self._days, self._customers, self._faults = seed, days, customers, faults
        self._chance = Random(chance.random())
        self._world = world = World(folder, chance, faults, station=station)
        self._box, self._cloud, self._clock = world.box, world.cloud, world.clock
        self._shelf = Shelf(Random(chance.random()))
        self._clerk = Clerk(
            world.box, self._shelf, world.witness, world.clock, Random(chance.random()), faults,
            world.witness.wrong.append, world.hurry, services,
        )  # fmt: skip
        self._gremlin = Gremlin(faults, world, self._clerk, Random(chance.random()), self._shelf.fork)
        self._day = 0
        self._has_station = station

    def run(self) -> Outcome:
        clock = SystemClock()
        begun = clock.mono()
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
                self._world.close()
        books = self._world.witness.books
        return Outcome(
            self._seed, self._days, self._world.witness.booked, self._clerk.customers, self._clerk.sent_away,
            len(self._world.witness.ever),
            self._box.handled + self._world.network.messages, self._box.cuts, clock.mono() - begun, self._gremlin.done,
            self._world.witness.services.ends, self._world.witness.deeds, books.last_hash.hex(),
        )  # fmt: skip

    # --- days ------------------------------------------------------------------------------------------------------

    def _open_shop(self) -> None:
        self._cloud.start()
        for platform in PLATFORMS:
            self._cloud.license(TID, platform, withdrawn=False)
        self._publish(self._shelf.all())
        self._box.power_on()
        self._world.hurry(60.0)
        if self._has_station:
            self._box.look_into_cells()
        self._world.pass_s(OPENS_S)

    def _live_a_day(self) -> None:
        begun = self._clock.mono_s
        self._gremlin.visit_day()
        if self._day % PRICES_EVERY == 0:
            self._publish(self._shelf.change())
        if self._day % ORDERS_EVERY == 0:
            self._cloud.order(TID, "message.show")
        self._world.agenda.play(self._people_come(is_crowded=self._day % CROWD_EVERY == CROWD_EVERY // 4))
        self._world.pass_s(CLOSES_S - OPENS_S)
        self._gremlin.back_up()
        if self._chance.random() < NIGHT_OFF:
            self._world.hurry(LAST_PAPER_S)
            self._world.pass_s(LAST_PAPER_S)
            self._box.stop()
        self._world.pass_s(begun + DAY_S - self._clock.mono_s)
        self._box.power_on()
        self._world.witness.note_given_up()

    def _publish(self, ops: list[CatOp]) -> None:
        self._shelf.published(self._cloud.publish_catalogue(TID, ops), ops)

    def _people_come(self, *, is_crowded: bool) -> Iterator[float]:
        """One after the other, each at a time of its own: customers, couriers, recipients."""
        opened, customers = self._clock.mono_s, CROWD if is_crowded else self._customers
        for hour in sorted(self._chance.uniform(0, CLOSES_S - OPENS_S - 3600) for _ in range(customers)):
            yield max(0.0, opened + hour - self._clock.mono_s)
            self._gremlin.visit_customer()
            if is_crowded and self._has_station:
                yield from self._clerk.bring(BROUGHT_AT_ONCE)
            if self._has_station and self._chance.random() < POST:
                yield from self._to_the_desk()
                self._gremlin.visit_customer()
            yield from self._clerk.serve()

    def _to_the_desk(self) -> Iterator[float]:
        """A courier, or somebody whose parcel is here."""
        match self._chance.randrange(5):
            case 0:
                return self._clerk.bring(self._chance.randint(1, BROUGHT_MAX))
            case 1:
                return self._clerk.take_overdue()
            case _:
                return self._clerk.fetch()

    def _take_inventory(self) -> None:
        """No more misfortunes, all is put right, everything comes to rest: then all books must agree."""
        self._set_faults(CALM)
        self._world.pass_s(AFTERMATH_S)
        self._gremlin.put_right()
        if self._has_station:
            self._box.attend(SEEN_SHUT_S)
            self._world.hurry(SEEN_SHUT_S)
            self._world.pass_s(SEEN_SHUT_S)
            self._box.mend_cells()
            self._world.agenda.play(self._clerk.look_into_cells())
            self._world.pass_s(LOOKED_INTO_S)
        self._ask_about_loans()
        self._end_orders_of_apps()
        until = self._clock.mono_s + REST_MAX_S
        while not self._rests():
            if self._clock.mono_s > until:
                raise Violation(f"it does not come to rest: {self._unrest()}")
            self._world.pass_s(self._chance.uniform(*REST_STRIDE_S))
        self._world.witness.note_given_up()
        hold(AT_REST, self._world.witness)
        self._set_faults(self._faults)

    def _ask_about_loans(self) -> None:
        """Whoever gave cash, or did not, says so; what can still be paid then runs out."""
        if self._world.witness.rows("SELECT 1 FROM loan WHERE state IN ('paying_out', 'unknown')"):
            self._world.agenda.play(self._clerk.settle_doubts())
            self._world.hurry(SETTLED_S)
            self._world.pass_s(SETTLED_S)
            self._world.pass_s(RUN_OUT_S)

    def _end_orders_of_apps(self) -> None:
        """Nobody fetches any of them any more, and the platform hears an answer about each."""
        market = self._world.witness.apps
        market.close()
        until = self._clock.mono_s + REST_MAX_S
        while not market.rests and self._clock.mono_s < until:
            market.say()
            self._world.hurry(SETTLED_S)
            self._world.pass_s(SETTLED_S)
            market.say()

    def _set_faults(self, faults: Faults) -> None:
        self._gremlin.faults = self._world.network.faults = self._clerk.faults = faults

    def _rests(self) -> bool:
        return self._box.terminal is not None and not any(self._unrest())

    def _unrest(self) -> tuple[int, int, int, int]:
        """Rows that are not acknowledged, papers that wait, orders of a resend, payments and refunds without an end."""
        counts = (
            "SELECT sum(head - acked) FROM pos",
            "SELECT count(*) FROM print_job WHERE state IN ('queued', 'sending')",
            "SELECT count(*) FROM resend",
            UNFINISHED,
        )
        unsent, waiting, resends, unpaid = (self._world.witness.rows(sql)[0][0] for sql in counts)
        missing = sum(lane.missing for lane in self._cloud.report.lanes(TID))
        return (unsent, waiting, resends + missing, unpaid)


@contextmanager
def _quiet_logs() -> Iterator[None]:
    """What goes wrong here goes wrong on purpose. What was loaded before is not searched for garbage again; what an
    earlier life has left is garbage, and would be kept with it.
    """
    log = logging.getLogger("edge")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        log.setLevel(before)
        gc.unfreeze()
