"""While a payment has no end, or goods come back, what a hand asks for reaches only who sees to that (product B1)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES
from link_bench import online
from test_cards import card_of
from wallet_bench import ALIPAY, WalletBench

import edge.services
from edge.card_table import load_cards
from edge.codec.command_card import card_code, receipt_code
from edge.messages import Asked, AskedMeanwhile
from edge.model.counter import OWNER_VERBS, Verb
from edge.model.sale import State

ALWAYS = {
    Verb.HELP, Verb.SAY_AGAIN, Verb.LOUDER, Verb.QUIETER, Verb.SLOWER, Verb.LANGUAGE, Verb.OPEN_DRAWER, Verb.REPRINT,
    Verb.LAST_PAYMENTS,
}  # fmt: skip
CARDS = sorted({card.verb for card in load_cards().values() if card.verb is not None} - OWNER_VERBS - ALWAYS)
REFUND, RECALL, HOLD, LOUDER = card_code(110), card_code(108), card_code(107), card_of(verb=Verb.LOUDER)


@pytest.fixture
def shop(tmp_path: Path) -> WalletBench:
    bench = WalletBench(tmp_path / "shop")
    online(bench)
    bench.sell(COLA)
    return bench


def heard(shop: WalletBench) -> list[Verb]:
    """What a service hears that knows nothing of wallets and refunds."""
    verbs: list[Verb] = []
    shop.bus.on(Asked, lambda asked, _: verbs.append(asked.verb))
    return verbs


@pytest.mark.parametrize("verb", CARDS)
def test_while_a_wallet_is_waited_for_no_other_service_hears_of_a_card(shop: WalletBench, verb: Verb) -> None:
    shop.pays(ALIPAY, COLA, NOODLES)
    verbs, lines = heard(shop), shop.lines
    shop.hush()
    shop.card(card_of(verb=verb))
    assert (verbs, shop.lines, len(shop.sales())) == ([], lines, 1)
    assert shop.spoken and "err.generic" not in shop.prompts
    assert shop.sale is not None and shop.sale.state is State.PAYING


@pytest.mark.parametrize("verb", CARDS)
def test_while_goods_come_back_no_other_service_hears_of_a_card(shop: WalletBench, verb: Verb) -> None:
    shop.scan(REFUND, receipt_code(shop.sales()[0]["receipt"]), COLA)
    verbs = heard(shop)
    shop.hush()
    shop.card(card_of(verb=verb))
    assert (verbs, shop.sale, len(shop.sales())) == ([], None, 1)
    assert shop.spoken and "err.generic" not in shop.prompts


@pytest.mark.parametrize("card", [RECALL, HOLD, REFUND])
def test_it_is_answered_once(shop: WalletBench, card: str) -> None:
    shop.pays()
    shop.hush()
    shop.card(card)
    assert shop.prompts == ["pay.wait"]


def test_what_touches_neither_goods_nor_money_goes_on(shop: WalletBench) -> None:
    shop.pays()
    shop.hush()
    shop.card(LOUDER)
    assert shop.prompts == ["voice.louder"]


def test_what_comes_after_the_end_changes_nothing_and_shows_what_is_there(shop: WalletBench) -> None:
    shop.scan(COLA)
    shop.hush()
    shop.tell(AskedMeanwhile(Verb.CASH, 500, shop.clock.mono_s))
    assert (shop.prompts, shop.lines, len(shop.shown)) == ([], [("可乐", 300)], 1)


def test_no_service_looks_for_itself() -> None:
    """But the gate, those for whom it is there, and who takes a slip or a coupon without goods being scanned."""
    looks = {
        path.stem
        for path in Path(edge.services.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "waits_for_wallet"
    }
    assert looks == {"basket", "coupon_tender", "order_pickup", "questions", "service_slips", "wallets"}
