"""A loan paid out from the till, against the lender's authorisation; and what the power left in doubt (product B4).

    authorisation, keyed ──► enough in the drawer? ──► up/req loan.payout ──► paying_out, drawer opens ──► paid_out
                                                                                 └── power, 停 ──► unknown ──► a person

The authorisation is in RAM until its question leaves. From the lender's yes on it is this till's, and the state says so
before the drawer opens: whatever happens then, nobody pays it a second time without a person's word.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from edge.bus import Bus
from edge.codec import wire_loan as wire
from edge.codec.wire_down import Response
from edge.errors import ModelError
from edge.messages import (
    AppCodeScanned,
    Asked,
    AskedAtDesk,
    DrawerWanted,
    NumberKeyed,
    Say,
    Show,
    Started,
    Tone,
    View,
)
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.day_records import DayClosed, ShiftClosed
from edge.model.loan import CASH_MOVES, Loan, LoanEvent, LoanState, Way
from edge.model.money import Fen, parse_yuan
from edge.model.platform import ServiceOffer
from edge.ports import Licences, Transaction
from edge.services.basket import basket_view, question
from edge.services.drawer_count import known_in_drawer, short_words
from edge.services.licences import licensed
from edge.services.loan_booking import book_loan
from edge.services.loan_course import FollowLoan
from edge.services.loan_papers import LoanPapers
from edge.services.loan_requests import LoanRequests
from edge.services.refusal import refuse, told
from edge.services.till_day import TillRules, day_and_shift, day_of

ANSWER_S = 12.0
LASTS_S = 180.0
"""To count notes onto the counter; then nobody knows whether they were given."""
OUT = "loan_out"
PAID = "service.conflict"
"""The lender's word to a till that was restored from a backup of before it paid."""

_VERBS = frozenset({Verb.LOAN_CODE, Verb.LOAN_CHECK, Verb.LOAN_PAY, Verb.LOAN_DOUBT})

_log = logging.getLogger("edge.loan")


@dataclass(frozen=True, slots=True)
class LoanCodeAsked:
    """The customer of this loan stands here: which authorisation did the lender tell?"""

    loan: str


@dataclass(frozen=True, slots=True)
class LoanDoubtAsked:
    """Somebody is here to say what became of cash that nobody knows of."""


@dataclass(frozen=True, slots=True)
class PayoutDue:
    """A timer of the step `serial`: the lender had its time, or who pays had."""

    serial: int


class LoanPayout:
    """`full`: no room for services (contract P11)."""

    def __init__(
        self, bus: Bus, requests: LoanRequests, papers: LoanPapers, rules: TillRules, licences: Licences, *,
        full: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._bus = bus
        self._requests = requests
        self._papers = papers
        self._rules = rules
        self._licences = licences
        self._full = full
        self._serial = 0
        self._cid = ""
        bus.on(Started, self._resume)
        bus.on(LoanCodeAsked, self._ask_code)
        bus.on(LoanDoubtAsked, self._ask_doubt)
        bus.on(AppCodeScanned, lambda scanned, tx: self._told(scanned.text, tx, keyed=False))
        bus.on(NumberKeyed, lambda keyed, tx: self._told(keyed.text, tx, keyed=True))
        bus.on(AskedAtDesk, self._by_hand)
        bus.on(Asked, self._asked)
        bus.on(Response, self._answered)
        bus.on(PayoutDue, self._due)
        bus.on(ShiftClosed, self._remind)
        bus.on(DayClosed, self._remind)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """The drawer stood open when the power went: what lay on the counter is gone, here or with the customer."""
        for loan in tx.loans.in_doubt():
            if loan.state is LoanState.PAYING_OUT:
                book_loan(loan, LoanEvent.LOSE, "power", tx)
            tx.after_commit(Say("loan.doubt", Tone.ALARM))

    def _remind(self, _: ShiftClosed | DayClosed, tx: Transaction) -> None:
        if tx.loans.in_doubt():
            tx.after_commit(Say("loan.doubt", Tone.ALARM))

    # --- the authorisation -----------------------------------------------------------------------------------------

    def _ask_code(self, asked: LoanCodeAsked, tx: Transaction) -> None:
        loan = tx.loans.find(asked.loan)
        if loan is not None and self._may_pay(loan, tx) is not None:
            self._step(tx, Verb.LOAN_CODE, loan)

    def _may_pay(self, loan: Loan, tx: Transaction) -> ServiceOffer | None:
        """None, with a word, and the counter at rest: nothing is paid now."""
        offer = self._papers.platforms.service(loan.offer)
        if loan.state is not LoanState.APPROVED or loan.way is not Way.TILL or offer is None:
            self._rest(tx, Say("loan.used", Tone.ERROR), loan)
        elif loan.is_over(tx.stamp.at):
            book_loan(loan, LoanEvent.EXPIRE, "time", tx)
            self._rest(tx, Say("loan.over", Tone.ERROR), loan)
        elif not licensed((offer,), self._licences, tx):
            self._rest(tx)
        elif not self._requests.online():
            self._rest(tx, Say("svc.offline", Tone.ERROR), loan)
        elif self._full():
            self._rest(tx)
            tx.after_commit(Say("store.full", Tone.ERROR))
        elif Way.TILL not in offer.payout:
            self._rest(tx, Say("loan.no_cash", Tone.ERROR), loan)
        elif loan.amount > known_in_drawer(tx):
            self._rest(tx, short_words("loan.short", "loan.count", tx), loan)
        elif self._left_today(offer, tx) < loan.amount:
            self._rest(tx, Say("loan.day", Tone.ERROR, amounts=(("a", self._left_today(offer, tx)),)), loan)
        else:
            return offer
        return None

    def _left_today(self, offer: ServiceOffer, tx: Transaction) -> Fen:
        most = offer.day_most
        paid = tx.loans.paid_on(offer.id, day_of(tx, self._rules))
        return Fen(10**9) if most is None else Fen(max(0, most - paid))

    def _told(self, text: str, tx: Transaction, *, keyed: bool) -> None:
        """An authorisation comes by either way; what lies in the drawer is counted and keyed."""
        counter = tx.counter
        if counter.waiting is not Waiting.LOAN or not is_for_payout(counter, text):
            return
        loan = tx.loans.find(counter.barcode or "")
        is_count = counter.verb is Verb.LOAN_DOUBT
        if loan is None or counter.verb in (Verb.LOAN_CHECK, Verb.LOAN_PAY) or (is_count and not keyed):
            tx.after_commit(question(counter))
        elif is_count:
            self._counted(loan, text, tx)
        elif self._may_pay(loan, tx) is not None:
            self._cid = self._requests.send(wire.PAYOUT, wire.LoanPayoutArgs(soid=loan.id, code=text), loan.id, tx)
            self._step(tx, Verb.LOAN_CHECK, loan, lasts_s=ANSWER_S)

    # --- cash ------------------------------------------------------------------------------------------------------

    def _answered(self, response: Response, tx: Transaction) -> None:
        """Believed by the question that is out: cash moves on no other answer."""
        about, counter = self._requests.about(response.cid), tx.counter
        if about is None or about[0] != wire.PAYOUT or response.cid != self._cid or response.more:
            return
        loan = tx.loans.find(about[1])
        if loan is None or counter.verb is not Verb.LOAN_CHECK or counter.barcode != loan.id:
            return
        self._cid = ""
        answer = wire.read_answer(response) if response.ok else None
        if response.err is not None and response.err.code == PAID:
            self._rest(tx, Say("loan.used", Tone.ERROR), loan)
        elif not response.ok:
            refuse(Say("loan.code_wrong", Tone.ERROR), tx, offer=loan.offer, order=loan.id)
            self._step(tx, Verb.LOAN_CODE, loan)
        elif answer is None or answer.soid != loan.id or loan.state is not LoanState.APPROVED:
            self._rest(tx, Say("loan.differs", Tone.ERROR), loan)
        elif response.state == "paying" and answer.amt == loan.amount and answer.ref == loan.reference:
            shift = tx.day.shift()
            drawer = shift.id if shift is not None else ""
            self._pay(book_loan(loan, LoanEvent.PAY_OUT, "code", tx, drawer=drawer), tx)
        elif response.state == "paying":
            _log.error("an authorisation is of another amount, or another loan's")
            self._rest(tx, Say("loan.differs", Tone.ERROR), loan)
        else:
            self._rest(tx, Say("loan.over", Tone.ERROR), loan)
            tx.after_commit(FollowLoan(loan.id))

    def _pay(self, loan: Loan, tx: Transaction) -> None:
        self._step(tx, Verb.LOAN_PAY, loan, lasts_s=LASTS_S)
        tx.after_commit(DrawerWanted(OUT))
        tx.after_commit(Show(View.TOTAL, amount=loan.amount))

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        loan = tx.loans.find(counter.barcode or "")
        if counter.waiting is not Waiting.LOAN or counter.verb not in (Verb.LOAN_PAY, Verb.LOAN_DOUBT) or loan is None:
            return
        if loan.state not in CASH_MOVES:
            self._rest(tx, Say("loan.used", Tone.ERROR), loan)
        elif asked.verb is Verb.ENTER:
            self._paid(loan, "cash" if counter.verb is Verb.LOAN_PAY else "told", tx)
        else:
            self._not_paid(loan, tx)

    def _paid(self, loan: Loan, why: str, tx: Transaction) -> None:
        day, shift = day_and_shift(tx, self._rules)
        loan = book_loan(loan, LoanEvent.PAID, why, tx, shift=shift, day=day)
        self._papers.payout(loan, tx)
        self._rest(tx, Say("loan.paid", amounts=(("a", loan.amount),)))

    def _not_paid(self, loan: Loan, tx: Transaction) -> None:
        """The authorisation is still this till's; it can be paid while it is good."""
        loan = book_loan(loan, LoanEvent.NOT_PAID, "no_cash", tx)
        self._rest(tx, Say("loan.not_paid", Tone.ATTENTION))
        tx.after_commit(FollowLoan(loan.id))

    # --- in doubt --------------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        """停 in the middle of it: nobody said yes or no."""
        if asked.verb is Verb.STOP:
            self._lose("stopped", tx)

    def _lose(self, why: str, tx: Transaction) -> None:
        for loan in tx.loans.in_doubt():
            if loan.state is LoanState.PAYING_OUT:
                book_loan(loan, LoanEvent.LOSE, why, tx)
                tx.after_commit(Say("loan.doubt", Tone.ALARM))

    def _ask_doubt(self, _: LoanDoubtAsked, tx: Transaction) -> None:
        found = tx.loans.in_doubt()
        if found:
            self._step(tx, Verb.LOAN_DOUBT, found[0])

    def _counted(self, loan: Loan, text: str, tx: Transaction) -> None:
        """What lies in the drawer tells: with the loan in it, or without. Anything else tells nothing.

        Nor does another shift's: what was missing was settled when the loan's own was closed.
        """
        try:
            counted = parse_yuan(text)
        except (ModelError, ValueError):
            refuse(Say("err.amount", Tone.ERROR), tx, offer=loan.offer, order=loan.id)
            return
        shift, known = tx.day.shift(), known_in_drawer(tx)
        is_of_it = shift is not None and not shift.by_itself and shift.id == loan.drawer
        if not is_of_it or counted not in (known, known - loan.amount):
            refuse(Say("loan.count_differs", Tone.ERROR), tx, offer=loan.offer, order=loan.id)
            tx.after_commit(question(tx.counter))
        elif counted == known:
            self._not_paid(loan, tx)
        else:
            self._paid(loan, "drawer", tx)

    def _due(self, due: PayoutDue, tx: Transaction) -> None:
        counter = tx.counter
        if due.serial != self._serial:
            return
        if counter.waiting is Waiting.LOAN and counter.verb in (Verb.LOAN_CODE, Verb.LOAN_CHECK):
            was_asked = counter.verb is Verb.LOAN_CHECK
            say = Say("loan.no_answer", Tone.ERROR) if was_asked else Say("loan.gone", Tone.ATTENTION)
            self._rest(tx, say, tx.loans.find(counter.barcode or ""))
        elif counter.waiting is Waiting.LOAN and counter.verb in (Verb.LOAN_PAY, Verb.LOAN_DOUBT):
            self._rest(tx)
        self._lose("silence", tx)

    def _step(self, tx: Transaction, verb: Verb, loan: Loan, *, lasts_s: float = LASTS_S) -> None:
        self._serial += 1
        value = loan.amount if verb in (Verb.LOAN_PAY, Verb.LOAN_DOUBT) else 0
        tx.keep(Counter(tx.counter.sale, Waiting.LOAN, loan.id, verb, value))
        self._bus.after(lasts_s, PayoutDue(self._serial))
        tx.after_commit(question(tx.counter))

    def _rest(self, tx: Transaction, say: Say | None = None, loan: Loan | None = None) -> None:
        self._serial += 1
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        told(say, tx, offer=loan.offer if loan else "", order=loan.id if loan else "")


def is_for_payout(counter: Counter, text: str) -> bool:
    """Whether a number or code that came is no token: an authorisation, or an answer about cash."""
    return counter.verb in _VERBS and (counter.verb is not Verb.LOAN_CODE or wire.is_code(text))
