"""Cash for banks and lenders for the pictures of `scripts/slips.py`: the bank's notes, and the papers of a loan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from edge.model.agent_note import AgentNote, Way
from edge.model.agent_records import AgentNoted
from edge.model.agent_slip import agent_slip
from edge.model.loan import Loan
from edge.model.loan import Way as LoanWay
from edge.model.loan_slip import LoanPaper, contract_slip, offer_slip, payout_slip
from edge.model.money import Fen
from edge.model.platform import ServiceKind
from edge.model.slip import Slip
from edge.platform_file import load_platforms
from edge.reference_cloud.lender import terms_of

ID = "019aadf2-18f0-7c3e-9d51-6a1b2c3d4e5f"
NOTED = AgentNoted(AgentNote("POST_AGENT", "00451226112", Way.OUT, Fen(50_000)), ID, date(2026, 11, 23), "1")
LENT = Loan(
    ID, "9f86d081884c7d65", "JD_LOAN", datetime(2026, 11, 23, tzinfo=UTC), way=LoanWay.TILL, amount=Fen(500_000),
    reference="LN-2611-00042",
)  # fmt: skip


def cash_slips(shop: str, now: str, language: str) -> Iterator[tuple[str, Slip]]:
    """The note twice; the offer, the customer's copy of the contract, and cash that was paid out, twice."""
    platforms = load_platforms()
    bank, lender = (platforms.of_kind(kind)[0] for kind in (ServiceKind.AGENT_NOTE, ServiceKind.LOAN))
    paper = LoanPaper(shop, lender.spoken(language), now, language, lender.slip.lines(language))
    terms = terms_of(500_000)
    yield "loan-offer", offer_slip(terms, paper, until="2026-11-23 22:19")
    yield "loan-contract", contract_slip(LENT, terms, paper, repay="JR00004711261123")
    for which, customers in (("-shop", False), ("", True)):
        yield f"loan-payout{which}", payout_slip(LENT, paper, customers=customers)
        note = agent_slip(NOTED, bank, shop=shop, now=now, language=language, customers=customers)
        yield f"bank-cash-out{which}", note
