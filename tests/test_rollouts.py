"""Rollouts on a store on disk: waves begin when the ones before them are well, and stop when too many are not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest
from cloud_bench import StillClock, hello

from edge.clock import iso_ms
from edge.errors import IllegalMove, ModelError, SettingsError
from edge.model.fleet import TerminalState
from edge.model.rollout import ROLLOUT_MOVES, RolloutEvent, RolloutState, Target, moved, too_many, wave_ends
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.registry import Registry
from edge.reference_cloud.rollouts import MAX_HANDED, Order, Rollout, Rollouts, read_waves
from edge.reference_cloud.selector import read_selector
from edge.reference_cloud.store import CloudStore

UPDATE = {"ver": "2.15.0", "url": "https://files.example/2.15.0", "size": 41_231_872, "sha256": "ab" * 32}
DAY_S = 86_400


class Shops:
    """Terminals in the books of a store on disk, which answer as they are told, by a clock that a test moves."""

    def __init__(self, path: Path, number: int) -> None:
        self.path, self.clock = path, StillClock()
        self.tids = [f"T{n:07d}" for n in range(number)]
        self.open()
        registry = Registry(self.store, self.clock)
        for tid in self.tids:
            registry.enter(tid, store=f"S-{tid}", state=TerminalState.ENROLLED)
            self._speak(tid)
        self.store.commit()

    def open(self) -> None:
        self.store = CloudStore(self.path)
        self.store.open()
        self.orders = Orders(self.store, self.clock, Random(1))
        self.rollouts = Rollouts(self.store, self.orders, self.clock)

    def restart(self) -> None:
        """Another process serves the file."""
        self.store.close()
        self.open()

    def start(self, *, waves: str = "1%,10%,100%", percent: int = 3, select: str = "all", ttl_s: int = DAY_S) -> int:
        order = Order("update.install", dict(UPDATE), ttl_s, read_selector(select), read_waves(waves), percent)
        n = self.rollouts.start(order, by="user:ann")
        self.store.commit()
        return n

    def told(self) -> list[str]:
        """Who has an open command now; the cloud has sent it."""
        self.rollouts.step()
        self.store.run("UPDATE command SET state = 'sent' WHERE state = 'new'")
        self.store.commit()
        found = self.store.rows(
            "SELECT tid FROM command WHERE state = 'sent' AND expires_at > ?", (iso_ms(self.clock.at),)
        )
        return sorted(tid for (tid,) in found)

    def answer(self, tids: Iterable[str], state: str = "done", code: str = "") -> None:
        for tid in tids:
            result = json.dumps({"err": {"code": code, "msg": "it did not fit", "retry": False}} if code else {})
            self.store.run("UPDATE command SET state = ?, result = ? WHERE tid = ? AND state IN ('sent', 'accepted')",
                           (state, result, tid))  # fmt: skip
        self.rollouts.step()
        self.store.commit()

    def greet(self, tids: Iterable[str]) -> None:
        self.clock.pass_s(1)
        for tid in tids:
            self._speak(tid)
        self.rollouts.step()
        self.store.commit()

    def one(self, n: int) -> Rollout:
        return self.rollouts.rollout(n)

    def _speak(self, tid: str) -> None:
        now = iso_ms(self.clock.at)
        self.store.run(
            "INSERT INTO terminal(tid, state, hello, hello_at, heard_at) VALUES(?1, 'online', ?2, ?3, ?3)"
            " ON CONFLICT(tid) DO UPDATE SET hello_at = ?3, heard_at = ?3",
            (tid, json.dumps(hello() | {"tid": tid}), now),
        )  # fmt: skip


@pytest.fixture
def shops(tmp_path: Path) -> Callable[[int], Shops]:
    return lambda number: Shops(tmp_path / "cloud.db", number)


def healthy(shops: Shops, tids: Iterable[str]) -> None:
    tids = list(tids)
    shops.answer(tids)
    shops.greet(tids)


def test_of_two_thousand_terminals_five_percent_that_fail_stop_wave_two(shops: Callable[[int], Shops]) -> None:
    fleet = shops(2_000)
    n = fleet.start()
    pilots = fleet.told()
    assert len(pilots) == 20
    assert fleet.told() == pilots, "nobody else before they are well"
    healthy(fleet, pilots)
    wave_two = fleet.told()
    assert len(wave_two) == 180 and not set(pilots) & set(wave_two)

    ill = set(Random(7).sample(sorted(set(fleet.tids) - set(pilots)), 100))
    seen: set[str] = set()
    for tid in wave_two:
        seen.add(tid)
        fleet.answer([tid])
        if tid not in ill:
            fleet.greet([tid])
    assert fleet.one(n).state is RolloutState.RUNNING, "silence is judged after a quarter of an hour"
    fleet.clock.pass_s(901)
    fleet.rollouts.step()
    fleet.store.commit()

    one, failed = fleet.one(n), len(ill & set(wave_two))
    assert failed > 6
    assert (one.state, one.wave) == (RolloutState.ABORTED, 2)
    assert one.why == f"{failed} of 200 terminals failed, more than 3 %"
    assert one.counts[3] == Counter({Target.LEFT: 1_800})
    fleet.clock.pass_s(DAY_S)
    assert fleet.told() == [], "nobody of wave three ever hears of it"
    ((commands,),) = fleet.store.rows("SELECT count(*) FROM command")
    assert commands == 200
    assert {tid for tid, state, _ in fleet.rollouts.failing(n, newest=3_000) if state == "failed"} == ill & seen


def test_two_thousand_healthy_terminals_have_it_after_three_waves(shops: Callable[[int], Shops]) -> None:
    fleet = shops(2_000)
    n = fleet.start()
    sizes: list[int] = []
    while tids := fleet.told():
        sizes.append(len(tids))
        healthy(fleet, tids)
    assert sizes == [20, 180, MAX_HANDED, MAX_HANDED, MAX_HANDED, 300]
    assert fleet.one(n).state is RolloutState.DONE
    assert fleet.one(n).count(Target.HEALTHY) == 2_000
    assert fleet.rollouts.step() == 0


def test_it_goes_on_where_it_was_when_another_process_serves_the_file(shops: Callable[[int], Shops]) -> None:
    fleet = shops(100)
    n = fleet.start()
    (pilot,) = fleet.told()
    fleet.restart()
    assert fleet.told() == [pilot]
    fleet.answer([pilot])
    fleet.restart()
    assert fleet.told() == []
    fleet.greet([pilot])
    assert len(fleet.told()) == 9
    assert fleet.one(n).wave == 2


def test_what_stops_is_the_share_of_all_that_are_in_it_and_at_once(shops: Callable[[int], Shops]) -> None:
    fleet = shops(200)
    n = fleet.start(waves="50%,100%", percent=3)
    tids = fleet.told()
    fleet.answer(tids[:3], "rejected", "cmd.unsupported")
    assert fleet.one(n).state is RolloutState.RUNNING, "three of a hundred are not more than three percent"
    fleet.answer(tids[3:4], "failed", "blob.hash")
    one = fleet.one(n)
    assert (one.state, one.why) == (RolloutState.ABORTED, "4 of 100 terminals failed, more than 3 %")
    assert (tids[3], "failed", "it did not fit (blob.hash)") in fleet.rollouts.failing(n, newest=10)
    assert fleet.orders.pending(tids[10]) == [], "what was sent and not answered is not sent again"


def test_silence_of_one_that_is_there_is_failing_and_of_one_that_is_away_is_not(shops: Callable[[int], Shops]) -> None:
    fleet = shops(10)
    n = fleet.start(waves="100%", percent=50, ttl_s=3_600)
    tids = fleet.told()
    healthy(fleet, tids[:8])
    fleet.clock.pass_s(60)
    fleet.greet([tids[8]])
    fleet.clock.pass_s(3_600)
    fleet.rollouts.step()
    assert fleet.rollouts.failing(n, newest=9) == [
        (tids[8], "failed", "it was there, and never answered"), (tids[9], "missed", "it was away"),
    ]  # fmt: skip
    assert fleet.one(n).state is RolloutState.DONE


def test_one_that_took_it_and_never_came_to_an_end_has_failed(shops: Callable[[int], Shops]) -> None:
    fleet = shops(2)
    n = fleet.start(waves="100%", percent=60, ttl_s=600)
    tids = fleet.told()
    healthy(fleet, tids[:1])
    fleet.store.run("UPDATE command SET state = 'running' WHERE tid = ?", (tids[1],))
    fleet.clock.pass_s(3_000)
    fleet.rollouts.step()
    assert fleet.one(n).state is RolloutState.RUNNING
    fleet.clock.pass_s(1_300)
    fleet.rollouts.step()
    assert fleet.one(n).count(Target.FAILED) == 1


def test_a_wave_of_which_nobody_can_be_reached_waits_for_a_person(shops: Callable[[int], Shops]) -> None:
    fleet = shops(300)
    n = fleet.start(ttl_s=3_600)
    assert len(fleet.told()) == 3
    fleet.clock.pass_s(3_601)
    assert fleet.told() == []
    one = fleet.one(n)
    assert (one.state, one.wave, one.why) == (RolloutState.PAUSED, 1, "nobody of wave 1 could be reached")
    fleet.rollouts.tell(n, RolloutEvent.RESUME)
    assert len(fleet.told()) == 3, "once more"
    healthy(fleet, fleet.told())
    assert len(fleet.told()) == 27


def test_what_nobody_can_sign_is_told_as_never_sent_and_bars_nobodys_way(shops: Callable[[int], Shops]) -> None:
    fleet = shops(1_200)
    n = fleet.start(waves="100%", ttl_s=600)
    for _ in range(3):
        fleet.rollouts.step()
    ((handed,),) = fleet.store.rows("SELECT count(*) FROM command WHERE state = 'new'")
    assert handed == MAX_HANDED
    other = fleet.orders.order(fleet.tids[0], "selftest", {}, ttl_s=600, by="user:ann", hand_in=True)
    fleet.store.commit()
    keyless = Orders(fleet.store, fleet.clock, Random(2), signs=False)
    assert [command.cid for command in keyless.due()] == [other.cid]
    fleet.clock.pass_s(601)
    keyless.expire()
    fleet.rollouts.step()
    assert {why for _, _, why in fleet.rollouts.failing(n, newest=2_000)} == {"it was never sent"}


def test_paused_nobody_new_is_told_and_aborted_nobody_ever(shops: Callable[[int], Shops]) -> None:
    fleet = shops(100)
    n = fleet.start()
    (pilot,) = fleet.told()
    fleet.rollouts.tell(n, RolloutEvent.PAUSE, "by ann")
    healthy(fleet, [pilot])
    assert fleet.told() == [] and fleet.one(n).count(Target.HEALTHY) == 1
    fleet.rollouts.tell(n, RolloutEvent.RESUME)
    fleet.rollouts.step()
    ((new,),) = fleet.store.rows("SELECT count(*) FROM command WHERE state = 'new'")
    assert new == 9
    fleet.rollouts.tell(n, RolloutEvent.ABORT, "by ann")
    assert fleet.store.rows("SELECT count(*) FROM command WHERE state = 'new'") == [(0,)]
    assert fleet.told() == []
    assert fleet.one(n).count(Target.LEFT) == 99
    with pytest.raises(IllegalMove, match="is aborted cannot be told: resume"):
        fleet.rollouts.tell(n, RolloutEvent.RESUME)


def test_who_is_suspended_meanwhile_is_left_out(shops: Callable[[int], Shops]) -> None:
    fleet = shops(20)
    n = fleet.start(waves="50%,100%")
    healthy(fleet, fleet.told()[1:])
    fleet.answer(fleet.told())
    second = [tid for tid, wave in fleet.store.rows("SELECT tid, wave FROM rollout_terminal") if wave == 2]
    Registry(fleet.store, fleet.clock).enter(second[0], state=TerminalState.SUSPENDED)
    fleet.greet(fleet.tids)
    assert second[0] not in fleet.told()
    assert fleet.rollouts.failing(n, newest=5) == [(second[0], "left", "it is suspended")]
    assert fleet.one(n).begun == 19


def test_a_terminal_is_well_only_by_what_it_says_after_it_was_done(shops: Callable[[int], Shops]) -> None:
    fleet = shops(1)
    n = fleet.start(waves="100%")
    (tid,) = fleet.told()
    fleet.greet([tid])
    fleet.answer([tid])
    assert fleet.one(n).count(Target.ANSWERED) == 1
    fleet.clock.pass_s(1)
    fleet.store.run("UPDATE terminal SET tele_at = ? WHERE tid = ?", (iso_ms(fleet.clock.at), tid))
    fleet.rollouts.step()
    assert fleet.one(n).state is RolloutState.DONE


@pytest.mark.parametrize("state", list(RolloutState))
@pytest.mark.parametrize("event", list(RolloutEvent))
def test_every_pair_of_a_rollout_is_in_the_table_or_refused(state: RolloutState, event: RolloutEvent) -> None:
    if (state, event) in ROLLOUT_MOVES:
        assert moved(state, event) is ROLLOUT_MOVES[state, event]
    else:
        with pytest.raises(IllegalMove):
            moved(state, event)


def test_waves_rise_and_each_has_one_at_least() -> None:
    assert wave_ends((1, 10, 100), 2_000) == [20, 200, 2_000]
    assert wave_ends((1, 10, 100), 5) == [1, 1, 5]
    for percents in ((), (0, 100), (10, 10), (50, 40), (1, 101), tuple(range(1, 22))):
        with pytest.raises(ModelError):
            wave_ends(percents, 10)
    for text in ("", "1%;10%", "half", "1000%", "-1%"):
        with pytest.raises(SettingsError):
            read_waves(text)
    assert not too_many(6, of=200, percent=3) and too_many(7, of=200, percent=3) and not too_many(0, of=0, percent=0)


def test_an_answer_without_a_reason_is_an_answer(shops: Callable[[int], Shops]) -> None:
    fleet = shops(3)
    n = fleet.start(waves="100%", percent=100)
    tids = fleet.told()
    for tid, state, result in zip(tids, ("expired", "failed", "rejected"), ("{}", '{"err": null}', "{}"), strict=True):
        fleet.store.run("UPDATE command SET state = ?, result = ? WHERE tid = ?", (state, result, tid))
    fleet.rollouts.step()
    assert [state for _, state, _ in fleet.rollouts.failing(n, newest=9)] == ["failed", "failed", "missed"]
