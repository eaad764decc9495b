"""The fee of a parcel: paid by anything, given back until the courier came, never without its label (row 65)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA
from send_bench import ALL, EXACT, JD, OTHER, POST_VOID, REFUND, SEND, SF, STOP, TAB, SendBench
from tab_bench import MEMBER, confirm, enrol
from test_ledger_damage import sql
from wallet_bench import ALIPAY

from edge.codec.command_card import receipt_code
from edge.codec.topics import Down
from edge.messages import Outcome
from edge.model.counter import Waiting
from edge.model.parcel import ParcelState


@pytest.fixture
def shop(tmp_path: Path) -> SendBench:
    shop = SendBench(tmp_path / "shop", scale=False)
    shop.printer_ready()
    shop.go_online()
    shop.hush()
    return shop


def states(shop: SendBench) -> list[str]:
    """What the journal tells of parcels, in order."""
    return [row["type"] for row in shop.records() if row["type"].startswith("parcel.")]


def wallet(shop: SendBench, kind: str, state: str) -> None:
    """The newest question about wallet money is answered."""
    request = next(one for one in reversed(shop.sent("req")) if one.type == kind)
    tx = shop.begin()
    amount = request.args.get("amt") or tx.payments.find(request.args["pid"]).amount
    tx.rollback()
    out = {key: request.args[key] for key in ("pid", "rid") if key in request.args} | {"amt": amount, "cur": "CNY"}
    shop.hear(Down.RES, {"cid": request.cid, "ok": True, "state": state, "out": out})


def cancel(shop: SendBench, waybill: str) -> None:
    """退货, the tracking slip, the owner's card, Enter, Enter."""
    shop.scan(REFUND, waybill)
    shop.as_owner()
    confirm(shop)


# --- paid by anything ------------------------------------------------------------------------------------------------


def test_a_wallet_pays_and_the_label_comes_with_its_approval(shop: SendBench) -> None:
    quote = shop.in_basket()
    shop.scan(ALIPAY)
    assert shop.slips(quote.waybill) == []
    wallet(shop, "payment.pay", "approved")
    assert len(shop.slips(quote.waybill)) == 1
    assert states(shop) == ["parcel.labelled"]


def test_a_wallet_that_declines_prints_no_label(shop: SendBench) -> None:
    quote = shop.in_basket()
    shop.scan(ALIPAY)
    wallet(shop, "payment.pay", "declined")
    assert (shop.slips(quote.waybill), states(shop)) == ([], [])


def test_money_that_nobody_sees_pays_it(shop: SendBench) -> None:
    shop.in_basket()
    shop.card(OTHER)
    shop.keys("E")
    assert states(shop) == ["parcel.labelled"]


def test_the_tab_pays_it(shop: SendBench) -> None:
    enrol(shop, "50")
    shop.in_basket()
    shop.scan(TAB, MEMBER)
    shop.keys("E")
    assert states(shop) == ["parcel.labelled"]


def test_the_receipt_shows_the_fee(shop: SendBench) -> None:
    shop.scan(COLA)
    shop.labelled()
    shop.paper(Outcome.DONE)
    receipt = next(str(job.slip) for job in shop.printed if "寄快递运费" in str(job.slip))
    assert "23.00" in receipt and "件数 1'" in receipt


def test_stock_knows_of_no_fee(shop: SendBench) -> None:
    shop.accepted()
    rows = shop.ledger._connection.execute("SELECT sku FROM stock").fetchall()
    assert [sku for (sku,) in rows if sku.startswith("send:")] == []


# --- given back ------------------------------------------------------------------------------------------------------


def test_the_slip_and_the_owners_card_give_the_fee_back_and_the_parcel_stays(shop: SendBench) -> None:
    quote = shop.accepted()
    cancel(shop, quote.waybill)
    (back,) = shop.records("sale.refunded")
    assert back["data"]["total"] == 2_300
    assert states(shop) == ["parcel.labelled", "parcel.accepted", "parcel.cancelled"]
    assert shop.records("parcel.cancelled")[0]["data"]["why"] == "refunded"
    assert "send.back" in shop.prompts
    shop.courier()
    shop.scan(quote.waybill)
    assert shop.last_words == "运费退过了，这件不寄"
    shop.card(STOP)
    shop.scan(quote.waybill)
    assert shop.last_words == "运费退过了，这件不寄"
    assert shop.known(quote.waybill).state is ParcelState.CANCELLED


def test_without_the_owners_card_no_fee_goes_back(shop: SendBench) -> None:
    quote = shop.accepted()
    shop.scan(REFUND, quote.waybill)
    confirm(shop)
    assert shop.records("sale.refunded") == []
    assert "owner.first" in shop.prompts
    assert shop.waits_for() is Waiting.REFUND
    shop.as_owner()
    confirm(shop)
    assert len(shop.records("sale.refunded")) == 1


def test_a_label_that_nobody_scanned_gives_its_fee_back_too(shop: SendBench) -> None:
    cancel(shop, shop.labelled().waybill)
    assert states(shop) == ["parcel.labelled", "parcel.cancelled"]


def test_once_the_courier_has_it_no_fee_goes_back(shop: SendBench) -> None:
    shop.scan(COLA)
    quote = shop.accepted()
    receipt = receipt_code(shop.sales()[0]["receipt"])
    shop.courier()
    shop.scan(quote.waybill)
    shop.card(STOP)
    shop.scan(REFUND, receipt)
    shop.keys("2E")
    assert shop.last_words == "这件已经寄走了"
    shop.scan(quote.waybill)
    assert shop.last_words == "这件已经寄走了"
    shop.as_owner(ALL)
    shop.keys("E")
    (back,) = shop.records("sale.refunded")
    assert [line["sku"] for line in back["data"]["lines"]] == [COLA], "goods of the same receipt come back"
    assert "parcel.cancelled" not in states(shop)


def test_a_sale_whose_parcel_has_left_is_not_taken_back_as_a_whole(shop: SendBench) -> None:
    quote = shop.accepted()
    shop.courier()
    shop.scan(quote.waybill)
    shop.card(STOP)
    shop.as_owner(POST_VOID)
    assert shop.last_words == "这件已经寄走了"
    assert shop.records("sale.voided") == []


def test_a_sale_that_is_taken_back_as_a_whole_cancels_its_parcel(shop: SendBench) -> None:
    shop.accepted()
    shop.as_owner(POST_VOID)
    shop.keys("E")
    assert len(shop.records("sale.voided")) == 1
    assert states(shop)[-1] == "parcel.cancelled"


def test_while_a_wallet_gets_its_money_back_the_parcel_does_not_leave(shop: SendBench) -> None:
    quote = shop.in_basket()
    shop.scan(ALIPAY)
    wallet(shop, "payment.pay", "approved")
    shop.scan(quote.waybill)
    cancel(shop, quote.waybill)
    assert shop.records("sale.refunded") == []
    shop.courier()
    shop.scan(quote.waybill)
    assert shop.last_words == "运费正在退，这件不寄"
    shop.card(STOP)
    wallet(shop, "payment.refund", "refunded")
    assert states(shop)[-1] == "parcel.cancelled"
    assert len(shop.records("sale.refunded")) == 1


def test_one_fee_of_two_goes_back_and_the_other_parcel_leaves(shop: SendBench) -> None:
    first, second = shop.in_basket(SF), shop.in_basket(JD)
    shop.card(EXACT)
    shop.scan(first.waybill, second.waybill)
    cancel(shop, second.waybill)
    assert shop.records("sale.refunded")[0]["data"]["total"] == second.fee
    shop.courier()
    shop.scan(first.waybill)
    assert states(shop)[-2:] == ["parcel.cancelled", "parcel.handed_over"]


def test_a_strange_waybill_in_a_refund_is_a_word_and_no_more(shop: SendBench) -> None:
    shop.accepted()
    shop.scan(REFUND, "SF1999999999999")
    assert shop.prompts[-1] == "refund.not_in"
    assert shop.waits_for() is Waiting.RECEIPT


# --- power -----------------------------------------------------------------------------------------------------------


def steps(quote_of: dict[str, str]) -> list[Any]:
    """What hands do, one after the other; the waybill is known once it is asked for."""
    return [
        lambda shop: shop.scan(SEND),
        lambda shop: shop.scan(SF),
        lambda shop: shop.keys("1250E"),
        lambda shop: shop.questions and shop.answer(shop.questions[-1]),
        lambda shop: shop.keys("E"),
        lambda shop: shop.card(EXACT),
        lambda shop: shop.scan(quote_of["waybill"]),
        lambda shop: shop.courier(),
        lambda shop: shop.scan(quote_of["waybill"]),
        lambda shop: shop.card(STOP),
    ]


@pytest.mark.parametrize("cut", range(10))
def test_after_a_power_cut_nothing_is_charged_without_a_label_and_nothing_is_done_twice(
    shop: SendBench, cut: int
) -> None:
    known = {"waybill": "SF1000000000001"}
    for act in steps(known)[: cut + 1]:
        act(shop)
    before = states(shop)
    shop.restart()
    shop.go_online()
    shop.printer_ready()
    assert states(shop) == before
    assert len(shop.slips("SF1000000000001")) >= len(shop.records("parcel.labelled"))
    assert len(shop.sales()) == len(shop.records("parcel.labelled"))
    if cut < 4:
        assert (shop.waits_for(), shop.lines) == (Waiting.NOTHING, [])
    elif cut == 4:
        assert shop.lines == [("寄快递运费", 2_300)], "the basket of before the cut"
        shop.card(EXACT)
    if cut < 4:
        for act in steps(known)[:6]:
            act(shop)
    if cut < 6:
        shop.scan(known["waybill"])
    if cut < 8:
        shop.courier()
        shop.scan(known["waybill"])
        shop.card(STOP)
    shop.scan(known["waybill"])
    assert states(shop) == ["parcel.labelled", "parcel.accepted", "parcel.handed_over"]
    assert len(shop.sales()) == 1
    assert shop.verdict() == ""


def test_a_fee_in_the_bill_has_its_label_also_after_a_damaged_ledger(tmp_path: Path) -> None:
    """The bill moves into the new ledger, and with it what the cloud said of its parcel."""
    shop = SendBench(tmp_path / "shop", scale=False)
    shop.go_online()
    quote = shop.in_basket()
    path = shop.ledger.path
    shop.ledger.close(clean=True)
    sql("UPDATE journal SET body = 'x' WHERE n = 1")(path)
    again = SendBench(path.parent, scale=False, seed=9)
    assert list((path.parent / "aside").glob("ledger.*.db")), "it was damaged"
    assert again.lines == [("寄快递运费", 2_300)]
    again.card(EXACT)
    assert [row["data"]["waybill"] for row in again.records("parcel.labelled")] == [quote.waybill]
    assert len(again.slips(quote.waybill)) == 1
