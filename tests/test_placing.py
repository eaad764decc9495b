"""A confirmed order on its way: offline it waits, asked again it is the same one, and news counts once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, TID, Habits
from purchase_bench import CANCEL, OFFERS, PurchaseBench, Shelves, slip_of
from test_jws import KEYS, SECRET

from edge.clock import iso_ms
from edge.codec import wire_purchase as wire
from edge.codec.jws import write_jws
from edge.codec.topics import Down
from edge.model.counter import Waiting
from edge.model.purchase import PurchaseState

ONE_LINE = Shelves({COLA: 6}, {COLA: 7})


def open_shop(folder: Path, **more: Any) -> PurchaseBench:
    shop = PurchaseBench(
        folder, offers=OFFERS[:1], shelves=ONE_LINE, habits=Habits(command_keys=KEYS), **more
    )  # fmt: skip
    shop.go_online()
    shop.hush()
    return shop


def news_of(shop: PurchaseBench, state: str, rev: int, **more: Any) -> dict[str, Any]:
    return {"po": shop.order().id, "rev": rev, "state": state} | more


def offered(shop: PurchaseBench, packs: int = 1, cost: int = 4_800) -> list[dict[str, Any]]:
    line = shop.order().lines[0]
    return [{"n": line.n, "sku": line.sku, "pack": line.pack, "packs": packs, "cost": cost}]


def test_an_order_is_placed_with_its_lines_fee_and_sum(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    order = shop.confirmed()
    (request,) = shop.asked()
    assert request.args == {
        "po": order.id, "agrees": 0, "number": order.number, "supplier": "NEAR", "cur": "CNY", "fee": 1_500,
        "total": 11_100, "lines": [{"n": 1, "sku": COLA, "pack": 24, "packs": 2, "cost": 4_800}],
    }  # fmt: skip
    assert "已确认，正在下单" in [speech.text for speech in shop.spoken]
    shop.news("placed", 1)
    assert shop.order().state is PurchaseState.PLACED
    assert shop.last_words == "已下单，等供应商"
    shop.pass_s(1_000)
    assert len(shop.asked()) == 1, "what was answered is not asked again"


def test_offline_it_waits_and_that_is_said(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path, offers=OFFERS[:1], shelves=ONE_LINE)
    order = shop.confirmed()
    assert shop.last_words == "已确认，联网后下单"
    assert shop.asked() == []
    shop.scan(slip_of(order))
    assert shop.last_words == "已确认，还没下单"
    shop.restart()
    shop.go_online()
    assert [request.args["po"] for request in shop.asked()] == [order.id]


def test_an_order_without_an_answer_is_asked_again_under_the_same_id(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    order = shop.confirmed()
    shop.pass_s(40)
    shop.restart()
    shop.go_online()
    asked = shop.asked()
    assert len(asked) > 3
    assert {request.args["po"] for request in asked} == {order.id}
    assert len({request.cid for request in asked}) == len(asked)
    assert all(request.args == asked[0].args for request in asked)


def test_news_counts_once_and_what_is_old_is_known(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    shop.confirmed()
    shop.news("accepted", 2)
    shop.news("placed", 1)
    shop.news("accepted", 2)
    assert shop.order().state is PurchaseState.ACCEPTED
    assert [row["type"] for row in shop.records() if row["type"].startswith("purchase.")] == [
        "purchase.suggested", "purchase.confirmed", "purchase.accepted",
    ]  # fmt: skip
    assert shop.told(news_of(shop, "accepted", 2))["out"] == {"how": "known"}
    assert shop.told(news_of(shop, "shipped", 3, waybills=["YT7500000000001"]))["out"] == {"how": "taken"}
    assert shop.told(news_of(shop, "placed", 4))["out"] == {"how": "unfit"}
    assert shop.order().waybills == ("YT7500000000001",)


def test_a_change_needs_the_owner_at_the_counter(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    order = shop.confirmed()
    shop.news("placed", 1)
    shop.told(news_of(shop, "changed", 2, lines=offered(shop), fee=1_500, why="short of stock"))
    assert shop.order().state is PurchaseState.CHANGED
    assert shop.last_words == "供应商改了单，请看单子"
    assert shop.paper_with("供应商改单")
    shop.scan(slip_of(order))
    assert shop.last_words == "改后一共六十三元，请扫店主卡"
    shop.keys("E")
    assert shop.order().state is PurchaseState.CHANGED
    shop.as_owner()
    shop.keys("E")
    assert shop.order().state is PurchaseState.CONFIRMED
    assert (shop.asked()[-1].args["agrees"], shop.asked()[-1].args["total"]) == (2, 6_300)
    shop.news("accepted", 3)
    assert (shop.order().state, shop.order().total) == (PurchaseState.ACCEPTED, 6_300)


def test_a_change_that_came_again_meanwhile_asks_the_owner_again(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    order = shop.confirmed()
    shop.news("changed", 2, lines=offered(shop), fee=1_500)
    shop.scan(slip_of(order))
    shop.as_owner()
    shop.keys("E")
    shop.news("changed", 3, lines=offered(shop, cost=9_000), fee=1_500)
    assert shop.order().state is PurchaseState.CHANGED
    assert shop.order().offered[0].cost == 9_000
    shop.news("accepted", 2, to=0)
    assert shop.order().state is PurchaseState.CHANGED, "a late word of before is no word of now"


def test_a_change_is_refused_with_minus_and_the_owners_card(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    order = shop.confirmed()
    shop.news("changed", 2, lines=offered(shop), fee=1_500)
    shop.scan(slip_of(order))
    shop.keys("-")
    assert shop.order().state is PurchaseState.CHANGED
    assert shop.last_words == "取消订单，请扫店主卡"
    shop.as_owner()
    shop.keys("-")
    assert shop.order().state is PurchaseState.CANCELLING
    shop.news("cancelled", 3, kind=wire.CANCEL)
    assert shop.order().state is PurchaseState.CANCELLED
    assert shop.last_words == "订单已取消"


def test_a_refusal_is_printed_and_said(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    shop.confirmed()
    shop.news("rejected", 1, why="not delivered here")
    assert shop.order().state is PurchaseState.REJECTED
    assert "原因 | not delivered here" in shop.paper_with("供应商不接单")
    assert shop.last_words == "供应商不接单，请看单子"


def test_an_order_that_the_cloud_will_never_take_is_over_and_one_that_it_may_is_asked_again(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    shop.confirmed()
    (request,) = shop.asked()
    shop.hear(Down.RES, {"cid": request.cid, "ok": False, "err": {"code": "internal", "msg": "", "retry": True}})
    assert shop.order().state is PurchaseState.CONFIRMED
    shop.pass_s(6)
    request = shop.asked()[-1]
    shop.hear(Down.RES, {"cid": request.cid, "ok": False, "err": {"code": "auth.denied", "msg": "", "retry": False}})
    assert shop.order().state is PurchaseState.REJECTED


@pytest.mark.parametrize("out", [
    {}, {"po": "x"}, {"po": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "rev": 1, "state": "accepted"},
    {"rev": 1, "state": "nonsense"}, {"rev": -1, "state": "accepted"},
])  # fmt: skip
def test_an_answer_that_is_none_changes_nothing(tmp_path: Path, out: dict[str, Any]) -> None:
    shop = open_shop(tmp_path)
    order = shop.confirmed()
    told = {"po": order.id} | out if "po" not in out and out else out
    shop.hear(Down.RES, {"cid": shop.asked()[-1].cid, "ok": True, "out": told})
    assert shop.order().state is PurchaseState.CONFIRMED


@pytest.mark.parametrize("news", [
    {"lines": []}, {"lines": [{"n": 1, "sku": "x", "pack": 1, "packs": 1, "cost": 1}] * 2},
    {"lines": [{"n": 1, "sku": "x", "pack": 1, "packs": 1_000, "cost": 1}]}, {"fee": -1},
    {"lines": [{"n": 1, "sku": "x", "pack": 1, "packs": 1, "cost": 1}], "why": "\x1b@"},
])  # fmt: skip
def test_a_change_that_says_nothing_or_too_much_is_refused(tmp_path: Path, news: dict[str, Any]) -> None:
    shop = open_shop(tmp_path)
    shop.confirmed()
    assert shop.told(news_of(shop, "changed", 2, **news))["state"] == "rejected"
    assert shop.order().state is PurchaseState.CONFIRMED


def test_a_change_without_a_fee_costs_what_the_suppliers_rule_says_and_a_reason_shows_no_phone(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    shop.confirmed()
    shop.told(news_of(shop, "changed", 2, lines=offered(shop, packs=6), why="问 13812345678"))
    assert (shop.order().offered_fee, shop.order().rev) == (0, 2)
    assert not any("13812345678" in text for paper in shop.papers() for text in paper)


def test_an_order_that_a_restored_cloud_has_lost_is_placed_once_more(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    order = shop.confirmed()
    shop.news("placed", 1)
    shop.down()
    shop.go_online()
    query = shop.asked(wire.QUERY)[-1]
    shop.hear(Down.RES, {"cid": query.cid, "ok": False, "err": {"code": "auth.denied", "msg": "", "retry": False}})
    assert [request.args["po"] for request in shop.asked()] == [order.id, order.id]
    assert shop.asked()[0].args == shop.asked()[1].args
    assert shop.order().state is PurchaseState.PLACED


def test_what_the_cloud_has_not_heard_of_is_cancelled_at_once(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path, offers=OFFERS[:1], shelves=ONE_LINE)
    order = shop.confirmed()
    shop.scan(slip_of(order))
    shop.as_owner(CANCEL)
    assert shop.order().state is PurchaseState.CANCELLED
    shop.go_online()
    assert shop.asked() == []


def test_what_it_may_have_heard_of_is_cancelled_by_its_word(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    order = shop.confirmed()
    shop.scan(slip_of(order))
    shop.card(CANCEL)
    assert shop.last_words == "取消订单，请扫店主卡"
    shop.as_owner(CANCEL)
    assert shop.order().state is PurchaseState.CANCELLING
    shop.restart()
    shop.go_online()
    assert [request.args for request in shop.asked(wire.CANCEL)][-1] == {"po": order.id}
    shop.news("shipped", 4, kind=wire.CANCEL, waybills=["YT7500000000001"])
    assert shop.order().state is PurchaseState.IN_TRANSIT, "it was too late"


def test_news_comes_while_a_customer_is_served_and_is_not_said(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    shop.confirmed()
    shop.scan(COLA)
    shop.hush()
    shop.hear(Down.CMD, {
        "cid": "019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f", "type": wire.CHANGED, "iat": iso_ms(shop.clock.wall()),
        "ttl_s": 60, "args": news_of(shop, "rejected", 1), "by": "svc:suppliers",
    })  # fmt: skip
    assert shop.order().state is PurchaseState.REJECTED
    assert shop.spoken == []
    assert shop.lines == [("可乐", 300)]


def test_an_order_in_hand_that_changes_meanwhile_is_put_aside(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    order = shop.confirmed()
    shop.scan(slip_of(order))
    assert shop.begin().counter.waiting is Waiting.PURCHASE
    shop.news("rejected", 1)
    assert shop.begin().counter.waiting is Waiting.NOTHING


def by_phone(shop: PurchaseBench, args: dict[str, Any], ctr: int = 1) -> dict[str, Any]:
    """purchase.confirm, signed, and the answer to it."""
    command = {
        "v": 1, "tid": TID, "cid": f"019aadf2-4c02-7c3e-9d51-{ctr:012d}", "type": wire.CONFIRM,
        "iat": iso_ms(shop.clock.wall()), "ttl_s": 60, "args": args, "by": "user:owner-1", "nonce": shop.link.nonce(),
        "ctr": ctr,
    }  # fmt: skip
    shop.hear_raw({"jws": write_jws(command, kid="cmd-2026q4", sign=SECRET.sign)})
    return dict(shop.sent("res")[-1].wire())


def phone_shop(folder: Path) -> PurchaseBench:
    shop = PurchaseBench(folder, offers=OFFERS[:1], shelves=ONE_LINE, habits=Habits(command_keys=KEYS))
    shop.go_online()
    return shop


def test_the_owner_confirms_on_the_phone_what_the_phone_showed(tmp_path: Path) -> None:
    shop = phone_shop(tmp_path)
    order = shop.suggested()
    assert by_phone(shop, {"po": order.id, "total": 11_099})["state"] == "rejected"
    assert shop.order().state is PurchaseState.PROPOSED
    result = by_phone(shop, {"po": order.id, "total": 11_100}, ctr=2)
    assert (result["state"], result["out"]) == ("done", {"total": 11_100})
    assert (shop.order().state, shop.order().by) == (PurchaseState.CONFIRMED, "user:owner-1")
    assert len(shop.asked()) == 1
    assert by_phone(shop, {"po": order.id, "total": 11_100}, ctr=3)["state"] == "rejected"


def test_the_phone_chooses_packs(tmp_path: Path) -> None:
    shop = phone_shop(tmp_path)
    order = shop.suggested()
    args = {"po": order.id, "total": 28_800, "lines": [{"n": 1, "packs": 6}]}
    assert by_phone(shop, args)["state"] == "done"
    assert (shop.order().total, shop.order().fee) == (28_800, 0)


def test_a_proposal_that_is_over_is_not_confirmed_by_phone(tmp_path: Path) -> None:
    shop = phone_shop(tmp_path)
    order = shop.suggested()
    shop.sleep_s(24 * 3600 + 60)
    if not shop.link.online():
        shop.go_online()
    result = by_phone(shop, {"po": order.id, "total": 11_100})
    assert (result["state"], result["err"]["code"]) == ("rejected", "cmd.expired")


def test_without_a_signature_nobody_confirms(tmp_path: Path) -> None:
    shop = phone_shop(tmp_path)
    order = shop.suggested()
    shop.hear(Down.CMD, {
        "cid": "019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f", "type": wire.CONFIRM, "iat": iso_ms(shop.clock.wall()),
        "ttl_s": 60, "args": {"po": order.id, "total": 11_100}, "by": "user:owner-1",
    })  # fmt: skip
    assert shop.sent("res")[-1].err.code == "sig.required"
    assert shop.order().state is PurchaseState.PROPOSED
