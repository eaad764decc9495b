"""From the catalogue that a terminal was given to the one that it shall have: changes, in pieces that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from edge.codec.catalogue_op import PutItem, read_op
from edge.codec.catalogue_row import EMPTY
from edge.codec.json_text import compact
from edge.codec.wire_down import CatOp
from edge.errors import SettingsError
from edge.model.item import Item
from edge.reference_cloud.catalogues import MAX_CHAIN, MAX_INLINE_OCTETS

_ATTRIBUTES = tuple(field.name for field in fields(Item) if field.name != "sku")


def changes(items: Iterable[Item], known: Mapping[str, Mapping[str, Any]]) -> list[CatOp]:
    """What makes `items` of `known`, the puts of this cloud by sku: only fields that differ, and what is gone."""
    wanted = {item.sku: item for item in items}
    ops: list[CatOp] = [CatOp(op="del", sku=sku) for sku in known if sku not in wanted]
    for sku, item in wanted.items():
        before = _values(known[sku]) if sku in known else None
        after = {name: getattr(item, name) for name in _ATTRIBUTES}
        if before is None:
            told = {name: value for name, value in after.items() if value != EMPTY.get(name)} | {"price": item.price}
        else:
            told = {name: value for name, value in after.items() if value != before[name]}
        if told:
            ops.append(CatOp.model_validate({"op": "put", "sku": sku} | told))
    return ops


def pieces(ops: Sequence[CatOp]) -> list[list[CatOp]]:
    """As many operations to a notice as fit. Raises SettingsError for more notices than a terminal is sent at once."""
    found = list(_pieces(ops))
    if len(found) > MAX_CHAIN:
        raise SettingsError(
            "too many changes for messages", where="the catalogue",
            expected=f"{MAX_CHAIN} notices of {MAX_INLINE_OCTETS} B", got=f"{len(ops)} changes, {len(found)} notices",
            cure="--blob sends them as a file; edge catalogue import on the terminal takes in 200,000 goods.",
        )  # fmt: skip
    return found


def _pieces(ops: Sequence[CatOp]) -> Iterator[list[CatOp]]:
    piece: list[CatOp] = []
    octets = len("[]")
    for op in ops:
        size = len(compact(op.wire()).encode()) + len(",")
        if piece and octets + size > MAX_INLINE_OCTETS:
            yield piece
            piece, octets = [], len("[]")
        piece.append(op)
        octets += size
    if piece:
        yield piece


def _values(op: Mapping[str, Any]) -> dict[str, Any]:
    """A put as the terminal reads it."""
    read = read_op(op)
    values: Mapping[str, Any] = read.values if isinstance(read, PutItem) else {}
    return {name: values.get(name, EMPTY.get(name)) for name in _ATTRIBUTES}
