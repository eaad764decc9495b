"""`edge cloud order`: a command for the cloud that runs on a file; `edge cloud keygen`: a key pair that signs them."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

from pydantic import ValidationError

from edge.clock import SystemClock
from edge.codec.json_text import read_object
from edge.codec.wire import invalid
from edge.codec.wire_parcel import EXPECT, read_expected
from edge.codec.wire_service import OFFER
from edge.errors import SettingsError, WireError
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.parcels import Parcels
from edge.reference_cloud.providers import offered
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.store import CloudStore

TTL_S = 600
KID = "[A-Za-z0-9._-]{1,32}"
"""It stands in quotes in a TOML file."""


def order(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud order`. Prints the cid."""
    parser = argparse.ArgumentParser(prog="edge cloud order", description="Give a terminal a command.")
    parser.add_argument("--db", type=Path, required=True, help="the file of edge cloud --db, which sends it")
    parser.add_argument("--tid", required=True)
    parser.add_argument("--type", required=True, help="such as payment.received or card.issue")
    parser.add_argument("--args", default="{}", help="a JSON object")
    parser.add_argument("--ttl", type=int, default=TTL_S, help=f"seconds, {TTL_S} by default")
    options = parser.parse_args(argv)
    try:
        args = read_object(options.args.encode())
    except WireError as error:
        raise SettingsError(f"--args is no JSON object: {error}", where="--args", expected='{"amt": 300}') from error
    if not options.db.is_file():
        raise SettingsError(
            "there is no such database", where=str(options.db), cure="Name the file of edge cloud --db."
        )
    store = CloudStore(options.db)
    store.open()
    try:
        orders = Orders(store, SystemClock(), Random())
        if options.type == EXPECT:
            Parcels(store, SystemClock()).address(options.tid, read_expected(args))
        if options.type == OFFER:
            args = offered(store, options.tid, args, SystemClock(), Random())
        command = orders.order(options.tid, options.type, args, ttl_s=options.ttl, by="user:cli", hand_in=True)
        store.commit()
    except WireError as error:
        raise SettingsError(
            f"this is no command: {error}",
            where="--args",
            expected=error.expected or "what docs/cloud-contract.md says of it",
        ) from error
    except ValidationError as error:
        raise SettingsError(
            f"this is no command: {invalid(error, where='edge cloud order').what}", where="edge cloud order",
            expected="the tid of a terminal, and a ttl of 1 s to 30 days",
        ) from error  # fmt: skip
    finally:
        store.close()
    print(command.cid)
    return 0


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
