"""Louder, quieter, slower, the other language: what the cards change, what confirms it, and that it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, STRANGE, CounterBench, Habits

from edge.codec.command_card import card_code
from edge.messages import DeviceDown, DeviceUp, Hush, Outcome, Say, Speech, Tone, View
from edge.model.manner import LOUDEST, MONEY_VOLUME_MIN, QUIETEST, USUAL_VOLUME, Manner, Pace, Weight
from edge.model.slip import Row
from edge.ports import Transaction
from edge.services.spoken_manner import KEY, manner_of

SPEAKER = "loudspeaker"
LOUDER, QUIETER, SLOWER, LANGUAGE, AGAIN = (card_code(number) for number in (183, 184, 185, 186, 182))


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop", Habits(speaker=SPEAKER))


def said(shop: CounterBench) -> Speech:
    return shop.spoken[-1]


def labels(shop: CounterBench) -> list[str]:
    """What stands on the left of the newest receipt."""
    return [part.left for part in shop.printed[-1].slip.blocks if isinstance(part, Row)]


def test_louder_is_confirmed_in_the_new_volume_up_to_the_loudest(shop: CounterBench) -> None:
    volumes = []
    for _ in range(LOUDEST):
        shop.card(LOUDER)
        volumes.append(said(shop).manner.volume)
    assert volumes == [8, 9, 10, 10, 10, 10, 10, 10, 10, 10]
    assert said(shop).text == "已经是最大声"


def test_quieter_ends_at_a_voice_that_is_still_heard(shop: CounterBench) -> None:
    for _ in range(LOUDEST + 2):
        shop.card(QUIETER)
    assert (said(shop).manner.volume, said(shop).text) == (QUIETEST, "已经是最小声")


def test_money_is_heard_however_quiet_the_rest_was_made(shop: CounterBench) -> None:
    for _ in range(LOUDEST):
        shop.card(QUIETER)
    shop.sell()
    paid = said(shop)
    assert paid.weight is Weight.MONEY
    assert paid.manner.volume_for(paid.weight) == MONEY_VOLUME_MIN > paid.manner.volume_for(Weight.ROUTINE)


def test_slower_goes_round_three_speeds(shop: CounterBench) -> None:
    told = []
    for _ in range(3):
        shop.card(SLOWER)
        told.append((said(shop).manner.pace, said(shop).text))
    assert told == [(Pace.SLOW, "现在说慢一点"), (Pace.SLOWEST, "现在说得最慢"), (Pace.USUAL, "说得和平时一样快")]


def test_the_language_card_changes_voice_and_paper_and_back(shop: CounterBench) -> None:
    shop.printer_ready()
    shop.card(LANGUAGE)
    assert (said(shop).text, said(shop).manner.language) == ("English from now on", "en")
    shop.scan(COLA)
    assert said(shop).text == "可乐, three yuan"
    shop.card(card_code(102))
    assert "Total" in labels(shop)
    shop.paper(Outcome.DONE)
    shop.card(LANGUAGE)
    assert said(shop).text == "现在说普通话"
    shop.sell()
    assert "合计" in labels(shop)


def test_what_the_cards_set_outlives_a_power_cut(shop: CounterBench) -> None:
    for card in (LOUDER, SLOWER, LANGUAGE):
        shop.card(card)
    shop.restart()
    shop.scan(COLA)
    assert said(shop).manner == Manner("en", USUAL_VOLUME + 1, Pace.SLOW)


@pytest.mark.parametrize(
    "kept", ["", "zh-CN", "zh-CN 11 0", "zh-CN 0 0", "zh-CN 5 3", "fr 5 0", "zh-CN five 0", "a b c d"]
)
def test_settings_that_nobody_wrote_are_as_if_there_were_none(shop: CounterBench, kept: str) -> None:
    tx = shop.begin()
    tx.put(KEY, kept)
    assert manner_of(tx, "en") == Manner("en")
    tx.rollback()


def test_a_card_in_the_middle_of_a_question_leaves_the_question_open(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.card(LOUDER)
    shop.keys("2.5+")
    assert [fen for _, fen in shop.lines] == [250]


def test_the_sentence_that_is_asked_for_again_comes_in_the_new_volume(shop: CounterBench) -> None:
    shop.card(LOUDER)
    shop.card(AGAIN)
    assert said(shop).manner.volume == USUAL_VOLUME + 1


def test_every_scan_and_key_hushes_and_a_shop_without_a_speaker_hushes_nobody(
    shop: CounterBench, tmp_path: Path
) -> None:
    silent, hushes = CounterBench(tmp_path / "silent"), list[Hush]()
    for counter in (shop, silent):
        counter.bus.route(Hush, hushes.append)
    silent.scan(COLA)
    assert hushes == []
    shop.scan(COLA)
    shop.keys("2*")
    assert hushes == [Hush()] * 3


def test_a_fault_in_the_voice_itself_is_not_told_by_the_voice_without_end(shop: CounterBench) -> None:
    def fail(say: Say, _: Transaction) -> None:
        raise ValueError(say.prompt)

    shop.bus.on(Say, fail)
    handled = shop.bus.handled
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300)]
    assert shop.bus.handled - handled < 10


def test_payments_and_alarms_weigh_more_than_goods(shop: CounterBench) -> None:
    shop.scan(COLA)
    assert said(shop).weight is Weight.ROUTINE
    shop.card(card_code(102))
    assert (said(shop).prompt, said(shop).weight) == ("sale.exact", Weight.MONEY)


def test_only_a_prompt_without_braces_can_be_a_recording(shop: CounterBench) -> None:
    shop.scan(COLA)
    assert not said(shop).fixed
    shop.scan(STRANGE)
    assert said(shop).fixed


def test_without_a_sound_card_the_next_step_stands_on_the_display_for_a_moment(shop: CounterBench) -> None:
    shop.tell(DeviceDown(SPEAKER, "no sound card is plugged in"))
    shop.scan(COLA)
    shop.hush()
    shop.scan("0000")
    assert (shop.shown[-1].view, shop.shown[-1].name) == (View.TEXT, said(shop).text)
    assert shop.shown[-1].name_en.isascii() and said(shop).tone in (Tone.ATTENTION, Tone.ERROR)
    shop.pass_s(6)
    assert (shop.shown[-1].view, shop.shown[-1].name) == (View.ITEM, "可乐")


def test_without_a_sound_card_goods_and_amounts_stay_on_the_display(shop: CounterBench) -> None:
    shop.tell(DeviceDown(SPEAKER, "no sound card is plugged in"))
    shop.scan(COLA)
    shop.sell()
    assert [show.view for show in shop.shown[-3:]] == [View.ITEM, View.ITEM, View.CHANGE]


def test_without_a_sound_card_a_question_about_money_is_read_too(shop: CounterBench) -> None:
    shop.tell(DeviceDown(SPEAKER, "no sound card is plugged in"))
    shop.keys("800+")
    assert (shop.shown[-1].view, shop.shown[-1].name) == (View.TEXT, "八百元，对吗？按确认")


def test_with_the_card_back_the_display_is_the_customers_again(shop: CounterBench) -> None:
    shop.tell(DeviceDown(SPEAKER, "gone"))
    shop.tell(DeviceUp(SPEAKER))
    shop.hush()
    shop.scan("0000")
    assert not any(show.view is View.TEXT and show.name == said(shop).text for show in shop.shown)
