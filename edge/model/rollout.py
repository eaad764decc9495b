"""One command for many terminals, wave by wave: its states, the states of each terminal in it, and when it must stop.

proposed ──approve──► running ──finish──► done
    │                 │  ▲  └──abort──┐
    │               pause resume      │
    │                 ▼  │            ▼
    └──────abort───► paused ──abort──► aborted
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from edge.errors import IllegalMove, ModelError

MAX_WAVES = 20


class RolloutState(StrEnum):
    PROPOSED = "proposed"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    ABORTED = "aborted"


class RolloutEvent(StrEnum):
    APPROVE = "approve"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    ABORT = "abort"


_S, _E = RolloutState, RolloutEvent
ROLLOUT_MOVES: Mapping[tuple[RolloutState, RolloutEvent], RolloutState] = MappingProxyType(
    {
        (_S.PROPOSED, _E.APPROVE): _S.RUNNING,
        (_S.PROPOSED, _E.ABORT): _S.ABORTED,
        (_S.RUNNING, _E.PAUSE): _S.PAUSED,
        (_S.RUNNING, _E.FINISH): _S.DONE,
        (_S.RUNNING, _E.ABORT): _S.ABORTED,
        (_S.PAUSED, _E.RESUME): _S.RUNNING,
        (_S.PAUSED, _E.ABORT): _S.ABORTED,
    }
)


class Target(StrEnum):
    """One terminal of a rollout."""

    WAITING = "waiting"
    TOLD = "told"
    ANSWERED = "answered"
    """It said done; whether it is well after it is not known yet."""
    HEALTHY = "healthy"
    FAILED = "failed"
    MISSED = "missed"
    """It was away for all the time that the command was good."""
    LEFT = "left"
    """It is not to have it any more: suspended meanwhile, or the rollout was aborted."""


OPEN = frozenset({Target.WAITING, Target.TOLD, Target.ANSWERED})


def moved(state: RolloutState, event: RolloutEvent) -> RolloutState:
    """Raises IllegalMove for a pair that the table does not have."""
    if (state, event) not in ROLLOUT_MOVES:
        possible = [event.value for begin, event in ROLLOUT_MOVES if begin is state]
        raise IllegalMove(
            f"a rollout that is {state.value} cannot be told: {event.value}",
            expected=" or ".join(possible) or "nothing: it is over", got=event.value,
        )  # fmt: skip
    return ROLLOUT_MOVES[state, event]


def wave_ends(percents: Sequence[int], terminals: int) -> list[int]:
    """How many terminals are in it when each wave has begun: rounded up, so that a wave of a few has one at least.

    Raises ModelError unless the percents rise and lie within 1 and 100.
    """
    rising = all(low < high for low, high in pairwise(percents))
    if not 1 <= len(percents) <= MAX_WAVES or not rising or percents[0] < 1 or percents[-1] > 100:
        raise ModelError("these are no waves", expected=f"up to {MAX_WAVES} percents that rise, such as 1%,10%,100%")
    return [-(-terminals * percent // 100) for percent in percents]


def too_many(failed: int, *, of: int, percent: int) -> bool:
    """Whether the failing ones are more than `percent` of all that are in it so far, told or not."""
    return failed * 100 > percent * of
