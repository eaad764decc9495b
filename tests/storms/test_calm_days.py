"""What `make sim` shows before its storms: calm days go well, and what is wrong on one is found."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from planted_app_bugs import APPS_QUIET
from planted_bugs import QUIET
from planted_cash_bugs import CASH_QUIET
from planted_parcel_bugs import PARCELS_QUIET
from planted_send_bugs import SENDING_QUIET
from planted_service_bugs import SERVICES_QUIET
from planted_stock_bugs import STOCK_QUIET
from year_runs import SERVICE_DAYS, a_run

from edge.sim.year.main import Violated, live
from edge.sim.year.simulation import Outcome

pytestmark = pytest.mark.chaos

QUIET_DAYS, QUIET_SEEDS = 8, 8
"""What needs a storm to be seen is planted beside this."""


def test_calm_days_outlast_a_roll_of_paper() -> None:
    """A day of the whole village is among them, and a roll that ends by itself, which nobody is to blame for."""
    outcome = live(a_run(1, days=32, faults="calm"))
    assert isinstance(outcome, Outcome)
    assert (outcome.faults, outcome.sent_away) == ({}, 0)


@pytest.mark.parametrize(("plant", "sentence"), (*QUIET, *PARCELS_QUIET, *STOCK_QUIET))
def test_a_planted_bug_is_found_on_calm_days(
    plant: Callable[[pytest.MonkeyPatch], None], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    runs = [a_run(seed, days=QUIET_DAYS, faults="calm") for seed in range(1, QUIET_SEEDS + 1)]
    found = next((v for v in map(live, runs) if isinstance(v, Violated)), None)
    assert found is not None, f"not found in {QUIET_SEEDS} seeds"
    assert re.search(sentence, found.what)


@pytest.mark.parametrize(("plant", "sentence"), (*SERVICES_QUIET, *CASH_QUIET, *APPS_QUIET, *SENDING_QUIET))
def test_a_bug_planted_in_services_is_found_on_calm_days(
    plant: Callable[[pytest.MonkeyPatch], None], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    runs = [a_run(seed, SERVICE_DAYS, "calm", services=True) for seed in range(1, QUIET_SEEDS + 1)]
    found = next((v for v in map(live, runs) if isinstance(v, Violated)), None)
    assert found is not None, f"not found in {QUIET_SEEDS} seeds"
    assert re.search(sentence, found.what), found.what
