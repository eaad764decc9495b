"""贷款: the customer's token, the lender's offer read out and printed, and the customer's yes (product row 77).

    card 贷款 ──► token ──► up/req service.quote ──► offer: paper, cost first, read out ──token once more──► accepted
                                                                     └── or accepted in the app (`LoanCourse`)

The token is in RAM until its question leaves, and in that question; its mark names the loan. What the offer says is on
the paper and in RAM, so that after a power cut the token is scanned once more and the offer told anew. No money moves
here, and whatever goes wrong is one sentence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from edge.bus import Bus
from edge.codec import wire_loan as wire
from edge.codec.wire_down import Response
from edge.codec.wire_service import ServiceQuoteArgs
from edge.messages import AppCodeScanned, Asked, AskedAtDesk, NumberKeyed, Say, Show, Started, Tone, View
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.loan import ANEW, CASH_MOVES, Loan, LoanEvent, LoanState, Terms, Way
from edge.model.loan_records import LoanMoved
from edge.model.money import Fen
from edge.model.platform import ServiceKind, ServiceOffer
from edge.ports import Licences, Transaction
from edge.services.basket import basket_view, question, unanswered
from edge.services.licences import licensed
from edge.services.loan_booking import book_loan
from edge.services.loan_course import FollowLoan
from edge.services.loan_papers import LoanPapers
from edge.services.loan_payout import LoanCodeAsked, LoanDoubtAsked, is_for_payout
from edge.services.loan_requests import LoanRequests
from edge.services.loan_words import offer_told
from edge.services.refusal import refuse, told

ANSWER_S = 12.0
"""An offer that has not come by then is too late for who stands here."""
LASTS_S = 120.0
"""Of nothing done: the customer has gone, and the token is forgotten."""
HEARD_S = 5.0
"""The token that is scanned sooner after its offer was no yes: the cost takes longer to be heard."""
_OURS = frozenset({Verb.LOAN, Verb.LOAN_QUOTE, Verb.LOAN_OFFER})
"""Steps of this desk; the others are the pay-out's."""
DECLINED = "service.refused"
"""The lender's code for a no."""

_log = logging.getLogger("edge.loan")


@dataclass(frozen=True, slots=True)
class LoanStepDue:
    """A timer of the step `serial`. `answer`: the lender had its time. Else: who is there?"""

    serial: int
    answer: bool = False


@dataclass(slots=True)
class _InHand:
    """What is remembered between two steps, and by nobody after a power cut: then the token is scanned once more."""

    serial: int = 0
    loan: str = ""
    cid: str = ""
    terms: Terms | None = None
    told_mono: float = 0.0


class LoanDesk:
    """`full`: no room for services (contract P11)."""

    def __init__(
        self, bus: Bus, requests: LoanRequests, papers: LoanPapers, licences: Licences, *, full: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._bus = bus
        self._requests = requests
        self._papers = papers
        self._licences = licences
        self._full = full
        self._offers = papers.platforms.of_kind(ServiceKind.LOAN)
        self._hand = _InHand()
        if self._offers:
            bus.on(Asked, self._asked)
            bus.on(AppCodeScanned, self._scanned)
            bus.on(NumberKeyed, self._keyed)
            bus.on(AskedAtDesk, self._by_hand)
            bus.on(Response, self._answered)
            bus.on(LoanStepDue, self._due)
        bus.on(Started, self._resume)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """A question for an offer that the power cut has no answer for anybody."""
        for loan in tx.loans.open():
            if loan.state is LoanState.TOKEN_SCANNED:
                book_loan(loan, LoanEvent.CANCEL, "power", tx)

    # --- the card --------------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.LOAN:
            self._begin(tx)
        elif asked.verb is Verb.CANCEL_SERVICE and tx.counter.waiting is Waiting.LOAN:
            self._drop(tx)
        elif asked.verb is Verb.STOP:
            self._let_go("dropped", tx)

    def _begin(self, tx: Transaction) -> None:
        """What is in doubt comes first: it is cash that nobody knows of."""
        if tx.loans.in_doubt():
            tx.after_commit(LoanDoubtAsked())
            return
        if not self._may_lend(tx):
            return
        if (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
            return
        self._hand = _InHand(self._hand.serial)
        self._step(tx, Verb.LOAN)
        tx.after_commit(Show(View.TEXT, name=self._offers[0].spoken(self._papers.words.spoken(tx))))
        tx.after_commit(question(tx.counter))

    def _may_lend(self, tx: Transaction, offer: ServiceOffer | None = None) -> bool:
        """False, with a word. None: any of the shop's lenders."""
        offers = (offer,) if offer is not None else self._offers
        if not licensed(offers, self._licences, tx):
            return False
        if not self._requests.online():
            refuse(Say("svc.offline", Tone.ERROR), tx, offer=offers[0].id)
        elif self._full():
            tx.after_commit(Say("store.full", Tone.ERROR))
        else:
            return True
        return False

    def _step(self, tx: Transaction, verb: Verb, value: int = 0, *, loan: str | None = None) -> int:
        """The next thing that is waited for; the number of this wait."""
        self._hand.serial += 1
        tx.keep(Counter(tx.counter.sale, Waiting.LOAN, loan, verb, value))
        self._bus.after(LASTS_S, LoanStepDue(self._hand.serial))
        return self._hand.serial

    # --- the token -------------------------------------------------------------------------------------------------

    def _scanned(self, scanned: AppCodeScanned, tx: Transaction) -> None:
        """What is no authorisation that is waited for is a token: of this customer, or of the next one."""
        counter = tx.counter
        if counter.waiting is not Waiting.LOAN or is_for_payout(counter, scanned.text):
            return
        self._token(scanned.text, tx)

    def _keyed(self, keyed: NumberKeyed, tx: Transaction) -> None:
        if tx.counter.waiting is Waiting.LOAN and not is_for_payout(tx.counter, keyed.text):
            tx.after_commit(question(tx.counter))

    def _token(self, token: str, tx: Transaction) -> None:
        mark = wire.token_mark(token)
        loan = tx.loans.by_mark(mark)
        offer = next((offer for offer in self._offers if offer.fits(token)), None)
        if offer is None:
            refuse(Say("loan.bad", Tone.ERROR), tx)
        elif not self._may_lend(tx, offer):
            self._rest(tx)
        elif loan is None or loan.state in ANEW:
            self._ask(self._applied(mark, offer, loan, tx), token, tx)
        elif loan.state is LoanState.OFFERED and loan.is_over(tx.stamp.at):
            self._ask(self._applied(mark, offer, book_loan(loan, LoanEvent.EXPIRE, "time", tx), tx), token, tx)
        elif loan.state is LoanState.OFFERED:
            self._once_more(loan, token, tx)
        elif loan.state in CASH_MOVES:
            tx.after_commit(LoanDoubtAsked())
        elif loan.state is LoanState.APPROVED and loan.way is Way.TILL:
            tx.after_commit(LoanCodeAsked(loan.id))
        elif loan.state in (LoanState.ACCEPTED, LoanState.APPROVED):
            self._rest(tx, Say("loan.deciding", Tone.ATTENTION))
            tx.after_commit(FollowLoan(loan.id))
        else:
            refuse(Say("loan.used", Tone.ERROR), tx, offer=loan.offer, order=loan.id)

    def _applied(self, mark: str, offer: ServiceOffer, before: Loan | None, tx: Transaction) -> Loan:
        """The loan that the token asks for: the same one where the lender has not answered it yet."""
        if before is not None and before.state is LoanState.TOKEN_SCANNED:
            return before
        loan = Loan(tx.new_id(), mark, offer.id, tx.stamp.at)
        tx.append(LoanMoved(loan, "token"))
        return loan

    def _ask(self, loan: Loan, token: str, tx: Transaction) -> None:
        args = ServiceQuoteArgs(soid=loan.id, offer=loan.offer, kind=ServiceKind.LOAN, ref=token)
        cid = self._requests.send(wire.QUOTE, args, loan.id, tx)
        self._hand = _InHand(self._hand.serial, loan.id, cid)
        serial = self._step(tx, Verb.LOAN_QUOTE, loan=loan.id)
        self._bus.after(ANSWER_S, LoanStepDue(serial, answer=True))
        tx.after_commit(question(tx.counter))

    # --- the offer -------------------------------------------------------------------------------------------------

    def _answered(self, response: Response, tx: Transaction) -> None:
        """Believed by the question that is out. What comes later is for nobody."""
        about = self._requests.about(response.cid)
        if about is None or about[0] != wire.QUOTE or response.more or response.cid != self._hand.cid:
            return
        loan = tx.loans.find(about[1])
        if loan is None or tx.counter.waiting is not Waiting.LOAN or tx.counter.verb is not Verb.LOAN_QUOTE:
            return
        offered = wire.read_offer(response.out) if response.ok else None
        if not response.ok:
            code = response.err.code if response.err else "internal"
            _log.info("no offer for a loan: %s", code)
            self._refused(loan, code, tx)
        elif offered is not None and _is_of(loan, offered) and (most := self._below(loan, offered)) is not None:
            self._fail("svc.most", "terms", tx, most=most)
        elif offered is None or not _is_of(loan, offered) or not self._fits(loan, offered):
            _log.error("a loan's offer does not add up, or is another one's")
            self._fail("loan.differs", "terms", tx)
        else:
            self._offer(loan, offered, tx)

    def _refused(self, loan: Loan, code: str, tx: Transaction) -> None:
        """A lender that says no has decided; of a token that it does not know, nobody has."""
        if code == DECLINED and loan.state is LoanState.TOKEN_SCANNED:
            book_loan(loan, LoanEvent.DECLINE, "lender", tx)
            self._fail("loan.declined", "lender", tx)
        else:
            self._fail("loan.bad", "lender", tx)

    def _below(self, loan: Loan, offered: wire.LoanOffer) -> Fen | None:
        """The most that one loan may be, where the offer is of more; None: it is not."""
        offer = self._papers.platforms.service(loan.offer)
        return offer.most if offer is not None and offered.amt > offer.most else None

    def _fits(self, loan: Loan, offered: wire.LoanOffer) -> bool:
        offer = self._papers.platforms.service(loan.offer)
        return offer is not None and offer.takes(Fen(offered.amt))

    def _offer(self, loan: Loan, offered: wire.LoanOffer, tx: Transaction) -> None:
        until, terms = tx.stamp.at + timedelta(seconds=offered.valid_s), offered.terms
        loan = book_loan(loan, LoanEvent.OFFER, "terms", tx, until=until)
        self._hand.terms, self._hand.told_mono = terms, tx.stamp.mono
        self._papers.offer(loan, terms, tx)
        self._tell(loan, terms, tx)
        tx.after_commit(FollowLoan(loan.id))

    def _tell(self, loan: Loan, terms: Terms, tx: Transaction) -> None:
        self._step(tx, Verb.LOAN_OFFER, terms.amount, loan=loan.id)
        tx.after_commit(Show(View.PRICE, name="费用", name_en="Cost", price=terms.cost, amount=terms.cost))
        tx.after_commit(offer_told(terms, self._papers.words.spoken(tx)))
        tx.after_commit(question(tx.counter))

    def _once_more(self, loan: Loan, token: str, tx: Transaction) -> None:
        """A yes, if what it is a yes to was told: in this boot, to this loan, long enough ago to have been heard."""
        terms = self._hand.terms
        if terms is None or self._hand.loan != loan.id:
            self._ask(loan, token, tx)
        elif tx.stamp.mono - self._hand.told_mono < HEARD_S:
            tx.after_commit(Say("loan.soon", Tone.ATTENTION))
        else:
            self._accept(loan, tx)

    def _accept(self, loan: Loan, tx: Transaction) -> None:
        book_loan(loan, LoanEvent.ACCEPT, "here", tx)
        self._hand = _InHand(self._hand.serial + 1)
        self._rest(tx, Say("loan.accepted"))
        tx.after_commit(FollowLoan(loan.id, accept=True))

    # --- out of it -------------------------------------------------------------------------------------------------

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.LOAN or counter.verb in (Verb.LOAN_PAY, Verb.LOAN_DOUBT):
            return
        if asked.verb is Verb.ENTER:
            tx.after_commit(question(counter))
        else:
            self._drop(tx)

    def _drop(self, tx: Transaction) -> None:
        """The customer does not want it: an offer is given back, and what was accepted before goes on."""
        counter = tx.counter
        if counter.verb in (Verb.LOAN_PAY, Verb.LOAN_DOUBT):
            tx.after_commit(question(counter))
            return
        loan = tx.loans.find(counter.barcode or "")
        if loan is not None and loan.state in (LoanState.TOKEN_SCANNED, LoanState.OFFERED):
            book_loan(loan, LoanEvent.CANCEL, "dropped", tx)
            self._requests.send(wire.CANCEL, wire.LoanArgs(soid=loan.id), loan.id, tx)
        self._hand = _InHand(self._hand.serial + 1)
        self._rest(tx, Say("loan.dropped"))

    def _due(self, due: LoanStepDue, tx: Transaction) -> None:
        if due.serial != self._hand.serial:
            return
        is_ours = tx.counter.waiting is Waiting.LOAN and tx.counter.verb in _OURS
        if due.answer and (not is_ours or tx.counter.verb is Verb.LOAN_QUOTE):
            self._let_go("silence", tx)
            if is_ours:
                self._rest(tx, Say("loan.no_answer", Tone.ERROR))
        elif is_ours and not due.answer:
            self._let_go("dropped", tx)
            self._rest(tx, Say("loan.gone", Tone.ATTENTION))

    def _fail(self, prompt: str, why: str, tx: Transaction, *, most: Fen | None = None) -> None:
        self._let_go(why, tx)
        self._rest(tx, Say(prompt, Tone.ERROR, amounts=(("a", most),) if most is not None else ()))

    def _let_go(self, why: str, tx: Transaction) -> None:
        """What is in hand is for nobody any more. An offer that was told stays until it runs out."""
        loan = tx.loans.find(self._hand.loan)
        if loan is not None and loan.state is LoanState.TOKEN_SCANNED:
            book_loan(loan, LoanEvent.CANCEL, why, tx)
        self._hand = _InHand(self._hand.serial + 1)

    def _rest(self, tx: Transaction, say: Say | None = None) -> None:
        loan = tx.counter.barcode if tx.counter.waiting is Waiting.LOAN else None
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        told(say, tx, order=loan or "")


def _is_of(loan: Loan, offered: wire.LoanOffer) -> bool:
    """Whether the offer answers what was asked for this loan."""
    return (offered.soid, offered.mark) == (loan.id, loan.mark)
