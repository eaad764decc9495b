"""Budget 1: what was accepted and never came to the cloud, when processes are killed and the network goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import permutations
from pathlib import Path
from threading import Event
from time import monotonic

from conftest import Mosquitto
from shop_bench import COLA, NOODLES, TID, WATER, Shop, until

from bench import history
from bench.figures import Budget, Figure, Row
from bench.site import Site, broker_in, shop_in
from edge.reference_cloud.report import CloudReport
from edge.sim.fault_proxy import FaultProxy

HEAL_S = 240.0
SILENT_S = 60.0
BACKLOG = 100_000
SALES = 3


def run(site: Site) -> Iterator[Row]:
    yield told("kill -9 of terminal, broker and cloud, in all six orders", *killed_in_every_order(site))
    yield told("broker and cloud not there since the start, a power cut, then they come", *cold_start(site))
    yield told(f"a link that is silent for {SILENT_S:.0f} s while the shop sells", *silent_link(site))
    yield told(f"a backlog of {BACKLOG:,}, terminal and cloud killed while it leaves", *long_backlog(site))


def told(what: str, accepted: int, lost: int) -> Row:
    return Row(
        f"accepted events lost: {what}", Figure(lost, "lost"), None, Budget("1", "≤", 0, "product"),
        f"of {accepted:,} accepted",
    )  # fmt: skip


def killed_in_every_order(site: Site) -> tuple[int, int]:
    room = site.room("loss-orders")
    with broker_in(room) as broker, shop_in(room, broker_port=broker.port) as shop:
        shop.cloud.start()
        shop.open()
        for order in permutations(("terminal", "broker", "cloud")):
            sell(shop)
            for victim in order:
                kill(victim, shop, broker)
                if shop.terminal.running:
                    sell(shop)
            broker.start()
            shop.cloud.start(ready="")
            shop.open()
        return balance(shop)


def cold_start(site: Site) -> tuple[int, int]:
    room = site.room("loss-cold")
    with broker_in(room) as broker, shop_in(room, broker_port=broker.port) as shop:
        broker.kill()
        shop.open()
        sell(shop, 10)
        shop.terminal.kill()
        shop.open()
        sell(shop, 10)
        broker.start()
        shop.cloud.start()
        sell(shop)
        return balance(shop)


def silent_link(site: Site) -> tuple[int, int]:
    with ExitStack() as stack:
        room = site.room("loss-silent")
        broker = stack.enter_context(broker_in(room))
        proxy = stack.enter_context(FaultProxy("127.0.0.1", broker.port))
        shop = stack.enter_context(shop_in(room, broker_port=broker.port, terminal_port=proxy.port))
        shop.cloud.start()
        shop.open()
        sell(shop)
        until(shop.synced, "it is in order before", patience_s=HEAL_S)
        proxy.swallow()
        end, pause = monotonic() + SILENT_S, Event()
        while monotonic() < end:
            sell(shop, 1)
            pause.wait(0.5)
        proxy.pass_on()
        return balance(shop)


def long_backlog(site: Site) -> tuple[int, int]:
    room = site.room("loss-backlog")
    history.backlog(room / "shop" / "data" / "ledger.db", BACKLOG)
    with broker_in(room) as broker, shop_in(room, broker_port=broker.port) as shop:
        shop.cloud.start()
        shop.terminal.start()
        until(lambda: shop.cloud_upto() > BACKLOG * 0.3, "a third has left", patience_s=HEAL_S)
        shop.terminal.kill()
        shop.terminal.start()
        until(lambda: shop.cloud_upto() > BACKLOG * 0.6, "more has left", patience_s=HEAL_S)
        shop.cloud.kill()
        shop.cloud.start()
        return balance(shop)


def sell(shop: Shop, sales: int = SALES) -> None:
    for _ in range(sales):
        shop.sell(WATER, COLA, NOODLES)


def kill(victim: str, shop: Shop, broker: Mosquitto) -> None:
    stops: dict[str, Callable[[], None]] = {
        "terminal": shop.terminal.kill, "broker": broker.kill, "cloud": shop.cloud.kill,
    }  # fmt: skip
    stops[victim]()


def balance(shop: Shop) -> tuple[int, int]:
    """(accepted, lost) once the terminal believes that all is there: its journal against the cloud's file."""
    until(shop.synced, "the outbox is empty", patience_s=HEAL_S)
    accepted = {row[0] for row in shop.books.rows("SELECT id FROM journal")}
    return len(accepted), len(accepted - cloud_ids(shop.cloud_file))


def cloud_ids(file: Path) -> set[str]:
    report = CloudReport(file)
    return {row.id for stream in ("pk", "tx", "ev") for row in report.rows(TID, stream)}
