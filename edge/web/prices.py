"""Prices: goods found by name or code, what they cost here and what lies there, and another price (product row 14)."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

from edge.errors import ModelError
from edge.model.goods_row import GoodsRow
from edge.model.money import parse_yuan, quantity_text, yuan
from edge.web.forms import Form
from edge.web.ordering import give
from edge.web.paging import cut, page_of
from edge.web.shop_facts import ShopFacts
from edge.web.site import Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/prices"
ON_A_PAGE = 20
MAX_WORD = 64
DENIED = "order.auth.denied"
MAX_PRICE = 10_000_000
"""RMB 100,000, as at the counter (`services.shop_prices`)."""


class GoodsShown(Shown):
    """`price_fen`: what they cost here, None: it is asked for; `listed_fen`: what the catalogue says, where the shop
    has a price of its own. `on_hand` is empty where nobody counted.
    """

    sku: str
    name: str
    price_fen: int | None
    own: bool
    listed_fen: int | None
    on_hand: str
    weighed: bool


class Prices(Shown):
    """`next`: the page behind this one, 0: there is none."""

    word: str
    page: int
    next: int
    goods: tuple[GoodsShown, ...]


def _price(typed: str) -> str:
    """Digits as wide as Chinese signs are digits too. Raises ValueError with the key of the sentence."""
    plain = unicodedata.normalize("NFKC", typed).replace("。", ".").strip("￥¥元 ")
    try:
        fen = parse_yuan(plain)
    except ModelError as error:
        raise ValueError("prices.no_price") from error
    if not 0 < fen <= MAX_PRICE:
        raise ValueError("prices.bounds")
    return yuan(fen)


class PriceForm(Form):
    """`price` in yuan as it was typed: 3, 3.5, 3.50."""

    sku: str = Field(min_length=1, max_length=128)
    price: Annotated[str, Field(min_length=1, max_length=16), AfterValidator(_price)]


class GoodsForm(Form):
    """Which goods."""

    sku: str = Field(min_length=1, max_length=128)


def prices_view(shop: ShopFacts) -> View:
    def read(asking: Asking) -> Prices:
        word = searched(asking.query.get("word", ""))
        page = page_of(asking.query)
        goods, after = cut(shop.goods(word, (page - 1) * ON_A_PAGE, ON_A_PAGE + 1), page, ON_A_PAGE)
        return Prices(word=word, page=page, next=after, goods=tuple(map(_shown, goods)))

    return View("prices", PATH, Prices, read)


def price_actions(sources: PageSources) -> tuple[Action, ...]:
    def change(form: PriceForm, doing: Doing) -> Told:
        args = {"sku": form.sku, "price": parse_yuan(form.price)}
        told = give(sources.order, "price.set", args, doing, "prices.set", price=form.price)
        return Told(End.REFUSED, "prices.owner_only", field="price") if told.key == DENIED else told

    def give_up(form: GoodsForm, doing: Doing) -> Told:
        return give(sources.order, "price.set", {"sku": form.sku, "price": 0}, doing, "prices.given_up")

    return Action(f"{PATH}/set", PATH, PriceForm, change), Action(f"{PATH}/give-up", PATH, GoodsForm, give_up)


def searched(typed: str) -> str:
    """What was typed or scanned into a search, without signs that nobody can see."""
    plain = unicodedata.normalize("NFKC", typed)[:MAX_WORD]
    return re.sub(r"\s+", " ", "".join(char for char in plain if char.isprintable())).strip()


def _shown(goods: GoodsRow) -> GoodsShown:
    listed = goods.listed if goods.own is not None else None
    return GoodsShown(
        sku=goods.sku, name=goods.name, price_fen=goods.price, own=goods.own is not None, listed_fen=listed,
        on_hand="" if goods.on_hand is None else quantity_text(goods.on_hand), weighed=goods.weighed,
    )  # fmt: skip
