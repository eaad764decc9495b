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
    """What was published, by version: the box may be one behind.

    A cloud that was restored from a backup gives version numbers once more, to other contents: from then on it is only
    known which prices there ever were.
    """

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._goods: list[Good] = [good for good in goods() if good.price is not None and "kg" not in good.unit]
        self._prices = {good.code: good.price or 0 for good in self._goods}
        self._ever = {code: {price} for code, price in self._prices.items()}
        self._versions: dict[int, dict[str, int]] = {}
        self._forked = False
        self.codes = list(self._prices)
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
        return [
            CatOp(op="put", sku=code, price=max(50, self._prices[code] + self._chance.choice(PRICE_STEPS)))
            for code in changed
        ]

    def published(self, version: int, ops: list[CatOp]) -> None:
        """The cloud has committed these. 0: it was not there, or died before."""
        if version:
            for op in ops:
                self._prices[op.sku] = op.price or 0
                self._ever[op.sku].add(op.price or 0)
            self._versions[version] = dict(self._prices)

    def fork(self) -> None:
        """The cloud was restored."""
        self._forked = True

    def prices(self, code: str, version: int) -> set[int]:
        """What goods may cost in a version, in fen."""
        return self._ever[code] if self._forked else {self._versions[version][code]}
