"""Orders from apps as the rows of the journal tell them: placed, packed, handed over or called off, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_CAME_FROM = {
    "placed": ("",), "packed": ("placed",), "handed_over": ("packed",), "cancelled": ("", "placed", "packed"),
}  # fmt: skip
"""By the state that a row tells, which one the order may have had before. Picking is in no row."""
APP_ROWS = {f"order.{state}": state for state in _CAME_FROM}
"""Types of rows that these books are made of."""
OPEN = ("placed", "packed")


@dataclass(slots=True)
class AppBooks:
    """The state of each order, and its pieces by sku and price: (asked, in the bag)."""

    states: dict[str, str] = field(default_factory=dict)
    lines: dict[str, dict[tuple[str, int], tuple[int, int]]] = field(default_factory=dict)

    placed: set[str] = field(default_factory=set)

    def copy(self) -> AppBooks:
        return AppBooks(dict(self.states), dict(self.lines), set(self.placed))

    def enter(self, kind: str, data: dict[str, Any]) -> Iterator[str]:
        """The next row of the journal; a sentence for each thing in it that does not agree with those before."""
        oid, state, before = data["oid"], APP_ROWS[kind], self.states.get(data["oid"], "")
        if before not in _CAME_FROM[state]:
            yield f"order {oid} was {before or 'nothing'} and is {state}"
        lines = {(line["sku"], line["price"]): (int(line["qty"]), int(line["got"])) for line in data["lines"]}
        asked = {key: pieces for key, (pieces, _) in self.lines.get(oid, lines).items()}
        if asked != {key: pieces for key, (pieces, _) in lines.items()}:
            yield f"order {oid} was of {asked}, and is of {lines}"
        if any(not 0 <= got <= pieces for pieces, got in lines.values()):
            yield f"order {oid} has more in its bag than was asked for: {lines}"
        missing = sum((pieces - got) * price for (_, price), (pieces, got) in lines.items())
        if state == "packed" and data["back"] != missing:
            yield f"order {oid}: {data['back']} fen are to go back, missing are {missing}"
        if state == "handed_over" and lines != self.lines.get(oid):
            yield f"order {oid} was packed with {self.lines.get(oid)}, handed over were {lines}"
        self.placed |= {oid} if state == "placed" else set()
        self.states[oid], self.lines[oid] = state, lines
