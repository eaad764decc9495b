"""One run: a shop sells while the gremlin plays; then all is whole again, and is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic

from audit import faults
from clerk import Clerk
from conftest import Mosquitto
from gremlin import SEVERAL, Gremlin, Stage
from shop_bench import EMPTY, Shop, shop_on, until
from worn_disk import WornDisk

from edge.sim.counter.addresses import free_port
from edge.sim.fault_proxy import FaultProxy

HEAL_S = 120.0
"""RTO and the longest back-off that a fresh terminal can have come to, twice."""
PRINT_S = 60.0
"""What the printer gets to catch up after the last sale; what is not printed then must still be waiting."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run in figures. `ended`: how often the terminal ended over its disk. `found`: what was wrong, in words."""

    seed: int
    sales: int
    pranks: Counter[str]
    disk: Counter[str]
    ended: int
    again: int
    receipts: dict[str, int]
    journal_rows: int
    cloud_rows: int
    healed_s: float
    seconds: float
    found: tuple[str, ...]

    @property
    def kills(self) -> int:
        """Processes that were killed; where several were, at least two."""
        return sum(count for name, count in self.pranks.items() if name.startswith("kill")) + self.pranks[SEVERAL]

    def told(self) -> str:
        pranks = ", ".join(f"{count} × {name}" for name, count in sorted(self.pranks.items()))
        disk = ", ".join(f"{count} × {name}" for name, count in sorted(self.disk.items())) or "sound"
        return (
            f"{self.sales} sales, {pranks}; disk: {disk}, ended over it {self.ended} ×; {self.again} scans repeated,"
            f" receipts {self.receipts}; journal {self.journal_rows} rows, cloud {self.cloud_rows};"
            f" healed in {self.healed_s:.0f} s, {self.seconds:.0f} s"
        )


@contextmanager
def stage_in(folder: Path, seed: int, *, worn: bool, entry: Sequence[str] = ("-m", "edge")) -> Iterator[Stage]:
    """A shop whose way to its broker, and with `worn` whose disk, can be played with. All of it ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    broker = Mosquitto(folder / "mosquitto", free_port())
    proxy = FaultProxy("127.0.0.1", broker.port, port=free_port())
    disk = WornDisk(folder / "shop" / "data", folder / "disk", seed=seed) if worn else None
    environment: Mapping[str, str] = disk.environment if disk else EMPTY
    broker.start()
    proxy.start()
    try:
        with shop_on(
            folder / "shop", broker_port=broker.port, terminal_port=proxy.port, entry=entry, environment=environment
        ) as shop:
            yield Stage(shop, broker, proxy, disk)
    finally:
        proxy.close()
        broker.kill()


def play(seed: int, sales: int, folder: Path) -> Outcome:
    """A whole run in `folder`. Raises AssertionError when it does not come to its end."""
    begun = monotonic()
    chance = Random(seed)
    with stage_in(folder, seed, worn=True) as stage:
        shop, disk = stage.shop, stage.disk
        gremlin, clerk = Gremlin(stage, Random(chance.random())), Clerk(shop, chance)
        sell(shop, gremlin, clerk, sales)
        healed_s = heal(shop)
        return Outcome(
            seed=seed, sales=shop.books.sold, pranks=gremlin.done, disk=disk.faults() if disk else Counter(),
            ended=gremlin.ended, again=clerk.again,
            receipts=dict(shop.books.rows("SELECT state, count(*) FROM print_job WHERE copy_no = 0 GROUP BY state")),
            journal_rows=len(shop.books.journal()), cloud_rows=len(shop.cloud_rows()), healed_s=healed_s,
            found=tuple(faults(shop)), seconds=monotonic() - begun,
        )  # fmt: skip


def sell(shop: Shop, gremlin: Gremlin, clerk: Clerk, sales: int) -> None:
    """Until so many are booked; then the gremlin rests."""
    shop.cloud.start()
    shop.open()
    gremlin.start()
    try:
        while shop.books.sold < sales and gremlin.is_well():
            clerk.sell()
    finally:
        gremlin.rest()


def heal(shop: Shop) -> float:
    """Until all is printed and sent; returns the seconds that it took."""
    sold_at = monotonic()
    # The last power cut: a terminal that failed often waits longer than a test can, one that starts does not.
    shop.terminal.kill()
    shop.terminal.start()
    while monotonic() - sold_at < PRINT_S and shop.books.rows("SELECT 1 FROM print_job WHERE state = 'queued'"):
        shop.devices.glance()
    shop.devices.printer_host.pull()  # at the end of the day nothing is in the middle of being printed
    until(lambda: not shop.books.rows("SELECT 1 FROM print_job WHERE state = 'sending'"), "the printer is let go")
    until(shop.synced, "the outbox is empty", patience_s=HEAL_S)
    return monotonic() - sold_at
