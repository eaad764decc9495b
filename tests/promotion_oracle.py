"""The lowest payable total by trying everything: an oracle for small baskets that shares no search with the product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, product

from edge.model.promotion import CutKind, Kind, Promotion, Slot
from edge.model.sale import ONE_PIECE, Line, Sale


@dataclass(frozen=True, slots=True)
class Piece:
    gross: int
    qty: int
    line: Line

    @property
    def whole(self) -> bool:
        return self.line.weighed


Place = tuple[Promotion, int]
"""A promotion and which of its slots."""


def lowest_total(sale: Sale, promotions: Sequence[Promotion], at: datetime) -> int:
    """Every piece everywhere it fits; in each promotion the pieces are grouped from the dearest down."""
    held = [promotion for promotion in promotions if holds(promotion, sale, at)]
    deals, bills = [p for p in held if p.slots], [p for p in held if p.bill is not None]
    pieces = pieces_of(sale)
    fits = [[None, *places(piece, deals)] for piece in pieces]
    totals = []
    for ways in product(*fits):
        cost = cost_of(pieces, ways)
        if cost is not None:
            totals.append(bill(cost, bills))
    return min(totals)


def lowest_of_all_groupings(sale: Sale, promotions: Sequence[Promotion], at: datetime) -> int:
    """Line promotions alone, but pieces may be grouped in any way at all."""
    deals = [p for p in promotions if p.slots and p.limit is None and holds(p, sale, at)]
    return _grouped(tuple(pieces_of(sale)), deals)


def holds(promotion: Promotion, sale: Sale, at: datetime) -> bool:
    if promotion.kind is Kind.COUPON and promotion.id not in sale.coupons:
        return False
    if promotion.kind is Kind.MEMBER_PRICE and not sale.member:
        return False
    return promotion.span.holds(at)


def pieces_of(sale: Sale) -> list[Piece]:
    """From the dearest down."""
    found = []
    for line in sale.standing:
        if line.weighed:
            found.append(Piece(line.gross, line.qty, line))
        else:
            found += [Piece(line.price, ONE_PIECE, line)] * (line.qty // ONE_PIECE)
    return sorted(found, key=lambda piece: -piece.gross)


def places(piece: Piece, deals: Sequence[Promotion]) -> list[Place]:
    return [(deal, n) for deal in deals for n in range(len(deal.slots)) if fits_slot(piece, deal, n)]


def fits_slot(piece: Piece, deal: Promotion, slot: int) -> bool:
    goods, line = deal.slots[slot].goods, piece.line
    if line.overridden or (piece.whole and (len(deal.slots) > 1 or len(deal.slots[0].cuts) > 1)):
        return False
    return line.sku in goods.skus or (line.dept != "" and line.dept in goods.depts)


def cost_of(pieces: Sequence[Piece], ways: Sequence[Place | None]) -> int | None:
    """None: some group is not complete, is one too many, or makes goods dearer."""
    cost = sum(piece.gross for piece, way in zip(pieces, ways, strict=True) if way is None)
    for deal in {way[0].id: way[0] for way in ways if way is not None}.values():
        slots = [
            [piece for piece, way in zip(pieces, ways, strict=True) if way is not None and way == (deal, n)]
            for n in range(len(deal.slots))
        ]
        groups = len(slots[0]) // len(deal.slots[0].cuts)
        for members, slot in zip(slots, deal.slots, strict=True):
            if len(members) != groups * len(slot.cuts):
                return None
        if deal.limit is not None and groups > deal.limit:
            return None
        for number in range(groups):
            chunks = [
                (members[number * len(slot.cuts) : (number + 1) * len(slot.cuts)], slot)
                for members, slot in zip(slots, deal.slots, strict=True)
            ]
            net, gross = paid(chunks), sum(piece.gross for chunk, _ in chunks for piece in chunk)
            if net > gross:
                return None
            cost += net
    return cost


def paid(chunks: Sequence[tuple[Sequence[Piece], Slot]]) -> int:
    shares = sum(cut.value for _, slot in chunks for cut in slot.cuts if cut.kind is CutKind.SHARE)
    rest = (
        cut.pays(piece.gross, piece.qty)  # type: ignore[arg-type]
        for chunk, slot in chunks
        for piece, cut in zip(chunk, slot.cuts, strict=True)
        if cut.kind is not CutKind.SHARE
    )
    return shares + sum(rest)


def bill(net: int, bills: Sequence[Promotion]) -> int:
    """At most one threshold, then at most one coupon."""
    lowest = net
    thresholds = [promotion for promotion in bills if promotion.kind is Kind.THRESHOLD and net >= promotion.from_fen]
    for threshold in [None, *thresholds]:
        left = net if threshold is None else cut_bill(threshold, net)
        coupons = [promotion for promotion in bills if promotion.kind is Kind.COUPON and left >= promotion.from_fen]
        lowest = min([lowest, left, *(cut_bill(coupon, left) for coupon in coupons)])
    return lowest


def cut_bill(promotion: Promotion, net: int) -> int:
    assert promotion.bill is not None
    if promotion.bill.kind is CutKind.OFF:
        return max(0, net - promotion.bill.value)
    return net * (100 - promotion.bill.value) // 100


def _grouped(pieces: tuple[Piece, ...], deals: Sequence[Promotion]) -> int:
    """The first piece alone, or in any group that it can be in; then the same of the rest."""
    if not pieces:
        return 0
    lowest = pieces[0].gross + _grouped(pieces[1:], deals)
    for deal in deals:
        for chosen in groups_with_first(pieces, deal):
            rest = tuple(piece for n, piece in enumerate(pieces) if n not in {i for ids in chosen for i in ids})
            chunks = [([pieces[i] for i in ids], slot) for ids, slot in zip(chosen, deal.slots, strict=True)]
            lowest = min(lowest, paid(chunks) + _grouped(rest, deals))
    return lowest


def groups_with_first(pieces: Sequence[Piece], deal: Promotion) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Indexes of each slot's pieces, one of them the first piece."""
    options = [
        list(combinations([i for i, p in enumerate(pieces) if fits_slot(p, deal, n)], len(slot.cuts)))
        for n, slot in enumerate(deal.slots)
    ]
    for chosen in product(*options):
        flat = [index for ids in chosen for index in ids]
        if 0 in flat and len(set(flat)) == len(flat):
            yield chosen
