"""Where the exact search ends, and that beyond it nobody pays more than without promotions, in whatever order."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest

from edge.model import promotion_search
from edge.model.item import Item
from edge.model.money import Fen, Milli
from edge.model.promotion import Cut, CutKind, Goods, Kind, Promotion, multi_buy, nth_item
from edge.model.promotion_bill import BillCuts
from edge.model.promotion_joint import MAX_JOINT_BITS, Joint
from edge.model.promotion_parts import MAX_PIECES
from edge.model.promotion_pricing import Pricing
from edge.model.promotion_search import MAX_STATES, Choice, Deal, Piece, Search
from edge.model.sale import Sale, add_item, set_pieces

NOON = datetime(2026, 11, 23, 12)
EVERYTHING = Goods(depts=frozenset({"x"}))


def basket(prices: list[int]) -> Sale:
    sale = Sale("s")
    for n, price in enumerate(prices):
        sale = add_item(sale, Item(f"{price}-{n}", "n", Fen(price), dept="x"))
    return sale


def many_deals(count: int) -> list[Promotion]:
    """Each of three pieces of the same goods: 3 to the power of `count` states."""
    return [
        Promotion(f"p{n}", "p", Kind.MULTI_BUY, slots=multi_buy(EVERYTHING, count=3, price=Fen(1400 + 100 * n)))
        for n in range(count)
    ]


def states_of(deals: int, pieces: int) -> int:
    """The most states that this search kept after a piece, when it may keep any number."""
    choices = tuple(Choice(n, 0, (5, 5, 5)) for n in range(deals))
    shapes = tuple(Deal(n, (3,), pieces // 3, counted=False, floor=0) for n in range(deals))
    every = tuple(Piece(100 + n, ((100 + n, -1),), choices) for n in range(pieces, 0, -1))
    search = Search(every, shapes, joint=False, widest=10**9, begin=0)
    search.run()
    return max(len(layer) for layer in search._layers)


def test_the_limit_lies_between_four_and_five_deals_of_three_on_the_same_goods() -> None:
    assert states_of(4, 30) == 3**4 <= MAX_STATES
    assert states_of(5, 30) == 3**5 > MAX_STATES


@pytest.mark.parametrize("deals", [4, 5, 8])
def test_beyond_the_limit_the_order_does_not_matter_and_nobody_pays_more(deals: int) -> None:
    chance = Random(deals)
    prices = [chance.randint(300, 2000) for _ in range(24)]
    totals = set()
    for _ in range(3):
        chance.shuffle(prices)
        sale = basket([*prices])
        priced = Pricing(many_deals(deals)).priced(sale, NOON)
        assert priced.total <= sale.total
        assert all(0 <= line.discount <= line.gross for line in priced.lines)
        totals.add(priced.total)
    assert len(totals) == 1


def test_a_narrow_search_finds_an_answer_with_every_group_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    sale = basket([900, 800, 700, 600, 500, 400, 300])
    exact = Pricing(many_deals(3)).priced(sale, NOON).total
    monkeypatch.setattr(promotion_search, "MAX_STATES", 1)
    narrow = Pricing(many_deals(3)).priced(sale, NOON).total
    assert exact <= narrow <= sale.total


def test_more_pieces_than_the_limit_pay_alone() -> None:
    deal = Promotion("p", "p", Kind.MULTI_BUY, slots=multi_buy(EVERYTHING, count=2, price=Fen(100)))
    sale = Sale("s")
    for n in range(3):
        sale = set_pieces(add_item(sale, Item(f"{n}", "n", Fen(100 + n), dept="x")), n + 1, Milli(500_000))
    priced = Pricing([deal]).priced(sale, NOON)
    assert MAX_PIECES == 1000
    assert [line.amount for line in priced.lines] == [500 * 100, 250 * 100, 250 * 100]


def test_a_bill_too_large_to_be_judged_jointly_takes_all_line_promotions_or_none() -> None:
    half = Promotion("h", "h", Kind.NTH_ITEM, slots=nth_item(EVERYTHING, nth=2, cut=Cut(CutKind.PERCENT, 50)))
    sale = basket([30_000_000, 20_000_000])
    assert sale.total > MAX_JOINT_BITS // 4
    worth_it = Promotion("t", "t", Kind.THRESHOLD, bill=Cut(CutKind.OFF, 20_000_000), from_fen=Fen(45_000_000))
    assert Pricing([half, worth_it]).priced(sale, NOON).total == 30_000_000
    too_little = Promotion("t", "t", Kind.THRESHOLD, bill=Cut(CutKind.OFF, 5_000_000), from_fen=Fen(45_000_000))
    assert Pricing([half, too_little]).priced(sale, NOON).total == 40_000_000


def test_the_joint_search_is_asked_only_where_a_threshold_is_near() -> None:
    near = Promotion("t", "t", Kind.THRESHOLD, bill=Cut(CutKind.OFF, 300), from_fen=Fen(3000))
    cuts = BillCuts.of([near])
    assert Joint([], gross=Fen(2999), net=Fen(2000), cuts=cuts).takings() is None
    assert Joint([], gross=Fen(5000), net=Fen(3000), cuts=cuts).takings() is None
    assert Joint([], gross=Fen(3100), net=Fen(2700), cuts=cuts).takings() is None
