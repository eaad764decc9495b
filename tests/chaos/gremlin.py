"""The one who pulls plugs: kill -9 of terminal, broker and cloud, and a network that does what networks do."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from random import Random

from conftest import Mosquitto
from shop_bench import Shop

from edge.sim.fault_proxy import Direction, FaultProxy, Mode

PAUSE_S = (0.1, 0.8)
"""Between two pranks: a sale takes about a tenth of a second, so that some fall into the middle of one."""
OUTAGE_S = (0.05, 1.5)
LATENCY_S = (0.02, 0.3)
TEAR_OCTETS = (1, 6_000)
"""From inside a CONNECT to inside the second batch."""


class Gremlin:
    """A thread that plays pranks from `start` to `rest`; `done` counts them by name. What failed in it: `fault`."""

    def __init__(self, shop: Shop, broker: Mosquitto, proxy: FaultProxy, chance: Random) -> None:
        self.done: Counter[str] = Counter()
        self.fault: BaseException | None = None
        self._shop = shop
        self._broker = broker
        self._proxy = proxy
        self._chance = chance
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._play, name="gremlin")
        self._pranks: dict[str, tuple[int, Callable[[], None]]] = {
            "kill terminal": (5, self._kill_terminal),
            "kill broker": (2, self._kill_broker),
            "kill cloud": (2, self._kill_cloud),
            "latency": (2, self._delay),
            "cut in a packet": (4, self._tear),
            "black hole": (2, self._swallow),
            "refused": (1, self._cut),
            "reset": (2, self._proxy.reset),
            "well again": (4, self._proxy.pass_on),
        }

    def start(self) -> None:
        self._thread.start()

    def rest(self) -> None:
        """No more pranks; the one at hand is played to its end, and everything is switched on and whole again."""
        self._enough.set()
        self._thread.join()
        if self.fault is not None:
            raise AssertionError(f"a prank failed: {self.fault}") from self.fault
        self._proxy.pass_on()

    @property
    def kills(self) -> str:
        return ", ".join(f"{count} × {name}" for name, count in sorted(self.done.items()))

    def _play(self) -> None:
        names = list(self._pranks)
        weights = [self._pranks[name][0] for name in names]
        try:
            while not self._enough.wait(self._chance.uniform(*PAUSE_S)):
                name = self._chance.choices(names, weights)[0]
                self._pranks[name][1]()
                self.done[name] += 1
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
