"""What may be shown to whoever helps: neither persons nor what opens something."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from edge.model.masking import without_persons

HIDDEN = "(hidden)"
_NAMES = frozenset({"password", "secret", "token", "pin", "hash", "csrf", "key", "salt"})
"""Words of a name; a file of keys is named by its place, which is no secret."""
_WORDS = re.compile(r"[._\s-]+")
_USER = re.compile(r"(?<=://)[^/@\s\"']+@")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL)


def without_secrets(value: Any, name: str = "") -> Any:
    """The same, with what opens something hidden by its name or its look, and persons as everywhere."""
    if isinstance(value, Mapping):
        named = str(value.get("key", "")) if "value" in value and "key" in value else ""
        return {key: without_secrets(one, named if key == "value" else _own(key, named)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(one, name) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return HIDDEN if _is_secret(name) else text_without_secrets(str(value))


def text_without_secrets(text: str) -> str:
    return without_persons(_PEM.sub(HIDDEN, _USER.sub(f"{HIDDEN}@", text)))


def _own(key: object, named: str) -> str:
    """The `key` of a row that names a value is no value itself."""
    return "" if named else str(key)


def _is_secret(name: str) -> bool:
    words = _WORDS.split(name.rpartition(".")[2])
    return bool(_NAMES & set(words)) and words[-1] not in ("file", "s")
