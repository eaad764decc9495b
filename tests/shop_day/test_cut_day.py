"""The shop day with the power cut at 200 moments: the same end each time, and no charge without its record."""

from __future__ import annotations

from pathlib import Path

import pytest
from day_changes import CHANGES, changed
from day_play import CUTS, RUNS, calm_day, cut_places, gaps_of, play
from day_script import read_script


def the_end_is_the_same(run: int, folder: Path) -> None:
    calm, script = calm_day(), read_script()
    gaps = gaps_of(cut_places(calm.moments)[run])
    cut = play(folder, script, seed=run, tape=calm.tape, gaps=gaps)
    assert cut.cuts == len(gaps) == CUTS // RUNS
    assert cut.wrong == ()
    assert cut.end == calm.end
    assert changed(calm.types, cut.types) | changed(calm.states, cut.states) <= set(CHANGES)


@pytest.mark.slow
def test_the_day_goes_as_the_script_says() -> None:
    calm, script = calm_day(), read_script()
    assert (calm.wrong, calm.unsaid) == ((), ())
    assert calm.end.booked == script.booked


@pytest.mark.slow
def test_ten_power_cuts_change_nothing_that_counts(tmp_path: Path) -> None:
    the_end_is_the_same(0, tmp_path / "day")


@pytest.mark.chaos
@pytest.mark.parametrize("run", range(RUNS))
def test_two_hundred_power_cuts_change_nothing_that_counts(run: int, tmp_path: Path) -> None:
    the_end_is_the_same(run, tmp_path / "day")


def test_the_cuts_are_spread_over_the_whole_day() -> None:
    places = sorted(place for run in cut_places(20_000) for place in run)
    assert len(places) == len(set(places)) == CUTS
    assert all(n * 100 <= place - 1 < (n + 1) * 100 for n, place in enumerate(places))
