"""The promotions of a simulated shop, and what a bill must come to with them: an oracle of the clerk's own.

They are few and simple, no goods are in two of them, and they hold always: so that it is enough to count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random

from edge.sim.year.bill import PIECE, Entry, is_single

TWO_OF = {"6901619730699": 600, "6900622758690": 1100}
"""Two pieces for so many fen, by sku."""
SECOND_HALF = "6904490089344"
"""The second piece for half."""
MEMBERS = {"6905753989227": 300}
"""What a piece costs with a member card, in fen."""
FROM_FEN, OFF_FEN = 5_000, 400
SHOPS_WITH = 0.6

_TEXT = f"""\
[second-half]
kind = "nth_item"
name = "面包第二个半价"
skus = ["{SECOND_HALF}"]
percent = 50
[from-50]
kind = "threshold"
name = "满50减4"
from_fen = {FROM_FEN}
off_fen = {OFF_FEN}
"""
_TWO_OF = '[two-{sku}]\nkind = "multi_buy"\nname = "两件优惠"\nskus = ["{sku}"]\ncount = 2\nprice_fen = {fen}\n'
_MEMBER = '[member-{sku}]\nkind = "member_price"\nname = "会员价"\nskus = ["{sku}"]\nprice_fen = {fen}\n'


class Deals:
    """`text` is the shop's file of promotions; empty: it has none."""

    def __init__(self, chance: Random) -> None:
        parts = [_TEXT]
        parts += [_TWO_OF.format(sku=sku, fen=fen) for sku, fen in TWO_OF.items()]
        parts += [_MEMBER.format(sku=sku, fen=fen) for sku, fen in MEMBERS.items()]
        self.text = "".join(parts) if chance.random() < SHOPS_WITH else ""
        self.skus = [*TWO_OF, SECOND_HALF, *MEMBERS] if self.text else []

    def due(self, entries: Sequence[Entry], *, member: bool) -> int:
        """Fen before cash rounding: the lowest that these goods can come to; of services no promotion knows."""
        services = sum(price * milli // PIECE for sku, milli, price in entries if is_single(sku))
        return services + self._due([entry for entry in entries if not is_single(entry[0])], member=member)

    def _due(self, entries: Sequence[Entry], *, member: bool) -> int:
        if not self.text:
            return sum(price * milli // PIECE for _, milli, price in entries)
        costs = list(_costs(entries, member=member))
        lowest, gross = sum(map(min, costs)), sum(map(max, costs))
        if lowest >= FROM_FEN:
            return lowest - OFF_FEN
        if gross < FROM_FEN:
            return lowest
        totals = {0}  # a deal given up may lift the bill to the threshold
        for some in costs:
            totals = {total + cost for total in totals for cost in some}
        return min(total - OFF_FEN if total >= FROM_FEN else total for total in totals)


def _costs(entries: Sequence[Entry], *, member: bool) -> Iterator[set[int]]:
    """For the pieces of each sku: all that they can cost, by how often its promotion is used."""
    pieces: dict[str, list[int]] = {}
    for sku, milli, price in entries:
        pieces.setdefault(sku, []).extend([price] * (milli // PIECE))
    for sku, prices in pieces.items():
        prices.sort(reverse=True)
        if sku in TWO_OF:
            yield _used(
                [TWO_OF[sku] - dear - cheap for dear, cheap in zip(prices[::2], prices[1::2], strict=False)], prices
            )
        elif sku == SECOND_HALF:
            yield _used([cheap // 2 - cheap for cheap in prices[1::2]], prices)
        elif sku in MEMBERS and member:
            yield _used([min(0, MEMBERS[sku] - price) for price in prices], prices)
        else:
            yield {sum(prices)}


def _used(changes: list[int], prices: list[int]) -> set[int]:
    """The cost of all pieces with none of these changes, the first, the first two, …: the dearest pieces come first."""
    return set(accumulate(changes, initial=sum(prices)))
