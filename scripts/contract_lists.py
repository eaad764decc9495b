"""What is asked and told besides the journal: type, topic, model of the args, what the answer says."""

from __future__ import annotations

from edge.codec import (
    campaign,
    wire_command,
    wire_licence,
    wire_loan,
    wire_order,
    wire_parcel,
    wire_plan,
    wire_promotion,
    wire_purchase,
    wire_service,
)

WISHES = (
    (wire_command.PRINT_TEXT, "PrintTextArgs", "`papers`, once they are out of the printer"),
    (wire_command.PRINT_RECEIPT, "PrintReceiptArgs", "the same"),
    (wire_command.MESSAGE, "MessageArgs", "nothing; done when somebody has read it"),
    (wire_command.SAY, "SayArgs", "nothing; auth.denied for a sentence about money"),
    (wire_command.SELFTEST, "NoArgs", "devices, problems, what waits"),
    (wire_command.SUSPEND, "SuspendArgs", "`on`; signed"),
    (wire_command.LOGS, "UploadArgs", "`octets` and `sha256` of what arrived; auth.denied, blob.unreachable"),
    (wire_command.DIAGNOSIS, "UploadArgs", "the same"),
    (wire_command.JOURNAL, "UploadArgs", "the same"),
    (
        wire_command.TIME,
        "NoArgs",
        "`off_ms`: ahead by; `did`: in_step, kept (by the system), stepped, not_allowed, unproved, ahead, too_far",
    ),
    (wire_command.CATALOGUE, "NoArgs", "`ver`; `own`: it is the shop's; cat.base_missing where it stays behind"),
    (wire_command.CONFIG, "NoArgs", "`ver`, 0 for none, and `status`; up/cfg says it, too"),
    (wire_command.SUPPORT, "SupportArgs", "`minutes` that it lasts; running with `wait` card before; cmd.timeout"),
    (wire_command.RESTART, "NoArgs", "nothing; cmd.busy where somebody was served for 15 minutes"),
    (wire_command.REBOOT, "NoArgs", "the same; cmd.unsupported where the machine is not the terminal's alone"),
)
"""What every terminal carries out."""
PARCELS = (
    (wire_parcel.NOTIFY, "up/req", "NotifyArgs", "[NotifyAnswer](#notifyanswer); `state` is done or failed"),
    (wire_parcel.CHECK, "up/req", "CheckArgs", "[Whose](#whose)"),
    (
        wire_parcel.AUTHORIZE,
        "up/req",
        "AuthorizeArgs",
        "[Authorized](#authorized): a grant, which is a signed command; without it no door moves",
    ),
    (wire_parcel.QUOTE, "up/req", "QuoteArgs", "[Quote](#quote); the same under the same `cid`"),
    (wire_parcel.EXPECT, "dn/cmd", "ExpectArgs", "how many"),
    (wire_parcel.GRANT, "the answer to parcel.authorize", "GrantArgs", "how many, or the courier's badge"),
)
"""What is asked and told about parcels."""
LICENCES = (
    (wire_licence.GET, "up/req", "nothing", "[GotLicences](#gotlicences)"),
    (wire_licence.PUT, "dn/cmd", "[LicenceArgs](#licenceargs)", "platform, number and version that stand now"),
)
"""What is asked and told about store licences, and what is signed."""
PURCHASES = (
    (wire_purchase.PLACE, "up/req", "PlaceArgs", "[PurchaseNews](#purchasenews); of one `po` always the newest"),
    (wire_purchase.CANCEL, "up/req", "PurchaseArgs", "[PurchaseNews](#purchasenews): cancelled, or what it is else"),
    (wire_purchase.QUERY, "up/req", "PurchaseArgs", "[PurchaseNews](#purchasenews)"),
    (wire_purchase.CHANGED, "dn/cmd", "PurchaseNews", "`how`: taken, known, unfit, unknown"),
    (wire_purchase.CONFIRM, "dn/cmd, signed", "ConfirmArgs", "`total` that was confirmed"),
)
"""What is asked and told about the shop's orders."""
_ANSWER = (
    "[ServiceAnswer](#serviceanswer); `state`: quoted, submitted, unknown, completed, failed, reversed, cancelling or"
)
_ANSWER += " cancelled"
SERVICES = (
    (wire_service.QUOTE, "up/req", "ServiceQuoteArgs", "[ServiceQuote](#servicequote); the same under the same `soid`"),
    (
        wire_service.SUBMIT,
        "up/req",
        "ServiceSubmitArgs",
        f"{_ANSWER}; its `cid` is the `soid`, and so is that of later news",
    ),
    (wire_service.QUERY, "up/req", "ServiceOrderArgs", "the same; what was never quoted is failed from then on"),
    (wire_service.CANCEL, "up/req", "ServiceOrderArgs", "the same; cancelled with its `fee`, or completed: it stays"),
    (
        wire_service.OFFER,
        "dn/cmd, signed",
        "ServiceOfferArgs",
        "the order's `state`, and `until` when its slip is good",
    ),
    (wire_service.CHANGED, "dn/cmd, signed", "ServiceChangedArgs", "the order's `state` at the terminal"),
)
"""What is asked and told about service orders."""
_PLACED = "the order's `state` at the terminal"
APP_ORDERS = (
    (wire_order.PLACE, "dn/cmd, signed", "PlaceArgs", _PLACED),
    (wire_order.CANCEL, "dn/cmd, signed", "CancelArgs", _PLACED),
)
"""What is told about orders from apps."""
_LOAN = (
    "[LoanAnswer](#loananswer); `state`: offered, accepted, approved, declined, disbursed, paying, expired, cancelled"
)
LOANS = (
    (wire_loan.QUOTE, "ServiceQuoteArgs", "[LoanOffer](#loanoffer), where `kind` is loan; `ref` is the token"),
    (wire_loan.ACCEPT, "LoanAcceptArgs", _LOAN),
    (wire_loan.QUERY, "LoanArgs", "the same"),
    (wire_loan.CANCEL, "LoanArgs", "the same; what was accepted before stays"),
    (
        wire_loan.PAYOUT,
        "LoanPayoutArgs",
        "the same; `paying`: this terminal pays. auth.denied: a wrong code; service.conflict: it has told that it paid",
    ),
)
"""What is asked about loans."""
CAMPAIGNS = (
    (campaign.PUBLISH, "dn/cmd", "CampaignArgs", "campaign, ver"),
    (campaign.REVOKE, "dn/cmd", "CampaignArgs", "campaign, ver"),
)
"""What the platform has a shop show."""
PLANS = ((wire_plan.PUBLISH, "dn/cmd", "PlanArgs", "plan, lines"),)
"""What the platform advises."""
PROMOTIONS = (
    (wire_promotion.PUBLISH, "dn/cmd", "PromotionArgs", "set, ver, promotions: how many; promo.id_taken, cmd.replayed"),
)
"""What is cheaper beside what the shop says."""
