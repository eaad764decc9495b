"""What was typed into a form, checked; and what is wrong with it, in words that stand at the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

Say = Callable[..., str]
"""(key, **values) → a sentence in the language of who asks."""


class Form(BaseModel):
    """What one action takes. Blanks around what was typed do not count."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class NoWords(Form):
    """Of an action that is a button."""


WHOLE_FORM = ""
"""Where what is wrong is not one field's."""

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("form.missing", ""),
    "string_too_short": ("form.too_short", "min_length"),
    "string_too_long": ("form.too_long", "max_length"),
    "int_parsing": ("form.whole_number", ""),
    "float_type": ("form.whole_number", ""),
    "time_parsing": ("form.pattern", ""),
    "too_long": ("form.too_many", "max_length"),
    "too_short": ("form.missing", ""),
    "multiple_of": ("form.pattern", ""),
    "int_type": ("form.whole_number", ""),
    "int_from_float": ("form.whole_number", ""),
    "greater_than_equal": ("form.at_least", "ge"),
    "less_than_equal": ("form.at_most", "le"),
    "enum": ("form.choice", ""),
    "literal_error": ("form.choice", ""),
    "string_pattern_mismatch": ("form.pattern", ""),
    "extra_forbidden": ("form.unknown", ""),
}


def wrong_fields(error: ValidationError, say: Say) -> dict[str, str]:
    """Field → what is wrong with it. A validator of ours raises ValueError with the key of its sentence."""
    found: dict[str, str] = {}
    for one in error.errors(include_url=False):
        name = str(one["loc"][0]) if one["loc"] else WHOLE_FORM
        found.setdefault(name, _sentence(one, say))
    return found


def wrong_word(one: Any) -> tuple[str, object]:
    """The key of the sentence for one error of pydantic's, and the limit that it names."""
    key, limit = _SENTENCES.get(one["type"], ("form.wrong", ""))
    if key == "form.too_short" and not str(one["input"]).strip():
        key = "form.missing"
    return key, one.get("ctx", {}).get(limit, "")


def _sentence(one: Any, say: Say) -> str:
    if one["type"] == "value_error":
        return say(str(one["ctx"]["error"]))
    key, limit = wrong_word(one)
    return say(key, limit=limit)
