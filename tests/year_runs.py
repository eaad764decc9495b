"""Simulated lives, as tests ask for them."""

from __future__ import annotations

from edge.sim.year.main import Run
from edge.sim.year.simulation import CUSTOMERS

DAYS = 20
SERVICE_DAYS = 2
"""Of customers who mostly want services."""


def a_run(seed: int, days: int = DAYS, faults: str = "storm", *, services: bool = False) -> Run:
    return Run(seed, days, faults, CUSTOMERS, services)
