"""Filling an order up to free delivery: the least extra cover, against trying everything."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.model.fill import MAX_CANDIDATES, MAX_COVER_DAYS, Need, Pick, delivery_fee, fill, gap
from edge.model.money import Fen, Milli

FREE_FROM = Fen(28_800)
EVERYTHING = 10**9

COLA = Need("cola", Fen(3_000), 12, 40, 45, Milli(5000))
NOODLES = Need("noodles", Fen(7_200), 24, 30, 60, Milli(4000))
SOAP = Need("soap", Fen(2_400), 6, 3, 4, Milli(142))

wants = st.builds(
    Need,
    sku=st.sampled_from(["a", "b", "c", "d", "e"]),
    pack_cost=st.integers(1, 20_000).map(Fen),
    pack=st.integers(1, 24),
    rop=st.integers(0, 60),
    available=st.integers(-5, 80),
    daily_milli=st.integers(0, 8_000).map(Milli),
    shelf_max=st.none() | st.integers(0, 200),
)
shops = st.lists(wants, max_size=5, unique_by=lambda need: need.sku)
carts = st.integers(0, 28_801).map(Fen)


@pytest.mark.parametrize(("total", "fee"), [(0, 800), (28_799, 800), (28_800, 0), (28_801, 0)])
def test_287_99_pays_the_fee_and_288_00_does_not(total: int, fee: int) -> None:
    assert delivery_fee(Fen(total), FREE_FROM, Fen(800)) == fee
    assert (gap(Fen(total), FREE_FROM) == 0) == (fee == 0)


def test_without_a_threshold_delivery_always_costs() -> None:
    assert delivery_fee(Fen(1_000_000), None, Fen(800)) == 800


def test_the_fee_is_of_what_is_paid_after_discounts() -> None:
    listed, discount = Fen(29_000), Fen(201)
    assert delivery_fee(Fen(listed - discount), FREE_FROM, Fen(800)) == 800
    assert delivery_fee(Fen(listed - discount + 1), FREE_FROM, Fen(800)) == 0


def test_nothing_is_added_to_an_order_that_is_delivered_free_already() -> None:
    assert fill(FREE_FROM, FREE_FROM, [COLA, NOODLES]) == ()


def test_what_reaches_its_reorder_point_soonest_is_taken() -> None:
    """Cola is due tomorrow and a carton lasts 2.4 days; noodles in a week, and a carton lasts six days."""
    assert fill(Fen(26_000), FREE_FROM, [NOODLES, COLA]) == (Pick("cola", 1),)


def test_a_fen_short_takes_another_carton() -> None:
    assert fill(Fen(25_800), FREE_FROM, [COLA]) == (Pick("cola", 1),)
    assert fill(Fen(25_799), FREE_FROM, [COLA]) == (Pick("cola", 2),)


def test_a_pack_counts_with_its_own_price_whatever_its_pieces_come_to() -> None:
    """48.05 for 24 pieces is 2.0020… a piece: what counts is that 239.95 and 48.05 are 288.00."""
    odd = Need("noodles", Fen(4_805), 24, 30, 30, Milli(4000))
    dear = Need("tissues", Fen(5_000), 10, 30, 60, Milli(4000))
    assert fill(Fen(23_995), FREE_FROM, [odd]) == (Pick("noodles", 1),)
    assert fill(Fen(23_995), FREE_FROM, [dear, odd]) == (Pick("noodles", 1),)
    assert fill(Fen(23_994), FREE_FROM, [odd]) == (Pick("noodles", 2),)


def test_slow_stock_is_never_taken() -> None:
    assert fill(Fen(28_700), FREE_FROM, [SOAP]) == ()
    weekly = Need("soap", Fen(400), 1, 1, 1, Milli(143))
    assert fill(Fen(28_700), FREE_FROM, [weekly]) == (Pick("soap", 1),)


def test_no_stock_gets_above_the_cover_that_the_shop_allows() -> None:
    """Five a day for 21 days are 105 pieces; 45 are here, so five cartons of twelve fit and no sixth."""
    five = Fen(FREE_FROM - 5 * 3_000)
    assert fill(five, FREE_FROM, [COLA]) == (Pick("cola", 5),)
    assert fill(Fen(five - 1), FREE_FROM, [COLA]) == ()
    assert fill(five, FREE_FROM, [COLA], 20) == ()


def test_what_lies_below_its_reorder_point_comes_without_extra_cover() -> None:
    low = Need("tea", Fen(3_000), 12, 60, 40, Milli(1000))
    assert low.extra_microdays(1) == 0
    assert fill(Fen(26_000), FREE_FROM, [COLA, low], 60) == (Pick("tea", 1),)


@settings(max_examples=400)
@given(carts, shops, st.integers(1, 30))
def test_nothing_that_is_allowed_reaches_it_with_less_extra_cover(cart: Fen, needs: list[Need], days: int) -> None:
    best = least(cart, needs, days)
    picked = fill(cart, FREE_FROM, needs, days)
    if best is None:
        assert picked == ()
    else:
        assert weighed(picked, needs) == best
        assert keeps_the_rules(cart, picked, needs, days)


@given(carts, shops)
def test_the_order_in_which_goods_are_given_changes_nothing(cart: Fen, needs: list[Need]) -> None:
    assert fill(cart, FREE_FROM, needs) == fill(cart, FREE_FROM, needs[::-1])


@given(carts, shops)
def test_a_search_that_is_cut_short_still_reaches_it_by_the_rules(cart: Fen, needs: list[Need]) -> None:
    best = least(cart, needs, MAX_COVER_DAYS)
    picked = fill(cart, FREE_FROM, needs, widest=1)
    if best is None:
        assert picked == ()
    else:
        assert keeps_the_rules(cart, picked, needs, MAX_COVER_DAYS)
        assert weighed(picked, needs) >= best


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 28_000).map(Fen))
def test_a_whole_shelf_is_searched_in_a_moment(chance: object, cart: Fen) -> None:
    needs = [
        Need(
            f"{n:03}",
            Fen((50 + n * 37 % 900) * (1, 6, 12, 24)[n % 4]),
            (1, 6, 12, 24)[n % 4],
            9 + n % 30,
            9 + n * 7 % 45,
            Milli(150 + n * 61),
        )
        for n in range(3 * MAX_CANDIDATES)
    ]
    chance.shuffle(needs)  # type: ignore[attr-defined]
    picked = fill(cart, FREE_FROM, needs)
    assert keeps_the_rules(cart, picked, needs, MAX_COVER_DAYS)


def least(cart: Fen, needs: Sequence[Need], max_cover_days: int) -> tuple[int, int] | None:
    """(extra cover, money) of the best choice, by trying each; None: none reaches it. (0, 0): none is needed."""
    missing = FREE_FROM - cart
    if missing <= 0:
        return 0, 0
    found = [
        (sum(need.extra_microdays(count) for need, count in zip(needs, counts, strict=True)), money)
        for counts in product(*(range(allowed(need, missing, max_cover_days) + 1) for need in needs))
        if (money := sum(n.pack_cost * count for n, count in zip(needs, counts, strict=True))) >= missing
    ]
    return min(found) if found else None


def allowed(need: Need, missing: int, max_cover_days: int) -> int:
    """Packs by the words of the rule, one by one; no more than reach it alone, else there would be too much to try."""
    packs = 0
    while packs * need.pack_cost < missing and need.daily_milli * 7 >= 1000:
        stock = max(0, need.available) + (packs + 1) * need.pack
        if stock * 1000 > max_cover_days * need.daily_milli or (need.shelf_max is not None and stock > need.shelf_max):
            break
        packs += 1
    return packs


def weighed(picked: Sequence[Pick], needs: Sequence[Need]) -> tuple[int, int]:
    by_sku = {need.sku: need for need in needs}
    return (
        sum(by_sku[pick.sku].extra_microdays(pick.packs) for pick in picked),
        sum(by_sku[pick.sku].pack_cost * pick.packs for pick in picked),
    )


def keeps_the_rules(cart: Fen, picked: Sequence[Pick], needs: Sequence[Need], max_cover_days: int) -> bool:
    """It reaches the threshold, no pick is spare or above the cover, and what is needed sooner is named sooner."""
    by_sku = {need.sku: need for need in needs}
    added = weighed(picked, needs)[1]
    due = [by_sku[pick.sku].due_microdays for pick in picked]
    return (
        cart + added >= FREE_FROM
        and due == sorted(due)
        and len({pick.sku for pick in picked}) == len(picked)
        and all(0 < pick.packs <= allowed(by_sku[pick.sku], EVERYTHING, max_cover_days) for pick in picked)
        and all(cart + added - by_sku[pick.sku].pack_cost < FREE_FROM for pick in picked)
    )
