"""Every command that this cloud gives: who may, how long it is good for, what it takes (contract P13, product A8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edge.codec.badge import IssueOrder, RevokeOrder
from edge.codec.campaign import CampaignArgs
from edge.codec.wire_command import (
    MessageArgs,
    NoArgs,
    PrintReceiptArgs,
    PrintTextArgs,
    SayArgs,
    SupportArgs,
    SuspendArgs,
    UploadArgs,
)
from edge.codec.wire_down import SIGNED_TYPES, Url
from edge.codec.wire_licence import LicenceArgs
from edge.codec.wire_order import CancelArgs, PlaceArgs
from edge.codec.wire_parcel import ExpectArgs, OpenArgs
from edge.codec.wire_payment import PaymentNotice
from edge.codec.wire_plan import PlanArgs
from edge.codec.wire_promotion import PromotionArgs
from edge.codec.wire_purchase import ConfirmArgs, PurchaseNews
from edge.codec.wire_service import ServiceChangedArgs
from edge.codec.wire_term import Count, Part, Sha256, Word
from edge.reference_cloud.rights import Right

MINUTE, HOUR, DAY = 60, 3_600, 86_400


class Update(Part):
    ver: Word
    url: Url
    size: Count
    sha256: Sha256
    window: Word | None = None
    spread_s: Count | None = None
    min_batt: Count | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """`args` None: what it takes is not known here, and not looked at. `example`: its arguments, as they are typed."""

    name: str
    right: Right
    ttl_s: int
    args: type[Part] | None
    words: str
    example: str = ""

    @property
    def letter(self) -> str:
        """Its class: S must be signed, N need not be."""
        return "S" if self.name in SIGNED_TYPES else "N"


_V, _O, _T, _OT, _F, _F2 = Right
_BADGE = "a1b2c3d4e5f6"
_SHOWN = (
    Kind("print.text", _O, 5 * MINUTE, PrintTextArgs, "a slip of these lines", """lines='["Hello"]'"""),
    Kind("print.receipt", _O, 5 * MINUTE, PrintReceiptArgs, "a copy of a receipt", "receipt=261126-1-0001"),
    Kind("message.show", _V, HOUR, MessageArgs, "heard, shown, read by Enter", "text='Closed at 18:00'"),
    Kind("sound.say", _O, MINUTE, SayArgs, "a sentence of the terminal's own", "prompt=sys.ready"),
)
_SERVED = (
    Kind("selftest", _T, HOUR, NoArgs, "how the terminal is"),
    Kind("time.sync", _T, HOUR, NoArgs, "it asks for the time"),
    Kind("service.restart", _T, 15 * MINUTE, NoArgs, "the program starts anew, when nobody is served"),
    Kind("reboot", _T, 15 * MINUTE, NoArgs, "the box starts anew, when nobody is served"),
    Kind("log.upload", _T, DAY, UploadArgs, "its logs are sent there", "put=https://files.example/log-1"),
    Kind("diag.run", _T, DAY, UploadArgs, "all that tells what ails it", "put=https://files.example/diag-1"),
    Kind("db.export", _T, DAY, UploadArgs, "its journal is sent there", "put=https://files.example/db-1"),
    Kind("support.session", _T, 10 * MINUTE, SupportArgs, "help from afar, with the card on the spot"),
    Kind("cat.sync", _F, HOUR, NoArgs, "it compares its catalogue with the cloud's"),
    Kind("cfg.resend", _F, HOUR, NoArgs, "it reports its configuration"),
)
_SAFE = (
    Kind("locker.open", _OT, 15, OpenArgs, "one door, one pulse", "box=B07 why=look"),
    Kind("update.install", _F, 7 * DAY, Update, "another version of everything",
         f"ver=2.15.0 url=https://files.example/2.15.0 size=41231872 sha256={'ab' * 32}"),
    Kind("cert.rotate", _T, DAY, NoArgs, "a new key and certificate"),
    Kind("trust.update", _F2, DAY, None, "whom it believes"),
    Kind("terminal.suspend", _F2, DAY, SuspendArgs, "no new services and deposits; cash goes on", "on=true why=stolen"),
    Kind("terminal.retire", _F2, DAY, NoArgs, "it sells no more"),
)  # fmt: skip
_TRADED = (
    Kind("card.issue", _O, 30 * DAY, IssueOrder, "a badge", "role=courier name=Li"),
    Kind("card.revoke", _O, 30 * DAY, RevokeOrder, "a badge is good no more", f"badge={_BADGE}"),
    Kind("promo.publish", _F, 30 * DAY, PromotionArgs, "what is cheaper; see edge cloud promotions",
         "ver=2 promotions={}"),
    Kind("campaign.publish", _F, 30 * DAY, CampaignArgs, "what it shows; see edge cloud campaign"),
    Kind("campaign.revoke", _F, 30 * DAY, CampaignArgs, "it shows it no more; see edge cloud campaign"),
    Kind("plan.publish", _F, 7 * DAY, PlanArgs, "advice; see edge cloud plan"),
    Kind("licence.put", _F, 30 * DAY, LicenceArgs, "a platform's word; see edge cloud licence"),
    Kind("parcel.expect", _F, 7 * DAY, ExpectArgs, "parcels that will come",
         """parcels='[{"parcel": "p-1", "waybill": "SF1234567890123"}]'"""),
    Kind("payment.received", _F, 10 * MINUTE, PaymentNotice, "money came on the shop's own code"),
    Kind("purchase.confirm", _O, 10 * MINUTE, ConfirmArgs, "the owner's yes to an order"),
    Kind("purchase.changed", _F, DAY, PurchaseNews, "a supplier's word"),
    Kind("service.offer", _F, 10 * MINUTE, None, "ordered elsewhere, to be paid here",
         "offer=ALI_BILL kind=bill ref=3301234567895600"),
    Kind("service.changed", _F, DAY, ServiceChangedArgs, "what became of a service order"),
    Kind("order.place", _F, 2 * HOUR, PlaceArgs, "an order from an app"),
    Kind("order.cancel", _F, 2 * HOUR, CancelArgs, "it is called off", "oid=T-00000017 why=customer"),
)  # fmt: skip

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in (*_SHOWN, *_SERVED, *_SAFE, *_TRADED)})
"""What comes over other ways is not here: parcel.grant leaves in the answer to parcel.authorize alone."""
