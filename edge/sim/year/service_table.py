"""What became of service orders in all runs: kinds down, ends across."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.sim.year.service_books import ENDS
from edge.sim.year.simulation import Outcome
from edge.sim.year.wares import WARES

KINDS = (*(ware.kind for ware in WARES), "loan", "bank_note", "app_order", "sending")
MEANINGLESS = {
    ("bank_note", "time-out"): "nobody is asked: the bank has answered before its slip is printed",
    ("bank_note", "unknown"): "it is booked with Enter, or not at all",
    ("bank_note", "expiry"): "a slip runs out on no day",
    ("app_order", "time-out"): "who orders in an app waits for no answer at the counter",
    ("app_order", "unknown"): "a bag went with the scan of its label, or is here",
    ("sending", "unknown"): "the label is printed in the commit of the payment, or nothing was paid",
}
"""By kind and end, why it cannot be."""
NO_MEANING = "–"
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
        """What never happened to a kind, and could have."""
        pairs = [(kind, end) for kind in KINDS for end in ENDS if (kind, end) not in MEANINGLESS]
        return [f"{kind} {end}" for kind, end in pairs if not self.counts[kind, end]]

    @property
    def text(self) -> str:
        rows: list[tuple[str, ...]] = [("services", *ENDS)]
        rows += [(kind, *(self._cell(kind, end) for end in ENDS)) for kind in KINDS]
        return "\n".join(kind.ljust(_WIDTH) + "".join(cell.rjust(_WIDTH) for cell in cells) for kind, *cells in rows)

    @property
    def why_not(self) -> str:
        """A line for each cell that has no number, and says why."""
        return "\n".join(f"{NO_MEANING} {kind} {end}: {why}" for (kind, end), why in MEANINGLESS.items())

    def _cell(self, kind: str, end: str) -> str:
        return NO_MEANING if (kind, end) in MEANINGLESS else str(self.counts[kind, end])
