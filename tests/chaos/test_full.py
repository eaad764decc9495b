"""The record of many runs: a line a run, and one run that went wrong is a failure of the whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from full import line, verdict
from shift import Outcome

GOOD = Outcome(
    seed=7, sales=1000, pranks=Counter({"kill terminal": 60, "kill broker": 20, "kill several": 10, "latency": 30}),
    disk=Counter({"sync EIO": 12, "write ENOSPC": 30}), ended=11, again=25, receipts={"printed": 950, "unknown": 50},
    journal_rows=1200, cloud_rows=1200, healed_s=8.4, seconds=420.0, found=(),
)  # fmt: skip


def test_a_line_holds_kills_faults_and_rows_of_both_sides() -> None:
    words = " ".join(line(GOOD).split())
    assert words == "7 1000 60 20 0 10 30 42 11 25 1200 1200 8 s 420 s equal"


def test_the_verdict_counts_all_runs_together() -> None:
    told = verdict([GOOD, replace(GOOD, seed=8)], [], 900.0)
    assert told.startswith("2 runs, 2000 sales, 200 kills, 84 disk faults: the cloud has each of 2400 rows")


def test_a_run_that_lost_a_row_is_told_with_its_seed() -> None:
    lossy = replace(GOOD, found=("lost: 12 sale.completed",), cloud_rows=1199)
    assert line(lossy).endswith("lost: 12 sale.completed")
    assert verdict([lossy], ["seed 7: lost: 12 sale.completed"], 900.0).startswith("FAILED after 15 min:\nseed 7: lost")
