"""What a check came to, and how a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.sim.conformance.scene import Scene


class State(StrEnum):
    PASS = "PASS"
    FAIL = "FAIL"
    NOT_SEEN = "NOT SEEN"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`got` says what was seen, or why nothing was."""

    state: State
    got: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """`rule` is what must hold, `paragraph` where docs/cloud-contract.md says so, `mend` what to do where it fails."""

    name: str
    rule: str
    paragraph: str
    mend: str
    run: Callable[[Scene], Outcome]


def passed(got: str) -> Outcome:
    return Outcome(State.PASS, got)


def failed(expected: str, got: str) -> Outcome:
    return Outcome(State.FAIL, got, expected)


def not_seen(why: str) -> Outcome:
    return Outcome(State.NOT_SEEN, why)


def lines(check: Check, outcome: Outcome) -> Iterator[str]:
    """One line where all is well; where it is not, also what to mend."""
    yield f"{outcome.state:8}  {check.name:17} {check.rule}: {outcome.got}"
    if outcome.state is State.FAIL:
        yield f"{'':10}expected  {outcome.expected}"
        yield f"{'':10}mend      {check.mend}"
    if outcome.state is not State.PASS:
        yield f"{'':10}contract  {check.paragraph}"
