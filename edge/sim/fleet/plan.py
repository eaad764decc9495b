"""What a run of the fleet is to be: how many terminals, what they sell, and what befalls them when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from edge.codec.topics import DEFAULT_PREFIX

DAY_S = 86_400.0
SALES_A_DAY = 1_000.0
"""Of a busy shop; the sizing of the contract (D) stands on it."""
DRAIN_S = 300.0
"""How long after the last sale the rows may take until the cloud has them all."""


@dataclass(frozen=True, slots=True)
class Cut:
    """All terminals lose the broker at `at_s`, for `seconds`; 0: they may come back at once, which is a storm."""

    at_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Kill:
    """So many terminals die at `at_s` as by SIGKILL, and start anew on what their disk holds."""

    at_s: float
    terminals: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds count from the moment when all terminals start. `sales_a_day`: of each terminal, evenly over the day.

    `urls`: of the broker, or of each node of a cluster; terminals take them in turn, and keep theirs.
    """

    urls: tuple[str, ...]
    terminals: int
    seconds: float
    ramp_s: float = 0.0
    """Over how long they start, one after the other."""
    sales_a_day: float = SALES_A_DAY
    processes: int = 1
    seed: int = 1
    tids: str = "FLEET"
    authorities: str | None = None
    """The folder of `edge cloud ca`, whose certificates the terminals show. None: they speak plain MQTT."""
    topic_prefix: str = DEFAULT_PREFIX
    cuts: tuple[Cut, ...] = ()
    kills: tuple[Kill, ...] = ()
    drain_s: float = DRAIN_S

    def tid(self, number: int) -> str:
        return f"{self.tids}{number:05d}"

    def url(self, number: int) -> str:
        return self.urls[number % len(self.urls)]

    def share(self, process: int) -> Sequence[int]:
        """The numbers of the terminals that one process carries."""
        return range(process, self.terminals, self.processes)

    def killed(self, kill: Kill) -> frozenset[int]:
        """The same in every process."""
        chance = Random(f"{self.seed} {kill.at_s}")
        return frozenset(chance.sample(range(self.terminals), min(kill.terminals, self.terminals)))
