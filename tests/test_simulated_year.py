"""The simulated year holds its invariants, is the same again for the same seed, and finds planted bugs."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from edge.__main__ import main
from edge.bus import Bus
from edge.errors import StoreError
from edge.messages import CloudAccepted, Started, WorkQueued
from edge.model.ledger_rows import EffectState, Entry
from edge.model.records import Record, Stream
from edge.ports import Transaction
from edge.services.drawer import Drawer
from edge.services.sync import Sync
from edge.sim.year.main import Run, Violated, live
from edge.sim.year.simulation import CUSTOMERS, Outcome
from edge.store.transaction import LedgerTransaction

SEEDS, DAYS = 20, 20
PLANTED_SEEDS = 20
"""Within so many a planted bug must be found."""
SKIPPED_EVERY = 50


def a_run(seed: int, days: int = DAYS, faults: str = "storm") -> Run:
    return Run(seed, days, faults, CUSTOMERS)


@pytest.mark.slow
def test_twenty_storms_of_twenty_days_break_nothing() -> None:
    with ProcessPoolExecutor(2) as pool:
        outcomes = list(pool.map(live, [a_run(seed) for seed in range(1, SEEDS + 1)]))
    assert [outcome for outcome in outcomes if isinstance(outcome, Violated)] == []
    lived = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    assert sum(outcome.cuts for outcome in lived) > SEEDS, "hardly a storm"
    assert all(outcome.sales > DAYS for outcome in lived)
    assert len({outcome.digest for outcome in lived}) == SEEDS


def test_the_same_seed_lives_the_same_days() -> None:
    one, other = live(a_run(5, days=4)), live(a_run(5, days=4))
    assert isinstance(one, Outcome) and isinstance(other, Outcome)
    assert (one.digest, one.messages, one.faults) == (other.digest, other.messages, other.faults)


def test_a_calm_day_sells_to_everybody_and_nothing_goes_wrong() -> None:
    outcome = live(a_run(2, days=2, faults="calm"))
    assert isinstance(outcome, Outcome)
    assert outcome.faults == {} and outcome.cuts == 0
    assert outcome.sales >= CUSTOMERS


# --- planted bugs --------------------------------------------------------------------------------------------------


def hand_out_before_commit(patch: pytest.MonkeyPatch) -> None:
    """Print, kick and publish first, then make it last."""

    def handle(bus: Any, message: object) -> None:
        tx = bus._ledger.begin(bus._record)
        for handler in bus._handlers[type(message)]:
            handler(message, tx)
        for effect in tx.effects:
            bus._deliver(effect)
        tx.commit()

    patch.setattr(Bus, "_handle", handle)


def take_the_brokers_word(patch: pytest.MonkeyPatch) -> None:
    """PUBACK moves the cursor."""

    def accepted(sync: Any, accepted: CloudAccepted, tx: Transaction) -> None:
        lane = sync._lanes[Stream(accepted.token)] if accepted.token in set(Stream) else None
        if lane is not None and lane.in_flight:
            tx.outbox.acknowledge(lane.stream, lane.in_flight.popleft())

    patch.setattr(Sync, "_accepted", accepted)


def pulse_again_after_a_cut(patch: pytest.MonkeyPatch) -> None:
    """A pulse that was under way when the power went is driven once more."""

    def resume(drawer: Any, _: Started, tx: Transaction) -> None:
        for kick in tx.kicks.in_state(EffectState.SENDING):
            tx.kicks.move(kick.id, EffectState.QUEUED)
            tx.after_commit(WorkQueued())

    patch.setattr(Drawer, "_resume", resume)


def lose_a_number(patch: pytest.MonkeyPatch) -> None:
    """Now and then a stream's number is taken and not used."""
    journal = LedgerTransaction._journal

    def skipping(tx: Any, record: Record, record_id: str) -> Entry:
        if tx._heads.n % SKIPPED_EVERY == SKIPPED_EVERY - 1:
            tx._heads.seqs[record.stream] += 1
        return journal(tx, record, record_id)

    patch.setattr(LedgerTransaction, "_journal", skipping)


def swallow_disk_errors(patch: pytest.MonkeyPatch) -> None:
    """A commit that fails is taken for one that did not."""
    commit = LedgerTransaction.commit

    def careless(tx: Any) -> None:
        try:
            commit(tx)
        except StoreError:
            tx._run("ROLLBACK", ())
            tx._begun = False
            commit(tx)

    patch.setattr(LedgerTransaction, "commit", careless)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "sentence"),
    [
        (hand_out_before_commit, "leaves before its commit"),
        (take_the_brokers_word, "the cloud never had it"),
        (pulse_again_after_a_cut, "leaves a second time"),
        (lose_a_number, "follows"),
        (swallow_disk_errors, "the last beep said|follows row"),
    ],
)  # fmt: skip
def test_a_planted_bug_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    found = next((v for v in map(live, map(a_run, range(1, PLANTED_SEEDS + 1))) if isinstance(v, Violated)), None)
    assert found is not None, f"not found in {PLANTED_SEEDS} seeds"
    assert re.search(sentence, found.what)


def test_a_violation_names_its_seed_and_the_command_that_shows_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_out_before_commit(monkeypatch)
    assert main(["sim", "--seed", "7", "--days", "1", "--faults", "calm"]) == 1
    said = capsys.readouterr().out
    assert "seed 7: VIOLATED: day" in said
    assert "see it again: edge sim --seed 7 --days 1 --faults calm" in said
    assert "1 seeds VIOLATED" in said
