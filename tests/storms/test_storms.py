"""What `make sim` shows before its years: many short storms break nothing, and a planted bug is found in one."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import pytest
from planted_bugs import LOUD
from planted_parcel_bugs import PARCELS_LOUD
from planted_service_bugs import SERVICES_LOUD
from year_runs import DAYS, SERVICE_DAYS, a_run

from edge.sim.year.main import Violated, live
from edge.sim.year.service_table import ServiceTable
from edge.sim.year.simulation import Outcome

pytestmark = pytest.mark.chaos

SEEDS = 20
PLANTED_SEEDS = 20
"""Within so many a planted bug must be found."""
SHORT_LIVES = 30
RARE = ("offline", "restart", "cancel", "loan unknown", "app_order decline")
"""Ends that so few lives need not have."""


def test_twenty_storms_of_twenty_days_break_nothing() -> None:
    with ProcessPoolExecutor(2) as pool:
        outcomes = list(pool.map(live, [a_run(seed) for seed in range(1, SEEDS + 1)]))
    assert [outcome for outcome in outcomes if isinstance(outcome, Violated)] == []
    lived = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    assert sum(outcome.cuts for outcome in lived) > SEEDS, "hardly a storm"
    assert all(outcome.sales > DAYS for outcome in lived)
    assert len({outcome.digest for outcome in lived}) == SEEDS


@pytest.mark.parametrize(("plant", "sentence"), (*LOUD, *PARCELS_LOUD))
def test_a_planted_bug_is_found_in_a_storm(
    plant: Callable[[pytest.MonkeyPatch], None], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    found = next((v for v in map(live, map(a_run, range(1, PLANTED_SEEDS + 1))) if isinstance(v, Violated)), None)
    assert found is not None, f"not found in {PLANTED_SEEDS} seeds"
    assert re.search(sentence, found.what)


@pytest.mark.parametrize(("plant", "sentence"), SERVICES_LOUD)
def test_a_bug_planted_in_services_is_found_in_a_storm(
    plant: Callable[[pytest.MonkeyPatch], None], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    runs = [a_run(seed, SERVICE_DAYS, services=True) for seed in range(1, 2 * PLANTED_SEEDS + 1)]
    found = next((v for v in map(live, runs) if isinstance(v, Violated)), None)
    assert found is not None, f"not found in {2 * PLANTED_SEEDS} seeds"
    assert re.search(sentence, found.what), found.what


def test_short_lives_full_of_services_break_nothing() -> None:
    with ProcessPoolExecutor(2) as pool:
        outcomes = list(
            pool.map(live, [a_run(seed, SERVICE_DAYS, services=True) for seed in range(1, SHORT_LIVES + 1)])
        )
    assert [outcome for outcome in outcomes if isinstance(outcome, Violated)] == []
    table = ServiceTable.of(outcome for outcome in outcomes if isinstance(outcome, Outcome))
    assert not [what for what in table.empty if not what.endswith(RARE)], table.text
