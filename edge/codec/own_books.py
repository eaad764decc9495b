"""The shop's own books as rows of tables that any spreadsheet opens: what `edge export` writes.

    sales.csv      one row a sale, a refund, a void          lines.csv     one row a line of them
    payments.csv   one row a payment, or what went back      stock.csv     one row a sku, with what is on hand
    parcels.csv    one row a day and carrier: how many came in, went out, went back, were sent

Money in yuan, quantities in pieces or kilograms, times of the shop. What went back is below zero. A text that a
spreadsheet would take for a formula begins with an apostrophe; the number of a customer's card is masked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from edge.codec.basket import parse_quantity
from edge.codec.json_text import as_text, as_whole
from edge.errors import CodecError
from edge.model.item import DEPOSIT_SKU
from edge.model.money import Fen, Milli, quantity_text, yuan
from edge.model.tender_names import tender_name

SALES, LINES, PAYMENTS, STOCK, PARCELS = "sales.csv", "lines.csv", "payments.csv", "stock.csv", "parcels.csv"
HEADS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "zh-CN": {
        SALES: ("小票", "营业日", "时间", "种类", "原小票", "金额", "优惠", "抹零"),
        LINES: ("小票", "营业日", "行", "种类", "编码", "商品", "数量", "单位", "单价", "金额", "优惠", "促销"),
        PAYMENTS: ("小票", "营业日", "时间", "方式", "金额", "收到", "找零", "付款号"),
        STOCK: ("编码", "商品", "库存"),
        PARCELS: ("日期", "快递", "收", "取", "退", "寄"),
    },
    "en": {
        SALES: ("receipt", "day", "time", "kind", "of receipt", "amount", "discount", "rounding"),
        LINES: ("receipt", "day", "line", "kind", "code", "goods", "quantity", "unit", "price", "amount", "discount",
                "promotion"),
        PAYMENTS: ("receipt", "day", "time", "method", "amount", "received", "change", "payment"),
        STOCK: ("code", "goods", "on hand"),
        PARCELS: ("date", "carrier", "in", "out", "back", "sent"),
    },
})  # fmt: skip
MONEY_TYPES = ("sale.completed", "sale.refunded", "sale.voided")
PARCEL_SIDES = {"parcel.stored": 0, "parcel.collected": 1, "parcel.returned": 2, "parcel.handed_over": 3}
"""The column behind day and carrier that each type counts in."""

Cells = tuple[str, ...]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The last four are as wide as Chinese signs: some spreadsheets take them for the others."""
_DAMAGED = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)


def text_cell(text: str) -> str:
    """A text as a cell that is one: nobody's goods name is calculated."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def money_rows(kind: str, at: str, body: str, zone: ZoneInfo, language: str) -> Iterator[tuple[str, Cells]]:
    """(table, row) of one of MONEY_TYPES, all or, where it cannot be read, none: raises CodecError."""
    try:
        rows = [*_rows(kind, at, json.loads(body), zone, language)]
    except _DAMAGED as error:
        raise CodecError("a row of the journal cannot be read", where=kind, got=repr(error)) from error
    yield from rows


def parcel_side(kind: str, at: str, body: str, zone: ZoneInfo) -> tuple[str, str, int]:
    """(day, carrier, side) of one of PARCEL_SIDES. Raises CodecError."""
    try:
        carrier = as_text(json.loads(body)["carrier"])
        return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d}", carrier, PARCEL_SIDES[kind]
    except _DAMAGED as error:
        raise CodecError("a row of the journal cannot be read", where=kind, got=repr(error)) from error


def stock_row(sku: str, name: str, on_hand: Milli) -> Cells:
    return text_cell(sku), text_cell(name), quantity_text(on_hand)


def _rows(kind: str, at: str, body: Any, zone: ZoneInfo, language: str) -> Iterator[tuple[str, Cells]]:
    sign = 1 if kind == "sale.completed" else -1
    receipt, day = text_cell(as_text(body["receipt"])), as_text(body["bday"])
    time = f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    yield SALES, (
        receipt, text_cell(day), time, kind.partition(".")[2], text_cell(as_text(body.get("of_receipt") or "")),
        _yuan(sign, body["total"]), _yuan(1, body.get("disc") or 0), _yuan(1, body.get("rounding") or 0),
    )  # fmt: skip
    for line in body["lines"]:
        yield LINES, (receipt, text_cell(day), *_line(sign, line))
    for part in body["pay"]:
        cash = (_yuan(1, part[key]) if part.get(key) else "" for key in ("tendered", "change"))
        yield PAYMENTS, (
            receipt, text_cell(day), time, text_cell(tender_name(as_text(part["m"]), language)),
            _yuan(sign, part["amt"]), *cash, text_cell(as_text(part.get("pid") or "")),
        )  # fmt: skip


def _line(sign: int, line: Any) -> Cells:
    kind, name, unit, promo = (text_cell(as_text(line.get(key) or "")) for key in ("kind", "name", "unit", "promo"))
    quantity = quantity_text(Milli(sign * parse_quantity(line["qty"])))
    price = _yuan(1, line["price"]) if "price" in line else ""
    return (
        str(as_whole(line["n"])), kind or "return", text_cell(_masked(line["sku"])), name, quantity, unit, price,
        _yuan(sign, line["amt"]), _yuan(1, line.get("disc") or 0), promo,
    )  # fmt: skip


def _masked(sku: object) -> str:
    """Of money that a customer paid back: not whose it was."""
    text = as_text(sku)
    return f"{DEPOSIT_SKU}****{text[-4:]}" if text.startswith(DEPOSIT_SKU) else text


def _yuan(sign: int, fen: object) -> str:
    return yuan(Fen(sign * as_whole(fen)))
