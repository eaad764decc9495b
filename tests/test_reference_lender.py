"""The reference cloud as a lender: what it offers, to whom it lends, and that nobody gets the same money twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from counter_bench import TID, HandClock
from loan_bench import token

from edge.codec import wire_loan as wire
from edge.codec.wire_down import Response
from edge.codec.wire_up import Request
from edge.reference_cloud.lender import MAX_WRONG, PAYOUT_S, VALID_S, Lender
from edge.reference_cloud.store import CloudStore

OTHER = "T7K3M9Q3"


def soid(number: int) -> str:
    return f"019aadf2-18f1-7c3e-9d51-{number:012d}"


class Bank:
    """A lender and who asks it."""

    def __init__(self, store: CloudStore) -> None:
        self.clock = HandClock()
        self.store = store
        self.lender = Lender(store, self.clock)
        self.asked = 0

    def hear(self, state: str, number: int = 1, *, tid: str = TID) -> None:
        """What a terminal tells of a loan, as the intake of its events keeps it."""
        self.asked += 1
        self.store.run(
            "INSERT INTO event(tid, lane, seq, id, type, sv, at, boot, up, body, received_at)"
            " VALUES(?, 1, ?, ?, 'service.loan', 1, '', 1, 1, ?, '')",
            (tid, self.asked, soid(800_000 + self.asked), json.dumps({"soid": soid(number), "state": state})),
        )

    def ask(self, request: str, *, tid: str = TID, **args: Any) -> Response | None:
        self.asked += 1
        asked = Request(
            tid=tid, cid=soid(900_000 + self.asked), type=request, at="2026-11-23T02:20:31.120Z", exp_s=90, args=args
        )
        assert Lender.is_asked(asked)
        return self.lender.answer(asked)

    def quote(self, code: str, number: int = 1, **more: Any) -> Response | None:
        return self.ask(wire.QUOTE, soid=soid(number), offer="ALI_LOAN", kind="loan", ref=code, **more)

    def accept(self, code: str, number: int = 1, ways: tuple[str, ...] = ("wallet", "till")) -> str:
        return self.state(wire.ACCEPT, number, mark=wire.token_mark(code), ways=list(ways))

    def state(self, kind: str = wire.QUERY, number: int = 1, **more: Any) -> str:
        told = self.ask(kind, soid=soid(number), **more)
        assert told is not None
        return str(told.state) if told.ok else str(told.err and told.err.code)

    def approved(self, plan: str, number: int = 1) -> str:
        code = token(plan)
        self.quote(code, number)
        self.accept(code, number)
        self.state(number=number)
        self.state(number=number)
        return code


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    store = CloudStore(tmp_path / "cloud.db")
    store.open()
    yield Bank(store)
    store.close()


def test_an_offer_can_be_read_by_a_terminal_and_adds_up(bank: Bank) -> None:
    told = bank.quote(token("T", 5_000))
    offered = wire.read_offer(told.out if told else None)
    assert offered is not None and offered.terms.adds_up
    assert (offered.amt, offered.cost, offered.mark) == (500_000, 19_500, wire.token_mark(token("T", 5_000)))


@pytest.mark.parametrize(("code", "error"), [(token("R"), "service.refused"), ("nonsense", "auth.denied")])
def test_who_is_refused_is_told_by_a_code(bank: Bank, code: str, error: str) -> None:
    told = bank.quote(code)
    assert told is not None and not told.ok and told.err is not None and told.err.code == error


def test_silence_is_silence(bank: Bank) -> None:
    assert bank.quote(token("N")) is None


@pytest.mark.parametrize(
    ("plan", "states"),
    [
        ("T", ["accepted", "approved", "approved"]),
        ("W", ["accepted", "approved", "disbursed"]),
        ("D", ["accepted", "declined", "declined"]),
        ("C", ["accepted", "approved", "cancelled"]),
        ("S", ["accepted", "accepted", "accepted", "accepted", "approved"]),
    ],
)
def test_each_plan_goes_its_way_and_the_yes_counts_once(bank: Bank, plan: str, states: list[str]) -> None:
    code = token(plan)
    bank.quote(code)
    assert [bank.accept(code), bank.accept(code)] == ["accepted", "accepted"]
    assert [bank.state() for _ in states] == states
    assert bank.accept(code) == states[-1]


def test_a_token_is_good_for_one_loan(bank: Bank) -> None:
    code = bank.approved("T")
    told = bank.quote(code, 2)
    assert told is not None and not told.ok


def test_an_offer_that_nobody_took_may_be_asked_for_again(bank: Bank) -> None:
    code = token("T")
    bank.quote(code, 1)
    told = bank.quote(code, 2)
    assert told is not None and told.ok
    assert bank.state(number=1) == "auth.denied", "the first one is no more"


def test_another_token_under_the_same_loan_is_refused(bank: Bank) -> None:
    bank.quote(token("T"), 1)
    told = bank.quote(token("W"), 1)
    assert told is not None and told.err is not None and told.err.code == "service.conflict"


def test_a_shop_that_pays_no_cash_is_lent_none(bank: Bank) -> None:
    code = token("T")
    bank.quote(code)
    bank.accept(code, ways=("wallet",))
    assert [bank.state() for _ in range(2)][-1] == "declined"


def test_an_authorisation_is_one_tills_however_often_it_is_keyed(bank: Bank) -> None:
    bank.approved("T")
    assert [bank.state(wire.PAYOUT, code="02000123") for _ in range(3)] == ["paying"] * 3
    assert bank.state(wire.PAYOUT, tid=OTHER, code="02000123") == "auth.denied"
    assert [bank.state() for _ in range(3)] == ["paying"] * 3, "no wallet gets it as well"


def test_a_till_that_told_that_it_paid_is_not_let_pay_again(bank: Bank) -> None:
    """A box that was restored from a backup of before it paid asks as if for the first time."""
    bank.approved("T")
    assert bank.state(wire.PAYOUT, code="02000123") == "paying"
    bank.hear("paying_out")
    bank.hear("paid_out", 2)
    assert bank.state(wire.PAYOUT, code="02000123") == "paying", "nothing is known of its end"
    bank.hear("paid_out")
    assert bank.state(wire.PAYOUT, code="02000123") == "service.conflict"
    assert bank.state() == "paying"


def test_wrong_authorisations_end_it(bank: Bank) -> None:
    bank.approved("T")
    told = [bank.state(wire.PAYOUT, code="99999999") for _ in range(MAX_WRONG)]
    assert told == ["auth.denied"] * (MAX_WRONG - 1) + ["cancelled"]
    assert bank.state(wire.PAYOUT, code="02000123") == "cancelled"


def test_times_run_out(bank: Bank) -> None:
    bank.quote(token("T"))
    bank.clock.pass_s(VALID_S + 1)
    assert bank.accept(token("T")) == "offered" and bank.state() == "expired"
    bank.approved("T", 2)
    bank.clock.pass_s(PAYOUT_S + 1)
    assert bank.state(wire.PAYOUT, 2, code="02000123") == "expired"


@pytest.mark.parametrize("args", [{}, {"soid": 1}, {"soid": soid(1), "code": "x"}, {"soid": soid(7)}])
def test_nonsense_is_an_error_and_no_loan(bank: Bank, args: dict[str, Any]) -> None:
    for kind in (wire.ACCEPT, wire.QUERY, wire.CANCEL, wire.PAYOUT):
        told = bank.ask(kind, **args)
        assert told is not None and not told.ok
