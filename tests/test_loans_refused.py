"""Loans that do not come to it: refused, declined, dropped, run out; each a word, and no money moves (B4)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from counter_bench import COLA
from licence_services import license_all
from loan_bench import CANCEL, LOAN, STOP, UNDO, LoanBench, token

from edge.codec.command_card import card_code
from edge.codec.topics import Down
from edge.model.counter import Waiting

TILL = token("T")


@pytest.fixture
def shop(tmp_path: Path) -> LoanBench:
    return LoanBench(tmp_path / "shop")


def waiting(shop: LoanBench) -> Waiting:
    found: Waiting = shop.begin().counter.waiting
    return found


# --- it does not come to it --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "prompt", "states"),
    [
        (token("R"), "loan.declined", ["token_scanned", "declined"]),
        (token("N"), "loan.no_answer", ["token_scanned", "cancelled"]),
        (token("T", 90_000), "svc.most", ["token_scanned", "cancelled"]),
        ("ZX123456", "loan.bad", []),
        ("134567890123456789", "loan.info", []),
    ],
)
def test_what_is_not_offered_is_a_word(shop: LoanBench, code: str, prompt: str, states: list[str]) -> None:
    shop.apply(code)
    shop.pass_s(13)
    assert (prompt in shop.prompts, shop.states) == (True, states)


def test_an_offer_above_the_limit_says_the_limit(shop: LoanBench) -> None:
    shop.apply(token("T", 90_000))
    assert shop.last_words == "一次最多两万元"


def test_declined_after_it_was_accepted(shop: LoanBench) -> None:
    shop.accepted(token("D"))
    assert (shop.last_words, shop.states[-1]) == ("放款机构没有同意", "declined")
    shop.scan(LOAN, token("D"))
    assert shop.last_words == "这笔贷款已经办完了"


def test_taken_back_after_it_was_approved(shop: LoanBench) -> None:
    shop.accepted(token("C"))
    shop.pass_s(60)
    assert (shop.states[-1], shop.paid_out) == ("cancelled", 0)


def test_a_token_that_was_paid_out_is_used_up(shop: LoanBench) -> None:
    shop.paying(TILL)
    shop.keys("E")
    shop.scan(LOAN, TILL)
    assert (shop.last_words, shop.paid_out) == ("这笔贷款已经办完了", 200_000)


def test_offline_nothing_is_asked(tmp_path: Path) -> None:
    shop = LoanBench(tmp_path / "shop")
    shop.down()
    shop.scan(LOAN)
    assert (shop.last_words, waiting(shop)) == ("断网不能办，请先不要收钱", Waiting.NOTHING)


def test_a_line_that_goes_before_the_token_asks_nothing(shop: LoanBench) -> None:
    shop.scan(LOAN)
    shop.down()
    shop.scan(TILL)
    assert (shop.prompts[-1], shop.states) == ("svc.offline", [])


def test_without_a_licence_nothing_is_asked(shop: LoanBench) -> None:
    license_all(shop.licences, ends=date(2026, 11, 1), version=2)
    shop.scan(LOAN)
    assert shop.prompts[-1] == "lic.over"
    assert shop.records("licence.barred")[-1]["data"]["service"] == "ALI_LOAN"


def test_a_licence_that_ends_before_the_token_asks_nothing(shop: LoanBench) -> None:
    shop.scan(LOAN)
    license_all(shop.licences, ends=date(2026, 11, 1), version=2)
    shop.scan(TILL)
    assert (shop.prompts[-1], shop.states) == ("lic.over", [])


def test_a_licence_that_ended_pays_nothing_out(shop: LoanBench) -> None:
    shop.accepted(TILL)
    license_all(shop.licences, ends=date(2026, 11, 1), version=2)
    shop.scan(LOAN, TILL)
    assert ("lic.over" in shop.prompts, shop.states[-1]) == (True, "approved")


def test_an_offer_is_accepted_only_in_its_time(shop: LoanBench) -> None:
    shop.apply(TILL)
    shop.quiet = True
    shop.pass_s(700)
    shop.quiet = False
    shop.scan(LOAN, TILL)
    assert shop.states[2:] == ["expired", "token_scanned", "offered"], "it is offered anew, and nothing was accepted"


@pytest.mark.parametrize("drop", ["-", UNDO, CANCEL])
def test_who_does_not_want_the_offer_says_so(shop: LoanBench, drop: str) -> None:
    shop.apply(TILL)
    shop.hush()
    shop.keys(drop) if drop == "-" else shop.card(drop)
    assert ([speech.text for speech in shop.spoken], shop.states[-1]) == (["贷款不办了"], "cancelled")
    assert shop.questions[-1].type == "loan.cancel"


def test_a_customer_who_goes_away_leaves_an_offer_that_runs_out(shop: LoanBench) -> None:
    shop.apply(TILL)
    shop.pass_s(130)
    assert (waiting(shop), shop.states[-1]) == (Waiting.NOTHING, "offered")
    shop.pass_s(600)
    assert shop.states[-1] == "expired"


def test_an_offer_that_does_not_add_up_is_not_read_out(shop: LoanBench) -> None:
    shop.quiet = True
    shop.scan(LOAN, TILL)
    shop.say(shop.questions[-1], cost=1)
    assert (shop.prompts[-1], shop.states[-1]) == ("loan.differs", "cancelled")


def test_an_offer_for_another_token_is_not_read_out(shop: LoanBench) -> None:
    shop.quiet = True
    shop.scan(LOAN, TILL)
    shop.say(shop.questions[-1], mark="0" * 16)
    assert (shop.prompts[-1], shop.states[-1]) == ("loan.differs", "cancelled")


def test_an_approval_that_says_no_amount_is_not_believed(shop: LoanBench) -> None:
    shop.apply(TILL)
    shop.quiet = True
    shop.scan(TILL)
    shop.pass_s(5)
    before = list(shop.states)
    for request in shop.questions:
        if request.type == "loan.query":
            shop.say(request, state="approved", way="till", amt=None)
    assert shop.states == before


@pytest.mark.parametrize("left", [STOP, card_code(166), COLA])
def test_an_offer_that_nobody_waits_for_any_more_is_asked_for_anew(shop: LoanBench, left: str) -> None:
    """停, another card, or goods: the answer that comes then is for nobody."""
    shop.quiet = True
    shop.scan(LOAN, TILL)
    asked = shop.questions[-1]
    shop.scan(left)
    shop.pass_s(13)
    shop.say(asked)
    assert shop.states == ["token_scanned", "cancelled"]
    shop.quiet = False
    shop.apply(TILL)
    assert shop.states[-1] == "offered"


def test_a_loan_that_the_lender_knows_as_paid_is_not_paid_again(shop: LoanBench) -> None:
    """The box was restored from a backup of before it paid: it knows of nothing."""
    shop.accepted(TILL)
    shop.scan(LOAN, TILL)
    shop.quiet = True
    shop.keys("02000123E")
    (asked,) = [request for request in shop.questions if request.cid not in shop.answered]
    told = {"code": "service.conflict", "msg": "this terminal has paid it", "retry": False}
    shop.hear(Down.RES, {"cid": asked.cid, "ok": False, "err": told})
    assert (shop.prompts[-1], shop.states[-1], shop.paid_out) == ("loan.used", "approved", 0)
    assert (waiting(shop), shop.records("service.refused")[-1]["data"]["why"]) == (Waiting.NOTHING, "loan.used")
