"""What is asked about loans on up/req, and how it is answered on dn/res (product B4 LOAN, contract P16).

    service.quote   {soid, offer, kind: loan, ref}   `ref` is the customer's token: in this one question, nowhere else
                    out: {soid, mark, cur, amt, cost, rate, parts, each, last, valid_s}
    loan.accept     {soid, mark, ways}               the customer wants it; ways are those that the shop can pay by
    loan.query      {soid}                           how far it is
    loan.cancel     {soid}                           the customer does not want the offer
    loan.payout     {soid, code}                     the authorisation, keyed: from now on it is this till's

All but the first are answered with `state` and out: {soid, ref?, way?, cur?, amt?, valid_s?, terms?, repay?}. The same
question gets the same answer, however often it comes: `soid` names the loan for ever. No answer has a name, a number of
a person, or a reason.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from edge.codec.wire_down import Response
from edge.codec.wire_parcel import token_mark as token_mark
from edge.codec.wire_term import Part, Uuid7
from edge.model.loan import MAX_PARTS, Terms, Way
from edge.model.money import Fen

QUOTE = "service.quote"
ACCEPT, QUERY, CANCEL, PAYOUT = "loan.accept", "loan.query", "loan.cancel", "loan.payout"
EXPIRES_S = 90
MAX_FEN = 20_000_000
"""RMB 200,000, the most that a small consumer loan may be."""
MAX_RATE = 10_000
"""100 percent a year: more is a slip of somebody's program, and a crime of somebody's."""
LEAST_VALID_S, MOST_VALID_S = 30, 86_400
MARK = r"^[0-9a-f]{16}$"
REFERENCE = r"^[A-Z][A-Z0-9-]{3,31}$"
"""The lender's own number of a loan: it begins with a letter, so that no phone and no identity number is one."""
CODE = r"^[0-9]{6,12}$"
REPAY = r"^[A-Z]{2}[A-Z0-9]{6,22}$"
"""The reference by which it is paid back, as a barcode: no phone and no identity number looks like this."""

STATES = frozenset(
    {"offered", "accepted", "approved", "declined", "disbursed", "paying", "expired", "cancelled"}
)  # fmt: skip
"""What an answer may say. `paying`: the authorisation is this till's, and cash may change hands."""

Sum = Annotated[int, Field(ge=0, le=MAX_FEN)]
Positive = Annotated[int, Field(ge=1, le=MAX_FEN)]
Mark = Annotated[str, StringConstraints(pattern=MARK)]
WayWord = Literal["wallet", "till"]
Validity = Annotated[int, Field(ge=LEAST_VALID_S, le=MOST_VALID_S)]


class LoanAcceptArgs(Part):
    soid: Uuid7
    mark: Mark
    ways: Annotated[tuple[WayWord, ...], Field(strict=False, min_length=1, max_length=2)]


class LoanArgs(Part):
    """Of loan.query and loan.cancel."""

    soid: Uuid7


class LoanPayoutArgs(Part):
    """`code` is what the lender told the customer; it is in this question and nowhere else."""

    soid: Uuid7
    code: Annotated[str, StringConstraints(pattern=CODE)] = Field(repr=False)


class LoanTerms(Part):
    """In fen; `rate` of a year in 1/100 percent. Of `parts` each is `each`, but the `last` one."""

    cur: Literal["CNY"]
    amt: Positive
    cost: Sum
    rate: Annotated[int, Field(ge=0, le=MAX_RATE)]
    parts: Annotated[int, Field(ge=1, le=MAX_PARTS)]
    each: Positive
    last: Positive

    @property
    def terms(self) -> Terms:
        return Terms(Fen(self.amt), Fen(self.cost), self.rate, self.parts, Fen(self.each), Fen(self.last))


class LoanOffer(LoanTerms):
    """`out` of the Response to service.quote."""

    soid: Uuid7
    mark: Mark
    valid_s: Validity


class LoanAnswer(Part):
    """`out` of a Response whose `state` is one of STATES. Approved: `way`, and for the till `amt` and `valid_s` of the
    authorisation. `terms` once more, and the reference by which it is paid back, for the customer's copy of the
    contract.
    """

    soid: Uuid7
    ref: Annotated[str, StringConstraints(pattern=REFERENCE)] | None = None
    way: WayWord | None = None
    cur: Literal["CNY"] | None = None
    amt: Positive | None = None
    valid_s: Validity | None = None
    terms: LoanTerms | None = None
    repay: Annotated[str, StringConstraints(pattern=REPAY)] | None = None

    @property
    def by(self) -> Way | None:
        return Way(self.way) if self.way is not None else None


Args = LoanAcceptArgs | LoanArgs | LoanPayoutArgs


def is_code(text: str) -> bool:
    """Whether it could be an authorisation."""
    return re.fullmatch(CODE, text) is not None


def read_offer(out: object) -> LoanOffer | None:
    """None for what cannot be read, or does not add up."""
    try:
        offer = LoanOffer.model_validate(out)
    except ValidationError:
        return None
    return offer if offer.terms.adds_up else None


def read_answer(response: Response) -> LoanAnswer | None:
    """What an answer that is `ok` says; None when it says nothing that could be believed."""
    if response.state not in STATES:
        return None
    try:
        answer = LoanAnswer.model_validate(response.out or {})
    except ValidationError:
        return None
    return answer if answer.terms is None or answer.terms.terms.adds_up else None
