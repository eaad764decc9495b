"""What must hold of every basket under any promotions, against an oracle that tries everything."""

from __future__ import annotations

from datetime import datetime
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from promotion_oracle import lowest_of_all_groupings, lowest_total

from edge.model.item import Item
from edge.model.membership import with_coupon, with_member
from edge.model.money import Fen, Milli
from edge.model.promotion import (
    Cut,
    CutKind,
    Goods,
    Kind,
    Promotion,
    Slot,
    bogo,
    mix_match,
    multi_buy,
    nth_item,
    one_piece,
)
from edge.model.promotion_pricing import Pricing
from edge.model.sale import Sale, add_item

NOON = datetime(2026, 11, 23, 12)
SKUS, DEPTS = ("a", "b", "c", "d"), ("x", "y")
DEPT_OF = {"a": "x", "b": "x", "c": "y", "d": "y"}

small = st.integers(1, 12)
goods = st.builds(Goods, st.frozensets(st.sampled_from(SKUS), max_size=2), st.frozensets(st.sampled_from(DEPTS)))
cuts = st.one_of(
    st.builds(Cut, st.just(CutKind.AT), small),
    st.builds(Cut, st.just(CutKind.OFF), small),
    st.builds(Cut, st.just(CutKind.PERCENT), st.integers(1, 100)),
)
line_slots = st.one_of(
    st.builds(one_piece, goods, cuts),
    st.builds(lambda g, n, p: multi_buy(g, count=n, price=Fen(p)), goods, st.integers(2, 3), st.integers(1, 25)),
    st.builds(lambda g, n, m, f: bogo(g, buy=n, get=m, free=f), goods, st.integers(1, 2), st.integers(1, 2),
              st.none() | goods),
    st.builds(lambda g, n, c: nth_item(g, nth=n, cut=c), goods, st.integers(2, 3), cuts),
    st.builds(lambda g, h, n, p: mix_match(((g, n), (h, 1)), Fen(p)), goods, goods, st.integers(1, 2),
              st.integers(1, 25)),
)  # fmt: skip
limits = st.none() | st.integers(1, 2)


@st.composite
def offers(draw: st.DrawFn, *, bills: bool = True, at_most: int = 4) -> tuple[Promotion, ...]:
    found = []
    for n in range(draw(st.integers(1, at_most))):
        kind = draw(st.sampled_from([Kind.MULTI_BUY, Kind.MEMBER_PRICE, Kind.COUPON, *([Kind.THRESHOLD] * bills)]))
        name = f"p{n}"
        if kind is Kind.THRESHOLD or (kind is Kind.COUPON and bills and draw(st.booleans())):
            start = draw(st.integers(0 if kind is Kind.COUPON else 2, 60))
            cut = draw(st.one_of(
                st.builds(Cut, st.just(CutKind.OFF), st.integers(1, max(1, start - 1))),
                st.builds(Cut, st.just(CutKind.PERCENT), st.integers(1, 99)),
            ))  # fmt: skip
            found.append(Promotion(name, name, kind, bill=cut, from_fen=Fen(start)))
        else:
            found.append(Promotion(name, name, kind, slots=draw(line_slots), limit=draw(limits)))
    return tuple(found)


@st.composite
def baskets(draw: st.DrawFn, *, at_most: int = 5) -> Sale:
    sale = Sale("s")
    for _ in range(draw(st.integers(1, at_most))):
        sku, price = draw(st.sampled_from(SKUS)), draw(st.integers(0, 20))
        item = Item(sku, sku, Fen(price), dept=DEPT_OF[sku], weighed=draw(st.integers(0, 5)) == 0)
        sale = add_item(sale, item, qty=Milli(draw(st.integers(50, 3000)) if item.weighed else 1000), price=Fen(price))
    if draw(st.booleans()):
        sale = with_member(sale, "12345678")
    for name in draw(st.sets(st.sampled_from(["p0", "p1", "p2", "p3"]))):
        sale = with_coupon(sale, name)
    return sale


def shuffled(sale: Sale, seed: int) -> Sale:
    """The same goods in another order of scans."""
    mixed = Sale("s", member=sale.member, coupons=sale.coupons)
    lines = list(sale.lines)
    Random(seed).shuffle(lines)
    for line in lines:
        item = Item(line.sku, line.sku, line.price, dept=line.dept, weighed=line.weighed)
        mixed = add_item(mixed, item, qty=line.qty, price=line.price)
    return mixed


def check_parts(sale: Sale, priced: Sale) -> None:
    assert 0 <= priced.total <= sale.total
    assert priced.discount == sale.total - priced.total == sum(saving.amount for saving in priced.savings)
    told = {saving.promo for saving in priced.savings}
    for before, after in zip(sale.lines, priced.lines, strict=True):
        assert after.amount + after.discount == after.gross == before.amount
        assert after.discount >= 0 and after.amount >= 0
        assert bool(after.promo) == bool(after.discount)
        assert set(after.promo.split(",") if after.promo else []) <= told


@settings(max_examples=500, deadline=None)
@given(baskets(), offers())
def test_the_total_is_the_lowest_of_all_ways(sale: Sale, promotions: tuple[Promotion, ...]) -> None:
    priced = Pricing(promotions).priced(sale, NOON)
    check_parts(sale, priced)
    assert priced.total == lowest_total(sale, promotions, NOON)


@settings(max_examples=150, deadline=None)
@given(baskets(), offers(bills=False, at_most=3))
def test_no_other_grouping_of_the_pieces_is_cheaper(sale: Sale, promotions: tuple[Promotion, ...]) -> None:
    unlimited = tuple(Promotion(p.id, p.name, p.kind, slots=p.slots) for p in promotions)
    assert Pricing(unlimited).priced(sale, NOON).total == lowest_of_all_groupings(sale, unlimited, NOON)


@settings(max_examples=150, deadline=None)
@given(baskets(at_most=12), offers(), st.integers(0, 9))
def test_the_order_of_scans_does_not_matter(sale: Sale, promotions: tuple[Promotion, ...], seed: int) -> None:
    pricing = Pricing(promotions)
    priced = pricing.priced(sale, NOON)
    check_parts(sale, priced)
    assert priced.total == pricing.priced(shuffled(sale, seed), NOON).total
    assert priced.total == Pricing(promotions[::-1]).priced(shuffled(sale, seed + 1), NOON).total


@given(baskets(), offers())
def test_pricing_again_changes_nothing(sale: Sale, promotions: tuple[Promotion, ...]) -> None:
    pricing = Pricing(promotions)
    once = pricing.priced(sale, NOON)
    assert pricing.priced(once, NOON) == once == Pricing(promotions).priced(sale, NOON)


def test_a_slot_wants_goods_of_its_own() -> None:
    set_meal = Promotion("m", "m", Kind.MIX_MATCH, slots=(Slot(Goods(frozenset("a")), (Cut(CutKind.SHARE, 5),)),) * 2)
    sale = add_item(Sale("s"), Item("a", "a", Fen(10)))
    assert Pricing([set_meal]).priced(sale, NOON).total == 10
    assert Pricing([set_meal]).priced(add_item(sale, Item("a", "a", Fen(10))), NOON).total == 10
