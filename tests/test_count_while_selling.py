"""Whatever is sold, brought and thrown away while goods are counted, the books then say what lies on the shelf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import COLA, NOODLES, TISSUES
from stock_bench import CHIPS, COUNT, JUICE, MILK, RECEIVE, STOP, WRITE_OFF, StockBench

from edge.model import stock as stock_model
from edge.model.counter import Waiting
from edge.model.money import Milli
from edge.model.stock_records import CountedLine
from edge.services.counting import Counting
from edge.store.tables.stock import StockTable
from edge.store.tables.stock_acts import StockActTable

GOODS = (COLA, NOODLES, TISSUES, MILK, CHIPS, JUICE)
SEEDS = 12
STEPS = 60


class World:
    """The shelf as it is, beside the books as they are told of it."""

    def __init__(self, shop: StockBench, chance: Random) -> None:
        self.shop = shop
        self.chance = chance
        self.shelf = {sku: chance.randrange(3, 15) for sku in GOODS}
        self.counted: set[str] = set()
        # Of a third the books know the truth, of a third they are wrong, of the rest they know nothing.
        for sku in GOODS[:4]:
            shop.count(sku, max(0, self.shelf[sku] + (chance.choice((-3, 3)) if sku in GOODS[2:4] else 0)))

    def leave(self) -> None:
        if self.shop.counter.waiting in (Waiting.COUNT, Waiting.RECEIVE, Waiting.WRITE_OFF):
            self.shop.card(STOP)

    def sell(self, sku: str = "") -> None:
        sku = sku or self.chance.choice(GOODS)
        if self.shelf[sku] > 0:
            self.leave()
            self.shop.sell(sku)
            self.shelf[sku] -= 1

    def receive(self) -> None:
        sku, pieces = self.chance.choice(GOODS), self.chance.randrange(1, 9)
        self.leave()
        self.shop.card(RECEIVE)
        self.shop.scan(sku)
        self.shop.keys(f"{pieces}E")
        self.shop.done()
        self.shelf[sku] += pieces

    def throw_away(self) -> None:
        sku = self.chance.choice(GOODS)
        if self.shelf[sku]:
            self.leave()
            self.shop.card(WRITE_OFF)
            self.shop.scan(sku)
            self.shop.done()
            self.shelf[sku] -= 1

    def count(self) -> None:
        """All pieces of one kind that is not counted yet, by a number or scan by scan, with customers between."""
        left = sorted(set(GOODS) - self.counted)
        if not left:
            return
        sku = self.chance.choice(left)
        self.counted.add(sku)
        self.begin()
        pieces = self.shelf[sku]
        if pieces == 0 or self.chance.random() < 0.5:
            self.shop.scan(sku)
            self.shop.keys(f"{pieces}E")
            return
        for number in range(pieces):
            self.begin()
            self.shop.scan(sku)
            if number and self.chance.random() < 0.2:
                self.sell(self.chance.choice((sku, NOODLES)) if NOODLES in self.counted else sku)

    def begin(self) -> None:
        if self.shop.counter.waiting is not Waiting.COUNT:
            self.shop.card(COUNT)

    def cut(self) -> None:
        self.shop.restart()

    def finish(self) -> None:
        """What is asked for again is counted again, while the shop sells on."""
        self.begin()
        if not self.counted:
            return
        self.shop.hush()
        self.shop.keys("E")
        if "count.again" in self.shop.prompts:
            for sku in sorted(self.counted):
                if self.chance.random() < 0.3:
                    self.sell()
                if sku in self.asked_again():
                    self.begin()
                    self.shop.scan(sku)
                    self.shop.keys(f"{self.shelf[sku]}E")
            self.begin()
            self.shop.keys("E")
        self.shop.pass_s(1.0)
        self.shop.keys("E")

    def asked_again(self) -> set[str]:
        tx = self.shop.begin()
        acts = tx.stock_acts.of(stock_model.Desk.COUNT)
        tx.rollback()
        return {far.sku for far in stock_model.doubtful(acts)}


def a_day(folder: Path, seed: int) -> list[str]:
    """What the books say otherwise than the shelf, of goods that were counted; and what else is wrong."""
    chance = Random(seed)
    shop = StockBench(folder / f"shop-{seed}")
    world = World(shop, chance)
    steps = (world.sell, world.sell, world.sell, world.receive, world.throw_away, world.count, world.count, world.cut)
    for _ in range(STEPS):
        chance.choice(steps)()
    world.finish()
    for _ in range(5):
        world.sell()
    wrong = [
        f"{sku}: {world.shelf[sku]} lie there, the books say {shop.pieces(sku)}"
        for sku in sorted(world.counted)
        if shop.pieces(sku) != world.shelf[sku]
    ]
    known = [sku for sku in GOODS[:2] if sku not in world.counted]
    wrong += [f"{sku}: nobody counted it" for sku in known if shop.pieces(sku) != world.shelf[sku]]
    return wrong + [found for found in (shop.verdict(),) if found]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_books_say_what_lies_there(tmp_path: Path, seed: int) -> None:
    assert a_day(tmp_path, seed) == []


# --- bugs that must be found -----------------------------------------------------------------------------------------

Plant = Callable[[pytest.MonkeyPatch], None]


def sales_are_not_netted(patch: pytest.MonkeyPatch) -> None:
    """The count is taken for what lies there at its end."""
    patch.setattr(stock_model.Counted, "line", lambda one, now: CountedLine(one.sku, one.qty, one.was))


def only_sales_are_netted(patch: pytest.MonkeyPatch) -> None:
    """A delivery between is forgotten."""
    patch.setattr(
        StockTable, "net",
        lambda table, sku: -(table._read("SELECT sold FROM stock WHERE sku = ?", (sku,)).fetchone() or (0,))[0],
    )  # fmt: skip


def netted_from_the_last_scan(patch: pytest.MonkeyPatch) -> None:
    added = stock_model._added

    def late(acts: Any, again: Any) -> Any:
        acts = list(acts)
        last = {act.sku: act.net for act in acts}
        return added((replace(act, net=last[act.sku]) for act in acts), again)

    patch.setattr(stock_model, "_added", late)


def both_rounds_are_added(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "edge.services.counting.tally", lambda acts: stock_model.tally([replace(act, round=1) for act in acts])
    )  # fmt: skip


def a_power_cut_ends_the_count(patch: pytest.MonkeyPatch) -> None:
    """What was counted before it is lost."""
    boot = StockBench.boot

    def forgetful(shop: StockBench) -> None:
        boot(shop)
        tx = shop.begin()
        StockActTable(tx._read, tx._write).end(stock_model.Desk.COUNT)
        tx.commit()

    patch.setattr(StockBench, "boot", forgetful)


def the_books_are_believed(patch: pytest.MonkeyPatch) -> None:
    """A count below a fifth is too little to write down."""
    book = StockTable.book_count

    def timid(table: StockTable, record: Any) -> None:
        kept = tuple(line for line in record.lines if line.was is None or abs(line.qty - line.was) > line.was // 5)
        book(table, replace(record, lines=kept))

    patch.setattr(StockTable, "book_count", timid)


def netted_from_the_beginning_of_time(patch: pytest.MonkeyPatch) -> None:
    prepared = Counting.prepared
    patch.setattr(Counting, "prepared", lambda trade, act, tx: replace(prepared(trade, act, tx), net=Milli(0)))


@pytest.mark.parametrize(
    "plant",
    [
        sales_are_not_netted, only_sales_are_netted, netted_from_the_last_scan, both_rounds_are_added,
        a_power_cut_ends_the_count, the_books_are_believed, netted_from_the_beginning_of_time,
    ],
)  # fmt: skip
def test_a_planted_bug_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)
    assert any(a_day(tmp_path, seed) for seed in range(SEEDS)), plant.__doc__
