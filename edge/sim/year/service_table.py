"""What became of service orders in all runs: kinds down, ends across."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.sim.year.service_books import ENDS
from edge.sim.year.simulation import Outcome
from edge.sim.year.wares import WARES

FULL_FROM = 200
"""With so many seeds no cell is empty by chance."""
_WIDTH = 11


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """How often, by kind and end. An order can be in several columns: unknown first, done after all."""

    counts: Counter[tuple[str, str]]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> ServiceTable:
        counts: Counter[tuple[str, str]] = Counter()
        for outcome in outcomes:
            counts.update(outcome.ends)
        return cls(counts)

    @property
    def empty(self) -> Sequence[str]:
        """What never happened to a kind."""
        return [f"{ware.kind} {end}" for ware in WARES for end in ENDS if not self.counts[ware.kind, end]]

    @property
    def text(self) -> str:
        rows: list[tuple[str, ...]] = [("services", *ENDS)]
        rows += [(ware.kind, *(str(self.counts[ware.kind, end]) for end in ENDS)) for ware in WARES]
        return "\n".join(kind.ljust(_WIDTH) + "".join(cell.rjust(_WIDTH) for cell in cells) for kind, *cells in rows)
