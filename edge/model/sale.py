"""One sale: its lines, its tenders, and the one table of what may happen to it when (product B1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from edge.errors import IllegalMove, ModelError
from edge.model.item import OPEN_PRICE_SKU, Item
from edge.model.money import MAX_FEN, Fen, Milli, line_amount
from edge.model.undo import UNDO_DEPTH, Undo

MAX_LINES = 100
"""A sale of more lines would not fit one 16 KiB event (decisions 3): the next scan asks to pay first."""
MAX_PIECES = 999
ONE_PIECE = Milli(1000)


class State(StrEnum):
    OPEN = "open"
    SUBTOTAL = "subtotal"
    PAYING = "paying"
    """A wallet payment is under way."""
    PAY_UNKNOWN = "pay_unknown"
    """Nobody knows how the payment ended: the goods stay on the counter."""
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    VOIDED = "voided"


class Event(StrEnum):
    CHANGE = "change"
    """A line is added, removed or altered."""
    SUBTOTAL = "subtotal"
    PAY = "pay"
    """A wallet payment begins."""
    PART_PAID = "part_paid"
    PAID = "paid"
    NOT_PAID = "not_paid"
    DOUBT = "doubt"
    CANCEL = "cancel"
    HOLD = "hold"
    RECALL = "recall"
    RETURN = "return"
    """Goods of it come back."""
    POST_VOID = "post_void"


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
    (State.SUBTOTAL, Event.PAY): State.PAYING,
    (State.PAYING, Event.PAID): State.COMPLETED,
    (State.PAYING, Event.PART_PAID): State.SUBTOTAL,
    (State.PAYING, Event.NOT_PAID): State.SUBTOTAL,
    (State.PAYING, Event.DOUBT): State.PAY_UNKNOWN,
    (State.PAY_UNKNOWN, Event.PAID): State.COMPLETED,
    (State.PAY_UNKNOWN, Event.PART_PAID): State.SUBTOTAL,
    (State.PAY_UNKNOWN, Event.NOT_PAID): State.SUBTOTAL,
    (State.PAY_UNKNOWN, Event.DOUBT): State.PAY_UNKNOWN,
    (State.PAY_UNKNOWN, Event.HOLD): State.PAY_UNKNOWN,
    (State.PAY_UNKNOWN, Event.RECALL): State.PAY_UNKNOWN,
    (State.SUSPENDED, Event.RECALL): State.OPEN,
    (State.SUSPENDED, Event.CANCEL): State.CANCELLED,
    (State.COMPLETED, Event.RETURN): State.COMPLETED,
    (State.COMPLETED, Event.POST_VOID): State.VOIDED,
}
"""Everything else is an IllegalMove. A completed sale is immutable: returns and a post-void are records about it.

Product B1's TENDERED is no state that could be seen: what pays the last fen completes the sale in the same commit."""


class LineKind(StrEnum):
    ITEM = "item"
    OPEN_PRICE = "open_price"
    UNKNOWN_ITEM = "unknown_item"
    DEPOSIT = "deposit"
    """No goods: money that a customer pays back on the tab (model/tab.py)."""
    SERVICE = "service"
    """No goods: what somebody else does for the customer, at a price that the cloud named (model/shipment.py)."""
    VOID = "void"


NO_GOODS = frozenset({LineKind.DEPOSIT, LineKind.SERVICE})
"""Sums of money: no promotion knows of them, nobody sets their price, and none lies on the counter."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line item. A void is a line of its own that points at the one it takes back: nothing is ever deleted.

    `amount` is net: what is paid after `discount`, which the promotions `promo` (ids with commas) gave. A void line and
    the line that it takes back have none: they cancel at what they cost without. `overridden`: a person set this price;
    `was` is the one before, and `why` a code of the reason (model/repricing.py).
    """

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
    scale: str = ""
    """What a scale said of it: the frame of the weight, or the label that it printed. Kept with the line."""
    age: int = 0
    """Years that a customer must have; 0: anybody."""

    @property
    def fixed(self) -> bool:
        """What a scale said of it stays, so do serial numbers, and a sum of money: neither multiplied nor repeated."""
        return self.weighed or bool(self.scale) or bool(self.serial) or self.kind in NO_GOODS

    dept: str = ""
    overridden: bool = False
    was: Fen | None = None
    why: str = ""
    discount: Fen = Fen(0)
    promo: str = ""
    serial: str = ""
    """Serial numbers of its pieces, with blanks between them."""

    @property
    def gross(self) -> Fen:
        """Without promotions."""
        return Fen(self.amount + self.discount)

    @property
    def full(self) -> Line:
        """The line without its discount."""
        return replace(self, amount=self.gross, discount=Fen(0), promo="") if self.discount or self.promo else self


@dataclass(frozen=True, slots=True)
class Saving:
    """What one promotion takes off a sale; `name` is what the receipt prints."""

    promo: str
    name: str
    amount: Fen


class Method(StrEnum):
    """The channel of a tender, as contract `pay[].m` spells it. Cards never pass."""

    CASH = "cash"
    ALIPAY = "alipay"
    WECHAT = "wechat"
    UNIONPAY = "unionpay"
    JDPAY = "jdpay"
    ECNY = "ecny"
    TAB = "tab"
    COUPON = "coupon"
    EXTERNAL_UNVERIFIED = "external_unverified"


WALLETS = (Method.ALIPAY, Method.WECHAT, Method.UNIONPAY, Method.JDPAY, Method.ECNY)
"""Paid through the cloud, each with a payment of its own."""


@dataclass(frozen=True, slots=True)
class Tender:
    """`applied` is what it pays of the sale; cash has `tendered` ≥ applied and `change` = tendered − applied.

    A wallet's has `payment`, its payment's id, and `reference`, the provider's own number.
    """

    method: Method
    applied: Fen
    tendered: Fen = Fen(0)
    change: Fen = Fen(0)
    payment: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Sale:
    """`id` is the event id that its record will carry: made once, so that a repeated completion cannot double it.

    `savings` is the sum of the lines' discounts, by promotion. `member` is the number of a member card, which no record
    tells; `coupons` are the promotions that were presented for this sale.
    """

    id: str
    state: State = State.OPEN
    lines: tuple[Line, ...] = ()
    tenders: tuple[Tender, ...] = ()
    rounding: Fen = Fen(0)
    undo: tuple[Undo, ...] = ()
    payment: str = ""
    """The one payment of it that has not ended yet."""
    dual_risk: str = ""
    """A payment that had no end when cash was taken instead (product B1): its money may come, and goes back then."""
    age_ok: bool = False
    """Somebody at the counter has said that the customer is old enough."""
    training: bool = False
    """Somebody practises: marked for good, so that it never becomes a real one (product row 37)."""
    savings: tuple[Saving, ...] = ()
    member: str = ""
    coupons: tuple[str, ...] = ()

    @property
    def discount(self) -> Fen:
        """What all promotions take off."""
        return Fen(sum(line.discount for line in self.lines))

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
        return tuple(line for _, line in self.standing_places)

    @property
    def standing_places(self) -> list[tuple[int, Line]]:
        """The same, each with where in `lines` it is."""
        gone = {line.voids for line in self.lines if line.voids is not None}
        return [(place, line) for place, line in enumerate(self.lines) if line.voids is None and line.n not in gone]

    @property
    def last(self) -> Line | None:
        """The newest line that stands; a void comes after the line that it takes back."""
        gone: set[int] = set()
        for line in reversed(self.lines):
            if line.voids is not None:
                gone.add(line.voids)
            elif line.n not in gone:
                return line
        return None

    @property
    def asks_age(self) -> bool:
        """Whether something in it needs a customer of age, and nobody has said yet that this one is (row 40)."""
        return not self.age_ok and any(line.age for line in self.lines) and any(line.age for line in self.standing)


def moved(sale: Sale, event: Event) -> Sale:
    """The sale in its next state; raises IllegalMove for a pair that the table does not have."""
    target = MOVES.get((sale.state, event))
    if target is None:
        raise IllegalMove(f"a sale in state {sale.state} knows no {event}")
    return replace(sale, state=target)


def add_item(
    sale: Sale, item: Item, *, qty: Milli = ONE_PIECE, price: Fen | None = None, amount: Fen | None = None,
    scale: str = "",
) -> Sale:  # fmt: skip
    """One more line of a catalogue item at its own price, or at `price` where it has none.

    `amount`: what a label says that it costs; else price × quantity. `scale`: see Line.
    """
    chosen = price if price is not None else item.price
    if chosen is None:
        raise ModelError("an item without a price cannot be added", got=item.sku)
    return _added(sale, LineKind.ITEM, item, qty, chosen, amount=amount, scale=scale)


def add_unknown(
    sale: Sale, item: Item, *, price: Fen, qty: Milli = ONE_PIECE, scale: str = ""
) -> Sale:  # fmt: skip
    """A barcode that the catalogue does not have, at a keyed price or that of its label (rows 8 and 12)."""
    return _added(sale, LineKind.UNKNOWN_ITEM, item, qty, price, scale=scale)


def add_open_price(sale: Sale, *, name: str, price: Fen, qty: Milli = ONE_PIECE) -> Sale:
    """Goods without a barcode at a keyed price (row 9)."""
    return _added(sale, LineKind.OPEN_PRICE, Item(sku=OPEN_PRICE_SKU, name=name, price=price), qty, price)


def void_line(sale: Sale, n: int) -> Sale:
    """Take line `n` back by a new line that points at it (row 10)."""
    line = next((line for line in sale.standing if line.n == n), None)
    if line is None:
        raise ModelError("there is no such line to remove", got=f"line {n}")
    return with_undo(_voided(sale, line), Undo(n=n, qty=line.qty))


def set_pieces(sale: Sale, n: int, qty: Milli) -> Sale:
    """Change the quantity of standing line `n` (row 4). What a scale said stays.

    The quantity that it has already is no action that an undo would take back.
    """
    line = next((line for line in sale.standing if line.n == n), None)
    if line is None or line.fixed:
        raise ModelError("this line has no quantity to change", got=f"line {n}")
    if not ONE_PIECE <= qty <= MAX_PIECES * 1000:
        raise ModelError("a quantity out of range", expected=f"1 to {MAX_PIECES}", got=str(qty // 1000))
    resized = _resized(sale, line, qty)
    return resized if qty == line.qty else with_undo(resized, Undo(n=n, qty=line.qty))


def undone(sale: Sale) -> Sale:
    """The last counter action taken back; raises ModelError when there is none left (row 98)."""
    if not sale.undo:
        raise ModelError("there is nothing to undo")
    step, rest = sale.undo[-1], sale.undo[:-1]
    if step.member is not None:
        return replace(moved(sale, Event.CHANGE), member=step.member, undo=rest)
    if step.coupon:
        return replace(moved(sale, Event.CHANGE), coupons=tuple(c for c in sale.coupons if c != step.coupon), undo=rest)
    line = next(line for line in sale.lines if line.n == step.n)
    if any(line.n == step.n for line in sale.standing):
        back = _voided(sale, line) if step.qty == 0 else _as_before(sale, line, step)
        return replace(back, undo=rest)
    copy = replace(line, n=len(sale.lines) + 1)
    restored = moved(sale, Event.CHANGE)  # no scan: what must have room is its record
    renumbered = tuple(replace(old, n=copy.n) if old.n == step.n else old for old in rest)
    return replace(restored, lines=(*restored.lines, copy), undo=renumbered)


def _room(sale: Sale) -> Sale:
    if len(sale.lines) >= MAX_LINES:
        raise ModelError("a sale has no more lines than this", expected=f"at most {MAX_LINES}")
    return sale


def _added(
    sale: Sale, kind: LineKind, item: Item, qty: Milli, price: Fen, *, amount: Fen | None = None, scale: str = ""
) -> Sale:  # fmt: skip
    opened = _room(moved(sale, Event.CHANGE))
    amount = line_amount(price, qty) if amount is None else amount
    if not 0 <= amount <= MAX_FEN:
        raise ModelError("an amount out of range", expected=f"0 to {MAX_FEN} fen", got=f"{amount} fen")
    line = Line(
        n=len(sale.lines) + 1, kind=kind, sku=item.sku, name=item.name, qty=qty, price=price, amount=amount,
        unit=item.unit, name_en=item.name_en or "", weighed=item.weighed, scale=scale, age=item.age or 0,
        dept=item.dept or "",
    )  # fmt: skip
    return with_undo(replace(opened, lines=(*opened.lines, line)), Undo(n=line.n, qty=Milli(0)))


def _voided(sale: Sale, line: Line) -> Sale:
    opened = moved(sale, Event.CHANGE)
    full = line.full
    void = replace(
        full, n=len(sale.lines) + 1, kind=LineKind.VOID, qty=Milli(-line.qty), amount=Fen(-full.amount), voids=line.n
    )
    lines = (full if old.n == line.n else old for old in opened.lines)
    return replace(opened, lines=(*lines, void))


def _resized(sale: Sale, line: Line, qty: Milli) -> Sale:
    opened = moved(sale, Event.CHANGE)
    amount = line_amount(line.price, qty)
    if amount > MAX_FEN:
        raise ModelError("an amount out of range", expected=f"at most {MAX_FEN} fen", got=f"{amount} fen")
    sized = replace(line, qty=qty, amount=amount, discount=Fen(0), promo="")
    return replace(opened, lines=tuple(sized if old.n == line.n else old for old in opened.lines))


def _as_before(sale: Sale, line: Line, step: Undo) -> Sale:
    """A change of quantity or of price taken back."""
    if step.price is None:
        return _resized(sale, line, step.qty)
    return with_price(sale, replace(line.full, price=step.price, amount=step.amount))


def with_price(sale: Sale, line: Line) -> Sale:
    """The sale with `line` in place of the one of its number; at the price that it had first it is overridden no more.

    Its promotions are counted anew.
    """
    opened = moved(sale, Event.CHANGE)
    if line.price == line.was:
        line = replace(line, overridden=False, was=None, why="")
    return replace(opened, lines=tuple(line if old.n == line.n else old for old in opened.lines))


def with_undo(sale: Sale, step: Undo) -> Sale:
    """The sale with one more action that can be taken back; of the oldest one too many it cannot any more."""
    return replace(sale, undo=(*sale.undo, step)[-UNDO_DEPTH:])
