"""A loan at the counter: asked for, offered, accepted, approved, received; and every way in which it does not (B4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, Habits
from loan_bench import CLOSE, LOAN, SHIFT, STOP, LoanBench, X, token
from parcel_bench import ParcelBench
from test_shifts import papers

from edge.codec.command_card import card_code
from edge.model.counter import Waiting
from edge.services.loan_desk import HEARD_S

TILL, WALLET = token("T"), token("W")


@pytest.fixture
def shop(tmp_path: Path) -> LoanBench:
    return LoanBench(tmp_path / "shop")


def waiting(shop: LoanBench) -> Waiting:
    found: Waiting = shop.begin().counter.waiting
    return found


# --- asked for -------------------------------------------------------------------------------------------------------


def test_the_offer_is_printed_and_read_out_with_its_cost_first(shop: LoanBench) -> None:
    shop.scan(LOAN)
    assert shop.last_words == "请用手机申请，再扫申请码"
    shop.hush()
    shop.scan(TILL)
    said = [speech.text for speech in shop.spoken]
    assert said[-2:] == ["费用七十八元，借两千元，年利率百分之七点二，分十二期", "同意请再扫申请码"]
    paper = papers(shop)[-1]
    cost, amount = paper.index("费用|￥78.00"), paper.index("借款金额|￥2000.00")
    assert cost < amount and "年利率（含全部费用）|7.2%" in paper and "一共要还|2078.00" in paper
    assert "每期|173.16" in paper and "最后一期|173.24" in paper
    assert shop.states == ["token_scanned", "offered"]


def test_the_token_once_more_accepts_and_the_wallet_gets_the_money(shop: LoanBench) -> None:
    shop.accepted(WALLET)
    assert shop.states == ["token_scanned", "offered", "accepted", "approved", "disbursed"]
    assert shop.last_words == "贷款已到手机钱包"
    assert "贷款合同摘要" in papers(shop)[-1] and "放款到顾客的钱包" in papers(shop)[-1]
    assert "还款时扫这个码" in papers(shop)[-1]
    assert all("amt" not in loan for loan in shop.loans), "what a wallet gets is no till movement"
    assert shop.kicked == [] or shop.records("drawer.opened")[-1]["data"]["why"] != "loan_out"


def test_accepted_in_the_app_is_as_good(shop: LoanBench) -> None:
    shop.apply(token("A"))
    shop.pass_s(60)
    assert shop.states == ["token_scanned", "offered", "accepted", "approved"]
    assert shop.loans[2]["why"] == "app"


def test_the_token_at_once_again_is_no_yes(shop: LoanBench) -> None:
    """A phone that lies before the scanner, or a hand that does not wait for the cost."""
    shop.scan(LOAN, TILL)
    shop.pass_s(HEARD_S - 2)
    shop.scan(TILL)
    assert shop.last_words == "先听完费用，再扫一次"
    assert shop.states == ["token_scanned", "offered"]
    shop.pass_s(3)
    shop.scan(TILL)
    assert shop.states[-1] == "accepted"


# --- from the till -----------------------------------------------------------------------------------------------


def test_the_till_pays_against_the_authorisation(shop: LoanBench) -> None:
    shop.accepted(TILL)
    assert shop.last_words == "批准了，扫贷款卡再扫码"
    shop.scan(LOAN, TILL)
    assert shop.last_words == "请输放款码"
    shop.keys("02000123E")
    assert shop.last_words == "付给顾客两千元，付完按确认"
    assert shop.records("drawer.opened")[-1]["data"]["why"] == "loan_out"
    assert shop.states[-1] == "paying_out"
    shop.keys("E")
    assert (shop.last_words, shop.states[-1]) == ("放款两千元，请顾客签字", "paid_out")
    assert (shop.paid_out, shop.loans[-1]["why"]) == (200_000, "cash")
    customers, shops = sorted(papers(shop)[-2:], key=lambda paper: "商户联" in paper)
    assert "顾客签名" in shops and "顾客签名" not in customers
    assert "金额|￥2000.00" in customers


def test_what_was_paid_out_is_in_shift_and_reports(shop: LoanBench) -> None:
    shop.paying(TILL)
    shop.keys("E")
    shop.card(X)
    assert "贷款放款 1 笔|-2000.00" in papers(shop)[-1]
    shop.card(CLOSE)
    shop.keys("1000EE")
    assert shop.last_words == "正好"
    (closed,) = (row["data"] for row in shop.records("shift.closed"))
    assert (closed["expected"], closed["loan_out"]) == (100_000, 200_000)


def test_a_wrong_authorisation_is_told_and_asked_again(shop: LoanBench) -> None:
    shop.paying(TILL, "99999999")
    assert shop.prompts[-2:] == ["loan.code_wrong", "loan.code"]
    shop.keys("02000123E")
    shop.keys("E")
    assert shop.paid_out == 200_000


def test_five_wrong_ones_end_the_loan(shop: LoanBench) -> None:
    shop.accepted(TILL)
    shop.scan(LOAN, TILL)
    for _ in range(5):
        shop.keys("99999999E")
    shop.pass_s(60)
    assert (shop.states[-1], shop.paid_out) == ("cancelled", 0)


def test_a_short_drawer_waits_or_the_wallet_takes_it(tmp_path: Path) -> None:
    shop = LoanBench(tmp_path / "shop", counted="500")
    shop.accepted(TILL)
    shop.scan(LOAN, TILL)
    assert (shop.last_words, waiting(shop)) == ("钱箱只有五百元，等等或转钱包", Waiting.NOTHING)
    assert shop.states[-1] == "approved"
    shop.card(card_code(164))
    shop.keys("1600E")
    shop.scan(LOAN, TILL)
    shop.keys("02000123EE")
    assert shop.paid_out == 200_000


def test_an_authorisation_that_ran_out_pays_nothing(shop: LoanBench) -> None:
    shop.accepted(token("E"))
    shop.pass_s(40)
    shop.scan(LOAN, token("E"))
    assert shop.states[-3:] == ["expired", "token_scanned", "offered"], "only a new offer helps"
    assert (shop.prompts[-1], shop.paid_out) == ("loan.accept", 0)


def test_one_that_runs_out_while_the_line_is_down_pays_nothing(shop: LoanBench) -> None:
    shop.accepted(TILL)
    shop.scan(LOAN, TILL)
    shop.down()
    shop.keys("02000123E")
    assert (shop.prompts[-1], shop.states[-1]) == ("svc.offline", "approved")
    shop.pass_s(1_000)
    shop.quiet = True
    shop.scan(LOAN)
    assert (shop.states[-1], shop.paid_out) == ("approved", 0)


def test_not_paid_is_a_word_and_it_can_be_paid_later(shop: LoanBench) -> None:
    shop.paying(TILL)
    shop.keys("-")
    assert (shop.last_words, shop.states[-1], shop.paid_out) == ("没有付，可以再付", "approved", 0)
    shop.scan(LOAN, TILL)
    shop.keys("02000123EE")
    assert shop.paid_out == 200_000


def test_an_answer_of_another_amount_moves_no_cash(shop: LoanBench) -> None:
    shop.accepted(TILL)
    shop.scan(LOAN, TILL)
    shop.quiet = True
    shop.keys("02000123E")
    shop.say(shop.questions[-1], amt=900_000)
    assert (shop.prompts[-1], shop.states[-1]) == ("loan.differs", "approved")


def test_an_answer_that_comes_too_late_moves_no_cash(shop: LoanBench) -> None:
    shop.accepted(TILL)
    shop.scan(LOAN, TILL)
    shop.quiet = True
    shop.keys("02000123E")
    asked = shop.questions[-1]
    shop.pass_s(13)
    assert shop.prompts[-1] == "loan.no_answer"
    shop.say(asked)
    shop.say(asked)
    assert shop.states[-1] == "approved"
    shop.quiet = False
    shop.scan(LOAN, TILL)
    shop.keys("02000123EE")
    assert shop.paid_out == 200_000


def test_the_same_answer_twice_pays_once(shop: LoanBench) -> None:
    shop.paying(TILL)
    shop.say(next(request for request in shop.questions if request.type == "loan.payout"))
    shop.keys("E")
    shop.keys("E")
    assert [loan["state"] for loan in shop.loans].count("paid_out") == 1


# --- in doubt ------------------------------------------------------------------------------------------------------


def test_a_power_cut_while_cash_is_on_the_counter_is_in_doubt(shop: LoanBench) -> None:
    shop.paying(TILL)
    shop.hush()
    pulses = len(shop.kicked)
    shop.restart()
    assert (shop.states[-1], shop.loans[-1]["why"]) == ("unknown", "power")
    assert "loan.doubt" in shop.prompts and len(shop.kicked) == pulses
    shop.go_online()
    shop.pass_s(120)
    assert shop.states[-1] == "unknown", "the lender is not asked what lay on this counter"
    shop.restart()
    assert shop.states.count("unknown") == 1


@pytest.mark.parametrize(("answer", "state", "paid"), [("E", "paid_out", 200_000), ("-", "approved", 0)])
def test_a_person_says_what_became_of_it(shop: LoanBench, answer: str, state: str, paid: int) -> None:
    """Also without the network."""
    shop.paying(TILL)
    shop.restart()
    shop.scan(LOAN)
    assert shop.last_words == "付了两千元吗？付了确认，没付减号"
    shop.keys(answer)
    assert (shop.states[-1], shop.paid_out) == (state, paid)


@pytest.mark.parametrize(
    ("counted", "state", "paid"), [("1000", "paid_out", 200_000), ("3000", "approved", 0), ("1500", "unknown", 0)]
)
def test_or_the_drawer_is_counted(shop: LoanBench, counted: str, state: str, paid: int) -> None:
    shop.paying(TILL)
    shop.restart()
    shop.scan(LOAN)
    shop.keys(f"{counted}E")
    assert (shop.states[-1], shop.paid_out) == (state, paid)


@pytest.mark.parametrize("counted", ["5000", "3000"])
def test_the_drawer_of_another_shift_tells_nothing(shop: LoanBench, counted: str) -> None:
    """What was short in the first shift is not in the count of the next one."""
    shop.paying(TILL)
    shop.restart()
    shop.card(CLOSE)
    shop.keys("1000EE")
    shop.card(SHIFT)
    shop.keys("5000EE")
    shop.scan(LOAN)
    shop.keys(f"{counted}E")
    assert (shop.prompts[-2], shop.states[-1], shop.paid_out) == ("loan.count_differs", "unknown", 0)
    shop.keys("E")
    assert (shop.states[-1], shop.paid_out) == ("paid_out", 200_000), "a person knows"


@pytest.mark.parametrize("way_out", [STOP, "C", "silence"])
def test_who_leaves_it_in_the_middle_leaves_it_in_doubt(shop: LoanBench, way_out: str) -> None:
    shop.paying(TILL)
    if way_out == "silence":
        shop.pass_s(200)
    else:
        shop.card(way_out) if way_out == STOP else shop.keys(way_out)
    assert shop.states[-1] == "unknown"
    shop.scan(LOAN)
    shop.keys("E")
    assert shop.paid_out == 200_000


def test_goods_wait_while_cash_is_on_the_counter(shop: LoanBench) -> None:
    shop.paying(TILL)
    shop.scan(COLA, TILL)
    assert (shop.lines, shop.prompts[-1]) == ([], "loan.pay")
    shop.keys("E")
    assert shop.paid_out == 200_000


@pytest.mark.parametrize("number", [109, 110, 128, 141, 150, 153, 162, 164, 171, 187])
def test_no_card_begins_anything_while_cash_is_on_the_counter(shop: LoanBench, number: int) -> None:
    shop.paying(TILL)
    shop.card(card_code(number))
    assert (shop.states[-1], waiting(shop), shop.prompts[-1]) == ("paying_out", Waiting.LOAN, "loan.pay")
    shop.keys("E")
    assert shop.paid_out == 200_000


def test_a_scan_does_not_count_the_drawer(shop: LoanBench) -> None:
    """A code on the counter may read like the sum that settles it."""
    shop.paying(TILL)
    shop.card(STOP)
    shop.scan(LOAN)
    shop.scan("1000.00", "100000")
    assert (shop.states[-1], shop.prompts[-1], shop.paid_out) == ("unknown", "loan.doubt_q", 0)
    shop.keys("1000E")
    assert shop.paid_out == 200_000


def test_the_owner_is_reminded_at_the_shifts_end(shop: LoanBench) -> None:
    shop.paying(TILL)
    shop.card(STOP)
    shop.card(CLOSE)
    shop.hush()
    shop.keys("3000EE")
    assert "loan.doubt" in shop.prompts


def test_no_other_loan_before_the_doubt_is_settled(shop: LoanBench) -> None:
    shop.paying(TILL)
    shop.card(STOP)
    shop.scan(LOAN)
    assert shop.prompts[-1] == "loan.doubt_q"
    shop.scan(token("T", 3_000))
    assert shop.states[-1] == "unknown"


# --- power and line --------------------------------------------------------------------------------------------


def test_a_power_cut_after_the_offer_tells_it_anew(shop: LoanBench) -> None:
    shop.apply(TILL)
    shop.restart()
    shop.go_online()
    assert waiting(shop) is Waiting.NOTHING
    shop.scan(LOAN, TILL)
    assert (shop.states, shop.prompts[-1]) == (["token_scanned", "offered", "offered"], "loan.accept")
    shop.pass_s(HEARD_S + 1)
    shop.scan(TILL)
    assert shop.states[-1] == "accepted"


@pytest.mark.parametrize("code", [TILL, WALLET])
def test_a_power_cut_after_the_yes_goes_on_by_itself(shop: LoanBench, code: str) -> None:
    shop.apply(code)
    shop.quiet = True
    shop.scan(code)
    shop.restart()
    shop.quiet = False
    shop.go_online()
    shop.pass_s(90)
    assert shop.states[-1] == ("approved" if code == TILL else "disbursed")
    assert shop.states.count("accepted") == 1


def test_a_yes_that_was_lost_on_the_way_is_told_again(shop: LoanBench) -> None:
    shop.apply(TILL)
    shop.quiet = True
    shop.scan(TILL)
    lost = [request for request in shop.questions if request.type == "loan.accept"]
    shop.answered |= {request.cid for request in lost}
    shop.quiet = False
    shop.pass_s(60)
    assert shop.states[-1] == "approved"
    assert len([request for request in shop.questions if request.type == "loan.accept"]) > len(lost)


def test_a_shift_that_nobody_counted_pays_no_loan(tmp_path: Path) -> None:
    shop = LoanBench(tmp_path / "shop", counted="")
    shop.accepted(TILL)
    shop.scan(LOAN, TILL)
    assert shop.prompts[-1] == "loan.count"
    shop.card(SHIFT)
    shop.keys("3000EE")
    shop.scan(LOAN, TILL)
    shop.keys("02000123EE")
    assert shop.paid_out == 200_000


class LoansAtAStation(LoanBench, ParcelBench):
    """People fetch parcels at the same counter."""


def test_beside_a_parcel_station_a_token_is_a_loans_alone(tmp_path: Path) -> None:
    shop = LoansAtAStation(tmp_path / "shop", habits=Habits(parcels=True))
    shop.scan(LOAN)
    shop.hush()
    shop.scan(TILL)
    assert shop.states == ["token_scanned", "offered"]
    assert "scan.unknown" not in shop.prompts
