"""Campaigns: signed for this shop, shown in its weeks, never in anybody's way, and gone at a word (product row 92)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from campaign_bench import EXACT, LINE, MILK, MUTE, CampaignBench, open_bench, sealed
from counter_bench import COLA, NOODLES, Habits
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from parcel_bench import OPENS_S, STOP, ParcelBench, waybill
from test_coupons import coupon
from test_jws import KEYS
from wallet_bench import ALIPAY

from edge.codec.campaign import PUBLISH, REVOKE
from edge.codec.command_card import card_code
from edge.codec.jws import TYP
from edge.messages import Outcome, View
from edge.model.slip import QrCode, Text
from edge.services.campaign_news import MAX_RUNNING
from edge.services.campaigns import GAP, QUIET_S, READ_S
from edge.services.forgetting import KEEP_CAMPAIGNS

DAY_S = 86_400.0


@pytest.fixture
def shop(tmp_path: Path) -> CampaignBench:
    return open_bench(tmp_path / "shop")


def foot(shop: CampaignBench) -> list[str]:
    """Texts on the newest paper."""
    return [block.text for block in shop.printed[-1].slip.blocks if isinstance(block, Text)]


# --- whose word it is ------------------------------------------------------------------------------------------------


def test_what_the_platform_signed_for_this_shop_is_kept_once(shop: CampaignBench) -> None:
    assert [shop.publish(), shop.publish()] == ["done", "done"]
    shop.sell_and_go()
    assert shop.adverts == [LINE]


FORGED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "by a key that nobody knows": ({}, {"kid": "cmd-2027q1"}, "sig.unknown_kid"),
    "by another key under our name": ({}, {"key": Ed25519PrivateKey.from_private_bytes(bytes(32))}, "sig.invalid"),
    "as something else": ({}, {"typ": TYP}, "sig.header"),
    "for another shop": ({"tid": "T8888888"}, {}, "cmd.wrong_terminal"),
    "when it is over": ({"first": "2026-10-01", "last": "2026-11-22"}, {}, "cmd.expired"),
    "ending before it begins": ({"first": "2026-12-21"}, {}, "schema.invalid"),
    "with a week held out from its middle": ({"held_out": ["2026-11-25"]}, {}, "schema.invalid"),
    "with a day that there is not": ({"last": "2026-11-31"}, {}, "schema.invalid"),
    "with a voice without end": ({"voice": {"zh": "买" * 41}}, {}, "schema.invalid"),
    "with a text that rings": ({"display": {"zh": "买\x07"}}, {}, "schema.invalid"),
    "with a coupon that is none": ({"coupons": ["1234"]}, {}, "schema.invalid"),
    "without a first day": ({"first": None}, {}, "schema.invalid"),
    "as a revocation": ({"revoked": True}, {}, "schema.invalid"),
}


@pytest.mark.parametrize("how", FORGED)
def test_another_word_is_refused_with_its_code_and_shows_nothing(shop: CampaignBench, how: str) -> None:
    changes, signature, code = FORGED[how]
    assert shop.publish(MILK | changes, **signature) == code
    shop.sell_and_go()
    assert (shop.adverts, shop.texts) == ([], [])
    (row,) = shop.records("cmd.result")
    assert (row["data"]["type"], row["data"]["code"]) == (PUBLISH, code)


@pytest.mark.parametrize(
    "args", [{}, {"campaign": 7}, {"campaign": ""}, {"campaign": "a.b.c"}, {"campaign": "x" * 60_001}]
)
def test_arguments_that_are_none_are_refused(shop: CampaignBench, args: dict[str, Any]) -> None:
    for kind in (PUBLISH, REVOKE):
        assert shop.verdict_of(shop.order(kind, args)) in ("schema.invalid", "sig.header", "sig.invalid")


def test_a_signed_text_for_a_command_opens_no_campaign_and_a_campaign_no_door(shop: CampaignBench) -> None:
    shop.hear_raw({"jws": sealed(MILK)})
    assert shop.sent("res") == []


def test_an_older_version_does_not_replace_a_newer_one(shop: CampaignBench) -> None:
    assert shop.publish(MILK | {"ver": 3, "voice": {"zh": "第三版"}}) == "done"
    assert shop.publish(MILK | {"ver": 2}) == "cmd.replayed"
    assert shop.publish(MILK | {"ver": 4, "voice": {"zh": "第四版"}}) == "done"
    shop.sell_and_go()
    assert shop.adverts == ["广告：第四版"]


def test_a_shop_has_so_many_at_most(shop: CampaignBench) -> None:
    assert {shop.publish(MILK | {"id": f"c-{n}"}) for n in range(MAX_RUNNING)} == {"done"}
    assert shop.publish() == "quota.exceeded"
    assert shop.publish(MILK | {"id": "c-1", "ver": 2}) == "done"


# --- revoked ---------------------------------------------------------------------------------------------------------


def test_a_revoked_campaign_is_gone_at_once_from_display_voice_and_paper_that_waits(shop: CampaignBench) -> None:
    shop.publish()
    shop.sell(COLA)
    shop.sell(NOODLES)
    shop.pass_s(QUIET_S + 0.5)
    assert shop.texts == ["鲜奶第二件半价"]
    assert shop.revoke() == "done"
    assert shop.shown[-1].view is View.IDLE
    shop.paper(Outcome.DONE)
    assert "本周鲜奶第二件半价" not in foot(shop), "the second receipt had waited"
    shop.clock.pass_s(GAP.total_seconds())
    shop.hush()
    shop.sell_and_go()
    assert (shop.adverts, shop.texts) == ([], [])


def test_it_stays_revoked_whoever_publishes_it_again_and_after_a_cut(shop: CampaignBench) -> None:
    shop.publish()
    shop.revoke()
    shop.restart()
    shop.go_online()
    assert shop.publish() == "cmd.replayed"
    assert shop.publish(MILK | {"ver": 9}) == "cmd.replayed"


def test_a_revocation_that_comes_first_is_remembered_until_the_campaign_is_over(shop: CampaignBench) -> None:
    assert shop.revoke() == "done"
    assert shop.publish() == "cmd.replayed"
    shop.sleep_s(28 * DAY_S + KEEP_CAMPAIGNS.total_seconds() + DAY_S)
    shop.pass_s(1300)
    assert shop.begin().campaigns.version("milk-w48") is None
    assert shop.publish() == "cmd.expired"


@pytest.mark.parametrize(
    ("signature", "code"), [({"kid": "x"}, "sig.unknown_kid"), ({"tid": "T8888888"}, "cmd.wrong_terminal")]
)
def test_a_revocation_of_somebody_else_revokes_nothing(
    shop: CampaignBench, signature: dict[str, Any], code: str
) -> None:
    shop.publish()
    assert shop.revoke(**signature) == code
    assert shop.verdict_of(shop.order(REVOKE, {"campaign": sealed(MILK)})) == "schema.invalid"
    shop.sell_and_go()
    assert shop.adverts == [LINE]


# --- in nobody's way -------------------------------------------------------------------------------------------------


def test_it_is_shown_and_said_once_after_a_customer_has_gone_and_the_display_comes_back(shop: CampaignBench) -> None:
    shop.publish()
    shop.sell(COLA)
    shop.pass_s(QUIET_S - 1)
    assert shop.adverts == []
    shop.pass_s(2)
    assert (shop.adverts, shop.texts) == ([LINE], ["鲜奶第二件半价"])
    shop.pass_s(READ_S)
    assert shop.shown[-1].view is View.IDLE


def test_not_twice_in_ten_minutes_and_not_after_a_cut_either(shop: CampaignBench) -> None:
    shop.publish()
    for minute in range(30):
        shop.sell_and_go()
        shop.pass_s(60 - 2 * QUIET_S - 1)
        if minute == 4:
            shop.restart()
    assert 2 <= len(shop.adverts) <= 3


def test_nobody_hears_it_who_is_being_served(shop: CampaignBench) -> None:
    shop.publish()
    shop.sell(COLA)
    shop.scan(NOODLES)
    shop.pass_s(60)
    assert shop.adverts == []
    shop.card(EXACT)
    shop.quiet()
    assert shop.adverts == [LINE]


@pytest.mark.parametrize("card", [card_code(109), card_code(110), card_code(128), card_code(113)])
def test_nor_who_is_asked_something(shop: CampaignBench, card: str) -> None:
    shop.publish()
    shop.sell(COLA)
    shop.card(card)
    shop.pass_s(9)
    assert shop.adverts == []


def test_nor_while_a_wallet_pays_or_nobody_knows_whether_it_did(shop: CampaignBench) -> None:
    shop.publish()
    shop.pays(ALIPAY)
    shop.pass_s(30)
    assert shop.adverts == []
    shop.card(card_code(107))
    shop.sell(NOODLES)
    shop.pass_s(60)
    assert shop.adverts == [], "the other sale stands aside, its money is under way"


def test_nor_while_the_owner_has_shown_her_card(shop: CampaignBench) -> None:
    shop.publish()
    shop.sell(COLA)
    shop.as_owner()
    shop.pass_s(30)
    assert shop.adverts == []


def test_a_scan_cuts_it_and_draws_the_goods(shop: CampaignBench) -> None:
    shop.publish()
    shop.sell_and_go()
    shop.scan(NOODLES)
    assert shop.shown[-1].view is View.ITEM
    shop.pass_s(READ_S + 1)
    assert shop.shown[-1].view is View.ITEM


def test_the_mute_card_silences_the_voice_and_gives_it_back(shop: CampaignBench) -> None:
    shop.publish()
    shop.card(MUTE)
    assert shop.last_words == "不再播广告"
    shop.sell_and_go()
    assert (shop.adverts, shop.texts) == ([], ["鲜奶第二件半价"])
    shop.restart()
    shop.pass_s(GAP.total_seconds())
    shop.sell_and_go()
    assert shop.adverts == [], "muted stays muted"
    shop.card(MUTE)
    assert shop.last_words == "广告又会播了"
    shop.pass_s(GAP.total_seconds())
    shop.sell_and_go()
    assert shop.adverts == [LINE]


def test_say_again_repeats_the_money_and_never_an_advert(shop: CampaignBench) -> None:
    shop.publish()
    shop.sell_and_go()
    assert shop.adverts == [LINE]
    shop.card(card_code(182))
    assert "广告" not in shop.last_words


def test_two_campaigns_take_turns(shop: CampaignBench) -> None:
    shop.publish()
    shop.publish(MILK | {"id": "a-tea", "voice": {"zh": "绿茶新到"}})
    for _ in range(4):
        shop.sell_and_go()
        shop.pass_s(GAP.total_seconds())
    assert shop.adverts == ["广告：绿茶新到", LINE, "广告：绿茶新到", LINE]


# --- its weeks -------------------------------------------------------------------------------------------------------


def test_it_is_shown_in_its_weeks_alone_and_not_in_those_held_out(shop: CampaignBench) -> None:
    shop.publish(MILK | {"first": "2026-11-24", "held_out": ["2026-11-30"], "last": "2026-12-07"})
    seen = []
    for _ in range(18):
        before = len(shop.adverts)
        shop.sell_and_go()
        if len(shop.adverts) > before:
            seen.append(f"{shop.clock.at:%m-%d}")
        shop.sleep_s(DAY_S - 2 * QUIET_S - 1)
    assert seen == ["11-24", "11-25", "11-26", "11-27", "11-28", "11-29", "12-07"]


def test_by_a_clock_that_nobody_has_set_nothing_is_shown(shop: CampaignBench) -> None:
    shop.publish()
    shop.clock.disciplined = False
    shop.restart()
    shop.sell_and_go()
    assert shop.adverts == []


# --- receipts and coupons --------------------------------------------------------------------------------------------


def test_the_foot_stands_on_each_receipt_and_on_its_copy(shop: CampaignBench) -> None:
    shop.publish()
    shop.sell(COLA)
    assert foot(shop)[-1] == "本周鲜奶第二件半价"
    shop.paper(Outcome.DONE)
    shop.card(card_code(111))
    assert foot(shop)[-1] == "本周鲜奶第二件半价"


def test_each_coupon_is_on_one_receipt_whatever_the_power_does(tmp_path: Path) -> None:
    shop = open_bench(tmp_path / "shop")
    coupons = [coupon(f"c-{n}") for n in range(2)]
    shop.publish(MILK | {"coupons": coupons, "foot": []})
    for _ in range(3):
        shop.sell(COLA)
        shop.restart()
        shop.printer_ready()
    shop.card(card_code(111))
    tx = shop.begin()
    given = [tx.campaigns.paper_of(row["id"]) for row in shop.records("sale.completed")]
    assert [paper.coupon if paper else None for paper in given] == [*coupons, None]


def test_a_coupon_is_printed_as_a_code_that_the_till_takes(tmp_path: Path) -> None:
    shop = open_bench(tmp_path / "shop")
    shop.publish(MILK | {"coupons": [coupon()]})
    shop.sell(COLA)
    codes = [block.text for block in shop.printed[-1].slip.blocks if isinstance(block, QrCode)]
    assert codes == [coupon()]
    shop.scan(NOODLES, codes[0])
    assert shop.prompts[-1] == "coupon.not_here", "read as a coupon; this shop has no such promotion"


def test_a_receipt_has_one_campaign_and_all_take_turns(shop: CampaignBench) -> None:
    for name in ("a", "b"):
        shop.publish(MILK | {"id": name, "foot": [{"zh": f"活动{name}"}]})
    last = []
    for _ in range(4):
        shop.sell(COLA)
        last.append(foot(shop)[-1])
        shop.paper(Outcome.DONE)
    assert last == ["活动a", "活动b", "活动a", "活动b"]


# --- the parcel desk ------------------------------------------------------------------------------------------------


class StationBench(CampaignBench, ParcelBench):
    """A parcel station that shows campaigns."""


def test_nobody_at_the_parcel_desk_or_at_an_open_door_is_talked_over(tmp_path: Path) -> None:
    shop = StationBench(tmp_path / "shop", habits=Habits(parcels=True, command_keys=KEYS))
    shop.go_online()
    shop.publish()
    shop.in_cell(waybill(1), 1)
    shop.reset_code(waybill(1), "123456")
    shop.sell(COLA)
    shop.courier()
    shop.pass_s(30)
    assert shop.adverts == [], "a courier is at the desk"
    shop.card(STOP)
    shop.code("123456")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]
    shop.sell(NOODLES)
    shop.pass_s(20)
    assert shop.adverts == [], "a customer is at the door"
    shop.take_out(1)
    shop.quiet()
    assert shop.adverts == [LINE]
