"""Goods come back: for what was paid, never more than was sold, the way the money came; the last sale as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NEW_TEA, NOODLES, TISSUES, CounterBench, Habits
from hypothesis import given
from hypothesis import strategies as st
from link_bench import online
from wallet_bench import ALIPAY, WalletBench

from edge.codec.command_card import receipt_code
from edge.messages import Outcome
from edge.model.money import Fen, Milli, Rounding
from edge.model.refund import Refund, paid_for, rest_of, with_line
from edge.model.sale import Event, Sale, add_open_price, moved
from edge.model.settlement import tender_cash
from edge.model.slip import Row, Text

EXACT, REFUND, ALL, STOP, UNDO, POST_VOID = "ZZ1021", "ZZ1106", "ZZ2066", "ZZ1908", "ZZ1052", "ZZ2028"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


@pytest.fixture
def wired(tmp_path: Path) -> WalletBench:
    bench = WalletBench(tmp_path / "shop")
    online(bench)
    bench.hush()
    return bench


def last_receipt(shop: CounterBench) -> str:
    return receipt_code(shop.sales()[-1]["receipt"])


def refunded(shop: CounterBench) -> list[tuple[int, list[tuple[str, str, int]]]]:
    """(total, [(name, pieces, fen)]) of each refund."""
    return [
        (row["data"]["total"], [(line["name"], line["qty"], line["amt"]) for line in row["data"]["lines"]])
        for row in shop.records("sale.refunded")
    ]


def confirm(shop: CounterBench) -> None:
    shop.keys("E")
    shop.pass_s(1)
    shop.keys("E")


def test_goods_come_back_by_their_receipt_and_cash_goes_out(shop: CounterBench) -> None:
    shop.sell(COLA, NOODLES)
    shop.hush()
    shop.card(REFUND)
    assert shop.last_words == "请扫小票，没有就扫停"
    shop.scan(last_receipt(shop))
    assert shop.last_words == "扫商品，输第几样，或全退"
    shop.scan(NOODLES)
    assert shop.last_words == "方便面，退四元五角"
    shop.keys("E")
    assert shop.last_words == "一共退四元五角？按确认"
    assert (refunded(shop), shop.kicked) == ([], [])
    shop.pass_s(1)
    shop.keys("E")
    assert shop.last_words == "退现金四元五角"
    assert refunded(shop) == [(450, [("方便面", "1", 450)])]
    (row,) = shop.records("sale.refunded")
    assert row["data"]["of"] == shop.records("sale.completed")[0]["id"]
    assert (row["data"]["receipt"], row["data"]["pay"]) == ("261123-1-0002", [{"m": "cash", "amt": 450}])
    assert len(shop.kicked) == 1


def test_what_was_sold_is_on_the_shelf_again(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(REFUND)
    shop.scan(last_receipt(shop))
    shop.card(ALL)
    shop.pass_s(1)
    shop.keys("E")
    tx = shop.begin()
    ((sold,),) = tx._read("SELECT sold FROM stock WHERE sku = ?", (COLA,))
    assert sold == 0


def test_the_refund_slip_says_what_and_how(shop: CounterBench) -> None:
    shop.printer_ready()
    shop.sell(COLA)
    receipt = last_receipt(shop)
    shop.paper(Outcome.DONE)
    shop.card(REFUND)
    shop.scan(receipt)
    shop.card(ALL)
    shop.pass_s(1)
    shop.keys("E")
    blocks = shop.printed[-1].slip.blocks
    assert Text("原小票 261123-1-0001") in blocks
    assert Row("退款", "￥3.00", bold=True, big=True) in blocks
    assert Row("退 现金", "3.00") in blocks


def test_never_more_comes_back_than_was_sold(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("2*")
    shop.card(EXACT)
    receipt = last_receipt(shop)
    shop.card(REFUND)
    shop.scan(receipt, COLA, COLA, COLA)
    assert shop.prompts[-1] == "refund.over"
    confirm(shop)
    assert refunded(shop) == [(600, [("可乐", "2", 600)])]
    shop.card(REFUND)
    shop.scan(receipt)
    assert shop.last_words == "这件已经退过"


def test_in_pieces_over_two_visits_the_last_fen_comes_back_too(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(rounding=Rounding.JIAO))
    shop.scan(TISSUES)
    shop.keys("3*")
    shop.card(EXACT)
    assert (shop.sales()[0]["total"], shop.sales()[0]["rounding"]) == (3753, -53)
    for _ in range(3):
        shop.card(REFUND)
        shop.scan(last_receipt(shop), TISSUES)
        confirm(shop)
    assert [total for total, _ in refunded(shop)] == [1233, 1233, 1234]


def test_a_quantity_can_be_keyed_and_taken_back(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("5*")
    shop.card(EXACT, REFUND)
    shop.scan(last_receipt(shop), COLA)
    shop.keys("3*")
    assert shop.last_words == "可乐，退九元"
    shop.keys("6*")
    assert shop.last_words == "最多退五件，请重新输"
    shop.card(UNDO)
    shop.keys("E")
    assert shop.prompts[-1] == "refund.goods"


@pytest.mark.parametrize(("scan", "prompt"), [(NOODLES, "refund.not_in"), (NEW_TEA, "refund.not_in")])
def test_goods_of_another_receipt_do_not_come_back(shop: CounterBench, scan: str, prompt: str) -> None:
    shop.sell(COLA)
    shop.card(REFUND)
    shop.scan(last_receipt(shop), scan)
    assert shop.prompts[-1] == prompt
    assert shop.sale is None


def test_a_receipt_that_is_not_of_this_till_is_refused(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(REFUND)
    shop.scan(receipt_code("261122-1-0007"))
    assert shop.last_words == "没有这张小票，请看单号"


def test_something_else_than_the_receipt_is_told_what_is_needed(shop: CounterBench) -> None:
    shop.card(REFUND)
    for what in (COLA, "ZZ1014", "ZZ1021"):
        shop.scan(what)
        assert shop.last_words == "请扫小票，没有就扫停", what
    shop.keys("E-+5E")
    assert (shop.sale, shop.sales(), shop.last_words) == (None, [], "请扫小票，没有就扫停")


def test_stop_gives_nothing_back(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(REFUND)
    shop.scan(last_receipt(shop), COLA)
    shop.card(STOP)
    confirm(shop)
    assert refunded(shop) == []
    shop.scan(NOODLES)
    assert shop.lines == [("方便面", 450)]


def test_no_refund_begins_while_a_sale_is_open(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(COLA)
    shop.card(REFUND)
    assert shop.last_words == "先结完这一单"


def test_enter_that_bounces_gives_no_money_away(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(REFUND)
    shop.scan(last_receipt(shop), COLA)
    shop.bounce()
    assert refunded(shop) == [] and shop.prompts[-1] == "refund.q"


def test_a_power_cut_in_the_middle_gives_nothing_back(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(REFUND)
    shop.scan(last_receipt(shop), COLA)
    shop.restart()
    confirm(shop)
    assert refunded(shop) == []


# --- wallets -----------------------------------------------------------------------------------------------------


def paid_by_wallet(shop: WalletBench, *goods: str, cash: str = "") -> str:
    shop.scan(*goods)
    if cash:
        shop.keys(cash)
    shop.scan(ALIPAY)
    shop.answer("approved")
    return last_receipt(shop)


def test_a_wallet_gets_its_money_back_before_anything_is_booked(wired: WalletBench) -> None:
    receipt = paid_by_wallet(wired, COLA, NOODLES)
    wired.card(REFUND)
    wired.scan(receipt, COLA)
    confirm(wired)
    assert (wired.last_words, refunded(wired)) == ("正在退回钱包，请稍等", [])
    (request,) = wired.asked("payment.refund")
    assert (request.args["amt"], request.args["pid"]) == (300, wired.payment().id)
    wired.answer("refunded", kind="payment.refund")
    assert wired.last_words == "已原路退回三元"
    assert [total for total, _ in refunded(wired)] == [300]
    assert wired.kicked == []
    assert wired.payment().rest == 450


def test_the_counter_serves_the_next_customer_while_the_wallet_is_waited_for(wired: WalletBench) -> None:
    receipt = paid_by_wallet(wired, COLA)
    wired.card(REFUND)
    wired.scan(receipt)
    wired.card(ALL)
    wired.pass_s(1)
    wired.keys("E")
    wired.sell(NOODLES)
    wired.card(REFUND)
    wired.scan(receipt)
    assert wired.last_words == "这件已经退过"
    wired.answer("refunded", kind="payment.refund")
    assert [total for total, _ in refunded(wired)] == [300]


def test_of_a_split_payment_the_wallet_part_goes_back_first(wired: WalletBench) -> None:
    receipt = paid_by_wallet(wired, COLA, NOODLES, cash="5E")
    wired.card(REFUND)
    wired.scan(receipt, COLA)
    confirm(wired)
    wired.answer("refunded", kind="payment.refund")
    (row,) = wired.records("sale.refunded")
    assert [(pay["m"], pay["amt"]) for pay in row["data"]["pay"]] == [("alipay", 250), ("cash", 50)]
    assert wired.last_words == "退现金五角"


def test_what_the_wallet_refuses_goes_back_in_cash_once(wired: WalletBench) -> None:
    receipt = paid_by_wallet(wired, COLA)
    wired.card(REFUND)
    wired.scan(receipt)
    wired.card(ALL)
    wired.pass_s(1)
    wired.keys("E")
    wired.answer("declined", kind="payment.refund")
    assert wired.last_words == "钱包退三元没成，请退现金"
    (row,) = wired.records("sale.refunded")
    assert row["data"]["pay"] == [{"m": "cash", "amt": 300}]
    assert len(wired.kicked) == 1


def test_without_a_network_no_wallet_refund_is_begun(wired: WalletBench) -> None:
    receipt = paid_by_wallet(wired, COLA)
    wired.down()
    wired.card(REFUND)
    wired.scan(receipt, COLA)
    confirm(wired)
    assert wired.prompts[-1] == "refund.offline"
    wired.go_online()
    confirm(wired)
    wired.answer("refunded", kind="payment.refund")
    assert [total for total, _ in refunded(wired)] == [300]


def test_a_refund_that_a_power_cut_interrupted_is_asked_for_under_the_same_id_and_booked_once(
    wired: WalletBench,
) -> None:
    receipt = paid_by_wallet(wired, COLA)
    wired.card(REFUND)
    wired.scan(receipt, COLA)
    confirm(wired)
    rid = wired.asked("payment.refund")[-1].args["rid"]
    wired.restart()
    wired.published.clear()
    wired.go_online()
    wired.pass_s(30)
    assert {request.args["rid"] for request in wired.asked("payment.refund")} == {rid}
    tx = wired.begin()
    pid = tx.payments.find_refund(rid).payment
    assert tx.payments.find(pid).rest == 300
    wired.hear_refund(rid, pid, 300)
    wired.hear_refund(rid, pid, 300)
    assert [total for total, _ in refunded(wired)] == [300]


# --- the last sale as a whole --------------------------------------------------------------------------------------


def test_the_last_sale_is_taken_back_whole(shop: CounterBench) -> None:
    shop.sell(COLA, NOODLES)
    shop.as_owner(POST_VOID)
    assert shop.last_words == "冲正上一单七元五角？按确认"
    shop.pass_s(1)
    shop.keys("E")
    assert shop.last_words == "退现金七元五角"
    (row,) = shop.records("sale.voided")
    assert (row["data"]["total"], row["data"]["why"]) == (750, "post_void")
    shop.as_owner(POST_VOID)
    assert shop.prompts[-1] == "refund.over"


def test_after_ten_minutes_or_a_return_it_is_too_late(shop: CounterBench) -> None:
    shop.as_owner(POST_VOID)
    assert shop.prompts[-1] == "void.too_late"
    shop.sell(COLA)
    shop.pass_s(601)
    shop.as_owner(POST_VOID)
    assert shop.last_words == "十分钟内的才能冲正，请退货"


# --- the arithmetic --------------------------------------------------------------------------------------------------


@given(
    prices=st.lists(st.tuples(st.integers(1, 5_000), st.integers(1, 5)), min_size=1, max_size=6),
    rule=st.sampled_from(Rounding), order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_however_it_comes_back_it_gives_what_was_paid(
    prices: list[tuple[int, int]], rule: Rounding, order: object
) -> None:
    sale = Sale("s")
    for price, pieces in prices:
        sale = add_open_price(sale, name="x", price=Fen(price), qty=Milli(pieces * 1000))
    sale = tender_cash(moved(sale, Event.SUBTOTAL), sale.total, rule)
    assert sum(paid_for(sale).values()) == sale.paid
    returned: dict[int, tuple[Milli, Fen]] = {}
    back = 0
    pieces_left = [line for line in sale.standing for _ in range(line.qty // 1000)]
    order.shuffle(pieces_left)  # type: ignore[attr-defined]
    for line in pieces_left:
        piece = with_line(Refund("r", "s", "1"), sale, line, Milli(1000), returned).lines[0]
        assert piece.amount >= 0
        before = returned.get(line.n, (Milli(0), Fen(0)))
        returned[line.n] = (Milli(before[0] + piece.qty), Fen(before[1] + piece.amount))
        back += piece.amount
        assert back <= sale.paid
    assert back == sale.paid
    assert all(rest_of(line, returned) == 0 for line in sale.standing)
