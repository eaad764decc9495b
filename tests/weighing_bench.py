"""A counter with a scale beside it: the real driver in its worker, over a sim port, stepped with the till."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from counter_bench import SHELF, CounterBench, Habits, ean, goods
from device_bench import build_worker

from edge.codec.command_card import card_code
from edge.codec.instore import LabelTemplate
from edge.messages import Weigh, WeightTaken
from edge.model.counter import Waiting
from edge.model.item import Item
from edge.model.money import Fen
from edge.sim.ports import SimPorts
from edge.sim.scale import SETTLE_S, ScaleModel

WEIGH_CARD = card_code(112)
STOP = card_code(190)
STEP_S = 0.02
SETTLED_S = SETTLE_S + 0.5
"""A load has come to rest, and the scale has been asked since."""

GRAPES = goods(ean("690123456710"), "葡萄", 3000, weighed=True, unit="kg", plu="45")
APPLES = Item("A-1", "苹果", Fen(999), unit="kg", weighed=True, plu="123")
PEARS = Item("P-1", "梨", None, unit="kg", weighed=True, plu="7")
BUNS = Item("B-1", "馒头", Fen(100), plu="9")
BEER = goods(ean("690123456711"), "啤酒", 500, age=18)
CIGARETTES = goods(ean("690123456712"), "香烟", 2500, age=18)
MARKET = (*SHELF, GRAPES, APPLES, PEARS, BUNS, BEER, CIGARETTES)
GRAPES_CODE, BEER_CODE, CIGARETTES_CODE = (str(item.sku) for item in (GRAPES, BEER, CIGARETTES))

LABELS = (
    LabelTemplate("FFWWWWWEEEEEC", ("21",)),
    LabelTemplate("FFWWWWWNNNNNC", ("22",)),
    LabelTemplate("FFWWWWWEEEEENNNNNC", ("21",)),
    LabelTemplate("FFWWWWWEEEEECUUUUU", ("23",)),
    LabelTemplate("FFWWWWWNNNNNC", ("24",), counts=True),
)


class WeighingBench(CounterBench):
    """`scale` is the model; `protocol` what it speaks. `habits` without a scale: there is none."""

    def __init__(
        self, folder: Path, *, protocol: str = "ascii", habits: Habits | None = None,
        items: Iterable[Item] = MARKET, **more: Any,
    ) -> None:  # fmt: skip
        self.scale = ScaleModel(protocol)
        self._protocol = protocol
        self._worker: Any = None
        self._ports: SimPorts | None = None
        super().__init__(folder, habits or Habits(scale="scale", labels=LABELS), items=items, **more)

    @property
    def ports(self) -> SimPorts:
        assert self._ports is not None
        return self._ports

    def waits_for(self) -> Waiting:
        tx = self.begin()
        found: Waiting = tx.counter.waiting
        tx.rollback()
        return found

    def boot(self) -> None:
        if self._worker is not None:
            self._worker.close()
        if self._ports is None:
            self._ports = SimPorts(self.clock)
            self._ports.add("scale", self.scale)
        super().boot()
        self._worker = build_worker(
            "scale_serial", {"port": "sim://scale", "protocol": self._protocol}, name="scale", post=self.bus.post,
            clock=self.clock, ports=self._ports, patience_s=0.0, idle_s=float("inf"),
        )  # fmt: skip
        if self.habits.scale is not None:
            self.bus.route(Weigh, self._worker.submit)
            self.bus.route(WeightTaken, self._worker.submit)
            self._step()

    def pass_s(self, seconds: float) -> None:
        until = self.clock.mono_s + seconds
        while self.clock.mono_s < until - 1e-9:
            super().pass_s(min(STEP_S, until - self.clock.mono_s))
            if self.habits.scale is not None:
                self._step()

    def put_on(self, grams: int) -> None:
        """A load, and the time that it needs to come to rest."""
        self.scale.put_on(grams)
        self.pass_s(SETTLED_S)

    def take_off(self) -> None:
        """Everything, and the time until the scale has seen it."""
        self.scale.take_off()
        self.pass_s(SETTLED_S)

    def _step(self) -> None:
        self._worker.step(self.clock.mono())
        self.bus.run_pending()
