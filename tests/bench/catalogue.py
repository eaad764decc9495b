"""Budget 13: 50,000 goods imported beside a terminal that goes on selling."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic

from shop_bench import ROOT

from bench import goods
from bench.counter import SCAN_PLOT, items_applied
from bench.counterside import GOODS, counter_in
from bench.figures import Budget, Figure, Row, middle, milliseconds, percentile
from bench.site import Site

PATIENCE_S = 60.0
ROUNDS = 3
"""Each makes a new catalogue of the same goods; together they give scans enough for a p99."""


def run(site: Site) -> Iterator[Row]:
    applied: list[float] = []
    built: list[float] = []
    scans: list[float] = []
    with counter_in(site.room("catalogue")) as side:
        side.shop.terminal.start()
        side.sell(3)
        csv = goods.write_csv(side.shop.folder / "many.csv", goods.codes())
        for _ in range(ROUNDS):
            before, begun = items_applied(side), monotonic()
            importing = Thread(target=lambda: built.append(import_goods(side.shop.config, csv)))
            importing.start()
            while items_applied(side) == before and monotonic() - begun < PATIENCE_S:
                scans += [side.scan(code) for code in GOODS]
                side.pay()
            applied.append(monotonic() - begun)
            importing.join()
    site.keep(SCAN_PLOT, "while 50,000 goods are imported", scans)
    yield Row(
        "50,000 goods: from the command to the shelf, while selling", Figure(middle(applied), "s"), None,
        Budget("13", "≤", 5.0, "product"), f"of these the command took {middle(built):.1f} s",
    )  # fmt: skip
    for name, found, bound in (("p50", middle(scans), 10.0), ("p99", percentile(scans, 99), 30.0)):
        yield Row(
            f"scan → display meanwhile, {name}", milliseconds(found), None, Budget("13", "≤", bound, "product"),
            f"{len(scans)} scans",
        )  # fmt: skip


def import_goods(config: Path, csv: Path) -> float:
    """Seconds that the command takes."""
    begun = monotonic()
    command = [sys.executable, "-m", "edge", "catalogue", "import", "--config", str(config), str(csv)]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True, timeout=PATIENCE_S)
    return monotonic() - begun
