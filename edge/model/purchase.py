"""What a shop orders of a supplier: its states, and the table of what may happen when (product B5).

    suggested ─print─► proposed ─edit─► edited ──confirm──► confirmed ──place──► placed ──accept──► accepted
                          └─ cancel, expire ┘                 │   ▲                │ └─change─► changed │
                          ▼                                   │   └── confirm ─────┼───────────────┘    ship
                   cancelled, expired                         └──withdraw─► cancelling ◄─┘               ▼
                                                                                                     in_transit
                             received ◄─complete── receiving ◄─receive───────────────────────────────────┘
                   received_with_diff ◄─differ────────┘

It is confirmed by its owner and placed by the cloud: until the cloud has said so it waits, and its id is the same each
time it is told. `cancelling` is left by the supplier's word alone: what was told may have been heard.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from edge.errors import IllegalMove, ModelError
from edge.model.money import Fen, Milli

MAX_SUGGESTED = 20
"""Lines that a card proposes (row 83): what a person reads at a counter."""
MAX_LINES = 40
"""Of one order, with what fills it to free delivery: one record holds them (16 KiB)."""
MAX_PACKS = 999
PROPOSAL_LASTS = timedelta(hours=24)
"""Then stock and prices are others."""
NUMBER_DIGITS = 9
"""Of an order's number: drawn by chance, so that another shop's slip names none of ours."""
MAX_WAYBILLS = 8


class PurchaseState(StrEnum):
    SUGGESTED = "suggested"
    PROPOSED = "proposed"
    EDITED = "edited"
    CONFIRMED = "confirmed"
    """The owner said yes; the cloud has still to say that it has it."""
    PLACED = "placed"
    CANCELLING = "cancelling"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    """The supplier would deliver something else, or at another price: the owner says yes or no."""
    REJECTED = "rejected"
    IN_TRANSIT = "in_transit"
    RECEIVING = "receiving"
    RECEIVED = "received"
    RECEIVED_WITH_DIFF = "received_with_diff"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PurchaseEvent(StrEnum):
    PRINT = "print"
    EDIT = "edit"
    CONFIRM = "confirm"
    PLACE = "place"
    ACCEPT = "accept"
    CHANGE = "change"
    REJECT = "reject"
    SHIP = "ship"
    RECEIVE = "receive"
    COMPLETE = "complete"
    DIFFER = "differ"
    WITHDRAW = "withdraw"
    """The owner does not want it any more, and the cloud may have heard of it."""
    CANCEL = "cancel"
    EXPIRE = "expire"


_S, _E = PurchaseState, PurchaseEvent
PURCHASE_MOVES: dict[tuple[PurchaseState, PurchaseEvent], PurchaseState] = {
    (_S.SUGGESTED, _E.PRINT): _S.PROPOSED,
    (_S.PROPOSED, _E.EDIT): _S.EDITED,
    (_S.PROPOSED, _E.CONFIRM): _S.CONFIRMED,
    (_S.PROPOSED, _E.CANCEL): _S.CANCELLED,
    (_S.PROPOSED, _E.EXPIRE): _S.EXPIRED,
    (_S.EDITED, _E.EDIT): _S.EDITED,
    (_S.EDITED, _E.CONFIRM): _S.CONFIRMED,
    (_S.EDITED, _E.CANCEL): _S.CANCELLED,
    (_S.EDITED, _E.EXPIRE): _S.EXPIRED,
    (_S.CONFIRMED, _E.PLACE): _S.PLACED,
    (_S.CONFIRMED, _E.ACCEPT): _S.ACCEPTED,
    (_S.CONFIRMED, _E.CHANGE): _S.CHANGED,
    (_S.CONFIRMED, _E.REJECT): _S.REJECTED,
    (_S.CONFIRMED, _E.SHIP): _S.IN_TRANSIT,
    (_S.CONFIRMED, _E.WITHDRAW): _S.CANCELLING,
    (_S.CONFIRMED, _E.CANCEL): _S.CANCELLED,
    (_S.PLACED, _E.ACCEPT): _S.ACCEPTED,
    (_S.PLACED, _E.CHANGE): _S.CHANGED,
    (_S.PLACED, _E.REJECT): _S.REJECTED,
    (_S.PLACED, _E.SHIP): _S.IN_TRANSIT,
    (_S.PLACED, _E.RECEIVE): _S.RECEIVING,
    (_S.PLACED, _E.WITHDRAW): _S.CANCELLING,
    (_S.PLACED, _E.CANCEL): _S.CANCELLED,
    (_S.CANCELLING, _E.CANCEL): _S.CANCELLED,
    (_S.CANCELLING, _E.REJECT): _S.REJECTED,
    (_S.CANCELLING, _E.ACCEPT): _S.ACCEPTED,
    (_S.CANCELLING, _E.SHIP): _S.IN_TRANSIT,
    (_S.CANCELLING, _E.CHANGE): _S.CHANGED,
    (_S.CHANGED, _E.CONFIRM): _S.CONFIRMED,
    (_S.CHANGED, _E.CHANGE): _S.CHANGED,
    (_S.CHANGED, _E.REJECT): _S.REJECTED,
    (_S.CHANGED, _E.WITHDRAW): _S.CANCELLING,
    (_S.CHANGED, _E.CANCEL): _S.CANCELLED,
    (_S.ACCEPTED, _E.CHANGE): _S.CHANGED,
    (_S.ACCEPTED, _E.REJECT): _S.REJECTED,
    (_S.ACCEPTED, _E.CANCEL): _S.CANCELLED,
    (_S.ACCEPTED, _E.SHIP): _S.IN_TRANSIT,
    (_S.ACCEPTED, _E.RECEIVE): _S.RECEIVING,
    (_S.IN_TRANSIT, _E.SHIP): _S.IN_TRANSIT,
    (_S.IN_TRANSIT, _E.RECEIVE): _S.RECEIVING,
    (_S.RECEIVING, _E.SHIP): _S.RECEIVING,
    (_S.RECEIVING, _E.RECEIVE): _S.RECEIVING,
    (_S.RECEIVING, _E.COMPLETE): _S.RECEIVED,
    (_S.RECEIVING, _E.DIFFER): _S.RECEIVED_WITH_DIFF,
}
"""Everything else is an IllegalMove."""

FINAL = frozenset({_S.REJECTED, _S.RECEIVED, _S.RECEIVED_WITH_DIFF, _S.CANCELLED, _S.EXPIRED})
PROPOSALS = frozenset({_S.PROPOSED, _S.EDITED})
"""Paper and nothing else: nobody has promised anything."""
ON_ORDER = frozenset(
    {_S.CONFIRMED, _S.PLACED, _S.CANCELLING, _S.ACCEPTED, _S.CHANGED, _S.IN_TRANSIT, _S.RECEIVING}
)  # fmt: skip
"""Goods that may come: they count as if they lay here, so that they are not ordered twice."""
TO_TELL = frozenset({_S.CONFIRMED, _S.CANCELLING})
"""The cloud has something to answer."""
AWAITED = frozenset({_S.PLACED, _S.ACCEPTED, _S.IN_TRANSIT, _S.RECEIVING})
"""Its goods may be taken in."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a supplier would take for the same goods: fen a piece with its share of the delivery, rounded up."""

    supplier: str
    piece: Fen
    pack: int
    lead_days: int


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """`packs` are ordered, of `suggested`; 0: not taken. `cost`: fen a pack, its discount off. `on_hand` None: never
    counted. `carton`: the GTIN-14 on its carton, or empty. `fills`: it is there for the delivery. `why`: a word for
    why this supplier, where `compared` has another one. `dropped`: a hand took it out, so that nothing puts it back.
    `daily`: what is sold of it a day. `too_much`: its packs last for longer than the shop wants, so that only its own
    barcode takes them.
    """

    n: int
    sku: str
    name: str
    pack: int
    suggested: int
    cost: Fen
    packs: int = 0
    on_hand: Milli | None = None
    carton: str = ""
    fills: bool = False
    why: str = ""
    compared: tuple[Compared, ...] = ()
    dropped: bool = False
    daily: Milli = Milli(0)
    too_much: bool = False

    @property
    def amount(self) -> Fen:
        return Fen(self.cost * self.packs)

    @property
    def pieces(self) -> int:
        return self.packs * self.pack


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """`number` stands on its slip. `fee`: what its delivery costs as it stands; `free_from` None: it always costs that.

    `made_at`: when it was proposed; `at`: its last move. `rev`: the supplier's last word that was taken; `agrees`: the
    one whose lines the owner took, 0: these are the shop's. `sent`: the cloud may have heard of it. `offered`,
    `offered_fee`: what the supplier would deliver instead. `by`: who confirmed.
    """

    id: str
    number: str
    supplier: str
    state: PurchaseState
    lines: tuple[PurchaseLine, ...]
    fee: Fen
    made_at: datetime
    at: datetime
    free_from: Fen | None = None
    delivery_fee: Fen = Fen(0)
    rev: int = 0
    agrees: int = 0
    sent: bool = False
    by: str = ""
    offered: tuple[PurchaseLine, ...] = ()
    offered_fee: Fen = Fen(0)
    waybills: tuple[str, ...] = ()
    why: str = ""

    @property
    def taken(self) -> tuple[PurchaseLine, ...]:
        return tuple(line for line in self.lines if line.packs)

    @property
    def is_touched(self) -> bool:
        """Whether a hand has chosen of it."""
        return any(line.packs or line.dropped for line in self.lines)

    @property
    def goods(self) -> Fen:
        """The sum after discounts, without delivery."""
        return Fen(sum(line.amount for line in self.lines))

    @property
    def total(self) -> Fen:
        return Fen(self.goods + self.fee)

    @property
    def offered_total(self) -> Fen:
        """What it would cost as the supplier offers it."""
        return Fen(sum(line.amount for line in self.offered) + self.offered_fee)

    @property
    def gap(self) -> Fen:
        """What is missing to free delivery; 0: nothing, or it can never be free."""
        return Fen(max(0, self.free_from - self.goods)) if self.free_from is not None else Fen(0)

    def line(self, n: int) -> PurchaseLine | None:
        return next((line for line in self.lines if line.n == n), None)

    def is_over(self, now: datetime) -> bool:
        """Whether it is a proposal that nobody may confirm any more."""
        return self.state in PROPOSALS and now - self.made_at >= PROPOSAL_LASTS

    def moved(self, event: PurchaseEvent, at: datetime) -> PurchaseOrder:
        """After `event`. Raises IllegalMove and changes nothing."""
        target = PURCHASE_MOVES.get((self.state, event))
        if target is None:
            got = f"{event.value} in {self.state.value}"
            raise IllegalMove("this cannot happen to the order", where=self.number, got=got)
        return replace(self, state=target, at=at)

    def may(self, event: PurchaseEvent) -> bool:
        return (self.state, event) in PURCHASE_MOVES

    def with_packs(self, n: int, packs: int, at: datetime) -> PurchaseOrder:
        """So many packs of line `n`, 0: not taken. Raises ModelError for what nobody orders."""
        if not 0 <= packs <= MAX_PACKS or self.line(n) is None:
            raise ModelError("such a quantity is not ordered", where=self.number, got=f"{packs} packs of line {n}")
        changed = tuple(replace(line, packs=packs, dropped=not packs) if line.n == n else line for line in self.lines)
        return replace(self, lines=changed).moved(PurchaseEvent.EDIT, at).with_fee()

    def with_all(self, at: datetime) -> PurchaseOrder:
        """Every line as it was suggested, but for those that are too much."""
        changed = tuple(
            replace(line, packs=0 if line.too_much else line.suggested, dropped=False) for line in self.lines
        )
        return replace(self, lines=changed).moved(PurchaseEvent.EDIT, at).with_fee()

    def with_lines(self, more: tuple[PurchaseLine, ...], at: datetime) -> PurchaseOrder:
        """More lines, numbered on. Raises ModelError when there is no room for them."""
        first = max((line.n for line in self.lines), default=0) + 1
        if len(self.lines) + len(more) > MAX_LINES:
            raise ModelError("an order has no room for more lines", where=self.number, expected=f"at most {MAX_LINES}")
        numbered = tuple(replace(line, n=first + place) for place, line in enumerate(more))
        return replace(self, lines=(*self.lines, *numbered)).moved(PurchaseEvent.EDIT, at).with_fee()

    def with_fee(self) -> PurchaseOrder:
        """What the delivery of this costs by the supplier's rule."""
        return replace(self, fee=delivery(self.goods, free_from=self.free_from, fee=self.delivery_fee))

    def agreed(self, at: datetime) -> PurchaseOrder:
        """The owner takes what the supplier offers instead."""
        taken = replace(self, lines=self.offered or self.lines, fee=self.offered_fee, offered=(), offered_fee=Fen(0),
                        agrees=self.rev)  # fmt: skip
        return taken.moved(PurchaseEvent.CONFIRM, at)


def delivery(goods: Fen, *, free_from: Fen | None, fee: Fen) -> Fen:
    """What delivering goods for so much, after discounts, costs: nothing from `free_from` on."""
    return Fen(0) if not goods or (free_from is not None and goods >= free_from) else fee


def number_of(order_id: str) -> str:
    """The number that an order's slip has, drawn from the chance in its id."""
    return f"{int(order_id.replace('-', '')[-15:], 16) % 10**NUMBER_DIGITS:0{NUMBER_DIGITS}d}"


def slip_number(number: str, line: int = 0) -> str:
    """Of an order's slip as a whole, or of a line on it."""
    return f"{number}{line:02d}"


def read_slip_number(text: str) -> tuple[str, int]:
    """The reverse: the order's number and the line, 0: the whole."""
    return text[:NUMBER_DIGITS], int(text[NUMBER_DIGITS:])
