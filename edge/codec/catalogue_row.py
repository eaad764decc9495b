"""One catalogue row as people and the cloud write it: its fields, their kinds and bounds (decisions 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from edge.codec.csv_text import gtin_cell
from edge.codec.gtin import is_digits, is_gtin, to_gtin14
from edge.errors import CodecError
from edge.model.item import Item
from edge.model.money import MAX_FEN

MAX_PACK = 9_999
MAX_AGE = 99
MAX_SHELF = 99_999
"""Pieces: as many as stock is counted in."""

_YES = frozenset({"1", "true", "yes", "y", "是"})
_NO = frozenset({"0", "false", "no", "n", "否"})


class Kind(StrEnum):
    TEXT = "text"
    GTIN = "gtin"
    PLU = "plu"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """`attribute` is the field of Item. `limit` is the longest text or the highest number."""

    attribute: str
    kind: Kind
    limit: int
    required: bool = False


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "gtin": Field("gtin", Kind.GTIN, 14),
        "sku": Field("sku", Kind.TEXT, 32, required=True),
        "name": Field("name", Kind.TEXT, 80, required=True),
        "name_en": Field("name_en", Kind.TEXT, 80),
        "price_fen": Field("price", Kind.NUMBER, MAX_FEN),
        "unit": Field("unit", Kind.TEXT, 8),
        "weighed": Field("weighed", Kind.FLAG, 1),
        "plu": Field("plu", Kind.PLU, 6),
        "dept": Field("dept", Kind.TEXT, 16),
        "tax": Field("tax", Kind.TEXT, 16),
        "age": Field("age", Kind.NUMBER, MAX_AGE),
        "blocked": Field("blocked", Kind.FLAG, 1),
        "pack": Field("pack", Kind.NUMBER, MAX_PACK),
        "cost_fen": Field("cost", Kind.NUMBER, MAX_FEN),
        "free_gift": Field("free_gift", Kind.FLAG, 1),
        "shelf_min": Field("shelf_min", Kind.NUMBER, MAX_SHELF),
        "shelf_max": Field("shelf_max", Kind.NUMBER, MAX_SHELF),
    }
)
EMPTY: Mapping[str, object] = MappingProxyType({"unit": "", "weighed": False, "blocked": False, "free_gift": False})
"""What an absent or empty field of Item is, by attribute; None for all others."""


def read_cell(name: str, text: str) -> Any:
    """A CSV cell as the value of Item. Raises CodecError with expected and got, without a place."""
    field, text = FIELDS[name], text.strip()
    if not text:
        return _checked(field, None)
    if field.kind is Kind.NUMBER:
        return _checked(field, int(text) if is_digits(text) and len(text) <= 12 else text)
    if field.kind is Kind.FLAG:
        word = text.lower()
        return _checked(field, word in _YES if word in _YES | _NO else text)
    return _checked(field, text)


def read_value(name: str, value: object) -> Any:
    """A JSON value as the value of Item; null empties the field. Raises CodecError as `read_cell` does."""
    return _checked(FIELDS[name], value)


def gtin_of(sku: str) -> str | None:
    """The GTIN that a sku is by itself, when nobody says another."""
    return to_gtin14(sku) if is_gtin(sku) else None


def canonical_plu(plu: str) -> str:
    """Without leading zeros: scales print five digits, and Excel takes zeros away."""
    return plu.lstrip("0") or "0"


def item_of(values: Mapping[str, Any]) -> Item:
    """`values` by attribute of Item, checked before; absent ones are empty. Needs sku and name."""
    return Item(**{**values, "price": values.get("price")})


def _checked(field: Field, value: object) -> Any:
    if value is None:
        if field.required:
            raise CodecError("this must not be empty")
        return EMPTY.get(field.attribute)
    if field.kind is Kind.FLAG:
        return _flag(value)
    if field.kind is Kind.NUMBER:
        return _number(field, value)
    if not isinstance(value, str):
        raise CodecError("this is not a text", expected="text", got=_short(value))
    if field.kind is Kind.GTIN:
        return gtin_cell(value)
    if field.kind is Kind.PLU:
        if not is_digits(value) or len(value) > field.limit:
            raise CodecError("this is not a PLU", expected=f"1 to {field.limit} digits", got=_short(value))
        return canonical_plu(value)
    if not value.isprintable() or not 1 <= len(value) <= field.limit:
        expected = f"1 to {field.limit} printable characters"
        raise CodecError("this text cannot be shown", expected=expected, got=_short(value))
    return value


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise CodecError("this is neither yes nor no", expected="1 or 0", got=_short(value))


def _number(field: Field, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= field.limit:
        return value
    unit, example = ("fen", ", such as 350 for 3.50 yuan") if field.limit == MAX_FEN else ("number", "")
    raise CodecError(f"this is not a whole {unit}", expected=f"0 to {field.limit}{example}", got=_short(value))


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str) else type(value).__name__
    if isinstance(value, bool | float) or (isinstance(value, int) and value.bit_length() < 64):
        text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
