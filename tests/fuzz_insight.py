"""What insight reads of others: campaigns and plans of the platform, and how members are called."""

from __future__ import annotations

import json

from fuzz_target import Target, of_json, of_text

from edge.codec import campaign, pseudonym, wire_plan, wire_promotion
from edge.codec.wire import checked
from edge.errors import SettingsError, WireError
from edge.model.campaign import MAX_VOICE
from edge.model.plan import MAX_LINES, Advice
from edge.promotion_file import read_told

CAMPAIGNS = tuple(
    json.dumps(told, ensure_ascii=False).encode()
    for told in (
        {"tid": "T7K3M9Q2", "id": "milk-w48", "ver": 1, "first": "2026-11-23", "last": "2026-12-20",
         "display": {"zh": "鲜奶第二件半价", "en": "Second milk half price"}, "voice": {"zh": "鲜奶半价"},
         "foot": [{"zh": "本周鲜奶第二件半价"}], "held_out": ["2026-11-30"],
         "coupons": ["eyJhbGciOiJFZDI1NTE5In0.eyJpZCI6ImMtMSJ9.c2ln"]},
        {"tid": "T7K3M9Q2", "id": "milk-w48", "ver": 2, "last": "2026-12-20", "revoked": True},
    )
)  # fmt: skip


PLANS = tuple(
    json.dumps(told, ensure_ascii=False).encode()
    for told in (
        {"plan": "p-2026w48", "until": "2026-12-07", "lines": [
            {"do": "add", "sku": "6909999999990", "name": "酸奶", "why": {"zh": "3家在卖", "en": "3 sell it"}},
            {"do": "drop", "sku": "6901234567892", "name": "纸巾", "why": {"zh": "没卖"}},
            {"do": "reprice", "sku": "2100045", "name": "可乐", "why": {"zh": "多卖3.50"}, "price": 350},
        ]},
    )
)  # fmt: skip


def _planned(value: object) -> None:
    plan = wire_plan.read_plan(value)  # type: ignore[arg-type]  # whatever came
    assert 0 < len(plan.lines) <= MAX_LINES
    assert all((line.price is not None) is (line.advice is Advice.REPRICE) for line in plan.lines)


PROMOTIONS = tuple(
    json.dumps(told, ensure_ascii=False).encode()
    for told in (
        {"set": "pilot", "ver": 3, "promotions": {
            "cola": {"kind": "simple", "name": "可乐特价", "skus": ["1"], "off_fen": 50, "ends": "2026-12-31"},
            "bread": {"kind": "mix_match", "name": "b", "parts": [{"depts": ["a"]}, {"skus": ["1"]}], "price_fen": 9},
        }},
    )
)  # fmt: skip


def _promoted(value: object) -> None:
    args = checked(wire_promotion.PromotionArgs, value, where="promo.publish")
    assert len(read_told(args.promotions)) == len(args.promotions)


def _kept(value: object) -> None:
    found = campaign.read_kept(value)
    assert found.first <= found.last and len(found.voice.zh) <= MAX_VOICE
    again = campaign.read_kept(campaign.written(found, tid="T7K3M9Q2"))
    assert again == found


INSIGHT_PARSERS: tuple[Target, ...] = (
    Target("campaign", of_json(_kept), CAMPAIGNS, (WireError,)),
    Target("wire_plan", of_json(_planned), PLANS, (WireError,)),
    Target("wire_promotion", of_json(_promoted), PROMOTIONS, (WireError, SettingsError)),
    Target("pseudonym", of_text(lambda text: pseudonym.Pseudonyms((bytes(32),)).of(text)), (b"87654321",)),
)
