"""The fields of a wire model in plain words, as rows of a Markdown table; read from its JSON schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, TypeAdapter

from edge.codec import sale_bodies, wire_down, wire_term

Schema = dict[str, Any]

NAMED: dict[str, tuple[Any, str]] = {
    "terminal id": (wire_term.Tid, "8 to 23 capital letters and digits"),
    "UUIDv7": (wire_term.Uuid7, "small hexadecimal digits with dashes, version 7"),
    "ULID": (wire_term.Epoch, "26 characters of Crockford's base 32: one unbroken life of the terminal's database"),
    "moment": (wire_term.Moment, "UTC, always with milliseconds and Z: `2026-11-23T02:14:01.110Z`"),
    "day": (wire_term.Day, "`2026-11-23`, the shop's business day"),
    "SHA-256": (wire_term.Sha256, "64 small hexadecimal digits"),
    "resend id": (wire_term.Rid, "1 to 64 letters, digits, dots, dashes, underscores"),
    "nonce": (wire_term.Nonce, "16 to 64 characters of URL-safe base64"),
    "word": (wire_term.Word, "text of 1 to 64 characters, for programs"),
    "text": (wire_term.Text, "text of at most 256 characters, for people"),
    "count": (wire_term.Count, "whole number from 0 to 2^53"),
    "number from 1": (wire_term.Seq, "whole number from 1 to 2^53"),
    "first seq": (wire_term.Base, "whole number from 1, with room for a whole batch below 2^53"),
    "HTTPS address": (wire_down.Url, "begins with https://, at most 2048 characters"),
    "money": (sale_bodies.Money, "minor units of the currency (fen) as a whole number, never a float"),
    "decimal": (sale_bodies.Decimal, 'a quantity as the shortest decimal text, up to three places: `"2"`, `"0.735"`'),
    "currency": (sale_bodies.Currency, "three capital letters, such as CNY"),
    "article": (sale_bodies.Sku, "text of 1 to 128 characters: the sku or the bare code"),
}
"""Types that have a name on the page, and what the name stands for."""

_SIMPLE = {
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "string": "string",
    "null": "null",
}
_EDGES = (("minimum", "maximum", ""), ("minLength", "maxLength", " characters"), ("minItems", "maxItems", " items"),
          ("minProperties", "maxProperties", " entries"))  # fmt: skip
_NOISE = ("title", "default", "description")


def type_lines() -> Iterator[str]:
    """A table of the named types."""
    yield "| type | what it is |"
    yield "|---|---|"
    for name, (_, meaning) in NAMED.items():
        yield f"| {name} | {meaning} |"


def field_lines(model: type[BaseModel]) -> Iterator[str]:
    """One table row a field: name, type, bounds, whether it must be there."""
    schema = model.model_json_schema()
    required = schema.get("required", ())
    yield "| field | type | bounds | |"
    yield "|---|---|---|---|"
    for name, field in schema.get("properties", {}).items():
        kind, bounds = _words(field)
        must = "required" if name in required else _optional(field)
        yield f"| `{name}` | {kind} | {bounds} | {must} |"


def _optional(field: Schema) -> str:
    default = field.get("default")
    if "const" in field:
        return "always sent"
    return "optional" if default in (None, [], {}) else f"optional, else {json.dumps(default)}"


def _words(schema: Schema) -> tuple[str, str]:
    """(type, bounds) of one field."""
    bare = {key: value for key, value in schema.items() if key not in _NOISE}
    for name, known in _NAMED_SCHEMAS:
        if bare == known:
            return name, ""
    if "$ref" in bare:
        part = bare["$ref"].rpartition("/")[2]
        return f"[{part}](#{part.lower()})", ""
    if "const" in bare:
        return f"`{json.dumps(bare['const'])}`", ""
    if "enum" in bare:
        return " or ".join(f"`{json.dumps(value)}`" for value in bare["enum"]), ""
    if "anyOf" in bare:
        return _choice(bare["anyOf"])
    if bare.get("type") == "array":
        inner, _ = _words(bare.get("items", {}))
        return f"list of {inner}", _bounds(bare)
    if bare.get("type") == "object":
        return _map(bare), _bounds(bare)
    return _SIMPLE.get(bare.get("type", ""), "anything"), _bounds(bare)


def _choice(options: list[Schema]) -> tuple[str, str]:
    words = [_words(option) for option in options]
    return " or ".join(kind for kind, _ in words), ", ".join(bounds for _, bounds in words if bounds)


def _map(schema: Schema) -> str:
    inner = schema.get("additionalProperties")
    if not isinstance(inner, dict):
        return "object"
    names, _ = _words({"type": "string"} | schema.get("propertyNames", {}))
    values, _ = _words(inner)
    return f"object of {names} → {values}"


def _bounds(schema: Schema) -> str:
    told = []
    for low, high, unit in _EDGES:
        least, most = schema.get(low), schema.get(high)
        if least is not None and most is not None:
            told.append(f"{least} to {most}{unit}")
        elif least is not None or most is not None:
            told.append(f"at least {least}{unit}" if most is None else f"at most {most}{unit}")
    if "pattern" in schema:
        told.append("`" + schema["pattern"].replace("|", "\\|") + "`")
    return ", ".join(told)


_NAMED_SCHEMAS = [(name, TypeAdapter(kind).json_schema()) for name, (kind, _) in NAMED.items()]
