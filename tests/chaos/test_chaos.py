"""300 sales while processes are killed, the network breaks and the disk fails: nothing lost, nothing doubled.

EDGE_CHAOS_RUNS (3), EDGE_CHAOS_SALES (300) and EDGE_CHAOS_SEED (by chance) change it; a failure says how to repeat it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import SystemRandom

import pytest
from shift import play

RUNS = int(os.environ.get("EDGE_CHAOS_RUNS", "3"))
SALES = int(os.environ.get("EDGE_CHAOS_SALES", "300"))


SEED = os.environ.get("EDGE_CHAOS_SEED")


@pytest.mark.chaos
@pytest.mark.parametrize("run", range(1 if SEED else RUNS))
def test_whatever_is_killed_nothing_is_lost_and_nothing_doubled(
    run: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The seed is drawn here: processes that share the runs must find the same tests."""
    seed = int(SEED) if SEED else SystemRandom().randrange(10**6)
    repeat = f"EDGE_CHAOS_SEED={seed} EDGE_CHAOS_SALES={SALES} make chaos"
    print(f"seed {seed}, repeat with: {repeat}")  # shown when it fails
    outcome = play(seed, SALES, tmp_path)
    record_property(f"seed {seed}", outcome.told())
    assert not outcome.found, f"seed {seed}, repeat with: {repeat}\n" + "\n".join(outcome.found)
