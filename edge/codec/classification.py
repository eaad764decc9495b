"""What a scan is: everything it *can* be, then the one thing it *is* here, first matching row of RULES.

    rule  in mode             is                 when
    1     any                 card               ZZ + 3 digits + check digit
    1     any                 badge              O + 26 characters: an owner's, a courier's, a technician's
    2     refund              slip               the slip that the flow waits for …
    2     bank_slip           bank_slip          … of the bank's terminal: whatever it is elsewhere
    2     loan                app_code           … the token of a lender's app, or its authorisation: the same
    2     pickup              pickup_code        … shelf-layer-serial, or a 6-digit code
    2     parcel_in           sscc               … a logistic unit; in receiving too
    2     receiving,          delivery           … the number of a supplier's parcel, which the parcel desk refuses
          parcel_in
    2     parcel_in, pickup   waybill            … a carrier's or S10 number, an expected one, or what could be one
    2     send, parcel_in,    app_code           … what an app shows, and is nothing else that is known here
          pickup
    2     service             app_code           … a bill, or what an app shows; money and goods are neither
    3     any                 slip               R, H, V, M + digits + check digit
    4     subtotal, paying    pay_code           a wallet's length and prefix
    4b    open                pay_code           the same, unless it fits an enabled label template or the catalogue
    5     any                 item               right check digit and in the catalogue
    5b    any                 delivery           the number of a parcel that a supplier sent to the shop itself
    6     any                 waybill            with a letter in front, or S10
    7     any                 waybill            in the list of expected parcels
    8     any                 label              an in-store label by an enabled template, its check digit right
    9     any                 item               right check digit, not in the catalogue: an unknown item
    10    any                 refused: what it is elsewhere (pay_code, sscc, waybill, pickup_code), misread, unknown

Product 0.2 and decisions 3. Mode first, shape second: the same digits can be several things (product finding 5).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from edge.codec.aim import GOODS_ONLY, GS1_ELEMENT_STRINGS, split_aim
from edge.codec.badge import BadgeCode
from edge.codec.command_card import OwnSlip, SlipKind, find_own_code
from edge.codec.coupon import looks_like_coupon
from edge.codec.digital_link import is_web_address, parse_digital_link
from edge.codec.gs1 import GS, Elements, parse_elements
from edge.codec.gtin import WrongCheck, readings
from edge.codec.instore import DEFAULT_TEMPLATES, InstoreLabel, LabelTemplate, label_readings
from edge.codec.paycode import channels
from edge.codec.pickup import PickupCode, find_pickup
from edge.codec.s10 import find_s10
from edge.codec.waybill import EAN13, LONGEST_LABEL, carrier_names, is_loose_waybill, waybill_number
from edge.errors import CodecError
from edge.model.carrier import Carriers
from edge.model.item import Gtin14

LOCKER_CODE = re.compile(r"[0-9]{6}")
"""A pick-up code of our own station (product A2 row 48)."""

APP_CODE_MIN, APP_CODE_MAX = 8, 512
"""Characters of what an app shows to who sends, brings or fetches a parcel (codec/wire_parcel.py)."""

SHORTEST_ELEMENTS = 16
"""AI 01 and its GTIN; without an AIM identifier nothing shorter is taken for an element string."""


class Mode(StrEnum):
    """What the terminal is waiting for (decisions 3)."""

    IDLE = "idle"
    OPEN = "open"
    SUBTOTAL = "subtotal"
    PAYING = "paying"
    PRICE_CHECK = "price_check"
    REFUND = "refund"
    PARCEL_IN = "parcel_in"
    PICKUP = "pickup"
    SEND = "send"
    BANK_SLIP = "bank_slip"
    LOAN = "loan"
    SERVICE = "service"
    RECEIVING = "receiving"
    COUNT = "count"


class ScanKind(StrEnum):
    CARD = "card"
    BADGE = "badge"
    SLIP = "slip"
    PAY_CODE = "pay_code"
    ITEM = "item"
    LABEL = "label"
    WAYBILL = "waybill"
    PICKUP_CODE = "pickup_code"
    APP_CODE = "app_code"
    BANK_SLIP = "bank_slip"
    SSCC = "sscc"
    DELIVERY = "delivery"
    MISREAD = "misread"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ScanCandidates:
    """Everything that a scan can be, by its own shape; empty and None mean: not that.

    `text` is without the AIM identifier. `gtins` has the likelier reading first and includes AI 01. `carriers` are
    ids of carriers, never EAN13; `waybill` is the cleaned number to ask the list of expected parcels for, empty where
    the symbology carries goods only; `is_loose` that it could be of a range that no carrier has. `labels` are the
    readings that are usable. `wrong` is a check digit that does not fit where the shape is right; `broken` an element
    string or Digital Link that cannot be read.
    """

    text: str
    aim: str | None
    card: int | None
    badge: BadgeCode | None
    slip: OwnSlip | None
    pay_channels: tuple[str, ...]
    gtins: tuple[Gtin14, ...]
    elements: Elements | None
    labels: tuple[InstoreLabel, ...]
    carriers: tuple[str, ...]
    waybill: str
    is_loose: bool
    pickup: PickupCode | None
    wrong: WrongCheck | None
    broken: CodecError | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the shop adds to the shape of a code. By default it knows nothing.

    `expected_parcel` is asked with the number as waybill.waybill_number writes it, of those that leave from here, too.
    `delivery` is asked with the same, for what a supplier sent to the shop: never a customer's parcel.
    """

    in_catalogue: Callable[[Gtin14], bool] = lambda _: False
    expected_parcel: Callable[[str], bool] = lambda _: False
    delivery: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class Classified:
    """`rule` is the row of RULES; rule 10 means refused here, and `kind` says what it would be elsewhere.

    `gtin` is set for items: the one in the catalogue, else the likeliest.
    """

    kind: ScanKind
    rule: str
    gtin: Gtin14 | None = None

    @property
    def refused(self) -> bool:
        return self.rule == REFUSED


Fits = Callable[[ScanCandidates, Known], bool]


@dataclass(frozen=True, slots=True)
class ScanRule:
    number: str
    modes: frozenset[Mode]
    kind: ScanKind
    fits: Fits


ANY = frozenset(Mode)
REFUSED = "10"
NO_CARRIERS = Carriers()


def candidates(
    text: str, templates: tuple[LabelTemplate, ...] = DEFAULT_TEMPLATES, carriers: Carriers = NO_CARRIERS
) -> ScanCandidates:
    """Everything that `text`, as the scanner delivered it, can be. Never raises.

    `templates`: labels of this shop; `carriers`: whose waybills it knows.
    """
    aim, content = split_aim(text.strip(" "))
    own = find_own_code(content)
    elements, broken = _elements(content, aim)
    gtins, wrong = _goods(content, aim, elements)
    labels = label_readings(content, templates)
    usable = tuple(label for label in labels if label.usable)
    if labels and not usable:
        wrong, broken = _unusable(labels, wrong)
    goods_only = aim in GOODS_ONLY
    return ScanCandidates(
        text=content,
        aim=aim,
        card=own if isinstance(own, int) else None,
        badge=own if isinstance(own, BadgeCode) else None,
        slip=own if isinstance(own, OwnSlip) else None,
        pay_channels=() if goods_only else channels(content),
        gtins=gtins,
        elements=elements,
        labels=usable,
        carriers=() if goods_only else tuple(id for id in carrier_names(content, carriers) if id != EAN13),
        waybill="" if goods_only else waybill_number(content[:LONGEST_LABEL], carriers),
        is_loose=not goods_only and is_loose_waybill(content, carriers),
        pickup=find_pickup(content),
        wrong=own if isinstance(own, WrongCheck) else wrong,
        broken=broken,
    )


def classify(scan: ScanCandidates, mode: Mode, known: Known) -> Classified:
    """The first row of RULES that fits. Never raises and always answers; rule 10 is a refusal."""
    for rule in RULES:
        if mode in rule.modes and rule.fits(scan, known):
            gtin = _gtin(scan, known) if rule.kind is ScanKind.ITEM else None
            return Classified(rule.kind, rule.number, gtin)
    return Classified(ScanKind.UNKNOWN, REFUSED)


def _goods(text: str, aim: str | None, elements: Elements | None) -> tuple[tuple[Gtin14, ...], WrongCheck | None]:
    """GTINs in `text`, and the check digit that is wrong if there is one."""
    if elements is not None and elements.gtin is not None:
        return (elements.gtin,), None
    gtins, wrong = readings(text[:13] if aim == "]E3" else text, aim)
    s10 = find_s10(text)
    if s10 is not None and not s10.valid:
        wrong = WrongCheck("S10 number", str(s10.check), text[10])
    return gtins, wrong


def _elements(text: str, aim: str | None) -> tuple[Elements | None, CodecError | None]:
    """Element string or Digital Link in `text`; the error only where the symbology or the scheme promised one."""
    if is_web_address(text):
        return _attempt(parse_digital_link, text, promised="/01/" in text)
    promised = aim in GS1_ELEMENT_STRINGS or GS in text
    looks_like = text[:2] in ("01", "00") and len(text) >= SHORTEST_ELEMENTS
    return _attempt(parse_elements, text, promised=promised) if promised or looks_like else (None, None)


def _unusable(
    labels: tuple[InstoreLabel, ...], wrong: WrongCheck | None
) -> tuple[WrongCheck | None, CodecError | None]:
    """Why none of the readings of a label counts."""
    first = labels[0]
    if any(label.check_ok for label in labels):
        return wrong, CodecError("this scale label is invalid", expected="an amount or weight above 0", got="0")
    return wrong or WrongCheck("scale label", first.expected_check, first.check), None


def _attempt(
    parse: Callable[[str], Elements], text: str, *, promised: bool
) -> tuple[Elements | None, CodecError | None]:
    try:
        return parse(text), None
    except CodecError as err:
        return None, err if promised else None


def _gtin(scan: ScanCandidates, known: Known) -> Gtin14:
    return next((gtin for gtin in scan.gtins if known.in_catalogue(gtin)), scan.gtins[0])


def _in_catalogue(scan: ScanCandidates, known: Known) -> bool:
    return any(known.in_catalogue(gtin) for gtin in scan.gtins)


def _opens_payment(scan: ScanCandidates, known: Known) -> bool:
    return bool(scan.pay_channels) and not scan.labels and not _in_catalogue(scan, known)


def _is_receipt(scan: ScanCandidates, _: Known) -> bool:
    return scan.slip is not None and scan.slip.kind is SlipKind.RECEIPT


def _is_foreign(scan: ScanCandidates, known: Known) -> bool:
    """A number of somebody else's paper or app can look like anything, but a wallet's code is money, and what the shop
    itself knows is its own.
    """
    return scan.slip is None and not scan.pay_channels and not _is_delivery(scan, known)


def _is_pickup_code(scan: ScanCandidates, _: Known) -> bool:
    return scan.pickup is not None or LOCKER_CODE.fullmatch(scan.text) is not None


def _is_app_code(scan: ScanCandidates, known: Known) -> bool:
    """An opaque token of an app. A wallet's code is money, and never goes where a parcel's token goes."""
    is_ours = scan.slip is not None or isinstance(scan.wrong, WrongCheck) or looks_like_coupon(scan.text)
    is_known = scan.pay_channels or scan.gtins or scan.labels or scan.carriers or _is_expected(scan, known)
    return APP_CODE_MIN <= len(scan.text) <= APP_CODE_MAX and not is_ours and not is_known


def _is_reference(scan: ScanCandidates, known: Known) -> bool:
    """The number of a bill, or a token of an app. A wallet's code is money: a bill that looks like one is keyed, and so
    is one in the symbol of goods.
    """
    is_ours = scan.slip is not None or isinstance(find_own_code(scan.text), WrongCheck) or looks_like_coupon(scan.text)
    is_known = bool(scan.pay_channels) or _in_catalogue(scan, known) or _is_expected(scan, known)
    is_else = is_known or _is_delivery(scan, known) or scan.aim in GOODS_ONLY
    return 1 <= len(scan.text) <= APP_CODE_MAX and not is_ours and not is_else


def _is_logistic_unit(scan: ScanCandidates, _: Known) -> bool:
    return scan.elements is not None and scan.elements.sscc is not None


def _has_letters(scan: ScanCandidates, _: Known) -> bool:
    return bool(scan.carriers) and scan.text[:1].isalpha()


def _is_expected(scan: ScanCandidates, known: Known) -> bool:
    return bool(scan.waybill) and known.expected_parcel(scan.waybill)


def _is_delivery(scan: ScanCandidates, known: Known) -> bool:
    return bool(scan.waybill) and known.delivery(scan.waybill)


def _passes_for_waybill(scan: ScanCandidates, known: Known) -> bool:
    """A customer's payment code never does by its shape, since a waybill is written down."""
    by_shape = not scan.pay_channels and (bool(scan.carriers) or scan.is_loose)
    return by_shape or _is_expected(scan, known)


def _is_new_item(scan: ScanCandidates, _: Known) -> bool:
    return bool(scan.gtins) and scan.broken is None


def _is_misread(scan: ScanCandidates, _: Known) -> bool:
    return scan.wrong is not None or scan.broken is not None


RULES: tuple[ScanRule, ...] = (
    ScanRule("1", ANY, ScanKind.CARD, lambda scan, _: scan.card is not None),
    ScanRule("1", ANY, ScanKind.BADGE, lambda scan, _: scan.badge is not None),
    ScanRule("2", frozenset({Mode.REFUND}), ScanKind.SLIP, _is_receipt),
    ScanRule("2", frozenset({Mode.BANK_SLIP}), ScanKind.BANK_SLIP, _is_foreign),
    ScanRule("2", frozenset({Mode.LOAN}), ScanKind.APP_CODE, _is_foreign),
    ScanRule("2", frozenset({Mode.PICKUP}), ScanKind.PICKUP_CODE, _is_pickup_code),
    ScanRule("2", frozenset({Mode.PARCEL_IN, Mode.RECEIVING}), ScanKind.SSCC, _is_logistic_unit),
    ScanRule("2", frozenset({Mode.RECEIVING, Mode.PARCEL_IN}), ScanKind.DELIVERY, _is_delivery),
    ScanRule("2", frozenset({Mode.PARCEL_IN, Mode.PICKUP}), ScanKind.WAYBILL, _passes_for_waybill),
    ScanRule("2", frozenset({Mode.SEND, Mode.PARCEL_IN, Mode.PICKUP}), ScanKind.APP_CODE, _is_app_code),
    ScanRule("2", frozenset({Mode.SERVICE}), ScanKind.APP_CODE, _is_reference),
    ScanRule("3", ANY, ScanKind.SLIP, lambda scan, _: scan.slip is not None),
    ScanRule("4", frozenset({Mode.SUBTOTAL, Mode.PAYING}), ScanKind.PAY_CODE, lambda scan, _: bool(scan.pay_channels)),
    ScanRule("4b", frozenset({Mode.OPEN}), ScanKind.PAY_CODE, _opens_payment),
    ScanRule("5", ANY, ScanKind.ITEM, _in_catalogue),
    ScanRule("5b", ANY, ScanKind.DELIVERY, _is_delivery),
    ScanRule("6", ANY, ScanKind.WAYBILL, _has_letters),
    ScanRule("7", ANY, ScanKind.WAYBILL, _is_expected),
    ScanRule("8", ANY, ScanKind.LABEL, lambda scan, _: bool(scan.labels)),
    ScanRule("9", ANY, ScanKind.ITEM, _is_new_item),
    ScanRule(REFUSED, ANY, ScanKind.PAY_CODE, lambda scan, _: bool(scan.pay_channels)),
    ScanRule(REFUSED, ANY, ScanKind.SSCC, _is_logistic_unit),
    ScanRule(REFUSED, ANY, ScanKind.WAYBILL, lambda scan, _: bool(scan.carriers)),
    ScanRule(REFUSED, ANY, ScanKind.PICKUP_CODE, lambda scan, _: scan.pickup is not None),
    ScanRule(REFUSED, ANY, ScanKind.MISREAD, _is_misread),
)
"""The table of the docstring, in order."""
