"""A counter and the reference cloud, and between them a network that loses, doubles, delays and reorders."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Generic, TypeVar

from counter_bench import COLA, NOODLES
from link_bench import LinkBench, Note

from edge.messages import CloudMessage, Publish
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.store import CloudStore

TID = "T7K3M9Q2"
GREETED = 20
"""Turns after which shop and cloud have met, even so."""

Bench = TypeVar("Bench", bound=LinkBench)


@dataclass
class Network:
    """Packets both ways, each with a moment of arrival; chance decides."""

    chance: Random
    loss: float = 0.25
    doubled: float = 0.15
    longest_s: float = 3.0
    on_the_way: list[tuple[float, bool, Publish]] = field(default_factory=list)

    def send(self, publish: Publish, now: float, *, up: bool) -> None:
        for _ in range(2 if self.chance.random() < self.doubled else 1):
            if self.chance.random() >= self.loss:
                self.on_the_way.append((now + self.chance.uniform(0, self.longest_s), up, publish))

    def arrived(self, now: float) -> list[tuple[bool, Publish]]:
        due = sorted((packet for packet in self.on_the_way if packet[0] <= now), key=lambda packet: packet[0])
        self.on_the_way = [packet for packet in self.on_the_way if packet[0] > now]
        return [(up, publish) for _, up, publish in due]


class World(Generic[Bench]):
    """`signer`: the cloud's, where it has a key."""

    def __init__(self, folder: Path, seed: int, shop: Bench, *, signer: Signer | None = None) -> None:
        self.chance = Random(seed)
        self.shop = shop
        self.store = CloudStore(folder / "reference.db")
        self.store.open()
        self.cloud = Ingest(self.store, self.shop.clock, Random(seed), signer=signer)
        self.network = Network(self.chance)
        self.report = CloudReport(folder / "reference.db")

    # --- the line --------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        self.shop.dial()
        self.shop.up()

    def greet(self) -> None:
        self.connect()
        self.turns(GREETED)

    def turn(self, seconds: float = 0.5) -> None:
        shop = self.shop
        shop.pass_s(seconds)
        self._carry_up()
        for up, publish in self.network.arrived(shop.clock.mono_s):
            if up:
                self.cloud.take(publish.topic, publish.payload)
                self._carry_down(self.cloud.commit())
            else:
                shop.tell(CloudMessage(publish.topic, publish.payload))
        self._carry_down(self.cloud.due())

    def turns(self, times: int, seconds: float = 0.5) -> None:
        for _ in range(times):
            self.turn(seconds)

    def settle(self, turns: int, seconds: float = 5.0) -> None:
        """Until the cloud has every row; so many turns at most."""
        for _ in range(turns):
            if self.shop.queries.unsent() == 0:
                break
            self.turn(seconds)

    def _carry_up(self) -> None:
        for publish in self.shop.published:
            self.network.send(publish, self.shop.clock.mono_s, up=True)
        self.shop.published.clear()

    def _carry_down(self, answers: list[Publish]) -> None:
        for publish in answers:
            self.network.send(publish, self.shop.clock.mono_s, up=False)

    # --- what can go wrong -----------------------------------------------------------------------------------------

    def cut(self) -> None:
        """The power goes, and with it what was on its way."""
        self.shop.restart()
        self.network.on_the_way.clear()
        self.connect()

    def lose_line(self) -> None:
        self.shop.down()
        self.connect()

    def mishap(self, calm: int) -> None:
        """The power or the line, twice in `calm` + 2 times."""
        match self.chance.choice(("cut", "break", *["none"] * calm)):
            case "cut":
                self.cut()
            case "break":
                self.lose_line()

    def sell_or_mishap(self) -> None:
        match self.chance.choice(("sale", "sale", "event", "cut", "break", "none", "none", "none")):
            case "sale":
                self.shop.sell(self.chance.choice((COLA, NOODLES)))
            case "event":
                self.shop.tell(Note())
            case "cut":
                self.cut()
            case "break":
                self.lose_line()

    # --- what is known in the end ----------------------------------------------------------------------------------

    def in_journal(self, stream: str) -> list[tuple[int, str]]:
        return [(row["seq"], row["id"]) for row in self.shop.records() if row["stream"] == stream]

    def at_cloud(self, stream: str) -> list[tuple[int, str]]:
        return [(row.seq, row.id) for row in self.report.rows(TID, stream)]


def plain_world(folder: Path, seed: int) -> World[LinkBench]:
    """Its shop is a counter and no more."""
    return World(folder, seed, LinkBench(folder / "shop", seed=seed))
