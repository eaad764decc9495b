"""Loans when the power goes between any two messages, and over a network that loses, doubles and delays (B4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, PAD, SCANNER
from loan_bench import LOAN, STOP, LoanBench, token
from lossy_world import TID, World

from edge.codec.wire_parcel import token_mark
from edge.messages import Key, KeyPressed, ScanData
from edge.model.counter import Verb, Waiting
from edge.model.loan import ENDED, LoanState

TILL = token("T")
CALM = 40
"""Times of 42 in which nothing goes wrong."""


@pytest.fixture
def shop(tmp_path: Path) -> LoanBench:
    return LoanBench(tmp_path / "shop")


def resolve(shop: LoanBench, *, was_given: bool) -> None:
    """What a person says of cash that nobody knows of."""
    shop.scan(LOAN)
    if shop.begin().counter.verb is Verb.LOAN_DOUBT:
        shop.keys("E" if was_given else "-")
    else:
        shop.card(STOP)


# --- the power ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("messages", range(1, 9))
def test_a_cut_between_any_two_messages_of_the_yes_accepts_once(shop: LoanBench, messages: int) -> None:
    shop.apply(TILL)
    shop.bus.post(ScanData(SCANNER, TILL, shop.clock.mono_s))
    for _ in range(messages):
        shop.bus.run_once()
    shop.restart()
    shop.go_online()
    if "accepted" not in shop.states:
        shop.scan(LOAN, TILL)
        shop.pass_s(6)
        shop.scan(TILL)
    shop.pass_s(90)
    assert (shop.states.count("accepted"), shop.states[-1]) == (1, "approved")


@pytest.mark.parametrize("messages", range(1, 9))
def test_a_cut_between_any_two_messages_of_the_authorisation_pays_nothing_twice(shop: LoanBench, messages: int) -> None:
    """The drawer opens only after the state says so: where it may have opened, it is in doubt."""
    shop.accepted(TILL)
    shop.scan(LOAN, TILL)
    shop.keys("02000123")
    shop.quiet = True
    shop.bus.post(KeyPressed(PAD, Key.ENTER, shop.clock.mono_s))
    shop.bus.run_pending()
    shop.quiet = False
    request = next(request for request in shop.questions if request.type == "loan.payout")
    pulses = len(shop.kicked)
    shop.bus.post(_heard(shop, request))
    for _ in range(messages):
        shop.bus.run_once()
    opened = len(shop.kicked) > pulses
    shop.restart()
    assert not opened or shop.states[-1] == "unknown"
    resolve(shop, was_given=False)
    shop.go_online()
    shop.scan(LOAN, TILL)
    shop.keys("02000123EE")
    assert (shop.paid_out, shop.states.count("paid_out")) == (200_000, 1)


@pytest.mark.parametrize("messages", range(1, 7))
def test_a_cut_between_any_two_messages_of_the_last_enter_books_the_cash_once(shop: LoanBench, messages: int) -> None:
    shop.paying(TILL)
    shop.bus.post(KeyPressed(PAD, Key.ENTER, shop.clock.mono_s))
    for _ in range(messages):
        shop.bus.run_once()
    shop.restart()
    resolve(shop, was_given=True)
    assert (shop.paid_out, shop.states.count("paid_out")) == (200_000, 1)


def _heard(shop: LoanBench, request: object) -> object:
    """The lender's answer as a message, not handled yet."""
    kept: list[object] = []
    tell, shop.tell = shop.tell, lambda *messages: kept.extend(messages)  # type: ignore[method-assign]
    shop.say(request)  # type: ignore[arg-type]
    shop.tell = tell  # type: ignore[method-assign]
    return kept[0]


# --- the network -------------------------------------------------------------------------------------------------


class LoanWorld(World[LoanBench]):
    """See `World`; the lender is behind the network, too."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed, LoanBench(folder / "shop", counted="20000", online=False, seed=seed))
        self.network.loss = 0.1
        self.shop.quiet = True


def borrow_one(world: LoanWorld, number: int, given: dict[str, int]) -> None:
    """A customer who asks, says yes, comes back with the authorisation. `given`: cash by token, as hands gave it."""
    shop, chance = world.shop, world.chance
    plan = chance.choice("TTTTAWWDSECRN")
    code, yuan = token(plan, 2_000 + 100 * number, f"CUSTOM{number:02d}"), 2_000 + 100 * number
    for _ in range(24):
        tx = shop.begin()
        loan, waiting, verb = tx.loans.by_mark(token_mark(code)), tx.counter.waiting, tx.counter.verb
        tx.rollback()
        if verb is Verb.LOAN_PAY:
            given[code] = given.get(code, 0) + yuan * 100
            world.mishap(CALM)
            shop.keys("E")
        elif verb is Verb.LOAN_DOUBT:
            shop.keys("E" if code in given else "-")
        elif verb is Verb.LOAN_CODE:
            shop.keys(f"{yuan:05d}123E")
        elif loan is not None and loan.state in ENDED | {LoanState.ACCEPTED}:
            shop.card(STOP)
        elif waiting is Waiting.LOAN:
            shop.scan(code)
        else:
            shop.scan(LOAN, code)
        for _ in range(7):
            world.turn(1.0)
            world.mishap(CALM)
        if loan is not None and loan.state in ENDED and chance.random() < 0.5:
            return
    shop.card(STOP)


def settle(world: LoanWorld, given: dict[str, int]) -> None:
    """Until every loan has its end, and the cloud has every row; what is in doubt is told by who was there."""
    shop = world.shop
    for _ in range(900):
        tx = shop.begin()
        left, doubt = list(tx.loans.open()), list(tx.loans.in_doubt())
        tx.rollback()
        if doubt:
            shop.scan(LOAN)
            shop.keys("E" if any(token_mark(code) == doubt[0].mark for code in given) else "-")
        elif not left and shop.queries.unsent() == 0:
            return
        world.turn(5.0)


@pytest.mark.parametrize("seed", range(8))
def test_every_loan_ends_once_and_drawer_journal_and_lender_agree(seed: int, tmp_path: Path) -> None:
    world = LoanWorld(tmp_path, seed)
    shop = world.shop
    world.greet()
    given: dict[str, int] = {}
    for number in range(8):
        borrow_one(world, number, given)
    settle(world, given)
    ends: dict[str, list[str]] = {}
    for loan in shop.loans:
        ends.setdefault(loan["soid"], []).append(loan["state"])
    for soid, states in ends.items():
        assert LoanState(states[-1]) in ENDED, f"{soid} is forgotten: {states}"
        assert sum(LoanState(state) in ENDED for state in states) == 1, states
    assert given, "somebody got cash"
    assert shop.paid_out == sum(given.values()), "each note that a hand gave is booked, once"
    assert all(value == (2_000 + 100 * int(code[-2:])) * 100 for code, value in given.items()), "nobody was paid twice"
    there = dict(world.store.rows("SELECT soid, state FROM loan WHERE tid = ?", (TID,)))
    for soid, states in ends.items():
        if states[-1] == "paid_out":
            assert there[soid] == "paying", "no wallet got it as well"
        if states[-1] == "disbursed":
            assert there[soid] == "disbursed"
    assert world.at_cloud("tx") == world.in_journal("tx")
    shop.sell(COLA)
    assert shop.verdict() == ""
    world.store.close()
