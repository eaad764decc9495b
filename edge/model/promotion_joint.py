"""Line promotions and the bill judged together: some are left out where the bill then is cut by more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from edge.model.money import Fen
from edge.model.promotion_bill import BillCuts
from edge.model.promotion_parts import Part, Taking, takings
from edge.model.promotion_search import MAX_STATES, NOTHING_PAID, Search, TooWide

MAX_JOINT_BITS = 100_000_000
"""How far this goes (12 MB): one bit for each fen of the goods in promotions, in each state after each piece. Beyond,
all line promotions are held against none at all."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Which line promotions to leave out, so that the bill is cut by more: `net` is the least that lines can cost."""

    parts: Sequence[tuple[Sequence[int], Part]]
    """Each with the places of its lines."""
    gross: Fen
    net: Fen
    cuts: BillCuts

    def takings(self) -> list[Taking] | None:
        """None: the least of the lines is the best for the bill, too."""
        paid = self.cuts.pays(self.net)
        starts = [start for start in self.cuts.begins() if self.net < start <= self.gross]
        starts = [start for start in starts if self.cuts.pays(Fen(start)) < paid]
        if not starts:
            return None
        try:
            return self._searched(starts, paid)
        except TooWide:
            return [] if self.cuts.pays(self.gross) < paid else None

    def _searched(self, starts: Sequence[int], paid: Fen) -> list[Taking] | None:
        inside = sum(part.gross for _, part in self.parts)
        pieces = sum(len(part.pieces) for _, part in self.parts)
        widest = min(MAX_STATES, MAX_JOINT_BITS // max(1, inside * pieces))
        searches: list[Search] = []
        sums = NOTHING_PAID
        for _, part in self.parts:
            searches.append(Search(part.pieces, part.deals, joint=True, widest=widest, begin=sums))
            searches[-1].run()
            sums = searches[-1].kept
        outside = self.gross - inside
        reached = [_lowest(sums, at_least=start - outside) for start in starts]
        costs = [cost for cost in reached if cost is not None]
        best = min(costs, key=lambda cost: (self.cuts.pays(Fen(outside + cost)), cost), default=None)
        if best is None or self.cuts.pays(Fen(outside + best)) >= paid:
            return None
        found: list[Taking] = []
        for (places, part), search in zip(reversed(self.parts), reversed(searches), strict=True):
            moves, best = search.moves(best)
            for taking in takings(part, moves, dissolve=False):
                found.append(replace(taking, gross={places[line]: gross for line, gross in taking.gross.items()}))
        return found


def _lowest(sums: int, *, at_least: int) -> int | None:
    """The least of these sums that is no less."""
    skip = max(0, at_least)
    rest = sums >> skip
    return skip + (rest & -rest).bit_length() - 1 if rest else None
