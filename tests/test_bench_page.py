"""The benchmark's own arithmetic: ratios, percentiles, verdicts, and the page made of a fixed set of figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import plots
from bench.cloud_stub import between, opened
from bench.counter import SCAN_PLOT
from bench.figures import Budget, Figure, Row, megabytes, middle, milliseconds, not_measured, number, percentile
from bench.page import Measured, Plot, page, table, verdicts

from edge.codec.json_text import GZIP_ABOVE, pack
from edge.codec.wire_batch import batch_text

FAST = Row("an append", Figure(900.0, "/s"), Figure(1000.0, "raw/s"), Budget("2", "≥", 0.8), "p50 1 ms")
SLOW = Row("a sale", Figure(400.0, "/s"), Figure(1000.0, "raw/s"), Budget("3", "≥", 0.5))
LATE = Row("a scan, p99", milliseconds(0.018), None, Budget("4", "≤", 15.0, "product"))
LOST = Row("lost", Figure(3, "lost"), None, Budget("1", "≤", 0, "product"))
ABSENT = Row("the rival", not_measured("could not be installed"), None, Budget("6", "≥", 4.0))


def test_ratio_is_product_over_limit() -> None:
    assert FAST.ratio == pytest.approx(0.9)
    assert LATE.ratio is None
    assert Row("nothing beside it", Figure(1.0), Figure(0.0)).ratio is None


def test_a_verdict_says_by_how_much_a_budget_is_missed() -> None:
    assert [row.verdict for row in (FAST, SLOW, LATE, LOST, ABSENT)] == [
        "holds", "missed by 20 %", "missed by 20 %", "missed by 3", "not measured",
    ]  # fmt: skip
    assert Row("no budget", Figure(1.0)).verdict == ""


def test_the_bound_itself_still_holds() -> None:
    assert Row("even", Figure(5.0, "ms"), None, Budget("4", "≤", 5.0, "product")).holds
    assert Row("even", Figure(8.0), Figure(10.0), Budget("2", "≥", 0.8)).holds


def test_what_was_not_measured_neither_holds_nor_counts_as_missed_by_a_figure() -> None:
    assert ABSENT.holds is None
    assert str(ABSENT.product) == "could not be installed"


def test_percentile_is_the_nearest_rank() -> None:
    assert percentile(list(range(1, 101)), 99) == 99
    assert percentile([4.0, 1.0, 3.0, 2.0], 50) == 2.0
    assert percentile([7.0], 99) == 7.0
    assert middle([3.0, 1.0, 2.0]) == 2.0


def test_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 50)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12345.6, "12,346"),
        (437.2, "437"),
        (19.04, "19.0"),
        (1.234, "1.23"),
        (0.0123456, "0.0123"),
        (3.0, "3"),
    ],
)
def test_numbers_keep_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_units_are_turned_as_their_names_say() -> None:
    assert str(milliseconds(0.0025)) == "2.50 ms"
    assert str(megabytes(66_560)) == "65 MB"


def test_table_shows_limit_product_ratio_budget_and_verdict() -> None:
    assert table([FAST]).splitlines()[2:] == [
        "| an append (p50 1 ms) | 1,000 raw/s | 900 /s | 0.90 × | 2: ≥ 0.80 × | holds |"
    ]


def test_missed_budgets_stand_first_with_what_was_found() -> None:
    assert verdicts([FAST, SLOW, LATE]).splitlines() == [
        "1 of 3 bounds hold.",
        "- budget 3, a sale: missed by 20 % (0.40 ×, bound ≥ 0.50 ×)",
        "- budget 4, a scan, p99: missed by 20 % (18 ms, bound ≤ 15 ms)",
    ]


def test_page_is_made_of_the_run_alone() -> None:
    section = Measured("The ledger", "Side by side.", [FAST, ABSENT])
    text = page({"when": "2026-11-25", "disk": "ext4"}, [section], [Plot("a.png", "A picture.")], minutes=24.4)
    for part in (
        "- when: 2026-11-25\n- disk: ext4\n- the run took 24 minutes",
        "1 of 2 bounds hold.",
        "## The ledger\n\nSide by side.\n\n| what |",
        "| the rival |  | could not be installed |  | 6: ≥ 4 × | not measured |",
        "![A picture.](benchmarks/a.png)",
        "`make bench ONLY=drain`",
    ):
        assert part in text
    assert text.endswith("`build/rival`.\n")


def test_only_what_was_measured_is_drawn(tmp_path: Path) -> None:
    drawn = plots.draw({SCAN_PLOT: {"0 rows": [0.002, 0.003, 0.004]}, "drain": {"rival, tuned": [10_000.0]}}, tmp_path)
    assert [plot.file for plot in drawn] == ["scan.png", "drain.png"]
    assert all((tmp_path / plot.file).read_bytes().startswith(b"\x89PNG") for plot in drawn)


@pytest.mark.parametrize("events", [1, 60])
def test_the_cloud_stub_reads_a_batch_by_its_head(events: int) -> None:
    text = batch_text(["{}" * 20] * events, tid="T7K3M9Q2", stream="tx", epoch="01KA", base=18231, sent="now")
    head, octets = opened(pack(text))
    assert octets == len(text)
    assert (octets > GZIP_ABOVE) is (events > 1)
    assert [between(head, key) for key in (b'"base":', b'"n":', b'"epoch":"')] == [
        b"18231",
        str(events).encode(),
        b"01KA",
    ]
