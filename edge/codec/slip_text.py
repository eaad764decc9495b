"""Slips as JSON text, for print jobs that have no journal row to be rendered from."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from edge.errors import CodecError
from edge.model.slip import Align, Barcode, Block, Feed, Picture, QrCode, Row, Rule, Slip, Text


def write_slip(slip: Slip) -> str:
    """Compact JSON: a list of [kind, fields…]."""
    return json.dumps([_block(block) for block in slip.blocks], ensure_ascii=False, separators=(",", ":"))


def read_slip(text: str) -> Slip:
    """The reverse; raises CodecError when the text is not ours."""
    try:
        return Slip(tuple(_READ[kind](*fields) for kind, *fields in json.loads(text)))
    except (ValueError, KeyError, TypeError) as error:
        raise CodecError("a stored slip cannot be read", got=text[:80]) from error


def _block(block: Block) -> list[Any]:
    match block:
        case Text(text, align, bold, big):
            return ["text", text, align.value, bold, big]
        case Row(left, right, bold, big):
            return ["row", left, right, bold, big]
        case Rule(double):
            return ["rule", double]
        case Feed(lines):
            return ["feed", lines]
        case Barcode(text):
            return ["barcode", text]
        case QrCode(text):
            return ["qr", text]
        case Picture(width_dots, rows):
            return ["picture", width_dots, [base64.b64encode(row).decode() for row in rows]]


_READ: dict[str, Callable[..., Block]] = {
    "text": lambda text, align, bold, big: Text(text, Align(align), bold, big),
    "row": Row,
    "rule": Rule,
    "feed": Feed,
    "barcode": Barcode,
    "qr": QrCode,
    "picture": lambda width, rows: Picture(width, tuple(base64.b64decode(row) for row in rows)),
}
