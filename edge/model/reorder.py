"""When goods must be ordered, and how many: a sku's reorder point, and what a supplier's packs make of it (row 82).

    ROP = d · (L + R) + z · σ · √(L + R)

d is the mean of the days that count, σ their sample standard deviation (n - 1: the days are a sample of those to come),
L the days that a delivery takes, R the days between two orders. A day on which the sku was without stock does not
count: what could not be bought says nothing of what is wanted. All is done in integers, so that no float's rounding
decides whether a shop orders a carton.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from types import MappingProxyType

from edge.errors import ModelError
from edge.model.money import Milli

DAYS = 28
"""Four weeks: each weekday four times."""
MAX_PROTECTED_DAYS = 365
"""Of L + R: more is a slip in a supplier's profile."""
MAX_Z_CENTI = 500
"""z = 5.00: one day in three million."""
Z_CENTI: Mapping[int, int] = MappingProxyType({80: 84, 90: 128, 95: 165, 98: 205, 99: 233})
"""z by how often in a hundred the goods shall last until the next delivery: the normal distribution, in hundredths."""
_PIECE, _CENTI = 1000, 100


@dataclass(frozen=True, slots=True)
class Demand:
    """What is sold of a sku: how many `days` count, the sum of what was sold on them, and the sum of its squares.

    Mean and spread follow from these three without a rounding, for whatever delivery they are asked for.
    """

    days: int
    total: int
    squares: int

    @property
    def mean(self) -> Milli:
        """What is sold on a day that counts, rounded down; never below zero, 0 when no day counts."""
        return Milli(max(0, self.total // self.days)) if self.days else Milli(0)


NO_DEMAND = Demand(0, 0, 0)


def demand_of(daily: Sequence[Milli | None]) -> Demand:
    """Of what was sold a day; None: a day that does not count."""
    sold = [int(day) for day in daily if day is not None]
    return Demand(len(sold), sum(sold), sum(day * day for day in sold))


def reorder_point(demand: Demand, lead_days: int, review_days: int, z_centi: int) -> int:
    """Pieces (of weighed goods kilograms), rounded up: below it the sku may run out before the next delivery is here.

    `z_centi` is z in hundredths. 0 when no day counts; one day alone has no spread. Raises ModelError for days or a z
    that no supplier has.
    """
    days = _protected(lead_days, review_days)
    if not 0 <= z_centi <= MAX_Z_CENTI:
        raise ModelError("no such safety factor", expected=f"z from 0 to {MAX_Z_CENTI} hundredths", got=str(z_centi))
    n, total = demand.days, demand.total
    if n == 0:
        return 0
    # Multiplied by n · 1000 the mean is whole; the spread's root is rounded up on that scale, which changes no result:
    # a whole number is at least as large as a root exactly when it is at least as large as the root rounded up.
    spread = n * demand.squares - total * total
    margin = _root_up(z_centi**2 * days * spread * n, _CENTI**2 * (n - 1)) if n > 1 else 0
    return max(0, _divided_up(days * total + margin, n * _PIECE))


def suggested(
    rop: int, there: int, pack: int, *, least: int = 1, shelf_min: int = 0, shelf_max: int | None = None
) -> int:
    """Whole packs to order: up to the reorder point, or to what the shelf must show at least; `least` or none.

    `there`: pieces on the shelf and on their way; below zero it is a shelf that is empty. With it they never exceed
    `shelf_max`, even if a pack is larger than the rest of the shelf: then nothing is ordered. Raises ModelError for a
    pack of nothing or a shelf whose most is less than its least.
    """
    if pack < 1:
        raise ModelError("a pack holds something", expected="1 piece or more", got=str(pack))
    if shelf_max is not None and shelf_max < shelf_min:
        raise ModelError("a shelf holds no less than its least", expected=f"{shelf_min} or more", got=str(shelf_max))
    packs = _divided_up(max(0, max(rop, shelf_min) - max(0, there)), pack)
    if packs:
        packs = max(packs, least)
    if shelf_max is not None:
        packs = min(packs, max(0, shelf_max - max(0, there)) // pack)
    return packs if packs >= least else 0


def is_too_much(pieces: int, enough: int, demand: Demand, max_cover_days: int) -> bool:
    """Whether so many pieces are more than what must be there, and last for longer than anything shall lie there."""
    return pieces > enough and pieces * _PIECE > demand.mean * max_cover_days


def _protected(lead_days: int, review_days: int) -> int:
    if lead_days < 0 or review_days < 0 or lead_days + review_days > MAX_PROTECTED_DAYS:
        raise ModelError(
            "no supplier takes so long", expected=f"lead and review of 0 to {MAX_PROTECTED_DAYS} days together",
            got=f"{lead_days} and {review_days}",
        )  # fmt: skip
    return lead_days + review_days


def _root_up(over: int, under: int) -> int:
    """The root of a fraction that is not negative, rounded up to a whole number."""
    square = _divided_up(over, under)
    return isqrt(square - 1) + 1 if square else 0


def _divided_up(over: int, under: int) -> int:
    return -(-over // under)
