"""Goods that come back: what of a completed sale can still be returned, for how much, and by which way the money goes.

The price is what was paid: discounts and cash rounding are shared out over the lines, and a line that comes back in
pieces gives in all exactly what it cost (product rows 16, 23).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from edge.errors import ModelError
from edge.model.money import Fen, Milli, share_out
from edge.model.sale import ONE_PIECE, WALLETS, Line, Method, Sale, Tender

Returned = Mapping[int, tuple[Milli, Fen]]
"""What of each line, by its number, came back already: quantity and money."""


class RefundKind(StrEnum):
    RETURN = "return"
    POST_VOID = "post_void"
    """The whole sale is taken back, since it should not have been (row 18)."""
    WITHOUT_RECEIPT = "without_receipt"
    """Nobody knows the sale: `Refund.of` is the refund's own id, and `receipt` is empty (row 17)."""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Line `n` of the sale, a part or the whole of it; `amount` is what goes back for it."""

    n: int
    sku: str
    name: str
    qty: Milli
    amount: Fen
    unit: str = ""
    weighed: bool = False


@dataclass(frozen=True, slots=True)
class Refund:
    """`id` is the event id that its record will carry. `of` and `receipt` name the sale."""

    id: str
    of: str
    receipt: str
    lines: tuple[RefundLine, ...] = ()
    kind: RefundKind = RefundKind.RETURN
    by: str = ""

    @property
    def total(self) -> Fen:
        return Fen(sum(line.amount for line in self.lines))


def paid_for(sale: Sale) -> dict[int, Fen]:
    """What was paid for each standing line, by its number: adds up to total + rounding."""
    standing = sale.standing
    shares = share_out(Fen(sale.total + sale.rounding), [line.amount for line in standing])
    return {line.n: share for line, share in zip(standing, shares, strict=True)}


def with_line(refund: Refund, sale: Sale, line: Line, qty: Milli, returned: Returned) -> Refund:
    """`qty` more of `line` comes back. Raises ModelError when more would come back than was sold."""
    already_qty, already_fen = returned.get(line.n, (Milli(0), Fen(0)))
    chosen = next((old for old in refund.lines if old.n == line.n), None)
    together = Milli(qty + (chosen.qty if chosen else 0))
    if together <= 0 or already_qty + together > line.qty:
        raise ModelError("no more comes back than was sold", expected=f"{line.qty - already_qty}", got=f"{together}")
    paid = paid_for(sale)[line.n]
    amount = Fen(paid * (already_qty + together) // line.qty - already_fen)
    taken = RefundLine(line.n, line.sku, line.name, together, amount, line.unit, line.weighed)
    others = tuple(old for old in refund.lines if old.n != line.n)
    return replace(refund, lines=(*others, taken))


def with_all(refund: Refund, sale: Sale, returned: Returned) -> Refund:
    """All that was sold and did not come back yet."""
    whole = replace(refund, lines=())
    for line in sale.standing:
        rest = rest_of(line, returned)
        if rest > 0:
            whole = with_line(whole, sale, line, rest, returned)
    return whole


def without_last(refund: Refund) -> Refund:
    return replace(refund, lines=refund.lines[:-1])


def rest_of(line: Line, returned: Returned) -> Milli:
    """What of it can still come back."""
    return Milli(line.qty - returned.get(line.n, (Milli(0), Fen(0)))[0])


def piece_of(line: Line, rest: Milli) -> Milli:
    """What one scan brings back: a piece, of weighed goods all that is left."""
    return rest if line.weighed or line.qty % ONE_PIECE else min(ONE_PIECE, rest)


def money_back(sale: Sale, amount: Fen, returned: Returned, rest: Callable[[Tender], Fen]) -> tuple[Tender, ...]:
    """Wallets first, each up to what `rest` says is left of it, then the tab, then cash (rows 16, 28).

    What a wallet cannot take back any more goes back in cash. What coupons have paid comes last, and nobody is given
    it: they are as used as before.
    """
    back: list[Tender] = []
    by_coupon = _by_coupon(sale, amount, returned)
    amount = Fen(amount - by_coupon)
    for tender in sale.tenders:
        if tender.method in (*WALLETS, Method.TAB) and amount > 0:
            part = Fen(min(amount, rest(tender)))
            if part > 0:
                back.append(Tender(tender.method, part, payment=tender.payment, reference=tender.reference))
                amount = Fen(amount - part)
    if amount > 0:
        back.append(Tender(Method.CASH, amount))
    return (*back, Tender(Method.COUPON, by_coupon)) if by_coupon else tuple(back)


def _by_coupon(sale: Sale, amount: Fen, returned: Returned) -> Fen:
    """Of `amount`, what is beyond all the money that was paid."""
    money = sum(tender.applied for tender in sale.tenders if tender.method is not Method.COUPON)
    before = sum(fen for _, fen in returned.values())
    return Fen(max(0, before + amount - money) - max(0, before - money))
