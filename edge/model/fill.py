"""What an order is filled with so that its delivery is free: the least extra cover that reaches the threshold (row 84).

A sku's *extra cover* is for how long its stock will stand above its reorder point after the order: the days until it
would have been ordered anyway, and the days that the packs last. So what is needed soonest costs least, and a carton
that lasts for weeks costs most. Among all choices of whole packs that reach the threshold, the one with the least extra
cover in sum is taken; of equal ones that for the least money. No sku gets above the cover that the shop allows, slow
stock is never touched, and no pack is spare.

The search is exact while it keeps fewer than MAX_OPEN partial choices in mind and looks at no more than MAX_CANDIDATES
skus, those needed soonest. Beyond, partial choices with the most cover for their money are dropped: the result still
reaches the threshold and keeps every rule, it may have more cover than the best.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from edge.model.money import Fen, Milli

MAX_COVER_DAYS = 21
MAX_CANDIDATES = 40
"""Twice the lines of a suggestion slip."""
MAX_OPEN = 500
"""Partial choices kept in mind: some hundredths of a second, at worst some tenths."""
SLOW_DAYS = 7
"""What sells less than a piece in so many days is slow stock."""


@dataclass(frozen=True, slots=True)
class Need:
    """A sku as its supplier sells it. `available`: pieces on the shelf, on their way and in the cart already.

    `pack_cost` is fen a pack after discounts, `pack` the pieces in it, `daily_milli` what is sold a day;
    `shelf_max` the pieces that its shelf holds, None: nobody said.
    """

    sku: str
    pack_cost: Fen
    pack: int
    rop: int
    available: int
    daily_milli: Milli
    shelf_max: int | None = None

    @property
    def is_slow(self) -> bool:
        return self.daily_milli * SLOW_DAYS < 1000

    @property
    def due_microdays(self) -> int:
        """When its stock reaches its reorder point: millionths of a day from now, rounded up; below zero: it has."""
        return self._days(self.available - self.rop)

    def extra_microdays(self, packs: int) -> int:
        """For how long its stock will stand above its reorder point with so many packs; 0 for none."""
        return max(0, self._days(self.available + packs * self.pack - self.rop)) if packs else 0

    def most_packs(self, max_cover_days: int) -> int:
        """How many leave it with stock for at most so many days."""
        if self.is_slow or self.pack < 1 or self.pack_cost < 1:
            return 0
        most = max_cover_days * self.daily_milli // 1000
        room = (most if self.shelf_max is None else min(most, self.shelf_max)) - max(0, self.available)
        return max(0, room // self.pack)

    def _days(self, pieces: int) -> int:
        return -(-pieces * 1000 * 1_000_000 // self.daily_milli)


@dataclass(frozen=True, slots=True)
class Pick:
    sku: str
    packs: int


class _Choice(NamedTuple):
    """Some packs of the first skus, in the order in which they are needed; of two, the lesser tuple is the better.

    `left_out` is 0 less the packs of each.
    """

    cover: int
    fen: int
    left_out: tuple[int, ...] = ()


def delivery_fee(total: Fen, threshold: Fen | None, fee: Fen) -> Fen:
    """What the delivery of goods for `total`, after all discounts, costs; None: no total makes it free."""
    return Fen(0) if threshold is not None and total >= threshold else fee


def gap(cart: Fen, threshold: Fen) -> Fen:
    """What is missing until the delivery is free."""
    return Fen(max(0, threshold - cart))


def fill(
    cart: Fen, threshold: Fen, needs: Sequence[Need], max_cover_days: int = MAX_COVER_DAYS, *, widest: int = MAX_OPEN
) -> tuple[Pick, ...]:
    """The packs to add, those needed soonest first. Empty: nothing is missing, or no allowed choice reaches it."""
    missing = gap(cart, threshold)
    if not missing:
        return ()
    able = [need for need in needs if need.most_packs(max_cover_days) > 0]
    candidates = sorted(able, key=lambda need: (need.due_microdays, need.sku))[:MAX_CANDIDATES]
    best = _search(missing, candidates, [need.most_packs(max_cover_days) for need in candidates], widest)
    if best is None:
        return ()
    packs = _without_spare([-less for less in best.left_out], candidates, Fen(best.fen - missing))
    return tuple(Pick(need.sku, count) for need, count in zip(candidates, packs, strict=False) if count)


def _search(missing: int, needs: Sequence[Need], most: Sequence[int], widest: int) -> _Choice | None:
    """Sku by sku: each partial choice with each number of packs; those that something better replaces are forgotten."""
    costs = [need.pack_cost for need in needs]
    still = sum(cost * count for cost, count in zip(costs, most, strict=True))
    open_choices, best = [_Choice(0, 0)], None
    for need, cost, count in zip(needs, costs, most, strict=True):
        still -= cost * count
        covers = [need.extra_microdays(packs) for packs in range(count + 1)]
        grown: list[_Choice] = []
        for choice in open_choices:
            most_cover = math.inf if best is None else best.cover
            for bigger in _with_packs(choice, covers, cost, missing, least=missing - still, most_cover=most_cover):
                if bigger.fen >= missing:
                    best = bigger if best is None else min(best, bigger)
                else:
                    grown.append(bigger)
        if best is not None:
            # Of equal cover only those count that can still cost less.
            most_cover = best.cover if best.fen > missing else best.cover - 1
            grown = [choice for choice in grown if choice.cover <= most_cover]
        open_choices = _worth_keeping(grown, missing, widest)
    return best


def _without_spare(packs: Sequence[int], needs: Sequence[Need], over: Fen) -> list[int]:
    """Only a search that was cut short leaves packs without which the threshold is reached as well."""
    kept = list(packs)
    for index in reversed(range(len(packs))):
        spare = min(kept[index], over // needs[index].pack_cost)
        kept[index] -= spare
        over = Fen(over - spare * needs[index].pack_cost)
    return kept


def _with_packs(
    choice: _Choice, covers: Sequence[int], cost: int, missing: int, *, least: int, most_cover: float
) -> Iterator[_Choice]:
    """Up to the first number of packs that reaches the threshold: more would only add cover.

    Not those for less than `least` fen, which cannot reach it any more, nor those that cover more than `most_cover`.
    """
    for packs, cover in enumerate(covers):
        fen = choice.fen + packs * cost
        if choice.cover + cover > most_cover:
            return
        if fen >= least:
            yield _Choice(choice.cover + cover, fen, (*choice.left_out, -packs))
        if fen >= missing:
            return


def _worth_keeping(choices: list[_Choice], missing: int, widest: int) -> list[_Choice]:
    """Without those that another one beats with less cover for at least as much money, or equals and comes before."""
    choices.sort(key=lambda each: (-each.fen, each))
    kept: list[_Choice] = []
    for choice in choices:
        last = kept[-1] if kept else None
        if last is None or choice.cover < last.cover or (choice.cover == last.cover and choice.fen < last.fen):
            kept.append(choice)
    if len(kept) > widest:
        # What has the least cover for what it brings. Each can still reach the threshold: there is always a result.
        kept.sort(key=lambda each: (each.cover * missing // max(1, each.fen), each))
    return kept[:widest]
