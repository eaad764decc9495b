"""What a bill comes to: at most one threshold, then at most one coupon of the bill, both on what is left (row 20)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge.model.money import Fen
from edge.model.promotion import CutKind, Kind, Promotion


@dataclass(frozen=True, slots=True)
class BillCuts:
    """Those that hold now, each by id."""

    thresholds: tuple[Promotion, ...]
    coupons: tuple[Promotion, ...]

    @classmethod
    def of(cls, promotions: Sequence[Promotion]) -> BillCuts:
        coupons = tuple(promotion for promotion in promotions if promotion.kind is Kind.COUPON)
        return cls(tuple(promotion for promotion in promotions if promotion.kind is not Kind.COUPON), coupons)

    def steps(self, net: Fen) -> tuple[tuple[Promotion, Fen], ...]:
        """The promotions that make `net` the cheapest, with what is left to pay after each; by id among equals."""
        ways = [tuple(way) for way in self._ways(net)]
        return min(ways, key=lambda way: way[-1][1] if way else net)

    def pays(self, net: Fen) -> Fen:
        steps = self.steps(net)
        return steps[-1][1] if steps else net

    def begins(self) -> set[int]:
        """Every net from which on one more way is open: between two of them the bill grows with the net."""
        found = {threshold.from_fen for threshold in self.thresholds}
        for coupon in self.coupons:
            found.add(coupon.from_fen)
            for threshold in self.thresholds:
                found.add(Fen(max(threshold.from_fen, _before(threshold, coupon.from_fen))))
        return set(found)

    def _ways(self, net: Fen) -> Iterator[list[tuple[Promotion, Fen]]]:
        for threshold in (None, *self.thresholds):
            way, left = [], net
            if threshold is not None:
                if net < threshold.from_fen or threshold.bill is None:
                    continue
                left = threshold.bill.pays(net)
                way = [(threshold, left)]
            yield way
            for coupon in self.coupons:
                if left >= coupon.from_fen and coupon.bill is not None:
                    yield [*way, (coupon, coupon.bill.pays(left))]


def _before(threshold: Promotion, left: Fen) -> Fen:
    """The smallest net of which this threshold leaves `left`."""
    cut = threshold.bill
    if cut is None or cut.value == 0:
        return left
    if cut.kind is CutKind.PERCENT:
        return Fen(-(-left * 100 // (100 - cut.value)))
    return Fen(left + cut.value)
