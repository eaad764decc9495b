"""数据开关: what leaves the shop is read and heard, and insight pauses alone (wow 12)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, CounterBench
from test_shifts import papers, said

from edge.codec.command_card import card_code
from edge.codec.escpos import PAPERS, encode_slip
from edge.model.leaving_slip import leaving_slip, switched_slip
from edge.model.manner import LANGUAGES
from edge.services.insight_switch import PAUSED, paused

SWITCH, STOP, LANGUAGE = card_code(207), card_code(190), card_code(186)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    bench = CounterBench(tmp_path / "shop")
    bench.printer_ready()
    return bench


def is_paused(shop: CounterBench) -> bool:
    return paused(shop.begin())


def test_its_number_is_the_one_that_was_free() -> None:
    assert SWITCH == "ZZ2073"


def test_it_is_the_owners(shop: CounterBench) -> None:
    shop.card(SWITCH)
    assert said(shop) == "请先扫店主卡" and papers(shop) == [] and not is_paused(shop)


def test_it_prints_and_says_what_leaves_the_shop_and_enter_pauses_insight(shop: CounterBench) -> None:
    shop.as_owner(SWITCH)
    assert said(shop) == "收银和快递一直传，经营分析在传，要停按确认"
    (paper,) = papers(shop)
    assert "数据开关" in paper and "经营分析|在传" in paper and "人脸" in paper and "收银" in paper
    assert not is_paused(shop), "asked, not done"
    shop.pass_s(1)
    shop.keys("E")
    assert is_paused(shop) and said(shop) == "经营分析停了，收款照常"
    assert "经营分析已停" in papers(shop)[-1]


def test_it_goes_on_in_the_same_way(shop: CounterBench) -> None:
    for says in ("经营分析停了，收款照常", "经营分析恢复了"):
        shop.as_owner(SWITCH)
        shop.pass_s(1)
        shop.keys("E")
        assert said(shop) == says
    assert not is_paused(shop)
    shop.as_owner(SWITCH)
    assert "经营分析|在传" in papers(shop)[-1]


def test_while_it_is_paused_the_paper_says_so(shop: CounterBench) -> None:
    shop.as_owner(SWITCH)
    shop.pass_s(1)
    shop.keys("E")
    shop.as_owner(SWITCH)
    assert said(shop) == "收银和快递一直传，经营分析已停，恢复按确认" and "经营分析|已停" in papers(shop)[-1]
    shop.card(STOP)
    assert is_paused(shop), "who only looked has switched nothing"


def test_in_english(shop: CounterBench) -> None:
    shop.card(LANGUAGE)
    shop.as_owner(SWITCH)
    assert said(shop).startswith("Sales and parcels are always sent. Insight is sent, too.")
    assert "Insight|sent" in papers(shop)[-1]


def test_too_late_an_enter_switches_nothing(shop: CounterBench) -> None:
    shop.as_owner(SWITCH)
    shop.pass_s(70)
    shop.keys("E")
    assert not is_paused(shop) and said(shop) == "过时了，请重扫店主卡"


def test_the_shop_sells_on_and_its_books_are_told(shop: CounterBench) -> None:
    shop.as_owner(SWITCH)
    shop.pass_s(1)
    shop.keys("E")
    shop.sell(COLA)
    assert len(shop.sales()) == 1


def test_a_power_cut_keeps_the_switch_where_it_is(shop: CounterBench) -> None:
    shop.as_owner(SWITCH)
    shop.restart()
    shop.keys("E")
    assert not is_paused(shop), "a start forgets the owner's card, and its question"
    shop.as_owner(SWITCH)
    shop.pass_s(1)
    shop.keys("E")
    shop.restart()
    assert is_paused(shop)


def test_a_damaged_ledger_does_not_switch_it_on_again(shop: CounterBench) -> None:
    """Whoever trusted the switch would not learn of it."""
    shop.as_owner(SWITCH)
    shop.pass_s(1)
    shop.keys("E")
    shop.sell(COLA)
    tx = shop.begin()
    tx._write("UPDATE journal SET body = '{}' WHERE type = 'sale.completed'")
    tx.commit()
    shop.restart()
    assert shop.ledger.set_aside is not None and shop.begin().get(PAUSED) == "1"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("off", [False, True])
def test_both_slips_fit_every_paper(language: str, *, off: bool) -> None:
    for slip in (leaving_slip, switched_slip):
        for paper in PAPERS.values():
            assert encode_slip(slip(paused=off, shop="小店", now="2026-11-23 12:00", language=language), paper)
