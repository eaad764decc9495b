"""Each scan as the technician's live view shows it: what it was taken for, and by which rule (product row 106)."""

from __future__ import annotations

import re

from edge.clock import iso_ms
from edge.codec.classification import Classified, Mode, ScanKind
from edge.codec.paycode import masked
from edge.messages import ScanData, ScanRefused
from edge.model.agent_note import may_be_card
from edge.ports import ScanSeen, Transaction

TAKEN, REPEATED, FLOOD = "taken", "repeated", "flood"
SHOWN = 4
"""Characters of a code that opens or pays something."""
_SECRET = frozenset({ScanKind.BADGE, ScanKind.APP_CODE, ScanKind.BANK_SLIP, ScanKind.SLIP})
_GOODS = frozenset({ScanKind.ITEM, ScanKind.LABEL, ScanKind.CARD})
"""Of goods one number in ten passes for a bank card's."""
_DIGITS = re.compile(r"[0-9]{12,19}")


def scan_seen(scan: ScanData, mode: Mode, meaning: Classified, tx: Transaction, fate: str = TAKEN) -> ScanSeen:
    text = _shown(scan.text, meaning.kind)
    return ScanSeen(
        scan.device, iso_ms(tx.stamp.at), text, scan.aim or "", mode.value, meaning.kind.value, meaning.rule, fate,
        is_hidden=text != scan.text,
    )  # fmt: skip


def not_taken(scan: ScanData, fate: str, tx: Transaction) -> ScanSeen:
    """A double read or one of a flood: nobody looked what it is, so nothing of it is shown but its length."""
    return ScanSeen(scan.device, iso_ms(tx.stamp.at), _length(scan.text), scan.aim or "", "", "", "", fate)


def not_read(refused: ScanRefused, tx: Transaction) -> ScanSeen:
    return ScanSeen(
        refused.device, iso_ms(tx.stamp.at), f"({refused.length})", "", "", "", "", refused.trouble.value
    )  # fmt: skip


def _shown(text: str, kind: ScanKind) -> str:
    if kind is ScanKind.PAY_CODE:
        return masked(text)
    if kind is ScanKind.PICKUP_CODE:
        return _length(text)
    if kind in _SECRET or (kind not in _GOODS and any(map(may_be_card, _DIGITS.findall(text)))):
        return f"{text[:SHOWN]}… {_length(text)}"
    return text


def _length(text: str) -> str:
    return f"({len(text)})"
