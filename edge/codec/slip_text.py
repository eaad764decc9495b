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
    except (ValueError, KeyError, TypeError, RecursionError) as error:
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


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} in the place of a text")
    value.encode()  # half a surrogate pair comes out of JSON, and into no QR code
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"{type(value).__name__} in the place of a whole number")
    return value


_READ: dict[str, Callable[..., Block]] = {
    "text": lambda text, align, bold, big: Text(_text(text), Align(align), bold is True, big is True),
    "row": lambda left, right, bold, big: Row(_text(left), _text(right), bold is True, big is True),
    "rule": lambda double: Rule(double is True),
    "feed": lambda lines: Feed(_whole(lines)),
    "barcode": lambda text: Barcode(_text(text)),
    "qr": lambda text: QrCode(_text(text)),
    "picture": lambda width, rows: Picture(_whole(width), tuple(base64.b64decode(_text(row)) for row in rows)),
}
