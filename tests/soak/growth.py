"""Does it grow? Samples over time become slopes, slopes become shares of the level, shares are held against limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from edge.store.ledger import PAGE_OCTETS

WARM_UP = 0.25
"""The first part of a soak that does not count: caches fill, pages of the code are read for the first time."""
SAMPLES_MIN = 20
"""Fewer after the warm-up are noise, not a slope."""
SECONDS_AN_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Sample:
    """The terminal's process and its ledger at one moment. `wal_kb` is the write-ahead log's file."""

    at_s: float
    sales: int
    rss_kb: int
    handles: int
    threads: int
    ledger_kb: int
    wal_kb: int


@dataclass(frozen=True, slots=True)
class Limit:
    """`share`: what a quantity may grow, or a ratio may exceed 1, while it is watched; `why` so much."""

    share: float
    why: str


RSS = Limit(
    0.05, "SQLite's page cache fills to 2 MB, 3 % of it, with the first 2,000 sales; the allocator breathes by 1 %"
)
HANDLES = Limit(0.10, "a device or the cloud that is away at the end has one of about 30 less or more")
THREADS = Limit(0.05, "there are 7 from the start on, and none comes or goes")
LEDGER = Limit(0.15, "a checkpoint comes every hundred sales or so, and moves its share from one half to the other")
WAL = Limit(1.0, "SQLite writes it back at 1,000 pages; a reader in the way costs it one turn")
CHECKPOINT_KB = 1_000 * PAGE_OCTETS // 1_024
"""SQLite's automatic checkpoint: 1,000 pages."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the outcome: `level` and `slope` in words, `share` to compare with `limit`."""

    name: str
    level: str
    slope: str
    share: float
    limit: Limit

    @property
    def grows(self) -> bool:
        return self.share > self.limit.share


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The least-squares slope, in units of y a unit of x. Raises ValueError when all x are the same."""
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    if not spread:
        raise ValueError("there is no slope over a single moment")
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread


def verdicts(samples: Sequence[Sample]) -> list[Verdict]:
    """What grew and what did not, after the warm-up. Raises ValueError when there are too few samples."""
    warm = settled(samples)
    return [
        _over_time("memory (RSS), MB", [each.rss_kb / 1024 for each in warm], warm, RSS),
        _over_time("file handles", [each.handles for each in warm], warm, HANDLES),
        _over_time("threads", [each.threads for each in warm], warm, THREADS),
        _ledger(warm),
        _wal(warm),
    ]


def settled(samples: Sequence[Sample]) -> list[Sample]:
    """Those that count."""
    begin = samples[0].at_s + WARM_UP * (samples[-1].at_s - samples[0].at_s) if samples else 0.0
    warm = [each for each in samples if each.at_s >= begin]
    if len(warm) < SAMPLES_MIN:
        raise ValueError(f"{len(warm)} samples after the warm-up, {SAMPLES_MIN} are needed; watch for longer")
    return warm


def _over_time(name: str, values: Sequence[float], samples: Sequence[Sample], limit: Limit) -> Verdict:
    times = [each.at_s for each in samples]
    a_second, level = slope(times, values), sum(values) / len(values)
    share = a_second * (times[-1] - times[0]) / level
    return Verdict(name, f"{level:.1f}", f"{a_second * SECONDS_AN_HOUR:+.2f} an hour", share, limit)


def _ledger(samples: Sequence[Sample]) -> Verdict:
    """Octets that a sale costs in the file, in the second half against the first: growth that itself grows."""
    middle = len(samples) // 2
    halves = samples[: middle + 1], samples[middle:]
    first, second = (slope([s.sales for s in half], [s.ledger_kb for s in half]) for half in halves)
    if first <= 0:
        raise ValueError("the ledger did not grow with its sales; watch for longer")
    return Verdict("ledger, KB a sale", f"{first:.2f}", f"then {second:.2f}", second / first - 1, LEDGER)


def _wal(samples: Sequence[Sample]) -> Verdict:
    """Its highest level against one checkpoint: it never shrinks, so a slope says nothing."""
    highest = max(each.wal_kb for each in samples)
    rises = sum(later.wal_kb > earlier.wal_kb for earlier, later in pairwise(samples))
    return Verdict("write-ahead log, MB", f"{highest / 1024:.1f}", f"{rises} rises", highest / CHECKPOINT_KB - 1, WAL)
