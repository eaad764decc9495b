"""What only the owner may do: his card, once; and nothing that a service could forget to ask."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from badge_bench import ALLOW_REMOTE, DAY_CLOSE, POST_VOID, SECOND_SCANNER, BadgeBench
from counter_bench import COLA, NEW_TEA, SCANNER

import edge.services
from edge.card_table import load_cards
from edge.codec.command_card import card_code
from edge.messages import ScanData, Started
from edge.model.counter import OWNER_VERBS, Verb, Waiting
from edge.services.owner_gate import ARMED_S, arm, armed, spend

CARD_OF = {card.verb: card_code(card.number) for card in load_cards().values() if card.verb in OWNER_VERBS}
EXACT, STOP = "ZZ1021", "ZZ1908"


@pytest.fixture
def shop(tmp_path: Path) -> BadgeBench:
    return BadgeBench(tmp_path / "shop")


@pytest.mark.parametrize("verb", sorted(OWNER_VERBS))
def test_an_owners_verb_without_the_owner_reaches_no_service(shop: BadgeBench, verb: Verb) -> None:
    shop.sell(COLA)
    shop.card(CARD_OF[verb])
    assert shop.last_words == "请先扫店主卡"
    shop.keys("EE")
    assert shop.asked == []


@pytest.mark.parametrize("verb", [Verb.DAY_CLOSE, Verb.POST_VOID])
def test_one_scan_of_his_card_lets_one_question_be_asked(shop: BadgeBench, verb: Verb) -> None:
    shop.sell(COLA)
    shop.scan(shop.badge().text)
    assert shop.last_words == "店主已确认，再扫要办的卡"
    shop.card(CARD_OF[verb])
    assert shop.asked == [verb]
    shop.card(STOP, CARD_OF[verb])
    assert shop.asked == [verb]
    assert shop.last_words == "请先扫店主卡"


def test_what_nobody_takes_up_leaves_his_card_good(shop: BadgeBench) -> None:
    shop.sell(COLA)
    shop.scan(shop.badge().text)
    shop.card(CARD_OF[Verb.TECHNICIAN_PIN], DAY_CLOSE)  # this bench has no page
    assert shop.asked == [Verb.TECHNICIAN_PIN, Verb.DAY_CLOSE]


@pytest.mark.parametrize("verb", sorted(OWNER_VERBS))
def test_what_is_the_owners_happens_only_when_somebody_stands_at_the_counter(shop: BadgeBench, verb: Verb) -> None:
    """Two codes can be shown to a scanner from a phone: the pad cannot."""
    shop.sell(COLA)
    shop.scan(shop.badge().text)
    rows = len(shop.records())
    shop.hush()
    shop.card(CARD_OF[verb])
    asks = shop.begin().counter.waiting is not Waiting.NOTHING
    assert asks or shop.prompts in (["card.later"], ["card.closed"])
    assert (len(shop.records()), shop.printed, shop.kicked) == (rows, [], [])


def test_the_owner_of_the_bench_does_what_is_his(shop: BadgeBench) -> None:
    for code in (DAY_CLOSE, ALLOW_REMOTE):
        shop.as_owner(code)
        shop.restart()
    shop.as_owner(POST_VOID)
    assert shop.asked == [Verb.POST_VOID]
    assert len(shop.records("auth.ok")) == 3


def test_the_last_sale_is_taken_back_by_the_owner_alone(shop: BadgeBench) -> None:
    shop.sell(COLA)
    shop.card(POST_VOID)
    shop.keys("E")
    assert shop.records("sale.voided") == []
    shop.scan(shop.badge().text)
    shop.card(POST_VOID)
    shop.pass_s(1)
    shop.keys("E")
    assert len(shop.records("sale.voided")) == 1


def test_after_a_minute_the_card_is_forgotten(shop: BadgeBench) -> None:
    owner = shop.badge()
    shop.scan(owner.text)
    shop.pass_s(ARMED_S - 1)
    shop.card(DAY_CLOSE)
    shop.card(STOP)
    shop.scan(owner.text)
    shop.pass_s(ARMED_S)
    shop.card(ALLOW_REMOTE)
    assert shop.asked == [Verb.DAY_CLOSE]
    assert shop.last_words == "请先扫店主卡"


@pytest.mark.parametrize("clean", [True, False])
def test_a_restart_forgets_the_card(shop: BadgeBench, clean: bool) -> None:
    shop.scan(shop.badge().text)
    shop.restart(clean=clean, off_s=0.1)
    shop.card(DAY_CLOSE)
    assert shop.last_words == "请先扫店主卡"
    assert shop.asked == []


def test_a_restart_of_the_program_alone_forgets_it_too(shop: BadgeBench) -> None:
    """The monotonic clock goes on, and a minute is not over."""
    shop.scan(shop.badge().text)
    shop.tell(Started())
    shop.card(DAY_CLOSE)
    assert shop.last_words == "请先扫店主卡"


def test_what_was_rolled_back_neither_arms_nor_uses_up(shop: BadgeBench) -> None:
    tx = shop.begin()
    arm("3f9a0c61d2be", tx)
    assert armed(tx) == "3f9a0c61d2be"
    tx.rollback()
    tx = shop.begin()
    assert armed(tx) is None
    tx.rollback()
    shop.scan(shop.badge().text)
    tx = shop.begin()
    assert spend(tx) is not None
    assert armed(tx) is None
    tx.rollback()
    shop.card(DAY_CLOSE)
    assert shop.asked == [Verb.DAY_CLOSE]


def test_goods_scanned_in_between_are_sold_and_the_card_is_still_good(shop: BadgeBench) -> None:
    shop.scan(shop.badge().text)
    shop.sell(COLA)
    shop.card(ALLOW_REMOTE)
    assert shop.asked == [Verb.ALLOW_REMOTE]
    assert len(shop.sales()) == 1


def test_goods_whose_price_is_asked_for_are_not_forgotten_over_it(shop: BadgeBench) -> None:
    shop.scan(NEW_TEA, shop.badge().text)
    shop.card(POST_VOID)
    shop.card(STOP, EXACT)
    assert shop.sales() == []
    shop.scan(NEW_TEA, shop.badge(seed=8).text)
    shop.keys("8E")
    assert shop.lines == [("新茶", 800)]


def test_a_service_with_a_limit_of_its_own_asks_and_uses_the_card_up(shop: BadgeBench) -> None:
    owner = shop.badge()
    shop.scan(owner.text)
    tx = shop.begin()
    badge = armed(tx)
    assert spend(tx) == badge
    assert owner.hash.startswith(badge or "?")
    assert (armed(tx), spend(tx)) == (None, None)
    tx.rollback()


@pytest.mark.parametrize("damage", ["", "x", "3f9a 1e999", "3f9a nan", "3f9a 99999999999"])
def test_a_damaged_row_arms_nobody(shop: BadgeBench, damage: str) -> None:
    tx = shop.begin()
    tx.put("owner.armed", damage)
    assert armed(tx) is None
    tx.rollback()


def test_a_card_at_two_scanners_within_a_second_is_a_copy_and_arms_nobody(shop: BadgeBench) -> None:
    owner = shop.badge().text
    for device in (SCANNER, SECOND_SCANNER):
        shop.tell(ScanData(device, owner, shop.clock.mono_s))
        shop.pass_s(0.9)
    assert shop.last_words == "两处同用一卡，请换新卡"
    shop.card(DAY_CLOSE)
    assert shop.asked == []


def test_nobody_posts_a_request_past_the_gate() -> None:
    """Services make requests by `ask` alone, so that none can forget to look whose they are."""
    requests = ("Asked", "AskedMeanwhile")
    posts = [
        path.name
        for path in Path(edge.services.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in requests
    ]
    assert set(posts) == {"owner_gate.py"}
