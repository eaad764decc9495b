"""The shop day with the power cut at 200 moments: the same end each time, and no charge without its record."""

from __future__ import annotations

from pathlib import Path

import pytest
from day_changes import CHANGES, changed
from day_play import CUTS, RUNS, Played, calm_day, cut_places, gaps_of, play
from day_script import read_script


def cut_day(run: int, folder: Path) -> Played:
    """The day with the power cuts of one run, each of which has come."""
    calm = calm_day()
    gaps = gaps_of(cut_places(calm.moments)[run])
    cut = play(folder, read_script(), seed=run, tape=calm.tape, gaps=gaps)
    assert cut.cuts == len(gaps) == CUTS // RUNS
    return cut


def unexpected(cut: Played) -> set[str]:
    """Rows of which there are more or fewer than on the calm day, and no reason for it in `CHANGES`."""
    calm = calm_day()
    return (changed(calm.types, cut.types) | changed(calm.states, cut.states)) - set(CHANGES)


@pytest.mark.slow
def test_the_day_goes_as_the_script_says() -> None:
    calm, script = calm_day(), read_script()
    assert (calm.wrong, calm.unsaid) == ((), ())
    assert calm.end.booked == script.booked


@pytest.mark.slow
def test_ten_power_cuts_change_nothing_that_counts(tmp_path: Path) -> None:
    cut = cut_day(0, tmp_path / "day")
    assert (cut.wrong, cut.end, unexpected(cut)) == ((), calm_day().end, set())


@pytest.mark.chaos
@pytest.mark.parametrize("run", range(RUNS))
def test_two_hundred_power_cuts_change_nothing_that_counts(run: int, tmp_path: Path) -> None:
    cut = cut_day(run, tmp_path / "day")
    assert (cut.wrong, cut.end, unexpected(cut)) == ((), calm_day().end, set())


def test_the_cuts_are_spread_over_the_whole_day() -> None:
    places = sorted(place for run in cut_places(20_000) for place in run)
    assert len(places) == len(set(places)) == CUTS
    assert all(n * 100 <= place - 1 < (n + 1) * 100 for n, place in enumerate(places))
