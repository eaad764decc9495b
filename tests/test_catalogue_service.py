"""Catalogues change between sales: by import, by delta, by the whole; a bad one changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cloud_bench import Cloud, hello
from counter_bench import COLA, NOODLES, TID, HandClock, goods
from link_bench import LinkBench

from edge.clock import iso_ms
from edge.codec.topics import Down
from edge.codec.wire_down import CatOp
from edge.codec.wire_up import Request
from edge.reference_cloud.answers import Answers
from edge.reference_cloud.catalogues import Catalogues
from edge.reference_cloud.store import CloudStore
from edge.services.catalogue import LOOK_EVERY_S
from edge.store.catalogue_build import build_full
from edge.store.ledger import name_next_catalogue


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    """Version 1 of the cloud is active: cola at 3 yuan."""
    shop = LinkBench(tmp_path / "shop", items=None)
    hand_in(shop, goods(COLA, "可乐", 300), version=1)
    shop.pass_s(LOOK_EVERY_S)
    assert price(shop) == 300
    shop.hush()
    return shop


def hand_in(shop: LinkBench, *items: Any, version: int) -> None:
    """What `edge catalogue import` does beside the running terminal."""
    built = build_full(shop.folder, items, version=version)
    name_next_catalogue(shop.folder / "ledger.db", built.path.name)


def price(shop: LinkBench) -> int | None:
    item = shop.catalogue.by_sku(COLA)
    return item.price if item else None


def notice(shop: LinkBench, ver: int, base: int, *ops: dict[str, Any], **more: Any) -> None:
    shop.hear(Down.CAT, {"ver": ver, "base": base, "kind": "delta", "inline": list(ops)} | more)
    shop.run_jobs()


def put(fen: int, **more: Any) -> dict[str, Any]:
    return {"op": "put", "sku": COLA, "price": fen} | more


def asked(shop: LinkBench) -> list[str]:
    return [request.type for request in shop.sent("req")]


def test_without_a_catalogue_everything_is_unknown_and_can_be_sold(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop", items=None)
    shop.scan(COLA)
    shop.keys("3E")
    assert shop.lines == [("新商品7809", 300)]


def test_an_import_while_a_sale_is_open_becomes_active_after_it(shop: LinkBench) -> None:
    shop.scan(COLA)
    hand_in(shop, goods(COLA, "可乐", 350), version=0)
    shop.pass_s(3 * LOOK_EVERY_S)
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300), ("可乐", 300)]
    shop.card("ZZ1021")
    shop.scan(COLA)
    assert shop.lines == [("可乐", 350)]
    assert [row["data"]["items"] for row in shop.records("cat.applied")] == [1, 1]


def test_the_active_catalogue_is_the_same_after_a_power_cut(shop: LinkBench) -> None:
    shop.restart()
    assert price(shop) == 300
    assert len(shop.records("cat.applied")) == 1


def test_a_delta_is_applied_on_its_base(shop: LinkBench) -> None:
    notice(shop, 2, 1, put(360), {"op": "put", "sku": NOODLES, "name": "面", "price": 450})
    assert (price(shop), shop.catalogue.version, len(shop.catalogue)) == (360, 2, 2)
    notice(shop, 3, 2, {"op": "del", "sku": NOODLES})
    assert (shop.catalogue.version, len(shop.catalogue)) == (3, 1)


def test_a_delta_on_another_base_changes_nothing_and_asks_for_the_whole(shop: LinkBench) -> None:
    notice(shop, 5, 4, put(360))
    assert (price(shop), asked(shop)) == (300, ["cat.full"])


def test_an_older_notice_is_ignored(shop: LinkBench) -> None:
    notice(shop, 1, 0, put(999))
    assert (price(shop), asked(shop)) == (300, [])


@pytest.mark.parametrize(
    "bad", [{"op": "put", "sku": NOODLES, "price": 5}, put(360, gtin="6901234567893"), put(360, plu="x")]
)
def test_one_bad_operation_refuses_the_whole_delta(shop: LinkBench, bad: dict[str, Any]) -> None:
    notice(shop, 2, 1, put(360), bad)
    assert (price(shop), shop.catalogue.version) == (300, 1)
    shop.pass_s(10)
    assert price(shop) == 300
    notice(shop, 2, 1, put(370))
    assert price(shop) == 370


def test_prices_of_tomorrow_wait_for_tomorrow_through_power_cuts_and_welcomes(shop: LinkBench) -> None:
    tomorrow = iso_ms(shop.clock.at + timedelta(days=1))
    notice(shop, 2, 1, put(360), eff=tomorrow)
    assert price(shop) == 300
    shop.restart()
    shop.go_online(cat_ver=2)
    shop.run_jobs()
    notice(shop, 2, 1, put(360), eff=tomorrow)
    shop.pass_s(60)
    assert (price(shop), asked(shop)) == (300, [])
    shop.sleep_s(86_400)
    shop.pass_s(LOOK_EVERY_S)
    assert price(shop) == 360


def test_a_box_behind_the_cloud_asks_at_the_welcome_and_a_shops_own_catalogue_is_left_alone(shop: LinkBench) -> None:
    shop.go_online(cat_ver=4)
    assert asked(shop) == ["cat.full"]
    hand_in(shop, goods(COLA, "可乐", 350), version=0)
    shop.pass_s(LOOK_EVERY_S)
    shop.published.clear()
    shop.welcome(cat_ver=4)
    assert asked(shop) == []


def test_the_whole_as_the_reference_cloud_answers_it_becomes_active(shop: LinkBench, tmp_path: Path) -> None:
    store = CloudStore(tmp_path / "cloud.db")
    store.open()
    catalogues = Catalogues(store, shop.clock)
    for ver, ops in enumerate(([("可乐", COLA, 310)], [("面", NOODLES, 450)]), 1):
        wire = [{"op": "put", "sku": sku, "name": name, "price": fen} for name, sku, fen in ops]
        catalogues.publish(TID, [CatOp.model_validate(op) for op in wire], since=ver - 1)
    notice(shop, 9, 8, put(1))
    request: Request = shop.sent("req")[-1]
    response = Answers(store, catalogues).answer(request)
    shop.hear(Down.RES, response.wire())
    shop.run_jobs()
    assert (price(shop), len(shop.catalogue)) == (310, 2)
    store.close()


def test_the_whole_waits_for_its_hour_too(shop: LinkBench) -> None:
    notice(shop, 5, 4, put(1))
    tomorrow = iso_ms(shop.clock.at + timedelta(days=1))
    out = {"ver": 5, "inline": [put(360, name="可乐")], "eff": tomorrow}
    shop.hear(Down.RES, {"cid": shop.sent("req")[-1].cid, "ok": True, "out": out})
    shop.run_jobs()
    shop.pass_s(60)
    assert price(shop) == 300
    shop.sleep_s(86_400)
    shop.pass_s(LOOK_EVERY_S)
    assert price(shop) == 360


@pytest.mark.parametrize("bad", [{"eff": "tomorrow"}, {"inline": "all"}, {"inline": [{"op": "put"}]}])
def test_a_whole_that_breaks_the_contract_is_refused_and_told(shop: LinkBench, bad: dict[str, Any]) -> None:
    notice(shop, 5, 4, put(1))
    out = {"ver": 5, "inline": [put(360, name="可乐")]} | bad
    shop.hear(Down.RES, {"cid": shop.sent("req")[-1].cid, "ok": True, "out": out})
    shop.run_jobs()
    assert price(shop) == 300
    assert [(row["data"]["ver"], row["data"]["code"]) for row in shop.records("cat.rejected")] == [
        (5, "schema.invalid")
    ]  # fmt: skip


def test_what_is_due_comes_as_the_whole_and_what_is_not_follows_it(shop: LinkBench, tmp_path: Path) -> None:
    """As the reference cloud answers: today's prices today, tomorrow's tomorrow."""
    cloud = Cloud(tmp_path / "cloud.db")
    cloud.clock.at = shop.clock.at
    cloud.hear("hello", hello(cat_ver=0))
    tomorrow = {"eff": iso_ms(shop.clock.at + timedelta(days=1))}
    catalogues = Catalogues(cloud.store, cloud.clock)
    for ver, (fen, more) in enumerate(((310, {}), (320, {}), (360, tomorrow), (370, {})), 1):
        op = CatOp.model_validate({"op": "put", "sku": COLA, "name": "可乐", "price": fen})
        catalogues.publish(TID, [op], since=ver - 1, more=more)
    notice(shop, 4, 3, put(1))
    for told in cloud.hear("req", shop.sent("req")[-1].wire()):
        shop.hear(Down.RES if "cid" in told else Down.CAT, told)
    shop.run_jobs()
    assert (price(shop), shop.catalogue.version) == (320, 2)
    shop.sleep_s(86_400)
    shop.pass_s(LOOK_EVERY_S)
    shop.run_jobs()
    assert (price(shop), shop.catalogue.version, asked(shop)) == (370, 4, ["cat.full"])
    cloud.store.close()


def test_an_answer_to_a_question_that_was_never_asked_does_nothing(shop: LinkBench) -> None:
    cid = "019aadf2-4c01-7c3e-9d51-6a1b2c3d4e5f"
    shop.hear(Down.RES, {"cid": cid, "ok": True, "out": {"ver": 7, "inline": [put(1, name="x")]}})
    shop.run_jobs()
    assert price(shop) == 300


def test_a_catalogue_that_cannot_be_read_any_more_is_asked_for_again_and_the_shop_sells_on(shop: LinkBench) -> None:
    for file in shop.folder.glob("catalogue-*.db"):
        octets = bytearray(file.read_bytes())
        octets[5000] ^= 0xFF
        file.write_bytes(octets)
    shop.restart()
    assert len(shop.catalogue) == 0
    shop.scan(COLA)
    shop.keys("3E")
    assert shop.lines == [("新商品7809", 300)]
    shop.go_online(cat_ver=1)
    assert asked(shop) == ["cat.full"]


def test_a_clock_that_nobody_trusts_still_activates_what_is_due(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop", items=None, clock=HandClock(disciplined=False))
    hand_in(shop, goods(COLA, "可乐", 300), version=0)
    shop.pass_s(LOOK_EVERY_S)
    assert price(shop) == 300
