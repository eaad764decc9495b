"""The baskets of golden_baskets.toml, each worked out by hand there."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from promotion_oracle import lowest_total

from edge.model.item import Item
from edge.model.membership import with_coupon, with_member
from edge.model.money import Fen, Milli
from edge.model.promotion import Kind, Promotion
from edge.model.promotion_pricing import Pricing
from edge.model.sale import ONE_PIECE, Sale, add_item
from edge.promotion_file import load_promotions

HERE = Path(__file__).parent
FILE = tomllib.loads((HERE / "golden_baskets.toml").read_text(encoding="utf-8"))
BASKETS: dict[str, dict[str, Any]] = {basket["what"]: basket for basket in FILE["basket"]}
NOON = datetime(2026, 11, 23, 12)
MAX_PERMUTED = 4
"""Lines that are put in every order; more in both directions."""


@cache
def promotions() -> dict[str, Promotion]:
    return {promotion.id: promotion for promotion in load_promotions(HERE / "golden_promotions.toml")}


def used(basket: dict[str, Any]) -> list[Promotion]:
    return [promotions()[name] for name in basket["use"]]


def on_the_counter(basket: dict[str, Any], goods: tuple[str, ...] = ()) -> Sale:
    sale = Sale("s")
    for text in goods or basket["goods"]:
        name = text.split("*")[0].split("@")[0].split("!")[0]
        row = FILE["goods"][name]
        item = Item(name, name, Fen(row["price"]), dept=row["dept"], weighed=row.get("weighed", False))
        qty = Milli(int(text.split("@")[1])) if "@" in text else ONE_PIECE
        price = Fen(int(text.split("!")[1])) if "!" in text else item.price
        sale = add_item(sale, item, qty=Milli(1000 * int(text.split("*")[1])) if "*" in text else qty, price=price)
        if "!" in text:
            sale = overridden(sale)
    sale = with_member(sale, "12345678") if basket.get("member") else sale
    for coupon in basket.get("coupons", []):
        sale = with_coupon(sale, coupon)
    return sale


def overridden(sale: Sale) -> Sale:
    return replace(sale, lines=(*sale.lines[:-1], replace(sale.lines[-1], overridden=True)))


def moment(basket: dict[str, Any]) -> datetime:
    at = basket.get("at", NOON)
    assert isinstance(at, datetime)
    return at


@pytest.mark.parametrize("what", BASKETS)
def test_a_golden_basket_costs_what_was_worked_out(what: str) -> None:
    basket = BASKETS[what]
    priced = Pricing(used(basket)).priced(on_the_counter(basket), moment(basket))
    assert [line.amount for line in priced.lines] == basket["net"]
    assert priced.total == basket["total"] == sum(basket["net"])
    if "promos" in basket:
        assert [saving.promo for saving in priced.savings] == basket["promos"]


@pytest.mark.parametrize("what", BASKETS)
def test_a_golden_basket_costs_the_same_in_any_order(what: str) -> None:
    basket, goods = BASKETS[what], tuple(BASKETS[what]["goods"])
    pricing = Pricing(used(basket)[::-1])
    orders = permutations(goods) if len(goods) <= MAX_PERMUTED else (goods, goods[::-1])
    totals = {pricing.priced(on_the_counter(basket, order), moment(basket)).total for order in orders}
    assert totals == {basket["total"]}


@pytest.mark.parametrize("what", [what for what, basket in BASKETS.items() if basket["total"] < 6000])
def test_the_oracle_of_the_property_tests_agrees_with_the_hand(what: str) -> None:
    basket = BASKETS[what]
    assert lowest_total(on_the_counter(basket), used(basket), moment(basket)) == basket["total"]


def test_the_golden_baskets_are_many_and_know_every_kind() -> None:
    assert len(BASKETS) == len(FILE["basket"]) >= 40
    assert {promotion.kind for basket in BASKETS.values() for promotion in used(basket)} == set(Kind)
    assert {promotion for basket in BASKETS.values() for promotion in basket["use"]} == set(promotions())
