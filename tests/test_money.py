"""Money is whole fen: nothing is lost in reading, writing, multiplying or sharing it out."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.basket import parse_quantity
from edge.errors import ModelError
from edge.model.money import MAX_FEN, Fen, Milli, line_amount, parse_yuan, quantity_text, share_out, yuan

AMOUNTS = st.integers(0, MAX_FEN)
QUANTITIES = st.integers(-999_000, 999_000)


@given(AMOUNTS)
def test_what_is_written_in_yuan_is_read_back_to_the_fen(fen: int) -> None:
    text = yuan(fen)
    assert re.fullmatch(r"\d{1,6}\.\d\d", text)
    assert parse_yuan(text) == fen
    assert yuan(-fen) == (f"-{text}" if fen else text)


@given(st.text(st.sampled_from("0123456789.-+ eE,_x"), max_size=10))
def test_what_is_keyed_is_an_amount_to_the_fen_or_refused(text: str) -> None:
    try:
        fen = parse_yuan(text)
    except ModelError:
        assert not re.fullmatch(r"\d{1,6}(\.\d{1,2})?", text)
    else:
        assert fen == Fraction(text.removesuffix(".") or "0") * 100


@given(AMOUNTS, st.integers(0, 999_000))
def test_an_amount_is_price_times_quantity_without_the_broken_fen(price: int, qty: int) -> None:
    exact = Fraction(price) * qty / 1000
    assert 0 <= exact - line_amount(Fen(price), Milli(qty)) < 1


@given(AMOUNTS, st.integers(0, 99_000), st.integers(0, 99_000))
def test_what_is_weighed_in_two_bags_never_costs_more_than_in_one(price: int, first: int, second: int) -> None:
    apart = line_amount(Fen(price), Milli(first)) + line_amount(Fen(price), Milli(second))
    assert 0 <= line_amount(Fen(price), Milli(first + second)) - apart <= 1


@given(AMOUNTS, st.lists(st.integers(0, MAX_FEN), min_size=1, max_size=100))
def test_shares_add_up_to_the_fen_and_none_is_a_fen_from_its_due(amount: int, weights: list[int]) -> None:
    total = sum(weights)
    if not total:
        if amount:
            with pytest.raises(ModelError):
                share_out(Fen(amount), weights)
        return
    parts = share_out(Fen(amount), weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount) * weight / total) < 1
        assert part >= 0


@given(QUANTITIES)
def test_a_quantity_comes_back_from_its_shortest_text(milli: int) -> None:
    text = quantity_text(Milli(milli))
    assert parse_quantity(text) == milli
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d{0,2}[1-9])?", text)
