"""Slips as JSON text, for print jobs that have no journal row to be rendered from."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from edge.codec.json_text import as_text, as_whole, compact
from edge.errors import CodecError
from edge.model.slip import Align, Barcode, Block, Feed, Headline, Picture, QrCode, Row, Rule, Slip, Text


def write_slip(slip: Slip) -> str:
    """Compact JSON: a list of [kind, fields…]."""
    return compact([_block(block) for block in slip.blocks])


def read_slip(text: str) -> Slip:
    """The reverse; raises CodecError when the text is not ours."""
    try:
        return Slip(tuple(_READ[kind](*fields) for kind, *fields in json.loads(text)))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CodecError("a stored slip cannot be read", got=text[:80]) from error


def _block(block: Block) -> list[Any]:
    match block:
        case Text(text, align, bold, big):
            return ["text", text, align.value, bold, big]
        case Headline(text):
            return ["headline", text]
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
    "text": lambda text, align, bold, big: Text(as_text(text), Align(align), bold is True, big is True),
    "headline": lambda text: Headline(as_text(text)),
    "row": lambda left, right, bold, big: Row(as_text(left), as_text(right), bold is True, big is True),
    "rule": lambda double: Rule(double is True),
    "feed": lambda lines: Feed(as_whole(lines)),
    "barcode": lambda text: Barcode(as_text(text)),
    "qr": lambda text: QrCode(as_text(text)),
    "picture": lambda width, rows: Picture(as_whole(width), tuple(base64.b64decode(as_text(row)) for row in rows)),
}
