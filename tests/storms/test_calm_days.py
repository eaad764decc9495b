"""What `make sim` shows before its storms: what is wrong on a calm day is found on one."""

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

pytestmark = pytest.mark.chaos

QUIET_DAYS, QUIET_SEEDS = 8, 8
"""What needs a storm to be seen is planted beside this."""


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
