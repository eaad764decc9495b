"""What was seen of a fleet: counted and measured where it happens, put together from all processes afterwards."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

STEP = 1.05
"""Of the classes in which durations are counted: a percentile is right to 5 percent, at a few hundred numbers."""
LEAST_S = 1e-5
SIGMAS = 5.0
"""Of so many terminals that choose by chance the fullest second of a thousand runs stays below."""


@dataclass(slots=True)
class Durations:
    """How often something took how long, in seconds."""

    classes: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0

    def note(self, seconds: float) -> None:
        self.classes[max(0, math.ceil(math.log(max(seconds, LEAST_S) / LEAST_S, STEP)))] += 1
        self.longest = max(self.longest, seconds)

    def add(self, other: Durations) -> None:
        self.classes.update(other.classes)
        self.longest = max(self.longest, other.longest)

    def percentile(self, share: float) -> float | None:
        """The duration that this share did not exceed; None: nothing was counted."""
        rest = share * self.classes.total()
        for number in sorted(self.classes):
            rest -= self.classes[number]
            if rest <= 0:
                return min(LEAST_S * STEP**number, self.longest)
        return None


@dataclass(frozen=True, slots=True)
class Sample:
    """A look at the terminals of one process, or at all: `at_s` since they started; `unsent`: the cloud has not."""

    at_s: float
    online: int
    made: int
    unsent: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class Return:
    """The first attempt, `delay_s` after the loss at `lost_s`; `spread_s` is what the cloud had told.

    `early`: a customer stood there and caused it ahead of its time, as the contract lets him once a minute.
    """

    lost_s: float
    delay_s: float
    spread_s: float
    early: bool = False


@dataclass(slots=True)
class Tally:
    """All of one process. Moments are seconds since the terminals started."""

    made: int = 0
    attempts: list[float] = field(default_factory=list)
    connects: list[float] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    to_broker: Durations = field(default_factory=Durations)
    """From a batch that leaves to the broker's PUBACK."""
    to_cloud: Durations = field(default_factory=Durations)
    """From a batch that leaves to the cloud's acknowledgement, after its commit."""
    ages: Durations = field(default_factory=Durations)
    """From an event's commit in the terminal to the cloud's acknowledgement."""
    lag: Durations = field(default_factory=Durations)
    """How late this process was with what was due: of the load generator, not of what it loads."""
    trouble: Counter[str] = field(default_factory=Counter)
    """What a terminal refused or failed at, by its code or words."""
    samples: list[Sample] = field(default_factory=list)
    kills: int = 0
    unsent: int = 0
    """Rows that the cloud has not acknowledged at the end."""
    oldest_unsent_s: float = 0.0
    forgotten: list[str] = field(default_factory=list)
    """Sales that were committed and are not in their terminal's ledger."""
    rss_mb: float = 0.0
    terminals_mb: float = 0.0
    """What of `rss_mb` came with the terminals."""
    cpu_s: float = 0.0
    """Of the run, without opening."""

    def add(self, other: Tally) -> None:
        self.made += other.made
        self.kills += other.kills
        self.unsent += other.unsent
        self.rss_mb += other.rss_mb
        self.cpu_s += other.cpu_s
        self.terminals_mb += other.terminals_mb
        self.oldest_unsent_s = max(self.oldest_unsent_s, other.oldest_unsent_s)
        self.attempts += other.attempts
        self.connects += other.connects
        self.returns += other.returns
        self.forgotten += other.forgotten
        self.trouble.update(other.trouble)
        self.samples = together(self.samples, other.samples)
        for mine, theirs in (
            (self.to_broker, other.to_broker), (self.to_cloud, other.to_cloud), (self.ages, other.ages),
            (self.lag, other.lag),
        ):  # fmt: skip
            mine.add(theirs)


def together(some: Sequence[Sample], others: Sequence[Sample]) -> list[Sample]:
    """Samples of two processes, taken at the same moments; the one that ended first stays as it ended."""
    if not some or not others:
        return list(some or others)
    longer, shorter = (some, others) if len(some) >= len(others) else (others, some)
    padded = [*shorter, *[shorter[-1]] * (len(longer) - len(shorter))]
    return [
        Sample(a.at_s, a.online + b.online, a.made + b.made, a.unsent + b.unsent, max(a.oldest_s, b.oldest_s))
        for a, b in zip(longer, padded, strict=True)
    ]


def histogram(moments: Iterable[float], *, first: float, width_s: float, classes: int) -> list[int]:
    """How many fell into each of `classes` spans of `width_s` from `first` on; what lies outside is not counted."""
    found = [0] * classes
    for moment in moments:
        if 0 <= (number := math.floor((moment - first) / width_s)) < classes:
            found[number] += 1
    return found


def fullest_second(moments: Iterable[float]) -> int:
    """The most that fell within any one second."""
    waiting: list[float] = []
    most = begin = 0
    for moment in sorted(moments):
        waiting.append(moment)
        while moment - waiting[begin] >= 1.0:
            begin += 1
        most = max(most, len(waiting) - begin)
    return most


def allowed_a_second(terminals: int, spread_s: float) -> float:
    """How many of so many first attempts, each at a random moment of `spread_s`, may fall within one second.

    The mean, and what chance adds to its fullest second.
    """
    mean = terminals / max(spread_s, 1.0)
    return min(float(terminals), mean + SIGMAS * math.sqrt(mean) + 1)


def back_online(samples: Sequence[Sample], *, since_s: float, terminals: int) -> float | None:
    """How long after `since_s` so many were online again, once fewer were; None: they never were."""
    after = [sample for sample in samples if sample.at_s >= since_s]
    fewest = min(after, key=lambda sample: sample.online, default=None)
    if fewest is None:
        return None
    return next((s.at_s - since_s for s in after if s.at_s >= fewest.at_s and s.online >= terminals), None)


@dataclass(frozen=True, slots=True)
class Drain:
    """After a cut: the backlog at its end, until it was gone, and the fastest second. None: it never was."""

    backlog: int
    seconds: float | None
    fastest: float


def drain(samples: Sequence[Sample], *, since_s: float, before: int) -> Drain:
    """How the rows left that had gathered until `since_s`; gone means: no more wait than `before` the cut, or a few."""
    after = [sample for sample in samples if sample.at_s >= since_s]
    if not after:
        return Drain(0, None, 0.0)
    begin = max(after, key=lambda sample: sample.unsent)
    few = max(before, begin.unsent // 20)
    gone = next((sample.at_s - since_s for sample in after if sample.at_s > begin.at_s and sample.unsent <= few), None)
    rates = [
        (b.made - b.unsent - (a.made - a.unsent)) / (b.at_s - a.at_s) for a, b in pairwise(after) if b.at_s > a.at_s
    ]
    return Drain(begin.unsent, gone, max(rates, default=0.0))
