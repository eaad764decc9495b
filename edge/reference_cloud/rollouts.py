"""Rollouts: a command for many, wave by wave; the next wave begins when those before it are well, or never.

    waiting ──► told ──► answered done ──► healthy          it said hello, or sent a sample, after it
                   │           └──────────► failed           nothing was heard of it for 15 minutes
                   ├──► failed                               its answer, or silence of one that is there
                   └──► missed                               it was away for all the time

Everything is read from the file and by the cloud's clock, so that whoever serves the file next goes on with it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from edge.clock import Clock, iso_ms
from edge.codec.json_text import compact
from edge.codec.wire_up import FINAL_STATES
from edge.errors import SettingsError
from edge.model.fleet import TerminalState
from edge.model.rollout import RolloutEvent, RolloutState, Target, moved, too_many, wave_ends
from edge.reference_cloud.orders import NEVER_SENT, RUNS_AT_MOST, Orders
from edge.reference_cloud.registry import Registry
from edge.reference_cloud.selector import Selector
from edge.reference_cloud.store import CloudStore

EVERY_S = 5.0
SETTLES = timedelta(minutes=15)
"""After it said done: three samples of telemetry."""
MAX_HANDED = 500
"""Commands that wait to be sent, of all rollouts: what nobody can sign must not bar the way of the rest."""

_HEARD = "max(coalesce(t.hello_at, ''), coalesce(t.tele_at, ''))"
_UNDER_WAY = f"""
SELECT r.tid, r.state, r.at, c.state, c.expires_at, c.result, {_HEARD}, coalesce(t.heard_at, '')
FROM rollout_terminal r JOIN command c ON c.cid = r.cid LEFT JOIN terminal t ON t.tid = r.tid
WHERE r.rollout = ? AND r.state IN ('told', 'answered')
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What is rolled out, to whom. `waves` are percents of the terminals that are chosen as it starts."""

    type: str
    args: dict[str, Any]
    ttl_s: int
    selector: Selector
    waves: tuple[int, ...]
    abort_percent: int


@dataclass(frozen=True, slots=True)
class Rollout:
    """`wave` counts from 1. `why`: what stopped it. `counts`: terminals by wave and state."""

    n: int
    type: str
    args: dict[str, Any]
    ttl_s: int
    chosen: str
    waves: tuple[int, ...]
    abort_percent: int
    who: str
    state: RolloutState
    wave: int
    why: str
    counts: dict[int, Counter[Target]]

    def count(self, *states: Target, upto: int | None = None) -> int:
        """Terminals in these states, all by default, of the waves up to `upto`."""
        waves = [counts for wave, counts in self.counts.items() if upto is None or wave <= upto]
        return sum(counts[state] for counts in waves for state in states or Target)

    @property
    def begun(self) -> int:
        """Terminals of the waves that have begun; those that left are none of them."""
        return self.count(upto=self.wave) - self.count(Target.LEFT, upto=self.wave)


class Rollouts:
    """Writes within the store's open transaction. `due`: for the cloud that serves the file, at most every EVERY_S."""

    def __init__(self, store: CloudStore, orders: Orders, clock: Clock) -> None:
        self._store = store
        self._orders = orders
        self._clock = clock
        self._registry = Registry(store, clock)
        self._next_mono = float("-inf")

    def start(self, order: Order, *, by: str, proposed: bool = False) -> int:
        """Choose its terminals and their waves; its number. Raises SettingsError, ModelError."""
        chosen = [
            one.tid for one in self._registry.terminals()
            if one.state is TerminalState.ENROLLED and order.selector.fits(one)
        ]  # fmt: skip
        if not chosen:
            raise SettingsError(
                "no terminal is meant", where="--select", got=order.selector.text,
                cure="Only those that the books have as enrolled are: edge cloud terminals --state enrolled.",
            )  # fmt: skip
        ends = wave_ends(order.waves, len(chosen))
        state = RolloutState.PROPOSED if proposed else RolloutState.RUNNING
        row = self._store.run(
            "INSERT INTO rollout(type, args, ttl_s, chosen, waves, abort_percent, who, state, wave, why, at)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?, 1, '', ?)",
            (order.type, compact(order.args), order.ttl_s, order.selector.text, json.dumps(order.waves),
             order.abort_percent, by, state.value, self._now()),
        )  # fmt: skip
        n = row.lastrowid or 0
        # By lot, so that it is not the same shops that are first each time, and the same lot whenever it is drawn.
        ranked = sorted(chosen, key=lambda tid: hashlib.sha256(f"{n}:{tid}".encode()).digest())
        self._store.run_many(
            "INSERT INTO rollout_terminal VALUES(?, ?, ?, ?, '', ?, '')",
            [(n, tid, 1 + sum(rank >= end for end in ends), Target.WAITING.value, self._now())
             for rank, tid in enumerate(ranked[: ends[-1]])],
        )  # fmt: skip
        return n

    def rollout(self, n: int) -> Rollout:
        """Raises SettingsError for one that there is not."""
        found = self._store.rows(
            "SELECT n, type, args, ttl_s, chosen, waves, abort_percent, who, state, wave, why FROM rollout WHERE n = ?",
            (n,),
        )
        if not found:
            raise SettingsError("there is no such rollout", where="N", got=str(n), cure="edge cloud rollout status.")
        number, kind, args, ttl_s, chosen, waves, percent, who, state, wave, why = found[0]
        counts: dict[int, Counter[Target]] = {}
        for of, told, times in self._store.rows(
            "SELECT wave, state, count(*) FROM rollout_terminal WHERE rollout = ? GROUP BY wave, state", (n,)
        ):
            counts.setdefault(of, Counter())[Target(told)] = times
        return Rollout(number, kind, json.loads(args), ttl_s, chosen, tuple(json.loads(waves)), percent, who,
                       RolloutState(state), wave, why, counts)  # fmt: skip

    def numbers(self) -> list[int]:
        return [n for (n,) in self._store.rows("SELECT n FROM rollout ORDER BY n")]

    def failing(self, n: int, *, newest: int) -> list[tuple[str, str, str]]:
        """(tid, state, why) of those that are not well."""
        return self._store.rows(
            "SELECT tid, state, why FROM rollout_terminal WHERE rollout = ? AND state IN ('failed', 'missed', 'left')"
            " ORDER BY state, tid LIMIT ?", (n, newest),
        )  # fmt: skip

    def tell(self, n: int, event: RolloutEvent, why: str = "") -> RolloutState:
        """Raises IllegalMove. Aborted: what has not been sent never is, and what was not answered is not repeated.

        Resumed: whoever could not be reached in the present wave is tried once more.
        """
        one = self.rollout(n)
        state = moved(one.state, event)
        self._store.run("UPDATE rollout SET state = ?, why = ? WHERE n = ?", (state.value, why, n))
        if event is RolloutEvent.RESUME:
            self._store.run(
                "UPDATE rollout_terminal SET state = 'waiting', why = ''"
                " WHERE rollout = ? AND state = 'missed' AND wave = ?", (n, one.wave),
            )  # fmt: skip
        if state is RolloutState.ABORTED:
            self._orders.withdraw(
                "SELECT cid FROM rollout_terminal WHERE rollout = ? AND state = 'told'", n, f"rollout {n} was aborted"
            )
            self._store.run(
                "UPDATE rollout_terminal SET state = 'left', why = 'the rollout was aborted'"
                " WHERE rollout = ?1 AND (state = 'waiting' OR state = 'told'"
                " AND cid IN (SELECT cid FROM command WHERE state = 'expired' AND result IS NOT NULL))", (n,),
            )  # fmt: skip
        return state

    def due(self) -> int:
        """How much has changed."""
        if self._clock.mono() < self._next_mono:
            return 0
        self._next_mono = self._clock.mono() + EVERY_S
        return self.step()

    def step(self) -> int:
        """Look at each rollout that is not over: who is well, whether it must stop, who is next. How much changed."""
        return sum(
            self._step(n) for (n,) in self._store.rows("SELECT n FROM rollout WHERE state IN ('running', 'paused')")
        )

    def _step(self, n: int) -> int:
        changed = self._look(n)
        one = self.rollout(n)
        failed = one.count(Target.FAILED, upto=one.wave)
        if too_many(failed, of=one.begun, percent=one.abort_percent):
            share = f"{failed} of {one.begun} terminals failed, more than {one.abort_percent} %"
            self.tell(n, RolloutEvent.ABORT, share)
            return changed + 1
        if one.state is RolloutState.PAUSED:
            return changed
        while one.state is RolloutState.RUNNING and self._advance(one):
            changed += 1
            one = self.rollout(n)
        return changed + (self._hand_out(one) if one.state is RolloutState.RUNNING else 0)

    def _advance(self, one: Rollout) -> bool:
        """Begin the next wave, or end it, where the present one is over."""
        counts = one.counts.get(one.wave, Counter())
        if counts[Target.WAITING] or counts[Target.TOLD] or counts[Target.ANSWERED]:
            return False
        if counts[Target.MISSED] and not counts[Target.HEALTHY]:
            self.tell(one.n, RolloutEvent.PAUSE, f"nobody of wave {one.wave} could be reached")
        elif one.wave >= len(one.waves):
            self.tell(one.n, RolloutEvent.FINISH)
        else:
            self._store.run("UPDATE rollout SET wave = wave + 1 WHERE n = ?", (one.n,))
        return True

    def _hand_out(self, one: Rollout) -> int:
        ((waiting,),) = self._store.rows(
            "SELECT count(*) FROM command WHERE state IN ('new', 'later') AND state = 'new'"
        )
        found = self._store.rows(
            "SELECT r.tid, r.wave, b.state FROM rollout_terminal r LEFT JOIN registry b USING(tid)"
            " WHERE r.rollout = ? AND r.state = 'waiting' AND r.wave <= ? LIMIT ?",
            (one.n, one.wave, max(0, MAX_HANDED - waiting)),
        )
        for tid, wave, state in found:
            if state != TerminalState.ENROLLED:
                self._set(one.n, tid, Target.LEFT, f"it is {state or 'in no book'}")
                continue
            by = f"rollout:{one.n}/wave{wave}"
            command = self._orders.order(tid, one.type, one.args, ttl_s=one.ttl_s, by=by, hand_in=True)
            self._store.run(
                "UPDATE rollout_terminal SET state = 'told', cid = ?, at = ? WHERE rollout = ? AND tid = ?",
                (command.cid, self._now(), one.n, tid),
            )
        return len(found)

    def _look(self, n: int) -> int:
        now, changed = self._clock.wall(), 0
        for tid, *columns in self._store.rows(_UNDER_WAY, (n,)):
            verdict = _verdict(now, *columns)
            if verdict is not None:
                self._set(n, tid, *verdict)
                changed += 1
        return changed

    def _set(self, n: int, tid: str, state: Target, why: str) -> None:
        self._store.run(
            "UPDATE rollout_terminal SET state = ?, why = ?, at = ? WHERE rollout = ? AND tid = ?",
            (state.value, why, self._now(), n, tid),
        )

    def _now(self) -> str:
        return iso_ms(self._clock.wall())


def _verdict(
    now: datetime, state: str, at: str, told: str, expires_at: str, result: str | None, greeted_at: str, heard_at: str
) -> tuple[Target, str] | None:
    """What became of one; None: nothing new. `told` is its command's state, `at` when it got into `state`."""
    if state == Target.ANSWERED:
        if greeted_at > at:
            return Target.HEALTHY, ""
        silent = at <= iso_ms(now - SETTLES)
        return (Target.FAILED, "nothing was heard of it after it said done") if silent else None
    over = now - RUNS_AT_MOST if told in ("accepted", "running") else now
    if told == "done":
        return Target.ANSWERED, ""
    if told in ("new", "later") and expires_at <= iso_ms(now):
        return Target.MISSED, NEVER_SENT
    err = (json.loads(result) if result else {}).get("err") or {}
    if told == "expired" and err:
        return Target.MISSED, str(err.get("msg"))
    if told == "expired" or (told not in FINAL_STATES and expires_at <= iso_ms(over)):
        was_there = told in ("accepted", "running") or max(greeted_at, heard_at) > at
        return (Target.FAILED, "it was there, and never answered") if was_there else (Target.MISSED, "it was away")
    if told in FINAL_STATES:
        return Target.FAILED, f"{err.get('msg', told)} ({err.get('code', told)})"
    return None


def read_waves(text: str) -> tuple[int, ...]:
    """`1%,10%,100%`. Raises SettingsError."""
    parts = [part.strip().removesuffix("%") for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 3 for part in parts):
        raise SettingsError("these are no waves", where="--waves", expected="such as 1%,10%,100%", got=text[:40])
    return tuple(map(int, parts))


def wave_words(counts: Sequence[tuple[Target, int]]) -> str:
    """Such as: 150 healthy, 9 failed, 21 told."""
    return ", ".join(f"{times} {state.value}" for state, times in counts if times)
