"""Curated plans at the counter: printed when the owner asks for the day, accepted by a scan, or not at all (row 92)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from campaign_bench import CampaignBench, open_bench
from counter_bench import COLA, NOODLES, STRANGE, TISSUES

from edge.codec.command_card import OwnSlip, SlipKind, card_code, find_own_code, slip_code
from edge.codec.wire_plan import PUBLISH
from edge.messages import Outcome
from edge.model.closed_list import PAUSED
from edge.model.plan import MAX_LINES, Wish
from edge.model.slip import Barcode, Text
from edge.services.forgetting import KEEP_CAMPAIGNS
from edge.services.plans import BEHIND_S

REPORT, TRAINING = card_code(166), card_code(187)
WHY = {"zh": "4家同类店3家在卖，每周约12件", "en": "3 of 4 shops sell it, 12 a week"}
ADD = {"do": "add", "sku": STRANGE, "name": "酸奶", "why": WHY}
DROP = {"do": "drop", "sku": TISSUES, "name": "纸巾", "why": {"zh": "八周一件没卖"}}
DEARER = {"do": "reprice", "sku": COLA, "name": "可乐", "why": {"zh": "3家同类店多卖3.50"}, "price": 350}
FAR = {"do": "reprice", "sku": NOODLES, "name": "方便面", "why": {"zh": "3家同类店多卖2.00"}, "price": 200}
PLAN: dict[str, Any] = {"plan": "p-2026w48", "until": "2026-12-07", "lines": [ADD, DROP, DEARER, FAR]}
DAY_S = 86_400.0


@pytest.fixture
def shop(tmp_path: Path) -> CampaignBench:
    return open_bench(tmp_path / "shop")


def publish(shop: CampaignBench, plan: dict[str, Any] = PLAN) -> str:
    return shop.verdict_of(shop.order(PUBLISH, plan))


def codes(shop: CampaignBench) -> list[str]:
    """Barcodes of the plan's slip, the newest paper with such."""
    for paper in reversed(shop.printed):
        found = [block.text for block in paper.slip.blocks if isinstance(block, Barcode)]
        if found and found[0].startswith("A"):
            return found
    return []


def plan_slip(shop: CampaignBench) -> list[str]:
    """Publish, ask for the day, let both papers print; the barcodes."""
    assert publish(shop) == "done"
    ask(shop)
    return codes(shop)


def ask(shop: CampaignBench) -> None:
    shop.card(REPORT)
    shop.paper(Outcome.DONE)
    shop.pass_s(BEHIND_S)
    shop.paper(Outcome.DONE)


def wishes(shop: CampaignBench) -> list[Wish]:
    return list(shop.begin().plans.wishes())


# --- from the cloud to the paper -------------------------------------------------------------------------------------


def test_it_says_nothing_until_the_owner_asks_for_the_day_and_then_prints_once_that_day(shop: CampaignBench) -> None:
    publish(shop)
    shop.sell(COLA)
    shop.paper(Outcome.DONE)
    assert "plan.printed" not in shop.prompts
    ask(shop)
    assert shop.spoken[-1].text == "附上四条经营建议"
    assert len(codes(shop)) == 4
    texts = [block.text for block in shop.printed[-1].slip.blocks if isinstance(block, Text)]
    assert {"进货试卖：酸奶", WHY["zh"], "不再进货：纸巾", "改价：可乐"} <= set(texts)
    printed = shop.prompts.count("plan.printed")
    ask(shop)
    assert shop.prompts.count("plan.printed") == printed
    shop.sleep_s(DAY_S)
    ask(shop)
    assert shop.prompts.count("plan.printed") == printed + 1, "the next evening again, while lines are open"


def test_without_a_plan_the_report_is_as_it_was(shop: CampaignBench) -> None:
    ask(shop)
    assert codes(shop) == [] and "plan.printed" not in shop.prompts


@pytest.mark.parametrize(
    "changes",
    [{"until": "2026-11-31"}, {"lines": []}, {"lines": [ADD] * 2}, {"plan": "p 1"}, {"lines": [ADD | {"price": 100}]},
     {"lines": [DEARER | {"price": None}]}, {"lines": [DEARER | {"price": 0}]}, {"lines": [ADD | {"do": "burn"}]},
     {"lines": [ADD | {"sku": "tab:87654321"}]}, {"lines": [ADD | {"name": "酸\x1b奶"}]},
     {"lines": [ADD | {"why": {}}]},
     {"lines": [ADD | {"sku": f"69{n}"} for n in range(MAX_LINES + 1)]}],
)  # fmt: skip
def test_a_plan_that_is_none_is_refused(shop: CampaignBench, changes: dict[str, Any]) -> None:
    assert publish(shop, PLAN | changes) == "schema.invalid"
    assert list(shop.begin().plans.open(shop.clock.at.date())) == []


def test_a_plan_that_is_over_is_refused_and_the_same_twice_kept_once(shop: CampaignBench) -> None:
    assert publish(shop, PLAN | {"until": "2026-11-22"}) == "cmd.expired"
    first = plan_slip(shop)
    assert publish(shop) == "done"
    shop.scan(first[0])
    assert shop.last_words == "记下了，进货加酸奶"
    assert len(shop.begin().plans.open(shop.clock.at.date())) == 3


# --- accepted by a scan ----------------------------------------------------------------------------------------------


def test_goods_to_add_go_on_the_wish_list_once(shop: CampaignBench) -> None:
    add = plan_slip(shop)[0]
    assert wishes(shop) == []
    shop.scan(add)
    assert wishes(shop) == [Wish(STRANGE, "酸奶")]
    shop.scan(add)
    assert shop.last_words == "这条已经同意了"
    assert [row["data"] for row in shop.records("plan.answered")] == [
        {"plan": "p-2026w48", "do": "add", "sku": STRANGE}
    ]  # fmt: skip
    tx = shop.begin()
    tx.plans.fulfil(STRANGE)
    tx.commit()
    assert wishes(shop) == []


def test_goods_to_drop_are_not_ordered_any_more_until_they_are_wanted_again(shop: CampaignBench) -> None:
    drop = plan_slip(shop)[1]
    shop.scan(drop)
    assert shop.last_words == "记下了，不再进纸巾"
    assert shop.begin().plans.is_dropped(TISSUES)
    assert publish(shop, PLAN | {"plan": "p-2", "lines": [ADD | {"sku": TISSUES}]}) == "done"
    shop.sleep_s(DAY_S)
    ask(shop)
    shop.scan(codes(shop)[0])
    assert not shop.begin().plans.is_dropped(TISSUES)


def test_a_price_changes_with_enter_and_not_before(shop: CampaignBench) -> None:
    dearer = plan_slip(shop)[2]
    shop.scan(dearer)
    assert shop.last_words == "可乐改成三元五角？按确认"
    assert shop.records("plan.answered") == []
    shop.keys("E")
    assert shop.prompts[-1] == "shelf.set"
    assert [row["data"]["do"] for row in shop.records("plan.answered")] == ["reprice"]
    shop.scan(COLA)
    assert shop.lines == [("可乐", 350)]


def test_minus_leaves_the_price_as_it_is_and_the_line_open(shop: CampaignBench) -> None:
    dearer = plan_slip(shop)[2]
    shop.scan(dearer)
    shop.keys("-")
    shop.keys("E")
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300)]
    shop.card(card_code(106), card_code(106))
    shop.scan(dearer)
    assert shop.prompts[-1] == "plan.price_q"


def test_a_price_far_below_needs_the_owners_card_as_by_hand(shop: CampaignBench) -> None:
    far = plan_slip(shop)[3]
    shop.scan(far)
    shop.keys("E")
    assert shop.prompts[-1] == "owner.first"
    assert shop.records("plan.answered") == []
    shop.as_owner()
    shop.scan(far)
    shop.keys("E")
    assert shop.prompts[-1] == "shelf.set"
    assert [row["data"]["sku"] for row in shop.records("plan.answered")] == [NOODLES]


def test_a_power_cut_before_enter_asks_nothing_and_changes_nothing(shop: CampaignBench) -> None:
    dearer = plan_slip(shop)[2]
    shop.scan(dearer)
    shop.restart()
    shop.card(card_code(190))
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300)]


def test_an_accepted_line_is_accepted_after_a_cut_too(shop: CampaignBench) -> None:
    add = plan_slip(shop)[0]
    shop.scan(add)
    shop.restart()
    shop.scan(add)
    assert shop.last_words == "这条已经同意了"
    assert len(wishes(shop)) == 1


# --- refused ---------------------------------------------------------------------------------------------------------


def test_a_newer_plan_takes_the_place_of_what_was_not_accepted(shop: CampaignBench) -> None:
    old = plan_slip(shop)
    shop.scan(old[0])
    publish(shop, PLAN | {"plan": "p-2026w49", "lines": [DROP]})
    shop.scan(old[1])
    assert shop.last_words == "这条过期了，看新的"
    shop.scan(old[0])
    assert shop.last_words == "这条已经同意了"


def test_after_its_last_day_it_is_over_and_later_forgotten(shop: CampaignBench) -> None:
    add = plan_slip(shop)[0]
    shop.sleep_s(15 * DAY_S)
    shop.scan(add)
    assert shop.last_words == "这条过期了，看新的"
    shop.sleep_s(KEEP_CAMPAIGNS.total_seconds() + DAY_S)
    shop.pass_s(1300)
    shop.scan(add)
    assert shop.last_words == "本店没有这条建议"
    assert wishes(shop) == []


def test_a_line_of_another_shop_or_a_torn_barcode_is_none(shop: CampaignBench) -> None:
    plan_slip(shop)
    shop.scan(slip_code(OwnSlip(SlipKind.ADVICE, "000099")))
    assert shop.last_words == "本店没有这条建议"
    shop.scan("A0000018")
    assert shop.prompts[-1] == "scan.bad"
    assert find_own_code("A00000") is not None


def test_whoever_sells_is_asked_to_finish_first(shop: CampaignBench) -> None:
    add = plan_slip(shop)[0]
    shop.scan(COLA, add)
    assert shop.last_words == "先做完这一单，再扫建议"
    assert shop.lines == [("可乐", 300)] and wishes(shop) == []


def test_practice_accepts_nothing(shop: CampaignBench) -> None:
    add = plan_slip(shop)[0]
    shop.card(TRAINING)
    shop.scan(add)
    assert wishes(shop) == []


def test_what_was_accepted_is_told_to_nobody_while_insight_is_off(shop: CampaignBench) -> None:
    add = plan_slip(shop)[0]
    tx = shop.begin()
    tx.put(PAUSED, "1")
    tx.commit()
    shop.scan(add)
    assert len(wishes(shop)) == 1 and shop.records("plan.answered") == []
