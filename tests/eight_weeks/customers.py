"""What people want on each day: drawn once from a seed, whatever lies on the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from random import Random

from eight_weeks.goods import WARES, Ware

LEARNED_DAYS, WEEKS = 28, 8
DAYS = 7 * WEEKS
WEEKDAYS = (0.85, 0.85, 0.9, 0.95, 1.05, 1.25, 1.15)
"""Monday to Sunday."""
FEAST = range(3, 10)
"""Days of the holiday week, counted from the first of the eight weeks: a Monday."""
PIECES, WEIGHTS = (1, 2, 3), (6, 3, 1)
"""What somebody takes of one ware, and in how many cases of ten."""
PIECES_EACH = 1.5


@dataclass(frozen=True, slots=True)
class Want:
    sku: str
    pieces: int


Day = tuple[Want, ...]


def wanted(seed: int, wares: Sequence[Ware] = WARES) -> tuple[Day, ...]:
    """Four weeks to learn from, then the eight; of each day in the order in which people come."""
    chance = Random(seed)
    days: list[Day] = []
    for day in range(-LEARNED_DAYS, DAYS):
        wants = [
            Want(ware.sku, chance.choices(PIECES, WEIGHTS)[0])
            for ware in wares
            for _ in range(_poisson(chance, mean(ware, day) / PIECES_EACH))
        ]
        chance.shuffle(wants)
        days.append(tuple(wants))
    return tuple(days)


def mean(ware: Ware, day: int) -> float:
    """Pieces wanted on a day, the season changing evenly over the eight weeks."""
    season = 1.0 + (ware.by_end - 1.0) * max(0, day) / DAYS
    return ware.daily * WEEKDAYS[day % 7] * season * (ware.feast if day in FEAST else 1.0)


def _poisson(chance: Random, expected: float) -> int:
    left, count = exp(-expected), 0
    product = chance.random()
    while product > left:
        product *= chance.random()
        count += 1
    return count
