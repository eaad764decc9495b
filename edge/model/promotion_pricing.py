"""The lowest payable total of a sale under the shop's promotions, and how it is split over the lines.

Line promotions first: `promotion_search` finds which piece takes part in what. Then the bill: a threshold, a coupon.
Both are judged jointly: where line promotions would drop the bill below a threshold that is worth more, some of them
are left out. Every discount is split by largest remainder of the net price (product row 23).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from edge.model.item import Item
from edge.model.money import Fen, share_out
from edge.model.promotion import Promotion
from edge.model.promotion_bill import BillCuts
from edge.model.promotion_joint import Joint
from edge.model.promotion_parts import Entry, Part, Refs, Taking, entry_of, groups_of, parts_of, takings
from edge.model.promotion_search import Move, least
from edge.model.sale import NO_GOODS, Line, Sale, Saving
from edge.model.tab import deposited

REMEMBERED = 256
"""Groups of lines whose answer is kept: a scan changes one group of a basket. A few hundred octets each. And goods, of
which it is known what they fit."""
FORCES = 4
"""Minutes and customers for which that is kept: a basket of now, one before it, and two held ones."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Buy for `missing` more, and `saves` is taken off."""

    missing: Fen
    saves: Fen


class Pricing:
    """All promotions of a shop. `at` is always the shop's own time; the same sale has the same answer for ever."""

    def __init__(self, promotions: Sequence[Promotion] = ()) -> None:
        ordered = sorted(promotions, key=lambda promotion: promotion.id)
        self._deals = tuple(promotion for promotion in ordered if promotion.slots)
        self._bills = tuple(promotion for promotion in ordered if promotion.bill is not None)
        self._by_sku: dict[str, Refs] = {}
        self._by_dept: dict[str, Refs] = {}
        for number, promotion in enumerate(self._deals):
            for place, slot in enumerate(promotion.slots):
                for sku in slot.goods.skus:
                    self._by_sku[sku] = (*self._by_sku.get(sku, ()), (number, place))
                for dept in slot.goods.depts:
                    self._by_dept[dept] = (*self._by_dept.get(dept, ()), (number, place))
        self._solved = lru_cache(REMEMBERED)(self._solve)
        self._force = lru_cache(FORCES)(self._force_at)

    def priced(self, sale: Sale, at: datetime) -> Sale:
        """The sale at the lowest payable total, before cash rounding; its state is as it was."""
        bill = _Bill({n: line.gross for n, line in sale.standing_places if line.kind not in NO_GOODS})
        groups = self._groups(sale, at)
        cuts = self._cuts(sale, at)
        offs = [_placed(off, places) for places, solved in groups for off in solved.offs]
        lines_net = Fen(bill.net - sum(off for _, shares in offs for _, off in shares))
        if cuts.thresholds or cuts.coupons:
            parts = [(places, part) for places, solved in groups for part in solved.parts]
            other = Joint(parts, bill.net, lines_net, cuts).takings()
            offs = offs if other is None else [_off(taking) for taking in other]
        for number, shares in offs:
            bill.take(self._deals[number], shares)
        for promotion, paid in cuts.steps(bill.net):
            bill.cut(promotion, paid)
        return replace(sale, lines=bill.lines(sale.lines), savings=bill.savings())

    def hint(self, sale: Sale, at: datetime, percent: int) -> Hint | None:
        """The nearest threshold above the bill, if no more than `percent` of it is missing and it saves more."""
        cuts = self._cuts(sale, at)
        bills = {promotion.id for promotion in self._bills}
        cut = Fen(sum(saving.amount for saving in sale.savings if saving.promo in bills))
        net = Fen(sale.total + cut - deposited(sale.standing))
        hints = [
            Hint(missing=Fen(start - net), saves=Fen(start - cuts.pays(Fen(start))))
            for start in cuts.begins()
            if net < start and (start - net) * 100 <= start * percent
        ]
        return min((hint for hint in hints if hint.saves > cut), key=lambda hint: hint.missing, default=None)

    def of(self, item: Item, at: datetime) -> tuple[str, ...]:
        """Names of the promotions that these goods are in now, those of members too."""
        numbers = dict.fromkeys(number for number, _ in self._touching(item.sku, item.dept or ""))
        deals = [self._deals[number] for number in numbers]
        none = frozenset[str]()
        return tuple(deal.name for deal in deals if deal.open_to(member=True, presented=none) and deal.span.holds(at))

    def _cuts(self, sale: Sale, at: datetime) -> BillCuts:
        presented = frozenset(sale.coupons)
        opened = (bill for bill in self._bills if bill.open_to(member=bool(sale.member), presented=presented))
        return BillCuts.of([bill for bill in opened if bill.span.holds(at)])

    def _force_at(self, *, minute: datetime, member: bool, coupons: tuple[str, ...]) -> _Force:
        presented = frozenset(coupons)

        def fitting(sku: str, dept: str) -> tuple[Refs, tuple[int, ...]]:
            touching = [(ref, self._deals[ref[0]]) for ref in self._touching(sku, dept)]
            opened = [
                (ref, deal) for ref, deal in touching
                if deal.open_to(member=member, presented=presented) and deal.span.holds(minute)
            ]  # fmt: skip
            return tuple(ref for ref, _ in opened), tuple(ref[0] for ref, deal in opened if not deal.alone)

        return _Force(lru_cache(REMEMBERED)(fitting))

    def _touching(self, sku: str, dept: str) -> Refs:
        named, shelved = self._by_sku.get(sku, ()), self._by_dept.get(dept, ())
        return tuple(sorted({*named, *shelved})) if named and shelved else named or shelved

    def _groups(self, sale: Sale, at: datetime) -> list[tuple[tuple[int, ...], Solved]]:
        """Places of lines that hang together, with what is best for them; only lines that a promotion touches."""
        force = self._force(minute=at.replace(second=0, microsecond=0), member=bool(sale.member), coupons=sale.coupons)
        entries: dict[int, Entry] = {}
        shared: dict[int, tuple[int, ...]] = {}
        for place, line in sale.standing_places:
            refs, several = force.fitting(line.sku, line.dept)
            if refs and not line.overridden:
                entries[place], shared[place] = entry_of(line, refs), several
        return [
            (places, self._solved(tuple([entries[place] for place in places]))) for places in groups_of(shared)
        ]  # fmt: skip

    def _solve(self, entries: tuple[Entry, ...]) -> Solved:
        parts = parts_of(entries, self._deals)
        cheapest = [taking for part in parts for taking in takings(part, _cheapest(part), dissolve=True)]
        return Solved(tuple(parts), tuple(_off(taking) for taking in cheapest))


Off = tuple[int, tuple[tuple[int, int], ...]]
"""What one promotion, by its number, takes off each of some lines."""


@dataclass(frozen=True, slots=True)
class _Force:
    """What holds within one minute for one customer: of goods the places where they fit, and which deals of several
    pieces those are in."""

    fitting: Callable[[str, str], tuple[Refs, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Solved:
    """Of lines that hang together, by their number among them: the cheapest way, and all that there is to choose."""

    parts: tuple[Part, ...]
    offs: tuple[Off, ...]


def _cheapest(part: Part) -> Sequence[Move]:
    if not part.deals:
        return [Move(piece.alone[0][0], by=piece.alone[0][1]) for piece in part.pieces]
    return least(tuple(piece._replace(alone=piece.alone[:1]) for piece in part.pieces), part.deals)


def _off(taking: Taking) -> Off:
    return taking.promotion, _shared(taking.gross, taking.net)


def _shared(before: Mapping[int, int], paid: int) -> tuple[tuple[int, int], ...]:
    """What is off each line when together they cost `paid`: by largest remainder of the net price (row 23)."""
    places = sorted(before)
    parts = share_out(Fen(paid), [before[place] for place in places])
    return tuple((place, before[place] - part) for place, part in zip(places, parts, strict=True))


def _placed(off: Off, places: Sequence[int]) -> Off:
    number, shares = off
    return number, tuple((places[line], share) for line, share in shares)


class _Bill:
    """What each line of a sale still costs while promotions are taken off it; lines are named by their place."""

    def __init__(self, gross: dict[int, Fen]) -> None:
        self._gross = gross
        self._net: dict[int, int] = dict(gross)
        self._promos: dict[int, dict[str, None]] = defaultdict(dict)
        self._saved: dict[str, Saving] = {}

    @property
    def net(self) -> Fen:
        return Fen(sum(self._net.values()))

    def take(self, promotion: Promotion, shares: Sequence[tuple[int, int]]) -> None:
        saved = 0
        for place, off in shares:
            if off > 0:
                self._net[place] -= off
                self._promos[place][promotion.id] = None
                saved += off
        if saved:
            so_far = self._saved[promotion.id].amount if promotion.id in self._saved else 0
            self._saved[promotion.id] = Saving(promotion.id, promotion.name, Fen(so_far + saved))

    def cut(self, promotion: Promotion, paid: Fen) -> None:
        """The whole bill comes to `paid`."""
        self.take(promotion, _shared(self._net, paid))

    def lines(self, old: Sequence[Line]) -> tuple[Line, ...]:
        """`old` with its discounts; lines that stay as they are stay the same objects."""
        return tuple(self._line(place, line) for place, line in enumerate(old))

    def savings(self) -> tuple[Saving, ...]:
        return tuple(self._saved.values())

    def _line(self, place: int, line: Line) -> Line:
        if place not in self._net:
            return line.full
        discount = Fen(self._gross[place] - self._net[place])
        promo = ",".join(self._promos[place]) if discount else ""
        if line.discount == discount and line.promo == promo:
            return line
        return replace(line, amount=Fen(self._net[place]), discount=discount, promo=promo)
