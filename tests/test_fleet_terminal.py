"""A terminal of the fleet is a terminal: its sales are in its ledger, killed or not, and it obeys its cable."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import pytest

from edge.clock import SystemClock
from edge.cloud.session import Broker
from edge.codec.topics import Topics
from edge.outside import Outside
from edge.services.link import Phase
from edge.sim.fleet.shop import CustomerDue, basket
from edge.sim.fleet.tally import Tally
from edge.sim.fleet.terminal import LEDGER_FILE, FleetTerminal, Place
from edge.store.queries import LedgerQueries

SALES = 5


class Bench:
    """One terminal whose broker nobody runs; `live` opens it anew."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.tally, self.sold = folder, Tally(), list[str]()
        self._clock = SystemClock()
        self._outside = Outside(clock=self._clock, chance=Random(1), patience_s=0.0, idle_s=math.inf)
        self._port = port
        self.lives = 0
        self.terminal = self.live()

    def live(self) -> FleetTerminal:
        self.lives += 1
        broker = Broker(f"mqtt://127.0.0.1:{self._port}")
        place = Place("FLEET00001", self.folder, broker, Topics(), 1e6, f"{self.lives}")
        self.terminal = FleetTerminal(place, self._outside, self.tally, self.sold, begin_mono=self._clock.mono())
        self.terminal.start()
        self.turn()
        return self.terminal

    def sell(self, sales: int = SALES) -> None:
        for _ in range(sales):
            self.terminal.bus.post(CustomerDue())
            self.turn()

    def turn(self) -> None:
        while self.terminal.turn() <= self._clock.mono():
            continue

    def ids(self) -> list[str]:
        """Of all rows, as `edge journal` reads them."""
        return [row["id"] for row in LedgerQueries(self.folder / LEDGER_FILE).journal()]


@pytest.fixture
def bench(tmp_path: Path, free_port: int) -> Bench:
    return Bench(tmp_path, free_port)


def test_each_sale_is_counted_and_in_the_ledger(bench: Bench) -> None:
    bench.sell()
    assert len(bench.sold) == SALES
    assert bench.tally.made == bench.terminal.watch.waiting
    bench.terminal.close()
    assert len(bench.ids()) == bench.tally.made
    assert set(bench.sold) <= set(bench.ids())


def test_a_killed_terminal_finds_all_that_was_sold(bench: Bench) -> None:
    bench.sell()
    bench.terminal.die()
    bench.live()
    assert len(bench.sold) == SALES
    bench.sell()
    assert bench.terminal.watch.waiting == bench.tally.made
    bench.terminal.close()
    assert set(bench.sold) <= set(bench.ids())
    assert len(bench.ids()) == len(set(bench.ids())) == bench.tally.made


def test_a_killed_terminal_knows_that_it_was(bench: Bench) -> None:
    bench.terminal.die()
    assert (bench.folder / f"{LEDGER_FILE}-wal").stat().st_size > 0, "nothing was put in order"
    assert not bench.live().ledger.clean
    bench.terminal.close()
    assert bench.live().ledger.clean
    bench.terminal.close()


def test_a_pulled_cable_answers_the_next_attempt(bench: Bench) -> None:
    bench.terminal.pull()
    bench.sell(1)  # a customer who waits causes an attempt at once
    assert bench.terminal.link.phase is Phase.DOWN
    assert len(bench.tally.attempts) == 1
    assert bench.terminal.connection is None
    bench.terminal.close()


def test_a_basket_is_paid_and_of_the_seed() -> None:
    one, same = (basket("019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", Random(7)) for _ in range(2))
    assert one == same
    assert one.due == 0 or one.tenders
