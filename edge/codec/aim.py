"""AIM symbology identifiers: the `]cm` that a scanner may put before what it read.

    ] c m data…     c = family of symbologies, m = modifier

ISO/IEC 15424; the table is that of devices 1.8.
"""

from __future__ import annotations

import re
from typing import Literal

SYMBOLOGIES = {
    "]E0": "EAN-13, UPC-A or UPC-E",
    "]E1": "2-digit add-on",
    "]E2": "5-digit add-on",
    "]E3": "EAN-13 with add-on",
    "]E4": "EAN-8",
    "]C0": "Code 128",
    "]C1": "GS1-128",
    "]C2": "Code 128, FNC1 in position 2",
    "]I0": "Interleaved 2 of 5",
    "]I1": "Interleaved 2 of 5, check digit verified",
    "]I3": "Interleaved 2 of 5, check digit verified and stripped",
    "]F0": "Codabar",
    "]G0": "Code 93",
    "]J1": "GS1 DotCode",
    "]X0": "defined by the maker",
    "]Q0": "QR model 1",
    "]Q1": "QR",
    "]Q2": "QR with ECI",
    "]Q3": "GS1 QR",
    "]Q4": "GS1 QR with ECI",
    "]Q5": "QR, FNC1 in position 2",
    "]Q6": "QR with ECI, FNC1 in position 2",
    "]d0": "Data Matrix ECC 000-140",
    "]d1": "Data Matrix",
    "]d2": "GS1 Data Matrix",
    "]d3": "Data Matrix, FNC1 in position 2",
    "]d4": "Data Matrix with ECI",
    "]d5": "GS1 Data Matrix with ECI",
    "]d6": "Data Matrix with ECI, FNC1 in position 2",
    "]e0": "GS1 DataBar or GS1 composite",
    "]L0": "PDF417",
    "]L1": "PDF417",
    "]L2": "PDF417",
    "]z0": "Aztec",
    "]h0": "Han Xin",
}

FAMILIES = {"A": "Code 39", "E": "EAN/UPC", "C": "Code 128", "I": "Interleaved 2 of 5", "Q": "QR", "d": "Data Matrix"}
"""Names for modifiers that SYMBOLOGIES does not list."""

GS1_ELEMENT_STRINGS = frozenset({"]C1", "]J1", "]Q3", "]Q4", "]d2", "]d5", "]e0"})
"""Symbologies whose data are GS1 element strings by definition."""

GOODS_ONLY = GS1_ELEMENT_STRINGS | {"]E0", "]E3", "]E4"}
"""Symbologies that never carry a payment code or a waybill (devices 1.8)."""

Trust = bool | Literal["auto"]
"""Whether a scanner puts identifiers before its codes: yes, no, or as it looks."""

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")


def split_aim(text: str) -> tuple[str | None, str]:
    """(`]cm`, the rest), or (None, text) when there is no identifier in front."""
    if text[:1] == "]" and _AIM.match(text):
        return text[:3], text[3:]
    return None, text


def trusted_aim(text: str, trust: Trust) -> tuple[str | None, str]:
    """As `split_aim`, where a scanner is set to send identifiers, or "auto" and the identifier is one that is known."""
    aim, code = split_aim(text)
    trusted = trust is True or (trust == "auto" and aim and symbology(aim))
    return (aim, code) if trusted else (None, text)


def symbology(aim: str) -> str | None:
    """What printed symbol `aim` stands for; None: not known to us."""
    return SYMBOLOGIES.get(aim) or FAMILIES.get(aim[1:2])
