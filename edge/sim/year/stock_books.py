"""What lies on the shelves as the rows of the journal tell it: counted + received − sold − written off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

COUNTED, MOVED = "stock.counted", "stock.moved"


@dataclass(slots=True)
class StockBooks:
    """Milli-units by sku. `begun`: what a count found, less what had come and plus what had been sold by then, so that
    the rest of the equation needs no dates. `newest` is what was booked last, for whoever has just done it.
    """

    begun: dict[str, int] = field(default_factory=dict)
    came: Counter[str] = field(default_factory=Counter)
    """Received, less written off."""
    newest: tuple[str, dict[str, int]] = ("", {})

    def copy(self) -> StockBooks:
        return StockBooks(dict(self.begun), Counter(self.came), self.newest)

    def enter(self, kind: str, data: dict[str, Any], sold: Mapping[str, int]) -> None:
        """The next row of the journal; `sold` until then."""
        if kind == COUNTED:
            lines = {line["sku"]: _milli(line["qty"]) for line in data["lines"]}
            for line in data["lines"]:
                on_hand = lines[line["sku"]] + _milli(line.get("moved", "0"))
                self.begun[line["sku"]] = on_hand - self.came[line["sku"]] + sold.get(line["sku"], 0)
            self.newest = ("counted", lines)
        else:
            moves = Counter[str]()
            for move in data["moves"]:
                moves[move["sku"]] += _milli(move["qty"])
            for sku, milli in moves.items():
                self.came[sku] += milli
            self.newest = (data["why"], dict(moves))

    def on_hand(self, sku: str, sold: Mapping[str, int]) -> int | None:
        """None: nobody has counted it."""
        begun = self.begun.get(sku)
        return None if begun is None else begun + self.came[sku] - sold.get(sku, 0)


def _milli(text: str) -> int:
    return int(Decimal(text) * 1000)
