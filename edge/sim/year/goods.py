"""What the simulated shop sells, and how its prices move over the year."""

from __future__ import annotations

from random import Random

from edge.codec.gtin import check_digit
from edge.codec.wire_down import CatOp
from edge.sim.counter.goods import Good, goods

PRICE_STEPS = (-50, -20, 10, 20, 50, 100)
"""Fen."""
STRANGERS = 40
"""Barcodes that no catalogue has."""


class Shelf:
    """`prices` is what was last published; the box may be a version behind."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._goods: list[Good] = [good for good in goods() if good.price is not None and "kg" not in good.unit]
        self.prices = {good.code: good.price or 0 for good in self._goods}
        self.codes = list(self.prices)
        self.strangers = [code + str(check_digit(code)) for code in (f"69088880{n:04d}" for n in range(STRANGERS))]

    def all(self) -> list[CatOp]:
        """The first delivery."""
        return [
            CatOp(op="put", sku=good.code, gtin=good.code, name=good.name, name_en=good.name_en, price=good.price,
                  unit=good.unit)
            for good in self._goods
        ]  # fmt: skip

    def change(self) -> list[CatOp]:
        """Some prices of today."""
        changed = self._chance.sample(self.codes, 3)
        for code in changed:
            self.prices[code] = max(50, self.prices[code] + self._chance.choice(PRICE_STEPS))
        return [CatOp(op="put", sku=code, price=self.prices[code]) for code in changed]
