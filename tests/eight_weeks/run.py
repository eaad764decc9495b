"""One seed's customers served by a shop that orders in one way."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from eight_weeks.customers import LEARNED_DAYS, wanted
from eight_weeks.ordering import AsSuggested, Ordering, SameEachWeek, ToppedUp
from eight_weeks.shop import Shop, Story

Way = Callable[[Mapping[str, int]], Ordering]
"""Of what was sold of each ware in the weeks to learn from."""


def same_each_week(generosity: float = 1.0) -> Way:
    return lambda sold: SameEachWeek(sold, generosity)


def topped_up(days: int = 14) -> Way:
    return lambda sold: ToppedUp(sold, days)


def as_suggested(*, large_packs: bool = True) -> Way:
    """`large_packs`: lines that last too long are scanned, too."""
    return lambda sold: AsSuggested(large_packs)


def eight_weeks(seed: int, way: Way) -> Story:
    days = wanted(seed)
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder), seed)
        try:
            shop.learn(days[:LEARNED_DAYS])
            return shop.live(days[LEARNED_DAYS:], way(dict(shop.sold)))
        finally:
            shop.close()
