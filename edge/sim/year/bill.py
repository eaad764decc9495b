"""What the clerk believes to be in the basket: an oracle that knows nothing of the terminal's own model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from edge.model.counter import Counter as OpenCounter

Entry = tuple[str, int, int]
"""(sku, milli-units, price in fen)."""
PIECE = 1000
UNDO_DEPTH = 10
SERVICE = "svc:"
"""Begins the sku of what others do for a customer; the order's id follows."""
SENDING = "send:"
"""And that of a fee; the parcel's id follows."""


class Bill:
    """`entries` in the order in which the box has them; gestures compute what should follow and change nothing."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.knows_history = True
        """Whether it is known what an undo would do."""
        self._before: list[list[Entry]] = []

    @property
    def total(self) -> int:
        """Fen, before cash rounding."""
        return sum(price * milli // PIECE for _, milli, price in self.entries)

    def added(self, sku: str, price: int) -> list[Entry]:
        return [*self.entries, (sku, PIECE, price)]

    def repeated(self) -> list[Entry]:
        """Goods once more; an order or a fee is one of its kind."""
        sku, _, price = self.entries[-1]
        return self.entries if is_single(sku) else self.added(sku, price)

    def resized(self, pieces: int) -> list[Entry]:
        sku, _, price = self.entries[-1]
        if is_single(sku):
            return self.entries
        return [*self.entries[:-1], (sku, pieces * PIECE, price)]

    def without_last(self) -> list[Entry]:
        return self.entries[:-1]

    def without(self, sku: str) -> list[Entry]:
        """The newest line of these goods is taken out."""
        for index in reversed(range(len(self.entries))):
            if self.entries[index][0] == sku:
                return self.entries[:index] + self.entries[index + 1 :]
        return self.entries

    def undone(self) -> list[Entry]:
        return self._before[-1] if self._before else self.entries

    def adopt(self, seen: list[Entry], *, is_undo: bool = False) -> None:
        """What the box has now; a change can be undone later, an undo cannot."""
        if is_undo and self._before:
            self._before.pop()
        elif not is_undo and not same(seen, self.entries):
            self.note_step()
        self.entries = seen

    def note_step(self) -> None:
        """Something was done that an undo takes back, whatever it was."""
        self._before = [*self._before, self.entries][-UNDO_DEPTH:]

    @property
    def undoes_no_goods(self) -> bool:
        """Whether an undo now takes back something else: a member card."""
        return bool(self._before) and same(self._before[-1], self.entries)

    def close(self) -> None:
        """Paid or cancelled."""
        self.entries, self._before, self.knows_history = [], [], True

    def begin_anew(self, seen: list[Entry], *, knows_history: bool) -> None:
        """The box's basket counts, whatever led to it."""
        self.entries, self._before, self.knows_history = seen, [], knows_history


def is_service(sku: str) -> bool:
    return sku.startswith(SERVICE)


def is_single(sku: str) -> bool:
    """Whether it is one of its kind, of which no promotion knows."""
    return sku.startswith((SERVICE, SENDING))


def services_in(entries: Sequence[Entry]) -> list[str]:
    """The ids of the orders that are among these."""
    return [sku.removeprefix(SERVICE) for sku, _, _ in entries if is_service(sku)]


def seen_in(counter: OpenCounter) -> list[Entry]:
    """The standing lines of the box's basket."""
    sale = counter.sale
    return [(line.sku, line.qty, line.price) for line in sale.standing] if sale is not None else []


def same(one: Sequence[Entry], other: Sequence[Entry]) -> bool:
    """The same goods, in any order: an undo puts a line back at the end."""
    return Counter(one) == Counter(other)


def can_come_of(before: list[Entry], wanted: list[Entry], seen: list[Entry]) -> bool:
    """Some keys of a number were lost: another price or quantity, or Enter took it for cash; no other goods."""
    skus = Counter(sku for sku, _, _ in seen)
    return not seen or skus in (Counter(sku for sku, _, _ in before), Counter(sku for sku, _, _ in wanted))
