"""Some life in the demo's shop, so that each of its pages has something to show."""

from __future__ import annotations

import threading

from shop_bench import until

from edge.clock import SystemClock
from edge.sim.counter.parcel_story import ParcelPassage
from edge.sim.counter.shop import Shop
from edge.sim.counter.stage import Stage

BASKETS = (
    ("Spring water 550ml", "Potato chips 75g"), ("Yoghurt 200g",), ("Rice 5kg", "Beer 500ml", "Soy milk 250ml"),
)  # fmt: skip
SET_UP_PAPERS = 2
READS_S = 1.0
"""Nobody confirms a sum within the time in which the same key counts once."""


def live_a_little(shop: Shop) -> None:
    """A shift, sales, a debt, a day that is closed, parcels, and a customer at the counter when the paper ends."""
    stage = Stage(shop, SystemClock(), threading.Event())
    until(lambda: len(shop.bench.slips()) >= SET_UP_PAPERS, "the set-up slips are printed")
    stage.card("Start shift")
    _count(stage, "2", "0", "0")
    stage.hear("shift.opened")
    for names in BASKETS:
        _sell(stage, *names)
    stage.scan("Potato chips 75g")
    stage.card("On the tab")
    stage.card("Customer's card")
    stage.hear("tab.none")
    shop.bench.scan(shop.bench.owners_code() or "")
    stage.hear("owner.armed")
    stage.card("On the tab")
    stage.hear("tab.card")
    stage.card("Customer's card")
    stage.hear("tab.limit")
    stage.keys("1", "0", "0", "Enter")
    stage.hear("tab.limit_q")
    stage.pause(READS_S)
    stage.keys("Enter")
    stage.hear("tab.enrolled")
    stage.card("On the tab")
    stage.card("Customer's card")
    stage.pause(READS_S)
    stage.keys("Enter")
    stage.hear("tab.ok")
    stage.card("End shift")
    _count(stage, "2", "5", "0")
    stage.hear("shift.diff.over", "shift.diff.short", "shift.diff.exact")
    shop.bench.scan(shop.bench.owners_code() or "")
    stage.hear("owner.armed")
    stage.card("Close the day")
    stage.hear("day.close_q")
    stage.pause(READS_S)
    stage.keys("Enter")
    stage.hear("day.closed")
    _sell(stage, "Yoghurt 200g")
    ParcelPassage(shop, stage, lambda line: None).couriers()
    shop.switch("paper", on=False)
    _sell(stage, "Spring water 550ml")
    stage.scan("Beer 500ml")
    stage.scan("Potato chips 75g")


def _count(stage: Stage, *digits: str) -> None:
    stage.hear("shift.count")
    stage.keys(*digits, "Enter")
    stage.hear("shift.count_q")
    stage.pause(READS_S)
    stage.keys("Enter")


def _sell(stage: Stage, *names: str) -> None:
    for name in names:
        stage.scan(name)
    stage.exact_cash()
