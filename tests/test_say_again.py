"""The card 再说一遍: the newest sentence, and what a customer paid when it is asked for twice or after a power cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, CounterBench

from edge.codec.command_card import card_code
from edge.messages import Speech, Tone

AGAIN = card_code(182)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def said(shop: CounterBench) -> Speech:
    return shop.spoken[-1]


def test_the_newest_sentence_is_said_again(shop: CounterBench) -> None:
    shop.scan(COLA)
    newest, count = said(shop).text, len(shop.spoken)
    shop.card(AGAIN)
    assert (said(shop).text, len(shop.spoken)) == (newest, count + 1)


def test_asked_twice_it_says_what_the_last_customer_paid(shop: CounterBench) -> None:
    shop.sell()
    paid = said(shop)
    shop.scan(COLA)
    shop.card(AGAIN)
    assert said(shop).text != paid.text
    shop.card(AGAIN)
    assert said(shop).text == paid.text


def test_the_tone_of_money_is_not_heard_again(shop: CounterBench) -> None:
    """One sound, one meaning: no money comes in (row 96)."""
    shop.sell()
    assert said(shop).tone is Tone.MONEY_IN
    for _ in range(2):
        shop.card(AGAIN)
        assert said(shop).tone is Tone.OK


def test_after_a_power_cut_the_money_of_the_last_sale_is_said(shop: CounterBench) -> None:
    shop.sell()
    paid = said(shop).text
    shop.restart()
    assert said(shop).text != paid
    shop.card(AGAIN)
    assert said(shop).text == paid


def test_before_the_first_sale_there_is_nothing_to_say(shop: CounterBench) -> None:
    shop.card(AGAIN)
    assert said(shop).text == "还没说过什么"
