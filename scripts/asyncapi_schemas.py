"""The wire models as JSON schemas: `components.schemas` of the AsyncAPI document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from contract import without_rules
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema
from wire_fields import NAMED

from edge.codec.wire_term import Message

Schema = dict[str, Any]
Model = type[BaseModel]

WHERE = "#/components/schemas/"
_READ: Literal["validation"] = "validation"
_ALWAYS_SENT = ("v", "t")
"""Fields that a model fills in by itself when it writes, and that no receiver does without."""
_PYDANTIC = "__"
"""Between the parts of the long name that pydantic gives to models of one name in two modules."""
_OF_MESSAGES = ("wire_term", "wire_up", "wire_down")
"""Their names are the messages' own, whatever else is called so."""


class Schemas:
    """The schemas of `roots` and of all that they are made of, under one name each."""

    def __init__(self, roots: Iterable[Model]) -> None:
        refs, whole = models_json_schema(
            [(root, _READ) for root in dict.fromkeys(roots)], ref_template=WHERE + "{model}"
        )
        names = {long: _short(long) for long in whole["$defs"]}
        named = {name: schema | {"description": meaning} for name, schema, meaning in _NAMED}
        models = {names[long]: _plain(schema, names) for long, schema in whole["$defs"].items()}
        if len(set(names.values())) < len(names) or named.keys() & models.keys():
            raise ValueError(f"two schemas of one name: {sorted(names.values())}")
        self.by_name: dict[str, Schema] = dict(sorted((named | models).items()))
        self._names = {model: _short(ref["$ref"].removeprefix(WHERE)) for (model, _), ref in refs.items()}
        for model, name in self._names.items():
            if issubclass(model, Message):
                self.by_name[name]["required"] = _required(self.by_name[name])

    def name(self, model: Model) -> str:
        """Of one of the roots."""
        return self._names[model]

    def ref(self, model: Model) -> Schema:
        return {"$ref": WHERE + self.name(model)}

    def show(self, model: Model, example: object) -> None:
        """One more example of a root."""
        self.by_name[self.name(model)].setdefault("examples", []).append(example)


def _required(schema: Schema) -> list[str]:
    return [name for name in schema["properties"] if name in _ALWAYS_SENT or name in schema.get("required", ())]


def _short(long: str) -> str:
    """edge__codec__wire_order__PlaceArgs → OrderPlaceArgs."""
    *_, module, name = (_PYDANTIC + long).split(_PYDANTIC)
    if module in _OF_MESSAGES:
        return name
    return _camel(module.removeprefix("wire_").removesuffix("_bodies").replace("_", " ")) + name


def _plain(schema: Schema, names: dict[str, str]) -> Schema:
    """Without pydantic's titles, with our names for types; of a docstring what a stranger can read."""
    out: Schema = {}
    for key, value in schema.items():
        match key:
            case "title":
                continue
            case "description":
                out[key] = without_rules(value)
            case "properties":
                out[key] = {name: _typed(field, names) for name, field in value.items()}
            case "items" | "additionalProperties" | "propertyNames" if isinstance(value, dict):
                out[key] = _typed(value, names)
            case "anyOf":
                out[key] = [_typed(option, names) for option in value]
            case "$ref":
                out[key] = WHERE + names[value.removeprefix(WHERE)]
            case _:
                out[key] = value
    return out


def _typed(schema: Schema, names: dict[str, str]) -> Schema:
    plain = _plain(schema, names)
    return next(({"$ref": WHERE + name} for name, known, _ in _NAMED if plain == known), plain)


def _camel(words: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in words.replace("-", "").split())


_NAMED: Sequence[tuple[str, Schema, str]] = [
    (_camel(name), TypeAdapter(kind).json_schema(), meaning) for name, (kind, meaning) in NAMED.items()
]
