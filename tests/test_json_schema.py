"""What scripts/json_schema.py says of a value is what pydantic says: of all examples, and of what is near them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import asyncapi
import pytest
from asyncapi_schemas import Model, Schemas
from json_schema import Components
from pydantic import ValidationError

DOCUMENT: dict[str, Any] = json.loads(asyncapi.text())
COMPONENTS = Components(DOCUMENT)
SCHEMAS = Schemas(asyncapi.roots())
MODELS = list(dict.fromkeys(asyncapi.roots()))
OTHER_VALUES: tuple[Any, ...] = (None, True, 0, -1, 10**14, 1.5, "", "x", "x" * 600, [], [1], {}, {"x": 1})
JUDGED_ELSEWHERE = {"v", "t"}
"""The document asks for them; the models fill them in, and edge/codec/wire.py looks at them first."""


@pytest.mark.parametrize("model", MODELS, ids=[SCHEMAS.name(model) for model in MODELS])
def test_it_agrees_with_pydantic_on_examples_and_on_what_is_near_them(model: Model) -> None:
    for example in _examples(model):
        assert _faults(model, example) == []
        for near in _near(example):
            errors = _errors(model, near)
            if errors - {"value_error"}:
                assert _faults(model, near), f"{errors}: {json.dumps(near, ensure_ascii=False)}"
            elif not errors:
                assert _faults(model, near) == [], json.dumps(near, ensure_ascii=False)


def test_a_fault_is_told_with_its_place() -> None:
    ack = next(one.fields for one in asyncapi.examples() if one.model == "Ack")
    schema = {"$ref": "#/components/schemas/Ack"}
    assert list(COMPONENTS.faults(ack | {"upto": -1}, schema)) == [".upto: out of bounds"]
    assert list(COMPONENTS.faults(ack | {"rej": [{"seq": 1}]}, schema)) == [".rej[0].code: missing"]
    assert list(COMPONENTS.faults({**ack, "stream": "lg"}, schema)) == ['.stream: not one of ["tx", "pk", "ev"]']


def test_a_word_of_json_schema_that_it_does_not_know_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="oneOf"):
        list(COMPONENTS.faults(1, {"oneOf": [{"type": "integer"}]}))


def test_a_closed_object_takes_nothing_else() -> None:
    closed = {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False}
    assert list(COMPONENTS.faults({"a": 1}, closed)) == []
    assert list(COMPONENTS.faults({"b": 1}, closed)) == [".b: unknown"]


def _examples(model: Model) -> list[dict[str, Any]]:
    name = SCHEMAS.name(model)
    message = DOCUMENT["components"]["messages"].get(name, {"examples": []})
    shown = [example["payload"] for example in message["examples"]]
    return shown + list(DOCUMENT["components"]["schemas"][name].get("examples", []))


def _near(value: Any) -> Iterator[Any]:
    """The value with one thing left out, or another in its place, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in JUDGED_ELSEWHERE:
                continue
            yield {key: kept for key, kept in value.items() if key != name}
            yield from ({**value, name: other} for other in (*OTHER_VALUES, *_near(inner)))
    elif isinstance(value, list):
        for number, inner in enumerate(value[:2]):
            yield from ([*value[:number], other, *value[number + 1 :]] for other in (*OTHER_VALUES, *_near(inner)))


def _faults(model: Model, value: Any) -> list[str]:
    return list(COMPONENTS.faults(value, SCHEMAS.ref(model)))


def _errors(model: Model, value: Any) -> set[str]:
    try:
        model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        return {one["type"] for one in error.errors(include_url=False, include_context=False)}
    return set()
