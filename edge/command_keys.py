"""Who may sign commands of class S: a TOML file of Ed25519 public keys by their kid (decisions 4).

"cmd-2026q4" = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from edge.codec.jws import read_key
from edge.errors import SettingsError, WireError
from edge.toml_file import TomlFile

MAX_KEYS = 8
"""The present one, the next one, and a few that are being replaced."""


def load_command_keys(path: Path | None) -> Mapping[str, bytes]:
    """Octets by kid; nobody may sign where there is no file. Raises SettingsError with file and line."""
    if path is None:
        return {}
    file = TomlFile.read(path)
    keys: dict[str, bytes] = {}
    for kid, text in file.tables.items():
        try:
            keys[kid] = read_key(text if isinstance(text, str) else "")
        except WireError as error:
            raise SettingsError(
                f"{kid} is no Ed25519 public key", where=file.where((kid,)), expected="43 characters of base64url",
                got=repr(text)[:40],
            ) from error  # fmt: skip
    if len(keys) > MAX_KEYS:
        raise SettingsError("too many keys", where=str(path), expected=f"at most {MAX_KEYS}", got=str(len(keys)))
    return keys
