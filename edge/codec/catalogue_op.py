"""Changes to the catalogue as the cloud sends them: {op: put|del, sku, any field}, inline or NDJSON (contract P15)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edge.codec.catalogue_row import FIELDS, read_value
from edge.errors import CodecError

MAX_LINE = 4_096
"""Characters of one NDJSON line; a row with every field at its longest has 700."""

_WIRE_NAMES: Mapping[str, str] = {"price": "price_fen", "cost": "cost_fen"}
"""The contract's examples write money without its unit; both spellings are read."""


@dataclass(frozen=True, slots=True)
class PutItem:
    """`values` by attribute of Item: only the fields that the cloud named; None or an empty value clears one."""

    sku: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeleteItem:
    sku: str


CatalogueOp = PutItem | DeleteItem


def read_op(raw: object, *, where: str = "") -> CatalogueOp:
    """One operation; unknown fields are ignored (contract B3). Raises CodecError with the field, expected and got."""
    if not isinstance(raw, Mapping):
        raise CodecError("this is not a catalogue operation", where=where, expected="an object")
    kind = raw.get("op")
    if kind not in ("put", "del"):
        raise CodecError("unknown catalogue operation", where=where, expected="put or del", got=repr(kind)[:40])
    sku = _value("sku", raw.get("sku"), where)
    if kind == "del":
        return DeleteItem(sku)
    named = {_WIRE_NAMES.get(str(key), str(key)): value for key, value in raw.items()}
    values = {FIELDS[key].attribute: _value(key, value, where) for key, value in named.items() if key in FIELDS}
    return PutItem(sku, values)


def read_ops(lines: Iterable[str], *, name: str) -> Iterator[CatalogueOp]:
    """The operations of an NDJSON file called `name`, one a line. Raises CodecError with the line."""
    for number, line in enumerate(lines, 1):
        where = f"{name} line {number}"
        if len(line) > MAX_LINE:
            raise CodecError("the line is too long", where=where, expected=f"at most {MAX_LINE} characters")
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CodecError(f"this is not JSON: {error}", where=where) from error
        yield read_op(raw, where=where)


def _value(key: str, value: object, where: str) -> Any:
    try:
        return read_value(key, value)
    except CodecError as error:
        place = f"{where}, field {key}" if where else f"field {key}"
        raise CodecError(error.what, where=place, expected=error.expected, got=error.got, cure=error.cure) from error
