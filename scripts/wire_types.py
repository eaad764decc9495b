"""Which model is the `args` of each request and command, and which the `out` of its answer.

A type that is not here is carried with any object: add one line when its model is written; a test misses it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel

from edge.codec import (
    badge,
    campaign,
    licence,
    wire_command,
    wire_down,
    wire_identity,
    wire_licence,
    wire_loan,
    wire_order,
    wire_parcel,
    wire_payment,
    wire_plan,
    wire_promotion,
    wire_purchase,
    wire_service,
)
from edge.services import badge_desk

Model = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Carried:
    """`args` None: any object, or nothing. `outs`: one of these is `out` of the answer; none: any object.

    `states` is what `state` of the Response may be; empty: it has none.
    """

    args: Model | None = None
    outs: tuple[Model, ...] = ()
    states: Collection[str] = ()


_OUTCOMES = get_args(wire_payment.Outcome)

REQUESTS: dict[str, Carried] = {
    wire_identity.SIGN: Carried(wire_identity.SignArgs, (wire_identity.Signed,)),
    "cat.full": Carried(),
    "cfg.get": Carried(),
    "price.lookup": Carried(),
    "upload.url": Carried(),
    wire_payment.PAY: Carried(wire_payment.PayArgs, (wire_payment.PaymentAnswer,), _OUTCOMES),
    wire_payment.QUERY: Carried(wire_payment.PaymentArgs, (wire_payment.PaymentAnswer,), _OUTCOMES),
    wire_payment.CANCEL: Carried(wire_payment.PaymentArgs, (wire_payment.PaymentAnswer,), _OUTCOMES),
    wire_payment.REFUND: Carried(wire_payment.RefundArgs, (wire_payment.PaymentAnswer,), _OUTCOMES),
    wire_parcel.NOTIFY: Carried(wire_parcel.NotifyArgs, (wire_parcel.NotifyAnswer,), ("done", "failed")),
    wire_parcel.CHECK: Carried(wire_parcel.CheckArgs, (wire_parcel.Whose,)),
    wire_parcel.AUTHORIZE: Carried(wire_parcel.AuthorizeArgs, (wire_parcel.Authorized,)),
    wire_parcel.QUOTE: Carried(wire_parcel.QuoteArgs, (wire_parcel.Quote,)),
    wire_service.QUOTE: Carried(
        wire_service.ServiceQuoteArgs, (wire_service.ServiceQuote, wire_service.ServiceRange, wire_loan.LoanOffer)
    ),
    wire_service.SUBMIT: Carried(wire_service.ServiceSubmitArgs, (wire_service.ServiceAnswer,), wire_service.STATES),
    wire_service.QUERY: Carried(wire_service.ServiceOrderArgs, (wire_service.ServiceAnswer,), wire_service.STATES),
    wire_service.CANCEL: Carried(wire_service.ServiceOrderArgs, (wire_service.ServiceAnswer,), wire_service.STATES),
    wire_loan.ACCEPT: Carried(wire_loan.LoanAcceptArgs, (wire_loan.LoanAnswer,), wire_loan.STATES),
    wire_loan.QUERY: Carried(wire_loan.LoanArgs, (wire_loan.LoanAnswer,), wire_loan.STATES),
    wire_loan.CANCEL: Carried(wire_loan.LoanArgs, (wire_loan.LoanAnswer,), wire_loan.STATES),
    wire_loan.PAYOUT: Carried(wire_loan.LoanPayoutArgs, (wire_loan.LoanAnswer,), wire_loan.STATES),
    wire_purchase.PLACE: Carried(wire_purchase.PlaceArgs, (wire_purchase.PurchaseNews,)),
    wire_purchase.CANCEL: Carried(wire_purchase.PurchaseArgs, (wire_purchase.PurchaseNews,)),
    wire_purchase.QUERY: Carried(wire_purchase.PurchaseArgs, (wire_purchase.PurchaseNews,)),
    wire_licence.GET: Carried(None, (wire_licence.GotLicences,)),
}
"""What a terminal asks on up/req."""

COMMANDS: dict[str, Carried] = {
    **{kind: Carried() for kind in sorted(wire_down.SIGNED_TYPES)},
    badge_desk.ISSUE: Carried(badge.IssueOrder),
    badge_desk.REVOKE: Carried(badge.RevokeOrder),
    wire_parcel.EXPECT: Carried(wire_parcel.ExpectArgs),
    wire_parcel.OPEN: Carried(wire_parcel.OpenArgs),
    wire_parcel.GRANT: Carried(wire_parcel.GrantArgs),
    "payment.received": Carried(wire_payment.PaymentNotice),
    wire_licence.PUT: Carried(wire_licence.LicenceArgs),
    wire_service.OFFER: Carried(wire_service.ServiceOfferArgs),
    wire_service.CHANGED: Carried(wire_service.ServiceChangedArgs),
    wire_purchase.CHANGED: Carried(wire_purchase.PurchaseNews),
    wire_purchase.CONFIRM: Carried(wire_purchase.ConfirmArgs),
    wire_order.PLACE: Carried(wire_order.PlaceArgs),
    wire_order.CANCEL: Carried(wire_order.CancelArgs),
    campaign.PUBLISH: Carried(campaign.CampaignArgs),
    campaign.REVOKE: Carried(campaign.CampaignArgs),
    wire_promotion.PUBLISH: Carried(wire_promotion.PromotionArgs),
    wire_plan.PUBLISH: Carried(wire_plan.PlanArgs),
    wire_command.PRINT_TEXT: Carried(wire_command.PrintTextArgs),
    wire_command.PRINT_RECEIPT: Carried(wire_command.PrintReceiptArgs),
    wire_command.MESSAGE: Carried(wire_command.MessageArgs),
    wire_command.SAY: Carried(wire_command.SayArgs),
    wire_command.SUSPEND: Carried(wire_command.SuspendArgs),
    wire_command.SELFTEST: Carried(wire_command.NoArgs),
    wire_command.LOGS: Carried(wire_command.UploadArgs),
    wire_command.DIAGNOSIS: Carried(wire_command.UploadArgs),
    wire_command.JOURNAL: Carried(wire_command.UploadArgs),
    **dict.fromkeys((wire_command.TIME, wire_command.CATALOGUE, wire_command.CONFIG), Carried(wire_command.NoArgs)),
    wire_command.SUPPORT: Carried(wire_command.SupportArgs),
    wire_command.RESTART: Carried(wire_command.NoArgs),
    wire_command.REBOOT: Carried(wire_command.NoArgs),
}
"""What a cloud orders on dn/cmd, signed or not."""

SIGNED: dict[str, tuple[Model, ...]] = {
    "cmd+jws": (wire_down.Command, wire_down.CfgDesired),
    campaign.CAMPAIGN_TYP: (campaign.CampaignBundle,),
    licence.LICENCE_TYP: (licence.LicenceBody,),
}
"""What a JWS of each type has as its payload."""

HTTPS: dict[str, Carried] = {
    f"POST {wire_identity.PATH}": Carried(
        wire_identity.EnrolRequest, (wire_identity.Enrolled, wire_identity.EnrolRefused)
    ),
    f"POST {wire_identity.RENEW_PATH}": Carried(
        wire_identity.RenewRequest, (wire_identity.Enrolled, wire_identity.EnrolRefused)
    ),
}
"""What a terminal asks before it has a certificate, over HTTPS and not MQTT: what it sends, and what it may get."""
