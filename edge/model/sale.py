"""One sale: its lines, its tenders, and the one table of what may happen to it when (product B1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from edge.errors import IllegalMove, ModelError
from edge.model.item import OPEN_PRICE_SKU, Item
from edge.model.money import MAX_FEN, Fen, Milli, Rounding, cash_rounding, line_amount

MAX_LINES = 100
"""A sale of more lines would not fit one 16 KiB event (decisions 3): the next scan asks to pay first."""
MAX_PIECES = 999
UNDO_DEPTH = 10
ONE_PIECE = Milli(1000)


class State(StrEnum):
    OPEN = "open"
    SUBTOTAL = "subtotal"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    CHANGE = "change"
    """A line is added, removed or altered."""
    SUBTOTAL = "subtotal"
    PART_PAID = "part_paid"
    PAID = "paid"
    CANCEL = "cancel"
    HOLD = "hold"
    RECALL = "recall"


MOVES: dict[tuple[State, Event], State] = {
    (State.OPEN, Event.CHANGE): State.OPEN,
    (State.OPEN, Event.SUBTOTAL): State.SUBTOTAL,
    (State.OPEN, Event.CANCEL): State.CANCELLED,
    (State.OPEN, Event.HOLD): State.SUSPENDED,
    (State.SUBTOTAL, Event.CHANGE): State.OPEN,
    (State.SUBTOTAL, Event.SUBTOTAL): State.SUBTOTAL,
    (State.SUBTOTAL, Event.PART_PAID): State.SUBTOTAL,
    (State.SUBTOTAL, Event.PAID): State.COMPLETED,
    (State.SUBTOTAL, Event.CANCEL): State.CANCELLED,
    (State.SUBTOTAL, Event.HOLD): State.SUSPENDED,
    (State.SUSPENDED, Event.RECALL): State.OPEN,
    (State.SUSPENDED, Event.CANCEL): State.CANCELLED,
}
"""Everything else is an IllegalMove. COMPLETED and CANCELLED have no way out: a sale that ended is immutable."""


class LineKind(StrEnum):
    ITEM = "item"
    OPEN_PRICE = "open_price"
    UNKNOWN_ITEM = "unknown_item"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Line:
    """One line item. A void is a line of its own that points at the one it takes back: nothing is ever deleted."""

    n: int
    kind: LineKind
    sku: str
    name: str
    qty: Milli
    price: Fen
    amount: Fen
    unit: str = ""
    name_en: str = ""
    voids: int | None = None
    weighed: bool = False


class Method(StrEnum):
    """The channel of a tender, as contract `pay[].m` spells it. Cards never pass."""

    CASH = "cash"


@dataclass(frozen=True, slots=True)
class Tender:
    """`applied` is what it pays of the sale; cash has `tendered` ≥ applied and `change` = tendered − applied."""

    method: Method
    applied: Fen
    tendered: Fen = Fen(0)
    change: Fen = Fen(0)


@dataclass(frozen=True, slots=True)
class Undo:
    """How to take back one counter action: restore line `n` to `qty`; 0 means remove it."""

    n: int
    qty: Milli


@dataclass(frozen=True, slots=True)
class Sale:
    """`id` is the event id that its record will carry: made once, so that a repeated completion cannot double it."""

    id: str
    state: State = State.OPEN
    lines: tuple[Line, ...] = ()
    tenders: tuple[Tender, ...] = ()
    rounding: Fen = Fen(0)
    undo: tuple[Undo, ...] = ()

    @property
    def total(self) -> Fen:
        """Payable before cash rounding."""
        return Fen(sum(line.amount for line in self.lines))

    @property
    def paid(self) -> Fen:
        return Fen(sum(tender.applied for tender in self.tenders))

    @property
    def due(self) -> Fen:
        """Still to pay, exact to the fen."""
        return Fen(self.total + self.rounding - self.paid)

    @property
    def standing(self) -> tuple[Line, ...]:
        """Lines that are neither voids nor voided."""
        gone = {line.voids for line in self.lines if line.voids is not None}
        return tuple(line for line in self.lines if line.voids is None and line.n not in gone)

    @property
    def last(self) -> Line | None:
        """The newest line that stands."""
        standing = self.standing
        return standing[-1] if standing else None


def moved(sale: Sale, event: Event) -> Sale:
    """The sale in its next state; raises IllegalMove for a pair that the table does not have."""
    target = MOVES.get((sale.state, event))
    if target is None:
        raise IllegalMove(f"a sale in state {sale.state} knows no {event}")
    return replace(sale, state=target)


def add_item(sale: Sale, item: Item, *, qty: Milli = ONE_PIECE, price: Fen | None = None) -> Sale:
    """One more line of a catalogue item at its own price, or at `price` where it has none."""
    chosen = price if price is not None else item.price
    if chosen is None:
        raise ModelError("an item without a price cannot be added", got=item.sku)
    return _added(sale, LineKind.ITEM, item, qty, chosen)


def add_unknown(sale: Sale, barcode: str, *, name: str, price: Fen, qty: Milli = ONE_PIECE) -> Sale:
    """A barcode that the catalogue does not have, at a keyed price (row 12)."""
    return _added(sale, LineKind.UNKNOWN_ITEM, Item(sku=barcode, name=name, price=price), qty, price)


def add_open_price(sale: Sale, *, name: str, price: Fen, qty: Milli = ONE_PIECE) -> Sale:
    """Goods without a barcode at a keyed price (row 9)."""
    return _added(sale, LineKind.OPEN_PRICE, Item(sku=OPEN_PRICE_SKU, name=name, price=price), qty, price)


def void_line(sale: Sale, n: int) -> Sale:
    """Take line `n` back by a new line that points at it (row 10)."""
    line = next((line for line in sale.standing if line.n == n), None)
    if line is None:
        raise ModelError("there is no such line to remove", got=f"line {n}")
    return _with_undo(_voided(sale, line), Undo(n=n, qty=line.qty))


def set_pieces(sale: Sale, n: int, qty: Milli) -> Sale:
    """Change the quantity of standing line `n` (row 4). Weighed lines keep what the scale said.

    The quantity that it has already is no action that an undo would take back.
    """
    line = next((line for line in sale.standing if line.n == n), None)
    if line is None or line.weighed:
        raise ModelError("this line has no quantity to change", got=f"line {n}")
    if not ONE_PIECE <= qty <= MAX_PIECES * 1000:
        raise ModelError("a quantity out of range", expected=f"1 to {MAX_PIECES}", got=str(qty // 1000))
    resized = _resized(sale, line, qty)
    return resized if qty == line.qty else _with_undo(resized, Undo(n=n, qty=line.qty))


def undone(sale: Sale) -> Sale:
    """The last counter action taken back; raises ModelError when there is none left (row 98)."""
    if not sale.undo:
        raise ModelError("there is nothing to undo")
    step, rest = sale.undo[-1], sale.undo[:-1]
    line = next(line for line in sale.lines if line.n == step.n)
    if any(line.n == step.n for line in sale.standing):
        back = _voided(sale, line) if step.qty == 0 else _resized(sale, line, step.qty)
        return replace(back, undo=rest)
    copy = replace(line, n=len(sale.lines) + 1)
    restored = _room(moved(sale, Event.CHANGE))
    renumbered = tuple(replace(old, n=copy.n) if old.n == step.n else old for old in rest)
    return replace(restored, lines=(*restored.lines, copy), undo=renumbered)


def tender_cash(sale: Sale, tendered: Fen, rule: Rounding) -> Sale:
    """Cash for a sale in SUBTOTAL; what is over is change (row 24). Less than is due raises ModelError."""
    rounding = cash_rounding(sale.due, rule)
    due = Fen(sale.due + rounding)
    if tendered < 0 or (tendered == 0 and due > 0) or tendered > MAX_FEN:
        raise ModelError("this is not an amount of cash", got=f"{tendered} fen")
    if tendered < due:
        raise ModelError("the cash does not cover the sale", expected=f"{due} fen", got=f"{tendered} fen")
    tender = Tender(Method.CASH, applied=due, tendered=tendered, change=Fen(tendered - due))
    paid = replace(sale, rounding=Fen(sale.rounding + rounding), tenders=(*sale.tenders, tender))
    return moved(paid, Event.PAID)


def _room(sale: Sale) -> Sale:
    if len(sale.lines) >= MAX_LINES:
        raise ModelError("a sale has no more lines than this", expected=f"at most {MAX_LINES}")
    return sale


def _added(sale: Sale, kind: LineKind, item: Item, qty: Milli, price: Fen) -> Sale:
    opened = _room(moved(sale, Event.CHANGE))
    amount = line_amount(price, qty)
    if not 0 <= amount <= MAX_FEN:
        raise ModelError("an amount out of range", expected=f"0 to {MAX_FEN} fen", got=f"{amount} fen")
    line = Line(
        n=len(sale.lines) + 1, kind=kind, sku=item.sku, name=item.name, qty=qty, price=price, amount=amount,
        unit=item.unit, name_en=item.name_en or "", weighed=item.weighed,
    )  # fmt: skip
    return _with_undo(replace(opened, lines=(*opened.lines, line)), Undo(n=line.n, qty=Milli(0)))


def _voided(sale: Sale, line: Line) -> Sale:
    opened = moved(sale, Event.CHANGE)
    void = replace(
        line, n=len(sale.lines) + 1, kind=LineKind.VOID, qty=Milli(-line.qty), amount=Fen(-line.amount), voids=line.n
    )
    return replace(opened, lines=(*opened.lines, void))


def _resized(sale: Sale, line: Line, qty: Milli) -> Sale:
    opened = moved(sale, Event.CHANGE)
    amount = line_amount(line.price, qty)
    if amount > MAX_FEN:
        raise ModelError("an amount out of range", expected=f"at most {MAX_FEN} fen", got=f"{amount} fen")
    sized = replace(line, qty=qty, amount=amount)
    return replace(opened, lines=tuple(sized if old.n == line.n else old for old in opened.lines))


def _with_undo(sale: Sale, step: Undo) -> Sale:
    return replace(sale, undo=(*sale.undo, step)[-UNDO_DEPTH:])
