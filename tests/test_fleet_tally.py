"""What is measured of a fleet: percentiles, the fullest second, what a spread allows, how a backlog leaves."""

from __future__ import annotations

from random import Random

import pytest

from edge.sim.fleet import words
from edge.sim.fleet.plan import Cut, Kill, Plan
from edge.sim.fleet.script import Script
from edge.sim.fleet.tally import (
    Drain,
    Durations,
    Return,
    Sample,
    Tally,
    allowed_a_second,
    back_online,
    drain,
    fullest_second,
    histogram,
    together,
)

PLAN = Plan(("mqtt://127.0.0.1:1883",), terminals=100, seconds=60.0, cuts=(Cut(10.0, 0.0),))


def test_percentiles_are_right_to_five_percent() -> None:
    durations = Durations()
    for ms in range(1, 1001):
        durations.note(ms / 1000)
    assert durations.percentile(0.5) == pytest.approx(0.5, rel=0.05)
    assert durations.percentile(0.99) == pytest.approx(0.99, rel=0.05)
    assert durations.percentile(1.0) == durations.longest == 1.0


def test_of_nothing_there_is_no_percentile() -> None:
    assert Durations().percentile(0.5) is None


def test_durations_of_two_processes_are_one() -> None:
    one, other = Durations(), Durations()
    for durations, seconds in ((one, 0.1), (other, 0.2), (other, 0.3)):
        durations.note(seconds)
    one.add(other)
    assert one.percentile(0.6) == pytest.approx(0.2, rel=0.05)
    assert one.longest == 0.3


def test_a_histogram_counts_each_moment_in_its_span() -> None:
    assert histogram([0.0, 0.99, 1.0, 2.5, 2.7, 3.0, -0.1], first=0.0, width_s=1.0, classes=3) == [2, 1, 2]


def test_the_fullest_second_begins_anywhere() -> None:
    assert fullest_second([0.1, 0.9, 1.0, 1.05, 1.2, 5.0]) == 4
    assert fullest_second([0.0, 1.0, 2.0]) == 1
    assert fullest_second([]) == 0


@pytest.mark.parametrize("terminals", [20, 200, 2_000])
def test_terminals_that_obey_the_spread_stay_below_what_it_allows(terminals: int) -> None:
    for seed in range(100):
        chance = Random(seed)
        moments = [chance.uniform(0, 5.0) for _ in range(terminals)]
        assert fullest_second(moments) <= allowed_a_second(terminals, 5.0)


def test_terminals_that_come_within_a_second_are_found_out() -> None:
    tally = Tally(returns=[Return(10.0, number / 100, 5.0) for number in range(100)])
    assert any("the spread was not obeyed" in line for line in words.wrong(PLAN, tally, None))


def test_terminals_that_spread_are_not() -> None:
    tally = Tally(returns=[Return(10.0, number / 20, 5.0) for number in range(100)])
    tally.samples = [Sample(1.0, 100, 0, 0, 0.0)]
    assert list(words.wrong(PLAN, tally, None)) == []


@pytest.mark.parametrize("seed", range(40))
def test_those_whom_customers_bring_later_wait_in_the_first_second_still(seed: int) -> None:
    """As seen at three nodes of a broker: 667 wait up to 65 s, and customers bring most of them before their time."""
    chance = Random(seed)
    returns = []
    for _ in range(667):
        own_s, customer_s = chance.uniform(0, 65.0), chance.expovariate(1 / 20)
        returns.append(Return(161.0, min(own_s, customer_s), 65.0, early=customer_s < own_s))
    tally = Tally(returns=returns, samples=[Sample(1.0, 100, 0, 0, 0.0)])
    assert list(words.wrong(PLAN, tally, None)) == []


def test_customers_who_wait_may_bring_terminals_back_at_once() -> None:
    tally = Tally(returns=[Return(10.0, number / 100, 5.0, early=True) for number in range(100)])
    tally.samples = [Sample(1.0, 100, 0, 0, 0.0)]
    assert list(words.wrong(PLAN, tally, None)) == []


def test_a_broker_that_died_by_itself_is_a_loss_like_ours() -> None:
    tally = Tally(returns=[Return(30.0 + number / 100, 2.0, 5.0) for number in range(50)])
    tally.samples = [Sample(1.0, 100, 0, 0, 0.0)]
    assert list(words.wrong(PLAN, tally, None)) == [
        "after the loss at 30 s 50 terminals came in one second: the spread was not obeyed"
    ]
    assert any(
        line.startswith("broker lost at 30 s, not by us: first attempts of 50") for line in words.losses(PLAN, tally)
    )


def test_rows_that_never_left_are_wrong() -> None:
    tally = Tally(unsent=3, oldest_unsent_s=61.0, samples=[Sample(1.0, 100, 3, 3, 61.0)])
    assert list(words.wrong(PLAN, tally, None)) == ["3 events not acknowledged in time, the oldest after 61 s"]


def test_a_sale_that_its_ledger_forgot_is_wrong() -> None:
    tally = Tally(forgotten=["019aadf2"], samples=[Sample(1.0, 100, 3, 0, 0.0)])
    assert list(words.wrong(PLAN, tally, None)) == ["1 sales are in no ledger, the first 019aadf2"]


def test_a_terminal_that_was_never_online_is_wrong() -> None:
    tally = Tally(samples=[Sample(1.0, 40, 0, 0, 0.0), Sample(2.0, 99, 0, 0, 0.0)])
    assert list(words.wrong(PLAN, tally, None)) == ["never more than 99 of 100 terminals were online"]


def test_samples_of_two_processes_are_one_fleet() -> None:
    some = [Sample(0.0, 1, 10, 5, 2.0), Sample(0.5, 2, 11, 0, 0.0)]
    others = [Sample(0.0, 3, 20, 1, 4.0)]
    assert together(some, others) == [Sample(0.0, 4, 30, 6, 4.0), Sample(0.5, 5, 31, 1, 4.0)]
    assert together([], others) == others


def test_a_backlog_that_drains_is_timed_from_the_end_of_the_outage() -> None:
    samples = [Sample(at, 10, 1_000, unsent, 0.0) for at, unsent in ((0, 5), (10, 400), (11, 500), (12, 100), (13, 5))]
    assert drain(samples, since_s=10.0, before=5) == Drain(backlog=500, seconds=2.0 + 1.0, fastest=400.0)


def test_who_is_back_is_counted_from_when_fewest_were() -> None:
    samples = [Sample(at, online, 0, 0, 0.0) for at, online in ((9, 10), (10, 10), (11, 0), (12, 5), (13, 9), (14, 10))]
    assert back_online(samples, since_s=10.0, terminals=5) == 2.0
    assert back_online(samples, since_s=10.0, terminals=10) == 4.0
    assert back_online(samples, since_s=10.0, terminals=11) is None
    assert back_online([], since_s=10.0, terminals=1) is None


def test_a_loss_belongs_to_the_last_cut_before_it() -> None:
    plan = Plan(("mqtt://h",), terminals=10, seconds=60.0, cuts=(Cut(7.0, 0.0), Cut(9.0, 2.0)))
    returns = [Return(lost_s, 1.0, 5.0) for lost_s in (7.1, 8.9, 9.0, 10.9, 30.0)]
    assert [len(words.returns_of(plan, cut, returns)) for cut in plan.cuts] == [2, 2]


def test_a_backlog_that_stays_is_never_gone() -> None:
    samples = [Sample(at, 10, 1_000, 500, 0.0) for at in (10.0, 11.0)]
    assert drain(samples, since_s=10.0, before=5).seconds is None


def test_processes_share_all_terminals() -> None:
    plan = Plan(("mqtt://h",), terminals=10, seconds=1.0, processes=3)
    shares = [list(plan.share(process)) for process in range(3)]
    assert sorted(number for share in shares for number in share) == list(range(10))


def test_terminals_take_the_nodes_in_turn() -> None:
    plan = Plan(("mqtt://a", "mqtt://b", "mqtt://c"), terminals=5, seconds=1.0)
    assert "".join(plan.url(number)[-1] for number in range(5)) == "abcab"


def test_a_script_runs_what_is_due_once_and_tells_what_failed() -> None:
    script = Script([(2.0, ["false"]), (1.0, ["true"]), (9.0, ["true"])])
    assert [list(script.run_until(at_s)) for at_s in (0.5, 1.0, 5.0, 5.5)] == [[], ["true"], ["false"], []]
    assert script.failed() == ["--at true: never run", "--at false: exit 1"]


def test_a_script_that_is_ended_leaves_nothing_behind() -> None:
    script = Script([(1.0, ["sleep", "600"])])
    assert list(script.run_until(1.0)) == ["sleep 600"]
    script.end()
    assert script.failed() == ["--at sleep 600: exit -15"]


def test_each_process_knows_the_same_victims() -> None:
    kill = Kill(5.0, 3)
    assert PLAN.killed(kill) == PLAN.killed(kill)
    assert len(PLAN.killed(kill)) == 3
    assert len(PLAN.killed(Kill(5.0, 1_000))) == 100


def test_bars_have_a_line_a_second_and_not_too_many() -> None:
    assert [line.split()[0] for line in words.bars([0.2, 0.4, 2.5])] == ["0-1", "1-2", "2-3"]
    assert len(list(words.bars([0.1, 300.0]))) <= words.BARS + 1
    assert list(words.bars([])) == []
