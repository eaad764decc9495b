"""A small loan that is asked for and received at the counter: its states, and the table of what may happen to it.

                  ┌──────────────────────────► declined ◄──┐
 token_scanned ───┴► offered ──accept──► accepted ─────────┴► approved ──wallet──► disbursed
       │               │  │                  │                 │   ▲ │
       └──► cancelled ◄┘  └──► expired ◄─────┴─────────────────┘   │ └─pay_out──► paying_out ──paid──► paid_out
                                                          not_paid └───────────────┤  │                  ▲
                                                                                   │  └lose─► unknown ─paid
                                                                                   └───────────────────┘
Three laws. The lender alone lends: here are told its words, and cash is paid against its authorisation. Cash moves in
one state, `paying_out`, which is committed before the drawer opens; what the power cut there nobody but a person knows.
Whose loan it is stands nowhere: a loan is known by the mark of the customer's token (product decision 1, B4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from edge.errors import IllegalMove
from edge.model.money import Fen

RATE_UNIT = 100
"""A rate of 720 is 7.20 percent a year."""
MAX_PARTS = 120


class LoanState(StrEnum):
    TOKEN_SCANNED = "token_scanned"
    """The lender is asked for an offer."""
    OFFERED = "offered"
    """Cost and instalments were printed and read out."""
    ACCEPTED = "accepted"
    """The customer wants it, in the app or by the token once more; the lender decides."""
    APPROVED = "approved"
    """To the wallet, or from the till against the lender's authorisation."""
    DISBURSED = "disbursed"
    PAYING_OUT = "paying_out"
    """The authorisation is used up for this payment, and the drawer is open."""
    UNKNOWN = "unknown"
    """Nobody saw whether the cash changed hands: a person says, by the drawer."""
    PAID_OUT = "paid_out"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class LoanEvent(StrEnum):
    OFFER = "offer"
    ACCEPT = "accept"
    APPROVE = "approve"
    DECLINE = "decline"
    DISBURSE = "disburse"
    PAY_OUT = "pay_out"
    PAID = "paid"
    NOT_PAID = "not_paid"
    """A person said that no cash changed hands: it can still be paid."""
    LOSE = "lose"
    EXPIRE = "expire"
    """The offer's time is over, or the authorisation's."""
    CANCEL = "cancel"
    """The customer does not want it, or the lender took it back."""


LASTS_AT_MOST = timedelta(days=2)
"""A day, as the wire has it, and another one for a clock that is set back a little."""


class Way(StrEnum):
    """How the money comes to the customer."""

    WALLET = "wallet"
    TILL = "till"


_S, _E = LoanState, LoanEvent
_ROWS: dict[LoanState, dict[LoanEvent, LoanState]] = {
    _S.TOKEN_SCANNED: {_E.OFFER: _S.OFFERED, _E.DECLINE: _S.DECLINED, _E.CANCEL: _S.CANCELLED},
    _S.OFFERED: {
        _E.OFFER: _S.OFFERED, _E.ACCEPT: _S.ACCEPTED, _E.DECLINE: _S.DECLINED, _E.EXPIRE: _S.EXPIRED,
        _E.CANCEL: _S.CANCELLED,
    },
    _S.ACCEPTED: {
        _E.APPROVE: _S.APPROVED, _E.DECLINE: _S.DECLINED, _E.EXPIRE: _S.EXPIRED, _E.CANCEL: _S.CANCELLED,
    },
    _S.APPROVED: {
        _E.APPROVE: _S.APPROVED, _E.DISBURSE: _S.DISBURSED, _E.PAY_OUT: _S.PAYING_OUT, _E.EXPIRE: _S.EXPIRED,
        _E.CANCEL: _S.CANCELLED,
    },
    _S.PAYING_OUT: {_E.PAID: _S.PAID_OUT, _E.NOT_PAID: _S.APPROVED, _E.LOSE: _S.UNKNOWN},
    _S.UNKNOWN: {_E.PAID: _S.PAID_OUT, _E.NOT_PAID: _S.APPROVED},
}  # fmt: skip

LOAN_MOVES: dict[tuple[LoanState, LoanEvent], LoanState] = {
    (state, event): target for state, row in _ROWS.items() for event, target in row.items()
}
"""Everything else is an IllegalMove."""

ENDED = frozenset({_S.DISBURSED, _S.PAID_OUT, _S.DECLINED, _S.EXPIRED, _S.CANCELLED})
ASKED_ABOUT = frozenset({_S.OFFERED, _S.ACCEPTED, _S.APPROVED})
"""The lender's word is awaited: on the customer's app, on the decision, on the wallet."""
CASH_MOVES = frozenset({_S.PAYING_OUT, _S.UNKNOWN})
"""Until these end the lender is not asked: cash is on the counter, and a person says what became of it."""
ANEW = frozenset({_S.TOKEN_SCANNED, _S.CANCELLED, _S.EXPIRED})
"""A token whose loan stands here may ask once more: the lender knows whether it is used up."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the lender offers: `amount` now, and with its `cost` back in `parts`, each of `each` but the `last`.

    `rate` is of a year, in 1/100 percent, with all that it costs in it. Never kept: paper and RAM have it.
    """

    amount: Fen
    cost: Fen
    rate: int
    parts: int
    each: Fen
    last: Fen

    @property
    def adds_up(self) -> bool:
        """Whether the parts come to what was lent and what it costs; else nobody may read it out."""
        positive = self.amount > 0 and self.cost >= 0 and self.rate >= 0 and self.each > 0 and self.last > 0
        if not positive or not 1 <= self.parts <= MAX_PARTS:
            return False
        return self.each * (self.parts - 1) + self.last == self.amount + self.cost

    @property
    def rate_text(self) -> str:
        """720 → 7.2; 1500 → 15."""
        whole, part = divmod(self.rate, RATE_UNIT)
        return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Loan:
    """`id` names it at the lender, whatever is repeated. `mark` is the token's: the token itself is nowhere.

    `offer` is what the shop calls it by. `until`: the offer, later the authorisation, is good until then by our own
    clock; None: there is none yet. `at`: when it came to its state. `amount` is of cash that the till is to pay or has
    paid, 0 where the till pays nothing. `reference` is the lender's own number. `drawer`: the shift in which the
    drawer was opened for it; empty: in none.
    """

    id: str
    mark: str
    offer: str
    at: datetime
    state: LoanState = LoanState.TOKEN_SCANNED
    until: datetime | None = None
    way: Way | None = None
    amount: Fen = Fen(0)
    reference: str = ""
    drawer: str = ""

    def moved(self, event: LoanEvent, at: datetime) -> Loan:
        """The loan in its next state; raises IllegalMove for a pair that the table does not have."""
        target = LOAN_MOVES.get((self.state, event))
        if target is None:
            raise IllegalMove(f"a loan in state {self.state} knows no {event}")
        return replace(self, state=target, at=at)

    def is_over(self, at: datetime, *, grace: timedelta = timedelta(0)) -> bool:
        """Whether what it waits for came too late: an offer or an authorisation that has run out.

        One that lasts longer than any lender allows was given by a clock that was set right since, and is over, too.
        """
        return self.until is not None and (at >= self.until + grace or self.until - at > LASTS_AT_MOST)
