"""What becomes of a loan that was offered: the lender is asked until it has an end, and each step is booked and said.

offered ──► accepted here or in the app ──► approved ──► disbursed to the wallet
                                               └──► authorisation of the till (`LoanPayout`)

What the lender says is taken from answers to this terminal's own questions, never from a message that nobody asked for.
Silence moves nothing but time: an offer or an authorisation whose time is over is given up by our own clock after a
while, and cash is never paid on one.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from edge.bus import Bus
from edge.codec import wire_loan as wire
from edge.codec.wire_down import Response
from edge.errors import IllegalMove
from edge.messages import Say, Started, Tone
from edge.model.loan import ASKED_ABOUT, Loan, LoanEvent, LoanState, Way
from edge.model.money import Fen
from edge.model.platform import ServiceOffer
from edge.ports import Transaction
from edge.services.link import Welcomed
from edge.services.loan_booking import book_loan
from edge.services.loan_papers import LoanPapers
from edge.services.loan_requests import LoanRequests

FIRST_S, LONGEST_S = 2.0, 60.0
"""Between two questions lies a third of the time since the loan came to its state, within these."""
GRACE = timedelta(minutes=30)
"""After its time: what the lender has not said by then it will not say any more to who stands here."""

_E, _S = LoanEvent, LoanState
_STEPS: dict[str, tuple[LoanEvent, ...]] = {
    "accepted": (_E.ACCEPT,),
    "approved": (_E.ACCEPT, _E.APPROVE),
    "disbursed": (_E.ACCEPT, _E.APPROVE, _E.DISBURSE),
    "declined": (_E.DECLINE,),
    "expired": (_E.EXPIRE,),
    "cancelled": (_E.CANCEL,),
}
"""By what the lender says: what has happened until then, in order; what is booked already is left out."""
_PAST: dict[LoanState, frozenset[LoanEvent]] = {
    _S.OFFERED: frozenset(),
    _S.ACCEPTED: frozenset({_E.ACCEPT}),
    _S.APPROVED: frozenset({_E.ACCEPT, _E.APPROVE}),
}
_WORDS = {
    _S.ACCEPTED: Say("loan.accepted"),
    _S.DISBURSED: Say("loan.wallet_done", Tone.OK),
    _S.DECLINED: Say("loan.declined", Tone.ATTENTION),
    _S.EXPIRED: Say("loan.offer_over", Tone.ATTENTION),
    _S.CANCELLED: Say("loan.cancelled", Tone.ATTENTION),
}

_log = logging.getLogger("edge.loan")


@dataclass(frozen=True, slots=True)
class FollowLoan:
    """An effect: this loan is to be asked about. `accept`: the customer's yes is to be told first."""

    loan: str
    accept: bool = False


@dataclass(frozen=True, slots=True)
class AskLoan:
    """A timer: how far is it? Only the newest `chain` of questions goes on."""

    loan: str
    chain: int


class LoanCourse:
    def __init__(self, bus: Bus, requests: LoanRequests, papers: LoanPapers) -> None:
        self._bus = bus
        self._requests = requests
        self._papers = papers
        self._numbers = count(1)
        self._chains: dict[str, int] = {}
        bus.on(Started, self._resume)
        bus.on(Welcomed, self._welcomed)
        bus.on(FollowLoan, self._follow)
        bus.on(AskLoan, self._ask)
        bus.on(Response, self._answered)

    def _resume(self, _: Started, tx: Transaction) -> None:
        for loan in tx.loans.open():
            self._arm(loan, tx)

    def _welcomed(self, _: Welcomed, tx: Transaction) -> None:
        for loan in tx.loans.open():
            if loan.state in ASKED_ABOUT:
                tx.after_commit(FollowLoan(loan.id))

    def _follow(self, follow: FollowLoan, tx: Transaction) -> None:
        loan = tx.loans.find(follow.loan)
        if loan is None:
            return
        if follow.accept and loan.state is _S.ACCEPTED:
            self._accept(loan, tx)
        self._arm(loan, tx, first=True)

    def _arm(self, loan: Loan, tx: Transaction, *, first: bool = False) -> None:
        if loan.state not in ASKED_ABOUT:
            self._chains.pop(loan.id, None)
            return
        chain = self._chains[loan.id] = next(self._numbers)
        since_s = 0.0 if first else (tx.stamp.at - loan.at).total_seconds()
        self._bus.after(min(max(since_s / 3, FIRST_S), LONGEST_S), AskLoan(loan.id, chain))

    def _ask(self, ask: AskLoan, tx: Transaction) -> None:
        loan = tx.loans.find(ask.loan)
        if loan is None or self._chains.get(ask.loan) != ask.chain:
            return
        self._arm(loan, tx)
        if loan.state not in ASKED_ABOUT:
            return
        if loan.is_over(tx.stamp.at, grace=GRACE) and loan.state is not _S.ACCEPTED:
            self._tell(book_loan(loan, _E.EXPIRE, "time", tx), tx)
        else:
            self._requests.send(wire.QUERY, wire.LoanArgs(soid=loan.id), loan.id, tx)

    def _accept(self, loan: Loan, tx: Transaction) -> None:
        """Told as often as the lender does not know of it: `soid` is accepted once."""
        offer = self._papers.platforms.service(loan.offer)
        if offer is not None and (ways := ways_of(offer)):
            self._requests.send(
                wire.ACCEPT,
                wire.LoanAcceptArgs(soid=loan.id, mark=loan.mark, ways=tuple(way.value for way in ways)),
                loan.id,
                tx,
            )

    # --- what the lender says --------------------------------------------------------------------------------------

    def _answered(self, response: Response, tx: Transaction) -> None:
        about = self._requests.about(response.cid)
        if about is None or about[0] not in (wire.ACCEPT, wire.QUERY) or not response.ok:
            return
        loan, answer = tx.loans.find(about[1]), wire.read_answer(response)
        if loan is None or loan.state not in ASKED_ABOUT:
            return
        if answer is None or answer.soid != loan.id or not _is_whole(response.state or "", answer):
            _log.error("what is said of a loan cannot be believed: %s", response.state)
            return
        if response.state == "offered" and loan.state is _S.ACCEPTED:
            self._accept(loan, tx)
        for event in _STEPS.get(response.state or "", ()):
            if event not in _PAST.get(loan.state, frozenset()):
                loan = self._move(loan, event, answer, tx)

    def _move(self, loan: Loan, event: LoanEvent, answer: wire.LoanAnswer, tx: Transaction) -> Loan:
        changed: dict[str, Any] = {}
        if event is _E.APPROVE:
            changed = self._authorised(answer, tx)
        try:
            loan = book_loan(loan, event, "app" if event is _E.ACCEPT else "lender", tx, **changed)
        except IllegalMove as error:
            _log.error("the lender contradicts itself: %s", error)
            return loan
        if event is _E.APPROVE and answer.terms is not None:
            self._papers.contract(loan, answer.terms.terms, answer.repay or "", tx)
        self._tell(loan, tx)
        return loan

    def _authorised(self, answer: wire.LoanAnswer, tx: Transaction) -> dict[str, Any]:
        """Of money only what the till is to pay is kept."""
        found: dict[str, Any] = {"way": answer.by, "reference": answer.ref or "", "until": None}
        if answer.by is Way.TILL and answer.amt is not None and answer.valid_s is not None:
            found |= {"amount": Fen(answer.amt), "until": tx.stamp.at + timedelta(seconds=answer.valid_s)}
        return found

    def _tell(self, loan: Loan, tx: Transaction) -> None:
        if loan.state is _S.APPROVED:
            tx.after_commit(Say("loan.approved_till" if loan.way is Way.TILL else "loan.approved", Tone.ATTENTION))
        elif loan.state is _S.EXPIRED and loan.way is Way.TILL:
            tx.after_commit(Say("loan.over", Tone.ATTENTION))
        elif (say := _WORDS.get(loan.state)) is not None:
            tx.after_commit(say)


def _is_whole(state: str, answer: wire.LoanAnswer) -> bool:
    """Whether an approval says how the money comes, and for the till how much and how long."""
    if state not in ("approved", "disbursed"):
        return True
    if answer.way is None or answer.ref is None:
        return False
    if answer.by is Way.WALLET:
        return True
    is_same = answer.terms is None or answer.terms.amt == answer.amt
    return answer.amt is not None and answer.cur is not None and answer.valid_s is not None and is_same


def ways_of(offer: ServiceOffer) -> tuple[Way, ...]:
    """How this shop can pay a loan out."""
    return tuple(way for way in Way if way in offer.payout)
