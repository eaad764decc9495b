"""What a scanned text is, for a technician: the answer of `edge decode scan`, with no shop behind it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from edge.codec import gtin
from edge.codec.aim import symbology
from edge.codec.classification import Classified, Known, Mode, ScanCandidates, ScanKind, candidates, classify
from edge.codec.digital_link import is_web_address
from edge.codec.gs1 import DATES, Elements, gs1_date
from edge.codec.instore import InstoreLabel, label_readings
from edge.codec.s10 import find_s10
from edge.codec.waybill import carrier_names
from edge.errors import CodecError
from edge.model.carrier import Carriers

Keys = dict[str, Any]

WORDS = {
    ScanKind.CARD: "a command card: it works in every mode",
    ScanKind.BADGE: "a badge: an owner's card, a courier's or a technician's",
    ScanKind.SLIP: "a slip that a terminal printed",
    ScanKind.PAY_CODE: "a payment code of a customer",
    ScanKind.ITEM: "goods with a right check digit: rule 5 when the catalogue has them, else 9",
    ScanKind.LABEL: "a label of the shop's scale",
    ScanKind.WAYBILL: "a waybill",
    ScanKind.PICKUP_CODE: "a pick-up code of a parcel station",
    ScanKind.APP_CODE: "what an app shows to who sends, brings or fetches a parcel",
    ScanKind.BANK_SLIP: "the slip of a bank's own terminal",
    ScanKind.DELIVERY: "a parcel that a supplier sent to the shop",
    ScanKind.SSCC: "a logistic unit (pallet or parcel)",
    ScanKind.MISREAD: "not read clearly, scan it again",
    ScanKind.UNKNOWN: "nothing that the terminal knows",
}


def describe_scan(text: str, carriers: Carriers, mode: str | None = None) -> Keys:
    """What `text` is in `mode` ("idle" when None), as JSON-ready keys: text, aim, data, class, rule, and those of each
    area of the vectors that applies. `carriers`: whose waybills are known. Digits in words: `problem` says what is
    wrong. Raises CodecError for another mode.
    """
    scan = candidates(text, carriers=carriers)
    found = classify(scan, parse_mode(mode), Known())
    described: Keys = {
        "text": text,
        "aim": scan.aim,
        "data": scan.text,
        "symbology": symbology(scan.aim) if scan.aim else None,
        "class": str(found.kind),
        "rule": found.rule,
        "meaning": _meaning(scan, found),
        "problem": _problem(scan, found),
        "channels": list(scan.pay_channels),
        "candidates": list(carrier_names(scan.text, carriers)),
    }
    return described | _own_keys(scan) | _gtin_keys(scan) | _gs1_keys(scan) | _other_keys(scan)


def parse_mode(mode: str | None) -> Mode:
    """A mode by its name, idle for None. Raises CodecError naming all of them."""
    try:
        return Mode(mode or Mode.IDLE)
    except ValueError as err:
        raise CodecError("there is no such mode", expected=", ".join(Mode), got=repr(mode)) from err


def elements_keys(elements: Elements) -> Keys:
    """The keys of area gs1: `elements` as printed, and what they mean under plain names."""
    meant: Keys = {
        "gtin": elements.gtin,
        "sscc": elements.sscc,
        "content": elements.content,
        "batch": elements.batch,
        "serial": elements.serial,
        "count": elements.count,
        "amount": _text(elements.amount),
        "weight_kg": _text(elements.weight_kg),
        "weight_g": elements.weight_g,
        **{name: day.isoformat() for name, day in elements.dates.items()},
    }
    present = {name: value for name, value in meant.items() if value is not None}
    return {"elements": dict(elements.raw), **present, "warning": elements.warning}


def link_keys(elements: Elements) -> Keys:
    """The keys of area gs1dl: each AI but the GTIN's under its number, dates as ISO, and those of elements_keys."""
    by_ai = {ai: _value_text(ai, text) for ai, text in elements.raw.items() if ai != "01"}
    return elements_keys(elements) | by_ai


def label_keys(label: InstoreLabel) -> Keys:
    """The keys of area instore for one reading; those that its layout does not have are left out."""
    known = {name: value for name, value in asdict(label).items() if value is not None}
    return known | {"check_ok": label.check_ok}


def gtin_keys(text: str, aim: str | None = None) -> Keys:
    """The keys of areas gtin and upce. A wrong check digit adds `expected_check` and `got_check`."""
    found, wrong = gtin.readings(text, aim)
    keys: Keys = {"valid": bool(found), "gtin14": found[0] if found else None}
    if len(text) == 8 and text[:1] in ("0", "1") and found and found[0] != text.zfill(14):
        keys["upc_a"] = found[0][2:]
    if len(found) > 1:
        keys["also"] = list(found[1:])
    if wrong is not None:
        keys |= {"expected_check": wrong.expected, "got_check": wrong.got}
    return keys


def s10_keys(text: str) -> Keys:
    """The keys of area s10; none when `text` is not of that shape."""
    found = find_s10(text)
    return asdict(found) if found else {}


def _meaning(scan: ScanCandidates, found: Classified) -> str:
    words = WORDS[found.kind]
    if not found.refused or found.kind in (ScanKind.MISREAD, ScanKind.UNKNOWN):
        return words
    return f"{words}, but not what the terminal waits for"


def _problem(scan: ScanCandidates, found: Classified) -> str | None:
    """What is wrong, unless the code is something else that is right."""
    if found.kind is not ScanKind.MISREAD:
        return None
    if scan.wrong is not None:
        return str(scan.wrong)
    return str(scan.broken) if scan.broken else None


def _own_keys(scan: ScanCandidates) -> Keys:
    keys: Keys = {}
    if scan.card is not None:
        keys["card"] = scan.card
    if scan.slip is not None:
        keys |= {"slip": scan.slip.kind.name.lower(), "number": scan.slip.number}
        keys |= {"receipt": scan.slip.receipt} if scan.slip.receipt else {}
    if scan.wrong is not None:
        keys |= {"expected_check": scan.wrong.expected, "got_check": scan.wrong.got}
    return keys


def _gtin_keys(scan: ScanCandidates) -> Keys:
    text = scan.text[:13] if scan.aim == "]E3" else scan.text
    return gtin_keys(text, scan.aim) if len(text) in gtin.GTIN_LENGTHS and gtin.is_digits(text) else {}


def _gs1_keys(scan: ScanCandidates) -> Keys:
    if scan.elements is None:
        return {}
    return link_keys(scan.elements) if is_web_address(scan.text) else elements_keys(scan.elements)


def _other_keys(scan: ScanCandidates) -> Keys:
    keys = s10_keys(scan.text)
    labels = label_readings(scan.text)
    if labels:
        keys["instore"] = [label_keys(label) for label in labels]
    if scan.pickup is not None:
        keys |= asdict(scan.pickup)
    if scan.pay_channels:
        keys["biip_sscc"] = reads_as_sscc(scan.text)
    return keys


def reads_as_sscc(text: str) -> bool:
    """Whether a GS1 library would take a payment code for an SSCC: 18 digits with a check digit that happens to fit."""
    return len(text) == 18 and gtin.is_digits(text) and gtin.wrong_check(text, of="SSCC") is None


def _value_text(ai: str, text: str) -> str:
    return gs1_date(text).isoformat() if ai in DATES else text


def _text(value: object) -> str | None:
    return None if value is None else str(value)
