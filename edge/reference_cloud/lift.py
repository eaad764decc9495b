"""What a campaign sold: its weeks against the weeks that were held out by chance, and how sure that is (row 92).

    lift = mean of the weeks in which it ran / mean of the weeks held out - 1

The weeks were drawn by lot, so the lot is the test: of all ways in which the same weeks could have been drawn, how
many show a difference as large (`p`)? The interval is that of all lifts which this test does not refuse at 5 %: for
each, the weeks of the campaign are divided by it and drawn again. Nothing is assumed about how goods sell, only that
the lot did not know the weather. Few weeks cannot say anything: then it says so, and no figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from random import Random

LEAST_WEEKS = 4
"""Of each kind: with 3 and 3 even the clearest difference comes by chance once in ten times."""
LEAST_SOLD = 30
"""Pieces in all weeks together."""
MAX_DRAWS = 5_000
"""More ways than that are drawn by chance themselves, with a seed."""
ALPHA = 0.05
_LOWEST, _HIGHEST = 0.02, 50.0
"""Of a ratio: a fiftieth, fifty times."""
_STEPS = 18
"""Of halving: to a hundredth of a percent."""


@dataclass(frozen=True, slots=True)
class Lift:
    """Weeks and mean pieces a week, with and without. `low` and `high` hold the lift with 95 %.

    `why` is not empty where there is not enough data; then the others beside the weeks are None.
    """

    weeks_on: int
    weeks_out: int
    mean_on: float | None = None
    mean_out: float | None = None
    lift: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    why: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether chance is as good as excluded."""
        return self.p is not None and self.p <= ALPHA


def lift_of(on: Sequence[int], out: Sequence[int]) -> Lift:
    """`on` and `out`: pieces sold in each whole week with and without the campaign."""
    if min(len(on), len(out)) < LEAST_WEEKS:
        return Lift(len(on), len(out), why=f"not enough data: {LEAST_WEEKS} whole weeks of each kind are needed")
    if sum(on) + sum(out) < LEAST_SOLD or not sum(out) or not sum(on):
        return Lift(len(on), len(out), why=f"not enough data: {sum(on)} and {sum(out)} pieces were sold")
    draws = _draws(len(on), len(on) + len(out))
    mean_on, mean_out = sum(on) / len(on), sum(out) / len(out)
    ratio = mean_on / mean_out

    def fits(scale: float) -> bool:
        return _p([pieces / scale for pieces in on], out, draws) > ALPHA

    low = _edge(ratio, _LOWEST, fits) - 1
    high = _edge(ratio, _HIGHEST, fits) - 1
    return Lift(len(on), len(out), mean_on, mean_out, ratio - 1, low, high, _p(on, out, draws))


def _draws(chosen: int, total: int) -> list[tuple[int, ...]]:
    """Ways to draw the weeks of the campaign; the one that was drawn is among them."""
    if comb(total, chosen) <= MAX_DRAWS:
        return list(combinations(range(total), chosen))
    chance = Random(f"{chosen} of {total}")
    drawn = [tuple(range(chosen))]
    return drawn + [tuple(chance.sample(range(total), chosen)) for _ in range(MAX_DRAWS - 1)]


def _p(on: Sequence[float], out: Sequence[float], draws: Sequence[tuple[int, ...]]) -> float:
    """Of all draws, the share that differs at least as much as ours, in whichever direction."""
    weeks = [*on, *out]
    total, chosen, rest = sum(weeks), len(on), len(out)
    # (sum of drawn)/chosen - (sum of the others)/rest, up to what is the same for all draws
    ours = abs(sum(on) * (chosen + rest) - total * chosen)
    near = ours * (1 - 1e-9) - 1e-9
    as_far = sum(abs(sum([weeks[n] for n in draw]) * (chosen + rest) - total * chosen) >= near for draw in draws)
    return as_far / len(draws)


def _edge(inside: float, outside: float, fits: Callable[[float], bool]) -> float:
    """Where the test begins to refuse, between a ratio that fits and one far off."""
    if fits(outside):
        return outside
    for _ in range(_STEPS):
        middle = (inside * outside) ** 0.5
        if fits(middle):
            inside = middle
        else:
            outside = middle
    return inside
