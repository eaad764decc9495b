"""What suppliers ask for goods, and which of them is the best for a shop that needs some (product B5).

Compared is the landed cost: a piece of what is bought, with its share of what its delivery costs. Whoever would come
too late loses against one who comes in time; whoever sells more than the shop can use, against one who does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from edge.model.money import Fen

ALONE, IN_TIME, LESS, CHEAPER, SMALLER, SOONER, EQUAL = (
    "alone", "in_time", "less", "cheaper", "smaller", "sooner", "equal",
)  # fmt: skip
"""Why an offer was chosen."""


@dataclass(frozen=True, slots=True)
class SupplierOffer:
    """A line of the shop's file of offers. `cost`: fen a pack of `pack` pieces, `discount` fen off each; `least` packs
    at once. `carton`: the GTIN-14 on its carton, or empty.
    """

    supplier: str
    sku: str
    pack: int
    cost: Fen
    lead_days: int
    least: int = 1
    discount: Fen = Fen(0)
    carton: str = ""

    @property
    def net(self) -> Fen:
        """Fen a pack, after its discount."""
        return Fen(self.cost - self.discount)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Goods that one offer would bring, in whole packs. `too_much`: with them they last for longer than the shop wants
    anything to lie there.
    """

    offer: SupplierOffer
    packs: int
    too_much: bool = False

    @property
    def amount(self) -> Fen:
        return Fen(self.offer.net * self.packs)


def landed(wanted: Wanted, share: Fraction) -> Fraction:
    """Fen a piece with its `share` of the delivery, which is fen for each fen of goods."""
    return Fraction(wanted.amount, wanted.packs * wanted.offer.pack) * (1 + share)


def shown_piece(piece: Fraction) -> Fen:
    """Rounded up to the fen: a price that is shown lower than it is misleads."""
    return Fen(-(-piece.numerator // piece.denominator))


@dataclass(frozen=True, slots=True)
class Best:
    """`others`: the offers that were not taken, the next best first, with what each would have cost a piece."""

    wanted: Wanted
    piece: Fraction
    why: str
    others: tuple[tuple[Wanted, Fraction], ...] = ()


def best(
    choices: Sequence[Wanted], share_of: Callable[[Wanted], Fraction], *, lasts_days: Fraction | None
) -> Best:  # fmt: skip
    """The offer to take of `choices`, which are of the same goods and at least one.

    `share_of`: what delivery adds to each fen of these goods. `lasts_days`: how long the stock still lasts, None:
    nobody knows.
    """

    def too_late(wanted: Wanted) -> bool:
        return lasts_days is not None and wanted.offer.lead_days > lasts_days

    def rank(cost: tuple[Wanted, Fraction]) -> tuple[bool, bool, Fraction, int, int, str]:
        wanted, piece = cost
        offer = wanted.offer
        return too_late(wanted), wanted.too_much, piece, offer.pack, offer.lead_days, offer.supplier

    costs = sorted(((wanted, landed(wanted, share_of(wanted))) for wanted in choices), key=rank)
    (first, piece), others = costs[0], tuple(costs[1:])
    if not others:
        return Best(first, piece, ALONE)
    second, dearer = others[0]
    why = EQUAL
    if too_late(second) and not too_late(first):
        why = IN_TIME
    elif second.too_much and not first.too_much:
        why = LESS
    elif piece < dearer:
        why = CHEAPER
    elif first.offer.pack < second.offer.pack:
        why = SMALLER
    elif first.offer.lead_days < second.offer.lead_days:
        why = SOONER
    return Best(first, piece, why, others)
