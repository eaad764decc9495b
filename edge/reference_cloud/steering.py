"""`edge cloud order`: a command for the cloud that runs on a file; `edge cloud keygen`: a key pair that signs them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from random import Random

from edge.clock import SystemClock
from edge.codec.json_text import read_object
from edge.errors import SettingsError, WireError
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.store import CloudStore

TTL_S = 600


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
    store = CloudStore(options.db)
    store.open()
    try:
        orders = Orders(store, SystemClock(), Random())
        command = orders.order(options.tid, options.type, args, ttl_s=options.ttl, by="user:cli", hand_in=True)
        store.commit()
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
    signer = Signer(options.kid, os.urandom(32))
    for path, line, mode in (
        (options.secret, signer.secret_line(), 0o600),
        (options.public, signer.public_line(), 0o644),
    ):
        if path.exists():
            raise SettingsError("there is a file already", where=str(path), cure="Name another one.")
        path.touch(mode=mode)
        path.write_text(line + "\n", encoding="utf-8")
    return 0
