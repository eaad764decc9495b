"""A terminal of the fleet, with the box's own ledger and services: it sells, dies, and is restored from an old copy."""

from __future__ import annotations

import select
import shutil
from collections.abc import Callable

from edge.errors import StoreError
from edge.outside import Outside
from edge.sim.conformance.finding import Check, Outcome, failed, passed
from edge.sim.conformance.scene import Scene
from edge.sim.fleet.shop import CustomerDue
from edge.sim.fleet.tally import Tally
from edge.sim.fleet.terminal import LEDGER_FILE, FleetTerminal, Place

WITHIN_S = 30.0
NAP_S = 0.02
NOBODY_S = 1e6
"""Customers come when they are sent, not by themselves."""
COPY = "copy.db"


class _Life:
    """From one start to its end. Customers who wait make the terminal connect at once."""

    def __init__(self, scene: Scene, number: int) -> None:
        self._clock = scene.clock
        place = Place(scene.identity.tid, scene.folder, scene.identity.broker, scene.topics, NOBODY_S, f"life {number}")
        outside = Outside(clock=scene.clock, chance=scene.chance)
        self.terminal = FleetTerminal(place, outside, Tally(), [], begin_mono=scene.clock.mono())
        self.terminal.start()

    def sell(self, sales: int) -> None:
        for _ in range(sales):
            self.terminal.bus.post(CustomerDue())
        self.terminal.bus.run_pending()

    def is_told(self) -> bool:
        """Whether the cloud has all; False: not in time."""
        return self._turn_until(lambda: self.terminal.link.online() and not self.terminal.watch.waiting)

    def _turn_until(self, done: Callable[[], bool]) -> bool:
        end_mono = self._clock.mono() + WITHIN_S
        while not done():
            now = self._clock.mono()
            if now >= end_mono:
                return False
            wake = self.terminal.turn()
            select.select([], [], [], max(0.0, min(NAP_S, wake - now)))
        return True


def _whole(scene: Scene) -> Outcome:
    scene.close()
    try:
        return _lives(scene)
    except StoreError as error:
        return failed("a ledger in a folder of this machine", str(error))


def _lives(scene: Scene) -> Outcome:
    ledger = scene.folder / LEDGER_FILE
    for number, sales, dies in ((1, 3, False), (2, 3, True), (3, 1, False)):
        life = _Life(scene, number)
        life.sell(sales)
        if dies:
            life.terminal.die()
            continue
        told, waiting = life.is_told(), life.terminal.watch.waiting
        life.terminal.close()
        if not told:
            return failed(f"all rows acknowledged within {WITHIN_S:g} s", f"{waiting} rows wait, in life {number}")
        if number == 1:
            shutil.copyfile(ledger, scene.folder / COPY)
    shutil.move(scene.folder / COPY, ledger)
    life = _Life(scene, 4)
    epoch = life.terminal.ledger.epoch
    life.sell(1)
    told, waiting = life.is_told(), life.terminal.watch.waiting
    moved = life.terminal.ledger.epoch != epoch
    life.terminal.close()
    if not told:
        return failed(f"all rows acknowledged within {WITHIN_S:g} s", f"{waiting} rows wait, in the restored box")
    if not moved:
        return failed(
            "a new epoch: the welcome's upto or last shows that the box was restored", "the old epoch goes on"
        )
    return passed("8 sales, one death, one restored copy: all acknowledged")


CHECKS = (
    Check("whole terminal", "a terminal with the box's own code is served", "How it goes",
          "Mend first what failed above; then `edge fleet` shows more.", _whole),
)  # fmt: skip
