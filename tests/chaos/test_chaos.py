"""300 sales while terminal, broker and cloud are killed and the network breaks: nothing lost, nothing doubled.

EDGE_CHAOS_RUNS (3), EDGE_CHAOS_SALES (300) and EDGE_CHAOS_SEED (by chance) change it; a failure says how to repeat it.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom
from time import monotonic

import pytest
from clerk import Clerk
from conftest import Mosquitto
from gremlin import Gremlin
from shop_bench import Shop, disagreements, shop_on, until

from edge.__main__ import main
from edge.codec.command_card import receipt_code
from edge.sim.counter.addresses import free_port
from edge.sim.fault_proxy import FaultProxy

RUNS = int(os.environ.get("EDGE_CHAOS_RUNS", "3"))
SALES = int(os.environ.get("EDGE_CHAOS_SALES", "300"))
HEAL_S = 120.0
"""RTO and the longest back-off that a fresh terminal can have come to, twice."""
PRINT_S = 20.0
"""What the printer gets to catch up after the last sale; what is not printed then must still be waiting."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Originals on the paper by receipt: how often one was begun, and those that were printed to their end."""

    begun: Counter[str]
    whole: set[str]


def seeds() -> list[int]:
    told = os.environ.get("EDGE_CHAOS_SEED")
    return [int(told)] if told else [SystemRandom().randrange(10**6) for _ in range(RUNS)]


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds())
def test_whatever_is_killed_nothing_is_lost_and_nothing_doubled(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = monotonic()
    repeat = f"EDGE_CHAOS_SEED={seed} EDGE_CHAOS_SALES={SALES} make chaos"
    print(f"seed {seed}, repeat with: {repeat}")  # shown when it fails
    chance = Random(seed)
    broker = Mosquitto(tmp_path / "mosquitto", free_port())
    proxy = FaultProxy("127.0.0.1", broker.port)
    broker.start()
    proxy.start()
    try:
        with shop_on(tmp_path / "shop", broker_port=broker.port, terminal_port=proxy.port) as shop:
            told = sell_in_chaos(shop, broker, proxy, chance)
            found = [*disagreements(shop), *paper_faults(shop), *drawer_faults(shop)]
            if main(["journal", "--config", str(shop.config), "--verify"]) != 0:
                found.append("the journal is broken")
    finally:
        proxy.close()
        broker.kill()
    with capsys.disabled():
        print(f"\nseed {seed}: {told}, {monotonic() - begun:.0f} s")
    assert not found, f"seed {seed}, repeat with: {repeat}\n" + "\n".join(found)


def sell_in_chaos(shop: Shop, broker: Mosquitto, proxy: FaultProxy, chance: Random) -> str:
    """Until all is sold, healed, printed and sent. Returns what was done."""
    shop.cloud.start()
    shop.open()
    gremlin, clerk = Gremlin(shop, broker, proxy, Random(chance.random())), Clerk(shop, chance)
    gremlin.start()
    try:
        while shop.books.sold < SALES:
            clerk.sell()
    finally:
        gremlin.rest()
    sold_at = monotonic()
    # The last power cut: a terminal that failed often waits longer than a test can, one that starts does not.
    shop.terminal.kill()
    shop.terminal.start()
    while monotonic() - sold_at < PRINT_S and shop.books.rows("SELECT 1 FROM print_job WHERE state = 'queued'"):
        shop.devices.glance()
    shop.devices.printer_host.pull()  # at the end of the day nothing is in the middle of being printed
    until(lambda: not shop.books.rows("SELECT 1 FROM print_job WHERE state = 'sending'"), "the printer is let go")
    until(shop.synced, "the outbox is empty", patience_s=HEAL_S)
    jobs = dict(shop.books.rows("SELECT state, count(*) FROM print_job WHERE copy_no = 0 GROUP BY state"))
    return (
        f"{shop.books.sold} sales, {gremlin.kills}, {clerk.again} scans repeated, receipts {jobs},"
        f" healed in {monotonic() - sold_at:.0f} s"
    )


def paper_faults(shop: Shop) -> list[str]:
    """At most one original of a sale; one that has no whole original has a job that says so."""
    paper = look_at(shop)
    found = [f"{receipt}: {count} originals on paper" for receipt, count in paper.begun.items() if count > 1]
    receipts = dict(shop.books.rows("SELECT id, receipt FROM sale"))
    jobs = dict(shop.books.rows("SELECT of, state FROM print_job WHERE copy_no = 0 AND of IN (SELECT id FROM sale)"))
    for sale, receipt in receipts.items():
        state = jobs.get(sale, "missing")
        if receipt not in paper.whole and state not in ("queued", "unknown"):
            found.append(f"{receipt}: no whole original on paper, and its job is {state}")
    return found


def look_at(shop: Shop) -> Paper:
    """Read the roll as a person would, slip by slip: two receipts can hang on one, where the first was cut short."""
    slips = [*shop.devices.printer.paper.slips, shop.devices.printer.paper.open_slip]
    begun: Counter[str] = Counter()
    whole = set()
    for slip in slips:
        if slip.is_copy:
            continue
        for (receipt,) in shop.books.rows("SELECT receipt FROM sale"):
            begun[receipt] += slip.text.count(f"单号 {receipt}")
            if receipt_code(receipt) in slip.barcodes:
                whole.add(receipt)
    return Paper(begun, whole)


def drawer_faults(shop: Shop) -> list[str]:
    """A pulse for each that is done, at most one more for each that nobody knows about; none without a reason."""
    states = Counter(state for (state,) in shop.books.rows("SELECT state FROM drawer_kick"))
    reasons = Counter(shop.books.rows("SELECT id, why FROM drawer_kick"))
    sales = {sale for (sale,) in shop.books.rows("SELECT id FROM sale")}
    found = [f"a pulse for {id}, which is no sale" for id, why in reasons if why != "sale" or id not in sales]
    if not states["done"] <= shop.devices.pulses <= states["done"] + states["unknown"]:
        found.append(f"{shop.devices.pulses} pulses, and the ledger knows of {dict(states)}")
    if len(reasons) != len(sales):
        found.append(f"{len(sales)} cash sales, {len(reasons)} reasons to open the drawer")
    return found
