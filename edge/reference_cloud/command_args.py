"""The words of a command line as the arguments of a command: key=value, the value JSON where it is JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from edge.codec.json_text import read_object
from edge.errors import SettingsError, WireError
from edge.reference_cloud.command_kinds import KINDS, Kind

KEY = "[a-z][a-z0-9_]{0,31}"


def kind_of(name: str) -> Kind:
    """Raises SettingsError that names what was meant, perhaps."""
    kind = KINDS.get(name)
    if kind is None:
        near = get_close_matches(name, KINDS, n=3)
        raise SettingsError(
            "no such command", where="TYPE", expected=" or ".join(near) or "one of edge cloud command --list",
            got=name[:64],
        )  # fmt: skip
    return kind


def read_args(kind: Kind, words: Sequence[str], text: str = "{}") -> dict[str, Any]:
    """`text` is a JSON object, `words` are key=value beside it. Raises SettingsError that names what is wrong."""
    try:
        args: dict[str, Any] = read_object(text.encode())
    except WireError as error:
        raise SettingsError(f"this is no JSON object: {error}", where="--args", expected='{"amt": 300}') from error
    raw = _pairs(words)
    if both := sorted(args.keys() & raw.keys()):
        raise SettingsError("it is given twice", where=f"{kind.name} {both[0]}", cure="Leave it out of --args.")
    args |= {key: _value(value) for key, value in raw.items()}
    if kind.args is None:
        return args
    _check_names(kind, args)
    wrong = _wrong(kind, args)
    # A name or number that JSON reads as something else is meant as it was typed: code=0123, ver=2, name=true.
    meant = args | {str(part["loc"][0]): raw[str(part["loc"][0])] for part in wrong if part["loc"][0] in raw}
    if wrong and (still := _wrong(kind, meant)):
        first = still[0]["loc"][:1]
        raise _complaint(kind, next((part for part in wrong if part["loc"][:1] == first), still[0]), raw)
    return meant


def read_pairs(words: Sequence[str]) -> dict[str, Any]:
    """key=value where nobody knows what each key takes. Raises SettingsError."""
    return {key: _value(value) for key, value in _pairs(words).items()}


def _pairs(words: Sequence[str]) -> dict[str, str]:
    raw: dict[str, str] = {}
    for number, word in enumerate(words, 1):
        key, equals, value = word.partition("=")
        if not equals or not re.fullmatch(KEY, key):
            raise SettingsError(
                "this is no argument of a command", where=f"argument {number}", expected="key=value", got=word[:64],
                cure="""A value with blanks stands in quotes: text='Closed at 18:00'.""",
            )  # fmt: skip
        if key in raw:
            raise SettingsError("it is given twice", where=f"argument {number}", got=key)
        raw[key] = value
    return raw


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _check_names(kind: Kind, args: Mapping[str, Any]) -> None:
    assert kind.args is not None
    fields = kind.args.model_fields
    for key in args.keys() - fields.keys():
        raise SettingsError(
            "it takes no such argument", where=kind.name, expected=", ".join(fields) or "none at all", got=key[:64],
            cure=_cure(kind),
        )  # fmt: skip


def _wrong(kind: Kind, args: Mapping[str, Any]) -> list[ErrorDetails]:
    assert kind.args is not None
    try:
        kind.args.model_validate(args)
    except ValidationError as error:
        return error.errors(include_url=False, include_context=False)
    return []


def _complaint(kind: Kind, wrong: ErrorDetails, raw: Mapping[str, str]) -> SettingsError:
    place = ".".join(str(step) for step in wrong["loc"]) or "its arguments"
    if wrong["type"] == "missing":
        return SettingsError("this is missing", where=f"{kind.name} {place}", cure=_cure(kind))
    told = wrong["msg"].removeprefix("Input should be ").removeprefix("Value error, ").removeprefix("String should ")
    top = str(wrong["loc"][0]) if wrong["loc"] else ""
    got = raw.get(top, repr(wrong["input"]))
    return SettingsError(
        "this does not fit", where=f"{kind.name} {place}", expected=told, got=got[:64], cure=_cure(kind)
    )


def _cure(kind: Kind) -> str:
    return f"Such as: edge cloud command TID {kind.name} {kind.example}" if kind.example else ""
