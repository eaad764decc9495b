"""`edge cloud keygen`: a key pair that signs commands."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from pathlib import Path

from edge.errors import SettingsError
from edge.reference_cloud.seal import Signer

KID = "[A-Za-z0-9._-]{1,32}"
"""It stands in quotes in a TOML file."""


def keygen(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud keygen`. Writes two files, the secret one for its owner only."""
    parser = argparse.ArgumentParser(prog="edge cloud keygen", description="A key pair that signs commands.")
    parser.add_argument("--kid", required=True, help="its name, such as cmd-2026q4")
    parser.add_argument("--secret", type=Path, required=True, help="for edge cloud --command-key")
    parser.add_argument("--public", type=Path, required=True, help="for [cloud] command_keys of the terminals")
    options = parser.parse_args(argv)
    if not re.fullmatch(KID, options.kid):
        raise SettingsError("a kid is a word", where="--kid", expected=f"{KID}, such as cmd-2026q4", got=options.kid)
    for path in (options.secret, options.public):
        if path.exists():
            raise SettingsError("there is a file already", where=str(path), cure="Name another one.")
    signer = Signer(options.kid, os.urandom(32))
    try:
        _write_new(options.secret, signer.secret_line(), mode=0o600)
        try:
            _write_new(options.public, signer.public_line(), mode=0o644)
        except OSError:
            options.secret.unlink()  # half a pair is of no use, and in the way of the next try
            raise
    except OSError as error:
        raise SettingsError(
            f"the keys cannot be written: {error}",
            where="--secret, --public",
            cure="Name two files in a folder of yours.",
        ) from error
    return 0


def _write_new(path: Path, line: str, *, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(line + "\n")
