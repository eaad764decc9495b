"""Chaos for the record: many long runs, two side by side, a table and a verdict. `make chaos-full`.

EDGE_CHAOS_RUNS (20), EDGE_CHAOS_SALES (1000) and EDGE_CHAOS_SEED (the first of the seeds, 1) change it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from time import monotonic

from gremlin import SEVERAL
from shift import Outcome, play

RUNS = int(os.environ.get("EDGE_CHAOS_RUNS", "20"))
SALES = int(os.environ.get("EDGE_CHAOS_SALES", "1000"))
FIRST_SEED = int(os.environ.get("EDGE_CHAOS_SEED", "1"))
SIDE_BY_SIDE = 2
"""Each has its own ports and folders, and waits more than it works: two fit on two cores."""
NETWORK = ("latency", "cut in a packet", "black hole", "refused", "reset")
_ROW = "{:>6} {:>6} {:>9} {:>7} {:>6} {:>8} {:>8} {:>11} {:>6} {:>6} {:>8} {:>7} {:>6} {:>7}  {}"
_HEAD = (
    "seed", "sales", "terminal", "broker", "cloud", "several", "network", "disk faults", "ended", "again", "journal",
    "cloud", "healed", "seconds", "",
)  # fmt: skip


def main() -> int:
    begun = monotonic()
    print(f"{RUNS} runs of {SALES} sales, seeds {FIRST_SEED} to {FIRST_SEED + RUNS - 1}, {SIDE_BY_SIDE} side by side")
    print("terminal, broker, cloud, several: how often each was killed. network, disk faults: faults that were made to")
    print("happen. ended: times that the terminal ended over its disk. journal, cloud: rows there.", flush=True)
    print(_ROW.format(*_HEAD), flush=True)
    outcomes, failures = [], []
    for seed, result in runs():
        if isinstance(result, Outcome):
            outcomes.append(result)
            print(line(result), flush=True)
        else:
            failures.append(f"seed {seed} did not come to its end: {result!r}")
            print(failures[-1], flush=True)
    failures += [f"seed {each.seed}: {word}" for each in outcomes for word in each.found]
    print(verdict(outcomes, failures, monotonic() - begun))
    return 1 if failures else 0


def runs() -> Iterator[tuple[int, Outcome | BaseException]]:
    """Each seed with its outcome or what ended it, in the order in which they finish."""
    with ProcessPoolExecutor(SIDE_BY_SIDE) as pool:
        asked = {pool.submit(run, seed): seed for seed in range(FIRST_SEED, FIRST_SEED + RUNS)}
        for done in as_completed(asked):
            yield asked[done], done.exception() or done.result()


def run(seed: int) -> Outcome:
    """What a run leaves behind is kept when something is wrong with it."""
    folder = Path(tempfile.mkdtemp(prefix=f"edge-chaos-{seed}-"))
    with redirect_stdout(StringIO()):
        outcome = play(seed, SALES, folder)
    if not outcome.found:
        shutil.rmtree(folder)
    return outcome


def line(outcome: Outcome) -> str:
    done = outcome.pranks
    return _ROW.format(
        outcome.seed, outcome.sales, done["kill terminal"], done["kill broker"], done["kill cloud"],
        done[SEVERAL], sum(done[name] for name in NETWORK), outcome.disk.total(), outcome.ended, outcome.again,
        outcome.journal_rows, outcome.cloud_rows, f"{outcome.healed_s:.0f} s", f"{outcome.seconds:.0f} s",
        "; ".join(outcome.found[:3]) or "equal",
    )  # fmt: skip


def verdict(outcomes: list[Outcome], failures: list[str], seconds: float) -> str:
    sales, rows = sum(each.sales for each in outcomes), sum(each.journal_rows for each in outcomes)
    kills, faults = sum(each.kills for each in outcomes), sum(each.disk.total() for each in outcomes)
    if failures:
        where = f"What they left behind: {tempfile.gettempdir()}/edge-chaos-SEED-*"
        return f"FAILED after {seconds / 60:.0f} min:\n" + "\n".join([*failures, where])
    return (
        f"{len(outcomes)} runs, {sales} sales, {kills} kills, {faults} disk faults: the cloud has each of {rows} rows"
        f" of the journals once, in order; no receipt on paper that a journal lacks, none twice. {seconds / 60:.0f} min"
    )


if __name__ == "__main__":
    sys.exit(main())
