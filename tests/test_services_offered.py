"""Orders that were made on a phone come as slips, and are paid by scanning them, once (product row 68)."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import COLA, TID
from order_bench import article
from order_bench import open_shop as open_orders
from service_bench import DROP, EXACT, ServiceBench, open_shop, phone

from edge.clock import iso_ms
from edge.codec import wire_service as wire
from edge.codec.topics import Down
from edge.model.ids import uuid7
from edge.model.service_order import ServiceState
from edge.reference_cloud.main import run
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.providers import offered
from edge.reference_cloud.store import CloudStore

S = ServiceState
ACCOUNT = "330812345600"
CHANCE = Random(5)


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def wanted(shop: ServiceBench, **asked: Any) -> dict[str, Any]:
    """What a customer ordered on the phone, quoted by its provider."""
    question = {"offer": "ALI_BILL", "kind": "bill", "ref": ACCOUNT} | asked
    return offered(shop._store, TID, question, shop.clock, CHANCE)


def tell(shop: ServiceBench, args: dict[str, Any]) -> Any:
    """The signed command; what the box answers."""
    shop.command(wire.OFFER, args)
    return shop.sent("res")[-1]


def test_a_slip_comes_is_scanned_paid_and_carried_out(shop: ServiceBench) -> None:
    told = tell(shop, wanted(shop))
    assert (told.state, told.out["state"]) == ("done", "quoted")
    assert shop.last_words == "有新业务单，请给顾客"
    (order,) = shop.orders()
    (slip,) = shop.slips("业务单")
    assert (order.price, order.subject) == (1_000, "330****5600")
    assert "330****5600" in slip
    assert "缴费截止 2026-11-30" in slip
    assert shop.slip(order) in slip
    shop.scan(shop.slip(order))
    assert shop.lines == [("生活缴费", 1_000)]
    shop.card(EXACT)
    shop.serve()
    assert (shop.state(order), shop.told()) == (S.COMPLETED, ["quoted", "paid", "submitted", "completed"])
    assert shop.verdict() == ""


def test_a_top_up_a_journey_and_goods_are_offered_alike(tmp_path: Path) -> None:
    shop = open_orders(tmp_path / "shop")
    tell(shop, wanted(shop, offer="ALI_TOP_UP", kind="top_up", ref=phone("00"), amt=2_000))
    tell(shop, wanted(shop, offer="ALI_TRAVEL", kind="travel", ref="STAY-k7Q2-00"))
    tell(shop, wanted(shop, offer="ALI_ORDER", kind="order", ref=article(0), qty=2, name="电饭锅 3L"))
    top_up, trip, goods = shop.orders()
    assert (top_up.subject, trip.subject, trip.back_fee) == ("138****8000", "", 100)
    assert (goods.name, goods.lines, goods.price) == ("电饭锅 3L", ("预计2026-11-26到货",), 9_800)
    assert (shop.goods(goods).barcode, shop.goods(goods).pieces) == (article(0), 2)
    shop.scan(shop.slip(goods))
    shop.card(EXACT)
    shop.serve(2)
    assert shop.state(goods) is S.COMPLETED
    waybill = shop.arrive(goods)
    shop.scan(shop.slip(goods), waybill)
    assert shop.goods(goods).handed_at is not None


def test_it_comes_twice_and_is_there_once(shop: ServiceBench) -> None:
    args = wanted(shop)
    for _ in range(3):
        assert tell(shop, args).state == "done"
    shop.restart()
    shop.go_online()
    assert tell(shop, args).out["state"] == "quoted"
    assert (len(shop.orders()), len(shop.slips("业务单"))) == (1, 1)


def test_another_price_under_the_same_id_is_refused(shop: ServiceBench) -> None:
    args = wanted(shop)
    tell(shop, args)
    told = tell(shop, args | {"price": 2_000})
    assert (told.state, told.err.code, shop.orders()[0].price) == ("failed", "service.conflict", 1_000)


def test_without_a_licence_it_is_refused_journaled_and_not_printed(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", licensed=False)
    told = tell(shop, wanted(shop))
    assert (told.state, told.err.code) == ("failed", "auth.denied")
    assert (shop.orders(), shop.slips("业务单"), len(shop.records("licence.barred"))) == ([], [], 1)


@pytest.mark.parametrize("offer", ["NOBODY", "ALI_LOAN", "POST_AGENT", "ALI_ORDER"])
def test_what_this_shop_has_not_is_refused(shop: ServiceBench, offer: str) -> None:
    """Goods, too, where no parcels come."""
    told = tell(shop, wanted(shop) | {"offer": offer})
    assert (told.state, told.err.code, shop.orders()) == ("failed", "cmd.unsupported", [])


@pytest.mark.parametrize("price", [50, 300_000])
def test_outside_the_offers_limits_it_is_refused(shop: ServiceBench, price: int) -> None:
    told = tell(shop, wanted(shop) | {"price": price, "amt": price})
    assert (told.state, told.err.code, shop.orders()) == ("failed", "quota.exceeded", [])


@pytest.mark.parametrize("other", [{"price": 0}, {"valid_s": 5}, {"cur": "USD"}, {"soid": "x"}, {"lines": ["a" * 99]}])
def test_what_cannot_be_read_is_rejected(shop: ServiceBench, other: dict[str, Any]) -> None:
    told = tell(shop, wanted(shop) | other)
    assert (told.state, shop.orders()) == ("rejected", [])


def test_unsigned_it_does_nothing(shop: ServiceBench) -> None:
    told = {"cid": uuid7(shop.clock.wall(), CHANCE), "type": wire.OFFER, "iat": iso_ms(shop.clock.wall()), "ttl_s": 60}
    shop.hear(Down.CMD, told | {"args": wanted(shop), "by": "svc:orders"})
    assert (shop.sent("res")[-1].state, shop.orders()) == ("rejected", [])


def test_too_many_slips_that_nobody_pays_are_not_printed(shop: ServiceBench) -> None:
    for _ in range(50):
        assert tell(shop, wanted(shop)).state == "done"
    told = tell(shop, wanted(shop))
    assert (told.state, told.err.code) == ("failed", "quota.exceeded")
    shop.pass_s(1_900)
    assert tell(shop, wanted(shop)).state == "done"


def test_after_its_time_it_is_over_and_no_money_moves(shop: ServiceBench) -> None:
    tell(shop, wanted(shop))
    (order,) = shop.orders()
    shop.pass_s(1_801)
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.lines) == ("svc.expired", [])


def test_its_customer_can_give_it_up(shop: ServiceBench) -> None:
    tell(shop, wanted(shop))
    (order,) = shop.orders()
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert shop.state(order) is S.CANCELLED


def test_while_goods_are_sold_the_bill_stands_as_it_was(shop: ServiceBench) -> None:
    shop.scan(COLA)
    before = shop.lines
    tell(shop, wanted(shop))
    assert shop.lines == before
    shop.scan(shop.slip(shop.orders()[0]))
    assert len(shop.lines) == 2


def test_a_power_cut_after_it_came_keeps_its_slip_good(shop: ServiceBench) -> None:
    tell(shop, wanted(shop))
    (order,) = shop.orders()
    shop.restart()
    shop.go_online()
    shop.scan(shop.slip(order))
    shop.card(EXACT)
    shop.serve(20)
    assert shop.state(order) is S.COMPLETED


def test_a_phone_in_a_line_or_a_subject_is_masked(shop: ServiceBench) -> None:
    tell(shop, wanted(shop) | {"subject": "13800138000", "lines": ["电话 13912345678"]})
    (slip,) = shop.slips("业务单")
    assert "13800138000" not in slip + str(shop.records())
    assert "13912345678" not in slip


def test_a_full_disk_takes_none(shop: ServiceBench) -> None:
    shop.space = type(shop.space)(total=100_000_000, free=1_000_000)
    shop.pass_s(61)
    shop.run_jobs()
    told = tell(shop, wanted(shop))
    assert (told.state, told.err.code, shop.orders()) == ("failed", "store.full", [])


# --- the reference cloud's side --------------------------------------------------------------------------------------


def test_edge_cloud_command_quotes_it_and_hands_in_the_command(
    tmp_path: Path, shop: ServiceBench, capsys: pytest.CaptureFixture[str]
) -> None:
    db = tmp_path / "cloud.db"
    store = CloudStore(db)
    store.open()
    assert run(["terminal", TID, "--state", "ordered", "--db", str(db)]) == 0
    argv = ["command", TID, wire.OFFER, "--db", str(db), "--args"]
    assert run([*argv, f'{{"offer": "ALI_BILL", "kind": "bill", "ref": "{ACCOUNT}"}}']) == 0
    assert capsys.readouterr().out.strip()
    (command,) = Orders(store, shop.clock, Random(1)).pending(TID)
    assert (command.type, command.args["price"], command.args["subject"]) == (wire.OFFER, 1_000, "330****5600")
    assert ACCOUNT not in str(command.args)
    assert tell(shop, command.args).state == "done"
    for wrong in ('{"offer": "ALI_BILL"}', '{"offer": "ALI_BILL", "kind": "bill", "ref": "880812345600"}'):
        assert run([*argv, wrong]) == 2


def test_a_meter_is_offered_with_an_amount(shop: ServiceBench) -> None:
    tell(shop, wanted(shop, ref="880812345600", amt=3_000))
    assert shop.orders()[0].price == 3_000
