"""What a desk of services refuses is said and journaled, with ids and without anybody's number."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from counter_bench import CounterBench
from link_bench import LinkBench
from loan_bench import LOAN, LoanBench, token
from order_bench import COLLECT
from order_bench import open_shop as open_order_shop
from service_bench import BILL, CANCEL, DROP, EXACT, TEN, TOP_UP, ServiceBench, open_shop, phone
from test_agent_notes import BANK_OUT, CARD, OTHER, SLIP, note
from test_agent_notes import open_shop as open_bank

from edge import services
from edge.codec.command_card import OwnSlip, SlipKind, slip_code

STRANGERS = slip_code(OwnSlip(SlipKind.SERVICE, "123456789012"))
DESKS = (
    "agent_desk", "completion", "loan_desk", "loan_payout", "order_desk", "order_picking", "order_pickup",
    "quoting", "sending", "service_cancel", "service_desk", "service_slips",
)  # fmt: skip
NO_REFUSALS = {"store.full", "parcel.no_room", "svc.not_now", "app.wrong"}
"""A full disk takes no events; while something else is asked nothing was refused; wrong goods are picking's alarm."""


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def refusals(shop: CounterBench) -> list[tuple[str, bool, bool]]:
    """(why, whether the offer is named, whether the order is)."""
    rows = [row["data"] for row in shop.records("service.refused")]
    return [(row["why"], "offer" in row, "soid" in row) for row in rows]


def test_a_slip_of_another_shop(shop: ServiceBench) -> None:
    shop.scan(STRANGERS)
    assert (shop.prompts[-1], refusals(shop)) == ("svc.not_ours", [("svc.not_ours", False, False)])
    shop.card(DROP)
    shop.scan(STRANGERS)
    assert shop.refused() == ["svc.not_ours"] * 2


def test_a_slip_that_lies_in_the_bill_already(shop: ServiceBench) -> None:
    order = shop.in_bill()
    shop.scan(shop.slip(order))
    assert [row["data"] for row in shop.records("service.refused")] == [
        {"why": "svc.in_bill", "offer": order.offer, "soid": order.id}
    ]


def test_a_slip_of_an_order_that_is_done(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.refused()) == ("svc.pending", []), "to ask how it stands is no mistake"
    shop.serve(2)
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], refusals(shop)) == ("svc.done_before", [("svc.done_before", True, True)])


def test_a_slip_that_ran_out(shop: ServiceBench) -> None:
    order = shop.quote()
    shop.pass_s(2_000)
    for _ in range(2):
        shop.scan(shop.slip(order))
    assert shop.refused() == ["svc.expired"] * 2


def test_a_bill_above_the_limit(shop: ServiceBench) -> None:
    shop.card(BILL)
    shop.keys("2200000000E")
    shop.answer(shop.asked()[-1], price=2_000_000, amt=2_000_000)
    assert (shop.prompts[-1], refusals(shop)) == ("svc.most", [("svc.most", True, True)])


def test_an_amount_that_there_is_not(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys("1E")
    shop.keys(f"{phone(0)}E")
    shop.keys("7E")
    assert refusals(shop) == [("svc.number_wrong", False, False), ("svc.amount_wrong", True, False)]


@pytest.mark.parametrize("other", [{"amt": 2_000}, {"offer": "x"}, {"soid": "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f"}])
def test_a_quote_that_contradicts_what_was_asked(shop: ServiceBench, other: dict[str, object]) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{phone(0)}E")
    shop.card(TEN)
    shop.keys("E")
    shop.answer(shop.asked()[-1], **other)
    assert (shop.prompts[-1], refusals(shop)) == ("svc.differs", [("svc.differs", True, True)])


def test_no_answer_and_a_refusal_of_the_provider(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{phone(0)}E")
    shop.card(TEN)
    shop.keys("E")
    shop.pass_s(13)
    shop.card(BILL)
    shop.keys("22000081E")
    shop.answer(shop.asked()[-1])
    assert [why for why, _, _ in refusals(shop)] == ["svc.no_answer", "svc.refused"]


def test_a_bill_with_a_service_while_there_is_no_network(shop: ServiceBench) -> None:
    order = shop.in_bill()
    shop.down()
    shop.card(EXACT)
    shop.card(CANCEL)
    shop.keys("E")
    shop.scan(shop.slip(order))
    assert refusals(shop) == [("svc.offline", False, True), ("svc.offline", True, True)]


def test_what_an_order_of_goods_is_refused_for(tmp_path: Path) -> None:
    shop = open_order_shop(tmp_path / "shop")
    shop.card(COLLECT)
    shop.scan(STRANGERS)
    assert shop.refused() == ["svc.not_ours"]


def test_loan_codes_that_are_used_wrong_or_of_nobody(tmp_path: Path) -> None:
    shop = LoanBench(tmp_path / "shop")
    shop.accepted(token("D"))
    shop.scan(LOAN, token("D"), LOAN, "ZX123456", LOAN, token("T", 90_000))
    shop.pass_s(13)
    assert refusals(shop) == [
        ("loan.used", True, True), ("loan.bad", False, False), ("svc.most", False, True)
    ]  # fmt: skip
    assert not any(token("D") in str(row) for row in shop.records())


def test_a_lender_that_does_not_answer(tmp_path: Path) -> None:
    shop = LoanBench(tmp_path / "shop")
    shop.apply(token("N"))
    shop.pass_s(13)
    assert refusals(shop) == [("loan.no_answer", False, True)]


def test_a_bank_slip_twice_a_card_and_too_much(tmp_path: Path) -> None:
    shop: LinkBench = open_bank(tmp_path / "shop")
    note(shop)
    shop.card(BANK_OUT)
    shop.keys(f"{SLIP}E{CARD}E")
    shop.keys(f"{OTHER}E9000E")
    assert [why for why, _, _ in refusals(shop)] == ["agent.used", "agent.card", "agent.short"]
    assert all(is_named and not has_order for _, is_named, has_order in refusals(shop))
    assert not any(CARD in str(row) for row in shop.records())


@pytest.mark.parametrize("desk", DESKS)
def test_no_desk_says_no_without_the_journal(desk: str) -> None:
    """Each Say with Tone.ERROR goes to `refuse` or `told`, if by way of the desk's own function."""
    path = Path(services.__file__ or "").parent / f"{desk}.py"
    silent = list(_silent(ast.parse(path.read_text(encoding="utf-8"))))
    assert not silent, f"{desk}.py says {silent} and journals nothing: use refuse() of edge/services/refusal.py"


def _silent(tree: ast.Module) -> Iterator[str]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in calls:
        if ast.unparse(call.func) != "tx.after_commit":
            continue
        for say in call.args:
            told = ast.unparse(say)
            is_error = told.startswith("Say(") and "Tone.ERROR" in told
            if is_error and not any(f"'{prompt}'" in told for prompt in NO_REFUSALS):
                yield told
