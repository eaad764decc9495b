"""A coupon is signed, good once, for a promotion of this shop, and used up only by a sale that it made cheaper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, TISSUES, CounterBench, Habits
from test_jws import KEYS, SECRET

from edge.codec.coupon import looks_like_coupon, read_coupon
from edge.codec.jws import COUPON_TYP, TYP, write_jws
from edge.errors import WireError
from edge.promotion_file import read_promotions
from edge.toml_file import TomlFile

EXACT, CANCEL, UNDO, HOLD, RECALL = "ZZ1021", "ZZ1069", "ZZ1052", "ZZ1076", "ZZ1083"
FILE = f"""\
[tissues-one]
kind = "coupon"
name = "纸巾减1元券"
skus = ["{TISSUES}"]
off_fen = 100

[cola-two]
kind = "multi_buy"
name = "可乐2件5元"
skus = ["{COLA}"]
count = 2
price_fen = 500
"""


def coupon(id: str = "c-7f3a91", promo: str = "tissues-one", *, typ: str = COUPON_TYP, **more: Any) -> str:
    return write_jws({"id": id, "promo": promo} | more, kid="cmd-2026q4", sign=SECRET.sign, typ=typ)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    habits = Habits(promotions=read_promotions(TomlFile("promotions.toml", FILE)), command_keys=KEYS)
    return CounterBench(tmp_path / "shop", habits)


def used(shop: CounterBench) -> list[str]:
    return [row["data"]["coupon"] for row in shop.records("coupon.used")]


@pytest.mark.parametrize("first", [True, False])
def test_a_coupon_takes_its_worth_off_once_before_or_after_the_goods(shop: CounterBench, *, first: bool) -> None:
    shop.scan(*((coupon(), TISSUES) if first else (TISSUES, coupon())))
    shop.card(EXACT)
    assert (shop.sales()[0]["total"], used(shop)) == (1151, ["c-7f3a91"])
    shop.scan(TISSUES, coupon())
    assert shop.last_words == "这张券用过了"
    shop.card(EXACT)
    assert shop.sales()[1]["total"] == 1251


def test_a_coupon_of_a_sale_that_was_cancelled_is_as_good_as_before(shop: CounterBench) -> None:
    shop.scan(TISSUES, coupon())
    shop.card(CANCEL, CANCEL)
    assert used(shop) == []
    shop.scan(TISSUES, coupon())
    shop.card(EXACT)
    assert used(shop) == ["c-7f3a91"]


def test_a_coupon_that_took_nothing_off_is_not_used_up(shop: CounterBench) -> None:
    shop.scan(COLA, coupon())
    shop.card(EXACT)
    assert (shop.sales()[0]["total"], used(shop)) == (300, [])


def test_two_papers_of_one_kind_in_one_sale_use_up_one(shop: CounterBench) -> None:
    shop.scan(TISSUES, coupon("c-1"), coupon("c-2"))
    shop.card(EXACT)
    assert (shop.sales()[0]["total"], used(shop)) == (1151, ["c-1"])


def test_a_power_cut_keeps_the_coupon_with_its_sale(shop: CounterBench) -> None:
    shop.scan(TISSUES, coupon())
    shop.restart()
    shop.card(EXACT)
    assert (shop.sales()[0]["total"], used(shop)) == (1151, ["c-7f3a91"])


def test_a_sale_that_stands_aside_keeps_its_coupon(shop: CounterBench) -> None:
    shop.scan(TISSUES, coupon())
    shop.card(HOLD)
    shop.scan(TISSUES, coupon())
    assert shop.last_words == "这张券在挂着的单里"
    shop.card(EXACT, RECALL, EXACT)
    assert [sale["total"] for sale in shop.sales()] == [1251, 1151]
    shop.scan(TISSUES, coupon())
    assert (shop.last_words, used(shop)) == ("这张券用过了", ["c-7f3a91"])


def test_when_the_held_sale_is_given_up_its_coupon_is_as_good_as_before(shop: CounterBench) -> None:
    shop.scan(TISSUES, coupon())
    shop.card(HOLD)
    shop.end_day()
    shop.scan(TISSUES, coupon())
    shop.card(EXACT)
    assert used(shop) == ["c-7f3a91"]


def test_undo_gives_a_coupon_back_and_says_so_with_the_total(shop: CounterBench) -> None:
    shop.scan(TISSUES, coupon("c-1"))
    shop.card(UNDO)
    assert (shop.last_words, shop.lines) == ("优惠券退回，一共十二元五角一分", [("纸巾", 1251)])
    shop.scan(coupon("c-2"))
    shop.card(EXACT)
    assert (shop.sales()[0]["total"], used(shop)) == (1151, ["c-2"]), (
        "the paper that was given back is not the used one"
    )


def test_undo_of_a_coupon_outlives_a_power_cut_and_goes_on_with_the_goods(shop: CounterBench) -> None:
    shop.scan(TISSUES, coupon())
    shop.restart()
    shop.card(UNDO)
    assert shop.prompts[-1] == "undo.coupon"
    shop.card(UNDO)
    assert (shop.prompts[-1], shop.lines) == ("undo.done", [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (coupon(promo="noodles-two"), "本店没有这个活动"), (coupon(promo="cola-two"), "本店没有这个活动"),
        (coupon(until="2026-11-22"), "这张券过期了"), (coupon()[:-2] + "AA", "这张券认不出，不能用"),
        (coupon(typ=TYP), "这张券认不出，不能用"), (coupon(until="tomorrow"), "这张券认不出，不能用"),
        (coupon(id="c 7"), "这张券认不出，不能用"),
    ],
)  # fmt: skip
def test_what_is_no_coupon_of_this_shop_is_refused_in_words_and_changes_nothing(
    shop: CounterBench, text: str, words: str
) -> None:
    shop.scan(TISSUES, text)
    assert shop.last_words == words
    shop.card(EXACT)
    assert (shop.sales()[0]["total"], used(shop)) == (1251, [])


def test_on_its_last_day_it_is_good(shop: CounterBench) -> None:
    shop.scan(TISSUES, coupon(until="2026-11-23"))
    shop.card(EXACT)
    assert shop.sales()[0]["total"] == 1151


def test_a_signed_command_is_no_coupon() -> None:
    text = coupon(typ=TYP)
    assert looks_like_coupon(text)
    with pytest.raises(WireError):
        read_coupon(text, KEYS)
