"""One table of settings against its pydantic model; what is wrong is said to a person: line, key, expected, got."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any, TypeGuard, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from edge.errors import SettingsError
from edge.toml_file import TomlFile

FOLDER = "folder"
"""Key of the validation context: the folder that relative paths in a settings file start from."""
MAX_SHOWN = 60
"""Characters of a wrong value that a message repeats."""

_KINDS = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "list_type": "a list in square brackets",
    "tuple_type": "a list in square brackets",
    "path_type": "a path in quotes",
    "time_type": 'a time such as "04:00"',
    "time_parsing": 'a time such as "04:00"',
}
_BOUNDS = {
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "{min_length} characters or more",
    "string_too_long": "{max_length} characters or fewer",
    "too_short": "{min_length} entries or more",
    "too_long": "{max_length} entries or fewer",
    "literal_error": "{expected}",
    "enum": "{expected}",
}

Model = TypeVar("Model", bound=BaseModel)


class WrongSettings(SettingsError):
    """Everything that is wrong in one file, a line each."""

    def __init__(self, errors: Iterable[SettingsError]) -> None:
        self.errors = tuple(single for error in errors for single in single_errors(error))
        super().__init__("\n".join(dict.fromkeys(map(str, self.errors))))


def validate_table(
    model: type[Model],
    raw: Mapping[str, Any],
    *,
    table: Sequence[str],
    file: TomlFile | None,
    folder: Path | None = None,
) -> Model:
    """`raw` as the model, strictly: no text for numbers, no number for true.

    `table` is its path, e.g. ("devices", "receipt_printer"); without `file` (a document) messages name no line.
    Relative paths start from `folder`. Raises WrongSettings with all that is wrong in the table.
    A field's `description` is what a message says it expects.
    """
    try:
        # By way of JSON, since pydantic then is strict about numbers and still takes text for enums, paths and times.
        text = json.dumps(raw, default=_as_text)
        return model.model_validate_json(text, strict=True, context={FOLDER: folder})
    except ValidationError as error:
        wrong = WrongSettings(_told(details, model, table, file) for details in _deepest(error))
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f"a value in [{dotted(table)}] is too long a number or nested too deeply", where=place(file, table)
        ) from error
    # Not from pydantic's: it holds our validators' tracebacks where no garbage collector looks, so that an error that
    # holds it in turn is never freed.
    raise wrong


def _deepest(error: ValidationError) -> list[ErrorDetails]:
    """A list whose one entry is wrong is not also told as too short."""
    told = error.errors()
    return [
        whole for whole in told
        if whole["type"] != "too_short" or not any(part["loc"][:-1] == whole["loc"] for part in told)
    ]  # fmt: skip


def unknown_setting(key: str, known: Iterable[str], *, table: Sequence[str], file: TomlFile | None) -> SettingsError:
    """An error for a key that nobody reads, with the key that was probably meant, else with all there are."""
    inside = f" in [{dotted(table)}]" if table else ""
    what = f"unknown setting '{shown_key(key)}'{inside}, {meant_or_known(key, known)}"
    return SettingsError(what, where=place(file, (*table, key)))


def meant_or_known(word: str, known: Iterable[str]) -> str:
    """ "did you mean 'port'?" for a near miss, else "known are: kind, port"."""
    near = nearest(word, known)
    return f"did you mean '{near}'?" if near else f"known are: {', '.join(sorted(known)) or 'none'}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    near = difflib.get_close_matches(word.lower()[:MAX_SHOWN], list(known), n=1, cutoff=0.6)
    return near[0] if near else None


def place(file: TomlFile | None, keys: Sequence[str | int]) -> str:
    return file.where(keys) if file else ""


def dotted(keys: Sequence[str | int]) -> str:
    return ".".join(shown_key(str(key)) for key in keys)


def shown_key(key: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in key[:MAX_SHOWN])


def shown(value: object) -> str:
    """A value as TOML writes it, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=_as_text)
    except (ValueError, RecursionError):
        return "a number without end"
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def single_errors(error: SettingsError) -> Iterator[SettingsError]:
    """All that is wrong in one file, one by one."""
    yield from error.errors if isinstance(error, WrongSettings) else (error,)


def _as_text(value: object) -> object:
    if isinstance(value, date | time):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else str(value)


def _told(details: ErrorDetails, model: type[BaseModel], table: Sequence[str], file: TomlFile | None) -> SettingsError:
    keys, kind = details["loc"], details["type"]
    where = place(file, (*table, *map(str, keys)))
    inside = f"in [{dotted(table)}]"
    if not keys:
        return SettingsError(f"[{dotted(table)}] {_said(details)}", where=where)
    if kind == "extra_forbidden":
        inner = (*table, *map(str, keys[:-1]))
        return unknown_setting(str(keys[-1]), _fields(model, keys[:-1]), table=inner, file=file)
    if kind == "missing":
        expected = _description(model, keys)
        return SettingsError(f"the setting '{dotted(keys)}' is missing {inside}", where=where, expected=expected)
    if kind == "value_error":
        return SettingsError(f"'{dotted(keys)}' {inside}: {_said(details)}", where=where, got=shown(details["input"]))
    expected = _description(model, keys) or _expected(details)
    got = shown(details["input"])
    return SettingsError(f"'{dotted(keys)}' {inside} is wrong", where=where, expected=expected, got=got)


def _said(details: ErrorDetails) -> str:
    """What our own validator said; pydantic puts "Value error, " before it."""
    return details["msg"].removeprefix("Value error, ")


def _expected(details: ErrorDetails) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    return _KINDS.get(kind) or details["msg"]


def _description(model: type[BaseModel], keys: Sequence[str | int]) -> str:
    field = _by_key(model).get(str(keys[0]))
    return (field.description or "") if field and len(keys) == 1 else ""


def _fields(model: type[BaseModel], keys: Sequence[str | int]) -> Iterable[str]:
    """The known keys of a table, or of one inside it, in a list too; none where the types do not tell a model."""
    for key in keys:
        if isinstance(key, int):
            continue  # an entry of the list that the key before it has led into
        field = _by_key(model).get(key)
        inner = field and next(
            (kind for kind in (field.annotation, *get_args(field.annotation)) if _is_model(kind)), None
        )
        if not inner:
            return ()
        model = inner
    return _by_key(model)


def _by_key(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """The fields by the key that a file has for them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
