"""The papers of loans, as the shop prints them now."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.model.loan import Loan, Terms
from edge.model.loan_slip import LoanPaper, contract_slip, offer_slip, payout_slip
from edge.model.platform import Platforms, ServiceKind
from edge.ports import Transaction
from edge.services.drawer_count import SlipWords
from edge.services.slips import local_time, print_slip


@dataclass(frozen=True, slots=True)
class LoanPapers:
    """Each of them is queued in the transaction of what it tells."""

    words: SlipWords
    zone: ZoneInfo
    platforms: Platforms

    def offer(self, loan: Loan, terms: Terms, tx: Transaction) -> None:
        until = local_time(loan.until, self.zone) if loan.until is not None else ""
        print_slip(offer_slip(terms, self._paper(loan, tx), until=until), tx)

    def contract(self, loan: Loan, terms: Terms, repay: str, tx: Transaction) -> None:
        """`repay` is printed where this shop takes repayments by such references."""
        offer = self.platforms.service(loan.offer)
        takers = self.platforms.of_kind(ServiceKind.REPAYMENT)
        is_taken = any(taker.fits(repay) and offer and taker.platform == offer.platform for taker in takers)
        print_slip(contract_slip(loan, terms, self._paper(loan, tx), repay=repay if is_taken else ""), tx)

    def payout(self, loan: Loan, tx: Transaction) -> None:
        """Two papers; the customer's copy is the one that 重打 prints again."""
        for customers in (False, True):
            print_slip(payout_slip(loan, self._paper(loan, tx), customers=customers), tx)

    def _paper(self, loan: Loan, tx: Transaction) -> LoanPaper:
        language, offer = self.words.spoken(tx), self.platforms.service(loan.offer)
        name, lines = offer.spoken(language) if offer else loan.offer, self.platforms.foot(loan.offer, language)
        return LoanPaper(self.words.shop, name, local_time(tx.stamp.at, self.zone), language, lines)
