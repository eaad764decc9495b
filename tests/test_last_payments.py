"""最近收款 and what a notice that comes again is worth (product rows 80 and 81)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, Habits
from link_bench import online
from test_jws import KEYS
from test_notices import NoticeBench

from edge.clock import iso_ms
from edge.codec.command_card import card_code, receipt_code
from edge.codec.pcm import OCTETS_PER_S
from edge.codec.spoken_runs import spoken_runs
from edge.messages import Speech, Tone
from edge.model.manner import LANGUAGES, Pace, Weight
from edge.synthesizer import MAX_SPEECH_S, EspeakSynthesis, whole

LAST, SUBTOTAL, ENGLISH, REFUND, ALL = (card_code(number) for number in (151, 101, 186, 110, 206))


@pytest.fixture
def shop(tmp_path: Path) -> NoticeBench:
    bench = NoticeBench(tmp_path / "shop", Habits(command_keys=KEYS))
    online(bench)
    bench.hush()
    return bench


def heard(shop: NoticeBench) -> str:
    shop.card(LAST)
    return shop.last_words


def closed(shop: NoticeBench) -> None:
    """A sale of 3.00 that money on the shop's own code closes."""
    shop.scan(COLA)
    shop.card(SUBTOTAL)
    shop.received(300)


def test_before_the_first_payment_there_is_none(shop: NoticeBench) -> None:
    assert heard(shop) == "还没有手机收款"


def test_each_is_told_with_its_time_and_whether_a_sale_belongs_to_it(shop: NoticeBench) -> None:
    closed(shop)
    shop.pass_s(300)
    shop.received(1_250)
    assert heard(shop) == "最近两笔收款，中午十二点零五分，十二点五元，没有单，中午十二点，三元，有单"
    shop.card(ENGLISH)
    assert heard(shop).startswith("Last payments, two. twelve oh five p.m., twelve yuan fifty, no sale. ")


def test_a_wallet_that_was_scanned_here_is_among_them(shop: NoticeBench) -> None:
    shop.pays()
    shop.answer("approved")
    assert heard(shop).endswith("，有单") and "最近一笔收款" in heard(shop)


def test_only_the_last_five_are_told_the_newest_first(shop: NoticeBench) -> None:
    for fen in range(100, 800, 100):
        shop.received(fen)
    words = heard(shop)
    assert words.startswith("最近五笔收款") and words.count("没有单") == 5
    assert words.index("七元") < words.index("三元") and "两元" not in words


def test_it_does_not_sound_like_money_that_comes_in_and_a_scan_ends_it(shop: NoticeBench) -> None:
    """Somebody who plays it again proves nothing."""
    closed(shop)
    shop.card(LAST)
    speech: Speech = shop.spoken[-1]
    assert (speech.tone, speech.weight) == (Tone.OK, Weight.ROUTINE)
    assert "收齐" not in speech.text and speech.text.startswith("最近")


def test_another_day_is_named(shop: NoticeBench) -> None:
    closed(shop)
    shop.clock.pass_s(86_400.0)
    assert heard(shop) == "最近一笔收款，二十三号，中午十二点，三元，有单"


def test_late_money_has_the_time_at_which_it_came(shop: NoticeBench) -> None:
    shop.received(300, args={"at": iso_ms(shop.clock.wall() - timedelta(hours=2))})
    assert shop.last_words == "补播，上午十点收款三元"
    assert heard(shop).endswith("上午十点，三元，没有单")


def test_what_went_back_is_told_so(shop: NoticeBench) -> None:
    closed(shop)
    shop.card(REFUND)
    shop.scan(receipt_code(str(shop.sales()[0]["receipt"])))
    shop.card(ALL)
    shop.pass_s(1)
    shop.keys("E")
    (request,) = shop.asked("payment.refund")
    shop.hear_refund(request.args["rid"], request.args["pid"], 300)
    assert heard(shop).endswith("三元，已经退了")


def test_it_can_be_asked_while_a_wallet_is_waited_for(shop: NoticeBench) -> None:
    closed(shop)
    shop.pays()
    assert heard(shop).startswith("最近一笔收款")
    assert shop.sale is not None


def test_a_power_cut_forgets_none(shop: NoticeBench) -> None:
    closed(shop)
    shop.restart()
    assert heard(shop).endswith("三元，有单")


def test_five_are_told_within_what_one_sentence_may_take(shop: NoticeBench) -> None:
    """At the slowest pace, with amounts and times that take long."""
    shop.clock.pass_s(9 * 3_600.0 + 33 * 60)
    for fen in range(17_775, 17_780):
        shop.received(fen)
    for language in LANGUAGES:
        sound = whole(EspeakSynthesis(spoken_runs(heard(shop), language), Pace.SLOWEST))
        assert len(sound) / OCTETS_PER_S < MAX_SPEECH_S, language
        shop.card(ENGLISH)


@pytest.mark.parametrize("days", [0.01, 1, 6.9])
def test_a_notice_that_comes_again_is_not_told_again(shop: NoticeBench, days: float) -> None:
    """Under another command, whenever: the cloud may send what it is not sure of."""
    first = shop.received(300)
    shop.clock.pass_s(days * 86_400)
    shop.restart()
    online(shop)
    shop.hush()
    shop.received(300, pid=first["args"]["pid"])
    assert shop.how() == ["unmatched"] and shop.results()[-1]["out"] == {"how": "again"}
    assert shop.spoken == []


def test_a_notice_whose_id_is_of_long_ago_is_known_for_ninety_days(shop: NoticeBench) -> None:
    """Its id tells a time of its own, which nobody need believe."""
    old = "00000000-0001-7000-8000-000000000001"
    shop.received(300, pid=old)
    tx = shop.begin()
    tx.retention.forget_payments(iso_ms(shop.clock.wall() - timedelta(days=90)))
    assert tx.payments.find(old) is None and tx.heard.has(old)
    tx.commit()
    shop.received(300, pid=old)
    assert shop.how() == ["unmatched"] and shop.results()[-1]["out"] == {"how": "again"}


def test_what_was_heard_long_ago_is_forgotten_but_for_the_last_five(shop: NoticeBench) -> None:
    for fen in range(100, 800, 100):
        shop.received(fen)
    tx = shop.begin()
    tx.retention.forget_payments(iso_ms(shop.clock.wall() + timedelta(days=1)))
    assert [payment.amount for payment in tx.heard.newest(9)] == [700, 600, 500, 400, 300]
    tx.rollback()


def test_goods_and_payments_are_told_apart(shop: NoticeBench) -> None:
    shop.sell(NOODLES)
    assert heard(shop) == "还没有手机收款", "cash is no payment of a wallet"
