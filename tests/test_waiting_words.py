"""While money is waited for: what is said, how often, what the customer sees, and that no Enter books cash alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES
from wallet_bench import ALIPAY, WalletBench, open_shop

from edge.codec.line_display import screen_lines
from edge.messages import View
from edge.services.hints import STILL_S

TOTAL, HOLD, STOP = "ZZ1014", "ZZ1076", "ZZ1908"
ASK_CASH, AS_UNKNOWN = "输收到的钱，再按确认", "先挂单等结果，或收现金"


@pytest.fixture
def shop(tmp_path: Path) -> WalletBench:
    return open_shop(tmp_path / "shop")


def words(shop: WalletBench) -> list[str]:
    """What was said since the last call."""
    found = [speech.text for speech in shop.spoken]
    shop.spoken.clear()
    return found


def screen(shop: WalletBench) -> list[str]:
    return [line.strip() for line in screen_lines(shop.shown[-1], chinese=True)]


def test_the_total_and_the_wait_are_said_once_where_the_total_was_not_said_before(shop: WalletBench) -> None:
    shop.scan(COLA, NOODLES)
    words(shop)
    shop.scan(ALIPAY)
    shop.answer("accepted", more=True)
    assert words(shop) == ["一共七元五角，支付宝，请稍等"]


def test_after_the_total_and_after_a_part_the_wait_alone_is_said(shop: WalletBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.card(TOTAL)
    words(shop)
    shop.scan(ALIPAY)
    shop.answer("accepted", more=True)
    assert words(shop) == ["支付宝，请稍等"]


def test_goods_after_a_part_make_what_is_due_worth_saying(shop: WalletBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("5E")
    shop.scan(COLA)
    words(shop)
    shop.scan(ALIPAY)
    assert words(shop) == ["还差五元五角，支付宝，请稍等"]


def test_what_is_waited_for_is_said_again_and_again_with_hints_between(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("accepted", more=True)
    heard, at = [], []
    words(shop)
    for second in range(1, 59):
        shop.pass_s(1)
        new = words(shop)
        heard += new
        at += [second] * len(new)
    assert heard.count("还在等支付宝") == 3
    assert heard.count("等付款结果，不等就扫停") == 1
    assert max(later - sooner for sooner, later in pairwise([0, *at])) <= STILL_S
    assert min(later - sooner for sooner, later in pairwise([0, *at])) >= 5, "none cuts the other"


def test_a_scan_meanwhile_lets_nothing_be_said_twice_in_a_moment(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("accepted", more=True)
    at = []
    for second in range(1, 58):
        words(shop)
        shop.pass_s(1)
        at += [second] * len(words(shop))
        if second == 19:
            shop.scan(NOODLES)
    assert min(later - sooner for sooner, later in pairwise(at)) >= 5


def test_it_is_not_said_any_more_once_there_is_an_end(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("approved")
    words(shop)
    shop.pass_s(120)
    assert words(shop) == []


def test_the_display_tells_what_is_waited_for_and_the_total_again_when_it_was_refused(shop: WalletBench) -> None:
    shop.pays()
    assert screen(shop) == ["等待支付宝", "合计            3.00"]
    shop.answer("wait_customer", more=True)
    assert screen(shop) == ["请输入密码", "合计            3.00"]
    shop.answer("declined")
    assert screen(shop) == ["", "合计            3.00"]


def test_the_display_tells_of_a_part_and_of_what_nobody_knows(shop: WalletBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("5E")
    shop.scan(ALIPAY)
    assert screen(shop) == ["等待支付宝", "还差            2.50"]
    shop.pass_s(25)
    assert screen(shop) == ["付款结果未知", "还差            2.50"]
    shop.answer("cancelled", kind="payment.query")
    assert (shop.shown[-1].view, shop.shown[-1].amount) == (View.MISSING, 250)


@pytest.mark.parametrize("state", ["declined", "cancelled"])
def test_after_an_attempt_one_enter_says_the_total_and_the_second_is_cash(shop: WalletBench, state: str) -> None:
    shop.scan(COLA)
    shop.card(TOTAL)
    shop.scan(ALIPAY)
    shop.answer(state)
    shop.pass_s(3)
    shop.bounce()
    assert (shop.sales(), shop.last_words) == ([], "一共三元"), "one press that bounced"
    shop.pass_s(1)
    shop.keys("E")
    assert shop.sales()[0]["pay"][0]["m"] == "cash"


def test_after_a_power_cut_one_enter_says_the_total_first(shop: WalletBench) -> None:
    shop.scan(COLA)
    shop.card(TOTAL)
    shop.restart()
    shop.pass_s(3)
    shop.keys("E")
    assert (shop.sales(), shop.last_words) == ([], "一共三元")


def test_goods_while_nobody_knows_are_told_what_to_do(shop: WalletBench) -> None:
    shop.pays()
    shop.scan(NOODLES)
    assert shop.last_words == "正在收款，请稍等"
    shop.pass_s(25)
    shop.scan(NOODLES)
    assert shop.last_words == AS_UNKNOWN


def test_who_has_given_it_up_is_not_told_to_do_so(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("wait_customer", more=True)
    shop.card(STOP)
    words(shop)
    shop.pass_s(8.1)
    assert words(shop) == ["正在取消付款，请稍等"]


# --- hints: each new thing that is waited for has its own ------------------------------------------------------------


def test_a_code_from_an_open_basket_has_its_hints_and_each_state_after_it_its_own(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("accepted", more=True)
    words(shop)
    shop.pass_s(8.1)
    assert "等付款结果，不等就扫停" in words(shop)
    shop.pass_s(82)
    assert "结果还不知道，先不要放货" in words(shop)
    shop.pass_s(8.1)
    assert words(shop) == [AS_UNKNOWN]
    shop.pass_s(30)
    assert words(shop) == [AS_UNKNOWN]
    shop.answer("declined", kind="payment.cancel")
    words(shop)
    shop.pass_s(7.9)
    assert words(shop) == []
    shop.pass_s(0.2)
    assert words(shop) == [ASK_CASH]
    shop.pass_s(60)
    assert words(shop) == [ASK_CASH, ASK_CASH]
    shop.pass_s(600)
    assert words(shop) == []
