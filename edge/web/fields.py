"""One setting as a field of a form: what its pydantic model takes, as hints; and what was typed, as a value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import EnumType
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from edge.web.forms import wrong_word
from edge.web.site import Shown

_WHOLE_MINUTE = re.compile(r"\d\d:\d\d:00")
MAX_TYPED = 1000
"""Characters of one field."""
YES, NO = "true", "false"
_OWN = {"time_zone": "field.no_zone", "day_starts": "field.no_hour"}
"""What is said where a validator of the model itself refuses a field, in English, for a settings file."""


class FieldShown(Shown):
    """`kind`: choice, yes_no, number, text, lines or numbers. `least` and `most` of a number, `length` of a text.

    `about`: words of the model itself; `optional`: it may be left empty, and then means what the program does by
    itself.
    """

    name: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    length: int = MAX_TYPED
    optional: bool = False
    about: str = ""


class NotThis(Exception):
    """What was typed is no value: the key of its sentence, and what fills it."""

    def __init__(self, key: str, values: Mapping[str, object]) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def field_of(model: type[BaseModel], name: str, value: object) -> FieldShown:
    """`value`: as JSON has it. Raises KeyError for a field that the model does not have."""
    info = model.model_fields[name]
    kind, choices = _kind_of(info)
    length = _bound(info, "max_length") if kind == "text" else None
    return FieldShown(
        name=name, kind=kind, choices=choices, value=_text(value), optional=not info.is_required(),
        least=_bound(info, "ge"), most=_bound(info, "le"), length=int(length or MAX_TYPED),
        about=info.description or "",
    )  # fmt: skip


def value_of(model: type[BaseModel], name: str, typed: str) -> Any:
    """What was typed, as JSON has it; None for an empty field that may be empty. Raises NotThis, KeyError."""
    info, typed = model.model_fields[name], typed.strip()
    kind, choices = _kind_of(info)
    if not typed and kind not in ("lines", "numbers"):
        if info.is_required():
            raise NotThis("form.missing", {})
        return None
    if len(typed) > MAX_TYPED:
        raise NotThis("form.too_long", {"limit": MAX_TYPED})
    if choices and typed not in choices:
        raise NotThis("form.choice", {})
    value = _typed(kind, typed, _inner(info.annotation))
    if (wrong := _wrong(model, name, value)) is not None:
        key, limit = wrong_word(wrong)
        is_own = wrong["type"] in ("value_error", "time_parsing")
        raise NotThis(_OWN.get(name, key) if is_own else key, {"limit": limit})
    return value


def _kind_of(info: FieldInfo) -> tuple[str, tuple[str, ...]]:
    """A text that only takes words of a table says so by `enum`: which those are, its type does not."""
    extra = info.json_schema_extra
    if isinstance(extra, dict) and isinstance(words := extra.get("enum"), list):
        return "choice", tuple(str(word) for word in words)
    return _kind(_inner(info.annotation))


def _wrong(model: type[BaseModel], name: str, value: Any) -> Any:
    """What the model itself finds wrong with this field, with its own validators; not what the others lack."""
    try:
        model.model_validate_json(json.dumps({name: value}), strict=True)
    except ValidationError as error:
        return next((one for one in error.errors(include_url=False) if one["loc"][:1] == (name,)), None)
    return None


def _typed(kind: str, typed: str, annotation: Any) -> Any:
    match kind:
        case "yes_no":
            return typed == YES
        case "choice" if typed in (YES, NO):
            return typed == YES
        case "choice" if get_origin(annotation) is Literal:
            return next(one for one in get_args(annotation) if str(one) == typed)
        case "number":
            return _number(typed)
        case "lines":
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case "numbers":
            return [_number(one) for one in re.split(r"[\s,，、;；]+", typed) if one]
    return typed


def _number(typed: str) -> int | float | str:
    """Text for what is none: the model says so."""
    for kind in (int, float):
        try:
            return kind(typed)
        except ValueError:
            continue
    return typed


def _inner(annotation: Any) -> Any:
    """Of what may be None, the rest; of what is annotated, the type. Several types stay together."""
    if get_origin(annotation) is Annotated:
        return _inner(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        rest = [one for one in get_args(annotation) if one is not NoneType]
        return _inner(rest[0]) if len(rest) == 1 else annotation
    return annotation


def _kind(annotation: Any) -> tuple[str, tuple[str, ...]]:
    """And the choices, where there are some."""
    if get_origin(annotation) is Literal:
        return "choice", tuple(map(str, get_args(annotation)))
    if isinstance(annotation, EnumType):
        members: Mapping[str, Any] = annotation.__members__
        return "choice", tuple(str(one.value) for one in members.values())
    if get_origin(annotation) in (Union, UnionType):
        kinds: tuple[Any, ...] = get_args(annotation)
        return "choice", tuple(choice for one in kinds for choice in _kind(one)[1])
    if annotation is bool:
        return "yes_no", (YES, NO)
    if annotation in (int, float):
        return "number", ()
    if get_origin(annotation) is tuple:
        return ("numbers" if _inner(get_args(annotation)[0]) is int else "lines"), ()
    return "text", ()


def _bound(info: FieldInfo, name: str) -> float | None:
    """One of pydantic's marks on a field; those on `int` in `int | None` stand inside the type."""
    marks = [*info.metadata, *(mark for one in get_args(info.annotation) for mark in getattr(one, "__metadata__", ()))]
    return next((getattr(one, name) for one in marks if getattr(one, name, None) is not None), None)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str() if _WHOLE_MINUTE.fullmatch(value):
            return value[:5]  # as it is typed, and as the settings list it
        case bool():
            return YES if value else NO
        case list() | tuple() if all(isinstance(one, int) for one in value):
            return ", ".join(map(str, value))
        case list() | tuple():
            return "\n".join(map(str, value))
    return str(value)
