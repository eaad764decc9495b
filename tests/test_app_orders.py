"""Orders from apps: put aside, picked by scan, handed to who shows the code, once (product row 76)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from app_order_samples import PLACED
from counter_bench import COLA, NOODLES, STRANGE, TID
from licence_services import license_all
from order_bench import COLLECT, OrderBench
from service_bench import EXACT, STOP
from test_jws import SECRET

from edge.clock import iso_ms
from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.codec.jws import write_jws
from edge.codec.wire_order import CANCEL, PLACE
from edge.errors import IllegalMove
from edge.model.app_order import APP_ORDER_MOVES, OPEN, AppOrder, AppOrderEvent, AppOrderState
from edge.model.counter import Waiting
from edge.model.ids import uuid7
from edge.model.money import Milli
from edge.reference_cloud.marketplace import app_order

S, E = AppOrderState, AppOrderEvent
CODE = "2611230017"
TWO_COLAS = [(COLA, 2, 300), (NOODLES, 1, 450)]


class AppBench(OrderBench):
    def cloud(self, kind: str, args: dict[str, Any], *, cid: str = "") -> str:
        """A signed command; the state of its answer."""
        self.ctr += 1
        now = self.clock.wall()
        command = {
            "v": 1, "tid": TID, "cid": cid or uuid7(now, self._luck), "type": kind, "iat": iso_ms(now), "ttl_s": 600,
            "args": args, "by": "svc:orders", "nonce": self.link.nonce(), "ctr": self.ctr,
        }  # fmt: skip
        self.hear_raw({"jws": write_jws(command, kid="cmd-2026q4", sign=SECRET.sign)})
        return str(self.sent("res")[-1].state)

    @property
    def _luck(self) -> Any:
        from random import Random

        return Random(self.ctr)

    def place(self, lines: list[tuple[str, int, int]] | None = None, *, n: int = 17) -> AppOrder:
        assert self.cloud(PLACE, app_order(n, lines or TWO_COLAS, code=f"{2611230000 + n}")) == "done"
        return self.app(app_order(n, [], code=CODE)["oid"])

    def app(self, oid: str) -> AppOrder:
        tx = self.begin()
        found: AppOrder | None = tx.app_orders.find(oid)
        tx.rollback()
        assert found is not None
        return found

    def paper(self, order: AppOrder) -> str:  # type: ignore[override]
        return slip_code(OwnSlip(SlipKind.SERVICE, order.slip))

    def packed(self) -> AppOrder:
        order = self.place()
        self.scan(self.paper(order), COLA, COLA, NOODLES)
        self.keys("E")
        return self.app(order.id)

    def reserved(self, sku: str) -> Milli:
        tx = self.begin()
        found: Milli = tx.app_orders.reserved(sku)
        tx.rollback()
        return found

    def stock(self, sku: str) -> Milli | None:
        tx = self.begin()
        found: Milli | None = tx.stock.on_hand(sku)
        tx.rollback()
        return found

    def count(self, sku: str, pieces: int) -> None:
        tx = self.begin()
        tx._write("INSERT OR REPLACE INTO stock(sku, on_hand) VALUES (?, ?)", (sku, pieces * 1000))
        tx.commit()


@pytest.fixture
def shop(tmp_path: Path) -> AppBench:
    shop = AppBench(tmp_path / "shop")
    shop.printer_ready()
    shop.go_online()
    shop.hush()
    return shop


def test_every_pair_moves_or_raises_and_nothing_leads_out_of_an_end() -> None:
    for state, event in product(S, E):
        order = replace(PLACED, state=state)
        if (state, event) in APP_ORDER_MOVES:
            assert order.moved(event, order.at).state is APP_ORDER_MOVES[state, event]
        else:
            with pytest.raises(IllegalMove):
                order.moved(event, order.at)
    assert {state for state, _ in APP_ORDER_MOVES} == OPEN


def test_an_order_goes_from_the_app_to_the_customer(shop: AppBench) -> None:
    shop.count(COLA, 10)
    order = shop.place()
    assert shop.last_words == "有新订单，三件，请拣货"
    assert (shop.reserved(COLA), shop.reserved(NOODLES)) == (2_000, 1_000)
    assert "可乐" in shop.slips("拣货单")[0] and CODE not in shop.slips("拣货单")[0]
    shop.scan(shop.paper(order))
    assert shop.last_words == "开始拣货，共三件"
    shop.scan(COLA)
    assert shop.last_words == "还差两件"
    shop.scan(COLA, NOODLES)
    assert shop.last_words == "齐了，按确认打标签"
    shop.keys("E")
    assert shop.app(order.id).state is S.PACKED
    assert shop.records("order.packed")[0]["data"]["back"] == 0
    assert (shop.stock(COLA), shop.reserved(COLA)) == (10_000, 2_000)
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    assert shop.last_words == "十七号，请扫袋子标签"
    shop.scan(shop.paper(order))
    assert shop.last_words == "对，请给他"
    assert (shop.stock(COLA), shop.reserved(COLA)) == (8_000, 0)
    handed = shop.records("order.handed_over")[0]["data"]
    assert (handed["oid"], handed["bday"]) == (order.id, "2026-11-23")
    assert shop.records("sale.completed") == []
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    assert shop.last_words == "已经取走了"
    assert len(shop.records("order.handed_over")) == 1


def test_without_a_licence_no_order_is_placed_and_the_journal_says_why(tmp_path: Path) -> None:
    shop = AppBench(tmp_path / "shop", licensed=False)
    shop.printer_ready()
    shop.go_online()
    shop.hush()
    assert shop.cloud(PLACE, app_order(17, TWO_COLAS, code=CODE)) == "failed"
    answer = shop.sent("res")[-1]
    assert answer.err is not None and (answer.err.code, answer.err.msg) == ("service.refused", "lic.none")
    assert (shop.records("order.placed"), shop.slips("拣货单"), shop.prompts) == ([], [], [])
    assert [row["data"] for row in shop.records("licence.barred")] == [
        {"service": "ALI_ORDER", "platform": "alibaba", "why": "lic.none"}
    ]
    license_all(shop.licences)
    assert shop.cloud(PLACE, app_order(17, TWO_COLAS, code=CODE)) == "done"


@pytest.mark.parametrize("platform", ["nosuch", "harbour"])
def test_an_order_of_a_platform_that_the_shop_does_not_have_is_rejected(shop: AppBench, platform: str) -> None:
    assert shop.cloud(PLACE, app_order(17, TWO_COLAS, code=CODE) | {"platform": platform}) == "rejected"
    assert shop.records("order.placed") == []


def test_what_was_placed_before_the_licence_ended_is_picked_handed_out_and_cancelled(shop: AppBench) -> None:
    order, other = shop.place(), shop.place(n=18)
    license_all(shop.licences, ends=date(2026, 11, 1), version=2)
    assert shop.cloud(PLACE, app_order(19, TWO_COLAS, code="2611230019")) == "failed"
    assert shop.cloud(PLACE, app_order(17, TWO_COLAS, code=CODE)) == "done"
    shop.scan(shop.paper(order), COLA, COLA, NOODLES)
    shop.keys("E")
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    shop.scan(shop.paper(order))
    assert shop.app(order.id).state is S.HANDED_OVER
    assert shop.cloud(CANCEL, {"oid": other.id, "why": "customer"}) == "done"


def test_wrong_goods_are_an_alarm_and_too_many_are_said(shop: AppBench) -> None:
    order = shop.place()
    shop.scan(shop.paper(order), STRANGE)
    assert shop.prompts[-1] == "app.wrong"
    shop.scan(NOODLES, NOODLES)
    assert shop.prompts[-1] == "app.enough"
    assert shop.sale is None
    assert [line.picked for line in shop.app(order.id).lines] == [0, 1]


def test_what_is_not_here_is_left_out_and_its_money_goes_back(shop: AppBench) -> None:
    shop.count(COLA, 1)
    order = shop.place()
    shop.scan(shop.paper(order), COLA)
    shop.keys("E")
    assert shop.last_words == "缺两件，没有就按确认"
    shop.keys("E")
    packed = shop.records("order.packed")[0]["data"]
    assert packed["back"] == 300 + 450
    assert [(line["qty"], line["got"]) for line in packed["lines"]] == [("2", "1"), ("1", "0")]
    assert "缺货" in shop.slips("贴在袋子上")[0]
    assert (shop.reserved(COLA), shop.reserved(NOODLES)) == (1_000, 0)
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    shop.scan(shop.paper(order))
    assert shop.stock(COLA) == 0


def test_with_nothing_of_it_here_it_comes_to_its_end(shop: AppBench) -> None:
    order = shop.place()
    shop.scan(shop.paper(order))
    shop.keys("EE")
    assert shop.app(order.id).state is S.CANCELLED
    assert shop.records("order.cancelled")[0]["data"]["back"] == 1_050


@pytest.mark.parametrize("step", ["placed", "picking", "packed"])
def test_a_cancel_at_any_step_gives_the_goods_back_to_the_shelf(shop: AppBench, step: str) -> None:
    order = shop.packed() if step == "packed" else shop.place()
    if step == "picking":
        shop.scan(shop.paper(order), COLA)
    assert shop.cloud(CANCEL, {"oid": order.id, "why": "customer"}) == "done"
    assert (shop.app(order.id).state, shop.reserved(COLA)) == (S.CANCELLED, 0)
    assert (shop.prompts[-1], shop.counter().waiting) == ("app.off", Waiting.NOTHING)
    shop.scan(shop.paper(order))
    assert shop.prompts[-1] == "ord.called_off"
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    assert shop.prompts[-1] == "ord.called_off"
    assert shop.cloud(CANCEL, {"oid": order.id, "why": "customer"}) == "done"
    assert len(shop.records("order.cancelled")) == 1


def test_once_it_is_handed_out_it_cannot_be_cancelled(shop: AppBench) -> None:
    order = shop.packed()
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    shop.scan(shop.paper(order))
    assert shop.cloud(CANCEL, {"oid": order.id, "why": "customer"}) == "failed"
    assert shop.app(order.id).state is S.HANDED_OVER


def test_an_order_that_comes_twice_or_after_its_cancel_is_placed_once_or_never(shop: AppBench) -> None:
    shop.place()
    shop.place()
    assert len(shop.records("order.placed")) == 1
    late = app_order(18, TWO_COLAS, code="2611230018")
    assert shop.cloud(CANCEL, {"oid": late["oid"], "why": "customer"}) == "done"
    assert shop.cloud(PLACE, late) == "done"
    assert len(shop.records("order.placed")) == 1
    assert shop.reserved(COLA) == 2_000


def test_two_orders_cannot_have_one_code(shop: AppBench) -> None:
    shop.place()
    other = app_order(18, TWO_COLAS, code=CODE)
    assert shop.cloud(PLACE, other) == "failed"
    assert shop.sent("res")[-1].err.code == "service.conflict"


def test_without_a_signature_nothing_is_ordered(shop: AppBench) -> None:
    from edge.codec.topics import Down

    args = app_order(17, TWO_COLAS, code=CODE)
    now = shop.clock.wall()
    shop.hear(
        Down.CMD,
        {"cid": uuid7(now, shop._luck), "type": PLACE, "iat": iso_ms(now), "ttl_s": 60, "args": args, "by": "x"},
    )
    assert shop.sent("res")[-1].err.code == "sig.required"
    assert shop.records("order.placed") == []


def test_a_wrong_bag_is_not_handed_out(shop: AppBench) -> None:
    first = shop.packed()
    second = shop.place(n=18)
    shop.scan(shop.paper(second), COLA, COLA, NOODLES)
    shop.keys("E")
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    shop.scan(shop.paper(second))
    assert shop.prompts[-1] == "app.wrong_bag"
    assert shop.app(second.id).state is S.PACKED
    shop.scan(shop.paper(first))
    assert shop.app(first.id).state is S.HANDED_OVER


def test_nobody_fetches_a_bag_by_guessing(shop: AppBench) -> None:
    order = shop.packed()
    shop.card(COLLECT)
    for guess in ("0000000001", "0000000002", "0000000003"):
        shop.keys(f"{guess}E")
    shop.keys(f"{CODE}E")
    assert shop.prompts[-1] == "parcel.locked"
    assert shop.app(order.id).state is S.PACKED
    assert CODE not in str(shop.records()) and CODE not in shop.ledger.path.read_bytes().decode("latin-1")


def test_a_code_is_scanned_as_well_as_keyed(shop: AppBench) -> None:
    order = shop.packed()
    shop.card(COLLECT)
    shop.scan(CODE, shop.paper(order))
    assert shop.app(order.id).state is S.HANDED_OVER


def test_before_it_is_picked_it_is_not_handed_out(shop: AppBench) -> None:
    shop.place()
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    assert shop.prompts[-1] == "app.not_packed"


def test_the_shop_is_reminded_until_somebody_picks(shop: AppBench) -> None:
    order = shop.place()
    shop.hush()
    shop.pass_s(181)
    assert shop.prompts == ["app.waits"]
    shop.scan(shop.paper(order), COLA)
    shop.keys("B")
    shop.card(STOP)
    shop.hush()
    shop.pass_s(400)
    assert "app.waits" not in shop.prompts


def test_goods_are_sold_between_two_orders_and_the_basket_stands(shop: AppBench) -> None:
    shop.scan(COLA)
    order = shop.place()
    shop.scan(shop.paper(order), COLA, COLA, NOODLES)
    shop.keys("E")
    assert shop.lines == [("可乐", 300)]
    shop.card(EXACT)
    assert len(shop.sales()) == 1


def test_a_power_cut_at_each_step_loses_no_piece_and_hands_nothing_out_twice(shop: AppBench) -> None:
    def cut() -> None:
        shop.restart()
        shop.go_online()

    order = shop.place()
    cut()
    assert shop.reserved(COLA) == 2_000
    shop.scan(shop.paper(order), COLA)
    cut()
    assert shop.counter().waiting is Waiting.NOTHING
    assert shop.app(order.id).lines[0].picked == 1
    shop.scan(shop.paper(order), COLA, NOODLES)
    cut()
    shop.scan(shop.paper(order))
    shop.keys("E")
    cut()
    assert shop.app(order.id).state is S.PACKED
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    cut()
    shop.scan(shop.paper(order))
    assert shop.prompts[-1] == "app.code_first"
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    shop.scan(shop.paper(order))
    cut()
    assert [len(shop.records(f"order.{kind}")) for kind in ("placed", "packed", "handed_over")] == [1, 1, 1]
    assert shop.verdict() == ""


def test_a_code_is_not_found_by_trying_all_of_them_on_the_ledger(shop: AppBench) -> None:
    """Ten digits are soon tried: it takes the station's key as well, which is in another file."""
    order = shop.place()
    assert order.code != hashlib.sha256(f"order:{CODE}".encode()).hexdigest()
    assert order.code == hmac.new(bytes(range(32)), f"order:{CODE}".encode(), hashlib.sha256).hexdigest()


def test_goods_that_an_order_has_promised_are_sold_with_a_word(shop: AppBench) -> None:
    """The shelf decides, not the books: nobody is sent away because of a number."""
    shop.count(COLA, 3)
    shop.place()
    shop.scan(COLA)
    assert shop.prompts[-1] == "item.added", "one is free"
    shop.scan(COLA)
    assert shop.last_words == "网上订了两件，请留好"
    shop.card(EXACT)
    assert len(shop.sales()) == 1


def test_goods_that_nobody_counted_are_sold_without_a_word(shop: AppBench) -> None:
    shop.place()
    shop.scan(COLA)
    assert shop.prompts[-1] == "item.added"
