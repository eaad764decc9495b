"""Silence where the counter waits: one hint after 8 s, two more, then nothing (row 99)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, STRANGE, CounterBench

from edge.codec.command_card import card_code
from edge.messages import Key, KeyPressed

SUBTOTAL, REFUND = card_code(101), card_code(110)

ASK_PRICE = "没有这个货，输价格按确认"
ASK_CASH = "输收到的钱，再按确认"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def words(shop: CounterBench) -> list[str]:
    """What was said since the last call."""
    found = [speech.text for speech in shop.spoken]
    shop.spoken.clear()
    return found


@pytest.mark.parametrize(
    ("scans", "hint"),
    [((STRANGE,), ASK_PRICE), ((COLA, SUBTOTAL), ASK_CASH), ((REFUND,), "请扫小票，没有就扫停")],
)
def test_a_question_is_asked_again_after_8_s_twice_more_and_then_no_more(
    shop: CounterBench, scans: tuple[str, ...], hint: str
) -> None:
    shop.scan(*scans)
    words(shop)
    shop.pass_s(7.9)
    assert words(shop) == []
    shop.pass_s(0.2)
    assert words(shop) == [hint]
    shop.pass_s(29.8)
    assert words(shop) == []
    shop.pass_s(0.2)
    assert words(shop) == [hint]
    shop.pass_s(30)
    assert words(shop) == [hint]
    shop.pass_s(600)
    assert words(shop) == []


def test_whoever_answers_hears_no_hint(shop: CounterBench) -> None:
    shop.scan(COLA, SUBTOTAL)
    shop.pass_s(5)
    shop.tell(KeyPressed("pad", Key.D2, shop.clock.mono_s))
    words(shop)
    shop.pass_s(7.9)
    assert words(shop) == []
    shop.pass_s(0.2)
    assert words(shop) == [ASK_CASH]


def test_who_comes_back_after_the_last_hint_is_waited_for_again(shop: CounterBench) -> None:
    shop.scan(COLA, SUBTOTAL)
    shop.pass_s(100)
    words(shop)
    shop.tell(KeyPressed("pad", Key.D2, shop.clock.mono_s))
    shop.pass_s(8.1)
    assert words(shop) == [ASK_CASH]


def test_the_question_after_a_hint_is_hinted_at_as_soon_as_the_first(shop: CounterBench) -> None:
    shop.scan(COLA, card_code(104))
    shop.pass_s(10)
    shop.scan(COLA, COLA, SUBTOTAL)
    words(shop)
    shop.pass_s(7.9)
    assert words(shop) == []
    shop.pass_s(0.2)
    assert words(shop) == [ASK_CASH]
    shop.pass_s(30)
    assert words(shop) == [ASK_CASH]


def test_a_counter_that_waits_for_nobody_is_silent(shop: CounterBench) -> None:
    words(shop)
    shop.pass_s(120)
    assert words(shop) == []
    shop.sell()
    words(shop)
    shop.pass_s(120)
    assert words(shop) == []


def test_an_open_basket_is_told_how_it_goes_on_but_an_empty_one_is_not(shop: CounterBench) -> None:
    shop.scan(COLA)
    words(shop)
    shop.pass_s(8.1)
    assert words(shop) == ["继续扫，或按确认结账"]
    shop.keys("-")
    words(shop)
    shop.pass_s(100)
    assert words(shop) == []


def test_pieces_that_were_keyed_wait_for_their_goods(shop: CounterBench) -> None:
    shop.keys("3*")
    words(shop)
    shop.pass_s(8.1)
    assert words(shop) == ["三件，请扫商品"]


def test_after_the_owners_card_a_card_is_waited_for_as_long_as_it_holds(shop: CounterBench) -> None:
    shop.as_owner()
    words(shop)
    shop.pass_s(8.1)
    assert words(shop) == ["店主已确认，再扫要办的卡"]
    shop.pass_s(30)
    assert words(shop) == ["店主已确认，再扫要办的卡"]
    shop.pass_s(100)
    assert words(shop) == []


def test_a_question_that_another_one_follows_without_a_hand_begins_anew(shop: CounterBench) -> None:
    shop.scan(COLA, card_code(109))
    shop.pass_s(11)
    assert words(shop)[-1] == "查价，请扫商品"
    shop.pass_s(8.1)
    assert words(shop) == ["继续扫，或按确认结账"]


def test_the_question_of_before_a_power_cut_is_hinted_at_too(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.restart()
    words(shop)
    shop.pass_s(8.1)
    assert words(shop) == [ASK_PRICE]


def test_a_hundred_scans_are_one_timer(shop: CounterBench) -> None:
    before = len(shop.bus._timers)
    for _ in range(100):
        shop.scan(COLA)
    assert len(shop.bus._timers) - before <= 2
