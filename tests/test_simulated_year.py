"""The simulated year holds its invariants, is the same again for the same seed, and names what it finds."""

from __future__ import annotations

import gc
from collections import Counter

import pytest
from planted_bugs import hand_out_before_commit
from year_runs import DAYS, a_run

from edge.__main__ import main
from edge.sim.year.main import live
from edge.sim.year.service_table import ServiceTable
from edge.sim.year.simulation import CUSTOMERS, Outcome
from edge.sim.year.world import World


@pytest.mark.slow
def test_a_storm_of_twenty_days_breaks_nothing() -> None:
    outcome = live(a_run(2))
    assert isinstance(outcome, Outcome), outcome
    assert outcome.sales > DAYS


def test_the_same_seed_lives_the_same_days() -> None:
    one, other = live(a_run(5, days=4)), live(a_run(5, days=4))
    assert isinstance(one, Outcome) and isinstance(other, Outcome)
    assert (one.digest, one.messages, one.faults) == (other.digest, other.messages, other.faults)


def test_no_life_carries_those_before_it_along() -> None:
    """A thousand seeds in one process fit into its memory."""
    for seed in range(1, 4):
        live(a_run(seed, days=1, faults="calm"))
    assert sum(isinstance(thing, World) for thing in gc.get_objects()) <= 1


def test_a_calm_day_sells_to_everybody_and_nothing_goes_wrong() -> None:
    outcome = live(a_run(2, days=2, faults="calm"))
    assert isinstance(outcome, Outcome)
    assert outcome.faults == {} and outcome.cuts == 0
    assert (outcome.customers, outcome.sent_away) == (2 * CUSTOMERS, 0)
    assert outcome.sales > CUSTOMERS, "more than half take everything out again, and pay nothing"


def test_the_table_of_services_names_what_never_happened() -> None:
    table = ServiceTable(Counter({("bill", "success"): 3}))
    assert "bill success" not in table.empty
    assert "bill decline" in table.empty
    assert len(set(map(len, table.text.splitlines()))) == 1


def test_what_has_no_meaning_is_no_empty_cell_and_says_why() -> None:
    table = ServiceTable(Counter())
    row = next(line for line in table.text.splitlines() if line.startswith("bank_note"))
    assert row.split() == ["bank_note", "0", "0", "–", "–", "0", "0", "–", "0"]
    assert "bank_note expiry" not in table.empty and "– bank_note expiry: " in table.why_not


def test_a_violation_names_its_seed_and_the_command_that_shows_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_out_before_commit(monkeypatch)
    assert main(["sim", "--seed", "7", "--days", "1", "--faults", "calm"]) == 1
    said = capsys.readouterr().out
    assert "seed 7: VIOLATED: day" in said
    assert "see it again: .venv/bin/edge sim --seed 7 --days 1 --faults calm" in said
    assert "1 of 1 seed violated" in said
