"""`make soak HOURS=0.1`: a real terminal sells for so long, and nothing of it may grow. Table, verdict, plot."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from clerk import Clerk
from shift import stage_in
from shop_bench import ROOT, disagreements, until

from soak.growth import SECONDS_AN_HOUR, WARM_UP, Sample, Verdict, verdicts
from soak.plot import draw
from soak.shop_day import Mishaps, soak

HOURS_DEFAULT = "0.1"
HOURS_MIN, HOURS_MAX = 0.02, 1_000
"""In less there is neither a warm-up nor a slope; in more, a card wears out first."""
SEED = 1
HEAL_S = 600.0
"""A cloud that was away for long is tried again after up to several minutes."""
SHOWN = 12
"""Rows of the table; the plot has them all."""
PICTURE = ROOT / "build" / "soak.png"
_ROW = "{:>8} {:>8} {:>8} {:>8} {:>8} {:>10} {:>8}"


def main() -> int:
    """0: flat; 1: something grows, or the cloud lacks rows; 2: HOURS is no number that makes sense."""
    told = os.environ.get("HOURS") or HOURS_DEFAULT
    try:
        hours = float(told)
    except ValueError:
        hours = 0.0
    if not HOURS_MIN <= hours <= HOURS_MAX:
        print(f"soak: HOURS: expected {HOURS_MIN} to {HOURS_MAX}, got {told}. Say, for instance, HOURS=0.5")
        return 2
    with tempfile.TemporaryDirectory(prefix="edge-soak-") as folder:
        samples, faults = watch(Path(folder), hours * SECONDS_AN_HOUR)
    found = verdicts(samples)
    PICTURE.parent.mkdir(exist_ok=True)
    draw(samples, found, PICTURE)
    tell(found, faults)
    print(f"plot: {PICTURE.relative_to(ROOT)}")
    return 1 if faults or any(each.grows for each in found) else 0


def watch(folder: Path, seconds: float) -> tuple[list[Sample], list[str]]:
    """(samples, what the journal and the cloud differ in at the end)."""
    samples: list[Sample] = []
    chance = Random(SEED)
    with stage_in(folder, SEED, worn=False) as stage:
        shop = stage.shop
        shop.cloud.start()
        shop.open()
        mishaps = Mishaps(shop, stage.proxy, Random(chance.random()))
        print(_ROW.format("seconds", "sales", "RSS MB", "handles", "threads", "ledger MB", "WAL MB"), flush=True)
        mishaps.start()
        try:
            for each in soak(shop, Clerk(shop, chance), seconds):
                samples.append(each)
                if is_shown(each, samples, seconds):
                    print(row(each), flush=True)
        finally:
            mishaps.rest()
        assert shop.terminal.running, shop.terminal.text[-2000:]
        until(shop.synced, "the outbox is empty", patience_s=HEAL_S)
        print("mishaps: " + ", ".join(f"{count} × {name}" for name, count in sorted(mishaps.done.items())))
        return samples, disagreements(shop)


def is_shown(sample: Sample, samples: Sequence[Sample], seconds: float) -> bool:
    """The first one of each twelfth of the time."""
    before = samples[-2].at_s if len(samples) > 1 else -1.0
    return sample.at_s * SHOWN // seconds != before * SHOWN // seconds


def row(sample: Sample) -> str:
    return _ROW.format(
        f"{sample.at_s:.0f}", sample.sales, f"{sample.rss_kb / 1024:.1f}", sample.handles, sample.threads,
        f"{sample.ledger_kb / 1024:.2f}", f"{sample.wal_kb / 1024:.1f}",
    )  # fmt: skip


def tell(found: Sequence[Verdict], faults: Sequence[str]) -> None:
    print(f"\nafter a warm-up of {WARM_UP:.0%}:")
    for each in found:
        outcome = "GROWS" if each.grows else "flat"
        print(
            f"{each.name:<20} {each.level:>6}, {each.slope:<16} {each.share:+6.1%} of at most"
            f" {each.limit.share:+.0%}: {outcome}. Why so much: {each.limit.why}"
        )
    for fault in faults[:SHOWN]:
        print(f"journal and cloud: {fault}")
    growing = [each.name for each in found if each.grows]
    print(f"GROWS: {', '.join(growing)}" if growing else "nothing grows" + ("" if faults else ", nothing is lost"))


if __name__ == "__main__":
    sys.exit(main())
