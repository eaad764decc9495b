"""How often a campaign was shown, told once for each day, whatever the power does (product row 92)."""

from __future__ import annotations

from pathlib import Path

import pytest
from campaign_bench import LINE, MILK, CampaignBench, open_bench
from counter_bench import COLA
from test_coupons import coupon

from edge.codec.command_card import card_code
from edge.messages import Outcome
from edge.model.closed_list import PAUSED

DAY_S = 86_400.0


@pytest.fixture
def shop(tmp_path: Path) -> CampaignBench:
    return open_bench(tmp_path / "shop")


def test_what_was_shown_is_told_once_for_each_day_when_it_is_over(shop: CampaignBench) -> None:
    shop.publish(MILK | {"coupons": [coupon()]})
    for number in range(3):
        shop.sell_and_go()
        shop.paper(Outcome.DONE)
        shop.paper(Outcome.DONE)  # told twice
        if number == 1:
            shop.restart()
            shop.printer_ready()
    assert shop.records("campaign.shown") == []
    shop.sleep_s(DAY_S)
    shop.restart()
    shop.sell_and_go()
    (row,) = shop.records("campaign.shown")
    assert (row["stream"], row["data"]) == (
        "ev",
        {"campaign": "milk-w48", "day": "2026-11-23", "display": 1, "voice": 1, "receipt": 3, "coupon": 1},
    )
    shop.restart()
    assert len(shop.records("campaign.shown")) == 1


def test_nothing_is_counted_while_insight_is_off(shop: CampaignBench) -> None:
    shop.publish()
    tx = shop.begin()
    tx.put(PAUSED, "1")
    tx.commit()
    shop.sell_and_go()
    shop.paper(Outcome.DONE)
    assert shop.adverts == [LINE]
    shop.sleep_s(DAY_S)
    shop.sell_and_go()
    assert shop.records("campaign.shown") == []


def test_a_copy_and_a_lost_paper_are_not_counted(shop: CampaignBench) -> None:
    shop.publish()
    shop.sell(COLA)
    shop.paper(Outcome.UNKNOWN)
    shop.card(card_code(111))
    shop.paper(Outcome.DONE)
    shop.sleep_s(DAY_S)
    shop.sell_and_go()
    assert [row["data"]["receipt"] for row in shop.records("campaign.shown")] == []
