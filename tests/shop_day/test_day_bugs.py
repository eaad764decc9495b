"""A bug that is planted in the terminal is found by the day with power cuts."""

from __future__ import annotations

from pathlib import Path

import pytest
from day_play import RUNS, calm_day, cut_places, gaps_of, play
from day_script import read_script

from edge.messages import Started
from edge.model.payment import PaymentEvent
from edge.ports import Transaction
from edge.services.payments import Payments


def forget_at_boot(payments: Payments, _: Started, tx: Transaction) -> None:
    """Whatever was under way when the power went counts as not paid; nobody asks."""
    for payment in tx.payments.unfinished():
        payments.move(payment, PaymentEvent.DECLINE, tx, why="power")


def wrong_in(run: int, folder: Path) -> list[str]:
    """What a day with that run's cuts finds in its books."""
    calm = calm_day()
    gaps = gaps_of(cut_places(calm.moments)[run])
    return list(play(folder, read_script(), seed=run, tape=calm.tape, gaps=gaps).wrong)


@pytest.mark.chaos
def test_a_charge_that_a_power_cut_makes_the_till_forget_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calm_day()
    monkeypatch.setattr(Payments, "_resume", forget_at_boot)
    found = next((wrong for run in range(RUNS) if (wrong := wrong_in(run, tmp_path / str(run)))), [])
    assert any("the provider has" in sentence and "the journal 0" in sentence for sentence in found), found
