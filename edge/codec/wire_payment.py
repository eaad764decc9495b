"""What is asked about a wallet payment on up/req, and how it is answered on dn/res (decisions 4).

    payment.pay      {pid, sale, m, amt, cur, code}    interim answers (`more`), then a final one
    payment.query    {pid}                             an id that the cloud never saw is cancelled from then on
    payment.cancel   {pid}                             the cloud owns cancel-until-final
    payment.refund   {pid, rid, amt, cur}              `rid` names the refund: asked again it is not done again

The code is a bearer token for about a minute: it is in this one request and nowhere else.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, ValidationError

from edge.codec.paycode import LONGEST, SHORTEST
from edge.codec.sale_bodies import Channel, Currency, Money
from edge.codec.wire_down import Response
from edge.codec.wire_term import Moment, Part, Uuid7, Word

PAY, QUERY, CANCEL, REFUND = "payment.pay", "payment.query", "payment.cancel", "payment.refund"
EXPIRES_S = 90
"""Of each of these requests (decisions 4)."""

Positive = Annotated[Money, Field(gt=0)]
Outcome = Literal["accepted", "wait_customer", "approved", "declined", "cancelled", "unknown", "refunded"]


class PayArgs(Part):
    pid: Uuid7
    sale: Uuid7
    m: Channel
    amt: Positive
    cur: Currency
    code: Annotated[str, StringConstraints(pattern=f"^[0-9A-Za-z]{{{SHORTEST},{LONGEST}}}$")] = Field(repr=False)


class PaymentArgs(Part):
    """Of payment.query and payment.cancel."""

    pid: Uuid7


class RefundArgs(Part):
    pid: Uuid7
    rid: Uuid7
    amt: Positive
    cur: Currency


class PaymentAnswer(Part):
    """`out` of a Response whose `state` is an Outcome. `amt` is the payment's, or of a refund what went back.

    A payment that the cloud never saw has no amount: it is cancelled.
    """

    pid: Uuid7
    amt: Positive | None = None
    cur: Currency | None = None
    m: Channel | None = None
    ref: Word | None = None
    rid: Uuid7 | None = None


class PaymentNotice(Part):
    """Args of the signed command payment.received: money came by a way that this box did not ask for."""

    pid: Uuid7
    m: Channel
    amt: Positive
    cur: Currency
    at: Moment
    ref: Word | None = None


def read_answer(response: Response) -> PaymentAnswer | None:
    """What an answer that is `ok` says; None when it says nothing that could be believed."""
    if response.state not in get_args(Outcome):
        return None
    try:
        return PaymentAnswer.model_validate(response.out or {})
    except ValidationError:
        return None
