"""The one who pulls plugs: kill -9 of terminal, broker and cloud, a network and a disk that do what theirs do."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from conftest import Mosquitto
from shop_bench import Shop
from worn_card import WornCard
from worn_disk import WornDisk

from edge.sim.fault_proxy import Direction, FaultProxy, Mode

PAUSE_S = (0.1, 1.5)
"""Between two pranks: a sale takes about a quarter of a second with its paper, so that most fall into the middle of
one."""
OUTAGE_S = (0.05, 1.5)
STAGGER_S = (0.0, 0.3)
"""Between two plugs that are pulled one after the other: less than any of the three needs to come up."""
LATENCY_S = (0.02, 0.3)
TEAR_OCTETS = (1, 6_000)
"""From inside a CONNECT to inside the second batch."""

SEVERAL = "kill several"
Prank = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """What can be played with; `disk` is None where the card is left alone."""

    shop: Shop
    broker: Mosquitto
    proxy: FaultProxy
    disk: WornDisk | None = None


class Gremlin:
    """A thread that plays pranks from `start` to `rest`; `done` counts them by name. What failed in it: `fault`."""

    def __init__(self, stage: Stage, chance: Random) -> None:
        self.done: Counter[str] = Counter()
        self.fault: BaseException | None = None
        self._shop, self._broker, self._proxy = stage.shop, stage.broker, stage.proxy
        self._chance = chance
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._play, name="gremlin")
        self._card = WornCard(stage.shop.terminal, stage.disk, chance, self._enough) if stage.disk else None
        self._pranks: dict[str, tuple[int, Prank]] = {
            "kill terminal": (5, self._kill_terminal),
            "kill broker": (2, self._kill_broker),
            "kill cloud": (2, self._kill_cloud),
            SEVERAL: (3, self._kill_several),
            "latency": (2, self._delay),
            "cut in a packet": (4, self._tear),
            "black hole": (2, self._swallow),
            "refused": (1, self._cut),
            "reset": (2, self._proxy.reset),
            "well again": (4, self._proxy.pass_on),
        }
        if self._card is not None:
            self._pranks |= self._card.pranks

    def start(self) -> None:
        self._thread.start()

    def rest(self) -> None:
        """No more pranks; the one at hand is played to its end, and everything is switched on and whole again."""
        self._enough.set()
        self._thread.join()
        if self.fault is not None:
            raise AssertionError(f"a prank failed: {self.fault}") from self.fault
        self._proxy.pass_on()

    def is_well(self) -> bool:
        """Whether it still plays; `rest` says what happened to one that does not."""
        return self.fault is None

    @property
    def ended(self) -> int:
        """How often the terminal ended by itself, as it must when its disk failed it."""
        return self._card.ended if self._card else 0

    def _play(self) -> None:
        names = list(self._pranks)
        weights = [self._pranks[name][0] for name in names]
        try:
            while not self._enough.wait(self._chance.uniform(*PAUSE_S)):
                name = self._chance.choices(names, weights)[0]
                self._pranks[name][1]()
                self.done[name] += 1
                if self._card is not None:
                    self._card.stand_up()
        except (AssertionError, OSError) as error:
            self.fault = error

    def _outage(self) -> None:
        self._enough.wait(self._chance.uniform(*OUTAGE_S))

    def _kill_terminal(self) -> None:
        self._shop.terminal.kill()
        if self._chance.random() < 0.3:
            self._outage()
        self._shop.terminal.start()

    def _kill_broker(self) -> None:
        self._broker.kill()
        self._outage()
        self._broker.start()

    def _kill_cloud(self) -> None:
        self._shop.cloud.kill()
        self._outage()
        self._shop.cloud.start(ready="")

    def _kill_several(self) -> None:
        """Two or all three, in any order; they come back in any other."""
        plugs: list[tuple[Prank, Prank]] = [
            (self._shop.terminal.kill, self._shop.terminal.start),
            (self._broker.kill, self._broker.start),
            (self._shop.cloud.kill, lambda: self._shop.cloud.start(ready="")),
        ]
        pulled = self._chance.sample(plugs, self._chance.randint(2, 3))
        for pull, _ in pulled:
            pull()
            self._enough.wait(self._chance.uniform(*STAGGER_S))
        self._outage()
        for _, plug in self._chance.sample(pulled, len(pulled)):
            plug()

    def _delay(self) -> None:
        self._proxy.delay(self._chance.uniform(*LATENCY_S))

    def _tear(self) -> None:
        direction = self._chance.choice(list(Direction))
        self._proxy.tear_after(self._chance.randint(*TEAR_OCTETS), direction)

    def _swallow(self) -> None:
        self._proxy.swallow()
        self._outage()

    def _cut(self) -> None:
        if self._proxy.mode is not Mode.CUT:
            self._proxy.cut()
        self._outage()
        self._proxy.pass_on()
