"""A JSON value against a schema of docs/asyncapi.json: as much of JSON Schema as our models need, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

SAYS_NOTHING = frozenset({"default", "description", "examples", "title"})
KNOWN = SAYS_NOTHING | {
    "$ref", "additionalProperties", "anyOf", "const", "enum", "exclusiveMinimum", "items", "maxItems", "maxLength",
    "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "pattern", "properties",
    "propertyNames", "required", "type",
}  # fmt: skip
TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,), "boolean": (bool,), "integer": (int,), "null": (type(None),), "number": (int, float),
    "object": (dict,), "string": (str,),
}  # fmt: skip


class Components:
    """The named schemas of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def resolved(self, schema: Schema) -> Schema:
        """What it points to. Raises ValueError for a word of JSON Schema that nobody here understands."""
        while "$ref" in schema:
            place: Any = self._document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                place = place[step]
            schema = place
        if unknown := schema.keys() - KNOWN:
            raise ValueError(f"a schema with {', '.join(sorted(unknown))}, which scripts/json_schema.py does not know")
        return schema

    def faults(self, value: Any, schema: Schema, place: str = "") -> Iterator[str]:
        """Why `value` does not fit `schema`, as `place: why`; nothing when it fits. Unknown fields fit."""
        schema = self.resolved(schema)
        if "anyOf" in schema:
            yield from min((list(self.faults(value, option, place)) for option in schema["anyOf"]), key=len)
            return
        if "type" in schema and not _is_a(schema["type"], value):
            yield f"{place}: no {schema['type']}"
            return
        allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if allowed is not None and value not in allowed:
            yield f"{place}: not one of {json.dumps(allowed, ensure_ascii=False)}"
        if not isinstance(value, bool) and isinstance(value, int | float) and not _is_within(schema, value):
            yield f"{place}: out of bounds"
        yield from self._text_faults(value, schema, place)
        yield from self._inner_faults(value, schema, place)

    def _text_faults(self, value: Any, schema: Schema, place: str) -> Iterator[str]:
        sizes = (
            ("minLength", "maxLength", str),
            ("minItems", "maxItems", list),
            ("minProperties", "maxProperties", dict),
        )
        for low, high, kind in sizes:
            if isinstance(value, kind) and not schema.get(low, 0) <= len(value) <= schema.get(high, len(value)):
                yield f"{place}: too long or too short"
        if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{place}: not like {schema['pattern']}"

    def _inner_faults(self, value: Any, schema: Schema, place: str) -> Iterator[str]:
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from self.faults(item, schema.get("items", {}), f"{place}[{number}]")
        if not isinstance(value, dict):
            return
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{place}.{name}: missing"
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        for name, inner in value.items():
            yield from self.faults(name, schema.get("propertyNames", {}), f"{place}: the name {name}")
            wanted = properties.get(name, others)
            if wanted is False:
                yield f"{place}.{name}: unknown"
            elif wanted is not True:
                yield from self.faults(inner, wanted, f"{place}.{name}")


def _is_a(kind: str, value: Any) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _is_within(schema: Schema, number: float) -> bool:
    least, most, above = (schema.get(word) for word in ("minimum", "maximum", "exclusiveMinimum"))
    return (least is None or least <= number) and (most is None or number <= most) and (above is None or above < number)
