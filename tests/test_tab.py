"""The customer tab (赊账本): goods now, money later, by the card of a customer whom the owner trusts (row 43)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, TISSUES, CounterBench, Habits
from link_bench import online
from tab_bench import MEMBER, NUMBER, STRANGER, balance, confirm, enrol, on_the_tab, owed, repay
from wallet_bench import ALIPAY, WalletBench

from edge.codec.command_card import card_code, receipt_code
from edge.messages import Outcome
from edge.model.money import Rounding
from edge.model.slip import Align, Row, Text

ALL, POST_VOID = "ZZ2066", "ZZ2028"
TAB, EXACT, STOP, UNDO, REFUND, HOLD, TRAINING = (card_code(number) for number in (128, 102, 190, 105, 110, 107, 187))


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    bench = CounterBench(tmp_path / "shop")
    enrol(bench, "50")
    bench.hush()
    return bench


@pytest.fixture
def wired(tmp_path: Path) -> WalletBench:
    bench = WalletBench(tmp_path / "shop")
    online(bench)
    enrol(bench, "50")
    bench.hush()
    return bench


# --- enrolment -------------------------------------------------------------------------------------------------------


def test_the_owner_opens_a_tab_with_a_limit(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.as_owner(TAB)
    assert shop.last_words == "请扫顾客的卡"
    shop.scan(MEMBER)
    assert shop.last_words == "输入赊账额度，按确认"
    shop.keys("50E")
    assert shop.last_words == "最多赊五十元？按确认"
    assert shop.records("tab.enrolled") == []
    shop.keys("E")
    assert shop.last_words == "赊账开好了，额度五十元"
    (row,) = shop.records("tab.enrolled")
    assert (row["stream"], row["data"]["customer"], row["data"]["limit"]) == ("tx", NUMBER, 5_000)
    assert len(row["data"]["by"]) == 12


def test_the_limit_is_changed_in_the_same_way_and_the_balance_stays(shop: CounterBench) -> None:
    on_the_tab(shop, COLA)
    enrol(shop, "10")
    assert owed(shop) == 300
    shop.scan(NOODLES, NOODLES, TAB, MEMBER)
    assert shop.last_words == "额度只剩七元，先收部分现金"


def test_nobody_but_the_owner_opens_a_tab(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.scan(TAB, MEMBER)
    assert shop.last_words == "没开赊账，请店主扫卡开"
    shop.scan(COLA, TAB, MEMBER)
    assert (shop.last_words, shop.lines) == ("没开赊账，请店主扫卡开", [("可乐", 300)])
    assert shop.sales() == []


def test_an_absurd_limit_leaves_the_question_open(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.as_owner(TAB, MEMBER)
    shop.keys("999999E")
    assert shop.prompts[-1] == "err.amount"
    shop.keys("20EE")
    assert shop.records("tab.enrolled")[0]["data"]["limit"] == 2_000


# --- on the tab ------------------------------------------------------------------------------------------------------


def test_a_basket_goes_on_the_tab_by_card_and_enter_without_any_network(shop: CounterBench) -> None:
    shop.printer_ready()
    shop.scan(COLA, NOODLES, TAB)
    assert shop.last_words == "请扫顾客的卡"
    shop.scan(MEMBER)
    assert shop.last_words == "记在账上七元五角，共欠七元五角？按确认"
    assert shop.sales() == []
    shop.keys("E")
    assert [speech.text for speech in shop.spoken[-2:]] == ["已记账七元五角", "账上共欠七元五角"]
    (sale,) = shop.sales()
    assert (sale["pay"], sale["offline"]) == ([{"m": "tab", "amt": 750, "ref": NUMBER}], True)
    (row,) = shop.records("tab.charged")
    assert row["data"] == {
        "customer": NUMBER, "sale": shop.records("sale.completed")[0]["id"], "cur": "CNY", "amt": 750, "balance": 750,
    }  # fmt: skip
    assert shop.kicked == []
    assert Row("赊账共欠", "￥7.50", bold=True) in shop.printed[-1].slip.blocks


def test_the_member_of_the_sale_needs_no_second_scan(shop: CounterBench) -> None:
    shop.scan(MEMBER, COLA, TAB)
    assert shop.last_words == "记在账上三元，共欠三元？按确认"
    shop.keys("E")
    assert owed(shop) == 300


def test_over_the_limit_it_says_what_is_left_and_part_cash_first_works(shop: CounterBench) -> None:
    on_the_tab(shop, *[NOODLES] * 10)
    shop.scan(COLA, NOODLES, TAB, MEMBER)
    assert shop.last_words == "额度只剩五元，先收部分现金"
    shop.keys("3E")
    shop.scan(TAB, MEMBER)
    assert shop.last_words == "记在账上四元五角，共欠四十九元五角？按确认"
    shop.keys("E")
    assert [(part["m"], part["amt"]) for part in shop.sales()[-1]["pay"]] == [("cash", 300), ("tab", 450)]
    assert owed(shop) == 4_950


def test_a_paper_printed_again_tells_what_was_owed_then(shop: CounterBench) -> None:
    shop.printer_ready()
    on_the_tab(shop, COLA)
    receipt = receipt_code(shop.sales()[-1]["receipt"])
    shop.paper(Outcome.DONE)
    on_the_tab(shop, NOODLES)
    shop.paper(Outcome.DONE)
    shop.scan(receipt)
    assert Row("赊账共欠", "￥3.00", bold=True) in shop.printed[-1].slip.blocks


def test_a_stop_or_a_power_cut_before_enter_books_nothing_and_keeps_the_basket(shop: CounterBench) -> None:
    shop.scan(COLA, TAB, MEMBER, STOP)
    assert (shop.sales(), owed(shop), shop.lines) == ([], 0, [("可乐", 300)])
    shop.scan(TAB, MEMBER)
    shop.restart()
    shop.keys("E")
    assert (shop.sales(), owed(shop), shop.lines) == ([], 0, [("可乐", 300)])


def test_goods_after_the_question_are_asked_about_anew(shop: CounterBench) -> None:
    shop.scan(COLA, TAB, MEMBER, NOODLES)
    shop.keys("E")
    assert shop.sales() == []
    shop.scan(TAB, MEMBER)
    assert shop.last_words == "记在账上七元五角，共欠七元五角？按确认"


def test_the_question_for_the_card_is_hinted_at(shop: CounterBench) -> None:
    shop.scan(COLA, TAB)
    shop.hush()
    shop.pass_s(8.2)
    assert [speech.text for speech in shop.spoken] == ["请扫顾客的卡"]
    shop.scan(STOP, TAB, MEMBER)
    shop.pass_s(30)
    shop.hush()
    shop.pass_s(8.2)
    assert [speech.text for speech in shop.spoken] == ["记在账上三元，共欠三元？按确认"]


def test_nobody_practises_with_a_tab(shop: CounterBench) -> None:
    shop.scan(TRAINING, COLA, TAB)
    assert shop.prompts[-1] == "train.cash"


# --- looked at and paid back -----------------------------------------------------------------------------------------


def test_without_a_basket_the_card_says_the_balance_and_enter_prints_the_statement(shop: CounterBench) -> None:
    shop.printer_ready()
    on_the_tab(shop, COLA)
    shop.paper(Outcome.DONE)
    shop.scan(TAB, MEMBER)
    assert shop.last_words == "欠三元，确认打印，输数还款"
    shop.keys("E")
    blocks = shop.printed[-1].slip.blocks
    assert shop.last_words == "正在打印对账单"
    assert Text("赊账对账单", Align.CENTRE, bold=True, big=True) in blocks
    assert Row("11-23 记账", "3.00") in blocks
    assert Row("共欠", "￥3.00", bold=True, big=True) in blocks


def test_an_amount_is_paid_back_like_any_sale_and_the_balance_sinks(shop: CounterBench) -> None:
    on_the_tab(shop, NOODLES)
    shop.hush()
    shop.scan(TAB, MEMBER)
    shop.keys("3E")
    assert (shop.last_words, shop.lines) == ("赊账还款，三元", [("赊账还款", 300)])
    assert owed(shop) == 450
    shop.keys("5E")
    assert [speech.text for speech in shop.spoken[-2:]] == ["收您五元，找您两元", "账上共欠一元五角"]
    assert owed(shop) == 150
    (row,) = shop.records("tab.repaid")
    assert (row["data"]["amt"], row["data"]["balance"]) == (300, 150)
    line = shop.sales()[-1]["lines"][0]
    assert (line["kind"], line["sku"]) == ("deposit", f"tab:{NUMBER}")
    assert len(shop.kicked) == 1


def test_a_wallet_pays_back_too(wired: WalletBench) -> None:
    on_the_tab(wired, NOODLES)
    wired.scan(TAB, MEMBER)
    wired.keys("4.5E")
    wired.scan(ALIPAY)
    wired.answer("approved")
    assert owed(wired) == 0
    assert wired.sales()[-1]["pay"][0]["m"] == "alipay"


def test_more_than_is_owed_is_refused_and_the_question_stays(shop: CounterBench) -> None:
    on_the_tab(shop, COLA)
    shop.scan(TAB, MEMBER)
    shop.keys("3.01E")
    assert shop.last_words == "只欠三元，请输少一点"
    shop.keys("3E")
    assert shop.lines == [("赊账还款", 300)]


def test_what_stands_aside_counts_as_paid_back(shop: CounterBench) -> None:
    on_the_tab(shop, COLA)
    shop.scan(TAB, MEMBER)
    shop.keys("2E")
    shop.scan(HOLD, TAB, MEMBER)
    shop.keys("2E")
    assert shop.last_words == "只欠一元，请输少一点"


def test_a_repayment_cannot_go_on_the_tab(shop: CounterBench) -> None:
    on_the_tab(shop, COLA)
    shop.scan(TAB, MEMBER)
    shop.keys("3E")
    shop.scan(TAB)
    assert shop.last_words == "还款不能记账，请收钱"
    assert owed(shop) == 300


def test_a_repayment_has_no_pieces_and_no_other_price(shop: CounterBench) -> None:
    on_the_tab(shop, COLA)
    shop.scan(TAB, MEMBER)
    shop.keys("1E")
    for gesture in ("2*", "+"):
        shop.keys(gesture)
        assert (shop.prompts[-1], shop.lines) == ("tab.fixed", [("赊账还款", 100)])
    shop.card(card_code(129))
    assert shop.prompts[-1] == "tab.fixed"
    shop.card(UNDO)
    assert shop.lines == []


def test_a_repayment_is_no_goods_and_stands_in_the_report_on_its_own_line(shop: CounterBench) -> None:
    on_the_tab(shop, NOODLES)
    repay(shop, "2")
    tx = shop.begin()
    takings = tx.day.takings()
    assert (takings.times("sale"), takings.fen("sale")) == (1, 450)
    assert (takings.times("tab_repaid"), takings.fen("tab_repaid")) == (1, 200)
    assert (takings.fen("pay.tab"), takings.cash) == (450, 200)
    assert tx.stock.wrong(limit=9) == []
    assert tx._read("SELECT count(*) FROM stock WHERE sku LIKE 'tab:%'") == [(0,)]
    tx.rollback()
    shop.printer_ready()
    for _ in range(2):
        shop.paper(Outcome.DONE)
    shop.card(card_code(166))
    blocks = shop.printed[-1].slip.blocks
    assert Row("赊账还款 1 笔", "2.00") in blocks
    assert Row("赊账未收", "-4.50") in blocks
    assert Row("实收", "￥2.00", bold=True, big=True) in blocks


# --- what came back --------------------------------------------------------------------------------------------------


def test_goods_that_stood_on_the_tab_come_off_it_first(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("3E")
    shop.scan(TAB, MEMBER)
    shop.keys("E")
    assert owed(shop) == 450
    shop.scan(REFUND, receipt_code(shop.sales()[-1]["receipt"]), COLA)
    confirm(shop)
    assert [speech.text for speech in shop.spoken[-2:]] == ["已从账上减三元", "账上共欠一元五角"]
    assert owed(shop) == 150
    shop.scan(REFUND, receipt_code(shop.sales()[-1]["receipt"]), ALL)
    confirm(shop)
    pays = [row["data"]["pay"] for row in shop.records("sale.refunded")]
    assert pays == [
        [{"m": "tab", "amt": 300, "ref": NUMBER}],
        [{"m": "tab", "amt": 150, "ref": NUMBER}, {"m": "cash", "amt": 300}],
    ]
    assert owed(shop) == 0


def test_a_post_void_takes_it_off_the_tab(shop: CounterBench) -> None:
    on_the_tab(shop, COLA)
    shop.as_owner(POST_VOID)
    confirm(shop)
    assert (owed(shop), len(shop.records("sale.voided"))) == (0, 1)


def test_a_repayment_that_is_taken_back_is_owed_again(shop: CounterBench) -> None:
    on_the_tab(shop, COLA)
    repay(shop, "2")
    shop.as_owner(POST_VOID)
    confirm(shop)
    assert owed(shop) == 300
    assert shop.records("tab.charged")[-1]["data"]["balance"] == 300


def test_a_repayment_that_was_rounded_is_owed_again_to_the_fen(tmp_path: Path) -> None:
    """10.09 came off the debt for 10.00 in cash."""
    shop = CounterBench(tmp_path / "shop", Habits(rounding=Rounding.JIAO))
    enrol(shop, "50")
    on_the_tab(shop, TISSUES)
    repay(shop, "10.09")
    assert owed(shop) == 242
    shop.as_owner(POST_VOID)
    shop.keys("E")
    assert shop.records("sale.voided")[-1]["data"]["total"] == 1000
    assert owed(shop) == 1251


def test_goods_that_were_paid_back_already_leave_a_credit_which_pays_the_next_basket(shop: CounterBench) -> None:
    on_the_tab(shop, NOODLES)
    receipt = receipt_code(shop.sales()[-1]["receipt"])
    repay(shop, "4.5")
    shop.scan(REFUND, receipt, ALL)
    shop.keys("E")
    assert (owed(shop), shop.last_words) == (-450, "店里欠顾客四元五角")
    shop.scan(TAB, MEMBER)
    assert shop.last_words == "有余款四元五角，按确认打印"
    shop.card(STOP)
    shop.scan(COLA, TAB, MEMBER)
    assert shop.last_words == "用余款付三元，还余一元五角？按确认"


def test_each_customer_owes_for_himself(shop: CounterBench) -> None:
    on_the_tab(shop, TISSUES)
    assert balance(shop, STRANGER[1:-1]) is None
    enrol(shop, "20", STRANGER)
    assert (balance(shop, STRANGER[1:-1]), owed(shop)) == (0, 1_251)
