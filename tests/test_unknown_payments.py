"""A payment of which nobody knows: it stands aside with its cash part, and is cancelled until it has an end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, TID, TOPICS, Habits
from link_bench import online
from wallet_bench import ALIPAY, WECHAT, WalletBench, open_shop

from edge.clock import iso_ms
from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.codec.json_text import pack_object
from edge.codec.topics import Down
from edge.messages import CloudMessage
from edge.model.counter import Counter
from edge.model.payment import PaymentState
from edge.model.sale import State
from edge.model.slip import Row, Text
from edge.promotion_file import read_promotions
from edge.toml_file import TomlFile

EXACT, HOLD, RECALL, STOP, TOTAL = "ZZ1021", "ZZ1076", "ZZ1083", "ZZ1908", "ZZ1014"
SLIP = slip_code(OwnSlip(SlipKind.HOLD, f"{1:06d}"))


@pytest.fixture
def shop(tmp_path: Path) -> WalletBench:
    return open_shop(tmp_path / "shop")


def unknown(shop: WalletBench, *, part: str = "") -> None:
    """Goods for 7.50, perhaps a part in cash, and a wallet of which nobody hears again."""
    shop.scan(COLA, NOODLES)
    shop.keys(f"{part}E" if part else "")
    shop.scan(ALIPAY)
    shop.pass_s(25)
    assert shop.sale is not None and shop.sale.state is State.PAY_UNKNOWN


def words_of_slip(shop: WalletBench) -> list[str]:
    blocks = shop.printed[-1].slip.blocks
    rows = [f"{block.left} {block.right}" for block in blocks if isinstance(block, Row)]
    return [block.text for block in blocks if isinstance(block, Text)] + rows


# --- it stands aside -------------------------------------------------------------------------------------------------


def test_it_stands_aside_with_the_part_that_was_paid_in_cash_and_is_completed_with_it(shop: WalletBench) -> None:
    unknown(shop, part="5")
    shop.card(HOLD)
    assert (shop.last_words, shop.sale) == ("已挂单，两元五角", None)
    slip = words_of_slip(shop)
    assert {"付款结果未知", "先不要放货", "合计 ￥7.50", "已收 ￥5.00", "还差 ￥2.50"} <= set(slip)
    shop.answer("approved", kind="payment.query")
    assert shop.last_words == "挂着的那单支付宝收款二点五元，可以放货"
    (sale,) = shop.sales()
    assert [(pay["m"], pay["amt"]) for pay in sale["pay"]] == [("cash", 500), ("alipay", 250)]


def test_where_it_was_not_paid_the_sale_comes_back_and_goes_on_with_its_part(shop: WalletBench) -> None:
    unknown(shop, part="5")
    shop.card(HOLD)
    shop.answer("cancelled", kind="payment.query")
    assert shop.last_words == "挂着的那单没付，取单再收"
    shop.card(RECALL)
    assert shop.last_words == "已取单，还差两元五角"
    shop.card(EXACT)
    (sale,) = shop.sales()
    assert [(pay["m"], pay["amt"]) for pay in sale["pay"]] == [("cash", 500), ("cash", 250)]


def test_what_a_wallet_has_paid_a_part_of_comes_back_at_the_price_that_it_was_paid_at(tmp_path: Path) -> None:
    rules = read_promotions(TomlFile("promotions.toml", UNTIL_NOON))
    shop = WalletBench(tmp_path / "shop", Habits(promotions=rules))
    online(shop)
    unknown(shop, part="5")
    assert shop.sale is not None and shop.sale.total == 650
    shop.card(HOLD)
    shop.answer("cancelled", kind="payment.query")
    shop.sleep_s(3_600)
    shop.card(RECALL)
    assert shop.last_words == "已取单，还差一元五角", "the offer is over, but not for what was begun to be paid"


UNTIL_NOON = f"""\
[cola-cheap]
kind = "simple"
name = "可乐2元"
skus = ["{COLA}"]
price_fen = 200
hours = "11:00-12:30"
"""


def cheaper(shop: WalletBench, *, held: bool) -> None:
    """The sale that a payment was begun for is another by now, as none of ours makes it."""
    tx = shop.begin()
    number, sale = (1, tx.held.find(1)) if held else (0, tx.counter.sale)
    less = replace(sale, lines=sale.lines[:1])
    if held:
        tx.held.change(number, less)
    else:
        tx.keep(Counter(less))
    tx.commit()


@pytest.mark.parametrize("held", [False, True])
def test_money_that_does_not_fit_the_sale_any_more_is_recorded_told_and_given_back(
    shop: WalletBench, *, held: bool
) -> None:
    unknown(shop)
    if held:
        shop.card(HOLD)
    cheaper(shop, held=held)
    shop.answer("approved", kind="payment.query")
    assert shop.states()[-1] == "approved"
    assert shop.last_words == "收到七元五角对不上单，会退回"
    assert [request.args["amt"] for request in shop.asked("payment.refund")] == [750]
    shop.card(RECALL if held else EXACT)
    if held:
        shop.card(EXACT)
    assert [sale["total"] for sale in shop.sales()] == [300], "it can be paid again"


def test_a_power_cut_right_after_such_an_approval_does_not_keep_the_money(shop: WalletBench) -> None:
    unknown(shop)
    cheaper(shop, held=False)
    pid = shop.payment().id
    cid = shop.asked("payment.query")[-1].cid
    told = {"v": 1, "tid": TID, "at": iso_ms(shop.clock.wall()), "cid": cid, "ok": True, "state": "approved",
            "out": {"pid": pid, "amt": 750, "cur": "CNY"}}  # fmt: skip
    shop.bus.post(CloudMessage(TOPICS.down(TID, Down.RES), pack_object(told)))
    while shop.states()[-1] != "approved":
        shop.bus.run_once()
    shop.restart()
    online(shop)
    shop.pass_s(10)
    assert {(request.args["pid"], request.args["amt"]) for request in shop.asked("payment.refund")} == {(pid, 750)}


def test_an_approval_for_a_held_sale_that_nobody_can_read_is_recorded_told_and_given_back(shop: WalletBench) -> None:
    unknown(shop)
    shop.card(HOLD)
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE held SET body = replace(body, 'lines', 'rows')")
        connection.commit()
    shop.answer("approved", kind="payment.query")
    assert shop.states()[-1] == "approved"
    assert shop.last_words == "收到七元五角对不上单，会退回"
    assert [request.args["amt"] for request in shop.asked("payment.refund")] == [750]


def test_a_question_about_cash_does_not_keep_it_from_standing_aside(shop: WalletBench) -> None:
    unknown(shop)
    shop.keys("E")
    shop.card(HOLD)
    assert (shop.last_words, shop.sale) == ("已挂单，七元五角", None)


def test_one_that_comes_back_too_early_is_as_unknown_as_before(shop: WalletBench) -> None:
    unknown(shop)
    shop.card(HOLD)
    shop.scan(SLIP)
    assert shop.last_words == "已取单，付款结果还不知道"
    assert shop.sale is not None and shop.sale.state is State.PAY_UNKNOWN
    shop.answer("approved", kind="payment.query")
    assert shop.last_words == "支付宝收款七点五元，本单已收齐"


def test_its_slip_says_later_that_it_is_paid_also_after_a_power_cut(shop: WalletBench) -> None:
    unknown(shop)
    shop.card(HOLD)
    shop.answer("approved", kind="payment.query")
    shop.scan(SLIP)
    assert shop.last_words == "这单七元五角已付清，可以放货"
    shop.restart()
    shop.scan(SLIP)
    assert shop.last_words == "这单七元五角已付清，可以放货"
    assert (shop.sale, len(shop.sales())) == (None, 1)


def test_an_ordinary_hold_slip_tells_of_no_payment(shop: WalletBench) -> None:
    shop.scan(COLA)
    shop.card(HOLD)
    assert not {"付款结果未知", "先不要放货"} & set(words_of_slip(shop))
    assert not any(row.startswith(("已收", "还差")) for row in words_of_slip(shop))


# --- it is cancelled -------------------------------------------------------------------------------------------------


def test_stop_asks_for_the_end_and_again_asks_nothing_more(shop: WalletBench) -> None:
    unknown(shop)
    shop.hush()
    for _ in range(3):
        shop.card(STOP)
        assert shop.last_words == "正在取消付款，请稍等"
    shop.pass_s(3.5)
    assert (len(shop.asked("payment.cancel")), shop.asked("payment.query")) == (1, [])
    shop.pass_s(60)
    assert (len(shop.asked("payment.cancel")), shop.asked("payment.query")) == (4, [])
    shop.answer("cancelled", kind="payment.cancel")
    assert shop.last_words == "刚才那笔没有付，请再收"


def test_stop_is_said_once_while_a_payment_is_under_way(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("accepted", more=True)
    shop.hush()
    shop.card(STOP)
    assert shop.prompts == ["pay.cancelling"]


def test_what_was_to_be_cancelled_is_so_after_the_link_was_lost_and_after_a_power_cut(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("wait_customer", more=True)
    shop.card(STOP)
    shop.down()
    assert shop.payment().state is PaymentState.UNKNOWN
    shop.published.clear()
    shop.go_online()
    shop.pass_s(30)
    assert shop.asked("payment.cancel") and shop.asked("payment.query") == []
    shop.restart()
    shop.published.clear()
    shop.go_online()
    shop.pass_s(30)
    assert shop.asked("payment.cancel") and shop.asked("payment.query") == []


def test_stop_without_a_network_is_noted_and_asked_for_when_it_is_back(shop: WalletBench) -> None:
    shop.pays()
    shop.down()
    shop.card(STOP)
    assert shop.last_words == "记下了，网络一通就取消"
    shop.published.clear()
    shop.go_online()
    assert [request.type for request in shop.sent("req") if request.type.startswith("payment.")] == ["payment.cancel"]


def test_a_link_that_comes_and_goes_does_not_make_more_questions(shop: WalletBench) -> None:
    shop.pays()
    for _ in range(5):
        shop.down()
        shop.go_online()
    shop.pass_s(70)
    shop.published.clear()
    shop.pass_s(180)
    assert len(shop.asked("payment.query")) <= 4


def test_wechat_that_is_too_young_is_asked_about_first_when_the_link_is_back(shop: WalletBench) -> None:
    shop.pays(WECHAT)
    shop.answer("wait_customer", more=True)
    pid = shop.payment().id
    shop.card(STOP)
    shop.down()
    shop.published.clear()
    shop.go_online()
    young = shop.begin().stamp.up_ms - shop.payment(pid).up_ms < 15_000
    assert bool(shop.asked("payment.query")) is young
    shop.pass_s(20)
    assert shop.asked("payment.cancel")


def test_after_cash_instead_the_end_of_the_payment_is_said(shop: WalletBench) -> None:
    unknown(shop)
    shop.card(EXACT)
    shop.keys("E")
    assert "支付宝那笔正在取消" in [speech.text for speech in shop.spoken]
    shop.answer("cancelled", kind="payment.cancel")
    assert shop.last_words == "支付宝没扣钱，放心"
    assert [pay["m"] for pay in shop.sales()[0]["pay"]] == ["cash"]
